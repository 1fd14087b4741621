/* SPDX-License-Identifier: MIT */
#include "calendar/pool.h"

#include <stdlib.h>
#include <string.h>

void pool_init(struct pool *pool, struct arena *arena)
{
    *pool = (struct pool){.arena = arena};
}

void pool_done(struct pool *pool)
{
    free(pool->slots);
    *pool = (struct pool){0};
}

/* FNV-1a; a feed made to collide costs time, bounded by the number of its strings. */
static size_t hash(struct text text)
{
    uint64_t sum = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < text.size; i++)
        sum = (sum ^ (unsigned char)text.data[i]) * UINT64_C(1099511628211);
    return (size_t)(sum ^ sum >> 32);
}

static size_t find_slot(const char **slots, size_t capacity, struct text text)
{
    size_t i = hash(text) & (capacity - 1);
    while (slots[i] &&
           (strncmp(slots[i], text.data, text.size) != 0 || slots[i][text.size] != '\0'))
        i = (i + 1) & (capacity - 1);
    return i;
}

static bool grow(struct pool *pool)
{
    size_t capacity = pool->capacity ? pool->capacity * 2 : 256;
    const char **slots = calloc(capacity, sizeof *slots);
    if (!slots)
        return false;
    for (size_t i = 0; i < pool->capacity; i++)
        if (pool->slots[i])
            slots[find_slot(slots, capacity, text_of(pool->slots[i]))] = pool->slots[i];
    free(pool->slots);
    pool->slots = slots;
    pool->capacity = capacity;
    return true;
}

const char *pool_keep(struct pool *pool, struct text text)
{
    if (text.size == 0)
        return "";
    if (pool->count * 4 >= pool->capacity * 3 && !grow(pool))
        return NULL;
    size_t i = find_slot(pool->slots, pool->capacity, text);
    if (!pool->slots[i]) {
        pool->slots[i] = arena_copy_text(pool->arena, text);
        pool->count += pool->slots[i] != NULL;
    }
    return pool->slots[i];
}
