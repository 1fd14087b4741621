/* SPDX-License-Identifier: MIT */
/* pool: each string kept once. Feeds say the same place, title and category thousands of times. */
#ifndef CONVIER_CALENDAR_POOL_H
#define CONVIER_CALENDAR_POOL_H

#include "base/arena.h"

struct pool {
    struct arena *arena; /* receives the strings */
    const char **slots;  /* open addressing; on the heap */
    uint32_t *tags;      /* of the hash, beside each slot */
    size_t capacity, count;
    char *block; /* strings lie side by side in blocks of the arena */
    size_t block_left;
};

void pool_init(struct pool *pool, struct arena *arena);
void pool_done(struct pool *pool); /* the strings stay in the arena */
/* A NUL-terminated copy of its own, for strings that are not expected twice; NULL = no memory. */
const char *pool_copy(struct pool *pool, struct text text);
/* A NUL-terminated copy, as a rule the same pointer for the same bytes (the pool remembers the
 * first 48,000 strings); NULL = no memory. text holds no NUL. */
const char *pool_keep(struct pool *pool, struct text text);

#endif
