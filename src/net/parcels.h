/* SPDX-License-Identifier: MIT */
/* parcels: the messages that a relay holds, in order, each with its owner's token. */
#ifndef CONVIER_NET_PARCELS_H
#define CONVIER_NET_PARCELS_H

#include <stdbool.h>
#include <stddef.h>

#include "model/message.h"
#include "model/outcome.h"

struct parcel {
    struct parcel *next;
    const struct message *message; /* borrowed */
    void *token;
    bool was_requeued;      /* though it may itself be why its connection broke */
    bool is_back;           /* waits again after it was on a connection */
    struct outcome outcome; /* of one that is to be told */
};

struct parcels {
    struct parcel *first, **end;
    size_t count;
};

void parcels_init(struct parcels *parcels);
void parcels_append(struct parcels *parcels, struct parcel *parcel);
/* In front of those that never left, behind those that came back before it: order is kept. */
void parcels_put_back(struct parcels *parcels, struct parcel *parcel);
struct parcel *parcels_take(struct parcels *parcels); /* the first, or NULL */

#endif
