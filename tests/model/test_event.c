/* SPDX-License-Identifier: MIT */
#include "model/event.h"

#include "check.h"

TEST(words_by_language)
{
    static const struct {
        const char *title;
        struct words words;
        const char *fr, *ja, *en;
    } rows[] = {
        {"none", {0}, NULL, NULL, NULL},
        {"any", {.any = "a"}, "a", "a", "a"},
        {"own first", {.any = "a", .in = {"f", "j", NULL}}, "f", "j", "a"},
        {"English before a third", {.in = {"f", NULL, "e"}}, "f", "e", "e"},
        {"French before nothing", {.in = {"f", NULL, NULL}}, "f", "f", "f"},
        {"Japanese alone", {.in = {NULL, "j", NULL}}, "j", "j", "j"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_ROW(rows[i].title);
        CHECK_STRING(words_in(&rows[i].words, LANGUAGE_FR), rows[i].fr);
        CHECK_STRING(words_in(&rows[i].words, LANGUAGE_JA), rows[i].ja);
        CHECK_STRING(words_in(&rows[i].words, LANGUAGE_EN), rows[i].en);
    }
}

TEST(recurrence_ids)
{
    char got[20];
    recurrence_id_format((struct recurrence_id){0}, got);
    CHECK_STRING(got, "");
    recurrence_id_format((struct recurrence_id){.kind = RECURRENCE_DATE, .date = {2026, 10, 5}},
                         got);
    CHECK_STRING(got, "20261005");
    recurrence_id_format(
        (struct recurrence_id){.kind = RECURRENCE_INSTANT, .instant = instant_from_sec(1791183600)},
        got);
    CHECK_STRING(got, "20261005T070000Z");
    recurrence_id_format(
        (struct recurrence_id){.kind = RECURRENCE_INSTANT, .instant = INSTANT_NEVER}, got);
    CHECK_INT(strlen(got), 16);
}

TEST(moments_of_a_day)
{
    struct zones *zones = zones_new(NULL);
    REQUIRE(zones != NULL);
    const struct zone *paris = zones_find(zones, TEXT("Europe/Paris"));
    const struct zone *tokyo = zones_find(zones, TEXT("Asia/Tokyo"));
    struct when day = {.is_all_day = true, .first_day = {2026, 3, 29}, .end_day = {2026, 3, 30}};
    struct when timed = {
        .start = instant_from_sec(1791183600), .end = instant_from_sec(1791190800), .zone = tokyo};
    /* the day on which the clocks go forward has 23 hours in Paris */
    CHECK_INT(instant_diff(when_end(&day, paris), when_start(&day, paris)), 23 * USEC_PER_HOUR);
    CHECK_INT(instant_diff(when_end(&day, tokyo), when_start(&day, tokyo)), USEC_PER_DAY);
    CHECK_INT(instant_diff(when_start(&day, paris), when_start(&day, tokyo)), 8 * USEC_PER_HOUR);
    CHECK(instant_equal(when_start(&timed, paris), timed.start));
    CHECK(instant_equal(when_end(&timed, tokyo), timed.end));
    CHECK_INT(when_day(&day).day, 29);
    timed.start = instant_from_sec(1791183600 + 10 * 3600); /* 17:00Z: the 6th in Tokyo */
    CHECK_INT(when_day(&timed).day, 6);
    timed.zone = paris;
    CHECK_INT(when_day(&timed).day, 5);
    zones_free(zones);
}

TEST(same_moments)
{
    struct when a = {.start = {1}, .end = {2}}, b = a;
    struct when day = {.is_all_day = true, .first_day = {2026, 3, 29}, .end_day = {2026, 3, 30}};
    struct when longer = day;
    b.zone = (const struct zone *)&b; /* not looked at */
    longer.end_day.day = 31;
    CHECK(when_equal(&a, &b));
    b.end.utc_usec++;
    CHECK(!when_equal(&a, &b));
    CHECK(!when_equal(&a, &day));
    CHECK(when_equal(&day, &day));
    CHECK(!when_equal(&day, &longer));
}

CHECK_MAIN
