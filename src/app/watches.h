/* SPDX-License-Identifier: MIT */
/* watches: tells when files change, by inotify on their folders, so that a file that an editor
 * replaces by another is still seen. A folder that goes away is looked for until it is back. */
#ifndef CONVIER_APP_WATCHES_H
#define CONVIER_APP_WATCHES_H

#include <stdbool.h>
#include <systemd/sd-event.h>

struct watches;

/* on_change fires once for each event on a watched name, from the loop. kind: as given to add. */
int watches_open(sd_event *loop, void (*on_change)(void *context, int kind), void *context,
                 struct watches **ret);
struct watches *watches_close(struct watches *watches);

/* One file of a folder; or everything in a folder when file is NULL. A folder that is not there is
 * -ENOENT, and the caller decides what that means.                                               */
int watches_add(struct watches *watches, const char *folder, const char *file, int kind);
/* The folder and name of a path. */
int watches_add_path(struct watches *watches, const char *path, int kind);

#endif
