/* SPDX-License-Identifier: MIT */
/* notice: one message owed to one contact about one occurrence, and the life it may have.
 *
 * Its key (occurrence key, step or change, contact) is unique for ever in the ledger: a notice
 * exists at most once. DESIGN: the states are
 *
 *     owed ──→ claimed ──→ accepted | deferred | refused | uncertain
 *     deferred, uncertain ──→ claimed …          refused, expired ──→ owed (a human's `retry`)
 *     owed ──→ held ──→ owed | expired | superseded
 *     owed, held, deferred ──→ expired | superseded | suppressed                                 */
#ifndef CONVIER_MODEL_NOTICE_H
#define CONVIER_MODEL_NOTICE_H

#include "base/arena.h"
#include "base/instant.h"
#include "base/language.h"

#define NOTICE_KINDS(X)                                                                            \
    X(NOTICE_SAVE_THE_DATE, "save-the-date")                                                       \
    X(NOTICE_INVITATION, "invitation")                                                             \
    X(NOTICE_REMINDER, "reminder")                                                                 \
    X(NOTICE_CHANGE, "change")                                                                     \
    X(NOTICE_POSTPONED, "postponed")                                                               \
    X(NOTICE_CANCELLATION, "cancellation")                                                         \
    X(NOTICE_UNINVITED, "uninvited")                                                               \
    X(NOTICE_THANKS, "thanks")                                                                     \
    X(NOTICE_NEWSLETTER, "newsletter")                                                             \
    X(NOTICE_STAFF, "staff")

#define NOTICE_STATES(X)                                                                           \
    X(NOTICE_OWED, "owed")                                                                         \
    X(NOTICE_HELD, "held")                                                                         \
    X(NOTICE_CLAIMED, "claimed")                                                                   \
    X(NOTICE_ACCEPTED, "accepted")                                                                 \
    X(NOTICE_DEFERRED, "deferred")                                                                 \
    X(NOTICE_REFUSED, "refused")                                                                   \
    X(NOTICE_UNCERTAIN, "uncertain")                                                               \
    X(NOTICE_EXPIRED, "expired")                                                                   \
    X(NOTICE_SUPERSEDED, "superseded")                                                             \
    X(NOTICE_SUPPRESSED, "suppressed")

#define CONVIER_ENUM_ROW(name, text) name,
enum notice_kind { NOTICE_KINDS(CONVIER_ENUM_ROW) NOTICE_KIND_COUNT };
enum notice_state { NOTICE_STATES(CONVIER_ENUM_ROW) NOTICE_STATE_COUNT };
#undef CONVIER_ENUM_ROW

const char *notice_kind_to_text(enum notice_kind kind);
bool notice_kind_from_text(struct text text, enum notice_kind *ret);
const char *notice_state_to_text(enum notice_state state);
bool notice_state_from_text(struct text text, enum notice_state *ret);

/* May the state follow the other? The one transition table of the house. */
bool notice_may_become(enum notice_state from, enum notice_state to);
bool notice_state_is_final(enum notice_state state); /* nothing but a human moves it on */

struct notice {
    int64_t id;             /* the ledger's row; 0 = not yet recorded */
    const char *occurrence; /* key of the occurrence, or of the newsletter's issue */
    const char *step;       /* "invitation", "reminder-7d", "change-2", "cancellation-3" … */
    const char *contact;    /* address */
    enum notice_kind kind;
    enum notice_state state;
    bool may_be_known;         /* once uncertain, never accepted: the reader may have it */
    const char *rule;          /* name of the rule that gave it */
    const char *template_name; /* NULL = the kind's */
    const char *facts;         /* id of the facts it tells */
    const char *facts_before;  /* id of what the contact was told before, for changes; or NULL */
    int sequence;              /* our SEQUENCE of the occurrence (RFC 5546 2.1.4) */
    struct instant due;        /* when it should leave */
    struct instant expires;    /* after this it has lost its use */
    struct instant next_try;   /* deferred: not before */
    struct instant sent;       /* when the relay accepted it, or INSTANT_UNSET */
    struct instant claimed; /* when it was first claimed: the Date of its message; UNSET before */
    int attempts;
    int64_t hold;           /* batch that waits for a human's word; 0 = none */
    const char *message_id; /* of the last message that told it; NULL before its claim */
    const char *reply;      /* what the relay last said (outcome_line), or why it ended */
    enum language language; /* as planned; for tables and forecasts */
    const char *zone;       /* IANA name, as planned */
};

/* One that lives as long as the arena, with its texts. 0 or -ENOMEM. */
int notice_copy(struct arena *arena, const struct notice *notice, struct notice *ret);

#endif
