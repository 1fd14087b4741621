/* SPDX-License-Identifier: MIT */
#include "app/when.h"

#include "check.h"

/* Now is Saturday 24 October 2026, 15:30:10 in Paris (CEST); clocks go back that night. */
#define NOW "2026-10-24T13:30:10Z"

TEST(moments)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"now", "2026-10-24T15:30:10+02:00"},
        {"Now", "2026-10-24T15:30:10+02:00"},
        {"2026-10-05T09:00:00+09:00", "2026-10-05T02:00:00+02:00"},
        {"2026-10-05T09:00:00Z", "2026-10-05T11:00:00+02:00"},
        {"2026-10-05", "2026-10-05T00:00:00+02:00"},
        {" 2026-10-05 09:00 ", "2026-10-05T09:00:00+02:00"},
        {"2026-10-05T09:00", "2026-10-05T09:00:00+02:00"},
        {"2026-10-05T09:00:59", "2026-10-05T09:00:59+02:00"},
        {"2026-12-05 09:00", "2026-12-05T09:00:00+01:00"},
        {"today", "2026-10-24T00:00:00+02:00"},
        {"tomorrow", "2026-10-25T00:00:00+02:00"},
        {"tomorrow 09:00", "2026-10-25T09:00:00+01:00"},
        {"yesterday 23:59", "2026-10-23T23:59:00+02:00"},
        {"+1 day", "2026-10-25T15:30:10+01:00"}, /* the same wall clock */
        {"+24 h", "2026-10-25T14:30:10+01:00"},  /* exact */
        {"-7 days", "2026-10-17T15:30:10+02:00"},
        {"+4 months", "2027-02-24T15:30:10+01:00"},
        {"+2 weeks", "2026-11-07T15:30:10+01:00"},
        {"+90 min", "2026-10-24T17:00:10+02:00"},
        {"+0 days", "2026-10-24T15:30:10+02:00"},
        {"2026-03-29 02:30", "2026-03-29T03:30:00+02:00"}, /* in the gap: as before it */
        {"2026-10-25 02:30", "2026-10-25T02:30:00+02:00"}, /* twice: the first */
    };
    struct zones *zones = zones_new(NULL);
    const struct zone *paris = zones_find(zones, TEXT("Europe/Paris"));
    struct instant now, got;
    REQUIRE(paris && instant_parse_rfc3339(TEXT(NOW), &now));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[32] = "";
        CHECK_ROW(rows[i].text);
        CHECK(when_parse(text_of(rows[i].text), now, paris, &got));
        zone_format_rfc3339(paris, got, text);
        CHECK_STRING(text, rows[i].want);
    }
    zones_free(zones);
}

TEST(no_moments)
{
    static const char *const rows[] = {"",
                                       " ",
                                       "soon",
                                       "2026-13-01",
                                       "2026-02-30",
                                       "2026-10-05 24:00",
                                       "2026-10-05 9:0",
                                       "2026-10-05 09:00:60",
                                       "2026-10-05 09:00:+1",
                                       "2026-10-05x09:00",
                                       "2026-10-05 09:00 CET",
                                       "tomorrow at nine",
                                       "tomorrowT09:00",
                                       "+7",
                                       "+ days",
                                       "+5 working days",
                                       "+100000 years",
                                       "-100000 months",
                                       "20261005"};
    struct zones *zones = zones_new(NULL);
    struct instant got = {42};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_ROW(rows[i]);
        CHECK(!when_parse(text_of(rows[i]), (struct instant){0}, zones_utc(zones), &got));
        CHECK_INT(got.utc_usec, 42);
    }
    zones_free(zones);
}

CHECK_MAIN
