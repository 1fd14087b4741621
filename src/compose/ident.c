/* SPDX-License-Identifier: MIT */
#include "compose/ident.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/unicode.h"

enum { MESSAGE_ID_BYTES = 20, TOKEN_BYTES = 10, SHORT_BYTES = 5 };

static const char *hashed_at(struct arena *arena, const struct text *parts, size_t count,
                             const char *domain)
{
    uint8_t digest[DIGEST_BYTES];
    char word[MESSAGE_ID_BYTES * 8 / 5 + 1];
    if (digest_parts(parts, count, digest))
        return NULL;
    digest_base32(digest, MESSAGE_ID_BYTES, word);
    return arena_printf(arena, "%s@%s", word, domain);
}

static int compare_keys(const void *a, const void *b)
{
    const struct notice *x = *(const struct notice *const *)a;
    const struct notice *y = *(const struct notice *const *)b;
    int order = strcmp(x->occurrence, y->occurrence);
    return order ? order : strcmp(x->step, y->step);
}

const char *ident_message_id(struct arena *arena, const struct notice *const *notices, size_t count,
                             const char *domain)
{
    enum { KEY_PARTS = 3 };
    const struct notice **sorted = arena_alloc_array(arena, count, sizeof *sorted);
    struct text *parts = arena_alloc_array(arena, 1 + count * KEY_PARTS, sizeof *parts), *part;
    if (!sorted || !parts)
        return NULL;
    memcpy(sorted, notices, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare_keys);
    part = parts;
    *part++ = TEXT("message");
    for (size_t i = 0; i < count; i++) {
        *part++ = text_of(sorted[i]->occurrence);
        *part++ = text_of(sorted[i]->step);
        *part++ = text_of(sorted[i]->contact);
    }
    return hashed_at(arena, parts, (size_t)(part - parts), domain);
}

const char *ident_message_id_of(struct arena *arena, const char *purpose, const char *key,
                                const char *contact, const char *domain)
{
    const struct text parts[] = {text_of(purpose), text_of(key), text_of(contact)};
    return hashed_at(arena, parts, sizeof parts / sizeof *parts, domain);
}

const char *ident_thread_root(struct arena *arena, const char *occurrence, const char *contact,
                              const char *domain)
{
    const struct text parts[] = {TEXT("thread"), text_of(occurrence), text_of(contact)};
    return hashed_at(arena, parts, sizeof parts / sizeof *parts, domain);
}

const char *ident_token(struct arena *arena, struct text key, const char *purpose, const char *a,
                        const char *b)
{
    const struct text parts[] = {text_of(purpose), text_of(a), text_of(b)};
    uint8_t digest[DIGEST_BYTES];
    char word[IDENT_TOKEN_CHARS + 1];
    if (digest_keyed(key, parts, sizeof parts / sizeof *parts, digest))
        return NULL;
    digest_base32(digest, TOKEN_BYTES, word);
    return arena_copy_string(arena, word);
}

const char *ident_subaddress(struct arena *arena, const char *address, const char *token)
{
    const char *at = strrchr(address, '@');
    size_t local = at ? (size_t)(at - address) : LOCAL_PART_MAX;
    if (local + 1 + strlen(token) > LOCAL_PART_MAX)
        return arena_copy_string(arena, address);
    return arena_printf(arena, "%.*s+%s%s", (int)local, address, token, at);
}

const char *ident_short(struct arena *arena, const char *label, const char *text)
{
    const struct text parts[] = {text_of(label), text_of(text)};
    uint8_t digest[DIGEST_BYTES];
    char word[SHORT_BYTES * 8 / 5 + 1];
    if (digest_parts(parts, sizeof parts / sizeof *parts, digest))
        return NULL;
    digest_base32(digest, SHORT_BYTES, word);
    return arena_copy_string(arena, word);
}

const char *ident_slug(struct arena *arena, const char *name)
{
    enum { SLUG_MAX = 60 };
    const char *folded = unicode_fold_loose(arena, text_of(name));
    char *slug = arena_alloc(arena, SLUG_MAX + 1);
    size_t size = 0;
    if (!folded || !slug)
        return NULL;
    for (; *folded && size < SLUG_MAX; folded++) {
        if (char_is_alpha(*folded) || char_is_digit(*folded))
            slug[size++] = *folded;
        else if (size && slug[size - 1] != '-')
            slug[size++] = '-';
    }
    while (size && slug[size - 1] == '-')
        slug[--size] = '\0';
    return size ? slug : ident_short(arena, "slug", name);
}
