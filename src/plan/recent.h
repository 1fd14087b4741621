/* SPDX-License-Identifier: MIT */
/* recent: what each contact got lately, kept up while a pass owes more. Pure.
 *
 * limits.per_contact counts over all occurrences, and the planner sees one at a time: whoever
 * records its plans notes each of them here before the next occurrence is planned.               */
#ifndef CONVIER_PLAN_RECENT_H
#define CONVIER_PLAN_RECENT_H

#include "plan/planner.h"

LIST_TYPE(recents, struct recent_message); /* sorted by contact; planner_input.recent */

/* Adds what the plan owes now and the cap counts: first words, reminders and thanks that are not
 * urgent. Contacts are not copied. 0 or -ENOMEM (then nothing was added).                        */
int recent_note(struct arena *arena, struct recents *recents, const struct plan *plan,
                struct instant now);

#endif
