/* SPDX-License-Identifier: MIT */
#include "plan/hours.h"
#include "stage.h"

static const struct civil_date days[] = {{2026, 5, 1}, {2026, 5, 8}, {2026, 12, 25}};
static const struct holiday_calendar french = {"FR", days, 3};
static const struct quiet_settings usual = {true, true, 18 * 60 + 30, 8 * 60 + 30};
static const struct quiet_settings days_only = {true, true, 0, 0};
static const struct quiet_settings noon = {false, false, 12 * 60, 14 * 60};
static const struct quiet_settings from_midnight = {true, true, 0, 8 * 60};

enum move { OPENS, EARLIER, LATER, WAKING };

TEST(moves)
{
    static const struct {
        const char *title;
        const struct quiet_settings *quiet;
        enum move move;
        const char *zone, *from, *want;
    } rows[] = {
        /* 2026-05-01 is a Friday and a holiday. */
        {"open", &usual, OPENS, "Europe/Paris", "2026-04-30 10:00", "2026-04-30 10:00"},
        {"opens at 08:30", &usual, OPENS, "Europe/Paris", "2026-04-30 08:29", "2026-04-30 08:30"},
        {"08:30 is open", &usual, OPENS, "Europe/Paris", "2026-04-30 08:30", "2026-04-30 08:30"},
        {"18:30 is quiet; a long weekend follows", &usual, OPENS, "Europe/Paris",
         "2026-04-30 18:30", "2026-05-04 08:30"},
        {"Saturday noon", &usual, OPENS, "Europe/Paris", "2026-05-02 12:00", "2026-05-04 08:30"},
        {"later keeps the hour", &usual, LATER, "Europe/Paris", "2026-05-02 12:00",
         "2026-05-04 12:00"},
        {"earlier keeps the hour", &usual, EARLIER, "Europe/Paris", "2026-05-03 12:00",
         "2026-04-30 12:00"},
        {"earlier out of the evening", &usual, EARLIER, "Europe/Paris", "2026-05-05 19:00",
         "2026-05-05 18:00"},
        {"earlier out of the small hours, over the weekend", &usual, EARLIER, "Europe/Paris",
         "2026-05-04 07:00", "2026-04-30 18:00"},
        {"closed days alone", &days_only, OPENS, "Europe/Paris", "2026-05-02 12:00",
         "2026-05-04 08:00"},
        {"closed days alone, the morning after", &days_only, OPENS, "Europe/Paris",
         "2026-05-04 03:00", "2026-05-04 08:00"},
        {"closed days alone, any other night", &days_only, OPENS, "Europe/Paris",
         "2026-05-05 03:00", "2026-05-05 03:00"},
        {"a noon break, later", &noon, LATER, "Europe/Paris", "2026-05-04 12:30",
         "2026-05-04 14:00"},
        {"a noon break, earlier", &noon, EARLIER, "Europe/Paris", "2026-05-04 12:30",
         "2026-05-04 11:30"},
        {"quiet from midnight", &from_midnight, OPENS, "Europe/Paris", "2026-05-02 12:00",
         "2026-05-04 08:00"},
        {"quiet from midnight, earlier", &from_midnight, EARLIER, "Europe/Paris",
         "2026-05-06 07:00", "2026-05-05 23:30"},
        {"waking", &usual, WAKING, "Europe/Paris", "2026-05-02 06:59", "2026-05-02 07:00"},
        {"awake on a holiday", &usual, WAKING, "Europe/Paris", "2026-05-01 21:59",
         "2026-05-01 21:59"},
        {"asleep at ten", &usual, WAKING, "Europe/Paris", "2026-05-01 22:00", "2026-05-02 07:00"},
        {"over the clock change", &usual, OPENS, "Europe/Paris", "2026-10-23 20:00",
         "2026-10-26 08:30"},
        {"no French holiday in Tokyo", &usual, OPENS, "Asia/Tokyo", "2026-05-01 10:00",
         "2026-05-01 10:00"},
    };
    struct stage s;
    stage_open(&s);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bool is_french = string_equal(rows[i].zone, "Europe/Paris");
        struct place place = {stage_zone(&s, rows[i].zone), is_french ? &french : NULL};
        struct instant from = stage_time(&s, rows[i].zone, rows[i].from), got = from;
        CHECK_ROW(rows[i].title);
        switch (rows[i].move) {
        case OPENS:
            got = hours_open(rows[i].quiet, &place, from);
            break;
        case EARLIER:
            got = hours_move_earlier(rows[i].quiet, &place, from);
            break;
        case LATER:
            got = hours_move_later(rows[i].quiet, &place, from);
            break;
        case WAKING:
            got = hours_waking(&place, from);
            break;
        }
        CHECK_INT(instant_sec(got), instant_sec(stage_time(&s, rows[i].zone, rows[i].want)));
    }
    stage_close(&s);
}

TEST(working_days)
{
    static const struct {
        const char *title;
        struct civil_date from;
        int count;
        struct civil_date want;
    } rows[] = {
        {"none", {2026, 5, 2}, 0, {2026, 5, 2}},
        {"one back over a weekend", {2026, 5, 4}, -1, {2026, 4, 30}},
        {"five back over two holidays", {2026, 5, 11}, -5, {2026, 4, 30}},
        {"one on", {2026, 4, 30}, 1, {2026, 5, 4}},
        {"from a Sunday", {2026, 5, 3}, -2, {2026, 4, 29}},
    };
    struct stage s;
    stage_open(&s);
    struct place place = {stage_zone(&s, "Europe/Paris"), &french};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CHECK_ROW(rows[i].title);
        struct civil_date got = hours_add_working_days(&place, rows[i].from, rows[i].count);
        CHECK_INT(civil_date_to_days(got), civil_date_to_days(rows[i].want));
    }
    stage_close(&s);
}

/* A calendar of holidays that never ends must not hang anybody. */
TEST(always_closed)
{
    struct stage s;
    struct civil_date every[400];
    stage_open(&s);
    for (int i = 0; i < 400; i++)
        every[i] = civil_date_add_days((struct civil_date){2026, 1, 1}, i);
    struct holiday_calendar closed = {"FR", every, 400};
    struct place place = {stage_zone(&s, "Europe/Paris"), &closed};
    struct instant t = paris(&s, "2026-05-05 10:00");
    CHECK(instant_equal(hours_open(&usual, &place, t), t));
    CHECK(instant_equal(hours_move_earlier(&usual, &place, t), t));
    CHECK(hours_add_working_days(&place, (struct civil_date){2026, 5, 5}, 3).year >= 2026);
    stage_close(&s);
}

TEST(places)
{
    struct stage s;
    stage_open(&s);
    const struct holiday_calendar calendars[] = {{"FR", days, 3}, {"JP", days, 1}};
    struct planner_input input = {.holidays = calendars, .holiday_count = 2};
    struct contact contact = {.zone = stage_zone(&s, "Europe/Paris"), .country = "JP"};
    CHECK(place_of(&input, &contact).holidays == &calendars[1]);
    contact.country = NULL; /* then the zone tells */
    CHECK(place_of(&input, &contact).holidays == &calendars[0]);
    contact.zone = stage_zone(&s, "America/New_York");
    CHECK(place_of(&input, &contact).holidays == NULL);
    stage_close(&s);
}

CHECK_MAIN
