/* SPDX-License-Identifier: MIT */
/* What is refused, what is set aside and what is guessed; and that no file takes for ever. */
#include <errno.h>
#include <time.h>

#include "calendars.h"

#define WRAP(events) "BEGIN:VCALENDAR\nVERSION:2.0\n" events "END:VCALENDAR\n"
#define EVENT(lines) "BEGIN:VEVENT\nUID:u\nDTSTART:20260105T090000Z\n" lines "END:VEVENT\n"
#define BARE(lines)  "BEGIN:VEVENT\nUID:u\n" lines "END:VEVENT\n"

static const struct {
    const char *title, *raw, *flaw; /* the first flaw begins so */
} refused[] = {
    {"empty", "", "0 error the file is empty"},
    {"blank", "\r\n\r\n  \r\n", "0 error the file is empty"},
    {"a login page", "<!DOCTYPE html>\n<html><body>Login</body></html>\n",
     "1 error this is a web page"},
    {"a login page after a BOM", "\xef\xbb\xbf\n <html>", "1 error this is a web page"},
    {"UTF-16",
     "\xff\xfe"
     "B",
     "1 error the file is written in UTF-16"},
    {"plain words", "Bonjour\n", "1 warning this line stands outside the calendar"},
    {"cut in an event", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:u\nSUMM",
     "4 error the file ends inside the VEVENT of line 2: it is cut off"},
    {"cut before the last line", "BEGIN:VCALENDAR\n" EVENT(""),
     "5 error the file ends inside the VCALENDAR of line 1"},
    {"whole, then cut", WRAP(EVENT("")) "BEGIN:VCALENDAR\nBEGIN:VEVENT\n",
     "9 error the file ends inside the VEVENT of line 9"},
    {"an END too many", WRAP("END:VEVENT\n"), "3 error END:VEVENT although the VCALENDAR"},
    {"an END alone", "END:VCALENDAR\n", "1 error END:VCALENDAR without its BEGIN"},
    {"another END", WRAP("BEGIN:VEVENT\nEND:VTODO\n"), "4 error END:VTODO although the VEVENT"},
    {"an event in an event", WRAP("BEGIN:VEVENT\nBEGIN:VEVENT\nEND:VEVENT\nEND:VEVENT\n"),
     "4 error BEGIN:VEVENT inside the VEVENT of line 3"},
    {"an event outside", EVENT(""), "1 error a VEVENT stands outside any VCALENDAR"},
};

TEST(refused_whole)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct calendars_fixture f;
        CHECK_ROW(refused[i].title);
        calendars_init(&f);
        CHECK_INT(calendars_parse(&f, text_of(refused[i].raw), "Europe/Paris"), FEED_E_MALFORMED);
        CHECK(flaws_has_errors(&f.flaws));
        const char *flaws = calendars_flaws(&f);
        if (strncmp(flaws, refused[i].flaw, strlen(refused[i].flaw)) != 0)
            CHECK_STRING(flaws, refused[i].flaw);
        calendars_done(&f);
    }
    struct calendars_fixture f;
    CHECK_ROW("NUL");
    calendars_init(&f);
    CHECK_INT(calendars_parse(&f, TEXT("BEGIN:VCALENDAR\nX\0Y\nEND:VCALENDAR\n"), "UTC"),
              FEED_E_MALFORMED);
    CHECK_INT(f.flaws.items[0].line, 2);
    calendars_done(&f);
}

