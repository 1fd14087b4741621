/* SPDX-License-Identifier: MIT */
#include "contacts/workbook.h"

#include <errno.h>

#include "contacts/sheet.h"

/* Far above what a federation's workbook holds, and read in a few seconds. */
enum { INFLATED_BYTES_MAX = 512 * 1024 * 1024, ENTRIES_MAX = 10000 };

struct workbook {
    struct sheet sheet;
    struct contact_guess *guess;
    sheet_next_part *next_part;
};

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

/* Finds out which kind it is. */
static int begin(struct workbook *book)
{
    struct sheet *sheet = &book->sheet;
    int r;

    if (zip_get_num_entries(sheet->archive, 0) > ENTRIES_MAX)
        return refuse_archive(sheet);
    sheet->builder->locate = locate;
    sheet->builder->context = sheet;
    table_init(&sheet->table, sheet->builder);
    if (sheet_has_part(sheet, "xl/workbook.xml")) {
        book->guess->format = "xlsx";
        book->next_part = xlsx_next_part;
        r = xlsx_open(sheet);
    } else if (is_ods(sheet)) { /* with a password it may hold nothing but a sealed package */
        book->guess->format = "ods";
        book->next_part = ods_next_part;
        r = ods_open(sheet);
    } else {
        return refuse_archive(sheet);
    }
    book->guess->charset = "UTF-8";
    return r;
}

int workbook_open(struct contact_builder *builder, struct text raw, struct contact_guess *guess,
                  struct workbook **ret)
{
    zip_error_t error;
    struct workbook *book = arena_alloc(builder->reading, sizeof *book);

    if (!book)
        return -ENOMEM;
    struct sheet *sheet = &book->sheet;
    book->guess = guess;
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
    int r = begin(book);
    if (r)
        workbook_close(book);
    else
        *ret = book;
    return r;
}

static int go_on(struct workbook *book, bool *ret_is_done)
{
    struct sheet *sheet = &book->sheet;
    struct sheet_part part;

    if (sheet->file)
        return sheet_read_block(sheet);
    int r = book->next_part(sheet, &part);
    if (r)
        return r;
    if (part.name)
        return sheet_open_part(sheet, &part);
    *ret_is_done = true;
    return table_finish(&sheet->table);
}

int workbook_step(struct workbook *book, size_t max_bytes, bool *ret_is_done)
{
    const struct sheet *sheet = &book->sheet;
    const int64_t from = sheet->budget_bytes;
    int r = 0;

    *ret_is_done = false;
    while (!r && !*ret_is_done && (uint64_t)(from - sheet->budget_bytes) < max_bytes)
        r = go_on(book, ret_is_done);
    book->guess->producer = sheet->table.header.producer;
    return r;
}

void workbook_close(struct workbook *book)
{
    if (!book)
        return;
    sheet_close_part(&book->sheet);
    buf_done(&book->sheet.text);
    zip_discard(book->sheet.archive);
}
