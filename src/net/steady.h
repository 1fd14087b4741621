/* SPDX-License-Identifier: MIT */
/* steady: the clock that relays live by. It shows the real time of its start and goes on from
 * there, whoever sets the system's clock meanwhile: what left in the last hour left in the last
 * hour. */
#ifndef CONVIER_NET_STEADY_H
#define CONVIER_NET_STEADY_H

#include <systemd/sd-event.h>

#include "base/instant.h"

struct steady {
    sd_event *event; /* borrowed */
    int64_t shift_usec;
};

void steady_init(struct steady *steady, sd_event *event);
struct instant steady_now(const struct steady *steady);
/* UNSET and NEVER stay what they are. */
struct instant steady_to_real(const struct steady *steady, struct instant t);
struct instant steady_from_real(const struct steady *steady, struct instant t);

#endif
