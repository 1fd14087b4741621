/* SPDX-License-Identifier: MIT */
/* staff_words: what letters to staff say beside their templates, in the three languages. */
#ifndef CONVIER_APP_STAFF_WORDS_H
#define CONVIER_APP_STAFF_WORDS_H

#include "base/language.h"

enum staff_word {
    /* Advice. */
    STAFF_WORD_GOOD_COPY, /* the last good copy stays in force */
    STAFF_WORD_NO_COPY,
    STAFF_WORD_RESUME, /* after three refusals */
    STAFF_WORD_ISSUE,  /* %s: newsletter, until when it is of use */
    /* What happened. */
    STAFF_WORD_PAUSED,    /* %s: what the relay said */
    STAFF_WORD_NO_ANSWER, /* %s: what happened */
    STAFF_WORD_NO_LOGIN,  /* %s: what it said */
    STAFF_WORD_REFUSES,   /* %s: what it said */
    /* More advice, and names. */
    STAFF_WORD_OTHER_RELAY, /* %s: through which the mail goes meanwhile */
    STAFF_WORD_SENDING,     /* the name of the matter */
    STAFF_WORD_TEMPLATES,
    /* A line each, for a letter about several. */
    STAFF_WORD_HOLD,       /* %s: reason, number, number */
    STAFF_WORD_HOLD_UNTIL, /* %s: reason, number, number, until when */
    STAFF_WORD_EXPIRING,   /* %s: until when, reason, number, number */
    STAFF_WORD_FLAWS,      /* %s: source, how many, the first */
    STAFF_WORD_TROUBLE,    /* %s: source, what */
    STAFF_WORD_WELL,       /* %s: source */
    STAFF_WORD_STOPPED,    /* %s: since when, why */
    STAFF_WORD_LATE,       /* %s: title, the last leaves, it begins */
    STAFF_WORD_STUCK,      /* %s: what waits and why, advice */
    STAFF_WORD_COUNT
};

const char *staff_words(enum staff_word word, enum language language);

#endif
