/* SPDX-License-Identifier: MIT */
/* One walk over periods (years, months, weeks, days, hours), each made into its set of days, times
 * of day and BYSETPOS, in ascending order. RFC 5545's table of "expand" and "limit" becomes one
 * test per day: a part that expands and a part that limits both say which days of the period
 * belong, once the parts that DTSTART supplies (its weekday, day, month) are filled in.
 *
 * libical's stepper is not used. Against the same rules, python3-dateutil and hand-counted tables
 * it drops BYSETPOS outside MONTHLY and YEARLY, misreads BYWEEKNO, YEARLY;BYMONTHDAY without
 * BYMONTH, negative BYMONTHDAY in DAILY and WEEKLY;INTERVAL=2;BYDAY=SU, needs 1.7-7 us a step and
 * spins for seconds on rules that never come true; tests/bench/bench_calendar.c has the ratios.
 *
 * A year is the calendar's, except with BYWEEKNO: then it is the year of numbered weeks, so that
 * week 1 keeps its days in December. Rules without COUNT jump to the window; the others count from
 * DTSTART. Every day looked at costs a step of the caller's allowance, so nothing can spin.      */
#include "calendar/stepper.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "calendar/rule_days.h"

enum { DAY_SEC = 86400, HOUR_SEC = 3600, PERIOD_DAYS_MAX = 400 };
#define LAST_SEC INT64_C(253402300799) /* 9999-12-31T23:59:59 */

struct machine {
    struct arena *arena;
    struct rule rule; /* with DTSTART's parts filled in */
    const struct stepper *stepper;
    struct wall_times *times;
    size_t left_times;
    int64_t taken_sec;  /* the latest; stand-ins of a month may be days of the next */
    int64_t left_count; /* of COUNT; INT64_MAX = endless */
    int64_t anchor;     /* start of DTSTART's period, in the period's unit */
    int64_t days[PERIOD_DAYS_MAX];
    size_t day_count;
    int32_t *clocks; /* seconds of the day, or of the hour for HOURLY; ascending */
    size_t clock_count;
    bool is_probe; /* only asks whether anything comes at all */
    bool is_found;
};

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* "Information, not contained in the rule, … is derived from DTSTART." */
static void fill_from_start(struct rule *rule, struct civil_time start, bool is_date)
{
    bool has_month_day = rule->month_days || rule->month_days_back;
    bool has_weekday = rule->weekdays || rule->nth_count;
    uint8_t weekday = (uint8_t)(1 << civil_date_weekday(start.date));
    if (!has_month_day && !has_weekday && !rule->year_days.count) {
        if (rule->weeks.count && rule->frequency <= FREQUENCY_WEEKLY)
            rule->weekdays = weekday;
        else if (rule->frequency == FREQUENCY_WEEKLY)
            rule->weekdays = weekday;
        else if (rule->frequency <= FREQUENCY_MONTHLY)
            rule->month_days = 1u << start.date.day;
        if (rule->frequency == FREQUENCY_YEARLY && !rule->weeks.count && !rule->months)
            rule->months = 1u << start.date.month;
    }
    if (is_date)
        rule->hours = 0, rule->minutes = rule->seconds = 0;
    if (!rule->hours && rule->frequency != FREQUENCY_HOURLY)
        rule->hours = 1u << start.hour;
    if (!rule->minutes)
        rule->minutes = UINT64_C(1) << start.minute;
    if (!rule->seconds)
        rule->seconds = UINT64_C(1) << start.second;
}

static int fill_clocks(struct machine *m)
{
    const struct rule *rule = &m->rule;
    bool is_hourly = rule->frequency == FREQUENCY_HOURLY;
    uint32_t hours = is_hourly ? 1 : rule->hours;
    size_t count = (size_t)__builtin_popcount(hours) * (size_t)__builtin_popcountll(rule->minutes) *
                   (size_t)__builtin_popcountll(rule->seconds);
    m->clocks = arena_alloc_array(m->arena, count, sizeof *m->clocks);
    if (!m->clocks)
        return -ENOMEM;
    for (int hour = 0; hour < 24; hour++)
        for (int minute = 0; hours >> hour & 1 && minute < 60; minute++)
            for (int second = 0; rule->minutes >> minute & 1 && second < 60; second++)
                if (rule->seconds >> second & 1)
                    m->clocks[m->clock_count++] = hour * HOUR_SEC + minute * 60 + second;
    return 0;
}

