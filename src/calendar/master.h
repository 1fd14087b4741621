/* SPDX-License-Identifier: MIT */
/* master: which component of one UID says how the series goes (RFC 5545 3.8.4.4). */
#ifndef CONVIER_CALENDAR_MASTER_H
#define CONVIER_CALENDAR_MASTER_H

#include "base/flaw.h"
#include "calendar/component.h"

/* Newer by SEQUENCE, then DTSTAMP; of equals the later one in the file. */
bool master_is_newer(const struct component *a, const struct component *b);

/* Whether the master would be one whose repetition is refused, which is told: the series is to be
 * set aside. Beside a master such a one is an override like others.                              */
bool master_is_refused(struct component *const *components, size_t count, struct flaws *flaws);

/* The master of the components of one UID, or NULL. What stays in the list, of *count now, are the
 * overrides. Tells of masters that are not chosen and of overrides that would repeat.            */
struct component *master_take(struct component **components, size_t *count, struct flaws *flaws);

#endif
