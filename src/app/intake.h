/* SPDX-License-Identifier: MIT */
/* intake: the bytes of one source on their way in, some at a time: loaded, hashed, copied, parsed.
 * Owned by app/sources, which decides what becomes of them.                                      */
#ifndef CONVIER_APP_INTAKE_H
#define CONVIER_APP_INTAKE_H

#include <sys/stat.h>

#include "app/copies.h"
#include "app/source_parse.h"
#include "base/digest.h"

enum { INTAKE_BYTES_MAX = 256 << 20, INTAKE_NOTE_BYTES_MAX = 64 << 20 };

struct stamp { /* tells a changed file from an unchanged one */
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified;
};
/* Zeroed when there is no file. */
struct stamp stamp_of(const char *path);
bool stamp_equal(const struct stamp *a, const struct stamp *b);

struct intake {
    struct stamp stamp; /* of the file when its reading began */
    char *etag, *last_modified;
    uint8_t digest[DIGEST_BYTES]; /* once it is loaded */
    bool is_loaded;
    /* What was made of the bytes; whoever keeps it takes it out. */
    struct source next;
    struct arena *arena, *notes;
    struct flaws flaws;
    /* private */
    struct buf bytes;
    int fd; /* -1: all bytes are there */
    struct digest *hash;
    struct copying *copying;
    size_t at; /* bytes hashed, then copied */
    struct source_parse *parse;
};

/* 0 or -errno. */
int intake_open_file(const char *path, struct intake **ret);
/* Takes the bytes over and leaves an empty buf; etag and last_modified are copied, or NULL. */
int intake_open_bytes(struct buf *bytes, const char *etag, const char *last_modified,
                      struct intake **ret);
/* Loads and hashes about max_bytes more, until is_loaded. 0 or -errno. */
int intake_load(struct intake *intake, size_t max_bytes);
/* The rest of the way for what source said until now: with a copy for the next start when state is
 * not NULL. 0, a positive value when the bytes are refused, or -errno. */
int intake_begin(struct intake *intake, const struct source_context *context,
                 const struct source *source, const char *state);
int intake_step(struct intake *intake, size_t max_bytes, bool *ret_is_done);
struct intake *intake_close(struct intake *intake); /* accepts NULL; returns NULL */

#endif
