/* SPDX-License-Identifier: MIT */
/* Recurrence sets as people meet them: one row is the VEVENTs of a feed in Europe/Paris and its
 * occurrences in the year 2026, as "START [END] [STATE] [TITLE]" shortened to what matters.      */
#include "calendars.h"

/* A VEVENT with a UID of u and the given lines. */
#define EVENT(lines) "BEGIN:VEVENT\nUID:u\n" lines "END:VEVENT\n"
#define PARIS        ";TZID=Europe/Paris:"

static const struct {
    const char *title, *events, *want;
} rows[] = {
    {"single, Paris", EVENT("DTSTART" PARIS "20260105T090000\nDTEND" PARIS "20260105T103000\n"),
     "2026-01-05T09:00:00+01:00 2026-01-05T10:30:00+01:00 u\n"},
    {"single, UTC", EVENT("DTSTART:20260705T070000Z\nDURATION:PT1H\n"),
     "2026-07-05T07:00:00Z 2026-07-05T08:00:00Z u\n"},
    {"until the end of the day",
     EVENT("DTSTART" PARIS "20261024T200000\nDTEND" PARIS "20261024T240000\n"),
     "2026-10-24T20:00:00+02:00 2026-10-25T00:00:00+02:00 u\n"},
    {"floating takes the feed's zone", EVENT("DTSTART:20260705T090000\n"),
     "2026-07-05T09:00:00+02:00 2026-07-05T09:00:00+02:00 u\n"},
    {"all-day, DTEND is exclusive",
     EVENT("DTSTART;VALUE=DATE:20261003\nDTEND;VALUE=DATE:20261007\n"),
     "2026-10-03 2026-10-07 u\n"},
    {"all-day without DTEND is one day", EVENT("DTSTART;VALUE=DATE:20261003\n"),
     "2026-10-03 2026-10-04 u\n"},
    {"all-day with DTEND on DTSTART is one day",
     EVENT("DTSTART;VALUE=DATE:20261003\nDTEND;VALUE=DATE:20261003\n"),
     "2026-10-03 2026-10-04 u\n"},
    {"all-day without VALUE=DATE", EVENT("DTSTART:20261003\nDURATION:P3D\n"),
     "2026-10-03 2026-10-06 u\n"},
    {"all-day as Outlook's zoned midnights",
     EVENT("DTSTART" PARIS "20261003T000000\nDTEND" PARIS "20261007T000000\n"
           "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE\n"),
     "2026-10-03 2026-10-07 u\n"},
    {"all-day as midnights of Paris in UTC",
     EVENT("DTSTART:20261002T220000Z\nDTEND:20261006T220000Z\n"
           "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE\n"),
     "2026-10-03 2026-10-07 u\n"},
    {"the mark on an event with hours is not believed",
     EVENT("DTSTART" PARIS "20261003T090000\nDTEND" PARIS "20261003T100000\n"
           "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE\n"),
     "2026-10-03T09:00:00+02:00 2026-10-03T10:00:00+02:00 u\n"},
    {"weekly across the clock change stays at nine",
     EVENT("DTSTART" PARIS "20260323T090000\nDTEND" PARIS "20260323T100000\n"
           "RRULE:FREQ=WEEKLY;COUNT=2\n"),
     "2026-03-23T09:00:00+01:00 2026-03-23T10:00:00+01:00 u/20260323T080000Z\n"
     "2026-03-30T09:00:00+02:00 2026-03-30T10:00:00+02:00 u/20260330T070000Z\n"},
    {"a series that names its first instance, as Connect Daily writes it",
     EVENT("DTSTART" PARIS "20260323T090000\nDTEND" PARIS "20260323T100000\n"
           "RECURRENCE-ID" PARIS "20260323T090000\nRRULE:FREQ=WEEKLY;COUNT=3\n")
         EVENT("DTSTART" PARIS "20260330T140000\nDTEND" PARIS "20260330T150000\n"
               "RECURRENCE-ID" PARIS "20260330T090000\nRRULE:FREQ=WEEKLY;COUNT=3\n"),
     "2026-03-23T09:00:00+01:00 2026-03-23T10:00:00+01:00 u/20260323T080000Z\n"
     "2026-03-30T14:00:00+02:00 2026-03-30T15:00:00+02:00 u/20260330T070000Z\n"
     "2026-04-06T09:00:00+02:00 2026-04-06T10:00:00+02:00 u/20260406T070000Z\n"},
    {"… of which the newest holds",
     EVENT("DTSTART" PARIS "20260330T110000\nSEQUENCE:2\nSUMMARY:B\n"
           "RECURRENCE-ID:20260330T090000Z\nRRULE:FREQ=WEEKLY;COUNT=2\n")
         EVENT("DTSTART" PARIS "20260323T090000\nSEQUENCE:1\nSUMMARY:A\n"
               "RECURRENCE-ID;VALUE=DATE:20260323\nRRULE:FREQ=WEEKLY;COUNT=2\n"),
     "2026-03-23T09:00:00+01:00 2026-03-23T09:00:00+01:00 u/20260323T100000Z alive A\n"
     "2026-03-30T11:00:00+02:00 2026-03-30T11:00:00+02:00 u/20260330T090000Z alive B\n"
     "2026-04-06T11:00:00+02:00 2026-04-06T11:00:00+02:00 u/20260406T090000Z alive B\n"},
    {"an exception that repeats beside its series, as Confluence writes it",
     EVENT("DTSTART" PARIS "20260323T090000\nSUMMARY:A\nRRULE:FREQ=WEEKLY;COUNT=2\n")
         EVENT("DTSTART" PARIS "20260330T090000\nSUMMARY:B\n"
               "RECURRENCE-ID" PARIS "20260330T090000\nRRULE:FREQ=WEEKLY;COUNT=5\n"),
     "2026-03-23T09:00:00+01:00 2026-03-23T09:00:00+01:00 u/20260323T080000Z alive A\n"
     "2026-03-30T09:00:00+02:00 2026-03-30T09:00:00+02:00 u/20260330T070000Z alive B\n"},
    {"an instance in the gap moves by the gap, the next one is back",
     EVENT("DTSTART" PARIS "20260328T023000\nDTEND" PARIS "20260328T033000\n"
           "RRULE:FREQ=DAILY;COUNT=3\n"),
     "2026-03-28T02:30:00+01:00 2026-03-28T03:30:00+01:00 u/20260328T013000Z\n"
     "2026-03-29T03:30:00+02:00 2026-03-29T04:30:00+02:00 u/20260329T013000Z\n"
     "2026-03-30T02:30:00+02:00 2026-03-30T03:30:00+02:00 u/20260330T003000Z\n"},
    {"an hour that occurs twice is the first",
     EVENT("DTSTART" PARIS "20261024T023000\nDURATION:PT30M\nRRULE:FREQ=DAILY;COUNT=2\n"),
     "2026-10-24T02:30:00+02:00 2026-10-24T03:00:00+02:00 u/20261024T003000Z\n"
     "2026-10-25T02:30:00+02:00 2026-10-25T02:00:00+01:00 u/20261025T003000Z\n"},
    {"DTEND is nominal: a night shift ends at seven on change night",
     EVENT("DTSTART" PARIS "20260327T220000\nDTEND" PARIS "20260328T070000\n"
           "RRULE:FREQ=DAILY;COUNT=2\n"),
     "2026-03-27T22:00:00+01:00 2026-03-28T07:00:00+01:00 u/20260327T210000Z\n"
     "2026-03-28T22:00:00+01:00 2026-03-29T07:00:00+02:00 u/20260328T210000Z\n"},
    {"DURATION in hours is exact over the same night",
     EVENT("DTSTART" PARIS "20260328T220000\nDURATION:PT9H\n"),
     "2026-03-28T22:00:00+01:00 2026-03-29T08:00:00+02:00 u\n"},
    {"DURATION in days is nominal", EVENT("DTSTART" PARIS "20260328T220000\nDURATION:P1D\n"),
     "2026-03-28T22:00:00+01:00 2026-03-29T22:00:00+02:00 u\n"},
    {"start and end in two zones",
     EVENT("DTSTART" PARIS "20260405T130000\nDTEND;TZID=Asia/Tokyo:20260406T080000\n"),
     "2026-04-05T13:00:00+02:00 2026-04-06T01:00:00+02:00 u\n"},
    {"UNTIL as a date counts its whole day",
     EVENT("DTSTART" PARIS "20260105T090000\nRRULE:FREQ=DAILY;UNTIL=20260107\n"),
     "2026-01-05T09:00:00+01:00 2026-01-05T09:00:00+01:00 u/20260105T080000Z\n"
     "2026-01-06T09:00:00+01:00 2026-01-06T09:00:00+01:00 u/20260106T080000Z\n"
     "2026-01-07T09:00:00+01:00 2026-01-07T09:00:00+01:00 u/20260107T080000Z\n"},
    {"UNTIL in UTC is an instant, included",
     EVENT("DTSTART" PARIS "20260105T090000\nRRULE:FREQ=DAILY;UNTIL=20260106T080000Z\n"),
     "2026-01-05T09:00:00+01:00 2026-01-05T09:00:00+01:00 u/20260105T080000Z\n"
     "2026-01-06T09:00:00+01:00 2026-01-06T09:00:00+01:00 u/20260106T080000Z\n"},
    {"UNTIL one second before",
     EVENT("DTSTART" PARIS "20260105T090000\nRRULE:FREQ=DAILY;UNTIL=20260106T075959Z\n"),
     "2026-01-05T09:00:00+01:00 2026-01-05T09:00:00+01:00 u/20260105T080000Z\n"},
    {"UNTIL in UTC for days is that day in Paris",
     EVENT("DTSTART;VALUE=DATE:20260105\nRRULE:FREQ=DAILY;UNTIL=20260105T230000Z\n"),
     "2026-01-05 2026-01-06 u/20260105\n2026-01-06 2026-01-07 u/20260106\n"},
    {"UNTIL before DTSTART: a deleted series",
     EVENT("DTSTART" PARIS "20260105T090000\nRRULE:FREQ=DAILY;UNTIL=20260104T000000Z\n"), ""},
    {"EXDATE in its own zone, in UTC and in Tokyo's",
     EVENT("DTSTART" PARIS "20260105T090000\nRRULE:FREQ=DAILY;COUNT=5\n"
           "EXDATE" PARIS "20260106T090000\nEXDATE:20260107T080000Z\n"
           "EXDATE;TZID=Asia/Tokyo:20260108T170000\n"),
     "2026-01-05T09:00:00+01:00 2026-01-05T09:00:00+01:00 u/20260105T080000Z\n"
     "2026-01-09T09:00:00+01:00 2026-01-09T09:00:00+01:00 u/20260109T080000Z\n"},
    {"EXDATE floating, as a date, several on a line",
     EVENT("DTSTART" PARIS "20260105T090000\nRRULE:FREQ=DAILY;COUNT=5\n"
           "EXDATE:20260105T090000,20260106T090000\nEXDATE;VALUE=DATE:20260107,20260109\n"),
     "2026-01-08T09:00:00+01:00 2026-01-08T09:00:00+01:00 u/20260108T080000Z\n"},
    {"EXDATE with a time on an event of days",
     EVENT("DTSTART;VALUE=DATE:20260105\nRRULE:FREQ=DAILY;COUNT=4\n"
           "EXDATE:20260106T000000Z\nEXDATE" PARIS "20260107T000000\n"
           "EXDATE:20260107T230000Z\n"),
     "2026-01-05 2026-01-06 u/20260105\n"},
    {"EXDATE of another hour excludes nothing",
     EVENT("DTSTART" PARIS "20260105T090000\nRRULE:FREQ=DAILY;COUNT=2\n"
           "EXDATE" PARIS "20260106T100000\n"),
     "2026-01-05T09:00:00+01:00 2026-01-05T09:00:00+01:00 u/20260105T080000Z\n"
     "2026-01-06T09:00:00+01:00 2026-01-06T09:00:00+01:00 u/20260106T080000Z\n"},
    {"RDATE adds, once, in any zone",
     EVENT("DTSTART" PARIS "20260105T090000\nDURATION:PT1H\n"
           "RDATE" PARIS "20260201T140000,20260201T140000\nRDATE:20260105T080000Z\n"
           "RDATE;TZID=Asia/Tokyo:20260301T140000\n"),
     "2026-01-05T09:00:00+01:00 2026-01-05T10:00:00+01:00 u/20260105T080000Z\n"
     "2026-02-01T14:00:00+01:00 2026-02-01T15:00:00+01:00 u/20260201T130000Z\n"
     "2026-03-01T14:00:00+09:00 2026-03-01T15:00:00+09:00 u/20260301T050000Z\n"},
    {"RDATE as periods, by end and by duration",
     EVENT("DTSTART" PARIS "20260105T090000\nDURATION:PT1H\n"
           "RDATE;VALUE=PERIOD:20260201T130000Z/20260201T160000Z,20260202T130000Z/PT30M\n"),
     "2026-01-05T09:00:00+01:00 2026-01-05T10:00:00+01:00 u/20260105T080000Z\n"
     "2026-02-01T14:00:00+01:00 2026-02-01T17:00:00+01:00 u/20260201T130000Z\n"
     "2026-02-02T14:00:00+01:00 2026-02-02T14:30:00+01:00 u/20260202T130000Z\n"},
    {"two rules, their common day once",
     EVENT("DTSTART;VALUE=DATE:20260105\nRRULE:FREQ=WEEKLY;COUNT=3\n"
           "RRULE:FREQ=DAILY;INTERVAL=14;COUNT=2\n"),
     "2026-01-05 2026-01-06 u/20260105\n2026-01-12 2026-01-13 u/20260112\n"
     "2026-01-19 2026-01-20 u/20260119\n"},
    {"UNTIL at 23:59:59 in UTC is the end of that day for an event of days",
     EVENT("DTSTART;VALUE=DATE:20260105\nRRULE:FREQ=DAILY;UNTIL=20260106T235959Z\n"),
     "2026-01-05 2026-01-06 u/20260105\n2026-01-06 2026-01-07 u/20260106\n"},
    {"UNTIL as Paris midnight in UTC is that day",
     EVENT("DTSTART;VALUE=DATE:20260105\nRRULE:FREQ=DAILY;UNTIL=20260105T230000Z\n"),
     "2026-01-05 2026-01-06 u/20260105\n2026-01-06 2026-01-07 u/20260106\n"},
    {"EXDATE may take the only instance",
     EVENT("DTSTART" PARIS "20260105T090000\nEXDATE:20260105T080000Z\n"), ""},
    {"EXRULE leaves DTSTART alone unless it names it",
     EVENT("DTSTART:20260105T090000Z\nRRULE:FREQ=DAILY;COUNT=4\n"
           "EXRULE:FREQ=WEEKLY;BYDAY=WE\n"),
     "2026-01-05T09:00:00Z 2026-01-05T09:00:00Z u/20260105T090000Z\n"
     "2026-01-06T09:00:00Z 2026-01-06T09:00:00Z u/20260106T090000Z\n"
     "2026-01-08T09:00:00Z 2026-01-08T09:00:00Z u/20260108T090000Z\n"},
    {"of two rules, DTSTART counts for the one that names it",
     EVENT("DTSTART:20260105T090000Z\nRRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=2\n"
           "RRULE:FREQ=MONTHLY;BYMONTHDAY=20;COUNT=2\n"),
     "2026-01-05T09:00:00Z 2026-01-05T09:00:00Z u/20260105T090000Z\n"
     "2026-01-12T09:00:00Z 2026-01-12T09:00:00Z u/20260112T090000Z\n"
     "2026-01-20T09:00:00Z 2026-01-20T09:00:00Z u/20260120T090000Z\n"
     "2026-02-20T09:00:00Z 2026-02-20T09:00:00Z u/20260220T090000Z\n"},
    {"EXRULE takes away",
     EVENT("DTSTART;VALUE=DATE:20260105\nRRULE:FREQ=DAILY;COUNT=4\n"
           "EXRULE:FREQ=DAILY;INTERVAL=2\n"),
     "2026-01-06 2026-01-07 u/20260106\n2026-01-08 2026-01-09 u/20260108\n"},
    {"DTSTART off the rule is an instance and the first of COUNT",
     EVENT("DTSTART;VALUE=DATE:20260106\nRRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=2\n"),
     "2026-01-06 2026-01-07 u/20260106\n2026-01-12 2026-01-13 u/20260112\n"},
    {"an override moves its instance, by its id in UTC",
     EVENT("DTSTART" PARIS "20260105T090000\nRRULE:FREQ=WEEKLY;COUNT=2\nSUMMARY:A\n")
         EVENT("RECURRENCE-ID:20260112T080000Z\nDTSTART" PARIS "20260113T140000\nSUMMARY:B\n"),
     "2026-01-05T09:00:00+01:00 2026-01-05T09:00:00+01:00 u/20260105T080000Z alive A\n"
     "2026-01-13T14:00:00+01:00 2026-01-13T14:00:00+01:00 u/20260112T080000Z alive B\n"},
    {"an override's id as a date, and with a Windows zone",
     EVENT("DTSTART" PARIS "20260105T090000\nRRULE:FREQ=WEEKLY;COUNT=3\nSUMMARY:A\n")
         EVENT("RECURRENCE-ID;VALUE=DATE:20260112\nDTSTART" PARIS "20260112T100000\nSUMMARY:B\n")
             EVENT("RECURRENCE-ID;TZID=\"Romance Standard Time\":20260119T090000\n"
                   "DTSTART" PARIS "20260119T110000\nSUMMARY:C\n"),
     "2026-01-05T09:00:00+01:00 2026-01-05T09:00:00+01:00 u/20260105T080000Z alive A\n"
     "2026-01-12T10:00:00+01:00 2026-01-12T10:00:00+01:00 u/20260112T080000Z alive B\n"
     "2026-01-19T11:00:00+01:00 2026-01-19T11:00:00+01:00 u/20260119T080000Z alive C\n"},
    {"a cancelled override is a tombstone with the master's title",
     EVENT("DTSTART" PARIS "20260105T090000\nRRULE:FREQ=WEEKLY;COUNT=2\nSUMMARY:A\n")
         EVENT("RECURRENCE-ID" PARIS "20260112T090000\nDTSTART" PARIS "20260112T090000\n"
               "STATUS:CANCELLED\n"),
     "2026-01-05T09:00:00+01:00 2026-01-05T09:00:00+01:00 u/20260105T080000Z alive A\n"
     "2026-01-12T09:00:00+01:00 2026-01-12T09:00:00+01:00 u/20260112T080000Z cancelled A\n"},
    {"an override without a DTSTART is when and as long as its instance",
     EVENT("DTSTART" PARIS "20260105T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=3\nSUMMARY:A\n")
         EVENT("RECURRENCE-ID:20260112T080000Z\nSTATUS:CANCELLED\n")
             EVENT("RECURRENCE-ID;VALUE=DATE:20260119\nSTATUS:CANCELLED\n"),
     "2026-01-05T09:00:00+01:00 2026-01-05T10:00:00+01:00 u/20260105T080000Z alive A\n"
     "2026-01-12T09:00:00+01:00 2026-01-12T10:00:00+01:00 u/20260112T080000Z cancelled A\n"
     "2026-01-19T09:00:00+01:00 2026-01-19T10:00:00+01:00 u/20260119T080000Z cancelled A\n"},
    {"a cancelled series stays, all of it",
     EVENT("DTSTART;VALUE=DATE:20260105\nRRULE:FREQ=DAILY;COUNT=2\nSTATUS:CANCELLED\n"),
     "2026-01-05 2026-01-06 u/20260105 cancelled -\n"
     "2026-01-06 2026-01-07 u/20260106 cancelled -\n"},
    {"EXDATE takes an override with it",
     EVENT("DTSTART;VALUE=DATE:20260105\nRRULE:FREQ=DAILY;COUNT=2\nEXDATE;VALUE=DATE:20260106\n")
         EVENT("RECURRENCE-ID;VALUE=DATE:20260106\nDTSTART;VALUE=DATE:20260110\n"),
     "2026-01-05 2026-01-06 u/20260105\n"},
    {"an orphan override is kept, without a master too",
     EVENT("RECURRENCE-ID" PARIS "20260112T090000\nDTSTART" PARIS "20260113T090000\n"),
     "2026-01-13T09:00:00+01:00 2026-01-13T09:00:00+01:00 u/20260112T080000Z\n"},
    {"of two overrides the higher SEQUENCE holds",
     EVENT("DTSTART;VALUE=DATE:20260105\nRRULE:FREQ=DAILY;COUNT=2\n")
         EVENT("RECURRENCE-ID;VALUE=DATE:20260106\nSEQUENCE:2\nDTSTART;VALUE=DATE:20260110\n")
             EVENT("RECURRENCE-ID;VALUE=DATE:20260106\nSEQUENCE:1\nDTSTART;VALUE=DATE:20260111\n"),
     "2026-01-05 2026-01-06 u/20260105\n2026-01-10 2026-01-11 u/20260106\n"},
    {"of two masters the higher SEQUENCE, then the newer DTSTAMP holds",
     EVENT("DTSTAMP:20260102T000000Z\nDTSTART;VALUE=DATE:20260105\n")
         EVENT("DTSTAMP:20260101T000000Z\nDTSTART;VALUE=DATE:20260106\n"),
     "2026-01-05 2026-01-06 u\n"},
    {"an override on an event that does not repeat",
     EVENT("DTSTART" PARIS "20260105T090000\n")
         EVENT("RECURRENCE-ID" PARIS "20260105T090000\nDTSTART" PARIS "20260106T090000\n"),
     "2026-01-06T09:00:00+01:00 2026-01-06T09:00:00+01:00 u/20260105T080000Z\n"},
    {"THISANDFUTURE: shift, length and words from there on",
     EVENT("DTSTART" PARIS "20260105T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=4\n"
           "SUMMARY:A\n") EVENT("RECURRENCE-ID;RANGE=THISANDFUTURE" PARIS "20260119T090000\n"
                                "DTSTART" PARIS "20260120T100000\nDURATION:PT2H\nSUMMARY:B\n"),
     "2026-01-05T09:00:00+01:00 2026-01-05T10:00:00+01:00 u/20260105T080000Z alive A\n"
     "2026-01-12T09:00:00+01:00 2026-01-12T10:00:00+01:00 u/20260112T080000Z alive A\n"
     "2026-01-20T10:00:00+01:00 2026-01-20T12:00:00+01:00 u/20260119T080000Z alive B\n"
     "2026-01-27T10:00:00+01:00 2026-01-27T12:00:00+01:00 u/20260126T080000Z alive B\n"},
    {"THISANDFUTURE cancelled ends the series in tombstones",
     EVENT("DTSTART;VALUE=DATE:20260105\nRRULE:FREQ=WEEKLY;COUNT=3\nSUMMARY:A\n")
         EVENT("RECURRENCE-ID;VALUE=DATE;RANGE=THISANDFUTURE:20260112\n"
               "DTSTART;VALUE=DATE:20260112\nSTATUS:CANCELLED\n"),
     "2026-01-05 2026-01-06 u/20260105 alive A\n2026-01-12 2026-01-13 u/20260112 cancelled A\n"
     "2026-01-19 2026-01-20 u/20260119 cancelled A\n"},
    {"an all-day instance becomes one with hours",
     EVENT("DTSTART;VALUE=DATE:20260105\nRRULE:FREQ=WEEKLY;COUNT=2\n")
         EVENT("RECURRENCE-ID;VALUE=DATE:20260112\nDTSTART" PARIS "20260112T090000\n"),
     "2026-01-05 2026-01-06 u/20260105\n"
     "2026-01-12T09:00:00+01:00 2026-01-12T09:00:00+01:00 u/20260112\n"},
    {"an instance moved into the window from far outside",
     EVENT("DTSTART" PARIS "20201005T090000\nRRULE:FREQ=YEARLY;COUNT=3\n")
         EVENT("RECURRENCE-ID" PARIS "20221005T090000\nDTSTART" PARIS "20260512T090000\n"),
     "2026-05-12T09:00:00+02:00 2026-05-12T09:00:00+02:00 u/20221005T070000Z\n"},
    {"a day that a country never had comes once",
     EVENT("DTSTART;TZID=Pacific/Apia:20111229T090000\nRRULE:FREQ=DAILY;COUNT=3\n"), ""},
    {"a long event that began before the window",
     EVENT("DTSTART;VALUE=DATE:20251220\nDTEND;VALUE=DATE:20260103\n"),
     "2025-12-20 2026-01-03 u\n"},
    {"an event that ends as the window begins is outside",
     EVENT("DTSTART;VALUE=DATE:20251220\nDTEND;VALUE=DATE:20260101\n"), ""},
    {"a series that began in 1970", EVENT("DTSTART;VALUE=DATE:19700501\nRRULE:FREQ=YEARLY\n"),
     "2026-05-01 2026-05-02 u/20260501\n"},
    {"a series that began in 1901, by COUNT",
     EVENT("DTSTART;VALUE=DATE:19010714\nRRULE:FREQ=YEARLY;COUNT=126\n"),
     "2026-07-14 2026-07-15 u/20260714\n"},
    {"METHOD of one event: tentative, and reported by a mark",
     EVENT("DTSTART;VALUE=DATE:20260105\nSTATUS:TENTATIVE\nSUMMARY:A\n") "BEGIN:VEVENT\nUID:"
                                                                         "v\nDTSTART;VALUE=DATE:"
                                                                         "20260106\nSUMMARY:B "
                                                                         "#Reporté\nEND:VEVENT\n",
     "2026-01-05 2026-01-06 u tentative A\n2026-01-06 2026-01-07 v postponed B\n"},
    {"hourly through the night of the gap: no hour twice",
     EVENT("DTSTART" PARIS "20260329T010000\nRRULE:FREQ=HOURLY;COUNT=4\n"),
     "2026-03-29T01:00:00+01:00 2026-03-29T01:00:00+01:00 u/20260329T000000Z\n"
     "2026-03-29T03:00:00+02:00 2026-03-29T03:00:00+02:00 u/20260329T010000Z\n"
     "2026-03-29T04:00:00+02:00 2026-03-29T04:00:00+02:00 u/20260329T020000Z\n"},
};

