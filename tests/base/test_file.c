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
