/* SPDX-License-Identifier: MIT */
#include "app/oppositions.h"

#include <errno.h>

static const size_t arena_max_bytes = (size_t)4 << 30;

void oppositions_drop(struct oppositions *oppositions)
{
    arena_free(oppositions->arena);
    *oppositions = (struct oppositions){0};
}

/* Begins anew unless the same are opposed who were looked for. */
static int compare(struct oppositions *oppositions, struct ledger *ledger,
                   const struct contact_list *list, uint64_t generation)
{
    struct suppressed *before = oppositions->found, *found = NULL;
    struct arena *arena = arena_new(arena_max_bytes);
    int r = arena ? ledger_suppressed_open(ledger, arena, list, before, &found) : -ENOMEM;
    if (r || found == before) {
        arena_free(arena);
        return r;
    }
    oppositions_drop(oppositions);
    *oppositions = (struct oppositions){arena, found, generation, false};
    return 0;
}

int oppositions_step(struct oppositions *oppositions, struct ledger *ledger,
                     const struct contact_list *list, uint64_t generation, size_t max)
{
    int r = 0;
    if (oppositions->generation != generation)
        oppositions_drop(oppositions);
    if (!oppositions->found || oppositions->is_done)
        r = compare(oppositions, ledger, list, generation);
    if (!r && !oppositions->is_done)
        r = ledger_suppressed_step(ledger, list, max, oppositions->found);
    if (r)
        oppositions_drop(oppositions);
    else
        oppositions->is_done = oppositions->found->searched == list->count;
    return r;
}
