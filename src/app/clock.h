/* SPDX-License-Identifier: MIT */
/* clock: the house's only view of the time of day.
 *
 * The real one, the real one shifted (`--at`: it stands at T while a question is answered or a
 * first turn looks at everything, and ticks on when it is let go), or one that stands still until
 * it is set (forecasts, tests). */
#ifndef CONVIER_APP_CLOCK_H
#define CONVIER_APP_CLOCK_H

#include "base/instant.h"

struct clock {
    int64_t shift_usec; /* added to the real time */
    bool is_frozen;     /* then `frozen` is the time */
    struct instant frozen;
};

struct instant clock_now(const struct clock *clock);
struct clock clock_real(void);
struct clock clock_starting_at(struct instant t);
void clock_let_go(struct clock *clock); /* one that stands ticks on from where it stands */
void clock_freeze(struct clock *clock, struct instant t);
/* How long something takes: microseconds that nobody sets. */
uint64_t clock_monotonic(void);
/* The real time at which this clock will show t, for timers of the system. */
struct instant clock_to_real(const struct clock *clock, struct instant t);
struct instant clock_from_real(const struct clock *clock, struct instant t);

#endif
