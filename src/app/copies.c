/* SPDX-License-Identifier: MIT */
#include "app/copies.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/log.h"

enum {
    NAME_BYTES = 16,
    MODE = 0600, /* contact lists are personal data */
};

static int path_of(const char *state, const char *location, char *ret, size_t size)
{
    uint8_t digest[DIGEST_BYTES];
    char name[2 * NAME_BYTES + 1];
    struct text text = text_of(location);
    int r = digest_parts(&text, 1, digest);
    if (r)
        return r;
    digest_hex(digest, NAME_BYTES, name);
    int length = snprintf(ret, size, "%s/copies/%s", state, name);
    return length < 0 || (size_t)length >= size ? -ENAMETOOLONG : 0;
}

int copies_find(const char *state, const char *location, struct buf *ret, struct instant *ret_at)
{
    char path[PATH_MAX];
    struct stat st;
    int r = path_of(state, location, path, sizeof path);
    r = r ? r : file_read(path, ret);
    if (!r)
        *ret_at = stat(path, &st) == 0 ? instant_from_sec(st.st_mtime) : INSTANT_UNSET;
    return r;
}

bool copies_is_same(const char *state, const char *location)
{
    char path[PATH_MAX];
    return path_of(state, location, path, sizeof path) == 0 && file_is_same(path, location);
}

static int next_path_of(const char *state, const char *location, char *ret, size_t size)
{
    int r = path_of(state, location, ret, size);
    size_t length = r ? 0 : strlen(ret);
    if (!r && (size_t)snprintf(ret + length, size - length, ".next") >= size - length)
        r = -ENAMETOOLONG;
    return r;
}

struct copying {
    struct file_writer *file; /* NULL: it cannot be kept, as was said */
    const char *name;
    char path[PATH_MAX];
};

static void give_up(struct copying *copying, int r)
{
    copying->file = file_writer_close(copying->file);
    log_line(LOG_LEVEL_WARNING, NULL, "%s: %s; the last good copy of %s is not kept", copying->path,
             strerror(-r), copying->name);
}

struct copying *copies_begin(const char *state, const char *location, const char *name)
{
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s/copies", state);
    if (mkdir(folder, 0700) < 0 && errno != EEXIST) {
        log_line(LOG_LEVEL_WARNING, NULL, "%s: %s; last good copies are not kept", folder,
                 strerror(errno));
        return NULL;
    }
    struct copying *copying = calloc(1, sizeof *copying);
    if (!copying) {
        log_line(LOG_LEVEL_WARNING, NULL, "no memory; the last good copy of %s is not kept", name);
        return NULL;
    }
    copying->name = name;
    int r = next_path_of(state, location, copying->path, sizeof copying->path);
    if (!r) {
        (void)unlink(copying->path); /* of a death on the way: it must not become the copy */
        r = file_writer_open(copying->path, MODE, &copying->file);
    }
    if (r)
        give_up(copying, r);
    return copying;
}

void copies_add(struct copying *copying, struct text bytes)
{
    int r = copying && copying->file ? file_writer_add(copying->file, bytes) : 0;
    if (r)
        give_up(copying, r);
}

struct copying *copies_end(struct copying *copying, bool is_whole)
{
    if (!copying)
        return NULL;
    int r = copying->file && is_whole ? file_writer_commit(copying->file, true) : 0;
    if (r)
        give_up(copying, r);
    file_writer_close(copying->file);
    free(copying);
    return NULL;
}

void copies_settle(const char *state, const char *location, bool is_sound)
{
    char path[PATH_MAX], next[PATH_MAX];
    if (path_of(state, location, path, sizeof path) ||
        next_path_of(state, location, next, sizeof next))
        return;
    if (!is_sound || rename(next, path) < 0)
        (void)unlink(next); /* it may not be there: then it was said why */
}

void copies_sweep(const char *state, const char *const *locations, size_t count)
{
    char folder[PATH_MAX], path[PATH_MAX], known[PATH_MAX];
    snprintf(folder, sizeof folder, "%s/copies", state);
    DIR *dir = opendir(folder);
    if (!dir) /* none was made yet */
        return;
    for (struct dirent *entry; (entry = readdir(dir));) {
        bool is_known = entry->d_name[0] == '.';
        int length = snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        for (size_t i = 0; i < count && !is_known; i++)
            is_known = path_of(state, locations[i], known, sizeof known) ||
                       strcmp(path, known) == 0; /* one that cannot be named stays */
        if (!is_known && length < (int)sizeof path && unlink(path) < 0)
            log_line(LOG_LEVEL_WARNING, NULL, "%s: %s; an old copy stays", path, strerror(errno));
    }
    closedir(dir);
}
