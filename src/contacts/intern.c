/* SPDX-License-Identifier: MIT */
#include "contacts/intern.h"

#include <string.h>

enum { CAPACITY_MIN = 64 };

uint64_t intern_hash(struct text key)
{
    const uint64_t odd = UINT64_C(0x9E3779B97F4A7C15);
    uint64_t hash = key.size * odd, word;

    for (; key.size >= sizeof word; key.data += sizeof word, key.size -= sizeof word) {
        memcpy(&word, key.data, sizeof word);
        hash = (hash ^ word) * odd;
        hash ^= hash >> 29;
    }
    word = 0;
    if (key.size)
        memcpy(&word, key.data, key.size);
    hash = (hash ^ word) * odd;
    return hash ^ hash >> 32;
}

static struct intern_slot *find(struct intern_slot *slots, size_t capacity, struct text key,
                                uint64_t hash)
{
    size_t i = hash & (capacity - 1);
    while (slots[i].key.data && !(slots[i].hash == hash && text_equal(slots[i].key, key)))
        i = (i + 1) & (capacity - 1);
    return &slots[i];
}

static bool grow(struct arena *arena, struct intern *intern)
{
    size_t capacity = intern->capacity ? intern->capacity * 2 : CAPACITY_MIN;
    struct intern_slot *slots = arena_alloc_array(arena, capacity, sizeof *slots);

    if (!slots)
        return false;
    for (size_t i = 0; i < intern->capacity; i++) {
        const struct intern_slot *old = &intern->slots[i];
        if (old->key.data)
            *find(slots, capacity, old->key, old->hash) = *old;
    }
    intern->slots = slots;
    intern->capacity = capacity;
    return true;
}

struct intern_slot *intern_get(struct arena *arena, struct intern *intern, struct text key)
{
    uint64_t hash = intern_hash(key);

    if (!key.data)
        key.data = "";
    if (intern->count * 4 >= intern->capacity * 3 && !grow(arena, intern))
        return NULL;
    struct intern_slot *slot = find(intern->slots, intern->capacity, key, hash);
    if (!slot->key.data) {
        slot->key = key;
        slot->hash = hash;
        intern->count++;
    }
    return slot;
}
