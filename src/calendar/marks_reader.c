/* SPDX-License-Identifier: MIT */
#include "calendar/marks_reader.h"

enum mark { MARK_NONE, MARK_SILENT, MARK_URGENT, MARK_POSTPONED, MARK_AUDIENCE };

static const struct {
    const char *name; /* without accents */
    enum mark mark;
} names[] = {
    {"silencieux", MARK_SILENT},   {"silencieuse", MARK_SILENT}, {"silent", MARK_SILENT},
    {"urgent", MARK_URGENT},       {"urgente", MARK_URGENT},     {"reporte", MARK_POSTPONED},
    {"reportee", MARK_POSTPONED},  {"reportes", MARK_POSTPONED}, {"reportees", MARK_POSTPONED},
    {"postponed", MARK_POSTPONED}, {"audience", MARK_AUDIENCE},
};

/* The base letter of é, è, ê and their capitals; combining accents give 0; others themselves. */
static uint32_t bare(uint32_t rune)
{
    if ((rune >= 0xe8 && rune <= 0xeb) || (rune >= 0xc8 && rune <= 0xcb))
        return 'e';
    if (rune >= 0x300 && rune <= 0x36f)
        return 0;
    if (rune >= 0xff21 && rune <= 0xff5a) /* full-width letters */
        rune -= 0xfee0;
    return rune < 0x80 ? (uint32_t)char_lower((char)rune) : rune;
}

static bool is_word(uint32_t rune)
{
    return (rune >= 'a' && rune <= 'z') || (rune >= '0' && rune <= '9') || rune == '_' ||
           (rune >= 0xc0 && rune != 0xd7 && rune != 0xf7 && rune < 0x2000);
}

/* Size of "#" in either width at the front, or 0. */
static size_t measure_hash(struct text at)
{
    if (text_starts(at, "#"))
        return 1;
    return text_starts(at, "\xef\xbc\x83") ? 3 : 0;
}

/* The mark at the front of `at` and its size with the hash. */
static enum mark read_mark(struct text at, size_t *ret_size)
{
    char word[16];
    size_t size = 0;
    size_t hash = measure_hash(at);
    struct text rest = text_from(at, hash), before = rest;
    if (hash == 0)
        return MARK_NONE;
    while (rest.size > 0) {
        before = rest;
        uint32_t rune = text_next_rune(&rest);
        uint32_t letter = bare(rune);
        if (letter && !is_word(letter))
            break;
        if (size + 1 >= sizeof word || letter >= 0x80)
            return MARK_NONE;
        if (letter)
            word[size++] = (char)letter;
        before = rest;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (text_is((struct text){word, size}, names[i].name)) {
            *ret_size = (size_t)(before.data - at.data);
            return names[i].mark;
        }
    return MARK_NONE;
}

static size_t measure_blanks(struct text at)
{
    size_t size = 0;
    for (;;) {
        struct text rest = text_from(at, size);
        if (text_starts(rest, " ") || text_starts(rest, "\t"))
            size += 1;
        else if (text_starts(rest, "\xc2\xa0"))
            size += 2;
        else if (text_starts(rest, "\xe3\x80\x80") || text_starts(rest, "\xe2\x80\xaf"))
            size += 3;
        else
            return size;
    }
}

/* Size of ":", "：" or "=" with the blanks around it, or 0. */
static size_t measure_colon(struct text at)
{
    size_t blanks = measure_blanks(at);
    struct text rest = text_from(at, blanks);
    size_t colon = text_starts(rest, ":") || text_starts(rest, "=") ? 1
                   : text_starts(rest, "\xef\xbc\x9a")              ? 3
                                                                    : 0;
    return colon ? blanks + colon + measure_blanks(text_from(rest, colon)) : 0;
}

static void trim_end(struct buf *out, size_t start)
{
    while (out->size > start && out->data[out->size - 1] == ' ')
        buf_truncate(out, out->size - 1);
}

/* One line without its marks; true when there was one. */
static bool take_line(struct text line, struct found_marks *marks, struct buf *out)
{
    size_t start = out->size;
    bool is_marked = false;
    for (size_t i = 0; i < line.size;) {
        struct text at = text_from(line, i);
        bool is_free = i == 0 || char_is_blank(line.data[i - 1]) ||
                       (unsigned char)line.data[i - 1] >= 0x80 || line.data[i - 1] == '(' ||
                       line.data[i - 1] == '[';
        size_t size = 0;
        enum mark mark = is_free ? read_mark(at, &size) : MARK_NONE;
        size_t colon = mark == MARK_AUDIENCE ? measure_colon(text_from(at, size)) : 0;
        if (mark == MARK_NONE || (mark == MARK_AUDIENCE && colon == 0)) {
            buf_add_char(out, line.data[i++]);
            continue;
        }
        is_marked = true;
        marks->is_silent |= mark == MARK_SILENT;
        marks->is_urgent |= mark == MARK_URGENT;
        marks->is_postponed |= mark == MARK_POSTPONED;
        trim_end(out, start);
        i += size;
        if (mark == MARK_AUDIENCE) {
            struct text expression = text_from(line, i + colon);
            size_t end = 0; /* other marks may follow on the line */
            while (end < expression.size && measure_hash(text_from(expression, end)) == 0)
                end++;
            if (marks->audience.size == 0)
                buf_add_text(&marks->audience, text_trim(text_slice(expression, 0, end)));
            i += colon + end;
        }
        size_t blanks = measure_blanks(text_from(line, i));
        bool is_inside = out->size > start && i + blanks < line.size;
        i += blanks;
        if (is_inside)
            buf_add_char(out, ' ');
    }
    if (is_marked)
        trim_end(out, start);
    return is_marked;
}

void marks_reader_take(struct text text, int max_lines, struct found_marks *marks, struct buf *out)
{
    size_t start = out->size;
    while (text.data && max_lines > 0) {
        size_t end = text_find_char(text, '\n');
        struct text line = text_slice(text, 0, end);
        bool is_last = end == text.size;
        size_t before = out->size;
        bool is_marked = take_line(line, marks, out);
        max_lines -= text_trim(line).size > 0;
        bool is_gone = is_marked && out->size == before;
        if (!is_gone && !is_last)
            buf_add_char(out, '\n');
        text = is_last ? (struct text){0} : text_from(text, end + 1);
    }
    buf_add_text(out, text);
    size_t blank = 0; /* the lines that marks left empty at the top */
    while (start + blank < out->size && char_is_blank(out->data[start + blank]))
        blank++;
    if (blank > 0 && start == 0)
        buf_drop_front(out, blank);
    while (out->size > start && char_is_blank(out->data[out->size - 1]))
        buf_truncate(out, out->size - 1);
}
