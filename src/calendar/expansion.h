/* SPDX-License-Identifier: MIT */
/* expansion: the series of a feed into their occurrences in a window. Pure. */
#ifndef CONVIER_CALENDAR_EXPANSION_H
#define CONVIER_CALENDAR_EXPANSION_H

#include "calendar/feed.h"

/* LIST of occurrences; those that overlap [from, until) or, when of no length, start in it.
 * Cancelled ones are there, as tombstones. Ordered by start instant (all-day: local midnight in the
 * feed's zone), then key. Flaws name series that were capped.                                    */
LIST_TYPE(occurrences, struct occurrence);
int expansion_run(struct arena *arena, const struct feed *feed, struct instant from,
                  struct instant until, struct flaws *flaws, struct occurrences *ret);

/* The same some series at a time, no more than about max occurrences at once: *ret is set with
 * *ret_is_done. All that is given is borrowed until the close, which accepts NULL and returns it.
 */
struct expansion;
int expansion_open(struct arena *arena, const struct feed *feed, struct instant from,
                   struct instant until, struct flaws *flaws, struct expansion **ret);
/* Before the first step: single events and what overrides moved are wanted until a later moment.
 * There is no end of instances of rules, but these are as many as the feed has.                  */
void expansion_look_ahead(struct expansion *expansion, struct instant alone_until);
int expansion_step(struct expansion *expansion, size_t max, struct occurrences *ret,
                   bool *ret_is_done);
struct expansion *expansion_close(struct expansion *expansion);

#endif
