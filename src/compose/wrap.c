/* SPDX-License-Identifier: MIT */
#include "compose/wrap.h"

#include "base/unicode.h"

/* Sorted, for a binary search. */
static const uint16_t never_first[] = {
    0x2025, 0x2026, 0x2030, 0x2032, 0x2033, 0x3001, 0x3002, 0x3005, 0x3009, 0x300B, 0x300D, 0x300F,
    0x3011, 0x3015, 0x3017, 0x301C, 0x303B, 0x3041, 0x3043, 0x3045, 0x3047, 0x3049, 0x3063, 0x3083,
    0x3085, 0x3087, 0x308E, 0x3095, 0x3096, 0x309D, 0x309E, 0x30A1, 0x30A3, 0x30A5, 0x30A7, 0x30A9,
    0x30C3, 0x30E3, 0x30E5, 0x30E7, 0x30EE, 0x30F5, 0x30F6, 0x30FB, 0x30FC, 0x30FD, 0x30FE, 0xFF01,
    0xFF05, 0xFF09, 0xFF0C, 0xFF0E, 0xFF1A, 0xFF1B, 0xFF1F, 0xFF3D, 0xFF5D, 0xFF5E};
static const uint16_t never_last[] = {0x3008, 0x300A, 0x300C, 0x300E, 0x3010, 0x3014,
                                      0x3016, 0xFF08, 0xFF3B, 0xFF5B, 0xFFE5};

static bool is_among(uint32_t rune, const uint16_t *sorted, size_t count)
{
    size_t low = 0;
    while (count) {
        size_t half = count / 2;
        if (sorted[low + half] == rune)
            return true;
        if (sorted[low + half] < rune) {
            low += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return false;
}

static int width_of(uint32_t rune)
{
    if (rune < 0x300)
        return rune == 0xAD ? 0 : 1;
    return unicode_width(rune);
}

static bool may_break_between(uint32_t before, int before_width, uint32_t after, int after_width)
{
    if (after_width == 0 || (before_width < 2 && after_width < 2) || before == 0xA0 ||
        after == 0xA0)
        return false;
    if (after < 0x80 && text_find_char(TEXT(")]}!,.:;?%"), (char)after) < 10)
        return false;
    return !is_among(after, never_first, sizeof never_first / sizeof *never_first) &&
           !is_among(before, never_last, sizeof never_last / sizeof *never_last);
}

/* A space of either width, at which a line may end and which it then loses. */
static bool is_blank(uint32_t rune)
{
    return rune == ' ' || rune == 0x3000;
}

/* Narrow letters of one word. */
static size_t word_run(struct text text)
{
    size_t size = 0;
    while (size < text.size && text.data[size] > ' ' && text.data[size] <= '~')
        size++;
    return size;
}

/* The longest start of text that fits: its size without the blanks at its end, and where the next
 * line begins. At least one character, and never less than what cannot be broken.                */
static size_t take_line(struct text text, size_t room, size_t *ret_next)
{
    size_t at = 0, width = 0, fit = 0, next = 0;
    uint32_t before = 0;
    int before_width = 0;

    while (at < text.size) {
        size_t run = before_width < 2 ? word_run(text_from(text, at)) : 0;
        if (run > 1) { /* between two of them no line ends: the last stands for all */
            at += run - 1;
            width += run - 1;
            before = (unsigned char)text.data[at - 1];
        }
        struct text rest = text_from(text, at), after = rest;
        uint32_t rune = text_next_rune(&after);
        int rune_width = width_of(rune);
        size_t size = rest.size - after.size;
        if (rune == ' ' || (at && is_blank(rune))) {
            if (!is_blank(before))
                fit = at;
            next = at + size;
        } else if (at && !is_blank(before) &&
                   may_break_between(before, before_width, rune, rune_width)) {
            fit = next = at;
        }
        width += (size_t)rune_width;
        if (width > room && !is_blank(rune) && next) {
            *ret_next = next;
            return fit;
        }
        before = rune;
        before_width = rune_width;
        at += size;
    }
    *ret_next = text.size;
    while (at && text.data[at - 1] == ' ')
        at--;
    return at;
}

static void one_line(struct buf *out, struct text prefix, struct text line)
{
    size_t start = out->size;
    buf_add_text(out, prefix);
    buf_add_text(out, line);
    while (out->size > start && out->data[out->size - 1] == ' ')
        buf_truncate(out, out->size - 1);
    buf_add_char(out, '\n');
}

void wrap_text(struct buf *out, struct text text, size_t columns, struct text first,
               struct text rest)
{
    struct text prefix = first;
    do {
        size_t end = text_find(text, TEXT("\xE2\x80\xA8"));
        struct text segment = text_slice(text, 0, end);
        text = text_from(text, end < text.size ? end + 3 : end);
        while (segment.size && segment.data[0] == ' ')
            segment = text_from(segment, 1);
        do {
            size_t indent = unicode_text_width(prefix), next;
            size_t fit = take_line(segment, columns > indent ? columns - indent : 1, &next);
            one_line(out, prefix, text_slice(segment, 0, fit));
            segment = text_from(segment, next);
            prefix = rest;
        } while (segment.size && !buf_error(out));
    } while (text.size && !buf_error(out));
}
