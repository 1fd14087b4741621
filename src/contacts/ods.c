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
    struct buf date;   /* the cell's value when it is a date */
    bool is_encrypted; /* by the manifest */
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
    buf_clear(&o->date);
    if (type && date && is(type, "date")) {
        struct text text = text_of(date);
        size_t t = text_find_char(text, 'T');
        buf_add_text(&o->date, text_slice(text, 0, t));
        if (t + 5 < text.size && !text_starts(text_from(text, t), "T00:00:00")) {
            buf_add_char(&o->date, ' ');
            buf_add_text(&o->date, text_slice(text, t + 1, 5));
        }
    }
}

static void end_cell(struct sheet *sheet)
{
    struct ods *o = sheet->format;
    struct text value = o->date.size ? buf_text(&o->date) : buf_text(&sheet->text);

    if (buf_error(&sheet->text) == -ENOMEM || buf_error(&o->date) == -ENOMEM)
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

static void ignore_end(struct sheet *sheet, const char *name)
{
    (void)sheet, (void)name;
}

static void ignore_text(struct sheet *sheet, const char *data, int size)
{
    (void)sheet, (void)data, (void)size;
}

int ods_read(struct sheet *sheet)
{
    struct ods *o = arena_alloc(sheet->builder->reading, sizeof *o);
    bool is_there;

    if (!o)
        return -ENOMEM;
    sheet->format = o;
    buf_init(&o->date, 64);
    int r = sheet_read_part(sheet, "META-INF/manifest.xml", on_manifest, ignore_end, ignore_text,
                            &is_there);
    if (!r && o->is_encrypted) {
        flaws_add(sheet->builder->flaws, SEVERITY_ERROR, 0, 0,
                  "open it, choose File > Save As, and leave \"Save with password\" empty",
                  "the workbook is protected by a password");
        r = CONTACTS_E_REFUSED;
    }
    if (!r)
        r = sheet_read_part(sheet, "content.xml", on_start, on_end, on_text, &is_there);
    if (!r && !is_there) {
        flaws_add(sheet->builder->flaws, SEVERITY_ERROR, 0, 0,
                  "open it in the spreadsheet program and save it again",
                  "the workbook has no sheet");
        r = CONTACTS_E_REFUSED;
    }
    buf_done(&o->date);
    return r;
}
