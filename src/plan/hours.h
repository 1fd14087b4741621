/* SPDX-License-Identifier: MIT */
/* hours: when a mail may politely leave, at the place of the one who reads it. Pure.
 *
 * Quiet time is what limits.quiet says: hours of the day, weekends, and the holidays of the
 * reader's country. Working days are counted whatever limits.quiet says.                         */
#ifndef CONVIER_PLAN_HOURS_H
#define CONVIER_PLAN_HOURS_H

#include "model/settings.h"
#include "plan/planner.h"

/* Where a reader lives, as far as hours go. Few contacts differ in it. */
struct place {
    const struct zone *zone;
    const struct holiday_calendar *holidays; /* of the country; NULL = none known */
};

/* The contact's place: its own country's holidays, else those of its zone's country. */
struct place place_of(const struct planner_input *input, const struct contact *contact);

/* The nth working day after (count > 0) or before (count < 0) a day; the day itself for 0. */
struct civil_date hours_add_working_days(const struct place *place, struct civil_date day,
                                         int count);

/* The first moment at or after t that is not quiet. */
struct instant hours_open(const struct quiet_settings *quiet, const struct place *place,
                          struct instant t);
/* A planned hour moved out of quiet time: to an earlier day (reminders) or a later one, at the same
 * hour of the day where that hour is open.                                                       */
struct instant hours_move_earlier(const struct quiet_settings *quiet, const struct place *place,
                                  struct instant t);
struct instant hours_move_later(const struct quiet_settings *quiet, const struct place *place,
                                struct instant t);
/* The first moment at or after t when people are up: 07:00 to 22:00, any day. For urgent news. */
struct instant hours_waking(const struct place *place, struct instant t);

#endif
