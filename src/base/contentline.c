/* SPDX-License-Identifier: MIT */
/* Most lines are not folded: those are slices of the caller's bytes, and only the others are copied
 * together. Blank lines count for nothing wherever they stand, even in front of a continuation
 * (some web servers double every line end). A line end is looked for block by block, so that a file
 * of lone CRs costs no more than any other.                                                      */
#include "base/contentline.h"

#include <errno.h>
#include <string.h>

enum { BLOCK_BYTES = 512 };

void contentline_reader_init(struct contentline_reader *reader, struct text bytes)
{
    if (text_starts(bytes, "\xef\xbb\xbf"))
        bytes = text_from(bytes, 3);
    *reader = (struct contentline_reader){.rest = bytes, .next_line = 1};
    buf_init(&reader->unfolded, CONTENTLINE_BYTES_MAX);
}

void contentline_reader_done(struct contentline_reader *reader)
{
    buf_done(&reader->unfolded);
}

/* Length of the first physical line, and of its line end. */
static size_t measure_line(struct text rest, size_t *ret_end)
{
    for (size_t start = 0; start < rest.size; start += BLOCK_BYTES) {
        size_t size = rest.size - start < BLOCK_BYTES ? rest.size - start : BLOCK_BYTES;
        const char *block = rest.data + start;
        const char *lf = memchr(block, '\n', size);
        const char *cr = memchr(block, '\r', lf ? (size_t)(lf - block) : size);
        const char *end = cr ? cr : lf;
        if (!end)
            continue;
        size_t length = (size_t)(end - rest.data);
        bool is_pair = *end == '\r' && length + 1 < rest.size && end[1] == '\n';
        *ret_end = is_pair ? 2 : 1;
        return length;
    }
    *ret_end = 0;
    return rest.size;
}

static struct text take_physical(struct contentline_reader *reader)
{
    size_t end;
    size_t length = measure_line(reader->rest, &end);
    struct text line = text_slice(reader->rest, 0, length);
    reader->rest = text_from(reader->rest, length + end);
    reader->next_line++;
    return line;
}

static void skip_blank_lines(struct contentline_reader *reader)
{
    while (reader->rest.size > 0 && (reader->rest.data[0] == '\r' || reader->rest.data[0] == '\n'))
        take_physical(reader);
}

static bool is_continued(struct contentline_reader *reader)
{
    skip_blank_lines(reader);
    return reader->rest.size > 0 && (reader->rest.data[0] == ' ' || reader->rest.data[0] == '\t');
}

/* vCard 2.1 and vCalendar 1.0 break quoted-printable values by "=" at the end of a line. */
static bool has_soft_break(struct text line)
{
    if (line.size == 0 || line.data[line.size - 1] != '=')
        return false;
    struct text head = text_slice(line, 0, CONTENTLINE_HEAD_BYTES);
    head = text_slice(head, 0, text_find_char(head, ':'));
    const struct text mark = TEXT("QUOTED-PRINTABLE");
    for (size_t i = 0; i + mark.size <= head.size; i++)
        if (text_starts_nocase(text_from(head, i), mark.data))
            return true;
    return false;
}

static void skip_continuations(struct contentline_reader *reader)
{
    while (is_continued(reader))
        take_physical(reader);
}

/* The line that begins here, or CONTENTLINE_E_TOO_LONG with its head, or -ENOMEM. */
static int unfold(struct contentline_reader *reader, struct text *ret_raw)
{
    struct text line = take_physical(reader);
    bool is_soft = has_soft_break(line);
    if (!is_soft && !is_continued(reader)) {
        if (line.size > CONTENTLINE_BYTES_MAX) {
            *ret_raw = text_slice(line, 0, CONTENTLINE_HEAD_BYTES);
            return CONTENTLINE_E_TOO_LONG;
        }
        *ret_raw = line;
        return 0;
    }

    struct buf *unfolded = &reader->unfolded;
    buf_clear(unfolded);
    buf_add_text(unfolded, is_soft ? text_slice(line, 0, line.size - 1) : line);
    while (reader->rest.size > 0 && !buf_error(unfolded)) {
        if (is_soft) {
            line = take_physical(reader);
            is_soft = line.size > 0 && line.data[line.size - 1] == '=';
            buf_add_text(unfolded, is_soft ? text_slice(line, 0, line.size - 1) : line);
        } else if (is_continued(reader)) {
            buf_add_text(unfolded, text_from(take_physical(reader), 1));
            is_soft = has_soft_break(buf_text(unfolded));
            if (is_soft)
                buf_truncate(unfolded, unfolded->size - 1);
        } else {
            break;
        }
    }
    if (buf_error(unfolded) == -ENOMEM)
        return -ENOMEM;
    if (buf_error(unfolded)) {
        skip_continuations(reader);
        *ret_raw =
            text_slice(unfolded->size > 0 ? buf_text(unfolded) : line, 0, CONTENTLINE_HEAD_BYTES);
        return CONTENTLINE_E_TOO_LONG;
    }
    *ret_raw = buf_text(unfolded);
    return 0;
}

int contentline_next(struct contentline_reader *reader, struct text *ret_raw, int *ret_line)
{
    skip_blank_lines(reader);
    if (reader->rest.size == 0)
        return CONTENTLINE_END;
    *ret_line = reader->next_line;
    struct text start = reader->rest;
    int r = unfold(reader, ret_raw);
    reader->physical = text_slice(start, 0, start.size - reader->rest.size);
    return r;
}

