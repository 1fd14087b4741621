/* SPDX-License-Identifier: MIT */
/* verdict: what a reply means, and when to try again. The one place that knows.
 * Sources: RFC 3463, RFC 5248, RFC 5321 4.2, and the texts of large providers.                   */
#ifndef CONVIER_DELIVER_VERDICT_H
#define CONVIER_DELIVER_VERDICT_H

#include "base/instant.h"
#include "model/outcome.h"

/* code 0 = no reply at this stage (closed, timed out); text then says what happened. */
void verdict_of(enum smtp_stage stage, int code, struct text reply, struct outcome *ret);

/* When a deferred or uncertain notice should be tried again: 5, 15, 30, 60 min, then 2 to 3 h, with
 * jitter drawn from `seed` (the notice's id). attempts: made so far, at least 1.                 */
struct instant verdict_next_try(int attempts, uint64_t seed, struct instant now);

#endif
