/* SPDX-License-Identifier: MIT */
/* value: the value types of iCalendar (RFC 5545 3.3), range-checked.
 *
 * Every parser takes the whole text and answers false for what is not such a value; nothing is
 * rounded or clamped except a leap second, which is read as 59.                                  */
#ifndef CONVIER_CALENDAR_VALUE_H
#define CONVIER_CALENDAR_VALUE_H

#include "base/civil.h"

/* DATE or DATE-TIME as it was written (3.3.4, 3.3.5). For a DATE the time is midnight. */
struct stamp {
    struct civil_time time;
    bool is_date;
    bool is_utc;     /* ended in Z */
    bool is_day_end; /* 240000, which the standard forbids: the time is the midnight it means */
};
bool stamp_parse(struct text text, struct stamp *ret);

/* DURATION (3.3.6). Days and weeks are nominal, the time part is exact. */
struct duration {
    int64_t days;
    int64_t sec;
};
bool duration_parse(struct text text, struct duration *ret);

/* PERIOD (3.3.9): start/end or start/duration. */
struct period {
    struct stamp start, end;
    bool has_duration; /* then `duration` holds and `end` does not */
    struct duration duration;
};
bool period_parse(struct text text, struct period *ret);

/* GEO (3.8.1.6): "48.85;2.35", within the globe. */
bool geo_parse(struct text text, double *ret_latitude, double *ret_longitude);

/* Names in tables, compared in any case; sizes first, since a feed asks this of every line. */
struct value_name {
    const char *data;
    size_t size;
};
#define VALUE_NAME(literal)                                                                        \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }
static inline bool value_name_is(struct value_name name, struct text text)
{
    if (name.size != text.size)
        return false;
    for (size_t i = 0; i < name.size; i++)
        if (char_lower(name.data[i]) != char_lower(text.data[i]))
            return false;
    return true;
}

/* Cuts *rest at the first comma that no backslash protects; the end makes rest->data NULL. */
struct text value_split(struct text *rest);

#endif
