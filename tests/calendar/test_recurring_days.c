/* SPDX-License-Identifier: MIT */
#include "calendar/recurring_days.h"

#include "check.h"

static struct civil_date day(const char *text)
{
    struct civil_date date;
    REQUIRE(civil_date_parse(text_of(text), &date));
    return date;
}

TEST(days_of_rules)
{
    static const struct {
        const char *rule, *since, *from, *until, *want;
    } rows[] = {
        {"FREQ=MONTHLY;BYDAY=1TU", "2026-10-05", "2026-10-05", "2027-01-10",
         "2026-10-06 2026-11-03 2026-12-01 2027-01-05 "},
        {"FREQ=MONTHLY;BYDAY=1TU", "2026-12-01", "2026-11-01", "2027-01-01", "2026-12-01 "},
        {"FREQ=WEEKLY", "2026-11-30", "2026-11-30", "2026-12-15",
         "2026-11-30 2026-12-07 2026-12-14 "},
        {"FREQ=WEEKLY;INTERVAL=2", "2026-11-30", "2026-12-07", "2026-12-29",
         "2026-12-14 2026-12-28 "},
        {"FREQ=MONTHLY;BYMONTHDAY=-1", "2026-01-01", "2026-02-01", "2026-04-01",
         "2026-02-28 2026-03-31 "},
        {"FREQ=DAILY;COUNT=2", "2026-01-01", "2026-01-01", "2026-02-01", "2026-01-01 2026-01-02 "},
        {"FREQ=DAILY;UNTIL=20260103", "2026-01-01", "2026-01-02", "2026-02-01",
         "2026-01-02 2026-01-03 "},
        {"FREQ=DAILY;BYHOUR=9,17", "2026-01-01", "2026-01-01", "2026-01-03",
         "2026-01-01 2026-01-02 "},
        {"FREQ=DAILY", "2026-01-10", "2026-01-01", "2026-01-12", "2026-01-10 2026-01-11 "},
        {"monthly", "2026-01-01", "2026-01-01", "2026-02-01", ""},
    };
    struct arena *arena = arena_new(1 << 20);
    REQUIRE(arena);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct civil_days days = {0};
        const char *got = "";
        CHECK_ROW(rows[i].rule);
        CHECK_INT(recurring_days(arena, rows[i].rule, day(rows[i].since), day(rows[i].from),
                                 day(rows[i].until), 10, &days),
                  0);
        for (size_t k = 0; k < days.count; k++) {
            char text[11];
            civil_date_format(days.items[k], text);
            got = arena_printf(arena, "%s%s ", got, text);
        }
        CHECK_STRING(got, rows[i].want);
    }
    arena_free(arena);
}

CHECK_MAIN
