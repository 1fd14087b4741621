/* SPDX-License-Identifier: MIT */
#include "base/list.h"

#include <assert.h>
#include <string.h>

bool list_make_room(struct arena *arena, void **items, size_t *capacity, size_t room,
                    size_t item_size)
{
    assert(!*items);
    if (!room)
        return true;
    *items = arena_alloc_array(arena, room, item_size);
    *capacity = *items ? room : 0;
    return *items;
}

bool list_grow(struct arena *arena, void **items, size_t *count, size_t *capacity, size_t item_size)
{
    if (*count == *capacity) {
        size_t more = *capacity ? *capacity * 2 : 8;
        void *moved = arena_alloc_array(arena, more, item_size);
        if (!moved)
            return false;
        if (*count)
            memcpy(moved, *items, *count * item_size);
        *items = moved;
        *capacity = more;
    } else {
        memset((char *)*items + *count * item_size, 0, item_size);
    }
    ++*count;
    return true;
}
