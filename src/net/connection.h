/* SPDX-License-Identifier: MIT */
/* connection: one session with the dialogue on it; what a relay has one or several of. */
#ifndef CONVIER_NET_CONNECTION_H
#define CONVIER_NET_CONNECTION_H

#include "net/session.h"

struct connection;

struct connection_callbacks {
    void *context;
    void (*on_up)(void *context, struct connection *connection);
    /* The end, once: connecting failed (outcome says why) or the dialogue is over (outcome NULL).
     * Every message has had its outcome. Only connection_close may follow, and not from inside. */
    void (*on_gone)(void *context, struct connection *connection, const struct outcome *outcome);
    /* From inside the loop or connection_close. */
    void (*on_outcome)(void *context, struct connection *connection, void *token,
                       const struct outcome *outcome);
    /* Bytes were read and all outcomes told; what is sent now leaves with the next write. */
    void (*on_turn)(void *context);
    void (*on_dialogue)(void *context, char direction, struct text line); /* or NULL */
};

int connection_open(sd_event *event, const struct session_request *request,
                    const struct connection_callbacks *callbacks, struct connection **ret);
/* At once. Messages in hand get their outcome first. */
struct connection *connection_close(struct connection *connection);

bool connection_is_up(const struct connection *connection);
bool connection_wants_message(const struct connection *connection);
size_t connection_sent(const struct connection *connection);     /* messages taken so far */
size_t connection_accepted(const struct connection *connection); /* of them */
/* Some message's outcome already says why this connection ended: later ones are innocent of it. */
bool connection_has_culprit(const struct connection *connection);
/* As smtp_send; SMTP_E_UNSENDABLE fills *ret. The bytes leave at connection_flush. */
int connection_send(struct connection *connection, const struct message *message, void *token,
                    struct outcome *ret);
/* Writes what may be written. False: the connection died of it and on_gone was called. */
bool connection_flush(struct connection *connection);
bool connection_is_piped(const struct connection *connection); /* speaks with PIPELINING */
void connection_quit(struct connection *connection);           /* after what is in hand */

#endif
