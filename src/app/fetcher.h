/* SPDX-License-Identifier: MIT */
/* fetcher: downloads the sources that are addresses, when their time has come, and offers what came
 * to sources. A failure is that source's trouble and is tried again ever more slowly.            */
#ifndef CONVIER_APP_FETCHER_H
#define CONVIER_APP_FETCHER_H

#include <systemd/sd-event.h>

#include "app/clock.h"
#include "app/sources.h"

struct fetcher;

/* on_read fires after each download that ended, also in failure. */
int fetcher_open(sd_event *loop, const struct settings *settings, struct sources *sources,
                 const struct clock *clock, void (*on_read)(void *context), void *context,
                 struct fetcher **ret);
struct fetcher *fetcher_close(struct fetcher *fetcher);

/* Starts every download that is due (all that are not under way when `all`). */
int fetcher_start(struct fetcher *fetcher, bool all);
size_t fetcher_under_way(const struct fetcher *fetcher);
struct instant fetcher_next(const struct fetcher *fetcher); /* NEVER without addresses */

/* Fetches every address once and waits: for commands. on_wait fires now and then meanwhile, once a
 * second at least. */
int fetcher_fetch_all(const struct settings *settings, struct sources *sources,
                      const struct clock *clock,
                      void (*on_wait)(void *context, size_t done, size_t total), void *context);

#endif
