/* SPDX-License-Identifier: MIT */
/* The stage itself: that it is deterministic, that death and faults do what they say. */
#include "check.h"
#include "stage/stage.h"

static const char settings[] =
    "rules: ( { name = \"groupe-pays\"; category = \"Groupe-pays\"; audience = \"japon\";\n"
    "  steps = ( { send = \"invitation\"; before = \"30 days\"; at = \"09:00\"; },\n"
    "            { send = \"reminder\"; before = \"7 days\"; at = \"09:00\"; } ); } );\n"
    "limits: { settle = \"20 min\"; quiet = \"\"; };\n";

static const char calendar[] = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//EN\r\n"
                               "BEGIN:VEVENT\r\nUID:a@x\r\nDTSTAMP:20260101T000000Z\r\n"
                               "DTSTART;TZID=Europe/Paris:20260320T140000\r\n"
                               "DTEND;TZID=Europe/Paris:20260320T160000\r\n"
                               "SUMMARY:Réunion d'été\r\nLOCATION:Nancy\r\n"
                               "CATEGORIES:Groupe-pays\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

static const char contacts[] = "email;name;language;zone;groups\n"
                               "anne@nancy.example;Anne Martin;fr;;japon\n"
                               "sato@nara.example;佐藤 花子;ja;Asia/Tokyo;japon\n";

static struct instant at(const char *text)
{
    struct instant t;
    REQUIRE(instant_parse_rfc3339(text_of(text), &t));
    return t;
}

static struct stage *open_stage(void)
{
    struct stage *s = stage_new(at("2026-01-05T09:00:00Z"));
    stage_put(s, "convier.cfg", text_of(settings));
    stage_put(s, "japon.ics", text_of(calendar));
    stage_put(s, "contacts.csv", text_of(contacts));
    return s;
}

TEST(a_meeting_is_told)
{
    struct stage *s = open_stage();
    size_t count;
    int status = stage_start(s);
    if (status)
        fputs(stage_words(s), stderr);
    REQUIRE(status == EXIT_YES);
    CHECK(stage_run(s, at("2026-03-25T00:00:00Z")));
    const struct mail *const *mails = stage_mails(s, &count);
    REQUIRE(count == 4);
    CHECK_STRING(mails[0]->recipients[0], "sato@nara.example");
    CHECK_INT(mails[0]->at.utc_usec, at("2026-02-18T00:00:00Z").utc_usec);
    CHECK(strstr(mails[1]->subject, "Réunion d'été, vendredi 20 mars 2026") != NULL);
    CHECK(strstr(mails[1]->text, "Nancy") != NULL);
    CHECK(strstr(mails[1]->calendar, "UID:") != NULL);
    CHECK_INT(stage_twins(s), 0);
    CHECK_INT(stage_turns(s) < 30, 1);
    stage_free(s);
}

CHECK_MAIN
