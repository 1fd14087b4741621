/* SPDX-License-Identifier: MIT */
/* facts: what a reader is told about an occurrence, the measure of every later change.
 *
 * Kept in the ledger as text, so that a change notice can say old → new years later. The text is
 * canonical: cosmetic rewrites of a feed leave it as it is (spaces and NBSP made one, NFC, lines of
 * an address joined by ", ", links sorted). It names the zone for display; facts from the ledger
 * may name one that the system no longer has: their `when.zone` is then UTC.
 *
 * id covers what readers can tell apart, so not the zone that a moment was written in, or capitals,
 * apostrophes and full-width digits in title and place. Where the ids are equal facts_differ gives
 * 0; where it gives 0 they are equal, but for translations that were added or taken away and for a
 * place that is the link, which are kept and change nothing.                                     */
#ifndef CONVIER_MODEL_FACTS_H
#define CONVIER_MODEL_FACTS_H

#include "base/arena.h"
#include "model/event.h"

enum { FACTS_ID_BYTES = 17 }; /* 16 hex digits and NUL */

/* Fields that may differ; TIME, STATE, PLACE and LINK are material. */
enum facts_field {
    FACTS_TIME = 1 << 0,
    FACTS_STATE = 1 << 1,
    FACTS_PLACE = 1 << 2,
    FACTS_LINK = 1 << 3,
    FACTS_TITLE = 1 << 4,
};
enum { FACTS_MATERIAL = FACTS_TIME | FACTS_STATE | FACTS_PLACE | FACTS_LINK };

struct facts {
    struct when when;
    enum event_state state;
    struct words summary, location;
    const char *link;        /* NULL = none */
    const char *text;        /* the canonical form */
    char id[FACTS_ID_BYTES]; /* hash, as above */
};

int facts_of(struct arena *arena, const struct occurrence *occurrence, struct facts *ret);
/* Reads the canonical form back; FACTS_E_MALFORMED when it is not one. */
enum { FACTS_E_MALFORMED = 1 };
int facts_parse(struct arena *arena, struct zones *zones, const char *text, struct facts *ret);
/* The place as a reader of that language is told it; NULL where there is none, or where it is the
 * link itself, which is told once.                                                               */
const char *facts_place(const struct facts *facts, enum language language);
/* A set of enum facts_field; what readers cannot tell apart, and a translation more or less, is no
 * difference.                                                                                    */
unsigned facts_differ(const struct facts *a, const struct facts *b);

#endif
