/* SPDX-License-Identifier: MIT */
/* server: an SMTP submission server in memory, and the sessions that lead to it: this file is
 * linked in place of net/session. It obeys SMTP, with PIPELINING or without, but for its faults. */
#ifndef CONVIER_TESTS_STAGE_SERVER_H
#define CONVIER_TESTS_STAGE_SERVER_H

#include "stage/fate.h"
#include "stage/mail.h"

enum server_place {
    SERVER_CONNECT, /* before its greeting */
    SERVER_LOGIN,
    SERVER_MAIL,
    SERVER_RCPT,
    SERVER_DATA, /* the command */
    SERVER_BODY, /* in the middle of the text */
    SERVER_DOT
};
enum server_deed {
    SERVER_REPLIES,       /* with the fault's text instead of the usual answer */
    SERVER_REPLIES_CUTS,  /* … and closes */
    SERVER_CUTS,          /* closes without an answer */
    SERVER_TAKES_CUTS,    /* at the dot: takes the message, closes without an answer */
    SERVER_TAKES_SILENCE, /* at the dot: takes it, and never says so */
    SERVER_SILENCE        /* never answers on this connection again */
};

struct server_fault {
    enum server_place place;
    enum server_deed deed;
    const char *reply;    /* "451 4.7.1 come back later"; NULL = a plausible one */
    const char *address;  /* only about this recipient; NULL = any */
    int times;            /* then it is over; -1 = never */
    struct instant until; /* then it is over; NEVER */
};

struct server;

struct server *server_new(size_t number, struct fate *fate);
size_t server_kept_bytes(const struct server *server); /* of faults and mails */
struct server *server_free(struct server *server);

void server_add_fault(struct server *server, const struct server_fault *fault); /* copied */
void server_clear_faults(struct server *server);
void server_set_pipelining(struct server *server, bool has_pipelining); /* true at first */
/* How long each answer takes (0), and how many bytes it takes in one write (0 = all). */
void server_set_pace(struct server *server, int64_t latency_usec, size_t window_bytes);

size_t server_mail_count(const struct server *server);
const struct mail *server_mail(const struct server *server, size_t i); /* in order of arrival */
size_t server_connections(const struct server *server);                /* so far */
/* Fires when a mail was taken. */
void server_on_mail(struct server *server, void (*on_mail)(void *, const struct mail *), void *);

/* Whom session_open reaches for a relay's settings; the stage says. */
struct relay_settings;
typedef struct server *(*server_finder)(void *context, const struct relay_settings *settings);
void server_set_finder(server_finder find, void *context);

#endif
