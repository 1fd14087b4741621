/* SPDX-License-Identifier: MIT */
/* questions: how a row becomes a struct notice. */
#ifndef CONVIER_LEDGER_QUESTIONS_H
#define CONVIER_LEDGER_QUESTIONS_H

#include "ledger/query.h"

/* Of notice n, occurrence o, contact c; in the order in which notice_read reads them. */
#define NOTICE_COLUMNS                                                                             \
    "n.id, o.key, n.step, c.address, n.kind, n.state, n.rule, n.template, n.facts,"                \
    " n.facts_before, n.sequence, n.due, n.expires, n.ready, n.sent, n.attempts, n.hold,"          \
    " n.message_id, n.reply, n.language, n.zone, n.claimed"

void notice_read(struct query *q, struct arena *arena, struct notice *ret);
int notices_read(struct query *q, struct arena *arena, struct notices *ret); /* ends q */

#endif
