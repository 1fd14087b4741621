/* SPDX-License-Identifier: MIT */
/* horizon: the occurrences of all calendars in force, as far as any step of a rule can reach.
 * Expanded again when a calendar changed or the window has slid.                      */
#ifndef CONVIER_APP_HORIZON_H
#define CONVIER_APP_HORIZON_H

#include "app/sources.h"
#include "calendar/expansion.h"
#include "model/facts.h"

struct viewed {
    const struct occurrence *occurrence;
    const struct facts *facts; /* NULL: no rule speaks about it */
    size_t source;             /* index in sources */
};

struct horizon;

/* slack_days: how far `now` may move before the window is expanded again, which ends every pointer
 * into the view; 0 = a month. Forecasts, which keep pointers, ask for all of their span.         */
int horizon_new(const struct settings *settings, struct sources *sources, int slack_days,
                struct horizon **ret);
struct horizon *horizon_free(struct horizon *horizon);

/* Brings it up to date; ret_changed (may be NULL): whether anything was expanded again. Pointers
 * into an earlier view die then.                                                                 */
int horizon_refresh(struct horizon *horizon, struct instant now, bool *ret_changed);
/* Does a part of the work of the next horizon_refresh, which takes long for long calendars: about
 * max occurrences, until *ret_is_done. The view stays what it is.                                */
int horizon_prepare(struct horizon *horizon, struct instant now, size_t max, bool *ret_is_done);

/* Sorted by occurrence key (bytes), unique: where two calendars hold the same UID, the first in the
 * settings' order speaks.                                                                        */
const struct viewed *horizon_items(const struct horizon *horizon, size_t *ret_count);
/* The same items in the order of their start: what comes first is planned first. NULL: no items. */
const size_t *horizon_by_start(const struct horizon *horizon);
const struct viewed *horizon_find(const struct horizon *horizon, const char *key); /* or NULL */

/* The facts of an item; made in the arena when no rule speaks about it. 0 or -errno. */
int horizon_facts(struct arena *arena, const struct viewed *viewed, const struct facts **ret);

/* All that a calendar holds, even far beyond the window, into the arena: for "moved three years
 * ahead" against "vanished". */
int horizon_open_far(const struct horizon *horizon, struct arena *arena, size_t source,
                     struct instant now, struct flaws *flaws, struct expansion **ret);

#endif
