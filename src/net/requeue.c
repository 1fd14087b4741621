/* SPDX-License-Identifier: MIT */
/* requeue: a connection that broke without a word about a message says nothing against it.
 *
 * It goes over another one always if an older message took the blame or not a word of it was said;
 * once if the connection had worked before (servers close after so many messages, or refused
 * recipients) or if it may have been PIPELINING that went wrong. Each break blames one message, and
 * "enough for this session" needs a session that took some, so this comes to an end.             */
#include "net/requeue.h"

#include "deliver/verdict.h"

#define LOCK_STEP_USEC USEC_PER_HOUR

void requeue_init(struct requeue *requeue)
{
    requeue->lock_step_until = INSTANT_UNSET;
}

/* Some firewalls and servers offer PIPELINING and forget what was said ahead of their answers: the
 * envelope is never answered. The next connection then speaks in lock-step, and if that is no
 * better, with PIPELINING again. True: this outcome is what made us change.                      */
static bool learn_pipelining(struct requeue *requeue, const struct connection *connection,
                             const struct outcome *outcome, struct instant now)
{
    bool is_mute = !outcome->code && outcome->stage >= STAGE_MAIL && outcome->stage <= STAGE_DATA;
    if (!is_mute)
        return false;
    requeue->lock_step_until =
        connection_is_piped(connection) ? instant_add(now, LOCK_STEP_USEC) : INSTANT_UNSET;
    return connection_is_piped(connection);
}

bool requeue_may(struct requeue *requeue, struct parcel *parcel,
                 const struct connection *connection, const struct outcome *outcome,
                 struct instant now)
{
    bool is_silent_loss = outcome->verdict == VERDICT_DEFERRED && !outcome->code;
    if (is_silent_loss && (outcome->stage == STAGE_CONNECT || connection_has_culprit(connection)))
        return true;
    if (!is_silent_loss && verdict_brake(outcome) != VERDICT_BRAKE_CLOSE)
        return false;
    if (!connection_accepted(connection) && !learn_pipelining(requeue, connection, outcome, now))
        return false;
    if (outcome->code && outcome->code != 421)
        return true; /* enough for this session, said before a word about the message */
    if (parcel->was_requeued)
        return false;
    parcel->was_requeued = true;
    return true;
}
