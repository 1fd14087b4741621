/* SPDX-License-Identifier: MIT */
#include "net/depth.h"

enum {
    MESSAGES_FIRST = 4,
    TAKEN_MAX = 1024, /* of all connections */
};
#define MEASURE_USEC (100 * 1000)
#define AHEAD_USEC   (500 * 1000) /* what the relay takes in this time is taken in advance */

void depth_init(struct depth *depth)
{
    *depth = (struct depth){.messages = MESSAGES_FIRST, .measured_from = INSTANT_UNSET};
}

void depth_measure(struct depth *depth, size_t connections, struct instant now)
{
    int64_t elapsed_usec = instant_diff(now, depth->measured_from);
    if (elapsed_usec < MEASURE_USEC)
        return;
    int64_t ahead = depth->outcomes * AHEAD_USEC / elapsed_usec;
    size_t share =
        (size_t)(ahead < TAKEN_MAX ? ahead : TAKEN_MAX) / (connections ? connections : 1);
    depth->messages = share < MESSAGES_FIRST ? MESSAGES_FIRST : share;
    depth->outcomes = 0;
    depth->measured_from = now;
}
