/* SPDX-License-Identifier: MIT */
#include "deliver/pacing.h"

#include "check.h"

static struct pacing start(int minute, int hour, int day)
{
    struct pacing pacing;
    struct pacing_limits limits = {
        .per_minute = minute, .per_hour = hour, .per_day = day, .connections = 4};
    pacing_init(&pacing, &limits);
    return pacing;
}

static const struct instant origin = {20000 * USEC_PER_DAY + 12345678};

/* Sends as greedily as it may for two days; no window may ever hold more than its limit. */
TEST(no_window_is_ever_overfull)
{
    static const struct {
        const char *title;
        int minute, hour, day;
        int64_t step_usec;
        int least_sent; /* in two days: limits are used, not only kept */
    } rows[] = {
        {"exchange", 30, 0, 10000, 700 * 1000, 19000}, {"ovh", 30, 200, 0, 3100 * 1000, 9000},
        {"gmail", 0, 0, 500, 60 * USEC_PER_SEC, 990},  {"one a minute", 1, 0, 0, 1300 * 1000, 2700},
        {"all", 7, 50, 300, 900 * 1000, 590},
    };
    enum { SENT_MAX = 60000 };
    static int64_t sent[SENT_MAX];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pacing pacing = start(rows[i].minute, rows[i].hour, rows[i].day);
        const int limits[] = {rows[i].minute, rows[i].hour, rows[i].day};
        const int64_t spans[] = {USEC_PER_MIN, USEC_PER_HOUR, USEC_PER_DAY};
        int count = 0;
        CHECK_ROW(rows[i].title);
        for (int64_t t = 0; t < 2 * USEC_PER_DAY; t += rows[i].step_usec) {
            struct instant now = instant_add(origin, t);
            size_t room = pacing_room(&pacing, now, 1000);
            if (!room)
                CHECK(instant_before(now, pacing_next_room(&pacing, 1, now)));
            pacing_spend(&pacing, room, now);
            while (room-- && count < SENT_MAX)
                sent[count++] = now.utc_usec;
        }
        for (int k = 0; k < 3; k++)
            for (int n = limits[k]; limits[k] && n < count; n++)
                if (sent[n] - sent[n - limits[k]] < spans[k]) {
                    CHECK(!"a window holds too many");
                    break;
                }
        CHECK(count >= rows[i].least_sent);
    }
}

TEST(next_room_is_exact)
{
    struct pacing pacing = start(3, 0, 0);
    pacing_spend(&pacing, 2, origin);
    pacing_spend(&pacing, 1, instant_add(origin, 20 * USEC_PER_SEC));
    struct instant now = instant_add(origin, 30 * USEC_PER_SEC);
    CHECK_INT(pacing_room(&pacing, now, 9), 0);
    struct instant next = pacing_next_room(&pacing, 1, now);
    CHECK_INT(pacing_room(&pacing, instant_add(next, -1), 9), 0);
    CHECK_INT(pacing_room(&pacing, next, 9), 2);
    CHECK(instant_diff(next, origin) >= USEC_PER_MIN);
    CHECK(instant_diff(next, origin) <= USEC_PER_MIN + 2 * USEC_PER_SEC);
    CHECK_INT(pacing_next_room(&pacing, 1, next).utc_usec, next.utc_usec);
}

TEST(unlimited)
{
    struct pacing pacing = start(0, 0, 0);
    CHECK_INT(pacing_room(&pacing, origin, 5000), 5000);
    pacing_spend(&pacing, 5000, origin);
    CHECK_INT(pacing_room(&pacing, origin, 5000), 5000);
    CHECK_INT(pacing_next_room(&pacing, 1, origin).utc_usec, origin.utc_usec);
}

/* One that is told what another spent allows what that one allows, now and later. */
TEST(survives_a_restart)
{
    static const int64_t spent_ago[] = {
        26 * USEC_PER_HOUR, 24 * USEC_PER_HOUR + 10 * USEC_PER_MIN, /* in the running slot's day */
        20 * USEC_PER_HOUR, 61 * USEC_PER_MIN,
        59 * USEC_PER_MIN,  70 * USEC_PER_SEC,
        50 * USEC_PER_SEC,  0,
        -5 * USEC_PER_SEC, /* the clock went back */
    };
    enum { SPENT = sizeof spent_ago / sizeof *spent_ago };
    struct pacing lived = start(30, 60, 70), restored = start(30, 60, 70);
    for (size_t i = 0; i < SPENT; i++) {
        pacing_spend(&lived, 7 + i, instant_add(origin, -spent_ago[i]));
        pacing_restore(&restored, 7 + i, instant_add(origin, -spent_ago[i]), origin);
    }
    for (int64_t later = 5 * USEC_PER_SEC; later < 26 * USEC_PER_HOUR; later += 97 * USEC_PER_SEC) {
        struct instant now = instant_add(origin, later);
        CHECK_INT(pacing_room(&restored, now, 99), pacing_room(&lived, now, 99));
        CHECK(instant_equal(pacing_next_room(&restored, 1, now), pacing_next_room(&lived, 1, now)));
    }
}

