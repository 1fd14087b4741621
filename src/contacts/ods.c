/* SPDX-License-Identifier: MIT */
/* The first visible table of an OpenDocument spreadsheet (OpenDocument 1.2 part 1, 9.1) that holds
 * anything. A table is hidden by its style (20.119 table:display). Cells and rows may be repeated:
 * empty ones to the edge of the sheet, so repetition is counted, never carried out for rows. Notes
 * and the readings above kanji are not part of a cell.                               */
#include "contacts/sheet.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { HIDDEN_MAX = 256 };

LIST_TYPE(styles, const char *);

struct ods {
    int table_depth;  /* in the table */
    int hidden_depth; /* in one that is not looked at */
    char style[64];   /* of a table: the one that is being defined, "" outside */
    struct styles hidden;
    int ignored_depth; /* in a note or a reading */
    int paragraph_depth;
    bool is_in_cell, has_paragraph;
    size_t column, repeat;
    int64_t row_repeat;
    char date[65];     /* the cell's value when it is a date, or "" */
    bool is_encrypted; /* by the manifest */
    int part_count;    /* that were begun */
};

static bool is(const char *name, const char *want)
{
    return strcmp(name, want) == 0;
}

static bool is_cell(const char *name)
{
    return is(name, "table-cell") || is(name, "covered-table-cell");
}

static bool is_beside(const char *name)
{
    return is(name, "annotation") || is(name, "ruby-text");
}

static int64_t count_of(const char **attributes, const char *name)
{
    const char *text = sheet_attribute(attributes, name);
    int64_t count = 1;
    if (text)
        text_number(text_of(text), 1, INT32_MAX / 4, &count);
    return count;
}

static void start_cell(struct sheet *sheet, const char **attributes)
{
    struct ods *o = sheet->format;
    const char *type = sheet_attribute(attributes, "value-type");
    const char *date = sheet_attribute(attributes, "date-value");

    o->is_in_cell = true;
    o->has_paragraph = false;
    o->repeat = (size_t)count_of(attributes, "number-columns-repeated");
    buf_clear(&sheet->text);
    *o->date = '\0';
    if (type && date && is(type, "date")) {
        struct text text = text_of(date), hour = TEXT("");
        size_t t = text_find_char(text, 'T');
        if (t + 5 < text.size && !text_starts(text_from(text, t), "T00:00:00"))
            hour = text_slice(text, t + 1, 5);
        int size = snprintf(o->date, sizeof o->date, "%.*s%s%.*s", (int)t, date,
                            hour.size ? " " : "", (int)hour.size, hour.data);
        if (size >= (int)sizeof o->date) /* no date has that many */
            *o->date = '\0';
    }
}

static void end_cell(struct sheet *sheet)
{
    struct ods *o = sheet->format;
    struct text value = *o->date ? text_of(o->date) : buf_text(&sheet->text);

    if (buf_error(&sheet->text) == -ENOMEM)
        sheet_fail(sheet, -ENOMEM);
    for (size_t i = 0; value.size && i < o->repeat && o->column + i < SHEET_COLUMNS_MAX; i++)
        sheet_set_cell(sheet, o->column + i, value);
    o->column += o->repeat;
    o->is_in_cell = false;
}

static void start_in_cell(struct sheet *sheet, const char *name, const char **attributes)
{
    struct ods *o = sheet->format;

    if (is(name, "p")) {
        if (o->has_paragraph)
            buf_add_char(&sheet->text, '\n');
        o->has_paragraph = true;
        o->paragraph_depth++;
    } else if (is(name, "s")) {
        for (int64_t n = count_of(attributes, "c"); n > 0 && !buf_error(&sheet->text); n--)
            buf_add_char(&sheet->text, ' ');
    } else if (is(name, "tab")) {
        buf_add_char(&sheet->text, ' ');
    } else if (is(name, "line-break")) {
        buf_add_char(&sheet->text, '\n');
    }
}

