/* SPDX-License-Identifier: MIT */
/* relay_rest: a throttle or a quota of a relay, kept in the ledger so that a restart does not
 * forget it. Of a relay's url and user: with other ones it is another account, which nobody asked
 * to wait.
 */
#ifndef CONVIER_APP_RELAY_REST_H
#define CONVIER_APP_RELAY_REST_H

#include "ledger/ledger.h"
#include "model/settings.h"

struct relay_rest {
    struct instant until; /* UNSET = it may be used */
    const char *why;      /* the relay's words, or NULL */
};

/* In a transaction of its own. */
int relay_rest_keep(struct ledger *ledger, struct arena *arena,
                    const struct relay_settings *settings, const struct relay_rest *rest);
int relay_rest_find(struct ledger *ledger, struct arena *arena,
                    const struct relay_settings *settings, struct instant now,
                    struct relay_rest *ret);
/* When the first of the relays may be used, if none of them may now; until is UNSET otherwise. */
int relay_rest_of_all(struct ledger *ledger, struct arena *arena, const struct settings *settings,
                      struct instant now, struct relay_rest *ret);

#endif
