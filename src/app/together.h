/* SPDX-License-Identifier: MIT */
/* together: what else the mail of a notice tells, where a rule merges. */
#ifndef CONVIER_APP_TOGETHER_H
#define CONVIER_APP_TOGETHER_H

#include "app/horizon.h"
#include "ledger/ledger.h"

struct together {
    const char **keys; /* of the other notices, as `plan --json` gives them */
    size_t count;
    const char *words; /* "Réunion (2026-10-05 14:00), …"; "" when it tells nothing else */
};

/* mail: all that it tells, the notice among them. Copied into the arena. 0 or -ENOMEM. */
int together_of(struct arena *arena, const struct horizon *horizon, const struct zone *zone,
                enum language language, const struct notices *mail, const struct notice *notice,
                struct together *ret);
/* The same of what has left; `sent`: see ledger_sent_with. */
int together_of_sent(struct arena *arena, const struct horizon *horizon, const struct zone *zone,
                     enum language language, const struct notices *sent,
                     const struct notice *notice, struct together *ret);

#endif