static int64_t period_of(const struct machine *m, int64_t sec)
{
    int64_t day = floor_div(sec, DAY_SEC);
    struct civil_date date = civil_date_from_days(day);
    switch (m->rule.frequency) {
    case FREQUENCY_YEARLY:
        return date.year;
    case FREQUENCY_MONTHLY:
        return date.year * 12 + date.month - 1;
    case FREQUENCY_WEEKLY:
        return floor_div(day + 3 - (int)m->rule.week_start, 7);
    case FREQUENCY_DAILY:
        return day;
    case FREQUENCY_HOURLY:
        break;
    }
    return floor_div(sec, HOUR_SEC);
}

static void add_days(struct machine *m, int64_t first, int64_t end)
{
    struct civil_date date = civil_date_from_days(first);
    *m->stepper->steps_left -= end - first;
    for (int64_t day = first; day < end; day++) {
        if (rule_days_has(&m->rule, day, date))
            m->days[m->day_count++] = day;
        if (++date.day > 28 && date.day > month_length(date.year, date.month)) {
            date.day = 1;
            if (++date.month > 12)
                date.month = 1, date.year++;
        }
    }
}

/* Puts up to two days among the others. */
static void merge_days(struct machine *m, const int64_t days[static 2], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t at = m->day_count;
        while (at > 0 && m->days[at - 1] > days[i])
            at--;
        if (at > 0 && m->days[at - 1] == days[i])
            continue;
        memmove(m->days + at + 1, m->days + at, (m->day_count - at) * sizeof *m->days);
        m->days[at] = days[i];
        m->day_count++;
    }
}

static void fill_month(struct machine *m, int year, int month)
{
    int64_t first = rule_days_from(year, month, 1), others[2];
    add_days(m, first, first + month_length(year, month));
    if (m->rule.skip)
        merge_days(m, others, rule_days_month_stand_ins(&m->rule, year, month, others));
}

static void fill_year(struct machine *m, int year)
{
    const struct rule *rule = &m->rule;
    if (rule->weeks.count) {
        int64_t end = year < 9999 ? rule_days_first_week(year + 1, rule->week_start)
                                  : rule_days_from(9999, 12, 31);
        add_days(m, rule_days_first_week(year, rule->week_start), end);
        return;
    }
    for (int month = 1; month <= 12; month++) {
        if (rule->months && !(rule->months >> month & 1)) {
            --*m->stepper->steps_left;
            continue;
        }
        fill_month(m, year, month);
    }
    int64_t others[2];
    if (rule->skip && rule->year_days.count)
        merge_days(m, others, rule_days_year_stand_ins(rule, year, others));
}

/* The days of a period, for all frequencies but HOURLY; false beyond the year 9999. */
static bool fill_days(struct machine *m, int64_t period)
{
    const int64_t last_day = LAST_SEC / DAY_SEC;
    m->day_count = 0;
    if (m->rule.frequency == FREQUENCY_YEARLY) {
        if (period > 9999)
            return false;
        fill_year(m, (int)period);
    } else if (m->rule.frequency == FREQUENCY_MONTHLY) {
        if (period >= 10000 * 12)
            return false;
        fill_month(m, (int)(period / 12), (int)(period % 12) + 1);
    } else {
        bool is_week = m->rule.frequency == FREQUENCY_WEEKLY;
        int64_t first = is_week ? period * 7 - 3 + (int)m->rule.week_start : period;
        int64_t end = first + (is_week ? 7 : 1);
        const int64_t first_day = -719162; /* 0001-01-01 */
        if (first > last_day)
            return false;
        add_days(m, first < first_day ? first_day : first, end > last_day ? last_day + 1 : end);
    }
    return true;
}

