/* SPDX-License-Identifier: MIT */
/* series: all components of one UID, and the occurrences that they make together (RFC 5545
 * 3.8.5, 3.8.4.4): master and overrides, dates added and excluded, THISANDFUTURE.                */
#ifndef CONVIER_CALENDAR_SERIES_H
#define CONVIER_CALENDAR_SERIES_H

#include "calendar/component.h"
#include "calendar/expansion.h"

struct series {
    struct component *master;     /* NULL: only overrides are known */
    struct component **overrides; /* ascending by id, each id once */
    size_t override_count;
};

/* Assembles the components of one UID, given in file order; the array is reordered and becomes the
 * series' own. zone is the calendar's.                                                           */
void series_assemble(struct component **components, size_t count, const struct zone *zone,
                     struct flaws *flaws, struct series *ret);

enum { SERIES_INSTANCES_MAX = 20000 }; /* of one series in one window */

struct series_window {
    struct instant from, until;
    struct instant alone_until; /* the same for what no rule makes: single events and overrides */
    const struct zone *zone;    /* on whose midnights all-day events begin */
    int64_t steps_left;         /* work allowed, for all series together */
    int64_t instances_left;     /* instances of rules allowed, for all series together */
    struct flaws *flaws;
};

/* Adds the occurrences that overlap the window, in no particular order, to a list whose items lie
 * on the heap and are the caller's to free; what they point to is in the arena. scratch is cleared.
 * 0 or -ENOMEM.                                                                                  */
int series_expand(struct arena *arena, struct arena *scratch, const struct series *series,
                  struct series_window *window, struct occurrences *occurrences);

#endif
