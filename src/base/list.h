/* SPDX-License-Identifier: MIT */
/* list: a typed array that grows inside an arena.
 *
 *     LIST_TYPE(names, const char *);            declares struct names { items, count, capacity }
 *     const char **slot = list_add(arena, &names);
 *     if (!slot) return -ENOMEM;
 *
 * Items move when the list grows: keep an index, not a pointer, across an add. The room that a
 * list leaves behind when it grows is freed with the arena, at most as much again as it holds. */
#ifndef CONVIER_BASE_LIST_H
#define CONVIER_BASE_LIST_H

#include <stddef.h>

#include "base/arena.h"

#define LIST_TYPE(name, type)                                                                      \
    struct name {                                                                                  \
        type *items;                                                                               \
        size_t count;                                                                              \
        size_t capacity;                                                                           \
    }

/* A pointer to a new zeroed item at the end, or NULL when memory is refused. */
#define list_add(arena, list)                                                                      \
    (list_grow((arena), (void **)&(list)->items, &(list)->count, &(list)->capacity,                \
               sizeof *(list)->items)                                                              \
         ? &(list)->items[(list)->count - 1]                                                       \
         : NULL)

/* Room for so many items at once, before the first: none is left behind. False = no memory. */
#define list_reserve(arena, list, room)                                                            \
    list_make_room((arena), (void **)&(list)->items, &(list)->capacity, (room),                    \
                   sizeof *(list)->items)

bool list_make_room(struct arena *arena, void **items, size_t *capacity, size_t room,
                    size_t item_size);
bool list_grow(struct arena *arena, void **items, size_t *count, size_t *capacity,
               size_t item_size);

#endif
