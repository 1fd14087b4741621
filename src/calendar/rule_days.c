/* SPDX-License-Identifier: MIT */
#include "calendar/rule_days.h"

static enum weekday weekday_of(int64_t day)
{
    int64_t weekday = (day + 3) % 7; /* 1970-01-01 was a Thursday */
    return (enum weekday)(weekday < 0 ? weekday + 7 : weekday);
}

int64_t rule_days_from(int year, int month, int day)
{
    return civil_date_to_days((struct civil_date){(int16_t)year, (int8_t)month, (int8_t)day});
}

int64_t rule_days_first_week(int year, enum weekday week_start)
{
    int64_t january = rule_days_from(year, 1, 1);
    int64_t into_week = ((int)weekday_of(january) - (int)week_start + 7) % 7;
    return into_week <= 3 ? january - into_week : january - into_week + 7;
}

static bool has_number(const struct rule_numbers *numbers, int64_t forward, int64_t back)
{
    for (size_t i = 0; i < numbers->count; i++)
        if (numbers->items[i] == forward || numbers->items[i] == back)
            return true;
    return false;
}

static bool is_in_week(const struct rule *rule, int64_t day, int year)
{
    int64_t first = rule_days_first_week(year, rule->week_start);
    int64_t next = year < 9999 ? rule_days_first_week(year + 1, rule->week_start) : first + 53 * 7;
    if (day < first) {
        if (year == 1)
            return false;
        next = first;
        first = rule_days_first_week(year - 1, rule->week_start);
    } else if (day >= next) {
        if (year >= 9998)
            return false;
        first = next;
        next = rule_days_first_week(year + 2, rule->week_start);
    }
    int64_t week = (day - first) / 7 + 1, weeks = (next - first) / 7;
    return has_number(&rule->weeks, week, week - weeks - 1);
}

/* Numbers on BYDAY count within the month in MONTHLY rules and where BYMONTH stands. */
static bool is_nth(const struct rule *rule, int64_t day, struct civil_date date)
{
    bool is_month = rule->frequency == FREQUENCY_MONTHLY || rule->months;
    int64_t into = is_month ? date.day - 1 : day - rule_days_from(date.year, 1, 1);
    int64_t length = is_month                  ? month_length(date.year, date.month)
                     : year_is_leap(date.year) ? 366
                                               : 365;
    int64_t forward = into / 7 + 1, back = -((length - 1 - into) / 7 + 1);
    for (size_t i = 0; i < rule->nth_count; i++)
        if (rule->nths[i].weekday == (int)weekday_of(day) &&
            (rule->nths[i].nth == forward || rule->nths[i].nth == back))
            return true;
    return false;
}

bool rule_days_has(const struct rule *rule, int64_t day, struct civil_date date)
{
    if (rule->months && !(rule->months >> date.month & 1))
        return false;
    if (rule->month_days || rule->month_days_back) {
        int back = month_length(date.year, date.month) - date.day + 1;
        if (!(rule->month_days >> date.day & 1) && !(rule->month_days_back >> back & 1))
            return false;
    }
    if (rule->weekdays || rule->nth_count) {
        bool is_plain = rule->weekdays >> weekday_of(day) & 1;
        if (!is_plain && !(rule->nth_count && is_nth(rule, day, date)))
            return false;
    }
    if (rule->year_days.count) {
        int64_t number = day - rule_days_from(date.year, 1, 1) + 1;
        int64_t back = number - (year_is_leap(date.year) ? 366 : 365) - 1;
        if (!has_number(&rule->year_days, number, back))
            return false;
    }
    return !rule->weeks.count || is_in_week(rule, day, date.year);
}

/* A stand-in is not on the list of days by number; the other parts still choose. */
static bool may_stand_in(const struct rule *rule, int64_t day)
{
    struct rule rest = *rule;
    rest.months = rest.month_days = rest.month_days_back = 0;
    rest.year_days.count = 0;
    return rule_days_has(&rest, day, civil_date_from_days(day));
}

/* Days missing at the end of a stretch [first, end) and, of those counted backwards, at its start.
 * BACKWARD takes the last day before the missing one, FORWARD the first one after it.            */
static size_t stand_ins(const struct rule *rule, int64_t first, int64_t end, bool lacks_end,
                        bool lacks_start, int64_t ret[static 2])
{
    bool is_forward = rule->skip == RULE_SKIP_FORWARD;
    size_t count = 0;
    int64_t at_start = is_forward ? first : first - 1, at_end = is_forward ? end : end - 1;
    if (lacks_start && may_stand_in(rule, at_start))
        ret[count++] = at_start;
    if (lacks_end && may_stand_in(rule, at_end))
        ret[count++] = at_end;
    return count;
}

size_t rule_days_month_stand_ins(const struct rule *rule, int year, int month,
                                 int64_t ret[static 2])
{
    int length = month_length(year, month);
    uint32_t missing = ~UINT32_C(0) << 1 << length; /* from bit length + 1 */
    if (length == 31 || (rule->months && !(rule->months >> month & 1)))
        return 0;
    int64_t first = rule_days_from(year, month, 1);
    return stand_ins(rule, first, first + length, rule->month_days & missing,
                     rule->month_days_back & missing, ret);
}

size_t rule_days_year_stand_ins(const struct rule *rule, int year, int64_t ret[static 2])
{
    if (year_is_leap(year) || year >= 9999)
        return 0;
    return stand_ins(rule, rule_days_from(year, 1, 1), rule_days_from(year + 1, 1, 1),
                     has_number(&rule->year_days, 366, 366),
                     has_number(&rule->year_days, -366, -366), ret);
}
