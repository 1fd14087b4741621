/* SPDX-License-Identifier: MIT */
#include "model/wording.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/unicode.h"

enum { LINKS_MAX = 16 };

static bool is_blank_rune(uint32_t rune)
{
    return rune <= ' ' || (rune >= 0x7F && rune <= 0xA0) || rune == 0x1680 ||
           (rune >= 0x2000 && rune <= 0x200A) || rune == 0x2028 || rune == 0x2029 ||
           rune == 0x202F || rune == 0x205F || rune == 0x3000;
}

/* Marks of direction and line breaking that no reader sees. The joiners U+200C and U+200D stay:
 * they shape letters and emoji.                                                                  */
static bool is_invisible_rune(uint32_t rune)
{
    return rune == 0x200B || rune == 0x200E || rune == 0x200F || rune == 0x2060 || rune == 0xFEFF;
}

static bool is_line_end(uint32_t rune)
{
    return rune == '\n' || rune == '\r' || rune == 0x2028 || rune == 0x2029;
}

int wording_clean(struct arena *arena, const char *raw, const char *line_join, const char **ret)
{
    CLEANUP_BUF struct buf out = BUF_INIT(WORDING_BYTES_MAX + 16);
    bool has_gap = false, has_line_end = false;
    *ret = NULL;
    if (string_is_empty(raw))
        return 0;
    char *composed = unicode_nfc(arena, text_of(raw));
    if (!composed)
        return -ENOMEM;
    for (struct text rest = text_of(composed); rest.size && out.size < WORDING_BYTES_MAX;) {
        uint32_t rune = text_next_rune(&rest);
        if (is_invisible_rune(rune))
            continue;
        if (is_blank_rune(rune)) {
            has_gap = true;
            has_line_end |= is_line_end(rune);
            continue;
        }
        if (has_gap && out.size) {
            bool has_comma = out.data[out.size - 1] == ',' || rune == ',';
            buf_add_string(&out, has_line_end && !has_comma ? line_join : " ");
        }
        has_gap = has_line_end = false;
        if (rune < 0x80)
            buf_add_char(&out, (char)rune);
        else
            buf_add_rune(&out, rune);
    }
    if (buf_error(&out))
        return buf_error(&out);
    if (out.size == 0)
        return 0;
    *ret = arena_copy_text(arena, buf_text(&out));
    return *ret ? 0 : -ENOMEM;
}

int wording_clean_words(struct arena *arena, const struct words *raw, const char *line_join,
                        struct words *ret)
{
    int r = wording_clean(arena, raw->any, line_join, &ret->any);
    for (int i = 0; i < LANGUAGE_COUNT && !r; i++)
        r = wording_clean(arena, raw->in[i], line_join, &ret->in[i]);
    return r;
}

static int compare_strings(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Scheme and host are the same in any case (RFC 3986 6.2.2.1), and so is an empty path. */
static char *clean_address(struct arena *arena, struct text raw)
{
    char *address = arena_copy_text(arena, raw);
    char *host = address ? strstr(address, "://") : NULL;
    if (!host)
        return address;
    char *path = host + 3 + strcspn(host + 3, "/?#");
    char *user_end = memchr(host, '@', (size_t)(path - host));
    for (char *c = address; c < host; c++)
        *c = char_lower(*c);
    for (char *c = user_end ? user_end : host; c < path; c++)
        *c = char_lower(*c);
    if (strcmp(path, "/") == 0)
        *path = '\0';
    return address;
}

/* Several addresses, parted by blanks, are a set. */
int wording_clean_links(struct arena *arena, const char *raw, const char **ret)
{
    const char *links[LINKS_MAX];
    size_t count = 0;
    const char *cleaned;
    int r = wording_clean(arena, raw, " ", &cleaned);
    *ret = NULL;
    if (r || !cleaned)
        return r;
    for (struct text rest = text_of(cleaned); rest.data && count < LINKS_MAX; count++) {
        links[count] = clean_address(arena, text_split(&rest, ' '));
        if (!links[count])
            return -ENOMEM;
    }
    qsort(links, count, sizeof *links, compare_strings);
    for (size_t i = 0; i < count && !r; i++) {
        if (i && strcmp(links[i], links[i - 1]) == 0)
            continue;
        *ret = *ret ? arena_printf(arena, "%s %s", *ret, links[i]) : links[i];
        r = *ret ? 0 : -ENOMEM;
    }
    return r;
}

/* Nobody comes to the wrong room because of a capital, of an apostrophe that a program made round,
 * or of digits in full width.                                                                    */
uint32_t wording_rune(uint32_t rune)
{
    if (rune < 0x80)
        return (uint32_t)char_lower((char)rune);
    if (rune >= 0x3000 && rune < 0xA000) /* kana and kanji know no case */
        return rune;
    if (rune >= 0xFF01 && rune <= 0xFF5E)
        rune -= 0xFF01 - '!';
    if (rune == 0x2018 || rune == 0x2019 || rune == 0x02BC)
        return '\'';
    if (rune == 0x201C || rune == 0x201D)
        return '"';
    if ((rune >= 0x2010 && rune <= 0x2015) || rune == 0x2212)
        return '-';
    return unicode_fold_rune(rune);
}

static bool string_same(const char *a, const char *b)
{
    struct text left = text_of(a), right = text_of(b);
    if (!a || !b || string_equal(a, b))
        return a == b || (a && b);
    while (left.size && right.size)
        if (wording_rune(text_next_rune(&left)) != wording_rune(text_next_rune(&right)))
            return false;
    return left.size == right.size;
}

bool wording_same(const struct words *a, const struct words *b)
{
    bool has_common = a->any && b->any;
    if (has_common && !string_same(a->any, b->any))
        return false;
    for (int i = 0; i < LANGUAGE_COUNT; i++) {
        if (!a->in[i] || !b->in[i])
            continue;
        if (!string_same(a->in[i], b->in[i]))
            return false;
        has_common = true;
    }
    for (int i = 0; i < LANGUAGE_COUNT && !has_common; i++)
        if (!string_same(words_in(a, (enum language)i), words_in(b, (enum language)i)))
            return false;
    return true;
}