/* The lines of calendars_show up to what the wanted line says. */
static const char *shorten(struct calendars_fixture *f, const char *shown, bool is_whole)
{
    struct buf out = BUF_INIT(1 << 20);
    struct text rest = text_of(shown);
    while (rest.size > 0) {
        struct text line = text_next_line(&rest);
        size_t blanks = 0, size = 0;
        while (size < line.size && (is_whole || (blanks += line.data[size] == ' ') < 3))
            size++;
        buf_add_text(&out, text_slice(line, 0, size));
        buf_add_char(&out, '\n');
    }
    const char *copy = arena_copy_text(f->arena, buf_text(&out));
    buf_done(&out);
    return copy;
}

TEST(sets)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct calendars_fixture f;
        CHECK_ROW(rows[i].title);
        calendars_init(&f);
        const char *raw = arena_printf(f.arena, "BEGIN:VCALENDAR\nVERSION:2.0\n%sEND:VCALENDAR\n",
                                       rows[i].events);
        CHECK_INT(calendars_parse(&f, text_of(raw), "Europe/Paris"), 0);
        struct occurrences list =
            calendars_expand(&f, "2026-01-01T00:00:00+01:00", "2027-01-01T00:00:00+01:00");
        struct text first = text_of(rows[i].want);
        first = text_next_line(&first);
        size_t blanks = 0;
        for (size_t k = 0; k < first.size; k++)
            blanks += first.data[k] == ' ';
        CHECK_STRING(shorten(&f, calendars_show(&f, list), blanks > 2), rows[i].want);
        CHECK(!flaws_has_errors(&f.flaws));
        calendars_done(&f);
    }
}

