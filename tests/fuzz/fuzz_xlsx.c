/* room: contacts */
/* SPDX-License-Identifier: MIT */
/* The first byte chooses: the bytes are an archive; or the parts of an .xlsx one after the other,
 * divided by zero bytes; or the content of an .ods.                                              */
#include <zip.h>

#include "fuzz/contact_checks.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void add(zip_t *archive, const char *name, struct text content)
{
    zip_source_t *source = zip_source_buffer(archive, content.data, content.size, 0);
    MUST(source);
    zip_int64_t index = zip_file_add(archive, name, source, 0);
    MUST(index >= 0 &&
         zip_set_file_compression(archive, (zip_uint64_t)index, ZIP_CM_STORE, 0) == 0);
}

static void check_packed(const char *const *names, struct text contents, struct text mimetype)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &error);
    MUST(source);
    zip_source_keep(source);
    zip_t *archive = zip_open_from_source(source, ZIP_TRUNCATE, &error);
    MUST(archive);
    if (mimetype.size)
        add(archive, "mimetype", mimetype);
    for (; *names && contents.data; names++)
        add(archive, *names, text_split(&contents, '\0'));
    if (zip_close(archive) == 0) {
        MUST(zip_source_open(source) == 0 && zip_source_seek(source, 0, SEEK_END) == 0);
        zip_int64_t size = zip_source_tell(source);
        MUST(size > 0 && zip_source_seek(source, 0, SEEK_SET) == 0);
        char *bytes = malloc((size_t)size);
        MUST(bytes && zip_source_read(source, bytes, (zip_uint64_t)size) == size);
        check_list((struct text){bytes, (size_t)size});
        free(bytes);
        zip_source_close(source);
    } else {
        zip_discard(archive);
    }
    zip_source_free(source);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const xlsx[] = {"xl/worksheets/sheet1.xml", "xl/sharedStrings.xml",
                                       "xl/styles.xml", "xl/workbook.xml", NULL};
    static const char *const ods[] = {"content.xml", "META-INF/manifest.xml", NULL};

    if (!size)
        return 0;
    struct text rest = {(const char *)data + 1, size - 1};
    if (data[0] == 'x')
        check_packed(xlsx, rest, (struct text){"", 0});
    else if (data[0] == 'o')
        check_packed(ods, rest, TEXT("application/vnd.oasis.opendocument.spreadsheet"));
    else
        check_list(rest);
    return 0;
}
