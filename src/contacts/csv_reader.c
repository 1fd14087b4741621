/* SPDX-License-Identifier: MIT */
/* Why not libcsv: it tells neither lines nor offsets, and one quote that is never closed swallows
 * the rest of the list in silence. Here such a quote is found out and costs one row:
 *
 * - a quote inside a quoted field that neither is doubled nor stands before a delimiter or line end
 *   is a letter ("Jean "Jeannot" Dupont"), but when a line break came before it in the field, the
 *   opening quote was a slip: the field is read again as an unquoted one;
 * - a field that reaches the end of the text, or FIELD_BYTES_MAX, likewise.
 *
 * ="…" is the quoted field alone.
 *
 * A row is looked at where it lies, then copied in one piece and cut up in the copy.
 *
 * A text made of such quotes may not cost more than a few readings of itself: once the scans that
 * failed add up to that, quotes are letters for the rest.                                        */
#include "contacts/csv_reader.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

enum { FIELD_BYTES_MAX = 2 * 1024 * 1024, LINE_BYTES_MAX = 1024, READINGS_MAX = 8 };

int csv_reader_init(struct csv_reader *reader, struct arena *arena, struct text text,
                    char delimiter)
{
    *reader = (struct csv_reader){
        .data = text.data,
        .size = text.size,
        .line = 1,
        .delimiter = delimiter,
        .fields = arena_alloc_array(arena, CSV_COLUMNS_MAX, sizeof *reader->fields),
        .cells = arena_alloc_array(arena, CSV_COLUMNS_MAX, sizeof *reader->cells),
    };
    return reader->fields && reader->cells ? 0 : -ENOMEM;
}

static bool is_field_end(const struct csv_reader *reader, size_t at)
{
    return at >= reader->size || reader->data[at] == reader->delimiter ||
           reader->data[at] == '\n' || reader->data[at] == '\r';
}

static bool is_pad(const struct csv_reader *reader, size_t at)
{
    return (reader->data[at] == ' ' || reader->data[at] == '\t') &&
           reader->data[at] != reader->delimiter;
}

static bool has_newline(const char *from, const char *end)
{
    size_t size = (size_t)(end - from);
    return memchr(from, '\n', size) || memchr(from, '\r', size);
}

/* Where the quote that opens at `open` is closed; size when it is not. */
static size_t find_close(struct csv_reader *reader, size_t open)
{
    const char *data = reader->data, *seen = data + open + 1;
    size_t left = reader->size - open, at = open;
    const char *quote,
        *end = data + (left > FIELD_BYTES_MAX ? open + FIELD_BYTES_MAX : reader->size);

    for (const char *from = seen; from < end; from = quote + 1) {
        quote = memchr(from, '"', (size_t)(end - from));
        if (!quote)
            break;
        at = (size_t)(quote - data) + 1;
        if (at < reader->size && data[at] == '"') {
            quote++;
            continue;
        }
        while (at < reader->size && is_pad(reader, at))
            at++;
        if (is_field_end(reader, at))
            return (size_t)(quote - data);
        if (has_newline(seen, quote)) {
            end = quote;
            break;
        }
        seen = quote;
    }
    reader->wasted_bytes += (size_t)(end - data) - open;
    reader->is_quoting_off = reader->wasted_bytes / READINGS_MAX > reader->size + FIELD_BYTES_MAX;
    return reader->size;
}

/* `"Martin, Zoé" <zoe@x.fr>`, as mail programs write it, is one field, quotes and all: its size, or
 * 0 when something else stands there.                                                            */
static size_t named_address_size(const struct csv_reader *reader, size_t open)
{
    struct text rest =
        text_slice((struct text){reader->data + open, reader->size - open}, 0, LINE_BYTES_MAX);
    size_t at = 1 + text_find_char(text_from(rest, 1), '"') + 1;

    while (at < rest.size && rest.data[at] == ' ')
        at++;
    if (at >= rest.size || rest.data[at] != '<')
        return 0;
    at += text_find_char(text_from(rest, at), '>') + 1;
    if (at > rest.size || memchr(rest.data, '\n', at) || memchr(rest.data, '\r', at) ||
        !is_field_end(reader, open + at))
        return 0;
    return at;
}

/* The high bits of bytes that are zero: exact up to the first of them. */
static uint64_t zero_bytes(uint64_t word)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    return (word - ones) & ~word & (ones * 0x80);
}