/* Rows of one event of 2026; an error sets the series aside, a warning does not. */
static const struct {
    const char *title, *events;
    int occurrences;  /* in January 2026 */
    const char *flaw; /* the first one begins so; "" = none */
} flawed[] = {
    {"clean", EVENT("SUMMARY:A\n"), 1, ""},
    {"DTSTART missing", BARE("SUMMARY:A\n"), 0, "3 error DTSTART is missing"},
    {"month 13", BARE("DTSTART:20261305T090000Z\n"), 0, "5 error DTSTART is no date or time"},
    {"the event is named, though its title comes later", BARE("DTSTART:x\nSUMMARY:Conseil\n"), 0,
     "5 error DTSTART is no date or time: \"x\"; the event \"Conseil\" and its whole series are "
     "set"},
    {"a series that calls itself an exception",
     EVENT("RECURRENCE-ID:20260105T090000Z\nRRULE:FREQ=DAILY;COUNT=3\n"), 3,
     "3 warning the event has both RRULE and RECURRENCE-ID; it is read as the series itself"},
    {"an exception to another hour that repeats",
     EVENT("RECURRENCE-ID:20260105T080000Z\nRRULE:FREQ=DAILY;COUNT=3\n"), 1,
     "3 warning an exception cannot repeat"},
    {"an exception that repeats beside its series",
     EVENT("RRULE:FREQ=DAILY;COUNT=2\n")
         EVENT("RECURRENCE-ID:20260105T090000Z\nRRULE:FREQ=DAILY;COUNT=9\n"),
     2, "8 warning an exception cannot repeat"},
    {"… by a rule that never comes true",
     EVENT("RRULE:FREQ=DAILY;COUNT=2\n")
         EVENT("RECURRENCE-ID:20260105T090000Z\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\n"),
     2, "8 warning an exception cannot repeat"},
    {"… without its series",
     EVENT("RECURRENCE-ID:20260105T090000Z\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\n"), 0,
     "7 error the rule of repetition never comes true; the event and its whole series are set"},
    {"hour 25", BARE("DTSTART:20260105T250000Z\n"), 0, "5 error DTSTART is no date or time"},
    {"the end of a day", EVENT("DTEND:20260105T240000Z\n"), 1,
     "6 warning \"20260105T240000Z\" is read as the midnight after that day"},
    {"the end of all days", BARE("DTSTART:99991231T240000Z\n"), 0,
     "5 error DTSTART is no date or time"},
    {"a minute after the end of a day", BARE("DTSTART:20260105T240100Z\n"), 0,
     "5 error DTSTART is no date or time"},
    {"a birthday as Google writes it", BARE("DTSTART;VALUE=DATE:20260105\nRDATE:20260106Z\n"), 2,
     "6 warning \"20260106Z\" is read as that day"},
    {"a midnight that calls itself a date",
     BARE("DTSTART;VALUE=DATE:20260105T000000\nDTEND;VALUE=DATE:20260107T000000\n"), 1,
     "5 warning \"20260105T000000\" is read as that day"},
    {"an hour that calls itself a date", BARE("DTSTART;VALUE=DATE:20260105T090000Z\n"), 1,
     "5 warning \"20260105T090000Z\" has an hour although VALUE=DATE stands before it"},
    {"a rule written as text", EVENT("RRULE:FREQ=WEEKLY\\;BYDAY=MO\\,TU\\;COUNT=3\n"), 3,
     "6 warning RRULE: its backslashes are ignored"},
    {"UNTIL as a date with a Z", EVENT("RRULE:FREQ=DAILY;UNTIL=20260107Z\n"), 3,
     "6 warning RRULE: UNTIL=20260107Z is read as that day"},
    {"SKIP without RSCALE", EVENT("RRULE:FREQ=MONTHLY;SKIP=BACKWARD;COUNT=1\n"), 1,
     "6 warning RRULE: SKIP stands without RSCALE"},
    {"SKIP that is none", EVENT("RRULE:RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=NEVER\n"), 0,
     "6 error RRULE: SKIP=NEVER means nothing"},
    {"RSCALE of another calendar", EVENT("RRULE:RSCALE=CHINESE;FREQ=YEARLY\n"), 0,
     "6 error RRULE: RSCALE=CHINESE counts in a calendar other than the Gregorian one"},
    {"30 February", BARE("DTSTART;VALUE=DATE:20260230\n"), 0, "5 error DTSTART is no date"},
    {"DTEND before DTSTART", EVENT("DTEND:20260105T080000Z\n"), 0, "6 error DTEND is before"},
    {"days that end before they begin",
     BARE("DTSTART;VALUE=DATE:20260105\nDTEND;VALUE=DATE:20260104\n"), 0,
     "6 error DTEND is before"},
    {"negative DURATION", EVENT("DURATION:-PT1H\n"), 0, "6 error DURATION is negative"},
    {"absurd DURATION", EVENT("DURATION:P999999999999999999W\n"), 0, "6 error DURATION is none"},
    {"empty DURATION", EVENT("DURATION:PT\n"), 0, "6 error DURATION is none"},
    {"unknown FREQ", EVENT("RRULE:FREQ=FOO\n"), 0, "6 error RRULE: FREQ=FOO means nothing"},
    {"no FREQ", EVENT("RRULE:COUNT=3\n"), 0, "6 error RRULE: FREQ is missing"},
    {"every minute", EVENT("RRULE:FREQ=MINUTELY;COUNT=3\n"), 0,
     "6 error RRULE: a rule that repeats every minute or second is not accepted"},
    {"every second", EVENT("RRULE:FREQ=SECONDLY\n"), 0, "6 error RRULE: a rule that repeats"},
    {"COUNT=0", EVENT("RRULE:FREQ=DAILY;COUNT=0\n"), 0, "6 error RRULE: COUNT=0"},
    {"INTERVAL=0", EVENT("RRULE:FREQ=DAILY;INTERVAL=0\n"), 0, "6 error RRULE: INTERVAL=0"},
    {"UNTL", EVENT("RRULE:FREQ=DAILY;UNTL=20260110\n"), 0, "6 error RRULE: the part UNTL"},
    {"BYDAY=XX", EVENT("RRULE:FREQ=WEEKLY;BYDAY=XX\n"), 0, "6 error RRULE: BYDAY=XX"},
    {"BYMONTH=13", EVENT("RRULE:FREQ=YEARLY;BYMONTH=13\n"), 0, "6 error RRULE: BYMONTH=13"},
    {"BYMONTHDAY=0", EVENT("RRULE:FREQ=MONTHLY;BYMONTHDAY=0\n"), 0, "6 error RRULE: BYMONTHDAY=0"},
    {"never true", EVENT("RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\n"), 0,
     "6 error the rule of repetition never comes true"},
    {"never true, every hour", EVENT("RRULE:FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30\n"), 0,
     "6 error the rule of repetition never comes true"},
    {"days every hour", BARE("DTSTART;VALUE=DATE:20260105\nRRULE:FREQ=HOURLY\n"), 0,
     "6 error an event of whole days repeats every hour"},
    {"bad EXDATE", EVENT("RRULE:FREQ=DAILY;COUNT=2\nEXDATE:2026-01-06\n"), 0,
     "7 error EXDATE holds what is no date"},
    {"bad RDATE", EVENT("RDATE:tomorrow\n"), 0, "6 error RDATE holds what is no date"},
    {"bad RECURRENCE-ID breaks the series",
     EVENT("RRULE:FREQ=DAILY;COUNT=2\n") BARE("RECURRENCE-ID:x\nDTSTART:20260106T100000Z\n"), 0,
     "10 error RECURRENCE-ID is no date or time"},
    {"COUNT=-1 is no end", EVENT("RRULE:FREQ=WEEKLY;COUNT=-1\n"), 4,
     "6 warning RRULE: COUNT=-1 is read as no end"},
    {"COUNT and UNTIL: the earlier end", EVENT("RRULE:FREQ=DAILY;COUNT=5;UNTIL=20260107T090000Z\n"),
     3, "6 warning RRULE: COUNT and UNTIL"},
    {"numbers in a weekly BYDAY", EVENT("RRULE:FREQ=WEEKLY;BYDAY=1MO;COUNT=2\n"), 2,
     "6 warning RRULE: numbers on BYDAY"},
    {"no UID", "BEGIN:VEVENT\nDTSTART:20260105T090000Z\nSUMMARY:A\nEND:VEVENT\n", 1,
     "3 warning the event has no UID"},
    {"unknown zone", BARE("DTSTART;TZID=Mars/Olympus:20260105T090000\n"), 1,
     "5 warning the time zone \"Mars/Olympus\" is read as Europe/Paris, from the calendar's own"},
    {"unknown STATUS", EVENT("STATUS:BIDON\n"), 1, "6 warning STATUS:BIDON"},
    {"no property", EVENT("bonjour\n"), 1, "6 warning this line is no property"},
    {"GEO of nowhere", EVENT("GEO:91;0\n"), 1, "6 warning GEO is no place"},
    {"empty values", EVENT("LOCATION:\nDESCRIPTION:\nCATEGORIES:\nRRULE:\nDTEND:\nGEO:\n"), 1,
     "9 warning an empty RRULE is ignored"},
    {"a X- part in a rule", EVENT("RRULE:FREQ=DAILY;COUNT=2;X-FOO=1;\n"), 2, ""},
    {"lower case, stray blanks",
     "begin:vevent\nuid:u\ndtstart:20260105T090000Z\n"
     "rrule:freq=daily; count=2 ;byday=mo,tu\nend:vevent\n",
     2, ""},
    {"Shift_JIS is read as such", EVENT("SUMMARY:\x89\xef\x8b\x63\n"), 1,
     "6 warning the text is not UTF-8; it is read as Shift_JIS"},
    {"ISO-2022-JP is read as such", EVENT("SUMMARY:\x1b$B2q5D\x1b(B\n"), 1,
     "6 warning the text is not UTF-8; it is read as ISO-2022-JP"},
    {"EUC-JP is read as such", EVENT("SUMMARY:\xb2\xf1\xb5\xc4\n"), 1,
     "6 warning the text is not UTF-8; it is read as EUC-JP"},
    {"a week in the place of hours", EVENT("DURATION:PT1W\n"), 1,
     "6 warning DURATION:PT1W is read as P1W"},
    {"Latin-1 is read as Windows-1252", EVENT("SUMMARY:R\xe9union\n"), 1,
     "6 warning the text is not UTF-8"},
    {"a UTC time beside a TZID", BARE("DTSTART;TZID=Europe/Paris:20260105T090000Z\n"), 1, ""},
};

