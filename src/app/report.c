/* SPDX-License-Identifier: MIT */
#include "app/report.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/unicode.h"

enum { COLUMNS_MIN = 40, CELL_COLUMNS_MIN = 8, BAR_COLUMNS = 30, GAP_COLUMNS = 2 };
enum { LINE_BYTES_MAX = 1024 * 1024 };

static size_t terminal_columns(int fd)
{
    struct winsize size;
    const char *set = getenv("COLUMNS");
    int64_t columns;
    if (text_number(text_of(set), COLUMNS_MIN, 10000, &columns))
        return (size_t)columns;
    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col >= COLUMNS_MIN)
        return size.ws_col;
    return 80;
}

void report_init(struct report *report, FILE *out, FILE *err, bool is_json)
{
    const char *term = getenv("TERM");
    bool may_colour = string_is_empty(getenv("NO_COLOR")) && !string_equal(term, "dumb");
    bool is_terminal = isatty(fileno(out)) == 1;
    bool is_err_terminal = isatty(fileno(err)) == 1;
    *report = (struct report){.out = out, .err = err, .is_json = is_json};
    report->has_colour = is_terminal && may_colour && !is_json;
    report->has_err_colour = is_err_terminal && may_colour;
    report->has_progress = is_err_terminal;
    report->columns = is_terminal ? terminal_columns(fileno(out)) : 0;
}

static const char *escape(enum report_colour colour)
{
    static const char *const codes[] = {
        [COLOUR_PLAIN] = "",       [COLOUR_GOOD] = "\033[32m", [COLOUR_WARNING] = "\033[33m",
        [COLOUR_BAD] = "\033[31m", [COLOUR_DIM] = "\033[2m",   [COLOUR_STRONG] = "\033[1m",
    };
    return codes[colour];
}

const char *report_on(const struct report *report, enum report_colour colour)
{
    return report->has_colour ? escape(colour) : "";
}

const char *report_off(const struct report *report)
{
    return report->has_colour ? "\033[0m" : "";
}

/* Text from outside must not steer the terminal: control characters become spaces. */
static void print_clean(FILE *file, const char *text)
{
    for (const char *c = text; *c; c++)
        fputc((unsigned char)*c < 0x20 || *c == 0x7F ? ' ' : *c, file);
}

void report_flaws(struct report *report, const struct flaws *flaws)
{
    report_progress_done(report);
    const char *off = report->has_err_colour ? "\033[0m" : "";
    for (size_t i = 0; i < flaws->count; i++) {
        const struct flaw *flaw = &flaws->items[i];
        bool is_error = flaw->severity == SEVERITY_ERROR;
        const char *on =
            report->has_err_colour ? escape(is_error ? COLOUR_BAD : COLOUR_WARNING) : "";
        print_clean(report->err, flaw->source ? flaw->source : "convier");
        if (flaw->line)
            fprintf(report->err, ":%d", flaw->line);
        if (flaw->line && flaw->column)
            fprintf(report->err, ":%d", flaw->column);
        fprintf(report->err, ": %s%s%s: ", on, is_error ? "error" : "warning", off);
        print_clean(report->err, flaw->text);
        fputc('\n', report->err);
        if (!flaw->advice)
            continue;
        fputs("    ", report->err);
        print_clean(report->err, flaw->advice);
        fputc('\n', report->err);
    }
    if (flaws->dropped)
        fprintf(report->err, "convier: %zu more %s found\n", flaws->dropped,
                flaws->dropped == 1 ? "was" : "were");
}

void report_problem(struct report *report, const char *advice, const char *format, ...)
{
    va_list arguments;
    CLEANUP_BUF struct buf buf = BUF_INIT(LINE_BYTES_MAX);
    va_start(arguments, format);
    buf_vprintf(&buf, format, arguments);
    va_end(arguments);
    report_progress_done(report);
    fputs("convier: ", report->err);
    print_clean(report->err, buf.data ? buf.data : format);
    fputc('\n', report->err);
    if (!advice)
        return;
    fputs("    ", report->err);
    print_clean(report->err, advice);
    fputc('\n', report->err);
}

/* JSON lets the line ends of Unicode stand in a string as they are; readers that split what they
 * get into lines take them for its end.                                                          */
static void put_line(const char *line, FILE *out)
{
    for (const char *at = line; *at; at++) {
        if (strncmp(at, "\xC2\x85", 2) == 0) {
            fputs("\\u0085", out);
            at += 1;
        } else if (strncmp(at, "\xE2\x80\xA8", 3) == 0 || strncmp(at, "\xE2\x80\xA9", 3) == 0) {
            fputs(at[2] == '\xA8' ? "\\u2028" : "\\u2029", out);
            at += 2;
        } else {
            putc(*at, out);
        }
    }
    putc('\n', out);
}

int report_json(struct report *report, json_t *object)
{
    if (!object)
        return -ENOMEM;
    char *line = json_dumps(object, JSON_COMPACT);
    json_decref(object);
    if (!line)
        return -ENOMEM;
    put_line(line, report->out);
    free(line);
    return 0;
}

json_t *report_json_string(const char *string)
{
    if (!string)
        return json_null();
    json_t *value = json_string(string);
    if (value)
        return value;
    CLEANUP_BUF struct buf buf = BUF_INIT(LINE_BYTES_MAX);
    for (struct text rest = text_of(string); rest.size;)
        buf_add_rune(&buf, text_next_rune(&rest));
    return buf_error(&buf) ? NULL : json_string(buf.data ? buf.data : "");
}

json_t *report_json_strings(const char *const *items, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count && array; i++) {
        if (json_array_append_new(array, report_json_string(items[i])) == 0)
            continue;
        json_decref(array);
        array = NULL;
    }
    return array;
}

