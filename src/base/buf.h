/* SPDX-License-Identifier: MIT */
/* buf: bytes that grow up to a named maximum, for building what has no known size.
 *
 * Adding never fails on the spot: the first refusal (memory, maximum) is remembered, later adds
 * do nothing, and buf_error tells once at the end. data is always NUL-terminated after an add. */
#ifndef CONVIER_BASE_BUF_H
#define CONVIER_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

struct buf {
    char *data;
    size_t size;
    size_t capacity;
    size_t max_bytes;
    int error; /* 0, -ENOMEM or -EFBIG */
};

#define BUF_INIT(max) ((struct buf){.max_bytes = (max)})

void buf_init(struct buf *buf, size_t max_bytes);
void buf_done(struct buf *buf);  /* frees; the buf may be used again, empty */
void buf_clear(struct buf *buf); /* keeps the memory, forgets the error */

void buf_add(struct buf *buf, const void *data, size_t size);
void buf_add_text(struct buf *buf, struct text text);
void buf_add_string(struct buf *buf, const char *string); /* NULL adds nothing */
void buf_add_rune(struct buf *buf, unsigned rune);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *buf, const char *format, va_list arguments);
void buf_drop_front(struct buf *buf, size_t size);
void buf_truncate(struct buf *buf, size_t size); /* size at most buf->size */
/* Gives the memory of the first bytes back to the system while the rest is still read: what they
 * were is lost, where the rest lies is not changed.                                              */
void buf_spend(struct buf *buf, size_t size);
bool buf_reserve(struct buf *buf,
                 size_t more); /* room for more bytes after size; false = error set */
static inline void buf_add_char(struct buf *buf, char c)
{
    if (!buf_reserve(buf, 1))
        return;
    buf->data[buf->size++] = c;
    buf->data[buf->size] = '\0';
}

int buf_error(const struct buf *buf);
struct text buf_text(const struct buf *buf); /* a view; dies with the next add */

#define CLEANUP_BUF __attribute__((cleanup(buf_done)))

#endif
