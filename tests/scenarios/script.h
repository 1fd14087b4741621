/* SPDX-License-Identifier: MIT */
/* script: the lines of a scenario, cut into words. "Quoted words" keep their blanks; # begins a
 * comment.                                                                                       */
#ifndef CONVIER_TESTS_SCENARIOS_SCRIPT_H
#define CONVIER_TESTS_SCENARIOS_SCRIPT_H

#include "base/arena.h"
#include "base/zone.h"

enum { SCRIPT_WORDS_MAX = 64 };

struct script {
    struct arena *arena; /* words live there */
    struct text rest;
    int line; /* of the words last read */
    struct text raw;
    const char *words[SCRIPT_WORDS_MAX]; /* NULL after the last */
    bool is_quoted[SCRIPT_WORDS_MAX];
    size_t count, at; /* at: the next one to be taken */
};

void script_init(struct script *script, struct arena *arena, struct text bytes);
/* The next line that has words; false at the end. */
bool script_next(struct script *script);
/* The lines up to one that says END, as they stand; false: there is no END. */
bool script_block(struct script *script, struct text *ret);

const char *script_peek(const struct script *script); /* "" at the end of the line */
const char *script_take(struct script *script);       /* the same, and goes on */
/* Takes the word when it is the next one (any case, not quoted). */
bool script_takes(struct script *script, const char *word);
bool script_is_done(const struct script *script);
/* "7", "+7"; false takes nothing. */
bool script_takes_number(struct script *script, int64_t *ret);
/* "2026-03-20" */
bool script_takes_date(struct script *script, struct civil_date *ret);
/* "Europe/Paris", "UTC" */
bool script_takes_zone(struct script *script, struct zones *zones, const struct zone **ret);
/* "2026-03-20 [09:00] [Europe/Paris]", or "+3 days", "-2 hours" from now. */
bool script_takes_time(struct script *script, struct zones *zones, const struct zone *zone,
                       struct instant now, struct instant *ret);
/* "3 days", "2 hours", "20 min", with its sign. */
bool script_takes_span(struct script *script, int64_t *ret_usec);

#endif
