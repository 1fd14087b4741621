/* SPDX-License-Identifier: MIT */
/* moment: a date or time as it stands in a property, with the zone of its TZID, and what it means
 * for an event of days or of hours.                                                              */
#ifndef CONVIER_CALENDAR_MOMENT_H
#define CONVIER_CALENDAR_MOMENT_H

#include "base/zone.h"
#include "calendar/value.h"

struct moment {
    struct stamp stamp;
    const struct zone *zone; /* NULL = floating or a DATE */
    int line;
    bool is_set;
};

bool moment_is_midnight(struct civil_time time);
/* The local day (since 1970) that it means for an event of whole days. A midnight in UTC or on any
 * clock is that date as written; another time in UTC is the calendar's date at that instant.     */
int64_t moment_day(const struct moment *moment, const struct zone *calendar_zone);
/* The wall clock of `zone` at that moment; a floating one is on it already. */
int64_t moment_wall(const struct moment *moment, const struct zone *zone);

#endif
