/* SPDX-License-Identifier: MIT */
/* births: since when the ledger knows each step, contact list and newsletter of the settings. What
 * is new today never fires for hours before today; what only changed its name is not new.
 *
 * Never: decides what a birth means; plan/planner does. */
#ifndef CONVIER_APP_BIRTHS_H
#define CONVIER_APP_BIRTHS_H

#include "ledger/ledger.h"
#include "plan/planner.h"

struct births {
    const struct birth *steps;
    size_t step_count;
    const struct list_birth *lists;
    size_t list_count;
    const struct instant *newsletters; /* one for each */
};

/* Within a transaction, once after each start and reload. Everything lives in the arena. */
int births_note(struct arena *arena, struct ledger *ledger, const struct settings *settings,
                struct instant now, struct births *ret);

#endif
