/* SPDX-License-Identifier: MIT */
/* arena: memory that is freed all at once.
 *
 * Whoever starts a pass makes an arena, hands it down as the first argument and frees it once.
 * Values inside have no free function and live exactly as long as the arena (or until a rewind).
 * Everything returned is zeroed and aligned for any type.
 *
 * Errors: NULL means that the system, or max_bytes, said no; callers return -ENOMEM.            */
#ifndef CONVIER_BASE_ARENA_H
#define CONVIER_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "base/text.h"

struct arena;

/* The position of an arena in time; only arena_mark and arena_rewind look inside. */
struct arena_mark {
    void *chunk;
    size_t used;
};

/* max_bytes caps the arena for life; NULL when even its head does not fit in memory. */
struct arena *arena_new(size_t max_bytes);
struct arena *arena_free(struct arena *arena); /* accepts NULL; returns NULL */

void *arena_alloc(struct arena *arena, size_t size);
void *arena_alloc_array(struct arena *arena, size_t count, size_t item_size);

/* Copies bytes and adds a NUL. */
char *arena_copy(struct arena *arena, const char *data, size_t size);
char *arena_copy_text(struct arena *arena, struct text text);
char *arena_copy_string(struct arena *arena, const char *string); /* NULL stays NULL */
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *arena, const char *format, va_list arguments);

/* Gives back all that was allocated after the mark; keeps the memory for the next use. */
struct arena_mark arena_mark(const struct arena *arena);
void arena_rewind(struct arena *arena, struct arena_mark mark);
void arena_clear(struct arena *arena);

size_t arena_bytes(const struct arena *arena); /* handed out since the last clear, with padding */

static inline void arena_cleanup(struct arena **arena)
{
    arena_free(*arena);
}
#define CLEANUP_ARENA __attribute__((cleanup(arena_cleanup)))

#endif
