/* SPDX-License-Identifier: MIT */
#include "base/text.h"

#include <string.h>

struct text text_trim(struct text text)
{
    while (text.size && char_is_blank(text.data[0]))
        text = text_from(text, 1);
    while (text.size && char_is_blank(text.data[text.size - 1]))
        text.size--;
    return text;
}

static bool equal_nocase(struct text a, struct text b)
{
    if (a.size != b.size)
        return false;
    for (size_t i = 0; i < a.size; i++)
        if (char_lower(a.data[i]) != char_lower(b.data[i]))
            return false;
    return true;
}

bool text_is_nocase(struct text text, const char *string)
{
    return equal_nocase(text, text_of(string));
}

bool text_starts_nocase(struct text text, const char *prefix)
{
    struct text want = text_of(prefix);
    return text.size >= want.size && equal_nocase(text_slice(text, 0, want.size), want);
}

bool text_ends_nocase(struct text text, const char *suffix)
{
    struct text want = text_of(suffix);
    return text.size >= want.size && equal_nocase(text_from(text, text.size - want.size), want);
}

bool string_equal(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

bool string_is_empty(const char *string)
{
    return !string || !*string;
}

size_t text_find(struct text text, struct text part)
{
    if (part.size == 0 || text.size < part.size)
        return part.size ? text.size : 0;
    const char *hit = memmem(text.data, text.size, part.data, part.size);
    return hit ? (size_t)(hit - text.data) : text.size;
}

size_t text_find_char(struct text text, char c)
{
    const char *hit = text.size ? memchr(text.data, c, text.size) : NULL;
    return hit ? (size_t)(hit - text.data) : text.size;
}

struct text text_split(struct text *rest, char separator)
{
    size_t end = text_find_char(*rest, separator);
    struct text part = text_slice(*rest, 0, end);
    *rest = end < rest->size ? text_from(*rest, end + 1) : (struct text){NULL, 0};
    return part;
}

struct text text_next_line(struct text *rest)
{
    size_t end = 0;
    while (end < rest->size && rest->data[end] != '\n' && rest->data[end] != '\r')
        end++;
    struct text line = text_slice(*rest, 0, end);
    if (end == rest->size) {
        *rest = (struct text){NULL, 0};
        return line;
    }
    bool is_crlf = rest->data[end] == '\r' && end + 1 < rest->size && rest->data[end + 1] == '\n';
    *rest = text_from(*rest, end + (is_crlf ? 2 : 1));
    return line;
}

bool text_number(struct text text, int64_t min, int64_t max, int64_t *ret)
{
    bool is_negative = text.size && text.data[0] == '-';
    size_t i = text.size && (text.data[0] == '-' || text.data[0] == '+') ? 1 : 0;
    int64_t value = 0;

    if (i == text.size)
        return false;
    for (; i < text.size; i++) {
        if (!char_is_digit(text.data[i]))
            return false;
        int digit = text.data[i] - '0';
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, is_negative ? -digit : digit, &value))
            return false;
    }
    if (value < min || value > max)
        return false;
    *ret = value;
    return true;
}

/* The first byte of a word, in memory, that is not 0; one must be. */
static size_t first_set(uint64_t word)
{
    bool is_little = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
    return (size_t)(is_little ? __builtin_ctzll(word) : __builtin_clzll(word)) / 8;
}

/* Sixteen at a time: each byte that leaves is looked at here, twice. */
size_t text_printable(struct text text)
{
    typedef signed char block __attribute__((vector_size(16)));
    size_t size = 0;
    for (; size + sizeof(block) <= text.size; size += sizeof(block)) {
        block bytes;
        uint64_t halves[2];
        memcpy(&bytes, text.data + size, sizeof bytes);
        bytes = (bytes < ' ') | (bytes == 0x7F); /* what is above 0x7F is negative */
        memcpy(halves, &bytes, sizeof halves);
        if (halves[0] | halves[1])
            return size + (halves[0] ? first_set(halves[0]) : 8 + first_set(halves[1]));
    }
    while (size < text.size && text.data[size] >= ' ' && text.data[size] <= '~')
        size++;
    return size;
}

