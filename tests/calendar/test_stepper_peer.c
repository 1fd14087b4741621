/* SPDX-License-Identifier: MIT */
/* Random rules against python3-dateutil, an independent reading of RFC 5545.
 *
 * Where dateutil 2.8.2 is wrong or means something else the rules keep clear of it:
 * - plain and numbered weekdays in one BYDAY are a set to the standard, both at once to dateutil;
 * - BYWEEKNO=-52 loses the days that belong to the last weeks of the year before;
 * - BYWEEKNO without BYDAY gives it all seven days, the standard says DTSTART's weekday;
 * - its first week of a WEEKLY rule begins at DTSTART, which breaks BYSETPOS there;
 * - it does not count a DTSTART off the rule; and its year is never the year of numbered weeks,
 *   which matters with INTERVAL above 1 only.
 * Without python3-dateutil the test says so and checks nothing of it. */
#include <unistd.h>

#include "base/buf.h"
#include "calendar/stepper.h"
#include "check.h"

enum { RULES = 1500 };

static uint64_t seed = 20261005;

static unsigned pick(unsigned bound)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)(seed % bound);
}

static const char *const days[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};

static void add_list(struct buf *rule, const char *name, int min, int max, bool may_be_negative)
{
    buf_printf(rule, ";%s=", name);
    for (unsigned i = 0, count = 1 + pick(4); i < count; i++) {
        int number = min + (int)pick((unsigned)(max - min + 1));
        bool is_negative = may_be_negative && pick(2);
        buf_printf(rule, "%s%d", i ? "," : "", is_negative ? -number : number);
    }
}

static void add_weekdays(struct buf *rule, int max_nth)
{
    bool is_numbered = max_nth && pick(2);
    buf_add_string(rule, ";BYDAY=");
    for (unsigned i = 0, count = 1 + pick(4); i < count; i++) {
        buf_add_string(rule, i ? "," : "");
        if (is_numbered)
            buf_printf(rule, "%s%d", pick(2) ? "-" : "", 1 + (int)pick((unsigned)max_nth));
        buf_add_string(rule, days[pick(7)]);
    }
}

/* One rule and its start. */
static void make_rule(struct buf *rule, char start[64])
{
    static const char *const frequencies[] = {"YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY"};
    unsigned frequency = pick(5);
    bool has_weeks = frequency == 0 && pick(4) == 0;
    unsigned week_start = pick(3) ? 0 : pick(7);
    int64_t day = 20000 + pick(3000);
    buf_printf(rule, "FREQ=%s", frequencies[frequency]);
    if (pick(2) && !has_weeks)
        buf_printf(rule, ";INTERVAL=%u", 1 + pick(frequency == 4 ? 30 : 4));
    if (pick(4) == 0)
        buf_printf(rule, ";COUNT=%u", 1 + pick(40));
    if (pick(3) == 0)
        add_list(rule, "BYMONTH", 1, 12, false);
    if (has_weeks)
        add_list(rule, "BYWEEKNO", 1, 53, false);
    if ((frequency == 0 || frequency == 4) && !has_weeks && pick(4) == 0)
        add_list(rule, "BYYEARDAY", 1, 366, true);
    if (frequency != 2 && !has_weeks && pick(3) == 0)
        add_list(rule, "BYMONTHDAY", 1, 31, true);
    if (has_weeks || pick(2))
        add_weekdays(rule, has_weeks || frequency > 1 ? 0 : frequency == 1 ? 5 : 53);
    if (pick(5) == 0)
        add_list(rule, "BYHOUR", 0, 23, false);
    if (pick(6) == 0)
        add_list(rule, "BYMINUTE", 0, 59, false);
    if (frequency != 2 && !has_weeks && pick(4) == 0)
        add_list(rule, "BYSETPOS", 1, 6, true);
    if (week_start)
        buf_printf(rule, ";WKST=%s", days[week_start]);
    struct civil_date date = civil_date_from_days(day);
    snprintf(start, 64, "%04d%02d%02dT%02d%02d00", date.year, date.month, date.day, (int)pick(24),
             (int)pick(60));
}

static int64_t sec_of(const char *text)
{
    struct stamp stamp;
    if (!stamp_parse(text_of(text), &stamp))
        abort();
    return civil_time_to_sec(stamp.time);
}

