/* SPDX-License-Identifier: MIT */
/* masking: the relay's words as the journal may show them. Addresses are personal data; the ledger
 * has them. */
#ifndef CONVIER_APP_MASKING_H
#define CONVIER_APP_MASKING_H

#include "model/message.h"
#include "model/outcome.h"

/* An ellipsis stands for each word that holds an address, or names a recipient of the message
 * (NULL: of none) by the part before the @. */
void masking_reply(const char *reply, const struct message *message, char ret[OUTCOME_LINE_BYTES]);

#endif
