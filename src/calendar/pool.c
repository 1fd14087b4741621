/* SPDX-License-Identifier: MIT */
#include "calendar/pool.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 16 * 1024, CAPACITY_MAX = 64 * 1024 };

void pool_init(struct pool *pool, struct arena *arena)
{
    *pool = (struct pool){.arena = arena};
}

void pool_done(struct pool *pool)
{
    free(pool->slots);
    free(pool->tags);
    *pool = (struct pool){0};
}

const char *pool_copy(struct pool *pool, struct text text)
{
    if (text.size + 1 > BLOCK_BYTES / 8)
        return arena_copy_text(pool->arena, text);
    if (text.size + 1 > pool->block_left) {
        pool->block = arena_alloc(pool->arena, BLOCK_BYTES);
        pool->block_left = pool->block ? BLOCK_BYTES : 0;
        if (!pool->block)
            return NULL;
    }
    char *copy = pool->block;
    if (text.size > 0)
        memcpy(copy, text.data, text.size);
    pool->block += text.size + 1;
    pool->block_left -= text.size + 1;
    return copy;
}

/* Eight bytes at a time. A feed made to collide costs time, bounded by the number of its strings.
 */
static uint64_t hash(struct text text)
{
    const uint64_t prime = UINT64_C(0x9e3779b97f4a7c15);
    uint64_t sum = text.size * prime;
    for (size_t i = 0; i < text.size; i += 8) {
        uint64_t word = 0;
        memcpy(&word, text.data + i, text.size - i < 8 ? text.size - i : 8);
        sum = (sum ^ word) * prime;
        sum ^= sum >> 29;
    }
    return sum ^ sum >> 32;
}

/* The slot that holds the text, or the free one where it belongs. */
static size_t find_slot(const struct pool *pool, struct text text, uint64_t sum)
{
    uint32_t tag = (uint32_t)(sum >> 32);
    size_t i = (size_t)sum & (pool->capacity - 1);
    while (pool->slots[i] &&
           (pool->tags[i] != tag || strncmp(pool->slots[i], text.data, text.size) != 0 ||
            pool->slots[i][text.size] != '\0'))
        i = (i + 1) & (pool->capacity - 1);
    return i;
}

static bool grow(struct pool *pool)
{
    struct pool old = *pool;
    pool->capacity = old.capacity ? old.capacity * 2 : 256;
    pool->slots = calloc(pool->capacity, sizeof *pool->slots);
    pool->tags = calloc(pool->capacity, sizeof *pool->tags);
    if (!pool->slots || !pool->tags) {
        free(pool->slots);
        free(pool->tags);
        *pool = old;
        return false;
    }
    for (size_t i = 0; i < old.capacity; i++) {
        if (!old.slots[i])
            continue;
        uint64_t sum = hash(text_of(old.slots[i]));
        size_t slot = (size_t)sum & (pool->capacity - 1);
        while (pool->slots[slot])
            slot = (slot + 1) & (pool->capacity - 1);
        pool->slots[slot] = old.slots[i];
        pool->tags[slot] = (uint32_t)(sum >> 32);
    }
    free(old.slots);
    free(old.tags);
    return true;
}

const char *pool_keep(struct pool *pool, struct text text)
{
    if (text.size == 0)
        return "";
    bool is_full = pool->count * 4 >= pool->capacity * 3;
    if (is_full && pool->capacity < CAPACITY_MAX && !grow(pool))
        return NULL;
    is_full &= pool->capacity == CAPACITY_MAX;
    uint64_t sum = hash(text);
    size_t i = find_slot(pool, text, sum);
    if (!pool->slots[i] && is_full) /* so many strings that differ are not said again */
        return pool_copy(pool, text);
    if (!pool->slots[i]) {
        pool->slots[i] = pool_copy(pool, text);
        pool->tags[i] = (uint32_t)(sum >> 32);
        pool->count += pool->slots[i] != NULL;
    }
    return pool->slots[i];
}
