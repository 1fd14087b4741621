/* SPDX-License-Identifier: MIT */
/* moment: a date or time as it stands in a property, with the zone of its TZID, and what it means
 * for an event of days or of hours.                                                              */
#ifndef CONVIER_CALENDAR_MOMENT_H
#define CONVIER_CALENDAR_MOMENT_H

#include "base/contentline.h"
#include "base/flaw.h"
#include "calendar/tzid.h"
#include "calendar/value.h"

struct moment {
    struct stamp stamp;
    const struct zone *zone;        /* NULL = floating or a DATE */
    struct contentline_place place; /* of its value */
    bool is_set;
};

/* The zone of the line's TZID (NULL when it has none), and the date or dates behind it. A TZID with
 * a colon that should stand in quotes, as in ";TZID=tzone://Microsoft/Utc:2026…", reaches to the
 * last colon of the line. 0 or -ENOMEM. */
int moment_read_zone(struct tzids *tzids, const struct contentline *line, const struct zone **ret,
                     struct text *ret_value);
/* One date of the line, as written; place is for flaws. Slips that plainly mean a day are read as
 * it and told: "20260105Z", which Google writes for birthdays, a midnight that calls itself
 * VALUE=DATE, and 240000, the midnight after.                                                    */
bool moment_read_stamp(struct flaws *flaws, struct text value, const struct contentline *line,
                       struct contentline_place place, struct stamp *ret);
/* Puts a stamp on its clock. UTC beside a zone is the instant, shown on the zone's clock. */
struct moment moment_on(struct zones *zones, struct stamp stamp, const struct zone *zone,
                        struct contentline_place place);

/* Whether both are one instant, or one day where either is a DATE; floating ones are on `zone`. */
bool moment_is_same(const struct moment *a, const struct moment *b, const struct zone *zone);
bool moment_is_midnight(struct civil_time time);
/* The local day (since 1970) that it means for an event of whole days. A midnight in UTC or on any
 * clock is that date as written; another time in UTC is the calendar's date at that instant.     */
int64_t moment_day(const struct moment *moment, const struct zone *calendar_zone);
/* The wall clock of `zone` at that moment; a floating one is on it already. */
int64_t moment_wall(const struct moment *moment, const struct zone *zone);

#endif
