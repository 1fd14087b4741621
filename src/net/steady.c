/* SPDX-License-Identifier: MIT */
#include "net/steady.h"

#include <time.h>

static struct instant look(const struct steady *steady, clockid_t clock)
{
    uint64_t usec = 0;
    (void)sd_event_now(steady->event, clock, &usec); /* of a loop that lives it cannot fail */
    return (struct instant){(int64_t)usec};
}

void steady_init(struct steady *steady, sd_event *event)
{
    *steady = (struct steady){.event = event};
    steady->shift_usec = instant_diff(look(steady, CLOCK_REALTIME), look(steady, CLOCK_MONOTONIC));
}

struct instant steady_now(const struct steady *steady)
{
    return instant_add(look(steady, CLOCK_MONOTONIC), steady->shift_usec);
}

/* How far the system's clock was set ahead since the start. */
static int64_t ahead_usec(const struct steady *steady)
{
    return instant_diff(look(steady, CLOCK_REALTIME), steady_now(steady));
}

struct instant steady_to_real(const struct steady *steady, struct instant t)
{
    return instant_add(t, ahead_usec(steady));
}

struct instant steady_from_real(const struct steady *steady, struct instant t)
{
    return instant_add(t, -ahead_usec(steady));
}
