/* SPDX-License-Identifier: MIT */
/* steps: when each step of a rule falls, at one place. Pure.
 *
 * Offsets are civil: "7 days before at 09:00" is 09:00 on the clocks of the place seven days before
 * the day on which the event starts there, whatever the clocks did in between. All-day events are
 * days, never midnights.                                                                         */
#ifndef CONVIER_PLAN_STEPS_H
#define CONVIER_PLAN_STEPS_H

#include "model/event.h"
#include "plan/hours.h"

struct step_time {
    struct instant nominal; /* as the rule says */
    struct instant leave;   /* moved out of quiet time: reminders earlier, the rest later */
    struct instant expires; /* it says nothing useful any more */
};

/* The moments of an occurrence at a place. */
struct span_of_event {
    struct instant start, end;
};
struct span_of_event steps_span(const struct when *when, const struct place *place);

/* From then on nobody need hear what was to be known before it: its start; of a whole day, whose
 * hour nobody knows, the end of the first day. */
struct instant steps_too_late(const struct when *when, const struct place *place);

/* On the clocks of the place: three days later at the same hour, whatever the clocks do. */
struct instant steps_add_span(const struct place *place, struct instant t, struct span span);

/* organisation: its zone stands for the event's own where an all-day event has none. */
void steps_time(const struct settings *settings, const struct rule_settings *rule,
                const struct step_settings *step, const struct when *when,
                const struct place *place, struct step_time *ret);

#endif