/* Remembers the styles of hidden tables; automatic styles stand before the tables. */
static void read_style(struct sheet *sheet, const char *name, const char **attributes)
{
    struct ods *o = sheet->format;
    struct arena *arena = sheet->builder->reading;

    if (is(name, "style")) {
        const char *family = sheet_attribute(attributes, "family");
        const char *style = sheet_attribute(attributes, "name");
        bool is_table = family && style && is(family, "table");
        snprintf(o->style, sizeof o->style, "%s", is_table ? style : "");
        return;
    }
    const char *display = sheet_attribute(attributes, "display");
    if (!display || !is(display, "false") || !*o->style || o->hidden.count == HIDDEN_MAX)
        return;
    const char **slot = list_add(arena, &o->hidden);
    if (!slot || !(*slot = arena_copy_string(arena, o->style)))
        sheet_fail(sheet, -ENOMEM);
}

static void start_table(struct sheet *sheet, const char **attributes)
{
    struct ods *o = sheet->format;
    const char *style = sheet_attribute(attributes, "style-name");
    bool is_hidden = table_has_rows(&sheet->table); /* it is found already */

    for (size_t i = 0; i < o->hidden.count && style; i++)
        is_hidden |= is(o->hidden.items[i], style);
    if (o->hidden_depth || (is_hidden && !o->table_depth)) {
        o->hidden_depth++;
        return;
    }
    if (!o->table_depth++)
        sheet->line = 0;
}

static void on_start(struct sheet *sheet, const char *name, const char **attributes)
{
    struct ods *o = sheet->format;

    if (is(name, "table")) {
        start_table(sheet, attributes);
    } else if (is(name, "style") || is(name, "table-properties")) {
        read_style(sheet, name, attributes);
    } else if (o->hidden_depth || o->table_depth != 1) {
        return;
    } else if (o->ignored_depth || is_beside(name)) {
        o->ignored_depth += is_beside(name);
    } else if (is(name, "table-row")) {
        o->row_repeat = count_of(attributes, "number-rows-repeated");
        o->column = 0;
        sheet->line++;
    } else if (is_cell(name)) {
        start_cell(sheet, attributes);
    } else if (o->is_in_cell) {
        start_in_cell(sheet, name, attributes);
    }
}

static void on_end(struct sheet *sheet, const char *name)
{
    struct ods *o = sheet->format;

    if (is(name, "table")) {
        if (o->hidden_depth)
            o->hidden_depth--;
        else
            o->table_depth -= o->table_depth > 0;
    } else if (o->hidden_depth || o->table_depth != 1) {
        return;
    } else if (o->ignored_depth) {
        o->ignored_depth -= is_beside(name);
    } else if (is(name, "p")) {
        o->paragraph_depth -= o->paragraph_depth > 0;
    } else if (is_cell(name)) {
        end_cell(sheet);
    } else if (is(name, "table-row")) {
        sheet_end_row(sheet);
        if (o->row_repeat - 1 <= INT32_MAX / 4 - sheet->line)
            sheet->line += (int)o->row_repeat - 1;
    }
}

static void on_text(struct sheet *sheet, const char *data, int size)
{
    struct ods *o = sheet->format;
    if (!o->hidden_depth && o->table_depth == 1 && o->is_in_cell && o->paragraph_depth &&
        !o->ignored_depth)
        buf_add(&sheet->text, data, (size_t)size);
}

static void on_manifest(struct sheet *sheet, const char *name, const char **attributes)
{
    struct ods *o = sheet->format;
    (void)attributes;
    o->is_encrypted |= is(name, "encryption-data");
}

int ods_open(struct sheet *sheet)
{
    sheet->format = arena_alloc(sheet->builder->reading, sizeof(struct ods));
    return sheet->format ? 0 : -ENOMEM;
}

static int refuse(struct sheet *sheet, const char *text, const char *advice)
{
    flaws_add(sheet->builder->flaws, SEVERITY_ERROR, 0, 0, advice, "%s", text);
    return CONTACTS_E_REFUSED;
}

int ods_next_part(struct sheet *sheet, struct sheet_part *ret)
{
    static const struct sheet_part parts[] = {{"META-INF/manifest.xml", on_manifest, NULL, NULL},
                                              {"content.xml", on_start, on_end, on_text},
                                              {0}};
    struct ods *o = sheet->format;

    *ret = parts[o->part_count++];
    if (o->is_encrypted)
        return refuse(sheet, "the workbook is protected by a password",
                      "open it, choose File > Save As, and leave \"Save with password\" empty");
    if (o->part_count == 2 && !sheet_has_part(sheet, ret->name))
        return refuse(sheet, "the workbook has no sheet",
                      "open it in the spreadsheet program and save it again");
    return 0;
}
