/* SPDX-License-Identifier: MIT */
#include "base/file.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

static char folder[] = "/tmp/convier-file-XXXXXX";
static char path[64];

static void begin(void)
{
    if (!path[0])
        REQUIRE(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/f", folder);
}

TEST(there_and_back)
{
    CLEANUP_BUF struct buf buf = BUF_INIT(1 << 20);
    struct stat status;
    begin();
    buf_add_string(&buf, "before ");
    REQUIRE(file_write(path, TEXT("a\0b\n"), 0600) == 0);
    CHECK(stat(path, &status) == 0 && (status.st_mode & 0777) == 0600);
    CHECK_INT(file_read(path, &buf), 0);
    CHECK(text_equal(buf_text(&buf), TEXT("before a\0b\n")));
    REQUIRE(file_write(path, TEXT(""), 0600) == 0);
    buf_clear(&buf);
    CHECK_INT(file_read(path, &buf), 0);
    CHECK_INT(buf.size, 0);
    strcat(path, ".new");
    CHECK(access(path, F_OK) != 0); /* the temporary file is gone */
}

TEST(comparing)
{
    static const struct {
        const char *title;
        size_t size, changed; /* at which place a byte is changed; SIZE_MAX = none */
        size_t other_size;
        bool is_same;
    } rows[] = {
        {"empty", 0, SIZE_MAX, 0, true},
        {"long", 200000, SIZE_MAX, 200000, true},
        {"last byte", 200000, 199999, 200000, false},
        {"a block", 65536, SIZE_MAX, 65536, true},
        {"shorter", 65536, SIZE_MAX, 65537, false},
        {"nothing", 0, SIZE_MAX, 1, false},
    };
    static char bytes[200000];
    char other[80];
    begin();
    snprintf(other, sizeof other, "%s.other", path);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_ROW(rows[i].title);
        REQUIRE(file_write(path, (struct text){bytes, rows[i].size}, 0600) == 0);
        if (rows[i].changed != SIZE_MAX)
            bytes[rows[i].changed] = 'x';
        REQUIRE(file_write(other, (struct text){bytes, rows[i].other_size}, 0600) == 0);
        if (rows[i].changed != SIZE_MAX)
            bytes[rows[i].changed] = 0;
        CHECK(file_is_same(path, other) == rows[i].is_same);
        CHECK(file_is_same(other, path) == rows[i].is_same);
    }
    CHECK(!file_is_same(path, "/nonexistent/x"));
    CHECK(!file_is_same("/nonexistent/x", path));
    CHECK(!file_is_same(folder, folder));
    unlink(other);
}

TEST(errors_leave_the_buf_alone)
{
    CLEANUP_BUF struct buf buf = BUF_INIT(100);
    char big[200] = {0};
    begin();
    buf_add_string(&buf, "before");
    CHECK_INT(file_read(folder, &buf), -EISDIR);
    CHECK_INT(file_read("/nonexistent/x", &buf), -ENOENT);
    REQUIRE(file_write(path, (struct text){big, sizeof big}, 0600) == 0);
    CHECK_INT(file_read(path, &buf), -EFBIG);
    CHECK_STRING(buf.data, "before");
    CHECK_INT(buf_error(&buf), 0);
    REQUIRE(file_write(path, (struct text){big, 94}, 0600) == 0); /* exactly to the brim */
    CHECK_INT(file_read(path, &buf), 0);
    CHECK_INT(buf.size, 100);
    CHECK_INT(file_write("/nonexistent/x", TEXT("x"), 0600), -ENOENT);
    CHECK_INT(file_write(folder, TEXT("x"), 0600), -EISDIR);
    unlink(path);
    rmdir(folder);
}

CHECK_MAIN
