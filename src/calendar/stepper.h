/* SPDX-License-Identifier: MIT */
/* stepper: the times that a recurrence rule gives (RFC 5545 3.3.10).
 *
 * All times here are wall-clock seconds since 1970-01-01T00:00:00 on the event's own clock; zones
 * come in later, instance by instance.                                                           */
#ifndef CONVIER_CALENDAR_STEPPER_H
#define CONVIER_CALENDAR_STEPPER_H

#include "calendar/rule.h"

LIST_TYPE(wall_times, int64_t);

/* What bounds a walk. */
struct stepper {
    int64_t start_sec;           /* DTSTART */
    bool is_date;                /* DTSTART is a DATE: BYHOUR, BYMINUTE and BYSECOND do not count */
    int64_t last_sec;            /* UNTIL as the last possible second; INT64_MAX = none */
    int64_t from_sec, until_sec; /* the window, half-open */
    bool wants_start;            /* DTSTART is given, too, if the pattern names it */
    size_t max_times;            /* how many may be added to the list */
    int64_t *steps_left;         /* work allowed; shared by all walks of a pass */
};

enum { STEPPER_E_TOO_MANY = 1 }; /* max_times or steps_left was reached; the earliest are there */

/* Appends the times after DTSTART that fall into the window, ascending. DTSTART itself is the
 * caller's to add and counts as the first of COUNT (3.8.5.3), unless wants_start says otherwise.
 * 0, STEPPER_E_TOO_MANY or -ENOMEM.                                                              */
int stepper_run(struct arena *arena, const struct rule *rule, const struct stepper *stepper,
                struct wall_times *times);

/* Whether the pattern of the rule, its bounds apart, ever gives a time after DTSTART. A rule is
 * given the benefit of the doubt when steps_left runs out. 0 or -ENOMEM. */
int stepper_is_possible(struct arena *arena, const struct rule *rule, int64_t start_sec,
                        bool is_date, int64_t *steps_left, bool *ret_is_possible);

#endif
