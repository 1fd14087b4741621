/* SPDX-License-Identifier: MIT */
/* intern: a hash table from texts to pointers, inside an arena.
 *
 * Lists repeat themselves: a thousand rows hold ten spellings of a language and fifty of a set of
 * groups. Each is understood once.                                                               */
#ifndef CONVIER_CONTACTS_INTERN_H
#define CONVIER_CONTACTS_INTERN_H

#include "base/arena.h"

struct intern_slot {
    struct text key; /* the caller's bytes; must live as long as the table */
    uint64_t hash;
    const void *value; /* NULL until the caller sets it */
};

struct intern {
    struct intern_slot *slots;
    size_t count, capacity; /* capacity: a power of two, or 0 */
};

/* The slot of a key, added when it is new (value NULL); it moves with the next intern_get.
 * NULL when memory is refused.                                                                   */
struct intern_slot *intern_get(struct arena *arena, struct intern *intern, struct text key);

uint64_t intern_hash(struct text key);

#endif
