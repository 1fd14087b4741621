/* SPDX-License-Identifier: MIT */
/* An archive may claim to hold anything: what is inflated is counted as it comes out, and so
 * is what cells copy of it (a string may be shared, a cell repeated); the reading stops at the
 * budget. A document type declaration, which no spreadsheet has and every XML
 * bomb needs, ends the reading too.                                                              */
#include "contacts/sheet.h"

#include <errno.h>
#include <string.h>

enum { BLOCK_BYTES = 64 * 1024, CELL_BYTES = 16 };

static const char too_large[] = "the workbook is larger than a contact list can be";

static const char *without_prefix(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon ? colon + 1 : name;
}

const char *sheet_attribute(const char **attributes, const char *name)
{
    for (; attributes[0]; attributes += 2)
        if (strcmp(without_prefix(attributes[0]), name) == 0)
            return attributes[1];
    return NULL;
}

void sheet_fail(struct sheet *sheet, int error)
{
    if (!sheet->error)
        sheet->error = error;
    if (sheet->parser)
        XML_StopParser(sheet->parser, XML_FALSE);
}

static void refuse(struct sheet *sheet, const char *text)
{
    if (!sheet->error)
        flaws_add(sheet->builder->flaws, SEVERITY_ERROR, 0, 0,
                  "open it in the spreadsheet program and save it again", "%s", text);
    sheet_fail(sheet, CONTACTS_E_REFUSED);
}

static void XMLCALL start(void *data, const XML_Char *name, const XML_Char **attributes)
{
    struct sheet *sheet = data;
    if (!sheet->error)
        sheet->part.on_start(sheet, without_prefix(name), attributes);
}

static void XMLCALL end(void *data, const XML_Char *name)
{
    struct sheet *sheet = data;
    if (!sheet->error)
        sheet->part.on_end(sheet, without_prefix(name));
}

static void XMLCALL text(void *data, const XML_Char *bytes, int size)
{
    struct sheet *sheet = data;
    if (!sheet->error)
        sheet->part.on_text(sheet, bytes, size);
}

static void XMLCALL doctype(void *data, const XML_Char *name, const XML_Char *system_id,
                            const XML_Char *public_id, int has_subset)
{
    struct sheet *sheet = data;
    (void)name, (void)system_id, (void)public_id, (void)has_subset;
    refuse(sheet, "the workbook has a part that no spreadsheet program writes");
}

bool sheet_has_part(const struct sheet *sheet, const char *part)
{
    return zip_name_locate(sheet->archive, part, ZIP_FL_NOCASE) >= 0;
}

int sheet_open_part(struct sheet *sheet, const struct sheet_part *part)
{
    zip_int64_t index = zip_name_locate(sheet->archive, part->name, ZIP_FL_NOCASE);
    if (index < 0)
        return 0;
    sheet->file = zip_fopen_index(sheet->archive, (zip_uint64_t)index, 0);
    if (!sheet->file) {
        refuse(sheet, "the workbook is damaged or protected by a password");
        return sheet->error;
    }
    sheet->part = *part;
    sheet->parser = XML_ParserCreate(NULL);
    if (!sheet->parser)
        return -ENOMEM;
    XML_SetUserData(sheet->parser, sheet);
    XML_SetElementHandler(sheet->parser, start, part->on_end ? end : NULL);
    XML_SetCharacterDataHandler(sheet->parser, part->on_text ? text : NULL);
    XML_SetStartDoctypeDeclHandler(sheet->parser, doctype);
    return 0;
}

int sheet_read_block(struct sheet *sheet)
{
    void *block = XML_GetBuffer(sheet->parser, BLOCK_BYTES);
    zip_int64_t size = block ? zip_fread(sheet->file, block, BLOCK_BYTES) : 0;

    sheet->budget_bytes -= size > 0 ? size : 0;
    if (!block)
        sheet_fail(sheet, -ENOMEM);
    else if (size < 0)
        refuse(sheet, "the workbook is damaged");
    else if (sheet->budget_bytes < 0)
        refuse(sheet, too_large);
    else if (XML_ParseBuffer(sheet->parser, (int)size, size == 0) == XML_STATUS_OK)
        ; /* its callbacks have told of it */
    else if (XML_GetErrorCode(sheet->parser) == XML_ERROR_NO_MEMORY)
        sheet_fail(sheet, -ENOMEM);
    else
        refuse(sheet, "the workbook is damaged");
    if (size <= 0 || sheet->error)
        sheet_close_part(sheet);
    return sheet->error;
}

void sheet_close_part(struct sheet *sheet)
{
    XML_ParserFree(sheet->parser);
    sheet->parser = NULL;
    if (sheet->file)
        zip_fclose(sheet->file);
    sheet->file = NULL;
}

void sheet_set_cell(struct sheet *sheet, size_t column, struct text value)
{
    if (column >= SHEET_COLUMNS_MAX || !value.size || sheet->error)
        return;
    sheet->budget_bytes -= (int64_t)value.size + CELL_BYTES;
    if (sheet->budget_bytes < 0) {
        refuse(sheet, too_large);
        return;
    }
    while (sheet->cell_count <= column)
        sheet->cells[sheet->cell_count++] = (struct cell){0};
    sheet->cells[column] = cell_copy(sheet->builder->row, value, column + 1);
    if (!sheet->cells[column].data)
        sheet_fail(sheet, -ENOMEM);
}

void sheet_end_row(struct sheet *sheet)
{
    static char empty[1];
    for (size_t i = 0; i < sheet->cell_count; i++)
        if (!sheet->cells[i].data)
            sheet->cells[i] = (struct cell){.data = empty, .place = i + 1};
    if (!sheet->error && sheet->cell_count) {
        int r = table_add(&sheet->table, sheet->line, sheet->cells, sheet->cell_count);
        if (r)
            sheet_fail(sheet, r);
    }
    sheet->cell_count = 0;
    arena_clear(sheet->builder->row);
}
