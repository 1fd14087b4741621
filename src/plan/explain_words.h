/* SPDX-License-Identifier: MIT */
/* explain_words: the sentences of `why` in the three languages. */
#ifndef CONVIER_PLAN_EXPLAIN_WORDS_H
#define CONVIER_PLAN_EXPLAIN_WORDS_H

#include "base/arena.h"
#include "base/language.h"
#include "model/event.h"
#include "model/notice.h"

enum sentence {
    S_CONTACT,
    S_LANGUAGE,
    S_ZONE,
    S_EVENT,
    S_EVENT_STATE,
    S_MARK_SILENT,
    S_MARK_URGENT,
    S_SEEN,
    S_VANISHED,
    S_NO_RULES,
    S_RULE_CALENDAR,
    S_RULE_CATEGORY,
    S_RULE_TITLE,
    S_RULE_IN,
    S_RULE_OUT,
    S_RULE_MARK_IN,
    S_RULE_MARK_OUT,
    S_RULE_MARK_MALFORMED,
    S_MARK_IN,
    S_MARK_OUT,
    S_MARK_MALFORMED,
    S_TOLD,
    S_TOLD_SILENTLY,
    S_TOLD_SINCE,
    S_NEVER_TOLD,
    S_LIST_IS_NEW,
    S_NOTICE,
    S_NOTICE_SENT,
    S_SETTLING,
    S_NEXT,
    S_NEXT_HELD,
    S_NEXT_WAITS,
    S_NEXT_PENDING,
    S_NOTHING_SUPPRESSED,
    S_NOTHING_NOT_CONCERNED,
    S_NOTHING_VANISHED,
    S_NOTHING_CANCELLED,
    S_NOTHING_POSTPONED,
    S_NOTHING_PAST,
    S_NOTHING_SILENT,
    S_NOTHING_LEFT,
    /* Of an issue. */
    S_ISSUE,
    S_ISSUE_WRITTEN,
    S_ISSUE_WORD,
    S_ISSUE_TELLS,
    S_ISSUE_TELLS_NOTHING,
    S_ISSUE_NOT_SENT,
    S_READER_IN,
    S_READER_OUT,
    S_READER_FIRST,
    S_READER_AFTER,
    S_NEXT_ISSUE,
    S_NEXT_ISSUE_HELD,
    S_NOTHING_NOT_READER,
    S_NOTHING_OF_ISSUE,
    S_NOTHING_UNSAID,
    S_NOTHING_LOST,
    S_NOTHING_TOLD,
    S_NOTHING_ISSUE_PAST,
    S_COUNT
};

/* With %s where values stand, in the same order in all languages. */
const char *explain_sentence(enum sentence sentence, enum language language);
const char *explain_language(enum language named, enum language language);
const char *explain_event_state(enum event_state state, enum language language);
/* "rappel (reminder-7d)": the kind in words before the key that options take, which is English. */
const char *explain_step(struct arena *arena, const struct notice *notice, enum language language);
/* contact.language_reason or zone_reason in words; NULL = no memory. */
const char *explain_origin(struct arena *arena, const char *reason, enum language language);

#endif
