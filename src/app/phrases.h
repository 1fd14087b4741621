/* SPDX-License-Identifier: MIT */
/* phrases: what the commands for staff say, in the organisation's language. Columns are named in
 * app/headings.c, kinds and states in plan/notice_words.c. What concerns settings and usage, the
 * flaws of what was read, the journal and --json stay English.                                   */
#ifndef CONVIER_APP_PHRASES_H
#define CONVIER_APP_PHRASES_H

#include <stddef.h>

#include "base/language.h"

enum phrase {
    PHRASE_NOTHING_DUE,
    PHRASE_NOBODY,
    PHRASE_OF_SERIES, /* %s: title, %s: when */
    PHRASE_TOGETHER,  /* %s: a step, %s: what its mail tells besides */
    PHRASE_NOT_TO_COME,
    PHRASE_NO_READER, /* why not */
    PHRASE_NO_HOLD,
    PHRASE_ADVICE,        /* %s: the number of a hold, twice */
    PHRASE_ADVICE_LIST,   /* the same of a contact list */
    PHRASE_APPROVED,      /* counted */
    PHRASE_DISCARDED,     /* counted */
    PHRASE_HOLD_APPROVED, /* %s: its number */
    PHRASE_HOLD_DISCARDED,
    PHRASE_PAUSED,
    PHRASE_RESUMED,
    PHRASE_RETRIED,      /* counted */
    PHRASE_USELESS,      /* counted */
    PHRASE_SUPPRESSED,   /* %s: an address */
    PHRASE_UNSUPPRESSED, /* %s: an address */
    PHRASE_NO_SUPPRESSION,
    PHRASE_FORGOTTEN,    /* counted; %s: an address */
    PHRASE_ISSUE_LEAVES, /* counted; %s: its day or file */
    PHRASE_FEW_FIRST,    /* of several: how many */
    PHRASE_NOT_YET,      /* %s: a reason */
    PHRASE_MORE_WAIT,    /* counted; %s: the last moment */
    PHRASE_WOULD_HOLD,   /* counted; %s: a reason */
    PHRASE_MORE,         /* counted: of a sample */

    /* status */
    PHRASE_RUNNING,
    PHRASE_NOT_RUNNING,
    PHRASE_IS_PAUSED,      /* %s: why */
    PHRASE_SENDS_NOTHING,  /* %s: why */
    PHRASE_SENT_NOTHING,   /* %s: why */
    PHRASE_SOURCES,        /* %s: as of */
    PHRASE_SOURCE_READ,    /* %s: when */
    PHRASE_SOURCE_TROUBLE, /* %s: what, %s: the last good reading */
    PHRASE_NEVER,
    PHRASE_NEXT_LOOK, /* %s: when */
    PHRASE_NEXT_CHANGE,
    PHRASE_NOTICES, /* %s: how many of each state */
    PHRASE_NO_NOTICES,
    PHRASE_NO_NEWSLETTER,
    PHRASE_LAST_ACCEPTED, /* %s: when */
    PHRASE_STAFF_TOLD,    /* %s: when */
    PHRASE_STAFF_WAITS,   /* %s: until when */
    PHRASE_STAFF_UNTOLD,  /* %s: the state of the letter */
    PHRASE_HOLDS,         /* counted */
    PHRASE_SUPPRESSIONS,  /* counted */
    PHRASE_PACE,          /* %s: how many wait, %s: when the last leaves */
    PHRASE_TOO_LATE, /* %s: late ones, of how many, title, useful until, its turn, the last's */
    PHRASE_TOO_LATE_ADVICE,

    /* suppressions: why */
    PHRASE_OPPOSED,
    PHRASE_DEAD,
    PHRASE_BY_STAFF,
    PHRASE_ERASED, /* instead of the address */

    /* Kinds of sources, as enum source_kind, and what `check` finds in them. */
    PHRASE_CALENDAR,
    PHRASE_CONTACTS,
    PHRASE_HOLIDAYS,
    PHRASE_SOURCE,      /* %s: its kind, %s: its name, %s: what it says */
    PHRASE_EVENTS_READ, /* counted */
    PHRASE_WRITTEN_BY,  /* %s: events, %s: a program */
    PHRASE_ROWS_READ,   /* counted; %s: format, %s: charset */
    PHRASE_DAYS_READ,   /* counted */
    PHRASE_RELAY_READY, /* %s: its url */
    PHRASE_ERRORS,      /* counted */
    PHRASE_WARNINGS,    /* counted */

    /* run --once, run --dry-run, backup */
    PHRASE_SEE_HOLDS, /* %s: how many are held */
    PHRASE_LEFT,      /* of a pass at the relay's pace */
    PHRASE_LEFT_ADVICE,
    PHRASE_WRITTEN, /* counted; %s: a folder */
    PHRASE_BACKUP,  /* %s: a file, %s: its KB, %s: the folder of the ledger */
    PHRASE_COUNT
};

/* Printed with house_say. Counted ones begin with %s, the number. */
const char *phrase(enum phrase phrase, enum language language);
const char *phrase_counted(enum phrase phrase, size_t count, enum language language);

#endif