/* Length of the well-formed sequence at the start of text, 0 when there is none; RFC 3629 4. */
static size_t sequence_length(struct text text)
{
    const unsigned char *s = (const unsigned char *)text.data;
    unsigned char low = 0x80, high = 0xBF;
    size_t length;

    if (text.size == 0)
        return 0;
    if (s[0] < 0x80)
        return 1;
    if (s[0] >= 0xC2 && s[0] <= 0xDF)
        length = 2;
    else if (s[0] >= 0xE0 && s[0] <= 0xEF)
        length = 3;
    else if (s[0] >= 0xF0 && s[0] <= 0xF4)
        length = 4;
    else
        return 0;
    if (s[0] == 0xE0)
        low = 0xA0; /* overlong */
    else if (s[0] == 0xED)
        high = 0x9F; /* surrogates */
    else if (s[0] == 0xF0)
        low = 0x90; /* overlong */
    else if (s[0] == 0xF4)
        high = 0x8F; /* above U+10FFFF */
    if (text.size < length || s[1] < low || s[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++)
        if (s[i] < 0x80 || s[i] > 0xBF)
            return 0;
    return length;
}

/* Where the ASCII at the start of the bytes ends; eight at a time. */
static const char *skip_ascii(const char *at, const char *end)
{
    uint64_t word;
    for (; end - at >= (ptrdiff_t)sizeof word; at += sizeof word) {
        memcpy(&word, at, sizeof word);
        if (word & UINT64_C(0x8080808080808080))
            break;
    }
    while (at < end && !(*at & 0x80))
        at++;
    return at;
}

size_t text_utf8_error(struct text text)
{
    const char *end = text.data + text.size;
    for (const char *at = text.data; (at = skip_ascii(at, end)) < end;) {
        size_t length;
        do {
            length = sequence_length((struct text){at, (size_t)(end - at)});
            if (!length)
                return (size_t)(at - text.data);
            at += length;
        } while (at < end && *at & 0x80);
    }
    return text.size;
}

bool text_is_utf8(struct text text)
{
    return text_utf8_error(text) == text.size;
}

uint32_t text_next_wide_rune(struct text *rest)
{
    const unsigned char *s = (const unsigned char *)rest->data;
    size_t length = sequence_length(*rest);
    *rest = text_from(*rest, length ? length : 1);
    switch (length) {
    case 2:
        return (s[0] & 0x1Fu) << 6 | (s[1] & 0x3Fu);
    case 3:
        return (s[0] & 0x0Fu) << 12 | (s[1] & 0x3Fu) << 6 | (s[2] & 0x3Fu);
    case 4:
        return (s[0] & 0x07u) << 18 | (s[1] & 0x3Fu) << 12 | (s[2] & 0x3Fu) << 6 | (s[3] & 0x3Fu);
    default:
        return 0xFFFD;
    }
}

size_t rune_encode(uint32_t rune, char out[4])
{
    if (rune < 0x80) {
        out[0] = (char)rune;
        return 1;
    }
    if (rune < 0x800) {
        out[0] = (char)(0xC0 | rune >> 6);
        out[1] = (char)(0x80 | (rune & 0x3F));
        return 2;
    }
    if (rune < 0x10000) {
        out[0] = (char)(0xE0 | rune >> 12);
        out[1] = (char)(0x80 | (rune >> 6 & 0x3F));
        out[2] = (char)(0x80 | (rune & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | rune >> 18);
    out[1] = (char)(0x80 | (rune >> 12 & 0x3F));
    out[2] = (char)(0x80 | (rune >> 6 & 0x3F));
    out[3] = (char)(0x80 | (rune & 0x3F));
    return 4;
}

enum { NEAREST_SIZE_MAX = 64 };

static size_t edit_distance(struct text a, struct text b)
{
    size_t row[NEAREST_SIZE_MAX + 1];
    for (size_t j = 0; j <= b.size; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.size; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.size; j++) {
            size_t cost = char_lower(a.data[i - 1]) == char_lower(b.data[j - 1]) ? 0 : 1;
            size_t best = diagonal + cost;
            diagonal = row[j];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[b.size];
}

const char *text_nearest(struct text word, const char *const *candidates, size_t count)
{
    const char *nearest = NULL;
    size_t best = word.size / 3 + 1;

    if (word.size > NEAREST_SIZE_MAX)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        struct text candidate = text_of(candidates[i]);
        if (candidate.size > NEAREST_SIZE_MAX)
            continue;
        size_t distance = edit_distance(word, candidate);
        if (distance < best || (distance == best && !nearest && distance < candidate.size)) {
            best = distance;
            nearest = candidates[i];
        }
    }
    return nearest;
}
