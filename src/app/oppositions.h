/* SPDX-License-Identifier: MIT */
/* oppositions: which contacts want no mail, kept over passes: it changes seldom, and must be looked
 * for among all. Zeroed: nothing is known. Owned by the conductor.                               */
#ifndef CONVIER_APP_OPPOSITIONS_H
#define CONVIER_APP_OPPOSITIONS_H

#include "ledger/ledger.h"

struct oppositions {
    struct arena *arena;
    struct suppressed *found; /* NULL: nothing is known; else all of it when is_done */
    uint64_t generation;      /* of the contacts */
    bool is_done;
};

/* Looks for some contacts of the list more, until is_done; begins anew when somebody was suppressed
 * or freed, or the list is of another generation. 0 or -errno, and nothing is known.             */
int oppositions_step(struct oppositions *oppositions, struct ledger *ledger,
                     const struct contact_list *list, uint64_t generation, size_t max);
void oppositions_drop(struct oppositions *oppositions);

#endif
