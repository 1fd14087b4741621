/* SPDX-License-Identifier: MIT */
/* uncertain: what becomes of messages that the relay may or may not have. */
#ifndef CONVIER_APP_UNCERTAIN_H
#define CONVIER_APP_UNCERTAIN_H

#include "ledger/ledger.h"
#include "model/settings.h"

/* Under limits.uncertain = "hold" those that a dead daemon left wait for a word, as those do whose
 * answer never came. Needs an open transaction. */
int uncertain_hold(struct ledger *ledger, struct arena *arena, const struct settings *settings,
                   struct instant now);

#endif
