/* SPDX-License-Identifier: MIT */
/* What is remembered for sharing has a fixed size: a column that never repeats itself (a telephone
 * number) costs a look into it and no memory.                                                    */
#include "contacts/string_pool.h"

#include <string.h>

#include "contacts/intern.h"

enum { BLOCK_BYTES = 32 * 1024, LONG_BYTES = 2 * 1024 };

const char *string_pool_keep(struct string_pool *pool, struct text text)
{
    if (text.size >= LONG_BYTES)
        return arena_copy_text(pool->arena, text);
    if (text.size >= pool->free_size) {
        char *block = arena_alloc(pool->arena, BLOCK_BYTES);
        if (!block)
            return NULL;
        pool->free = block;
        pool->free_size = BLOCK_BYTES;
    }
    char *copy = pool->free;
    if (text.size)
        memcpy(copy, text.data, text.size);
    copy[text.size] = '\0';
    pool->free += text.size + 1;
    pool->free_size -= text.size + 1;
    return copy;
}

const char *string_pool_share(struct string_pool *pool, struct text text)
{
    const char **recent = &pool->recent[intern_hash(text) & (STRING_POOL_RECENT - 1)];

    if (!*recent || !text_equal(text_of(*recent), text))
        *recent = string_pool_keep(pool, text);
    return *recent;
}