/* Where the unquoted field at `at` ends; eight bytes at a time. */
static const char *find_end(const char *at, const char *end, char delimiter)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    const uint64_t stop = ones * (unsigned char)delimiter;
    uint64_t word;

    for (; end - at >= (ptrdiff_t)sizeof word; at += sizeof word) {
        memcpy(&word, at, sizeof word);
        word = le64toh(word);
        uint64_t found = zero_bytes(word ^ stop) | zero_bytes(word ^ ones * '\n') |
                         zero_bytes(word ^ ones * '\r');
        if (found)
            return at + __builtin_ctzll(found) / 8;
    }
    while (at < end && *at != delimiter && *at != '\n' && *at != '\r')
        at++;
    return at;
}

/* A field at *start that begins with a quote, or with something that is left out before it. False
 * when what follows is to be read as it stands, from *start.                                     */
static bool is_special(struct csv_reader *reader, struct csv_row *row, size_t *start,
                       struct csv_field *ret)
{
    size_t at = *start;

    while (at < reader->size && is_pad(reader, at))
        at++;
    if (at + 1 < reader->size && reader->data[at] == '=' && reader->data[at + 1] == '"')
        at++; /* ="0123": so that Excel takes it for a text */
    *start = at;
    if (at >= reader->size || reader->data[at] != '"' || reader->is_quoting_off)
        return false;
    size_t close = find_close(reader, at);
    if (close < reader->size) {
        reader->at = close + 1;
        while (reader->at < reader->size && is_pad(reader, reader->at))
            reader->at++;
        *ret = (struct csv_field){at + 1, close - at - 1, true};
        return true;
    }
    size_t size = named_address_size(reader, at);
    if (size) {
        reader->at = at + size;
        *ret = (struct csv_field){at, size, false};
        return true;
    }
    row->open_quote_line = reader->line;
    ++*start; /* the quote is left out */
    return false;
}

static void read_field(struct csv_reader *reader, struct csv_row *row, struct csv_field *ret)
{
    size_t start = reader->at;

    /* A letter, as nearly all fields begin, is nothing special. */
    if (start < reader->size && (unsigned char)reader->data[start] <= '=' &&
        is_special(reader, row, &start, ret))
        return;
    const char *from = reader->data + start;
    const char *to = find_end(from, reader->data + reader->size, reader->delimiter);
    reader->at = (size_t)(to - reader->data);
    while (to > from && (to[-1] == ' ' || to[-1] == '\t'))
        to--;
    *ret = (struct csv_field){start, (size_t)(to - from), false};
}

/* Takes doubled quotes apart, in place, and counts lines. */
static void unquote(struct csv_reader *reader, struct cell *cell)
{
    const char *from = cell->data, *end = cell->data + cell->size;
    char *to = cell->data;

    if (!memchr(from, '"', cell->size) && !has_newline(from, end))
        return;
    for (; from < end; from++) {
        if (*from == '"' && from + 1 < end && from[1] == '"')
            from++;
        else if (*from == '\n' || (*from == '\r' && !(from + 1 < end && from[1] == '\n')))
            reader->line++;
        *to++ = *from;
    }
    cell->size = (size_t)(to - cell->data);
}

/* The fields of the row that begins at start as cells in a copy: each has at least its delimiter
 * or line end behind it, where its NUL goes.                                                     */
static int cut(struct csv_reader *reader, struct arena *arena, size_t start, size_t count)
{
    char *copy = arena_copy(arena, reader->data + start, reader->at - start);

    if (!copy)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++) {
        const struct csv_field *field = &reader->fields[i];
        struct cell *cell = &reader->cells[i];
        *cell = (struct cell){copy + (field->place - start), field->size, field->place};
        if (field->is_quoted)
            unquote(reader, cell);
        cell->data[cell->size] = '\0';
    }
    return 0;
}

int csv_reader_next(struct csv_reader *reader, struct arena *arena, struct csv_row *ret)
{
    size_t start = reader->at;
    struct csv_field ignored;
    bool has_more = true;

    if (start >= reader->size)
        return CSV_READER_END;
    *ret = (struct csv_row){.line = reader->line, .cells = reader->cells};
    while (has_more) {
        bool has_room = ret->count < CSV_COLUMNS_MAX;
        struct csv_field *field = has_room ? &reader->fields[ret->count++] : &ignored;
        ret->is_too_wide |= !has_room;
        read_field(reader, ret, field);
        has_more = reader->at < reader->size && reader->data[reader->at] == reader->delimiter;
        if (has_more) {
            reader->at++;
            continue;
        }
        bool is_cr = reader->at < reader->size && reader->data[reader->at] == '\r';
        if (reader->at < reader->size)
            reader->at++;
        if (is_cr && reader->at < reader->size && reader->data[reader->at] == '\n')
            reader->at++;
    }
    int r = cut(reader, arena, start, ret->count);
    reader->line++;
    return r;
}
