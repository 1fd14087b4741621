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
 * A text made of such quotes may not cost more than a few readings of itself: once the scans that
 * failed add up to that, quotes are letters for the rest.                                        */
#include "contacts/csv_reader.h"

#include <errno.h>
#include <string.h>

enum { FIELD_BYTES_MAX = 256 * 1024, LINE_BYTES_MAX = 1024, READINGS_MAX = 8 };

int csv_reader_init(struct csv_reader *reader, struct arena *arena, char *data, size_t size,
                    char delimiter)
{
    *reader = (struct csv_reader){
        .data = data,
        .size = size,
        .line = 1,
        .delimiter = delimiter,
        .cells = arena_alloc_array(arena, CSV_COLUMNS_MAX, sizeof *reader->cells),
    };
    return reader->cells ? 0 : -ENOMEM;
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

/* Where the quote that opens at `open` is closed; size when it is not. The text is not changed. */
static size_t find_close(struct csv_reader *reader, size_t open)
{
    bool has_newline = false;
    size_t i, end = reader->size - open > FIELD_BYTES_MAX ? open + FIELD_BYTES_MAX : reader->size;

    for (i = open + 1; i < end; i++) {
        if (reader->data[i] == '\n' || reader->data[i] == '\r') {
            has_newline = true;
        } else if (reader->data[i] == '"') {
            size_t after = i + 1;
            if (after < reader->size && reader->data[after] == '"') {
                i++;
                continue;
            }
            while (after < reader->size && is_pad(reader, after))
                after++;
            if (is_field_end(reader, after))
                return i;
            if (has_newline)
                break;
        }
    }
    reader->wasted_bytes += i - open;
    reader->is_quoting_off = reader->wasted_bytes / READINGS_MAX > reader->size + FIELD_BYTES_MAX;
    return reader->size;
}

/* Unquotes data[open+1, close) in place; returns its new size and counts its lines. */
static size_t unquote(struct csv_reader *reader, size_t open, size_t close)
{
    const char *from = reader->data + open + 1, *end = reader->data + close;
    char *to = reader->data + open + 1;

    for (; from < end; from++) {
        if (*from == '"' && from + 1 < end && from[1] == '"')
            from++;
        else if (*from == '\n' || (*from == '\r' && !(from + 1 < end && from[1] == '\n')))
            reader->line++;
        *to++ = *from;
    }
    *to = '\0';
    return (size_t)(to - (reader->data + open + 1));
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

static struct cell next_field(struct csv_reader *reader, struct csv_row *row)
{
    size_t start = reader->at;

    while (start < reader->size && is_pad(reader, start))
        start++;
    if (start + 1 < reader->size && reader->data[start] == '=' && reader->data[start + 1] == '"')
        start++; /* ="0123": so that Excel takes it for a text */
    if (start < reader->size && reader->data[start] == '"' && !reader->is_quoting_off) {
        size_t close = find_close(reader, start);
        if (close < reader->size) {
            struct cell cell = {.data = reader->data + start + 1, .place = start + 1};
            cell.size = unquote(reader, start, close);
            reader->at = close + 1;
            while (reader->at < reader->size && is_pad(reader, reader->at))
                reader->at++;
            return cell;
        }
        size_t size = named_address_size(reader, start);
        if (size) {
            reader->at = start + size;
            return (struct cell){.data = reader->data + start, .size = size, .place = start};
        }
        row->open_quote_line = reader->line;
        start++; /* the quote is left out */
    }
    char *from = reader->data + start, *end = reader->data + reader->size, *to = from;
    const char delimiter = reader->delimiter;
    while (to < end && *to != delimiter && *to != '\n' && *to != '\r')
        to++;
    reader->at = (size_t)(to - reader->data);
    while (to > from && (to[-1] == ' ' || to[-1] == '\t'))
        to--;
    return (struct cell){.data = from, .size = (size_t)(to - from), .place = start};
}

int csv_reader_next(struct csv_reader *reader, struct csv_row *ret)
{
    struct cell ignored;
    bool has_more = true;

    if (reader->at >= reader->size)
        return CSV_READER_END;
    *ret = (struct csv_row){.line = reader->line, .cells = reader->cells};
    while (has_more) {
        bool has_room = ret->count < CSV_COLUMNS_MAX;
        struct cell *cell = has_room ? &reader->cells[ret->count++] : &ignored;
        ret->is_too_wide |= !has_room;
        *cell = next_field(reader, ret);
        has_more = reader->at < reader->size && reader->data[reader->at] == reader->delimiter;
        bool is_cr = reader->at < reader->size && reader->data[reader->at] == '\r';
        if (reader->at < reader->size)
            reader->at++;
        if (is_cr && reader->at < reader->size && reader->data[reader->at] == '\n')
            reader->at++;
        cell->data[cell->size] = '\0'; /* on the delimiter or line end, which is behind us now */
    }
    reader->line++;
    return 0;
}
