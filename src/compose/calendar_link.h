/* SPDX-License-Identifier: MIT */
/* calendar_link: addresses that open a filled-in event at Google or Outlook on the web, for readers
 * whose mail program shows no invitation. Customary formats; in the arena, NULL = no memory. */
#ifndef CONVIER_COMPOSE_CALENDAR_LINK_H
#define CONVIER_COMPOSE_CALENDAR_LINK_H

#include "base/arena.h"
#include "model/event.h"

struct calendar_link_input {
    const char *title, *place, *link; /* NULL = none; link is the text of the event */
    const struct when *when;
};

const char *calendar_link_google(struct arena *arena, const struct calendar_link_input *input);
const char *calendar_link_outlook(struct arena *arena, const struct calendar_link_input *input);

#endif
