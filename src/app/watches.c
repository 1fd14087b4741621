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
                             IN_ATTRIB | IN_ONLYDIR | IN_EXCL_UNLINK;

struct watch {
    struct watch *next;
    struct watches *watches;
    sd_event_source *source;
    char *file; /* NULL: any */
    int kind;
};

struct watches {
    sd_event *loop;
    void (*on_change)(void *context, int kind);
    void *context;
    struct watch *first;
};

int watches_open(sd_event *loop, void (*on_change)(void *context, int kind), void *context,
                 struct watches **ret)
{
    struct watches *watches = calloc(1, sizeof *watches);
    if (!watches)
        return -ENOMEM;
    *watches = (struct watches){sd_event_ref(loop), on_change, context, NULL};
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
        free(watch->file);
        free(watch);
    }
    sd_event_unref(watches->loop);
    free(watches);
    return NULL;
}

/* The folder is watched, so events of its other files come too. An overflow names none: look. */
static int on_event(sd_event_source *source, const struct inotify_event *event, void *context)
{
    struct watch *watch = context;
    (void)source;
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
    watch->file = file ? strdup(file) : NULL;
    int r = file && !watch->file ? -ENOMEM
                                 : sd_event_add_inotify(watches->loop, &watch->source, folder, mask,
                                                        on_event, watch);
    if (r < 0) {
        free(watch->file);
        free(watch);
        return r;
    }
    (void)sd_event_source_set_description(watch->source, "watch"); /* only a name in traces */
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
