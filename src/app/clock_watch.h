/* SPDX-License-Identifier: MIT */
/* clock_watch: tells when somebody sets the system's clock (timerfd_create(2), CANCEL_ON_SET). The
 * loop's timers follow the new time, but what was reckoned by the old one wants to be looked at. */
#ifndef CONVIER_APP_CLOCK_WATCH_H
#define CONVIER_APP_CLOCK_WATCH_H

#include <systemd/sd-event.h>

struct clock_watch;

/* on_set fires from inside the loop, after each setting. */
int clock_watch_open(sd_event *loop, void (*on_set)(void *context), void *context,
                     struct clock_watch **ret);
struct clock_watch *clock_watch_close(struct clock_watch *watch);

#endif
