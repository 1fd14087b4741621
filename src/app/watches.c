/* SPDX-License-Identifier: MIT */
#include "app/watches.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>

static const uint32_t mask = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE |
                             IN_ATTRIB | IN_ONLYDIR | IN_EXCL_UNLINK | IN_DELETE_SELF |
                             IN_MOVE_SELF;
/* The folder itself is not what is watched any more. */
static const uint32_t lost_mask = IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT;
/* A folder that went away is looked for this often, until it is back. */
static const uint64_t look_usec = 5 * 1000 * 1000;

struct watch {
    struct watch *next;
    struct watches *watches;
    sd_event_source *source; /* NULL: its folder is gone for now */
    char *folder;
    char *file; /* NULL: any */
    int kind;
};

struct watches {
    sd_event *loop;
    void (*on_change)(void *context, int kind);
    void *context;
    struct watch *first;
    sd_event_source *look; /* timer, while a folder is gone */
};

int watches_open(sd_event *loop, void (*on_change)(void *context, int kind), void *context,
                 struct watches **ret)
{
    struct watches *watches = calloc(1, sizeof *watches);
    if (!watches)
        return -ENOMEM;
    *watches =
        (struct watches){.loop = sd_event_ref(loop), .on_change = on_change, .context = context};
    *ret = watches;
    return 0;
}

struct watches *watches_close(struct watches *watches)
{
    if (!watches)
        return NULL;
    while (watches->first) {
        struct watch *watch = watches->first;
        watches->first = watch->next;
        sd_event_source_disable_unref(watch->source);
        free(watch->folder);
        free(watch->file);
        free(watch);
    }
    sd_event_source_disable_unref(watches->look);
    sd_event_unref(watches->loop);
    free(watches);
    return NULL;
}

static int on_event(sd_event_source *source, const struct inotify_event *event, void *context);

static int arm(struct watch *watch)
{
    int r = sd_event_add_inotify(watch->watches->loop, &watch->source, watch->folder, mask,
                                 on_event, watch);
    if (r >= 0)
        (void)sd_event_source_set_description(watch->source, "watch"); /* only a name in traces */
    return r;
}

static int on_look(sd_event_source *source, uint64_t usec, void *context)
{
    struct watches *watches = context;
    bool is_any_gone = false;
    for (struct watch *watch = watches->first; watch; watch = watch->next) {
        if (watch->source)
            continue;
        if (arm(watch) >= 0)
            watches->on_change(watches->context, watch->kind);
        else
            is_any_gone = true;
    }
    if (!is_any_gone)
        return 0;
    int r = sd_event_source_set_time(source, usec + look_usec);
    return r < 0 ? r : sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

/* Tells the daemon, which will find that the file is gone, and looks for the folder from now on. */
static int lose(struct watch *watch)
{
    struct watches *watches = watch->watches;
    uint64_t now = 0;
    watch->source = sd_event_source_disable_unref(watch->source);
    watches->on_change(watches->context, watch->kind);
    (void)sd_event_now(watches->loop, CLOCK_MONOTONIC, &now); /* inside a callback it cannot fail */
    if (!watches->look)
        return sd_event_add_time(watches->loop, &watches->look, CLOCK_MONOTONIC, now + look_usec,
                                 look_usec / 2, on_look, watches);
    int r = sd_event_source_set_time(watches->look, now + look_usec);
    return r < 0 ? r : sd_event_source_set_enabled(watches->look, SD_EVENT_ONESHOT);
}

/* The folder is watched, so events of its other files come too. An overflow names none: look. */
static int on_event(sd_event_source *source, const struct inotify_event *event, void *context)
{
    struct watch *watch = context;
    (void)source;
    if (event->mask & lost_mask)
        return lose(watch);
    bool is_named = !(event->mask & IN_Q_OVERFLOW) && event->len;
    if (!watch->file || !is_named || strcmp(event->name, watch->file) == 0)
        watch->watches->on_change(watch->watches->context, watch->kind);
    return 0;
}

int watches_add(struct watches *watches, const char *folder, const char *file, int kind)
{
    struct watch *watch = calloc(1, sizeof *watch);
    if (!watch)
        return -ENOMEM;
    watch->watches = watches;
    watch->kind = kind;
    watch->folder = strdup(folder);
    watch->file = file ? strdup(file) : NULL;
    int r = watch->folder && (watch->file || !file) ? arm(watch) : -ENOMEM;
    if (r < 0) {
        free(watch->folder);
        free(watch->file);
        free(watch);
        return r;
    }
    watch->next = watches->first;
    watches->first = watch;
    return 0;
}

int watches_add_path(struct watches *watches, const char *path, int kind)
{
    char folder[PATH_MAX], file[PATH_MAX];
    if (strlen(path) >= sizeof folder)
        return -ENAMETOOLONG;
    snprintf(folder, sizeof folder, "%s", path);
    snprintf(file, sizeof file, "%s", path);
    return watches_add(watches, dirname(folder), basename(file), kind);
}
