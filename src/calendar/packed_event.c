/* SPDX-License-Identifier: MIT */
/* An event is a row of words, and a bit says of each whether it is kept: so no field is named here,
 * and none can be forgotten.                                                                     */
#include "calendar/packed_event.h"

#include <string.h>

enum { WORDS = sizeof(struct event) / sizeof(uint64_t) };
_Static_assert(sizeof(struct event) % sizeof(uint64_t) == 0 && WORDS <= 64,
               "a mask of 64 bits tells which words of an event are kept");

struct packed_event {
    uint64_t mask;
    uint64_t words[];
};

const struct packed_event *packed_event_new(struct arena *arena, const struct event *event)
{
    uint64_t words[WORDS];
    size_t count = 0, kept = 0;
    memcpy(words, event, sizeof words);
    for (size_t i = 0; i < WORDS; i++)
        count += words[i] != 0;
    struct packed_event *packed = arena_alloc(arena, sizeof *packed + count * sizeof *words);
    if (!packed)
        return NULL;
    for (size_t i = 0; i < WORDS; i++)
        if (words[i]) {
            packed->mask |= UINT64_C(1) << i;
            packed->words[kept++] = words[i];
        }
    return packed;
}

void packed_event_open(const struct packed_event *packed, struct event *ret)
{
    uint64_t words[WORDS] = {0};
    size_t kept = 0;
    for (size_t i = 0; i < WORDS; i++)
        if (packed->mask >> i & 1)
            words[i] = packed->words[kept++];
    memcpy(ret, words, sizeof words);
}
