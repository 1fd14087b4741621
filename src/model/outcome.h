/* SPDX-License-Identifier: MIT */
/* outcome: what became of one attempt to hand one message to the relay. */
#ifndef CONVIER_MODEL_OUTCOME_H
#define CONVIER_MODEL_OUTCOME_H

#include "base/text.h"

enum verdict { VERDICT_ACCEPTED, VERDICT_DEFERRED, VERDICT_REFUSED, VERDICT_UNCERTAIN };
const char *verdict_to_text(enum verdict verdict);

/* Whose fault a deferral or refusal is; decides who hears of it and what stops. */
enum fault {
    FAULT_NONE,
    FAULT_ADDRESS,   /* dead or malformed */
    FAULT_RECIPIENT, /* full, or the recipient's policy */
    FAULT_SENDER,    /* us: spam, DKIM, content, policy */
    FAULT_RELAY,     /* quota, login, network, time-out: never the contact's */
};
const char *fault_to_text(enum fault fault);

enum smtp_stage {
    STAGE_CONNECT,
    STAGE_GREETING,
    STAGE_HELLO,
    STAGE_TLS,
    STAGE_AUTH,
    STAGE_MAIL,
    STAGE_RCPT,
    STAGE_DATA,
    STAGE_BODY, /* before the final dot left us */
    STAGE_DOT   /* after it */
};
const char *smtp_stage_to_text(enum smtp_stage stage);

enum { OUTCOME_REPLY_BYTES = 512, OUTCOME_LINE_BYTES = OUTCOME_REPLY_BYTES + 4 };

struct outcome {
    enum verdict verdict;
    enum fault fault;
    enum smtp_stage stage;
    int code;                        /* 250, 451 …; 0 = no reply (network) */
    char enhanced[12];               /* "5.1.1" or "" (RFC 3463) */
    char reply[OUTCOME_REPLY_BYTES]; /* the reply's text or what happened, printable UTF-8, one line
                                      */
    bool must_pause;                 /* the queue should stop: login, quota, our reputation */
};

/* What the relay said, "550 5.1.1 no such user", or what happened when it said nothing. */
void outcome_line(const struct outcome *outcome, char ret[OUTCOME_LINE_BYTES]);

/* Did the relay hear of the message, or may it have? Else the attempt counts against no limit. */
bool outcome_was_handed(const struct outcome *outcome);

#endif
