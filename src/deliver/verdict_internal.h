/* SPDX-License-Identifier: MIT */
/* verdict_internal: the table that deliver/verdict.c reads. Only these two files include it. */
#ifndef CONVIER_DELIVER_VERDICT_INTERNAL_H
#define CONVIER_DELIVER_VERDICT_INTERNAL_H

#include <stddef.h>

#include "model/outcome.h"

enum verdict_decision {
    BY_CODE, /* 4yz deferred, 5yz refused */
    POLICY,  /* the same; whose policy nobody says: it may be about us */
    WAIT,    /* deferred whatever the class */
    STOP,    /* deferred, and the queue pauses as for a quota */
    LOGIN    /* deferred, and the queue pauses until the login is seen to */
};

enum { ANY_STAGE = -1, ANY_CODE = 0 };

struct verdict_rule {
    int stage;            /* or ANY_STAGE */
    int code;             /* 550; 5 = any 5yz; ANY_CODE */
    const char *enhanced; /* ".7.1" = 4.7.1 and 5.7.1, ".7." = the whole subject; NULL = any */
    const char *words;    /* one of them, separated by '|', lower case; NULL = any */
    enum verdict_decision decision;
    enum fault fault;
};

extern const struct verdict_rule verdict_rules[];
extern const size_t verdict_rule_count;

/* What "slow down" looks like, when no code says so. */
extern const char verdict_throttle_words[];
/* What "enough for this connection" looks like, at MAIL. */
extern const char verdict_session_words[];

#endif
