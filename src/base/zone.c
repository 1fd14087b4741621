/* SPDX-License-Identifier: MIT */
/* zone: questions to one zone. The set of zones is in zones.c. */
#include "base/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/zone_table.h"

const char *zone_name(const struct zone *zone)
{
    return zone->name;
}

struct zone_state zone_state_at(const struct zone *zone, struct instant t)
{
    const struct zone_change *change = zone_table_at(&zone->table, instant_sec(t)).change;
    return (struct zone_state){
        .offset_sec = change->offset_sec,
        .is_dst = change->is_dst,
        .abbreviation = zone->table.names + change->abbreviation,
    };
}

struct civil_time zone_to_civil(const struct zone *zone, struct instant t)
{
    int64_t utc_sec = instant_sec(t);
    return civil_time_from_sec(utc_sec + zone_table_at(&zone->table, utc_sec).change->offset_sec);
}

/* Walks the stretches around the time read as UTC, as far as a clock can be from it. The first one
 * that contains its own reading of the time wins; where none does, the time was skipped, and the
 * reading of the stretch before the change that skipped it holds.                                */
struct instant zone_to_instant(const struct zone *zone, struct civil_time time,
                               enum zone_fit *ret_fit)
{
    int64_t wall_sec = civil_time_to_sec(time);
    int64_t first_sec = 0, before_gap_sec = 0;
    int hits = 0;
    struct zone_stretch stretch = zone_table_at(&zone->table, wall_sec - ZONE_OFFSET_MAX_SEC);
    for (;;) {
        int64_t utc_sec = wall_sec - stretch.change->offset_sec;
        if (utc_sec >= stretch.start_sec && utc_sec < stretch.end_sec && hits++ == 0)
            first_sec = utc_sec;
        if (utc_sec >= stretch.end_sec)
            before_gap_sec = utc_sec;
        if (stretch.end_sec > wall_sec + ZONE_OFFSET_MAX_SEC)
            break;
        stretch = zone_table_at(&zone->table, stretch.end_sec);
    }
    if (ret_fit)
        *ret_fit = hits == 0 ? ZONE_FIT_GAP : hits == 1 ? ZONE_FIT_ONCE : ZONE_FIT_TWICE;
    return instant_from_sec(hits ? first_sec : before_gap_sec);
}

bool zone_next_transition(const struct zone *zone, struct instant t, struct instant *ret)
{
    const int64_t span_sec = INT64_C(146097) * 86400;
    int64_t from_sec = instant_sec(t);
    struct zone_stretch stretch = zone_table_at(&zone->table, from_sec);
    while (stretch.end_sec != INT64_MAX && stretch.end_sec - from_sec <= span_sec) {
        struct zone_stretch next = zone_table_at(&zone->table, stretch.end_sec);
        if (next.change->offset_sec != stretch.change->offset_sec ||
            next.change->is_dst != stretch.change->is_dst) {
            *ret = instant_from_sec(stretch.end_sec);
            return true;
        }
        stretch = next;
    }
    return false;
}

static bool zone_is_utc(const struct zone *zone)
{
    const struct zone_change *only = &zone->table.changes[0];
    return zone->table.count == 1 && only->offset_sec == 0 &&
           strcmp(zone->table.names + only->abbreviation, "UTC") == 0;
}

/* RFC 3339 writes offsets in minutes; the odd seconds of times before 1972 go into the clock. */
void zone_format_rfc3339(const struct zone *zone, struct instant t, char ret[32])
{
    int64_t utc_sec = instant_sec(t);
    int offset_min = zone_table_at(&zone->table, utc_sec).change->offset_sec / 60;
    struct civil_time time = civil_time_from_sec(utc_sec + offset_min * 60);
    char day[11];
    civil_date_format(time.date, day);
    int size = snprintf(ret, 32, "%sT%02u:%02u:%02u", day, (unsigned)time.hour % 24,
                        (unsigned)time.minute % 60, (unsigned)time.second % 60);
    unsigned minutes = (unsigned)abs(offset_min) % (100 * 60);
    if (zone_is_utc(zone))
        snprintf(ret + size, 32 - (size_t)size, "Z");
    else
        snprintf(ret + size, 32 - (size_t)size, "%c%02u:%02u", offset_min < 0 ? '-' : '+',
                 minutes / 60, minutes % 60);
}

/* Exactly `size` digits at `at`, at most max. */
static bool field(struct text text, size_t at, size_t size, int max, int *ret)
{
    int64_t value;
    struct text digits = text_slice(text, at, size);
    if (digits.size != size || !char_is_digit(digits.data[0]) ||
        !text_number(digits, 0, max, &value))
        return false;
    *ret = (int)value;
    return true;
}

static bool mark(struct text text, size_t at, const char *any_of)
{
    return at < text.size && text.data[at] && strchr(any_of, text.data[at]);
}

static bool offset_parse(struct text text, int *ret_sec)
{
    int hours, minutes;
    if (text_is_nocase(text, "z")) {
        *ret_sec = 0;
        return true;
    }
    if (text.size != 6 || !mark(text, 0, "+-") || !field(text, 1, 2, 23, &hours) ||
        !mark(text, 3, ":") || !field(text, 4, 2, 59, &minutes))
        return false;
    *ret_sec = (hours * 3600 + minutes * 60) * (text.data[0] == '-' ? -1 : 1);
    return true;
}

bool instant_parse_rfc3339(struct text text, struct instant *ret)
{
    struct civil_time time = {0};
    int hour, minute, second, offset_sec;
    int64_t usec = 0;
    if (!civil_date_parse(text_slice(text, 0, 10), &time.date) || !mark(text, 10, "Tt ") ||
        !field(text, 11, 2, 23, &hour) || !mark(text, 13, ":") ||
        !field(text, 14, 2, 59, &minute) || !mark(text, 16, ":") ||
        !field(text, 17, 2, 60, &second))
        return false;
    struct text rest = text_from(text, 19);
    if (mark(rest, 0, ".")) {
        size_t digits = 1;
        for (int64_t unit = USEC_PER_SEC / 10;
             digits < rest.size && char_is_digit(rest.data[digits]); unit /= 10)
            usec += (rest.data[digits++] - '0') * unit;
        if (digits == 1)
            return false;
        rest = text_from(rest, digits);
    }
    if (!offset_parse(rest, &offset_sec))
        return false;
    time.hour = (int8_t)hour;
    time.minute = (int8_t)minute;
    time.second = second == 60 ? 59 : (int8_t)second;
    ret->utc_usec = instant_from_sec(civil_time_to_sec(time) - offset_sec).utc_usec + usec;
    return true;
}
