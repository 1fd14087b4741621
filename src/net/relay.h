/* SPDX-License-Identifier: MIT */
/* relay: connections to the SMTP submission server, on the sd-event loop.
 *
 * libcurl resolves, connects, secures and logs in (CURLOPT_CONNECT_ONLY); deliver/smtp talks.
 * Connections are opened when there is something to send and closed with QUIT when idle.         */
#ifndef CONVIER_NET_RELAY_H
#define CONVIER_NET_RELAY_H

#include <systemd/sd-event.h>

#include "model/message.h"
#include "model/outcome.h"
#include "model/settings.h"

struct relay;

/* Callbacks may send; they may not close the relay. */
struct relay_callbacks {
    void *context;
    /* The fate of one message: exactly once for each relay_send that returned 0, never from inside
     * it. The message and its bytes are no longer used after it.                                 */
    void (*on_outcome)(void *context, void *token, const struct outcome *outcome);
    /* There is room for at least one more message; may fire from inside the loop only. */
    void (*on_room)(void *context);
    /* A line of the dialogue, secrets masked; NULL = not wanted. direction: '>' ours, '<' theirs.
     */
    void (*on_dialogue)(void *context, char direction, struct text line);
    /* Only by relays (several): messages pass from one relay to the next, and why; told once until
     * it takes mail again, and again if a login or a quota stands in the way. NULL = not wanted. */
    void (*on_fallback)(void *context, const struct relay_settings *from,
                        const struct relay_settings *to, const struct outcome *why);
    /* A throttle or a quota: nothing is sent before `until` (real time). Who wants that to hold
     * across a restart keeps it, and says it again by relay_rest. NULL = not wanted.             */
    void (*on_rest)(void *context, const struct relay_settings *settings, struct instant until,
                    const struct outcome *why);
};

/* password: the secret's text or NULL; copied and wiped at close. settings are borrowed. */
int relay_open(sd_event *loop, const struct relay_settings *settings, const char *password,
               const struct relay_callbacks *callbacks, struct relay **ret);
struct relay *relay_close(struct relay *relay); /* at once; messages in hand get their outcome */

/* How many messages to give it now: what connections and pacing allow, but none until it is done
 * with half of what it took, so that they come in groups.                                        */
size_t relay_room(const struct relay *relay);
/* message and its bytes are borrowed until on_outcome. -EBUSY: it has as many as it can take. */
int relay_send(struct relay *relay, const struct message *message, void *token);
/* Until the next relay_send nothing begins to leave: what waits for a connection is told so, as
 * nobody's fault; what a connection has is finished, or fails with it. */
void relay_recall(struct relay *relay);
/* Finishes what is in hand, says QUIT, takes nothing more; on_outcome still fires. */
void relay_drain(struct relay *relay);
/* When pacing will next give room; INSTANT_UNSET = now, NEVER = only after an outcome. */
struct instant relay_next_room(const struct relay *relay);
/* Unreachable, refusing our login, over its quota …: nothing is sent until relay_next_room. A relay
 * that is merely busy or paced is not in trouble.                                                */
bool relay_is_in_trouble(const struct relay *relay);
/* Caps every wait for an answer, in place of the setting: for test mails and tests; 0 = RFC 5321's
 * minutes.                                                                                       */
void relay_set_patience(struct relay *relay, int64_t usec);
/* Nothing is sent before `until` (real time): what on_rest told before a restart. */
void relay_rest(struct relay *relay, struct instant until);
/* Tells the pacer what was handed over before a restart, so that limits hold across it. */
void relay_count_sent(struct relay *relay, size_t count, struct instant at);

/* Connects, logs in, says QUIT: for `check`. on_done fires exactly once, never from inside;
 * on_dialogue as for a relay.                                                                    */
struct relay_probe_callbacks {
    void *context;
    void (*on_done)(void *context, const struct outcome *outcome);
    void (*on_dialogue)(void *context, char direction, struct text line); /* or NULL */
};
int relay_probe(sd_event *loop, const struct relay_settings *settings, const char *password,
                const struct relay_probe_callbacks *callbacks);

#endif
