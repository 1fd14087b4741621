/* SPDX-License-Identifier: MIT */
/* smtp: the client's side of an SMTP dialogue after the session is up (EHLO, TLS and AUTH done), as
 * a machine: bytes in, bytes out, time as an argument (RFC 5321, 2920, 1870, 3461). No socket.
 *
 * The driver writes what smtp_output gives, feeds what it reads, and calls smtp_timeout at
 * smtp_deadline. Messages are borrowed until their outcome is told, exactly once each, from inside
 * smtp_input, smtp_closed, smtp_timeout or smtp_free, never from smtp_send or smtp_output.
 * on_outcome may call smtp_send; it may not free the machine.
 *
 * Several recipients: the first one (To) decides the outcome; a refused copy is named in the reply
 * of an accepted message and loses nothing.                                                      */
#ifndef CONVIER_DELIVER_SMTP_H
#define CONVIER_DELIVER_SMTP_H

#include "base/buf.h"
#include "base/instant.h"
#include "model/message.h"
#include "model/outcome.h"

struct smtp;

struct smtp_capabilities {
    bool has_pipelining, has_dsn, has_size, has_8bitmime, has_smtputf8, has_starttls;
    int64_t size_max; /* 0 = not said */
    bool auth_plain, auth_login, auth_cram_md5, auth_xoauth2, auth_oauthbearer;
};
/* Reads the lines of an EHLO reply ("250-PIPELINING" … or bare keywords). */
void smtp_capabilities_parse(struct text ehlo_lines, struct smtp_capabilities *ret);

struct smtp_callbacks {
    void *context;
    /* The fate of one message. token: as given to smtp_send. */
    void (*on_outcome)(void *context, void *token, const struct outcome *outcome);
};

struct smtp *smtp_new(const struct smtp_capabilities *capabilities,
                      const struct smtp_callbacks *callbacks);
struct smtp *smtp_free(struct smtp *smtp); /* with messages in hand: their outcome is told first */

enum { SMTP_E_UNSENDABLE = 1 }; /* the message may not go over this connection as it is */

/* May this message travel here? SMTP_E_UNSENDABLE and the outcome (stage MAIL, RCPT or DATA, code
 * 0, REFUSED): an address that would break the dialogue or needs SMTPUTF8, no recipient, bytes that
 * are not CRLF lines, or more of them than the server's SIZE. smtp_send asks this itself; a driver
 * whose message it refuses asks here for the reason.                                             */
int smtp_vet(const struct smtp_capabilities *capabilities, const struct message *message,
             struct outcome *ret);

bool smtp_wants_message(const struct smtp *smtp); /* there is room for one more now */
bool smtp_is_dead(const struct smtp *smtp); /* out of step, 421, closed: close the connection */
/* 0, SMTP_E_UNSENDABLE (smtp_vet says why), -EBUSY (no room) or -EPIPE (dead or quitting); the
 * message was taken only if 0.                                                                   */
int smtp_send(struct smtp *smtp, const struct message *message, void *token, struct instant now);
size_t smtp_in_hand(const struct smtp *smtp);
void smtp_quit(struct smtp *smtp, struct instant now); /* after what is in hand */
bool smtp_is_done(const struct smtp *smtp);            /* QUIT answered or dead, nothing in hand */

/* What is to be written; tell with smtp_written how much of it left, in order. The bytes neither
 * move nor grow until all of them are told as written (TLS libraries ask for that), whatever else
 * is called in between. A driver must not tell bytes as written that the peer cannot read yet, nor
 * keep silent on bytes that it can: the line between deferred and uncertain is drawn there.      */
struct text smtp_output(struct smtp *smtp);
void smtp_written(struct smtp *smtp, size_t size, struct instant now);
void smtp_input(struct smtp *smtp, struct text bytes, struct instant now);
void smtp_closed(struct smtp *smtp, const char *why,
                 struct instant now);                  /* peer or network ended it */
struct instant smtp_deadline(const struct smtp *smtp); /* RFC 5321 4.5.3.2; NEVER when idle */
void smtp_timeout(struct smtp *smtp, struct instant now);

#endif
