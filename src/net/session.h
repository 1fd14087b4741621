/* SPDX-License-Identifier: MIT */
/* session: a connection to a submission server, resolved, secured and logged in by libcurl, then
 * plain bytes both ways. What is said afterwards is deliver/smtp's; who says it is connection's. */
#ifndef CONVIER_NET_SESSION_H
#define CONVIER_NET_SESSION_H

#include <stdbool.h>
#include <sys/types.h>

#include <systemd/sd-event.h>

#include "deliver/smtp.h"
#include "model/outcome.h"
#include "model/settings.h"

struct session;

struct session_callbacks {
    void *context;
    /* Exactly one of the two, once, from inside the loop. After on_failed only session_close. */
    void (*on_up)(void *context, const struct smtp_capabilities *capabilities);
    void (*on_failed)(void *context, const struct outcome *outcome);
    /* The socket may be read or written: read until -EAGAIN, as TLS keeps bytes that no event
     * announces.                                                                                 */
    void (*on_ready)(void *context);
    void (*on_dialogue)(void *context, char direction, struct text line); /* or NULL */
};

struct session_request {
    const struct relay_settings *settings;
    const char *secret; /* password or token; NULL = none. Not used after session_open */
    bool is_token;
    bool is_lock_step;     /* one command at a time, even if the relay offers PIPELINING */
    int64_t patience_usec; /* for each answer while connecting; 0 = RFC 5321's 5 min */
};

int session_open(sd_event *event, const struct session_request *request,
                 const struct session_callbacks *callbacks, struct session **ret);
struct session *session_close(struct session *session); /* at once, without QUIT */

/* Bytes read (0 = the peer closed), -EAGAIN, or another negative errno: the connection is lost. */
ssize_t session_read(struct session *session, char *data, size_t size);
/* No TLS: a read that did not fill its buffer has emptied the socket. */
bool session_is_clear(const struct session *session);
/* Bytes handed to the kernel, whole TLS records only; -EAGAIN: ask again with the same bytes. */
ssize_t session_write(struct session *session, struct text bytes);
/* Whether on_ready should also fire when the socket may be written. */
int session_watch_writing(struct session *session, bool is_wanted);

#endif
