/* SPDX-License-Identifier: MIT */
/* list_guard: a contact list that shrinks by much at once waits for a human's word, as a hold
 * without messages: `convier approve ID` believes it, `convier discard ID` keeps the old one. */
#ifndef CONVIER_APP_LIST_GUARD_H
#define CONVIER_APP_LIST_GUARD_H

#include "app/sources.h"
#include "ledger/ledger.h"

struct list_guard {
    struct ledger *ledger;
    const struct limit_settings *limits;
    const struct clock *clock;
};

/* A sources_judge; context is a struct list_guard. */
int list_guard_judge(void *context, struct arena *notes, const struct source *source, size_t rows,
                     const char *digest, const char **ret_reason);

/* The label of the contact list that an open hold asks about; NULL: it is about messages. */
int list_guard_list(struct ledger *ledger, struct arena *arena, int64_t hold,
                    const char **ret_or_null);
/* A human decided on a hold: when it was about a list, remembers what. Needs an open transaction.
 */
int list_guard_decide(struct ledger *ledger, struct arena *arena, int64_t hold, bool is_approved);

#endif
