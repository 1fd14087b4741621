/* SPDX-License-Identifier: MIT */
/* file: whole files as bytes. Only app/, doors, base/zone and tests call it. */
#ifndef CONVIER_BASE_FILE_H
#define CONVIER_BASE_FILE_H

#include <sys/types.h>

#include "base/buf.h"

/* Reads a whole file (also a pipe) into buf, after what it holds. -EFBIG when it is larger than
 * buf's maximum, -EISDIR for a folder, else the errno of open or read. On error buf is as it was.
 */
int file_read(const char *path, struct buf *buf);
/* The same, some bytes at a time, with an fd that the caller closes: file_open makes room in buf
 * for the whole file, file_read_some adds about max bytes of it. On error buf holds what was read.
 */
int file_open(const char *path, struct buf *buf);
int file_read_some(int fd, size_t max, struct buf *buf, bool *ret_is_done);

/* Reads from fd until the room is full or the file ends: how many bytes, or -errno. */
ssize_t file_fill(int fd, char *ret, size_t room);

/* Do two files hold the same bytes? False, too, when one of them cannot be read. */
bool file_is_same(const char *path, const char *other);

/* Writes a file so that a reader sees the old or the new one, never a part: temporary file beside
 * it, fsync, rename, fsync of the folder. mode as in open(2).                                    */
int file_write(const char *path, struct text bytes, unsigned mode);
/* The same, some bytes at a time: the file is there after a commit. close frees, and removes what
 * was not committed; it accepts NULL and returns it.                                             */
struct file_writer;
int file_writer_open(const char *path, unsigned mode, struct file_writer **ret);
int file_writer_add(struct file_writer *writer, struct text bytes);
int file_writer_commit(struct file_writer *writer, bool is_durable);
struct file_writer *file_writer_close(struct file_writer *writer);
/* file_write without the two fsyncs: for what may be lost in a power cut. */
int file_replace(const char *path, struct text bytes, unsigned mode);

#endif
