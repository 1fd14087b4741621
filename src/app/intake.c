/* SPDX-License-Identifier: MIT */
#include "app/intake.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

static const size_t copy_arena_bytes = (size_t)4 << 30;

struct stamp stamp_of(const char *path)
{
    struct stat st;
    if (stat(path, &st) < 0)
        return (struct stamp){0};
    return (struct stamp){st.st_dev, st.st_ino, st.st_size, st.st_mtim};
}

bool stamp_equal(const struct stamp *a, const struct stamp *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           a->modified.tv_sec == b->modified.tv_sec && a->modified.tv_nsec == b->modified.tv_nsec;
}

static struct intake *new_intake(void)
{
    struct intake *intake = calloc(1, sizeof *intake);
    if (!intake)
        return NULL;
    intake->bytes = BUF_INIT(INTAKE_BYTES_MAX);
    intake->fd = -1;
    return intake;
}

int intake_open_file(const char *path, struct intake **ret)
{
    struct intake *intake = new_intake();
    if (!intake)
        return -ENOMEM;
    intake->stamp = stamp_of(path);
    intake->fd = file_open(path, &intake->bytes);
    if (intake->fd < 0) {
        int r = intake->fd;
        intake_close(intake);
        return r;
    }
    *ret = intake;
    return 0;
}

int intake_open_bytes(struct buf *bytes, const char *etag, const char *last_modified,
                      struct intake **ret)
{
    struct intake *intake = new_intake();
    if (!intake)
        return -ENOMEM;
    intake->bytes = *bytes;
    *bytes = BUF_INIT(bytes->max_bytes);
    /* Without them the next download is a whole one, so memory that is refused costs no more. */
    intake->etag = etag ? strdup(etag) : NULL;
    intake->last_modified = last_modified ? strdup(last_modified) : NULL;
    *ret = intake;
    return 0;
}

static int load(struct intake *intake, size_t max_bytes)
{
    bool is_done;
    int r = file_read_some(intake->fd, max_bytes, &intake->bytes, &is_done);
    if (r || !is_done)
        return r;
    close(intake->fd);
    intake->fd = -1;
    return 0;
}

static int hash(struct intake *intake, size_t max_bytes)
{
    struct text part = text_slice(buf_text(&intake->bytes), intake->at, max_bytes);
    int r = intake->hash ? 0 : digest_open(intake->bytes.size, &intake->hash);
    r = r ? r : digest_add(intake->hash, part);
    intake->at += part.size;
    if (r || intake->at < intake->bytes.size)
        return r;
    r = digest_close(intake->hash, intake->digest);
    intake->hash = NULL;
    intake->is_loaded = true;
    intake->at = 0;
    return r;
}

int intake_load(struct intake *intake, size_t max_bytes)
{
    return intake->fd >= 0 ? load(intake, max_bytes) : hash(intake, max_bytes);
}

int intake_begin(struct intake *intake, const struct source_context *context,
                 const struct source *source, const char *state)
{
    struct source_context own = *context;
    own.spent = &intake->bytes;
    intake->next = *source;
    intake->arena = arena_new(copy_arena_bytes);
    intake->notes = arena_new(INTAKE_NOTE_BYTES_MAX);
    if (!intake->arena || !intake->notes)
        return -ENOMEM;
    flaws_init(&intake->flaws, intake->notes, source->label);
    if (state)
        intake->copying = copies_begin(state, source->location, source->label);
    return source_parse_open(&own, source, intake->arena, &intake->flaws, &intake->parse);
}

static void copy(struct intake *intake, size_t max_bytes)
{
    struct text part = text_slice(buf_text(&intake->bytes), intake->at, max_bytes);
    copies_add(intake->copying, part);
    intake->at += part.size;
    if (intake->at >= intake->bytes.size)
        intake->copying = copies_end(intake->copying, true);
}

int intake_step(struct intake *intake, size_t max_bytes, bool *ret_is_done)
{
    *ret_is_done = false;
    if (intake->copying) {
        copy(intake, max_bytes);
        return 0;
    }
    return source_parse_step(intake->parse, max_bytes, &intake->next, ret_is_done);
}

struct intake *intake_close(struct intake *intake)
{
    if (!intake)
        return NULL;
    if (intake->fd >= 0)
        close(intake->fd);
    if (intake->hash)
        (void)digest_close(intake->hash, NULL); /* nothing can fail */
    copies_end(intake->copying, false);
    source_parse_close(intake->parse);
    buf_done(&intake->bytes);
    arena_free(intake->arena);
    arena_free(intake->notes);
    free(intake->etag);
    free(intake->last_modified);
    free(intake);
    return NULL;
}