TEST(windows_are_half_open)
{
    struct calendars_fixture f;
    calendars_init(&f);
    calendars_parse(
        &f,
        TEXT("BEGIN:VCALENDAR\n" EVENT(
            "DTSTART:20260105T090000Z\nDURATION:PT1H\n") "BEGIN:VEVENT\nUID:v\nDTSTART:"
                                                         "20260105T110000Z\nEND:VEVENT\n"
                                                         "END:VCALENDAR\n"),
        "Europe/Paris");
    CHECK_INT(calendars_expand(&f, "2026-01-05T08:00:00Z", "2026-01-05T09:00:00Z").count, 0);
    CHECK_INT(calendars_expand(&f, "2026-01-05T08:00:00Z", "2026-01-05T09:00:01Z").count, 1);
    CHECK_INT(calendars_expand(&f, "2026-01-05T09:59:59Z", "2026-01-05T10:30:00Z").count, 1);
    CHECK_INT(calendars_expand(&f, "2026-01-05T10:00:00Z", "2026-01-05T11:00:00Z").count, 0);
    CHECK_INT(calendars_expand(&f, "2026-01-05T11:00:00Z", "2026-01-05T11:00:01Z").count, 1);
    calendars_done(&f);
}

TEST(caps)
{
    struct calendars_fixture f;
    calendars_init(&f);
    calendars_parse(&f,
                    TEXT("BEGIN:VCALENDAR\n" EVENT(
                        "DTSTART:20260101T000000Z\nRRULE:FREQ=HOURLY\n") "END:VCALENDAR\n"),
                    "UTC");
    CHECK_INT(calendars_expand(&f, "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z").count, 31 * 24);
    CHECK_INT(f.flaws.count, 0);
    CHECK_INT(calendars_expand(&f, "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z").count, 365 * 24);
    CHECK_INT(f.flaws.count, 0);
    CHECK_INT(calendars_expand(&f, "2026-01-01T00:00:00Z", "2036-01-01T00:00:00Z").count, 20000);
    CHECK_INT(f.flaws.count, 1);
    CHECK_INT(f.flaws.items[0].line, 2);
    calendars_done(&f);
}

CHECK_MAIN
