/* SPDX-License-Identifier: MIT */
/* archive: a zip archive made part by part, as workbooks are. */
#ifndef CONVIER_TESTS_CONTACTS_ARCHIVE_H
#define CONVIER_TESTS_CONTACTS_ARCHIVE_H

#include <string.h>
#include <zip.h>

#include "base/arena.h"
#include "check.h"

struct part {
    const char *name, *content;
};

/* The archive of the parts, in the arena. */
static inline struct text archive_pack(struct arena *arena, const struct part *parts, size_t count)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &error);
    REQUIRE(source);
    zip_source_keep(source);
    zip_t *archive = zip_open_from_source(source, ZIP_TRUNCATE, &error);
    REQUIRE(archive);
    for (size_t i = 0; i < count && parts[i].name; i++) {
        zip_source_t *content =
            zip_source_buffer(archive, parts[i].content, strlen(parts[i].content), 0);
        REQUIRE(zip_file_add(archive, parts[i].name, content, 0) >= 0);
    }
    REQUIRE(zip_close(archive) == 0);
    REQUIRE(zip_source_open(source) == 0);
    REQUIRE(zip_source_seek(source, 0, SEEK_END) == 0);
    zip_int64_t size = zip_source_tell(source);
    REQUIRE(size > 0 && zip_source_seek(source, 0, SEEK_SET) == 0);
    char *data = arena_alloc(arena, (size_t)size);
    REQUIRE(data && zip_source_read(source, data, (zip_uint64_t)size) == size);
    zip_source_close(source);
    zip_source_free(source);
    return (struct text){data, (size_t)size};
}

#endif
