/* SPDX-License-Identifier: MIT */
/* questions: how a row becomes a struct notice, a struct sighting, facts. */
#ifndef CONVIER_LEDGER_QUESTIONS_H
#define CONVIER_LEDGER_QUESTIONS_H

#include "ledger/query.h"

/* The life of a notice is asked only where it was tried and has not arrived for sure. */
#define NOTICE_IS_IN_DOUBT                                                                         \
    "(n.attempts > 0 AND n.state NOT IN ('accepted', 'refused') AND EXISTS"                        \
    " (SELECT 1 FROM life l WHERE l.notice = n.id AND l.state = 'uncertain'))"
/* Of notice n, occurrence o, contact c; in the order in which notice_read reads them. */
#define NOTICE_COLUMNS_WITH(message_id)                                                            \
    "n.id, o.key, n.step, c.address, n.kind, n.state, n.rule, n.template, n.facts,"                \
    " n.facts_before, n.sequence, n.due, n.expires, n.ready, n.sent, n.attempts, n.hold,"          \
    " " message_id ", n.reply, n.language, n.zone, n.claimed, " NOTICE_IS_IN_DOUBT
#define NOTICE_COLUMNS NOTICE_COLUMNS_WITH("n.message_id")
enum { NOTICE_COLUMN_COUNT = 23 }; /* the index of whatever a statement adds to them */

/* Words that `like` (NULL = nothing) already holds are shared, not copied. */
void notice_read(struct query *q, struct arena *arena, const struct notice *like,
                 struct notice *ret);
int notices_read(struct query *q, struct arena *arena, struct notices *ret); /* ends q */

/* A few thousand contacts were told the same few facts: each text is parsed once a question. */
LIST_TYPE(parsed_facts, const struct facts *);
const struct facts *facts_read(struct query *q, struct arena *arena, struct zones *zones,
                               struct parsed_facts *known, int id_column, int text_column);

/* Of sighting s, occurrence o, facts f. */
#define SIGHTING_COLUMNS                                                                           \
    "o.key, s.feed, s.first_seen, s.quiet_since, s.missing_since, s.missing_reads, s.sequence,"    \
    " s.moved_to, s.facts, f.text, coalesce(s.restless_since, s.quiet_since), s.wording,"          \
    " s.known_as"
void sighting_read(struct query *q, struct arena *arena, struct zones *zones,
                   struct parsed_facts *known, struct sighting *ret);

#endif
