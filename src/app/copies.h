/* SPDX-License-Identifier: MIT */
/* copies: the last good copy of each source in STATE/copies, for the next start. */
#ifndef CONVIER_APP_COPIES_H
#define CONVIER_APP_COPIES_H

#include "base/buf.h"
#include "base/instant.h"

/* The copy of what was read from a location, and since when it is that; 0, or -errno when there is
 * none to be had.                                                                                */
int copies_find(const char *state, const char *location, struct buf *ret, struct instant *ret_at);
/* Does the file at the location hold what the copy holds? */
bool copies_is_same(const char *state, const char *location);
/* Writes bytes beside the copy, some at a time, before it is known whether they are sound: reading
 * them may use them up. A copy that cannot be kept costs the next start its last good copy, nothing
 * today: it is logged. begin may give NULL, which the others accept; end waits for the disk.     */
struct copying;
struct copying *copies_begin(const char *state, const char *location, const char *name);
void copies_add(struct copying *copying, struct text bytes);
struct copying *copies_end(struct copying *copying, bool is_whole);
/* They are sound and become the copy, or are removed. */
void copies_settle(const char *state, const char *location, bool is_sound);
/* Removes the copies of all other locations: what the settings no longer name leaves nothing
 * behind, least of all the addresses of a list. */
void copies_sweep(const char *state, const char *const *locations, size_t count);

#endif
