/* SPDX-License-Identifier: MIT */
#include "base/tzrule.h"

enum { NAME_SIZE_MIN = 3, NAME_SIZE_MAX = 32, SEC_PER_DAY = 86400 };

static bool char_take(struct text *rest, char c)
{
    if (rest->size == 0 || rest->data[0] != c)
        return false;
    *rest = text_from(*rest, 1);
    return true;
}

static bool number_take(struct text *rest, int64_t min, int64_t max, int *ret)
{
    int64_t value;
    size_t digits = 0;
    while (digits < rest->size && char_is_digit(rest->data[digits]))
        digits++;
    if (!text_number(text_slice(*rest, 0, digits), min, max, &value))
        return false;
    *rest = text_from(*rest, digits);
    *ret = (int)value;
    return true;
}

/* CEST, or <+03> where a sign or digit stands in the name. */
static bool name_take(struct text *rest, struct text *ret)
{
    bool is_quoted = char_take(rest, '<');
    size_t size = 0;
    while (size < rest->size &&
           (char_is_alpha(rest->data[size]) ||
            (is_quoted && (char_is_digit(rest->data[size]) || rest->data[size] == '+' ||
                           rest->data[size] == '-'))))
        size++;
    if (size < NAME_SIZE_MIN || size > NAME_SIZE_MAX)
        return false;
    *ret = text_slice(*rest, 0, size);
    *rest = text_from(*rest, size);
    return !is_quoted || char_take(rest, '>');
}

/* [+-]hh[:mm[:ss]] in seconds. */
static bool time_take(struct text *rest, int max_hours, int32_t *ret_sec)
{
    int hours, minutes = 0, seconds = 0;
    bool is_negative = char_take(rest, '-');
    if (!is_negative)
        char_take(rest, '+');
    if (!number_take(rest, 0, max_hours, &hours))
        return false;
    if (char_take(rest, ':') && (!number_take(rest, 0, 59, &minutes) ||
                                 (char_take(rest, ':') && !number_take(rest, 0, 59, &seconds))))
        return false;
    *ret_sec = hours * 3600 + minutes * 60 + seconds;
    if (is_negative)
        *ret_sec = -*ret_sec;
    return true;
}

static bool date_take(struct text *rest, struct tzrule_date *ret)
{
    *ret = (struct tzrule_date){.time_sec = 2 * 3600};
    if (char_take(rest, 'M')) {
        ret->form = TZRULE_WEEKDAY;
        if (!number_take(rest, 1, 12, &ret->month) || !char_take(rest, '.') ||
            !number_take(rest, 1, 5, &ret->week) || !char_take(rest, '.') ||
            !number_take(rest, 0, 6, &ret->day))
            return false;
    } else if (char_take(rest, 'J')) {
        ret->form = TZRULE_JULIAN;
        if (!number_take(rest, 1, 365, &ret->day))
            return false;
    } else {
        ret->form = TZRULE_ZERO_BASED;
        if (!number_take(rest, 0, 365, &ret->day))
            return false;
    }
    return !char_take(rest, '/') || time_take(rest, 167, &ret->time_sec);
}

bool tzrule_parse(struct text text, struct tzrule *ret)
{
    struct tzrule rule = {0};
    int32_t west_sec;
    if (!name_take(&text, &rule.standard) || !time_take(&text, 24, &west_sec))
        return false;
    rule.standard_offset_sec = -west_sec;
    if (text.size != 0) {
        rule.has_daylight = true;
        if (!name_take(&text, &rule.daylight))
            return false;
        rule.daylight_offset_sec = rule.standard_offset_sec + 3600;
        if (text.size != 0 && text.data[0] != ',') {
            if (!time_take(&text, 24, &west_sec))
                return false;
            rule.daylight_offset_sec = -west_sec;
        }
        if (!char_take(&text, ',') || !date_take(&text, &rule.start) || !char_take(&text, ',') ||
            !date_take(&text, &rule.end) || text.size != 0)
            return false;
    }
    *ret = rule;
    return true;
}

static int64_t date_days(const struct tzrule_date *date, int year)
{
    int64_t january = civil_date_to_days((struct civil_date){(int16_t)year, 1, 1});
    switch (date->form) {
    case TZRULE_JULIAN:
        return january + date->day - 1 + (date->day >= 60 && year_is_leap(year));
    case TZRULE_ZERO_BASED:
        return january + date->day;
    case TZRULE_WEEKDAY:
        break;
    }
    struct civil_date first = {(int16_t)year, (int8_t)date->month, 1};
    int first_weekday = (civil_date_weekday(first) + 1) % 7; /* as POSIX counts: 0 = Sunday */
    int day = (date->day - first_weekday + 7) % 7 + (date->week - 1) * 7;
    if (day >= month_length(year, date->month))
        day -= 7;
    return civil_date_to_days(first) + day;
}

int64_t tzrule_change_sec(const struct tzrule *rule, int year, bool is_to_daylight)
{
    const struct tzrule_date *date = is_to_daylight ? &rule->start : &rule->end;
    int32_t offset_before = is_to_daylight ? rule->standard_offset_sec : rule->daylight_offset_sec;
    return date_days(date, year) * SEC_PER_DAY + date->time_sec - offset_before;
}