static void answer(const char *start, const char *rule_text, const char *until, char ret[64])
{
    struct arena *arena = arena_new(1 << 26);
    struct rule rule;
    const char *complaint;
    struct wall_times times = {0};
    int64_t steps = 1000000000;
    struct stepper stepper = {.start_sec = sec_of(start),
                              .last_sec = INT64_MAX,
                              .from_sec = sec_of(start),
                              .until_sec = sec_of(until),
                              .max_times = 1000000,
                              .steps_left = &steps};
    REQUIRE(rule_parse(arena, text_of(rule_text), &rule, &complaint) == 0);
    REQUIRE(stepper_run(arena, &rule, &stepper, &times) == 0);
    uint64_t checksum = 0;
    for (size_t i = 0; i < times.count; i++)
        checksum = (uint64_t)(((__uint128_t)checksum * 1000003 + (uint64_t)times.items[i]) %
                              ((uint64_t)1 << 61));
    snprintf(ret, 64, "%zu %llu", times.count, (unsigned long long)checksum);
    arena_free(arena);
}

/* Whether the rule comes true within a few years: dateutil would walk to the year 9999. */
static bool is_dense(const char *rule_text, int64_t start_sec)
{
    struct arena *arena = arena_new(1 << 22);
    struct rule rule;
    const char *complaint;
    struct wall_times times = {0};
    int64_t steps = 20000;
    struct stepper stepper = {.start_sec = start_sec,
                              .last_sec = INT64_MAX,
                              .from_sec = start_sec,
                              .until_sec = INT64_MAX,
                              .max_times = 1,
                              .steps_left = &steps};
    REQUIRE(rule_parse(arena, text_of(rule_text), &rule, &complaint) == 0);
    REQUIRE(stepper_run(arena, &rule, &stepper, &times) >= 0);
    size_t count = times.count;
    arena_free(arena);
    return count > 0;
}

struct question {
    char start[64], until[64];
    char rule[512];
};

static struct question questions[RULES];

static void make_questions(FILE *file)
{
    for (size_t i = 0; i < RULES; i++) {
        struct question *q = &questions[i];
        struct buf rule = BUF_INIT(500);
        make_rule(&rule, q->start);
        REQUIRE(!buf_error(&rule));
        if (!is_dense(rule.data, sec_of(q->start))) {
            buf_done(&rule);
            i--;
            continue;
        }
        memcpy(q->rule, rule.data, rule.size + 1);
        int span_days = strstr(q->rule, "HOURLY") ? 40 : 1100;
        struct civil_time end = civil_time_from_sec(sec_of(q->start) + span_days * 86400);
        snprintf(q->until, sizeof q->until, "%04d%02d%02dT000000", end.date.year, end.date.month,
                 end.date.day);
        fprintf(file, "%s %s %s\n", q->start, q->rule, q->until);
        buf_done(&rule);
    }
}

TEST(random_rules)
{
    if (system("/usr/bin/python3 -c 'import dateutil' 2>/dev/null") != 0) {
        CHECK(true);
        puts("python3-dateutil is not installed: nothing to compare with");
        return;
    }
    char path[] = "/tmp/convier-rules-XXXXXX", command[1024], line[128];
    int fd = mkstemp(path);
    REQUIRE(fd >= 0);
    FILE *file = fdopen(fd, "w");
    make_questions(file);
    fclose(file);
    snprintf(command, sizeof command, "/usr/bin/python3 %s/calendar/dateutil_rules.py %s",
             CONVIER_TESTS, path);
    FILE *peer = popen(command, "r");
    REQUIRE(peer);
    size_t compared = 0;
    for (size_t i = 0; i < RULES && fgets(line, sizeof line, peer); i++) {
        char got[64], title[704];
        const struct question *q = &questions[i];
        line[strcspn(line, "\n")] = '\0';
        if (!strchr(line, ' ')) /* off, error, slow */
            continue;
        snprintf(title, sizeof title, "%s %s until %s", q->start, q->rule, q->until);
        CHECK_ROW(title);
        answer(q->start, q->rule, q->until, got);
        CHECK_STRING(got, line);
        check_row = NULL;
        compared++;
    }
    CHECK(pclose(peer) == 0);
    unlink(path);
    printf("%zu rules compared\n", compared);
    CHECK(compared > RULES * 3 / 4);
}

CHECK_MAIN
