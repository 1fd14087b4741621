/* SPDX-License-Identifier: MIT */
#include "contacts/workbook.h"

#include <errno.h>

#include "contacts/sheet.h"

/* Far above what a federation's workbook holds, and read in a few seconds. */
enum { INFLATED_BYTES_MAX = 512 * 1024 * 1024, ENTRIES_MAX = 10000 };

static void locate(const void *context, size_t place, int *ret_line, int *ret_column)
{
    const struct sheet *sheet = context;
    *ret_line = sheet->line;
    *ret_column = (int)place;
}

static int refuse(struct contact_builder *builder, const char *text, const char *advice)
{
    flaws_add(builder->flaws, SEVERITY_ERROR, 0, 0, advice, "%s", text);
    return CONTACTS_E_REFUSED;
}

static const char save_as_csv[] =
    "open it, choose File > Save As, and \"CSV UTF-8\" or \"Excel workbook (.xlsx)\" as its type";

/* Other things that are zip archives too. */
static int refuse_archive(struct sheet *sheet)
{
    static const struct {
        const char *part, *name;
    } kinds[] = {
        {"xl/workbook.bin", "this is a binary workbook (.xlsb), which is not read"},
        {"word/document.xml", "this is a text document (Word), no contact list"},
        {"ppt/presentation.xml", "these are slides, no contact list"},
        {"Index/Document.iwa", "this is a workbook of Apple Numbers, which is not read"},
        {"content.xml", "this is a text document or a drawing, no contact list"},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (sheet_has_part(sheet, kinds[i].part))
            return refuse(sheet->builder, kinds[i].name, save_as_csv);
    return refuse(sheet->builder, "this is an archive (zip), no contact list",
                  "give the list that is in it");
}

/* The mimetype of an OpenDocument spreadsheet (or its template). */
static bool is_ods(const struct sheet *sheet)
{
    static const char want[] = "application/vnd.oasis.opendocument.spreadsheet";
    char got[sizeof want] = "";
    zip_int64_t index = zip_name_locate(sheet->archive, "mimetype", 0);
    zip_file_t *file = index < 0 ? NULL : zip_fopen_index(sheet->archive, (zip_uint64_t)index, 0);

    if (!file)
        return false;
    zip_int64_t size = zip_fread(file, got, sizeof want - 1);
    zip_fclose(file);
    return size == sizeof want - 1 && text_is(text_of(got), want);
}

static int read_archive(struct sheet *sheet, struct contact_guess *guess)
{
    int r;

    sheet->builder->locate = locate;
    sheet->builder->context = sheet;
    table_init(&sheet->table, sheet->builder);
    if (sheet_has_part(sheet, "xl/workbook.xml")) {
        guess->format = "xlsx";
        r = xlsx_read(sheet);
    } else if (is_ods(sheet)) { /* with a password it may hold nothing but a sealed package */
        guess->format = "ods";
        r = ods_read(sheet);
    } else {
        return refuse_archive(sheet);
    }
    r = r ? r : table_finish(&sheet->table);
    guess->producer = sheet->table.header.producer;
    guess->charset = "UTF-8";
    return r;
}

int workbook_read(struct contact_builder *builder, struct text raw, struct contact_guess *ret_guess)
{
    zip_error_t error;
    struct sheet *sheet = arena_alloc(builder->reading, sizeof *sheet);

    if (!sheet)
        return -ENOMEM;
    sheet->builder = builder;
    sheet->budget_bytes = INFLATED_BYTES_MAX;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(raw.data, raw.size, 0, &error);
    sheet->archive = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : NULL;
    bool is_memory = zip_error_code_zip(&error) == ZIP_ER_MEMORY;
    zip_error_fini(&error);
    if (!sheet->archive) {
        zip_source_free(source);
        return is_memory ? -ENOMEM
                         : refuse(builder, "the workbook is damaged, or was cut short on its way",
                                  "fetch or save it again");
    }
    buf_init(&sheet->text, SHEET_TEXT_BYTES_MAX);
    int r = zip_get_num_entries(sheet->archive, 0) > ENTRIES_MAX ? refuse_archive(sheet)
                                                                 : read_archive(sheet, ret_guess);
    buf_done(&sheet->text);
    zip_discard(sheet->archive);
    return r;
}