static int count_characters(struct text text)
{
    int count = 0;
    for (size_t i = 0; i < text.size; i++)
        count += ((unsigned char)text.data[i] & 0xc0) != 0x80;
    return count;
}

struct contentline_place contentline_place_of(const struct contentline *line, struct text at)
{
    struct contentline_place place = {.line = line->line};
    struct contentline_reader reader = {.rest = line->physical, .next_line = line->line};
    if (line->physical.size == 0)
        return place;
    size_t offset = (size_t)(at.data - line->raw.data);
    struct text part = take_physical(&reader);
    place.column = 1;
    while (offset >= part.size && is_continued(&reader)) {
        offset -= part.size;
        place = (struct contentline_place){reader.next_line, 2};
        part = text_from(take_physical(&reader), 1);
    }
    place.column += count_characters(text_slice(part, 0, offset));
    return place;
}

static bool is_name_char(char c)
{
    return char_is_alpha(c) || char_is_digit(c) || c == '-' || c == '_' || c == '.' || c == '/';
}

/* Length of a parameter's value with its quotes: up to the next ; or : outside quotes. A quote that
 * never closes is taken as an ordinary character.                                                */
static size_t measure_value(struct text rest)
{
    for (size_t i = 0; i < rest.size; i++) {
        if (rest.data[i] == ';' || rest.data[i] == ':')
            return i;
        if (rest.data[i] == '"') {
            size_t close = text_find_char(text_from(rest, i + 1), '"');
            if (i + 1 + close < rest.size)
                i += 1 + close;
        }
    }
    return rest.size;
}

/* "TZID=GMT+05:30:20221005T090000": some programs forget to quote the colon of an offset. Its size
 * with the two digits behind it, or 0 when the value at rest ends as it should. */
static size_t measure_offset_tail(struct text rest, size_t size)
{
    bool is_offset = size >= 3 && char_is_digit(rest.data[size - 1]) &&
                     (strchr("+-", rest.data[size - 2]) || strchr("+-", rest.data[size - 3]));
    struct text tail = text_slice(rest, size, 4);
    return is_offset && tail.size == 4 && tail.data[0] == ':' && char_is_digit(tail.data[1]) &&
                   char_is_digit(tail.data[2]) && tail.data[3] == ':'
               ? 3
               : 0;
}

static struct text without_quotes(struct text value)
{
    bool is_quoted = value.size >= 2 && value.data[0] == '"' && value.data[value.size - 1] == '"' &&
                     text_find_char(text_from(value, 1), '"') == value.size - 2;
    return is_quoted ? text_slice(value, 1, value.size - 2) : value;
}

/* Reads ";NAME=VALUE" at *at; false when the line ends before its colon. */
static bool parse_parameter(struct contentline *line, size_t *at)
{
    struct text rest = text_from(line->raw, *at + 1);
    size_t name_size = 0;
    while (name_size < rest.size && is_name_char(rest.data[name_size]))
        name_size++;
    struct contentline_parameter parameter = {{0}};
    size_t start = 0;
    if (name_size < rest.size && rest.data[name_size] == '=') {
        parameter.name = text_slice(rest, 0, name_size);
        start = name_size + 1;
    }
    size_t size = measure_value(text_from(rest, start));
    if (text_is_nocase(parameter.name, "TZID"))
        size += measure_offset_tail(text_from(rest, start), size);
    parameter.value = without_quotes(text_trim(text_slice(rest, start, size)));
    bool is_empty = parameter.name.size == 0 && parameter.value.size == 0;
    if (!is_empty && line->parameter_count < CONTENTLINE_PARAMETERS_MAX)
        line->parameters[line->parameter_count++] = parameter;
    *at += 1 + start + size;
    return *at < line->raw.size;
}

void contentline_parse(struct text raw, int line, struct contentline *ret)
{
    ret->line = line;
    ret->raw = raw;
    ret->physical = (struct text){0};
    ret->group = ret->name = ret->value = (struct text){0};
    ret->parameter_count = 0;
    ret->is_malformed = true;

    size_t at = 0;
    while (at < raw.size && is_name_char(raw.data[at]))
        at++;
    struct text name = text_slice(raw, 0, at);
    size_t dot = text_find_char(name, '.');
    if (dot < name.size) {
        ret->group = text_slice(name, 0, dot);
        name = text_from(name, dot + 1);
    }
    while (at < raw.size && (raw.data[at] == ' ' || raw.data[at] == '\t'))
        at++; /* "DTSTART :…" occurs in hand-written files */
    if (name.size == 0 || at >= raw.size)
        return;
    while (raw.data[at] == ';')
        if (!parse_parameter(ret, &at))
            return;
    if (raw.data[at] != ':')
        return;
    ret->name = name;
    ret->value = text_from(raw, at + 1);
    ret->is_malformed = false;
}

const struct contentline_parameter *contentline_find(const struct contentline *line,
                                                     const char *name)
{
    for (size_t i = 0; i < line->parameter_count; i++)
        if (text_is_nocase(line->parameters[i].name, name))
            return &line->parameters[i];
    return NULL;
}
