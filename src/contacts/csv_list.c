/* SPDX-License-Identifier: MIT */
/* The delimiter is the one under which one of the first rows names the most columns; counting
 * characters would be fooled by a title row or by commas inside names. "sep=;", which Excel obeys,
 * is believed.                                                                                   */
#include "contacts/csv_list.h"

#include <errno.h>
#include <string.h>

#include "contacts/csv_reader.h"
#include "contacts/table.h"

enum { HEAD_BYTES_MAX = 64 * 1024, PASSED_BYTES = 256 * 1024 };

static const char delimiters[] = {';', ',', '\t', '|'};

/* Offset → physical line and column in characters. Only for flaws, so a count from the start of
 * the line back is cheap enough; lines are counted from the row's own number.                    */
struct csv_context {
    struct text raw, text;
    size_t known_offset; /* a row's start and its line */
    int known_line;
};

static void locate(const void *context, size_t place, int *ret_line, int *ret_column)
{
    const struct csv_context *c = context;
    int line = c->known_line, column = 1;

    for (size_t i = c->known_offset; i < place && i < c->text.size; i++) {
        char byte = c->text.data[i];
        bool is_end = byte == '\n' ||
                      (byte == '\r' && !(i + 1 < c->text.size && c->text.data[i + 1] == '\n'));
        line += is_end;
        column = is_end ? 1 : column + ((byte & 0xC0) != 0x80);
    }
    *ret_line = line;
    *ret_column = column;
}

static int score(struct arena *arena, struct text head, char delimiter, size_t *ret_score)
{
    struct arena_mark mark = arena_mark(arena);
    struct csv_reader reader;
    struct csv_row row;
    int r = csv_reader_init(&reader, arena, head, delimiter);

    *ret_score = 0;
    for (int i = 0; !r && i < TABLE_HEADER_ROWS_MAX; i++) {
        struct header header;
        r = csv_reader_next(&reader, arena, &row);
        if (r == CSV_READER_END) {
            r = 0;
            break;
        }
        r = r ? r : header_read(arena, row.cells, row.count, &header);
        if (!r && header.has[COLUMN_EMAIL]) {
            *ret_score = header.known_count * 1000 + header.count;
            break;
        }
        if (!r && i == 0 && row.count == 1 &&
            text_find_char(cell_text(row.cells), '@') < row.cells->size) {
            *ret_score = 1; /* a list of bare addresses; commas are parts of names */
            break;
        }
        if (!r && row.count > *ret_score)
            *ret_score = row.count < 1000 ? row.count : 999;
    }
    arena_rewind(arena, mark);
    return r;
}

static int guess_delimiter(struct arena *arena, struct text text, char *ret)
{
    size_t best = 0, points;
    struct text head = text_slice(text, 0, HEAD_BYTES_MAX);

    *ret = delimiters[0];
    for (size_t i = 0; i < sizeof delimiters; i++) {
        int r = score(arena, head, delimiters[i], &points);
        if (r)
            return r;
        if (points > best) {
            best = points;
            *ret = delimiters[i];
        }
    }
    return 0;
}

/* The settings' delimiter: a character, or "tab", "\t". 0 when it is none. */
static char pinned_delimiter(const struct contact_options *options)
{
    const char *word = options->list ? options->list->delimiter : NULL;

    if (string_is_empty(word))
        return '\0';
    if (text_is_nocase(text_of(word), "tab") || strcmp(word, "\\t") == 0)
        return '\t';
    return word[1] || *word == '"' ? '\0' : *word;
}

/* "sep=;" as the first line: its delimiter and length; the line is emptied, not removed, so that
 * line numbers hold.                                                                             */
static char excel_delimiter(struct text text, size_t *ret_length)
{
    struct text rest = text, line = text_next_line(&rest);

    if (text_starts(line, "\"") && text_ends_nocase(line, "\""))
        line = text_slice(line, 1, line.size - 2);
    if (line.size != 5 || !text_starts_nocase(line, "sep="))
        return '\0';
    *ret_length = (size_t)(line.data - text.data) + line.size + (line.data != text.data);
    return line.data[4];
}

