/* SPDX-License-Identifier: MIT */
/* pass_memory: what is remembered from pass to pass, one for each item of the horizon. */
#ifndef CONVIER_APP_PASS_MEMORY_H
#define CONVIER_APP_PASS_MEMORY_H

#include "app/horizon.h"

struct pass_memory {
    struct pass_memo {
        struct instant next; /* nothing to say before; UNSET = ask */
        bool is_told;        /* somebody was told of it */
    } * items;
    size_t count;
};
void pass_memory_done(struct pass_memory *memory);
/* Everything must be asked again: the horizon, the contacts or the ledger changed. */
int pass_memory_reset(struct pass_memory *memory, const struct horizon *horizon);
/* This occurrence must be asked again. */
void pass_memory_forget(struct pass_memory *memory, const struct horizon *horizon,
                        const char *occurrence);

#endif
