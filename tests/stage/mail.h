/* SPDX-License-Identifier: MIT */
/* mail: one message as it arrived, with the few things that a test asks of it read out. Reads what
 * our own composer writes (RFC 2045, 2047), not the world's mail.                                */
#ifndef CONVIER_TESTS_STAGE_MAIL_H
#define CONVIER_TESTS_STAGE_MAIL_H

#include "base/arena.h"
#include "base/instant.h"

enum { MAIL_RECIPIENTS_MAX = 24 };

struct mail {
    struct instant at;
    size_t server;                               /* number of the one that took it */
    const char *sender;                          /* of the envelope */
    const char *recipients[MAIL_RECIPIENTS_MAX]; /* of the envelope */
    size_t recipient_count;
    struct text bytes; /* as sent, without dot-stuffing and final dot */
    /* Decoded: */
    const char *to, *subject, *message_id; /* message_id without brackets; "" when absent */
    const char *text;                      /* the plain part, LF lines */
    const char *calendar;                  /* the text/calendar part, LF lines; "" when absent */
};

/* Fills what is decoded from bytes. 0 or -ENOMEM. */
int mail_read(struct arena *arena, struct mail *mail);
/* A header by its name, unfolded and decoded; "" when absent, NULL without memory. */
const char *mail_header(struct arena *arena, const struct mail *mail, const char *name);

#endif
