/* SPDX-License-Identifier: MIT */
/* phrases: what the commands for staff say, in the organisation's language. Tables, machine words
 * (kinds, states) and what concerns settings and usage stay English.                             */
#ifndef CONVIER_APP_PHRASES_H
#define CONVIER_APP_PHRASES_H

#include <stddef.h>

#include "base/language.h"

enum phrase {
    PHRASE_NOTHING_DUE,
    PHRASE_NOBODY,
    PHRASE_NO_HOLD,
    PHRASE_ADVICE,        /* %s: the number of a hold, twice */
    PHRASE_APPROVED,      /* counted */
    PHRASE_DISCARDED,     /* counted */
    PHRASE_HOLD_APPROVED, /* %s: its number */
    PHRASE_HOLD_DISCARDED,
    PHRASE_PAUSED,
    PHRASE_RESUMED,
    PHRASE_RETRIED,    /* counted */
    PHRASE_USELESS,    /* counted */
    PHRASE_NOT_YET,    /* %s: a reason */
    PHRASE_MORE_WAIT,  /* counted; %s: the last moment */
    PHRASE_WOULD_HOLD, /* counted; %s: a reason */
    PHRASE_MORE,       /* counted: of a sample */
    PHRASE_COUNT
};

/* Printed to be filled by reason_fill. Counted ones begin with %s, the number. */
const char *phrase(enum phrase phrase, enum language language);
const char *phrase_counted(enum phrase phrase, size_t count, enum language language);

#endif
