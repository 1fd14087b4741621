/* SPDX-License-Identifier: MIT */
/* Chunks in a list that only grows: a rewind moves back in the list and later allocations use the
 * chunks that follow again, so a warm arena asks the system for nothing.                         */
#include "base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The first chunk is small, for arenas that hold little, of which there may be many. */
enum { CHUNK_BYTES_FIRST = 1024, CHUNK_BYTES_MIN = 16 * 1024, CHUNK_BYTES_MAX = 4 * 1024 * 1024 };

struct chunk {
    struct chunk *next;
    size_t size;   /* of data */
    size_t before; /* bytes in earlier chunks when this one was entered */
    alignas(max_align_t) char data[];
};

struct arena {
    struct chunk *first;
    struct chunk *current;
    size_t used; /* in current */
    size_t reserved;
    size_t max_bytes;
};

struct arena *arena_new(size_t max_bytes)
{
    struct arena *arena = calloc(1, sizeof *arena);
    if (arena)
        arena->max_bytes = max_bytes;
    return arena;
}

struct arena *arena_free(struct arena *arena)
{
    if (!arena)
        return NULL;
    for (struct chunk *chunk = arena->first; chunk;) {
        struct chunk *next = chunk->next;
        free(chunk);
        chunk = next;
    }
    free(arena);
    return NULL;
}

static size_t round_up(size_t size)
{
    const size_t unit = alignof(max_align_t);
    return (size + unit - 1) / unit * unit;
}

/* Moves to a following chunk with room for size bytes, or adds one after the current. */
static int enter_chunk(struct arena *arena, size_t size)
{
    size_t before = arena->current ? arena->current->before + arena->used : 0;
    struct chunk **link = arena->current ? &arena->current->next : &arena->first;

    if (!*link || (*link)->size < size) {
        size_t want = arena->reserved / 2,
               least = arena->first ? CHUNK_BYTES_MIN : CHUNK_BYTES_FIRST;
        if (want < least)
            want = least;
        if (want > CHUNK_BYTES_MAX)
            want = CHUNK_BYTES_MAX;
        size_t left = arena->max_bytes - arena->reserved;
        if (want > left)
            want = left;
        if (want < size)
            want = size;
        if (want > left)
            return -1;
        struct chunk *chunk = malloc(sizeof *chunk + want);
        if (!chunk)
            return -1;
        chunk->size = want;
        chunk->next = *link;
        *link = chunk;
        arena->reserved += want;
    }
    arena->current = *link;
    arena->current->before = before;
    arena->used = 0;
    return 0;
}

/* Whatever stood there before is still in it. */
static void *take(struct arena *arena, size_t size)
{
    assert(arena);
    if (size > SIZE_MAX / 2)
        return NULL;
    size = round_up(size ? size : 1);
    if (!arena->current || size > arena->current->size - arena->used)
        if (enter_chunk(arena, size))
            return NULL;
    void *memory = arena->current->data + arena->used;
    arena->used += size;
    return memory;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    void *memory = take(arena, size);
    return memory ? memset(memory, 0, size) : NULL;
}

void *arena_alloc_array(struct arena *arena, size_t count, size_t item_size)
{
    size_t size;
    if (__builtin_mul_overflow(count, item_size, &size))
        return NULL;
    return arena_alloc(arena, size);
}

char *arena_copy(struct arena *arena, const char *data, size_t size)
{
    char *copy = size < SIZE_MAX ? take(arena, size + 1) : NULL;
    if (!copy)
        return NULL;
    if (size)
        memcpy(copy, data, size);
    copy[size] = '\0';
    return copy;
}

char *arena_copy_text(struct arena *arena, struct text text)
{
    return arena_copy(arena, text.data, text.size);
}

char *arena_copy_string(struct arena *arena, const char *string)
{
    return string ? arena_copy(arena, string, strlen(string)) : NULL;
}

/* Where the next memory will lie, if it is enough; else formatted again. */
char *arena_vprintf(struct arena *arena, const char *format, va_list arguments)
{
    struct chunk *chunk = arena->current;
    size_t room = chunk ? chunk->size - arena->used : 0;
    char *tried = room ? chunk->data + arena->used : NULL;
    va_list again;
    va_copy(again, arguments);
    int size = vsnprintf(tried, room, format, arguments);
    char *line = size < 0 ? NULL : take(arena, (size_t)size + 1);
    if (line && line != tried)
        vsnprintf(line, (size_t)size + 1, format, again);
    va_end(again);
    return line;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *line = arena_vprintf(arena, format, arguments);
    va_end(arguments);
    return line;
}

struct arena_mark arena_mark(const struct arena *arena)
{
    return (struct arena_mark){.chunk = arena->current, .used = arena->used};
}

void arena_rewind(struct arena *arena, struct arena_mark mark)
{
    arena->current = mark.chunk;
    arena->used = mark.used;
}

void arena_clear(struct arena *arena)
{
    arena_rewind(arena, (struct arena_mark){0});
}

size_t arena_bytes(const struct arena *arena)
{
    return arena->current ? arena->current->before + arena->used : 0;
}
