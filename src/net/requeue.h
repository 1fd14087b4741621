/* SPDX-License-Identifier: MIT */
/* requeue: may a message whose attempt came to nothing go over another connection at once? */
#ifndef CONVIER_NET_REQUEUE_H
#define CONVIER_NET_REQUEUE_H

#include "net/connection.h"
#include "net/parcels.h"

struct requeue {
    struct instant lock_step_until; /* connections do without PIPELINING before */
};

void requeue_init(struct requeue *requeue);
/* Asked once for each outcome, before it is told: it learns from them. */
bool requeue_may(struct requeue *requeue, struct parcel *parcel,
                 const struct connection *connection, const struct outcome *outcome,
                 struct instant now);

#endif
