/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void buf_init(struct buf *buf, size_t max_bytes)
{
    *buf = BUF_INIT(max_bytes);
}

void buf_done(struct buf *buf)
{
    free(buf->data);
    *buf = BUF_INIT(buf->max_bytes);
}

void buf_clear(struct buf *buf)
{
    buf->size = 0;
    buf->error = 0;
    if (buf->data)
        buf->data[0] = '\0';
}

void buf_spend(struct buf *buf, size_t size)
{
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), data = (uintptr_t)buf->data;
    uintptr_t start = (data + page - 1) / page * page, end = (data + size) / page * page;

    if (start < end)
        (void)madvise((void *)start, end - start, MADV_DONTNEED); /* refused: it costs memory */
}

bool buf_reserve(struct buf *buf, size_t more)
{
    if (buf->error)
        return false;
    if (more > buf->max_bytes - buf->size) {
        buf->error = -EFBIG;
        return false;
    }
    size_t need = buf->size + more + 1;
    if (need <= buf->capacity)
        return true;
    size_t capacity = buf->capacity ? buf->capacity : 256;
    while (capacity < need)
        capacity *= 2;
    char *data = realloc(buf->data, capacity);
    if (!data) {
        buf->error = -ENOMEM;
        return false;
    }
    buf->data = data;
    buf->capacity = capacity;
    return true;
}

void buf_add(struct buf *buf, const void *data, size_t size)
{
    if (!buf_reserve(buf, size))
        return;
    if (size)
        memcpy(buf->data + buf->size, data, size);
    buf->size += size;
    buf->data[buf->size] = '\0';
}

void buf_add_text(struct buf *buf, struct text text)
{
    buf_add(buf, text.data, text.size);
}

void buf_add_string(struct buf *buf, const char *string)
{
    buf_add_text(buf, text_of(string));
}

void buf_add_rune(struct buf *buf, unsigned rune)
{
    char bytes[4];
    buf_add(buf, bytes, rune_encode(rune, bytes));
}

/* Into the room that is there; only what does not fit is formatted again. */
void buf_vprintf(struct buf *buf, const char *format, va_list arguments)
{
    size_t room = buf->capacity - buf->size;
    char *end = room ? buf->data + buf->size : NULL;
    va_list again;
    va_copy(again, arguments);
    int size = buf->error ? -1 : vsnprintf(end, room, format, arguments);
    if (size >= 0 && buf_reserve(buf, (size_t)size)) {
        if ((size_t)size >= room)
            vsnprintf(buf->data + buf->size, (size_t)size + 1, format, again);
        buf->size += (size_t)size;
    } else if (room) {
        *end = '\0'; /* nothing of it is added */
    }
    va_end(again);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    buf_vprintf(buf, format, arguments);
    va_end(arguments);
}

void buf_drop_front(struct buf *buf, size_t size)
{
    if (size > buf->size)
        size = buf->size;
    if (!size)
        return;
    memmove(buf->data, buf->data + size, buf->size - size + 1);
    buf->size -= size;
}

void buf_truncate(struct buf *buf, size_t size)
{
    if (size < buf->size) {
        buf->size = size;
        buf->data[size] = '\0';
    }
}

int buf_error(const struct buf *buf)
{
    return buf->error;
}

struct text buf_text(const struct buf *buf)
{
    return (struct text){buf->data ? buf->data : "", buf->size};
}
