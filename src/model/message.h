/* SPDX-License-Identifier: MIT */
/* message: one composed mail with its envelope (RFC 5321, RFC 5322). */
#ifndef CONVIER_MODEL_MESSAGE_H
#define CONVIER_MODEL_MESSAGE_H

#include "base/text.h"

enum { MESSAGE_RECIPIENTS_MAX = 20 };

struct message {
    const char *message_id;                         /* without angle brackets */
    const char *envelope_from;                      /* "" = null sender */
    const char *recipients[MESSAGE_RECIPIENTS_MAX]; /* [0] = To, the rest = Cc (assistants) */
    size_t recipient_count;
    const char *envelope_id; /* DSN ENVID (RFC 3461 4.4), printable ASCII, or NULL */
    struct text bytes;       /* CRLF lines, 7-bit, not dot-stuffed, ends with CRLF */
};

#endif
