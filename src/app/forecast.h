/* SPDX-License-Identifier: MIT */
/* forecast: what the daemon would do if nothing changed, found by letting it do it: the same passes
 * on a copy of the ledger in memory, with a clock that jumps from one due moment to the next and a
 * relay that accepts everything. */
#ifndef CONVIER_APP_FORECAST_H
#define CONVIER_APP_FORECAST_H

#include "app/house.h"

/* Called once for each notice at the moment it would leave (state OWED), or be held (HELD). mail:
 * all that the same mail tells, itself among them; empty for one that is held. All of it dies with
 * the call. Non-zero ends the forecast and is returned.                                          */
typedef int (*forecast_notice)(void *context, const struct notice *notice,
                               const struct notices *mail, struct instant leaves);

enum { FORECAST_DAYS_MAX = 5 * 365 };
/* So long after an event there may still be thanks and proceedings. */
#define FORECAST_AFTER_USEC (60 * USEC_PER_DAY)

/* The house comes from house_open_forecast, whose view holds for FORECAST_DAYS_MAX: `until` is cut
 * to that. Half-open: [now, until). 0, -errno or the callback's.                                 */
int forecast_run(struct house *house, struct instant until, forecast_notice on_notice,
                 void *context);

#endif
