/* SPDX-License-Identifier: MIT */
/* string_pool: the strings of contacts, side by side in an arena.
 *
 * A list has some ten strings a contact, most of them short: aligned one by one as an arena does
 * it, they take half as much again. Here they lie close, and what many rows say (an organisation,
 * a function) is there once.                                                                     */
#ifndef CONVIER_CONTACTS_STRING_POOL_H
#define CONVIER_CONTACTS_STRING_POOL_H

#include "base/arena.h"

enum { STRING_POOL_RECENT = 4096 }; /* a power of two */

struct string_pool {
    struct arena *arena; /* set by the caller, the rest zero */
    char *free;
    size_t free_size;
    const char *recent[STRING_POOL_RECENT]; /* of those that are shared, by hash */
};

/* A copy that lives as long as the arena; NULL when memory is refused. */
const char *string_pool_keep(struct string_pool *pool, struct text text);
/* The same, for what repeats itself: the copy of an earlier call when it is still remembered. */
const char *string_pool_share(struct string_pool *pool, struct text text);

#endif