/* Takes one time of the rule; false: nothing further is wanted. */
static bool take(struct machine *m, int64_t sec, int *error)
{
    const struct stepper *stepper = m->stepper;
    if (sec < stepper->start_sec || sec <= m->taken_sec ||
        (sec == stepper->start_sec && !stepper->wants_start))
        return true;
    if (m->is_probe) {
        m->is_found = true;
        return false;
    }
    if (sec > stepper->last_sec || sec >= stepper->until_sec || m->left_count == 0)
        return false;
    m->taken_sec = sec;
    if (m->left_count != INT64_MAX)
        m->left_count--;
    if (sec < stepper->from_sec)
        return true;
    if (m->left_times == 0) {
        *error = STEPPER_E_TOO_MANY;
        return false;
    }
    int64_t *slot = list_add(m->arena, m->times);
    if (!slot) {
        *error = -ENOMEM;
        return false;
    }
    *slot = sec;
    m->left_times--;
    return true;
}

static int compare_int64(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* The indexes that BYSETPOS names in a set of total items, ascending, each once. */
static size_t find_positions(const struct rule_numbers *positions, int64_t total,
                             int64_t ret[static 2 * 366])
{
    size_t count = 0, kept = 0;
    for (size_t i = 0; i < positions->count; i++) {
        int64_t position = positions->items[i];
        int64_t index = position > 0 ? position - 1 : total + position;
        if (index >= 0 && index < total)
            ret[count++] = index;
    }
    qsort(ret, count, sizeof *ret, compare_int64);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || ret[i] != ret[i - 1])
            ret[kept++] = ret[i];
    return kept;
}

/* Takes the times of one period: base[i] + clock, all or those that BYSETPOS names. */
static bool take_period(struct machine *m, const int64_t *base, size_t base_count, int *error)
{
    int64_t chosen[2 * 366];
    int64_t clocks = (int64_t)m->clock_count, total = (int64_t)base_count * clocks;
    bool has_positions = m->rule.positions.count > 0;
    if (has_positions)
        total = (int64_t)find_positions(&m->rule.positions, total, chosen);
    for (int64_t i = 0; i < total; i++) {
        int64_t index = has_positions ? chosen[i] : i;
        if (--*m->stepper->steps_left <= 0 ||
            !take(m, base[index / clocks] + m->clocks[index % clocks], error))
            return false;
    }
    return true;
}

/* The hour from which to go on when this day does not belong, as a multiple of the interval. */
static int64_t skip_day(const struct machine *m, int64_t hour)
{
    int64_t next_day = (floor_div(hour, 24) + 1) * 24;
    int64_t interval = m->rule.interval;
    return hour + (next_day - hour + interval - 1) / interval * interval;
}

static int run_hours(struct machine *m, int64_t hour)
{
    int64_t known_day = INT64_MIN;
    bool belongs = false;
    int error = 0;
    while (hour <= LAST_SEC / HOUR_SEC && *m->stepper->steps_left > 0) {
        --*m->stepper->steps_left;
        if (hour * HOUR_SEC >= m->stepper->until_sec || hour * HOUR_SEC > m->stepper->last_sec)
            return 0;
        int64_t day = floor_div(hour, 24);
        if (day != known_day)
            belongs = rule_days_has(&m->rule, day, civil_date_from_days(day));
        known_day = day;
        if (!belongs) {
            hour = skip_day(m, hour);
            continue;
        }
        int64_t base = hour * HOUR_SEC;
        bool is_hour = !m->rule.hours || m->rule.hours >> (hour - day * 24) & 1;
        if (is_hour && !take_period(m, &base, 1, &error))
            return error;
        hour += m->rule.interval;
    }
    return *m->stepper->steps_left > 0 ? 0 : STEPPER_E_TOO_MANY;
}

/* The first second that a period can hold. */
static int64_t period_start(const struct machine *m, int64_t period)
{
    switch (m->rule.frequency) {
    case FREQUENCY_YEARLY:
        return (rule_days_from((int)period, 1, 1) - 3) *
               DAY_SEC; /* week 1 may begin on 29 December */
    case FREQUENCY_MONTHLY:
        return rule_days_from((int)(period / 12), (int)(period % 12) + 1, 1) * DAY_SEC;
    case FREQUENCY_WEEKLY:
        return (period * 7 - 3 + (int)m->rule.week_start) * DAY_SEC;
    case FREQUENCY_DAILY:
        return period * DAY_SEC;
    case FREQUENCY_HOURLY:
        break;
    }
    return period * HOUR_SEC;
}

