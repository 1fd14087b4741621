/* SPDX-License-Identifier: MIT */
#include "app/lateness.h"

#include "check.h"

#define MIN(n)  ((n)*USEC_PER_MIN)
#define HOUR(n) ((n)*USEC_PER_HOUR)

/* So many mails, all due now and of use for so long, at limits of so many a minute and an hour. */
static const struct {
    const char *title;
    int per_minute, per_hour;
    size_t count, sent_this_hour;
    int64_t useful_usec;
    size_t late;
    int64_t last_least_usec, last_most_usec;
} rows[] = {
    {"nothing waits", 10, 0, 0, 0, HOUR(1), 0, 0, 0},
    {"no limit", 0, 0, 5000, 0, MIN(1), 0, 0, 0},
    {"within the first minute", 100, 0, 100, 0, MIN(1), 0, 0, 0},
    {"three minutes' worth", 100, 0, 300, 0, MIN(5), 0, MIN(2), MIN(2) + MIN(1)},
    {"the third minute is too late", 100, 0, 300, 0, MIN(2), 100, MIN(2), MIN(3)},
    {"an hour's limit, an hour's use", 0, 200, 500, 0, HOUR(1), 300, HOUR(2), HOUR(2) + MIN(10)},
    {"what left before counts", 0, 200, 100, 200, HOUR(1), 100, HOUR(1), HOUR(1) + MIN(5)},
};

TEST(pace)
{
    static const struct instant now = {HOUR(1000)};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct relay_settings relay = {.limit_per_minute = rows[i].per_minute,
                                       .limit_per_hour = rows[i].per_hour};
        struct settings settings = {.relays = &relay, .relay_count = 1};
        struct spending before = {instant_add(now, -MIN(1)), rows[i].sent_this_hour};
        const struct spendings spent = {&before, 1, 1};
        struct lateness lateness;
        CHECK_ROW(rows[i].title);
        lateness_begin(&lateness, &settings, &spent, now);
        for (size_t k = 0; k < rows[i].count; k++) {
            struct notice notice = {.occurrence = "o",
                                    .due = instant_add(now, -HOUR(1)),
                                    .expires = instant_add(now, rows[i].useful_usec)};
            lateness_add(&lateness, &notice);
        }
        CHECK_INT(lateness.count, rows[i].count);
        CHECK_INT(lateness.late, rows[i].late);
        CHECK((lateness.occurrence != NULL) == (rows[i].late > 0));
        if (!rows[i].count)
            continue;
        int64_t wait = instant_diff(lateness.last, now);
        CHECK(wait >= rows[i].last_least_usec && wait <= rows[i].last_most_usec);
    }
}

TEST(the_shortest_use_is_named)
{
    static const struct instant now = {HOUR(1000)};
    static const struct {
        const char *occurrence;
        int64_t useful_usec;
    } notices[] = {{"long", HOUR(9)}, {"two", HOUR(2)}, {"one", HOUR(1)}, {"two again", HOUR(2)}};
    struct relay_settings relay = {.limit_per_hour = 1};
    struct settings settings = {.relays = &relay, .relay_count = 1};
    struct spending before = {instant_add(now, -MIN(1)), 1};
    const struct spendings spent = {&before, 1, 1};
    struct lateness lateness;
    lateness_begin(&lateness, &settings, &spent, now);
    for (size_t i = 0; i < sizeof notices / sizeof *notices; i++) {
        struct notice notice = {.occurrence = notices[i].occurrence,
                                .due = now,
                                .expires = instant_add(now, notices[i].useful_usec)};
        lateness_add(&lateness, &notice);
    }
    CHECK_INT(lateness.late, 3);
    CHECK_STRING(lateness.occurrence, "one");
    CHECK(instant_diff(lateness.arrives, now) > HOUR(1));

    struct arena *arena = arena_new(1 << 16);
    struct zones *zones = zones_new(NULL);
    REQUIRE(arena && zones);
    const struct zone *utc = zones_utc(zones);
    const char *words = lateness_words(arena, &lateness, "Groupe-pays", utc, LANGUAGE_EN);
    CHECK(words && strstr(words, "3 of 4 mails would leave too late") &&
          strstr(words, "Groupe-pays"));
    lateness.late = 0;
    CHECK_STRING(lateness_words(arena, &lateness, "x", utc, LANGUAGE_EN), NULL);
    zones_free(zones);
    arena_free(arena);
}

CHECK_MAIN
