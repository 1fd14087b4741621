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

/* Reads from fd until the room is full or the file ends: how many bytes, or -errno. */
ssize_t file_fill(int fd, char *ret, size_t room);

/* Do two files hold the same bytes? False, too, when one of them cannot be read. */
bool file_is_same(const char *path, const char *other);

/* Writes a file so that a reader sees the old or the new one, never a part: temporary file beside
 * it, fsync, rename, fsync of the folder. mode as in open(2).                                    */
int file_write(const char *path, struct text bytes, unsigned mode);
/* The same without the two fsyncs: for what may be lost in a power cut. */
int file_replace(const char *path, struct text bytes, unsigned mode);

#endif