TEST(flaws_have_lines)
{
    for (size_t i = 0; i < sizeof flawed / sizeof *flawed; i++) {
        struct calendars_fixture f;
        CHECK_ROW(flawed[i].title);
        calendars_init(&f);
        const char *raw = arena_printf(f.arena, WRAP("%s"), flawed[i].events);
        REQUIRE(calendars_parse(&f, text_of(raw), "Europe/Paris") == 0);
        struct occurrences list =
            calendars_expand(&f, "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z");
        CHECK_INT(list.count, flawed[i].occurrences);
        const char *flaws = calendars_flaws(&f);
        if (*flawed[i].flaw ? strncmp(flaws, flawed[i].flaw, strlen(flawed[i].flaw)) != 0 : *flaws)
            CHECK_STRING(flaws, flawed[i].flaw);
        CHECK_INT(feed_has_set_aside(f.feed, "u"), flaws_has_errors(&f.flaws));
        calendars_done(&f);
    }
}

/* Where the bad value begins, in characters of its physical line. */
TEST(flaws_have_columns)
{
    static const struct {
        const char *title, *lines;
        int line, column; /* of the first flaw; column 0 = the whole line */
    } rows[] = {
        {"a value", BARE("DTSTART:20261305T090000Z\n"), 5, 9},
        {"a parameter", BARE("DTSTART;TZID=Mars/Olympus:20260105T090000\n"), 5, 14},
        {"a quoted parameter", BARE("DTSTART;TZID=\"Mars\":20260105T090000\n"), 5, 15},
        {"one value of many", EVENT("EXDATE:20260106T090000Z,x\n"), 6, 25},
        {"characters, not bytes", EVENT("EXDATE;X-NOM=\xc3\x89t\xc3\xa9:x\n"), 6, 18},
        {"behind folds", EVENT("EXDATE:20260106T090000Z,\r\n 20260107T090000Z\r\n\t,x\r\n"), 8, 3},
        {"just behind a fold", BARE("DTSTART:\n x\n"), 6, 2},
        {"behind a blank line", EVENT("EXDATE:20260106T090000Z,\n\n x\n"), 8, 2},
        {"in front of a fold", EVENT("STATUS:B\n IDON\n"), 6, 8},
        {"known only at the end", EVENT("DTEND:20260105T080000Z\n"), 6, 7},
        {"a rule", EVENT("RRULE:FREQ=FOO\n"), 6, 7},
        {"a rule that never comes true", EVENT("RRULE:FREQ=YEARLY;BYMONTHDAY=30;BYMONTH=2\n"), 6,
         7},
        {"a range", BARE("RECURRENCE-ID;RANGE=FOO:20260105T090000Z\n"), 5, 21},
        {"no place on the globe", EVENT("GEO:91;0\n"), 6, 5},
        {"no property", EVENT("bonjour\n"), 6, 1},
        {"what stands twice", EVENT("SUMMARY:A\nDTSTART:20260105T090000Z\n"), 7, 1},
        {"the zone of the calendar", "X-WR-TIMEZONE:Mars\n" EVENT(""), 3, 15},
        {"what is no UTF-8", EVENT("SUMMARY:\xc3\x89t\n \xe9\n"), 7, 2},
        {"the event as a whole", BARE("SUMMARY:A\n"), 3, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct calendars_fixture f;
        CHECK_ROW(rows[i].title);
        calendars_init(&f);
        const char *raw = arena_printf(f.arena, WRAP("%s"), rows[i].lines);
        REQUIRE(calendars_parse(&f, text_of(raw), "Europe/Paris") == 0);
        REQUIRE(f.flaws.count > 0);
        CHECK_INT(f.flaws.items[0].line, rows[i].line);
        CHECK_INT(f.flaws.items[0].column, rows[i].column);
        calendars_done(&f);
    }
}

TEST(advice_fits_the_program)
{
    static const struct {
        const char *product, *want;
    } rows[] = {
        {"-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN", "In Outlook, open"},
        {"-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN", "In Thunderbird"},
        {"-//Google Inc//Google Calendar 70.9054//EN", "In Google Calendar"},
        {"-//Nobody//EN", "Open the event in the program that wrote it"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct calendars_fixture f;
        CHECK_ROW(rows[i].product);
        calendars_init(&f);
        const char *raw =
            arena_printf(f.arena, WRAP("%sPRODID:%s\n"), BARE("SUMMARY:A\n"), rows[i].product);
        REQUIRE(calendars_parse(&f, text_of(raw), "Europe/Paris") == 0);
        REQUIRE(f.flaws.count == 1 && f.flaws.items[0].advice);
        CHECK(text_starts(text_of(f.flaws.items[0].advice), rows[i].want));
        calendars_done(&f);
    }
}

TEST(the_rest_lives)
{
    struct calendars_fixture f;
    calendars_init(&f);
    calendars_parse(
        &f,
        TEXT(WRAP(EVENT(
            "RRULE:FREQ=FOO\n") "BEGIN:VEVENT\nUID:v\nDTSTART:20260105T090000Z\nEND:VEVENT\n")),
        "Europe/Paris");
    CHECK_INT(calendars_expand(&f, "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z").count, 1);
    CHECK(feed_has_set_aside(f.feed, "u"));
    CHECK(!feed_has_set_aside(f.feed, "v"));
    CHECK_INT(feed_event_count(f.feed), 1);
    calendars_done(&f);
}

static void repeat(struct buf *out, const char *text, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf_add_string(out, text);
}

#define DENSE_PART                                                                                 \
    "BEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\n"              \
    "RRULE:FREQ=DAILY\nEND:STANDARD\n"
#define PLAIN_PART                                                                                 \
    "BEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:-0330\nTZOFFSETTO:-0330\n"              \
    "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\nEND:STANDARD\n"

/* Each hostile file is measured against a processor time that only a spin could reach. */
static void check_hostile(const char *title, struct buf *raw, int want_result)
{
    struct calendars_fixture f;
    CHECK_ROW(title);
    calendars_init(&f);
    REQUIRE(!buf_error(raw));
    clock_t start = clock();
    CHECK_INT(calendars_parse(&f, buf_text(raw), "Europe/Paris"), want_result);
    if (f.result == 0)
        calendars_expand(&f, "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z");
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    CHECK(f.flaws.count > 0);
    CHECK(seconds < 30);
    printf("%s: %.2f s\n", title, seconds);
    calendars_done(&f);
    buf_done(raw);
}

TEST(hostile_files_are_bounded)
{
    struct buf raw = BUF_INIT((size_t)64 << 20);
    repeat(&raw, "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:u\nDTSTART:20260105T090000Z\nATTACH:", 1);
    repeat(&raw, "AAAAAAAAAAAAAAAA", 5 << 16);
    repeat(&raw, "\nEND:VEVENT\nEND:VCALENDAR\n", 1);
    check_hostile("a line of 5 MB", &raw, 0);

    repeat(&raw,
           "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:u\nDTSTART:20260105T090000Z\nEXDATE:20260106T"
           "090000Z",
           1);
    repeat(&raw, ",20260107T090000Z", 300000);
    repeat(&raw, "\nRRULE:FREQ=DAILY\nEND:VEVENT\nEND:VCALENDAR\n", 1);
    check_hostile("an EXDATE of 5 MB", &raw, 0);

    repeat(&raw, "BEGIN:VCALENDAR\n", 1);
    repeat(&raw, "BEGIN:VEVENT\n", 300000);
    check_hostile("300,000 nested BEGINs", &raw, FEED_E_MALFORMED);

    repeat(&raw, "BEGIN:VCALENDAR\nBEGIN:VEVENT\n", 1);
    repeat(&raw, "BEGIN:X-A\n", 300000);
    check_hostile("300,000 nested unknown BEGINs", &raw, FEED_E_MALFORMED);

    repeat(&raw, "BEGIN:VCALENDAR\n", 1);
    repeat(&raw, "BEGIN:VEVENT\nEND:VEVENT\n", 290000);
    repeat(&raw, "END:VCALENDAR\n", 1);
    check_hostile("290,000 empty events", &raw, 0);

    repeat(&raw, "BEGIN:VCALENDAR\n", 1);
    for (int i = 0; i < 5000; i++)
        buf_printf(&raw,
                   "BEGIN:VEVENT\nUID:%d\nDTSTART:19700101T000000Z\nRRULE:FREQ=HOURLY;"
                   "BYMONTH=2;BYMONTHDAY=30;BYSETPOS=366\nEND:VEVENT\n",
                   i);
    repeat(&raw, "END:VCALENDAR\n", 1);
    check_hostile("5,000 impossible rules", &raw, 0);

    repeat(&raw, "BEGIN:VCALENDAR\n", 1);
    for (int i = 0; i < 2000; i++)
        buf_printf(&raw,
                   "BEGIN:VEVENT\nUID:%d\nDTSTART:19000101T000000Z\n"
                   "RRULE:FREQ=HOURLY;COUNT=99999999\nEND:VEVENT\n",
                   i);
    repeat(&raw, "END:VCALENDAR\n", 1);
    check_hostile("2,000 rules that count hours since 1900", &raw, 0);

    repeat(&raw, "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:u\nDTSTART;VALUE=DATE:20260105\n", 1);
    for (int i = 0; i < 20; i++) {
        repeat(&raw, "EXDATE;X-A=", 1);
        repeat(&raw, "AAAAAAAAAAAAAAAA", 50000);
        repeat(&raw, ":20260106Z", 1);
        repeat(&raw, ",20260106Z", 990);
        repeat(&raw, "\n", 1);
    }
    repeat(&raw, "END:VEVENT\nEND:VCALENDAR\n", 1);
    check_hostile("odd dates far from the start of their lines", &raw, 0);

    repeat(&raw, "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:u\nDTSTART:20260105T090000Z\nDESCRIPTION:", 1);
    repeat(&raw, "<a href='http://x/&amp;))))", 30000);
    repeat(&raw, "\nLOCATION:http://", 1);
    repeat(&raw, ")", 900000);
    repeat(&raw, "\nX-ODD;A=\"", 1);
    repeat(&raw, ";B=\"", 200000);
    repeat(&raw, "\nEND:VEVENT\nEND:VCALENDAR\n", 1);
    check_hostile("texts made to make scanners look back", &raw, 0);

    repeat(&raw, "BEGIN:VCALENDAR\n", 1);
    repeat(&raw,
           "BEGIN:VTIMEZONE\nTZID:x\nBEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:+0100\n"
           "TZOFFSETTO:+0200\nRRULE:FREQ=DAILY\nRRULE:FREQ=HOURLY\nRDATE:20200101T000000\n"
           "END:STANDARD\nEND:VTIMEZONE\nBEGIN:VTIMEZONE\nEND:VTIMEZONE\n",
           200);
    repeat(&raw, "END:VCALENDAR\n", 1);
    check_hostile("200 dense time zones", &raw, 0);

    repeat(&raw, "BEGIN:VCALENDAR\n", 1);
    for (int i = 0; i < 1000; i++) {
        buf_printf(&raw, "BEGIN:VTIMEZONE\nTZID:Zone %d\n", i);
        repeat(&raw, DENSE_PART, 20);
        repeat(&raw, "END:VTIMEZONE\n", 1);
    }
    repeat(&raw, "END:VCALENDAR\n", 1);
    check_hostile("1,000 time zones that change daily since 1601", &raw, 0);

    repeat(&raw, "BEGIN:VCALENDAR\n", 1);
    for (int i = 0; i < 50000; i++)
        buf_printf(&raw, "BEGIN:VTIMEZONE\nTZID:Zone %d\n" PLAIN_PART "END:VTIMEZONE\n", i);
    repeat(&raw, "END:VCALENDAR\n", 1);
    check_hostile("50,000 time zones", &raw, 0);

    repeat(&raw, "outside\n", 1);
    repeat(&raw, "BEGIN:VCALENDAR\nEND:VCALENDAR\n", 20000);
    check_hostile("20,000 calendars", &raw, 0);
    repeat(&raw, "BEGIN:VCALENDAR\nEND:VCALENDAR\n", 20001);
    check_hostile("20,001 calendars", &raw, FEED_E_MALFORMED);
}

/* A zone that costs too much is none and its name decides; it costs the others nothing. */
TEST(time_zones_have_a_budget)
{
    struct calendars_fixture f;
    struct buf raw = BUF_INIT(16 << 20);
    calendars_init(&f);
    repeat(&raw, "BEGIN:VCALENDAR\n", 1);
    static const char *const dense[] = {"Tokyo Standard Time", "Cabinet"};
    for (size_t i = 0; i < 2; i++) {
        buf_printf(&raw, "BEGIN:VTIMEZONE\nTZID:%s\n", dense[i]);
        repeat(&raw, DENSE_PART, 20);
        repeat(&raw, "END:VTIMEZONE\n", 1);
    }
    for (int i = 0; i < 990; i++)
        buf_printf(&raw, "BEGIN:VTIMEZONE\nTZID:Zone %d\n" PLAIN_PART PLAIN_PART "END:VTIMEZONE\n",
                   i);
    static const char *const names[] = {"Tokyo Standard Time", "Cabinet", "Zone 0", "Zone 989"};
    for (int i = 0; i < 4; i++)
        buf_printf(&raw, "BEGIN:VEVENT\nUID:%d\nDTSTART;TZID=%s:2026010%dT120000\nEND:VEVENT\n", i,
                   names[i], i + 1);
    repeat(&raw, "END:VCALENDAR\n", 1);
    REQUIRE(!buf_error(&raw) && calendars_parse(&f, buf_text(&raw), "Europe/Paris") == 0);
    CHECK_STRING(
        calendars_show(&f, calendars_expand(&f, "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z")),
        "2026-01-01T12:00:00+09:00 2026-01-01T12:00:00+09:00 0 alive -\n"
        "2026-01-02T12:00:00+01:00 2026-01-02T12:00:00+01:00 1 alive -\n"
        "2026-01-03T12:00:00-03:30 2026-01-03T12:00:00-03:30 2 alive -\n"
        "2026-01-04T12:00:00-03:30 2026-01-04T12:00:00-03:30 3 alive -\n");
    const char *flaws = calendars_flaws(&f);
    const char *want =
        "2 warning the VTIMEZONE \"Tokyo Standard Time\" changes its clock too often "
        "and is ignored\n"
        "125 warning the VTIMEZONE \"Cabinet\" changes its clock too often and is "
        "ignored\n";
    CHECK_STRING(arena_copy_text(f.arena, text_slice(text_of(flaws), 0, strlen(want))), want);
    buf_done(&raw);
    calendars_done(&f);
}

/* Whoever gave the bytes may take them back as far as they are told to be passed. */
static void overwrite(void *raw, size_t size)
{
    memset(((struct buf *)raw)->data, '#', size);
}

TEST(bytes_are_not_looked_at_again)
{
    const char *shown[2];
    struct calendars_fixture f[2];
    for (int i = 0; i < 2; i++) {
        CLEANUP_BUF struct buf raw = BUF_INIT(16 << 20);
        calendars_init(&f[i]);
        buf_add_string(&raw, "BEGIN:VCALENDAR\nPRODID:-//Nobody//EN\nX-WR-CALNAME:Conseil\n");
        for (int k = 0; k < 10000; k++)
            buf_printf(
                &raw,
                "BEGIN:VEVENT\nUID:%d\nDTSTART;TZID=Zone:20260105T090000\nRRULE:FREQ=DAILY;\n"
                " COUNT=2\nSUMMARY:Re\n union %d\nLOCATION:Mairie\nCATEGORIES:a,b\n"
                "STATUS:%s\nEND:VEVENT\n",
                k, k, k % 50 ? "CONFIRMED" : "NO");
        buf_add_string(&raw, "BEGIN:VTIMEZONE\nTZID:Zone\n" PLAIN_PART "END:VTIMEZONE\n"
                             "END:VCALENDAR\n");
        struct feed_options options = {.name = "test",
                                       .source = "test.ics",
                                       .zones = f[i].zones,
                                       .locale = f[i].locale,
                                       .zone = zones_utc(f[i].zones),
                                       .on_passed = i ? overwrite : NULL,
                                       .context = &raw};
        REQUIRE(!buf_error(&raw) &&
                feed_parse(f[i].arena, buf_text(&raw), &options, &f[i].flaws, &f[i].feed) == 0);
        shown[i] =
            arena_printf(f[i].arena, "%s%s%s", feed_product(f[i].feed), calendars_flaws(&f[i]),
                         calendars_show(&f[i], calendars_expand(&f[i], "2026-01-01T00:00:00Z",
                                                                "2026-02-01T00:00:00Z")));
        CHECK(i == 0 || raw.data[raw.size / 2] == '#');
    }
    CHECK(strcmp(shown[0], shown[1]) == 0);
    calendars_done(&f[0]);
    calendars_done(&f[1]);
}

/* Memory refused at any point is -ENOMEM or, further on, success; nothing else and no crash. */
TEST(memory_refused)
{
    struct calendars_fixture f;
    bool has_failed = false, has_passed = false;
    const struct text raw =
        TEXT(WRAP(EVENT("RRULE:FREQ=MONTHLY;BYDAY=1MO,-1FR;BYSETPOS=1\nEXDATE:20260202T090000Z\n"
                        "RDATE:20260301T090000Z/PT1H\nSUMMARY:Re\xcc\x81union #urgent\n"
                        "DESCRIPTION:<b>[fr] a</b> [ja] b\nCATEGORIES:a,b\nATTACH:https://a.b/c\n"
                        "ORGANIZER;CN=x:mailto:a@b\n")
                      BARE("RECURRENCE-ID:20260105T090000Z\nDTSTART:20260106T090000Z\n")));
    calendars_init(&f);
    for (size_t max = 0; max < 200000; max += max < 40000 ? 400 : 16384) {
        struct arena *arena = arena_new(max);
        struct feed_options options = {.name = "t",
                                       .source = "t.ics",
                                       .zones = f.zones,
                                       .locale = f.locale,
                                       .zone = zones_utc(f.zones)};
        struct feed *feed;
        struct occurrences list;
        REQUIRE(arena);
        int r = feed_parse(arena, raw, &options, &f.flaws, &feed);
        if (r == 0)
            r = expansion_run(arena, feed, calendars_instant("2026-01-01T00:00:00Z"),
                              calendars_instant("2027-01-01T00:00:00Z"), &f.flaws, &list);
        CHECK(r == 0 || r == -ENOMEM);
        has_failed |= r == -ENOMEM;
        has_passed |= r == 0;
        arena_free(arena);
    }
    CHECK(has_failed && has_passed);
    calendars_done(&f);
}

CHECK_MAIN
