/* SPDX-License-Identifier: MIT */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_STEP_BYTES = 64 * 1024, PATH_BYTES_MAX = 4096 };

int file_open(const char *path, struct buf *buf)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return -errno;
    struct stat st;
    if (fstat(fd, &st) == 0 && st.st_size > 0 && (uintmax_t)st.st_size < buf->max_bytes)
        (void)buf_reserve(buf, (size_t)st.st_size); /* a hint; reading reports */
    return fd;
}

int file_read_some(int fd, size_t max, struct buf *buf, bool *ret_is_done)
{
    size_t before = buf->size;
    *ret_is_done = false;
    while (buf->size - before < max) {
        char step[READ_STEP_BYTES];
        ssize_t n = read(fd, step, sizeof step);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        if (n == 0) {
            *ret_is_done = true;
            return 0;
        }
        buf_add(buf, step, (size_t)n);
        if (buf_error(buf))
            return buf_error(buf);
    }
    return 0;
}

int file_read(const char *path, struct buf *buf)
{
    size_t before = buf->size;
    bool is_done;
    int fd = file_open(path, buf);
    if (fd < 0)
        return fd;
    int r = file_read_some(fd, SIZE_MAX, buf, &is_done);
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

struct file_writer {
    int fd;
    bool is_done;
    char path[PATH_BYTES_MAX], temporary[PATH_BYTES_MAX];
};

int file_writer_open(const char *path, unsigned mode, struct file_writer **ret)
{
    struct file_writer *writer = malloc(sizeof *writer);
    if (!writer)
        return -ENOMEM;
    *writer = (struct file_writer){.fd = -1};
    int size = snprintf(writer->temporary, sizeof writer->temporary, "%s.new", path);
    if (size < 0 || (size_t)size >= sizeof writer->temporary) {
        free(writer);
        return -ENAMETOOLONG;
    }
    snprintf(writer->path, sizeof writer->path, "%s", path);
    writer->fd = open(writer->temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (writer->fd < 0) {
        int r = -errno;
        free(writer);
        return r;
    }
    *ret = writer;
    return 0;
}

int file_writer_add(struct file_writer *writer, struct text bytes)
{
    while (bytes.size) {
        ssize_t n = write(writer->fd, bytes.data, bytes.size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        bytes = text_from(bytes, (size_t)n);
    }
    return 0;
}

int file_writer_commit(struct file_writer *writer, bool is_durable)
{
    int r = is_durable && fsync(writer->fd) < 0 ? -errno : 0;
    if (close(writer->fd) < 0 && !r)
        r = -errno;
    writer->fd = -1;
    if (!r && rename(writer->temporary, writer->path) < 0)
        r = -errno;
    writer->is_done = !r;
    return r || !is_durable ? r : sync_folder(writer->path);
}

struct file_writer *file_writer_close(struct file_writer *writer)
{
    if (!writer)
        return NULL;
    if (writer->fd >= 0)
        close(writer->fd);
    if (!writer->is_done)
        (void)unlink(writer->temporary); /* the first error is the one to report */
    free(writer);
    return NULL;
}

static int write_file(const char *path, struct text bytes, unsigned mode, bool is_durable)
{
    struct file_writer *writer = NULL;
    int r = file_writer_open(path, mode, &writer);
    r = r ? r : file_writer_add(writer, bytes);
    r = r ? r : file_writer_commit(writer, is_durable);
    file_writer_close(writer);
    return r;
}

int file_write(const char *path, struct text bytes, unsigned mode)
{
    return write_file(path, bytes, mode, true);
}

int file_replace(const char *path, struct text bytes, unsigned mode)
{
    return write_file(path, bytes, mode, false);
}
