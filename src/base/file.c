/* SPDX-License-Identifier: MIT */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_STEP_BYTES = 64 * 1024, PATH_BYTES_MAX = 4096 };

int file_read(const char *path, struct buf *buf)
{
    size_t before = buf->size;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return -errno;
    struct stat st;
    if (fstat(fd, &st) == 0 && st.st_size > 0 && (uintmax_t)st.st_size < buf->max_bytes)
        (void)buf_reserve(buf, (size_t)st.st_size); /* a hint; the loop below reports */
    int r = 0;
    for (;;) {
        char step[READ_STEP_BYTES];
        ssize_t n = read(fd, step, sizeof step);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            r = -errno;
        if (n <= 0)
            break;
        buf_add(buf, step, (size_t)n);
        r = buf_error(buf);
        if (r)
            break;
    }
    close(fd);
    if (r) {
        buf->error = 0;
        buf_truncate(buf, before);
    }
    return r;
}

ssize_t file_fill(int fd, char *ret, size_t room)
{
    size_t size = 0;
    while (size < room) {
        ssize_t n = read(fd, ret + size, room - size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        if (n == 0)
            break;
        size += (size_t)n;
    }
    return (ssize_t)size;
}

bool file_is_same(const char *path, const char *other)
{
    char step[READ_STEP_BYTES], other_step[READ_STEP_BYTES];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    int other_fd = fd < 0 ? -1 : open(other, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    bool is_same = other_fd >= 0;
    ssize_t size = 1;
    while (is_same && size > 0) {
        size = file_fill(fd, step, sizeof step);
        is_same = size >= 0 && size == file_fill(other_fd, other_step, sizeof other_step) &&
                  memcmp(step, other_step, (size_t)size) == 0;
    }
    if (fd >= 0)
        close(fd);
    if (other_fd >= 0)
        close(other_fd);
    return is_same;
}

static int write_all(int fd, struct text bytes, bool is_durable)
{
    while (bytes.size) {
        ssize_t n = write(fd, bytes.data, bytes.size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        bytes = text_from(bytes, (size_t)n);
    }
    return is_durable && fsync(fd) < 0 ? -errno : 0;
}

static int sync_folder(const char *path)
{
    char copy[PATH_BYTES_MAX];
    snprintf(copy, sizeof copy, "%s", path);
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int r = fsync(fd) < 0 ? -errno : 0;
    close(fd);
    return r;
}

static int write_file(const char *path, struct text bytes, unsigned mode, bool is_durable)
{
    char temporary[PATH_BYTES_MAX];
    int size = snprintf(temporary, sizeof temporary, "%s.new", path);
    if (size < 0 || (size_t)size >= sizeof temporary)
        return -ENAMETOOLONG;
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (fd < 0)
        return -errno;
    int r = write_all(fd, bytes, is_durable);
    if (close(fd) < 0 && !r)
        r = -errno;
    if (!r && rename(temporary, path) < 0)
        r = -errno;
    if (r) {
        (void)unlink(temporary); /* the first error is the one to report */
        return r;
    }
    return is_durable ? sync_folder(path) : 0;
}

int file_write(const char *path, struct text bytes, unsigned mode)
{
    return write_file(path, bytes, mode, true);
}

int file_replace(const char *path, struct text bytes, unsigned mode)
{
    return write_file(path, bytes, mode, false);
}