void report_table_init(struct report_table *table, struct arena *arena, const char *const *heads,
                       size_t count)
{
    assert(count > 0 && count <= REPORT_COLUMNS_MAX);
    *table = (struct report_table){.arena = arena, .column_count = count};
    for (size_t i = 0; i < count; i++) {
        table->is_right[i] = heads[i][0] == '>';
        report_table_cell(table, COLOUR_STRONG, "%s", heads[i] + (table->is_right[i] ? 1 : 0));
    }
}

void report_table_expect(struct report_table *table, size_t rows)
{
    struct report_cells *cells = &table->cells;
    size_t capacity = cells->count + rows * table->column_count;
    struct report_cell *items = arena_alloc_array(table->arena, capacity, sizeof *items);
    if (!items)
        return; /* then they grow as they come */
    memcpy(items, cells->items, cells->count * sizeof *items);
    cells->items = items;
    cells->capacity = capacity;
}

static void add_cell(struct report_table *table, enum report_colour colour, const char *text)
{
    struct report_cell *cell = text ? list_add(table->arena, &table->cells) : NULL;
    if (cell)
        *cell = (struct report_cell){text, colour};
    else
        table->is_out_of_memory = true;
}

void report_table_cell(struct report_table *table, enum report_colour colour, const char *format,
                       ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = arena_vprintf(table->arena, format, arguments);
    va_end(arguments);
    for (char *c = text; c && *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7F)
            *c = ' ';
    add_cell(table, colour, text);
}

void report_table_text(struct report_table *table, const char *text)
{
    if (string_is_empty(text))
        add_cell(table, COLOUR_PLAIN, "");
    else
        report_table_cell(table, COLOUR_PLAIN, "%s", text);
}

size_t report_table_rows(const struct report_table *table)
{
    size_t rows = table->cells.count / table->column_count;
    return rows ? rows - 1 : 0;
}

static void measure(const struct report_table *table, size_t widths[REPORT_COLUMNS_MAX])
{
    for (size_t i = 0; i < table->cells.count; i++) {
        size_t width = unicode_text_width(text_of(table->cells.items[i].text));
        size_t *column = &widths[i % table->column_count];
        if (width > *column)
            *column = width;
    }
}

/* Takes from the widest column until the row fits, as long as something readable is left of it. */
static void fit(const struct report_table *table, size_t columns, size_t widths[REPORT_COLUMNS_MAX])
{
    for (;;) {
        size_t total = 0, widest = 0;
        for (size_t i = 0; i < table->column_count; i++) {
            total += widths[i] + (i ? GAP_COLUMNS : 0);
            if (widths[i] > widths[widest])
                widest = i;
        }
        if (total <= columns || widths[widest] <= CELL_COLUMNS_MIN)
            return;
        widths[widest]--;
    }
}

static void pad(FILE *file, size_t columns)
{
    for (; columns; columns--)
        fputc(' ', file);
}

/* The longest beginning within the columns; with an ellipsis, which takes one of them. */
static struct text cut(struct text text, size_t columns)
{
    size_t used = 0;
    struct text rest = text;
    while (rest.size) {
        struct text before = rest;
        used += (size_t)unicode_width(text_next_rune(&rest));
        if (used + 1 > columns)
            return text_slice(text, 0, text.size - before.size);
    }
    return text;
}

static void print_cell(const struct report *report, const struct report_table *table, size_t index,
                       size_t columns)
{
    const struct report_cell *cell = &table->cells.items[index];
    size_t column = index % table->column_count;
    struct text text = text_of(cell->text);
    size_t width = unicode_text_width(text);
    bool is_cut = width > columns;
    if (is_cut) {
        text = cut(text, columns);
        width = unicode_text_width(text) + 1;
    }
    size_t space = columns - width;
    if (table->is_right[column])
        pad(report->out, space);
    fprintf(report->out, "%s%.*s%s%s", report_on(report, cell->colour), (int)text.size, text.data,
            is_cut ? "…" : "", cell->colour == COLOUR_PLAIN ? "" : report_off(report));
    bool is_last = column + 1 == table->column_count;
    if (!is_last)
        pad(report->out, (table->is_right[column] ? 0 : space) + GAP_COLUMNS);
}

int report_table_print(struct report *report, const struct report_table *table)
{
    size_t widths[REPORT_COLUMNS_MAX] = {0};
    if (table->is_out_of_memory)
        return -ENOMEM;
    if (report_table_rows(table) == 0)
        return 0;
    report_progress_done(report);
    measure(table, widths);
    if (report->columns)
        fit(table, report->columns, widths);
    for (size_t i = 0; i < table->cells.count; i++) {
        size_t column = i % table->column_count;
        print_cell(report, table, i, widths[column]);
        if (column + 1 == table->column_count)
            fputc('\n', report->out);
    }
    return 0;
}

void report_progress(struct report *report, const char *label, size_t done, size_t total,
                     int64_t elapsed_usec)
{
    if (!report->has_progress || elapsed_usec < USEC_PER_SEC)
        return;
    report->is_progress_shown = true;
    if (total == 0) {
        fprintf(report->err, "\r\033[K%s %zu", label, done);
    } else {
        size_t full = done >= total ? BAR_COLUMNS : done * BAR_COLUMNS / total;
        fprintf(report->err, "\r\033[K%s [", label);
        for (size_t i = 0; i < BAR_COLUMNS; i++)
            fputc(i < full ? '#' : '.', report->err);
        fprintf(report->err, "] %zu of %zu", done, total);
    }
    fflush(report->err);
}

void report_progress_done(struct report *report)
{
    if (!report->is_progress_shown)
        return;
    report->is_progress_shown = false;
    fputs("\r\033[K", report->err);
    fflush(report->err);
}
