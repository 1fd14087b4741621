/* SPDX-License-Identifier: MIT */
/* brakes: looks at a whole pass before anything of it is owed, and may turn it into a hold. Pure.
 */
#ifndef CONVIER_PLAN_BRAKES_H
#define CONVIER_PLAN_BRAKES_H

#include "base/arena.h"
#include "model/settings.h"

/* What the conductor counted over one pass. */
struct pass_totals {
    size_t notices;          /* that would be owed, of all occurrences */
    size_t contacts_touched; /* distinct contacts among them, but for newsletters */
    size_t contacts;         /* in the list */
    size_t events_changed; /* future occurrences, known before, changed, cancelled or gone since the
                              last reading */
    size_t events;         /* future occurrences known before */
};

/* limits.hold_above counts messages. limits.hold_share looks at shares, and only where they mean
 * something: at 100 contacts touched or more, and at 5 events changed or more.
 * NULL: go on. Else the reason of a hold, in the arena, in English. */
const char *brakes_reason(struct arena *arena, const struct limit_settings *limits,
                          const struct pass_totals *totals);

/* Is a calendar that has `kept` events to come, and lost `lost` of them at one reading, to be
 * believed when it says that they are cancelled? One that is empty never is, however small.      */
bool brakes_calendar_is_lost(size_t kept, size_t lost);

/* The same question for a contact list that comes with fewer rows than the one in force: a cut file
 * looks just like a shorter one. NULL: believe it.                                               */
const char *brakes_list_reason(struct arena *arena, const struct limit_settings *limits,
                               size_t before, size_t now);

#endif