static int run_periods(struct machine *m, int64_t period)
{
    int error = 0;
    for (; *m->stepper->steps_left > 0; period += m->rule.interval) {
        --*m->stepper->steps_left;
        if (!fill_days(m, period))
            return 0;
        int64_t start = period_start(m, period) - (m->rule.skip ? DAY_SEC : 0);
        if (start >= m->stepper->until_sec || start > m->stepper->last_sec)
            return 0;
        for (size_t i = 0; i < m->day_count; i++)
            m->days[i] *= DAY_SEC;
        if (m->day_count > 0 && !take_period(m, m->days, m->day_count, &error))
            return error;
    }
    return STEPPER_E_TOO_MANY;
}

/* The last period that may matter to the window, at or before its start. */
static int64_t jump(const struct machine *m)
{
    if (m->rule.count || m->stepper->from_sec <= m->stepper->start_sec)
        return m->anchor;
    int64_t at = m->stepper->from_sec < LAST_SEC ? m->stepper->from_sec : LAST_SEC;
    int64_t periods = (period_of(m, at) - m->anchor) / m->rule.interval - 1;
    return periods > 0 ? m->anchor + periods * m->rule.interval : m->anchor;
}

static int machine_init(struct machine *m, struct arena *arena, const struct rule *rule,
                        const struct stepper *stepper)
{
    struct civil_time start = civil_time_from_sec(stepper->start_sec);
    m->arena = arena;
    m->rule = *rule;
    m->stepper = stepper;
    fill_from_start(&m->rule, start, stepper->is_date);
    m->anchor = period_of(m, stepper->start_sec);
    if (m->rule.weeks.count && m->rule.frequency == FREQUENCY_YEARLY) {
        int64_t day = floor_div(stepper->start_sec, DAY_SEC);
        int year = start.date.year;
        if (day < rule_days_first_week(year, m->rule.week_start))
            m->anchor--;
        else if (year < 9999 && day >= rule_days_first_week(year + 1, m->rule.week_start))
            m->anchor++;
    }
    m->taken_sec = INT64_MIN;
    m->left_count = rule->count ? rule->count - !stepper->wants_start : INT64_MAX;
    m->left_times = stepper->max_times;
    return fill_clocks(m);
}

int stepper_run(struct arena *arena, const struct rule *rule, const struct stepper *stepper,
                struct wall_times *times)
{
    struct machine m = {.times = times};
    int r = machine_init(&m, arena, rule, stepper);
    if (r)
        return r;
    int64_t first = jump(&m);
    return rule->frequency == FREQUENCY_HOURLY ? run_hours(&m, first) : run_periods(&m, first);
}

int stepper_is_possible(struct arena *arena, const struct rule *rule, int64_t start_sec,
                        bool is_date, int64_t *steps_left, bool *ret_is_possible)
{
    /* The Gregorian calendar repeats after 400 years, 146,097 days. */
    const int64_t max_steps = 400 * 400;
    int64_t steps = *steps_left < max_steps ? *steps_left : max_steps;
    int64_t before = steps;
    struct stepper stepper = {.start_sec = start_sec,
                              .is_date = is_date,
                              .last_sec = INT64_MAX,
                              .from_sec = start_sec,
                              .until_sec = INT64_MAX,
                              .steps_left = &steps};
    struct machine m = {.is_probe = true};
    int r = machine_init(&m, arena, rule, &stepper);
    if (r)
        return r;
    bool is_hourly = rule->frequency == FREQUENCY_HOURLY;
    r = is_hourly ? run_hours(&m, m.anchor) : run_periods(&m, m.anchor);
    if (r < 0)
        return r;
    *steps_left -= before - steps;
    *ret_is_possible = m.is_found || *steps_left <= 0;
    return 0;
}
