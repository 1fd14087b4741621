/* SPDX-License-Identifier: MIT */
/* remembered: events of which somebody was told or is to be told, as the ledger knows them: what a
 * calendar no longer holds can still be asked about.                                             */
#ifndef CONVIER_APP_REMEMBERED_H
#define CONVIER_APP_REMEMBERED_H

#include "app/horizon.h"
#include "ledger/ledger.h"

struct remembered {
    struct viewed *items; /* by occurrence key; only what facts hold is set in their events */
    size_t count;
};

/* 0 or a negative errno. In the arena. */
int remembered_load(struct ledger *ledger, struct arena *arena, struct zones *zones,
                    struct remembered *ret);
const struct viewed *remembered_find(const struct remembered *remembered,
                                     const char *key); /* or NULL */

#endif