TEST(returned_tokens)
{
    struct pacing pacing = start(2, 0, 0);
    pacing_spend(&pacing, 2, origin);
    CHECK_INT(pacing_room(&pacing, origin, 9), 0);
    pacing_return(&pacing, 1, instant_add(origin, 3 * USEC_PER_SEC));
    CHECK_INT(pacing_room(&pacing, instant_add(origin, 3 * USEC_PER_SEC), 9), 1);
    pacing_return(&pacing, 9, origin); /* more than was spent: nothing comes of it */
    CHECK_INT(pacing_room(&pacing, instant_add(origin, 3 * USEC_PER_SEC), 9), 2);
}

TEST(clock_goes_back)
{
    struct pacing pacing = start(5, 0, 0);
    pacing_spend(&pacing, 5, origin);
    CHECK_INT(pacing_room(&pacing, instant_add(origin, -USEC_PER_DAY), 9), 0);
    CHECK_INT(pacing_room(&pacing, instant_add(origin, 2 * USEC_PER_MIN), 9), 5);
}

/* A message with copies waits for room for all of them; one that is wider than the whole limit, for
 * an empty window. */
TEST(wide_messages)
{
    static const struct {
        const char *title;
        size_t spent, count;
        bool may;
        int64_t wait_sec;
    } rows[] = {
        {"fits", 2, 3, true, 0},
        {"fits exactly", 3, 2, true, 0},
        {"one too many", 3, 3, false, 61},
        {"wider than the limit", 0, 9, true, 0},
        {"wider, not empty", 1, 9, false, 61},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pacing pacing = start(5, 0, 0);
        CHECK_ROW(rows[i].title);
        pacing_spend(&pacing, rows[i].spent, origin);
        CHECK_INT(pacing_may_take(&pacing, rows[i].count, origin), rows[i].may);
        struct instant next = pacing_next_room(&pacing, rows[i].count, origin);
        CHECK(instant_diff(next, origin) <= rows[i].wait_sec * USEC_PER_SEC);
        CHECK(pacing_may_take(&pacing, rows[i].count, next));
        CHECK(rows[i].may || instant_before(origin, next));
    }
}

/* What a relay asked for before a restart; never for longer than it could have asked. */
TEST(rest_goes_on)
{
    struct pacing pacing = start(0, 0, 0);
    struct instant until = instant_add(origin, 7 * USEC_PER_MIN);
    pacing_rest(&pacing, until, origin);
    CHECK_INT(pacing_room(&pacing, instant_add(until, -1), 9), 0);
    CHECK_INT(pacing_room(&pacing, until, 9), 9);
    CHECK_INT(pacing_connections(&pacing, until), 1);
    pacing_rest(&pacing, instant_add(origin, USEC_PER_DAY), origin);
    CHECK_INT(instant_diff(pacing_next_room(&pacing, 1, origin), origin), PACING_REST_MAX_USEC);
}

TEST(slow_start)
{
    struct pacing pacing = start(0, 0, 0);
    CHECK_INT(pacing_connections(&pacing, origin), 4);
    pacing_learn(&pacing, VERDICT_BRAKE_SLOW, origin);
    CHECK_INT(pacing_room(&pacing, instant_add(origin, 10 * USEC_PER_MIN - 1), 9), 0);
    struct instant next = pacing_next_room(&pacing, 1, origin);
    CHECK_INT(instant_diff(next, origin), 10 * USEC_PER_MIN);
    CHECK_INT(pacing_room(&pacing, next, 9), 9);
    CHECK_INT(pacing_connections(&pacing, next), 1);
    CHECK_INT(pacing_connections(&pacing, instant_add(next, 2 * USEC_PER_MIN)), 2);
    CHECK_INT(pacing_connections(&pacing, instant_add(next, 5 * USEC_PER_MIN)), 3);
    CHECK_INT(pacing_connections(&pacing, instant_add(next, USEC_PER_HOUR)), 4);
    CHECK_INT(pacing_connections(&pacing, instant_add(next, USEC_PER_DAY)), 4);
}

TEST(backoff_grows_and_heals)
{
    struct pacing pacing = start(0, 0, 0);
    struct instant now = origin;
    int64_t before = 0;
    for (int i = 0; i < 10; i++) {
        pacing_unreachable(&pacing, now);
        int64_t wait = instant_diff(pacing_next_room(&pacing, 1, now), now);
        CHECK(wait >= before && wait <= 10 * USEC_PER_MIN);
        before = wait;
        now = instant_add(now, wait);
    }
    CHECK_INT(before, 10 * USEC_PER_MIN);
    pacing_accepted(&pacing, now);
    pacing_unreachable(&pacing, now);
    CHECK(instant_diff(pacing_next_room(&pacing, 1, now), now) <= 10 * USEC_PER_SEC);
}