/* Tells whoever gave the bytes how far they have been read; all of them when the text is a decoded
 * copy.                                                                                          */
static void tell_passed(const struct contact_options *options, const struct csv_context *context,
                        size_t at)
{
    uintptr_t raw = (uintptr_t)context->raw.data, text = (uintptr_t)context->text.data;
    bool is_copy = text < raw || text > raw + context->raw.size;

    if (options->on_passed)
        options->on_passed(options->context, is_copy ? context->raw.size : text - raw + at);
}

struct csv_list {
    struct contact_builder *builder;
    struct contact_guess *guess;
    struct csv_context context;
    struct csv_reader reader;
    struct table table;
    size_t passed;
    bool is_wide_told;
};

static int add_row(struct csv_list *list)
{
    struct contact_builder *builder = list->builder;
    struct csv_row row;

    list->context.known_offset = list->reader.at;
    list->context.known_line = list->reader.line;
    arena_clear(builder->row);
    int r = csv_reader_next(&list->reader, builder->row, &row);
    if (r)
        return r;
    if (row.open_quote_line)
        flaws_add(builder->flaws, SEVERITY_WARNING, row.open_quote_line, 0,
                  "close the quote, or take it out",
                  "a quote is opened here and never closed; it was left out");
    if (row.is_too_wide && !list->is_wide_told)
        flaws_add(builder->flaws, SEVERITY_WARNING, row.line, 0, NULL,
                  "only the first %d columns of a row are read", CSV_COLUMNS_MAX);
    list->is_wide_told |= row.is_too_wide;
    return table_add(&list->table, row.line, row.cells, row.count);
}

int csv_list_step(struct csv_list *list, size_t max_bytes, bool *ret_is_done)
{
    const struct csv_reader *reader = &list->reader;
    size_t from = reader->at;
    int r = 0;

    *ret_is_done = false;
    while (!r && reader->at - from < max_bytes) {
        if (reader->at - list->passed >= PASSED_BYTES) {
            list->passed = reader->at;
            tell_passed(list->builder->options, &list->context, list->passed);
        }
        r = add_row(list);
    }
    if (r != CSV_READER_END)
        return r;
    *ret_is_done = true;
    list->guess->producer = list->table.header.producer;
    return table_finish(&list->table);
}

int csv_list_open(struct contact_builder *builder, struct text raw, struct text text,
                  struct contact_guess *guess, struct csv_list **ret)
{
    const struct contact_options *options = builder->options;
    size_t skip = 0;
    struct csv_list *list = arena_alloc(builder->reading, sizeof *list);

    if (!list)
        return -ENOMEM;
    *list = (struct csv_list){
        .builder = builder, .guess = guess, .context = {.raw = raw, .text = text, .known_line = 1}};
    char delimiter = pinned_delimiter(options), excel = excel_delimiter(text, &skip);
    if (!delimiter && options->list && !string_is_empty(options->list->delimiter))
        flaws_add(builder->flaws, SEVERITY_WARNING, 0, 0, "write one character, or \"tab\"",
                  "the delimiter \"%s\" is not one; it is guessed", options->list->delimiter);
    if (!delimiter)
        delimiter = excel;
    int r = delimiter ? 0 : guess_delimiter(builder->reading, text, &delimiter);
    if (r)
        return r;
    guess->delimiter = delimiter;
    builder->locate = locate;
    builder->context = &list->context;
    builder->places_are_bytes = true;
    r = csv_reader_init(&list->reader, builder->reading, text, delimiter);
    if (r)
        return r;
    list->reader.at = skip;
    table_init(&list->table, builder);
    tell_passed(options, &list->context, 0);
    *ret = list;
    return 0;
}
