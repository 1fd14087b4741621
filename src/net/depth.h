/* SPDX-License-Identifier: MIT */
/* depth: how many messages a relay takes for each connection, in flight and waiting. A fast relay
 * is given more in advance, so that it has something to do while the ledger commits the next
 * claims; a slow one little, as each claimed message is a question after a crash. */
#ifndef CONVIER_NET_DEPTH_H
#define CONVIER_NET_DEPTH_H

#include <stddef.h>

#include "base/instant.h"

struct depth {
    size_t messages; /* what goes in half a second */
    struct instant measured_from;
    int64_t outcomes; /* since */
};

void depth_init(struct depth *depth);
void depth_measure(struct depth *depth, size_t connections, struct instant now);

#endif