/* When the last of `count` messages has left, each taking usec_each on all connections together. */
static struct instant send_all(struct pacing *pacing, size_t count, int64_t usec_each)
{
    struct instant at = origin;
    while (count) {
        at = pacing_next_room(pacing, 1, at);
        size_t room = pacing_room(pacing, at, count);
        pacing_spend(pacing, room, at);
        at = instant_add(at, (int64_t)room * usec_each);
        count -= room;
    }
    return at;
}

TEST(how_long_a_batch_takes)
{
    static const struct {
        const char *title;
        int minute, hour, day;
        size_t count;
        int64_t usec_each, least_min, most_min;
    } rows[] = {
        {"none", 0, 0, 0, 1000, 0, 0, 0},
        {"measured", 0, 0, 0, 600, USEC_PER_SEC, 9, 11},
        {"30 a minute", 30, 0, 0, 300, 0, 9, 10},
        {"200 an hour", 30, 200, 0, 450, 0, 121, 127},
        {"500 a day", 0, 0, 500, 1600, 0, 3 * 1440, 3 * 1440 + 100},
        {"nothing", 1, 1, 1, 0, 0, 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pacing pacing = start(rows[i].minute, rows[i].hour, rows[i].day);
        CHECK_ROW(rows[i].title);
        struct instant end = send_all(&pacing, rows[i].count, rows[i].usec_each);
        CHECK(instant_diff(end, origin) >= rows[i].least_min * USEC_PER_MIN);
        CHECK(instant_diff(end, origin) <= rows[i].most_min * USEC_PER_MIN);
    }
}

/* One connection after each brake that the relay pulled; a login says nothing of connections. */
TEST(brakes)
{
    static const struct {
        const char *title;
        enum verdict_brake brake;
        int64_t wait_usec;
        int connections;
    } rows[] = {
        {"none", VERDICT_BRAKE_NONE, 0, 4},
        {"close", VERDICT_BRAKE_CLOSE, 10 * USEC_PER_SEC, 1},
        {"slow", VERDICT_BRAKE_SLOW, 10 * USEC_PER_MIN, 1},
        {"quota", VERDICT_BRAKE_QUOTA, USEC_PER_HOUR, 1},
        {"login", VERDICT_BRAKE_LOGIN, 10 * USEC_PER_MIN, 4},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_ROW(rows[i].title);
        struct pacing pacing = start(0, 0, 0);
        pacing_learn(&pacing, rows[i].brake, origin);
        struct instant next = pacing_next_room(&pacing, 1, origin);
        CHECK_INT(instant_diff(next, origin), rows[i].wait_usec);
        CHECK_INT(pacing_connections(&pacing, next), rows[i].connections);
    }
}

/* MAIL.md's figures, all of them: a slip in one costs an account. */
TEST(presets)
{
    static const struct {
        const char *name;
        int minute, hour, day, connections, messages;
    } rows[] = {
        {"none", 0, 0, 0, 1, 0},
        {"OVH", 30, 200, 0, 1, 50},
        {"office365", 30, 0, 10000, 3, 0},
        {"gmail", 20, 0, 500, 1, 100},
        {"workspace", 60, 0, 2000, 2, 100},
        {"ses", 600, 0, 50000, 4, 0},
        {"infomaniak", 60, 0, 1440, 1, 0},
        {"gandi", 20, 100, 0, 1, 0},
    };
    enum { COUNT = sizeof rows / sizeof *rows };
    struct pacing_limits limits;
    for (size_t i = 0; i < COUNT; i++) {
        CHECK_ROW(rows[i].name);
        CHECK(pacing_preset(rows[i].name, &limits));
        CHECK_INT(limits.per_minute, rows[i].minute);
        CHECK_INT(limits.per_hour, rows[i].hour);
        CHECK_INT(limits.per_day, rows[i].day);
        CHECK_INT(limits.connections, rows[i].connections);
        CHECK_INT(limits.messages_per_connection, rows[i].messages);
    }
    CHECK(!pacing_preset("nobody", &limits));
    CHECK_INT(limits.per_hour, 0);
    CHECK_INT(limits.connections, 1);
    CHECK(!pacing_preset(NULL, &limits));
    size_t count = 0;
    for (const char *const *name = pacing_preset_names(); *name; name++, count++)
        CHECK(pacing_preset(*name, &limits));
    CHECK_INT(count, COUNT);
}

CHECK_MAIN
