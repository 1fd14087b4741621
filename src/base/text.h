/* SPDX-License-Identifier: MIT */
/* text: a slice of bytes that somebody else owns, and the few questions that parsers ask of it.
 *
 * Parsers work on slices; model values hold NUL-terminated UTF-8 strings without embedded NUL.
 * All case folding here is ASCII only; words for people are folded in base/unicode. What parsers
 * ask at each step stands here to be inlined.                                                    */
#ifndef CONVIER_BASE_TEXT_H
#define CONVIER_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct text {
    const char *data;
    size_t size;
};

#define TEXT(literal) ((struct text){("" literal), sizeof(literal) - 1})

static inline struct text text_of(const char *string) /* NULL gives the empty text */
{
    return string ? (struct text){string, strlen(string)} : (struct text){"", 0};
}
static inline struct text text_slice(struct text text, size_t start, size_t size)
{
    if (start > text.size)
        start = text.size;
    if (size > text.size - start)
        size = text.size - start;
    return (struct text){start ? text.data + start : text.data, size}; /* data may be NULL */
}
static inline struct text text_from(struct text text, size_t start)
{
    return text_slice(text, start, text.size);
}
struct text text_trim(struct text text); /* blanks, tabs, CR, LF at both ends */

static inline bool text_equal(struct text a, struct text b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}
static inline bool text_is(struct text text, const char *string)
{
    return text_equal(text, text_of(string));
}
static inline bool text_starts(struct text text, const char *prefix)
{
    struct text want = text_of(prefix);
    return text.size >= want.size && text_equal(text_slice(text, 0, want.size), want);
}
bool text_is_nocase(struct text text, const char *string);
bool text_starts_nocase(struct text text, const char *prefix);
bool text_ends_nocase(struct text text, const char *suffix);
bool string_equal(const char *a, const char *b); /* NULL equals only NULL */
bool string_is_empty(const char *string);        /* NULL or "" */

/* Index of the first hit, or text.size when absent. */
size_t text_find(struct text text, struct text part);
size_t text_find_char(struct text text, char c);
/* How many bytes at its start are printable ASCII, blanks included. */
size_t text_printable(struct text text);

/* Cuts *rest at the first separator: returns what stands before it, leaves what follows.
 * The end of *rest ends the last part; has_more is told by rest->data becoming NULL.             */
struct text text_split(struct text *rest, char separator);
struct text text_next_line(struct text *rest); /* CRLF, LF or lone CR; without the line end */

/* The whole text as a decimal number within [min, max]; false leaves *ret alone. */
bool text_number(struct text text, int64_t min, int64_t max, int64_t *ret);

/* UTF-8, strict (RFC 3629). text_next_rune reads one code point and moves *rest on;
 * a malformed byte gives 0xFFFD and moves by one.                                                */
bool text_is_utf8(struct text text);
size_t text_utf8_error(struct text text); /* offset of the first malformed byte, or text.size */
uint32_t text_next_wide_rune(struct text *rest); /* what is no ASCII */
static inline uint32_t text_next_rune(struct text *rest)
{
    if (!rest->size || *rest->data & 0x80)
        return text_next_wide_rune(rest);
    uint32_t rune = (unsigned char)*rest->data;
    *rest = text_from(*rest, 1);
    return rune;
}
size_t rune_encode(uint32_t rune, char out[4]); /* bytes written */

/* Edit distance for "did you mean": the nearest candidate within a third of the word's length,
 * or NULL. Case does not count.                                                                  */
const char *text_nearest(struct text word, const char *const *candidates, size_t count);

static inline bool char_is_digit(char c)
{
    return c >= '0' && c <= '9';
}
/* The value of a hexadecimal digit in either case, or -1. */
static inline int char_hex(char c)
{
    return char_is_digit(c)       ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
}
static inline char char_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}
static inline bool char_is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
static inline bool char_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

#endif
