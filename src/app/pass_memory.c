/* SPDX-License-Identifier: MIT */
#include "app/pass_memory.h"

#include <errno.h>
#include <stdlib.h>

void pass_memory_done(struct pass_memory *memory)
{
    free(memory->items);
    *memory = (struct pass_memory){0};
}

int pass_memory_reset(struct pass_memory *memory, const struct horizon *horizon)
{
    size_t count;
    (void)horizon_items(horizon, &count);
    struct pass_memo *items = calloc(count + 1, sizeof *items);
    if (!items)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++)
        items[i].next = INSTANT_UNSET;
    free(memory->items);
    *memory = (struct pass_memory){.items = items, .count = count};
    return 0;
}

void pass_memory_forget(struct pass_memory *memory, const struct horizon *horizon,
                        const char *occurrence)
{
    size_t count;
    const struct viewed *items = horizon_items(horizon, &count);
    const struct viewed *viewed = horizon_find(horizon, occurrence);
    if (viewed && count == memory->count)
        memory->items[viewed - items].next = INSTANT_UNSET;
}
