/* SPDX-License-Identifier: MIT */
/* verdict: what a reply means, and when to try again. The one place that knows.
 * Sources: RFC 3463, RFC 5248, RFC 5321 4.2, and the texts of large providers.                   */
#ifndef CONVIER_DELIVER_VERDICT_H
#define CONVIER_DELIVER_VERDICT_H

#include "base/instant.h"
#include "model/outcome.h"

/* Fills the whole outcome. reply: the reply's text without the code; its enhanced code is read from
 * it. A 2xx is ACCEPTED only after the dot; elsewhere it is no answer to a message.
 * UNCERTAIN only for code 0 at STAGE_DOT. A 4xx, and whatever asks for patience (a quota, a login,
 * a greylist), is DEFERRED; other 5xx are REFUSED. code 0 = no reply at this stage (closed, timed
 * out); text then says what happened. */
void verdict_of(enum smtp_stage stage, int code, struct text reply, struct outcome *ret);

/* When a deferred or uncertain notice should be tried again: 5, 15, 30, 60 min, then 2 to 3 h, with
 * jitter drawn from `seed` (the notice's id). attempts: made so far, at least 1.                 */
struct instant verdict_next_try(int attempts, uint64_t seed, struct instant now);

/* A policy that stands, or may stand, against us: spam, DKIM, "you may not send", or one of which
 * nobody says more. Not what a recipient decided about his own mailbox.                          */
bool verdict_is_policy(const struct outcome *outcome);

/* Policy refusals in a row (spam, DKIM, "you may not send"): the third one in a row sets
 * outcome->must_pause, as going on would only make the reputation worse. *streak starts at 0.   */
void verdict_streak(int *streak, struct outcome *outcome);

/* What a pacer must know of an outcome. */
enum verdict_brake {
    VERDICT_BRAKE_NONE,
    VERDICT_BRAKE_CLOSE, /* 421, or enough in one session: go on over another connection */
    VERDICT_BRAKE_SLOW,  /* throttled: stop for minutes, come back on one connection */
    VERDICT_BRAKE_QUOTA, /* an hour's or a day's allowance is used up */
    VERDICT_BRAKE_LOGIN
};
enum verdict_brake verdict_brake(const struct outcome *outcome);

#endif
