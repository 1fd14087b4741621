/* SPDX-License-Identifier: MIT */
/* libical reads month 13, hour 25 and "-PT" without a word and lets a duration of 10^18 weeks
 * overflow; these readers exist so that such values become flaws.                                */
#include "calendar/value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool digits(struct text text, size_t start, size_t count, int *ret)
{
    int number = 0;
    for (size_t i = start; i < start + count; i++) {
        if (!char_is_digit(text.data[i]))
            return false;
        number = number * 10 + (text.data[i] - '0');
    }
    *ret = number;
    return true;
}

static bool parse_clock(struct text text, struct civil_time *time)
{
    int hour, minute, second;
    if (text.size != 6 || !digits(text, 0, 2, &hour) || !digits(text, 2, 2, &minute) ||
        !digits(text, 4, 2, &second) || hour > 23 || minute > 59 || second > 60)
        return false;
    time->hour = (int8_t)hour;
    time->minute = (int8_t)minute;
    time->second = (int8_t)(second == 60 ? 59 : second);
    return true;
}

bool stamp_parse(struct text text, struct stamp *ret)
{
    struct stamp stamp = {.is_date = true};
    int year, month, day;
    text = text_trim(text);
    if (text.size < 8 || !digits(text, 0, 4, &year) || !digits(text, 4, 2, &month) ||
        !digits(text, 6, 2, &day))
        return false;
    stamp.time.date = (struct civil_date){(int16_t)year, (int8_t)month, (int8_t)day};
    if (!civil_date_is_valid(stamp.time.date))
        return false;
    if (text.size > 8) {
        if (text.data[8] != 'T' && text.data[8] != 't')
            return false;
        struct text clock = text_from(text, 9);
        stamp.is_date = false;
        stamp.is_utc = clock.size > 0 && (clock.data[clock.size - 1] | 32) == 'z';
        clock = text_slice(clock, 0, clock.size - stamp.is_utc);
        stamp.is_day_end = text_is(clock, "240000");
        if (stamp.is_day_end && text_starts(text, "99991231"))
            return false;
        if (stamp.is_day_end)
            stamp.time.date = civil_date_add_days(stamp.time.date, 1);
        else if (!parse_clock(clock, &stamp.time))
            return false;
    }
    *ret = stamp;
    return true;
}

/* Reads digits at the front; false when there is none or the number is absurd. */
static bool take_number(struct text *rest, int64_t *ret)
{
    const int64_t max = 1000000000;
    size_t size = 0;
    int64_t number = 0;
    while (size < rest->size && char_is_digit(rest->data[size])) {
        number = number * 10 + (rest->data[size++] - '0');
        if (number > max)
            return false;
    }
    *rest = text_from(*rest, size);
    *ret = number;
    return size > 0;
}

bool duration_parse(struct text text, struct duration *ret)
{
    static const struct {
        char letter;
        bool is_time;
        int64_t unit;
    } parts[] = {
        {'W', false, 7}, {'D', false, 1}, {'H', true, 3600}, {'M', true, 60}, {'S', true, 1}};
    struct duration duration = {0};
    int64_t sign = 1;
    size_t next = 0, count = 0;
    bool is_time = false;

    text = text_trim(text);
    if (text.size > 0 && (text.data[0] == '+' || text.data[0] == '-')) {
        sign = text.data[0] == '-' ? -1 : 1;
        text = text_from(text, 1);
    }
    if (!text_starts_nocase(text, "P"))
        return false;
    for (text = text_from(text, 1); text.size > 0;) {
        if (!is_time && text_starts_nocase(text, "T")) {
            is_time = true;
            text = text_from(text, 1);
            continue;
        }
        int64_t number;
        if (!take_number(&text, &number) || text.size == 0)
            return false;
        while (next < sizeof parts / sizeof *parts &&
               (parts[next].letter != (text.data[0] & ~32) || parts[next].is_time != is_time))
            next++;
        if (next == sizeof parts / sizeof *parts)
            return false;
        *(is_time ? &duration.sec : &duration.days) += sign * number * parts[next++].unit;
        text = text_from(text, 1);
        count++;
    }
    const int64_t max_days = 366 * 100; /* a century: no event that anybody is invited to */
    if (count == 0 || llabs(duration.days) > max_days || llabs(duration.sec) > max_days * 86400)
        return false;
    *ret = duration;
    return true;
}

bool period_parse(struct text text, struct period *ret)
{
    struct period period = {0};
    size_t slash = text_find_char(text, '/');
    if (slash == text.size || !stamp_parse(text_slice(text, 0, slash), &period.start))
        return false;
    struct text end = text_from(text, slash + 1);
    period.has_duration = duration_parse(end, &period.duration);
    if (!period.has_duration && !stamp_parse(end, &period.end))
        return false;
    *ret = period;
    return true;
}

static bool parse_degrees(struct text text, double max, double *ret)
{
    char digits_of[32];
    text = text_trim(text);
    if (text.size == 0 || text.size >= sizeof digits_of)
        return false;
    for (size_t i = 0; i < text.size; i++)
        if (!char_is_digit(text.data[i]) && !strchr("+-.", text.data[i]))
            return false;
    memcpy(digits_of, text.data, text.size);
    digits_of[text.size] = '\0';
    char *end;
    double number = strtod(digits_of, &end);
    if (*end != '\0' || end == digits_of || !(fabs(number) <= max))
        return false;
    *ret = number;
    return true;
}

bool geo_parse(struct text text, double *ret_latitude, double *ret_longitude)
{
    size_t cut = text_find_char(text, ';');
    double latitude, longitude;
    if (cut == text.size || !parse_degrees(text_slice(text, 0, cut), 90, &latitude) ||
        !parse_degrees(text_from(text, cut + 1), 180, &longitude))
        return false;
    *ret_latitude = latitude;
    *ret_longitude = longitude;
    return true;
}

struct text value_split(struct text *rest)
{
    for (size_t i = 0; i < rest->size; i++) {
        if (rest->data[i] == '\\') {
            i++;
        } else if (rest->data[i] == ',') {
            struct text part = text_slice(*rest, 0, i);
            *rest = text_from(*rest, i + 1);
            return part;
        }
    }
    struct text last = *rest;
    *rest = (struct text){0};
    return last;
}
