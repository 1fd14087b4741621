/* SPDX-License-Identifier: MIT */
/* recurring_days: the days that a recurrence rule names by itself, with no event around it. */
#ifndef CONVIER_CALENDAR_RECURRING_DAYS_H
#define CONVIER_CALENDAR_RECURRING_DAYS_H

#include "base/civil.h"
#include "base/list.h"

LIST_TYPE(civil_days, struct civil_date);

/* Appends the days from `from` on and before `until`, ascending, `max` at most: those of the rule
 * (RFC 5545 3.3.10, without "RRULE:") that begins on the day `since`, which is one of them only if
 * the rule names it. Hours in the rule do not count; a malformed one names no day. 0 or -ENOMEM. */
int recurring_days(struct arena *arena, const char *rule, struct civil_date since,
                   struct civil_date from, struct civil_date until, size_t max,
                   struct civil_days *ret);

#endif
