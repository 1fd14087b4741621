/* SPDX-License-Identifier: MIT */
/* several: what one mail is about, in the order of its telling: the request's own occurrence and
 * those that came with it. Nearly every mail is about one; an issue that was written by hand may be
 * about none.                                       */
#ifndef CONVIER_COMPOSE_SEVERAL_H
#define CONVIER_COMPOSE_SEVERAL_H

#include "compose/composer.h"

struct several {
    const struct compose_item *items; /* by start in the reader's zone, then by key */
    size_t count;                     /* 0 only for an issue */
    struct compose_item own;          /* what items is when there is only one */
};

/* 0 or -ENOMEM. ret must not move afterwards. */
int several_of(struct arena *arena, const struct compose_request *request, struct several *ret);

/* One word for the reader's absence notices: is anybody invited by this mail? */
bool several_invites(const struct several *several);

#endif
