/* SPDX-License-Identifier: MIT */
/* Nearly every cell is plain ASCII, or French or Japanese already in NFC; those are told by a look
 * at the bytes and never reach ICU. What is left is rebuilt rune by rune.                        */
#include "contacts/cell.h"

#include <errno.h>
#include <string.h>

#include "base/unicode.h"

struct cell cell_copy(struct arena *arena, struct text text, size_t place)
{
    char *data = arena_copy_text(arena, text);
    return (struct cell){.data = data, .size = data ? text.size : 0, .place = place};
}

static bool is_invisible(uint32_t rune)
{
    return rune == 0xAD || rune == 0x200B || rune == 0x200E || rune == 0x200F ||
           (rune >= 0x202A && rune <= 0x202E) || rune == 0x2060 ||
           (rune >= 0x2066 && rune <= 0x2069) || rune == 0xFEFF;
}

static bool is_control(uint32_t rune)
{
    return rune < 0x20 || (rune >= 0x7F && rune < 0xA0) || rune == 0x2028 || rune == 0x2029;
}

static bool is_space(uint32_t rune)
{
    return rune == ' ' || rune == 0xA0 || rune == 0x3000 || rune == 0x202F ||
           (rune >= 0x2000 && rune <= 0x200A);
}

/* Is the rune unchanged by NFC whatever stands beside it? Not all such runes, but those of French
 * and Japanese: Latin up to U+02FF, kana, ideographs, full-width forms.                          */
static bool is_stable(uint32_t rune)
{
    if (rune < 0x300)
        return true;
    if (rune >= 0x3000 && rune <= 0x9FFF)
        return !(rune >= 0x302A && rune <= 0x302F) && rune != 0x3099 && rune != 0x309A;
    return (rune >= 0xFF01 && rune <= 0xFFEE) || rune == 0x2019 || rune == 0x2013;
}

static bool is_tail(char byte)
{
    return (byte & 0xC0) == 0x80;
}

/* The bytes of a character that is told to be stable by the first of them: ASCII, U+00C0 to U+02FF,
 * kanji from U+4000 on. 0 when it takes a closer look.                                           */
static size_t plainly_stable_size(const char *at, const char *end)
{
    unsigned char first = (unsigned char)*at;

    if (first >= 0x20 && first < 0x7F)
        return 1;
    if (first >= 0xC3 && first <= 0xCB && end - at >= 2 && is_tail(at[1]))
        return 2;
    return first >= 0xE4 && first <= 0xE9 && end - at >= 3 && is_tail(at[1]) && is_tail(at[2]) ? 3
                                                                                               : 0;
}

enum shape { SHAPE_ASCII, SHAPE_STABLE, SHAPE_OTHER };

/* Skips characters from space to ~, eight at a time: such a byte has its high bit clear, gets it by
 * adding 0x60, and does not by adding 1.                                                         */
static const char *skip_words(const char *at, const char *end)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), high = ones * 0x80;
    uint64_t word;

    for (; end - at >= (ptrdiff_t)sizeof word; at += sizeof word) {
        memcpy(&word, at, sizeof word);
        if (((word | (word + ones) | ~(word + ones * 0x60)) & high) != 0)
            break;
    }
    return at;
}

static enum shape find_shape(struct text text)
{
    const char *end = text.data + text.size, *at = skip_words(text.data, end);
    while (at < end && *at >= 0x20 && *at < 0x7F)
        at++;
    if (at == end)
        return SHAPE_ASCII;
    while (at < end) {
        size_t size = plainly_stable_size(at, end);
        if (size) {
            at += size;
            continue;
        }
        struct text rest = {at, (size_t)(end - at)};
        uint32_t rune = text_next_rune(&rest);
        at = rest.data;
        if (is_control(rune) || is_invisible(rune) || !is_stable(rune))
            return SHAPE_OTHER;
    }
    return SHAPE_STABLE;
}

static int rebuild(struct arena *arena, struct cell *cell)
{
    char *clean = arena_alloc(arena, 3 * cell->size + 1); /* a malformed byte becomes U+FFFD */
    size_t size = 0;
    bool is_after_space = true, is_after_control = false;

    if (!clean)
        return -ENOMEM;
    for (struct text rest = cell_text(cell); rest.size;) {
        uint32_t rune = text_next_rune(&rest);
        if (is_invisible(rune))
            continue;
        if (is_control(rune)) {
            if (!is_after_space)
                clean[size++] = ' ';
            is_after_space = is_after_control = true;
            continue;
        }
        if (rune == ' ' && is_after_control)
            continue; /* the control character gave the space already */
        is_after_control = false;
        size += rune_encode(rune, clean + size);
        is_after_space = rune == ' ';
    }
    char *nfc = unicode_nfc(arena, (struct text){clean, size});
    if (!nfc)
        return -ENOMEM;
    cell->data = nfc;
    cell->size = strlen(nfc);
    return 0;
}

static void trim(struct cell *cell)
{
    struct text text = {cell->data, cell->size}, rest = text;

    while (rest.size && is_space(text_next_rune(&rest)))
        text = rest;
    while (text.size) {
        size_t at = text.size - 1; /* of the last rune */
        while (at && (text.data[at] & 0xC0) == 0x80)
            at--;
        struct text last = text_from(text, at);
        if (!is_space(text_next_rune(&last)))
            break;
        text.size = at;
    }
    cell->data += text.data - cell->data;
    cell->size = text.size;
    cell->data[cell->size] = '\0';
}

int cell_clean(struct arena *arena, struct cell *cell)
{
    if (!cell->size)
        return 0;
    enum shape shape = find_shape(cell_text(cell));
    if (shape == SHAPE_ASCII) {
        while (cell->size && cell->data[cell->size - 1] == ' ')
            cell->data[--cell->size] = '\0';
        while (cell->size && cell->data[0] == ' ')
            cell->data++, cell->size--;
        return 0;
    }
    if (shape == SHAPE_OTHER) {
        int r = rebuild(arena, cell);
        if (r)
            return r;
    }
    trim(cell);
    return 0;
}
