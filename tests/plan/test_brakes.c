/* SPDX-License-Identifier: MIT */
#include "check.h"
#include "plan/brakes.h"

static const struct {
    const char *title;
    int hold_above, hold_share;
    struct pass_totals totals; /* notices, contacts touched, contacts, changed, events */
    const char *want;
} rows[] = {
    {"an ordinary pass", 300, 20, {40, 40, 400, 1, 30}, NULL},
    {"exactly the limit", 300, 100, {300, 300, 400, 0, 30}, NULL},
    {"one more",
     300,
     100,
     {301, 300, 400, 0, 30},
     "301 messages would leave at once, more than the 300 of limits.hold_above"},
    {"a small list is invited whole", 300, 20, {12, 12, 12, 0, 3}, NULL},
    {"one meeting of three moves", 300, 20, {12, 12, 12, 1, 3}, NULL},
    {"a fifth of the events is not more than a fifth", 300, 20, {10, 10, 100, 10, 50}, NULL},
    {"a mangled calendar",
     300,
     20,
     {10, 10, 100, 11, 50},
     "11 of 50 known events changed at once, more than the 20 % of limits.hold_share"},
    {"a large part of a large list",
     300,
     20,
     {250, 250, 1000, 0, 50},
     "250 of 1000 contacts would be written to at once, more than the 20 % of limits.hold_share"},
    {"100 is off", 300, 100, {250, 250, 250, 50, 50}, NULL},
    {"nothing at all", 0, 0, {0, 0, 0, 0, 0}, NULL},
};

TEST(reasons)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CLEANUP_ARENA struct arena *arena = arena_new(1 << 20);
        struct limit_settings limits = {.hold_above = rows[i].hold_above,
                                        .hold_share = rows[i].hold_share};
        CHECK_ROW(rows[i].title);
        CHECK_STRING(brakes_reason(arena, &limits, &rows[i].totals), rows[i].want);
    }
}

TEST(shrinking_lists)
{
    static const struct {
        const char *title;
        size_t before, now;
        int share;
        bool holds;
    } lists[] = {
        {"grows", 10, 400, 20, false},
        {"loses one of twelve", 12, 11, 20, false},
        {"loses four of twelve", 12, 8, 20, false},
        {"loses half of twelve", 12, 6, 20, true},
        {"a fifth", 100, 80, 20, false},
        {"a little more", 100, 79, 20, true},
        {"the brake is off", 100, 1, 100, false},
    };
    struct arena *arena = arena_new(1 << 20);
    REQUIRE(arena);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const struct limit_settings limits = {.hold_share = lists[i].share};
        CHECK_ROW(lists[i].title);
        CHECK(lists[i].holds ==
              (brakes_list_reason(arena, &limits, lists[i].before, lists[i].now) != NULL));
    }
    arena_free(arena);
}

TEST(lost_calendars)
{
    static const struct {
        const char *title;
        size_t kept, lost;
        bool is_lost;
    } calendars[] = {
        {"one of two", 1, 1, false},    {"the only one", 0, 1, true},
        {"two of three", 1, 2, true},   {"half", 4, 4, false},
        {"more than half", 4, 5, true}, {"all of many", 0, 500, true},
        {"one of many", 499, 1, false},
    };
    for (size_t i = 0; i < sizeof calendars / sizeof *calendars; i++) {
        CHECK_ROW(calendars[i].title);
        CHECK(calendars[i].is_lost ==
              brakes_calendar_is_lost(calendars[i].kept, calendars[i].lost));
    }
}

TEST(brakes_without_memory)
{
    CLEANUP_ARENA struct arena *arena = arena_new(1);
    struct limit_settings limits = {.hold_above = 1, .hold_share = 20};
    struct pass_totals totals = {.notices = 2};
    if (arena)
        CHECK(brakes_reason(arena, &limits, &totals) != NULL);
    CHECK(true);
}

CHECK_MAIN
