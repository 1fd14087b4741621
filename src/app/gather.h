/* SPDX-License-Identifier: MIT */
/* gather: which notices go into one mail. What is due to one person under rules that merge is told
 * together; news, what is urgent, and invitations that ask for an answer are mails of their own. */
#ifndef CONVIER_APP_GATHER_H
#define CONVIER_APP_GATHER_H

#include "app/horizon.h"
#include "ledger/ledger.h"
#include "model/settings.h"

enum { GATHER_MAX = 20 }; /* events in one mail; the rest comes in the next */

/* Does any rule merge? */
bool gather_is_wanted(const struct settings *settings);

/* ret: first, then what may join it, GATHER_MAX at most. A message that may have arrived leaves
 * again with those that it told, as far as they still wait, and no others, whatever the rules say
 * by now. 0 or negative errno.                                                                   */
int gather(struct ledger *ledger, struct arena *arena, const struct settings *settings,
           const struct horizon *horizon, const struct notice *first, struct instant now,
           struct notices *ret);

#endif
