/* SPDX-License-Identifier: MIT */
/* notice_words: what kinds and states of notices are called in the three languages. Pure. English
 * has the words of the ledger and of --json.                                                     */
#ifndef CONVIER_PLAN_NOTICE_WORDS_H
#define CONVIER_PLAN_NOTICE_WORDS_H

#include "base/arena.h"
#include "model/notice.h"

const char *notice_words_kind(enum notice_kind kind, enum language language);
/* "retenu": one word, for tables. */
const char *notice_words_state(enum notice_state state, enum language language);
/* "retenu, attend un accord": the state and what comes of it. */
const char *notice_words_told(enum notice_state state, enum language language);
/* "2 acceptés, 1 retenu": `before`, which may be "", and so many of the state; NULL = no memory, or
 * `before` is.                                                                                   */
const char *notice_words_count(struct arena *arena, const char *before, enum notice_state state,
                               size_t count, enum language language);

#endif
