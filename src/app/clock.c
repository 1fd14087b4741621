/* SPDX-License-Identifier: MIT */
#include "app/clock.h"

#include <time.h>

static struct instant real_now(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_REALTIME, &ts);
    return (struct instant){(int64_t)ts.tv_sec * USEC_PER_SEC + ts.tv_nsec / 1000};
}

uint64_t clock_monotonic(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * USEC_PER_SEC + (uint64_t)ts.tv_nsec / 1000;
}

struct instant clock_now(const struct clock *clock)
{
    return clock->is_frozen ? clock->frozen : instant_add(real_now(), clock->shift_usec);
}

struct clock clock_real(void)
{
    return (struct clock){0};
}

struct clock clock_starting_at(struct instant t)
{
    return (struct clock){
        .shift_usec = instant_diff(t, real_now()), .is_frozen = true, .frozen = t};
}

void clock_let_go(struct clock *clock)
{
    if (clock->is_frozen)
        *clock = (struct clock){.shift_usec = instant_diff(clock->frozen, real_now())};
}

void clock_freeze(struct clock *clock, struct instant t)
{
    clock->is_frozen = true;
    clock->frozen = t;
}

struct instant clock_to_real(const struct clock *clock, struct instant t)
{
    return instant_add(t, -clock->shift_usec);
}

struct instant clock_from_real(const struct clock *clock, struct instant t)
{
    return instant_add(t, clock->shift_usec);
}
