/* SPDX-License-Identifier: MIT */
/* packed_event: a struct event without its empty places. A feed keeps every event that it read,
 * most places of most events are empty, and few are inside the window that is asked for. */
#ifndef CONVIER_CALENDAR_PACKED_EVENT_H
#define CONVIER_CALENDAR_PACKED_EVENT_H

#include "base/arena.h"
#include "model/event.h"

struct packed_event;

/* The strings and lists stay where they are. NULL = no memory. */
const struct packed_event *packed_event_new(struct arena *arena, const struct event *event);
void packed_event_open(const struct packed_event *packed, struct event *ret);

#endif
