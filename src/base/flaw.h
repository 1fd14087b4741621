/* SPDX-License-Identifier: MIT */
/* flaw: what is wrong with something that came from outside, where, and what to do about it.
 *
 * Parsers gather flaws in a list; only app/ prints or logs them, as FILE:LINE:COLUMN: error: TEXT.
 * An error means that something was set aside (a row, a series, a whole file); a warning means
 * that it was read all the same, with the guess that the text names.                             */
#ifndef CONVIER_BASE_FLAW_H
#define CONVIER_BASE_FLAW_H

#include "base/list.h"

enum severity { SEVERITY_WARNING, SEVERITY_ERROR };

struct flaw {
    enum severity severity;
    const char *source; /* file, address or name of the list; NULL when the caller knows */
    int line;           /* 1-based; 0 = the whole thing */
    int column;         /* 1-based, in characters; 0 = the whole line */
    const char *text;   /* one sentence without a full stop, in English */
    const char *advice; /* what to do, or NULL */
};

enum { FLAWS_MAX = 1000 };

struct flaws {
    struct arena *arena; /* receives the flaws and their texts */
    const char *source;  /* copied into each flaw that is added */
    struct flaw *items;
    size_t count, capacity;
    size_t dropped; /* beyond FLAWS_MAX */
    size_t errors;  /* of severity ERROR, dropped ones too */
    bool is_out_of_memory;
};

void flaws_init(struct flaws *flaws, struct arena *arena, const char *source);

/* Adds one flaw; at most FLAWS_MAX are kept, the rest are counted. advice may be NULL and must
 * outlive the list (a literal). A refusal of memory is remembered in is_out_of_memory.           */
void flaws_add(struct flaws *flaws, enum severity severity, int line, int column,
               const char *advice, const char *format, ...) __attribute__((format(printf, 6, 7)));
/* The same of a file of its own; NULL: of flaws->source. */
void flaws_add_in(struct flaws *flaws, const char *source, enum severity severity, int line,
                  int column, const char *advice, const char *format, ...)
    __attribute__((format(printf, 7, 8)));

/* One that is not kept, only counted. */
void flaws_drop(struct flaws *flaws, enum severity severity);

/* Makes warnings of the errors that came since the list was so; were there any? */
bool flaws_forgive(struct flaws *flaws, const struct flaws *before);

bool flaws_has_errors(const struct flaws *flaws);

#endif
