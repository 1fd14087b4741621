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
/* Writes bytes beside the copy, before it is known whether they are sound: reading them may use
 * them up. A copy that cannot be kept costs the next start its last good copy, nothing today: it is
 * logged.                                                                                        */
void copies_prepare(const char *state, const char *location, const char *name, struct text bytes);
/* They are sound and become the copy, or are removed. */
void copies_settle(const char *state, const char *location, bool is_sound);

#endif
