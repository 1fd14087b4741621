/* SPDX-License-Identifier: MIT */
/* reason_words: why something is owed, waits, is held or ended, in the three languages. Pure.
 *
 * What is written down (ledger, logs) is English and stays as it was written; a human reads it
 * through reason_in.                                                                             */
#ifndef CONVIER_PLAN_REASON_WORDS_H
#define CONVIER_PLAN_REASON_WORDS_H

#include "base/arena.h"
#include "base/language.h"

enum reason {
    /* Why a pending notice ended, by the planner's own decision: see reason_is_ours. */
    REASON_OUTDATED,
    REASON_CANCELLED,
    REASON_POSTPONED,
    REASON_GONE,
    REASON_NOT_CONCERNED,
    REASON_NO_RULE,
    REASON_NOT_LISTED,
    REASON_SUPPRESSED,
    REASON_EXPIRED,
    REASON_LATER,
    REASON_EMPTY, /* also why an issue is left out for good */
    REASON_OURS_COUNT,
    /* Why a step is left out for good. */
    REASON_CAPPED = REASON_OURS_COUNT,
    /* Why a notice exists. Values: step, rule; for changes the fields (reason_field). */
    REASON_FIRST_WORD,
    REASON_STEP,
    REASON_NEWS_CANCELLED,
    REASON_NEWS_VANISHED,
    REASON_NEWS_POSTPONED,
    REASON_NEWS_DATED,
    REASON_NEWS_CHANGED,
    REASON_REMOVED,
    REASON_ISSUE,         /* newsletter, day */
    REASON_WRITTEN_ISSUE, /* newsletter, file */
    /* Why nothing leaves yet. Values: title, moment. */
    REASON_WAIT_EDITED,
    REASON_WAIT_VANISHED,
    REASON_WAIT_HOUR,
    REASON_WAIT_CAP,
    REASON_WAIT_ABSENT,
    REASON_WAIT_LOST,   /* newsletter, calendar */
    REASON_WAIT_CANARY, /* newsletter */
    /* Why a batch is held. Values: in the order of the sentence. */
    REASON_HOLD_VANISHED,
    REASON_HOLD_LOST,
    REASON_HOLD_ISSUE,
    REASON_HOLD_CANARY,
    REASON_HOLD_ABOVE,
    REASON_HOLD_ONE, /* the same of a single message */
    REASON_HOLD_EVENTS,
    REASON_HOLD_CONTACTS,
    REASON_HOLD_UNCERTAIN,
    REASON_LIST_SHRANK,
    REASON_LIST_SHRANK_AT, /* the same after the list's name and ": " */
    /* What others write into the life of a notice. */
    REASON_APPROVED,
    REASON_DISCARDED,
    REASON_RETRIED,
    REASON_BY_HAND,
    REASON_NO_LIST,
    REASON_NOT_COMPOSED,
    REASON_NOTHING_LEFT,
    REASON_CUT_SHORT,
    /* Why sending is paused, unless a human said so. */
    REASON_PAUSED_MACHINE,
    REASON_PAUSED_OLDER,
    REASON_PAUSED_COPY,
    REASON_PAUSED_BACKUP,
    REASON_PAUSED_CLOCK,
    REASON_PAUSED_REFUSED,
    /* Why nothing is sent at the moment. */
    REASON_STOPPED_PAUSED, /* why */
    REASON_STOPPED_TEMPLATES,
    REASON_STOPPED_LIST,
    REASON_STOPPED_RELAY, /* the stage of the dialogue, what happened, minutes */
    REASON_COUNT
};

/* The sentence with %s where values stand, in the same order in all languages. */
const char *reason_sentence(enum reason reason, enum language language);
/* The English sentence with its values, which end with NULL; NULL = no memory. */
const char *reason_say(struct arena *arena, enum reason reason, const char *const *values);
/* What was written down, as a reader of the language understands it: the text itself when it is
 * none of these sentences (a relay's reply, an old version's words), or without memory.          */
const char *reason_in(struct arena *arena, const char *text, enum language language);

/* A sentence of any table with each %s replaced by the next value. Values end with NULL; one that
 * could not be made ends them early, and gives NULL, like lack of memory.                        */
const char *reason_fill(struct arena *arena, const char *sentence, const char *const *values);

#endif
