/* SPDX-License-Identifier: MIT */
/* outage: the relay could not be used; how long the queue rests then, and what is told of it. */
#ifndef CONVIER_APP_OUTAGE_H
#define CONVIER_APP_OUTAGE_H

#include "base/instant.h"
#include "model/outcome.h"

enum { OUTAGE_WORDS_BYTES = 256 };

struct outage {
    int failures;               /* connections in a row; 0 = it takes mail, or nobody knows */
    struct instant since, last; /* the first of them and the last */
    struct instant rests_from, rests_until; /* UNSET = the queue does not rest */
    enum smtp_stage stage;                  /* of the last one */
    bool is_refused;                        /* by login or quota */
    bool is_proven; /* mail was accepted since the start and the last failure */
    char why[OUTAGE_WORDS_BYTES], stopped[OUTAGE_WORDS_BYTES]; /* "" = not stopped */
};

void outage_init(struct outage *outage);
bool outage_rests(const struct outage *outage, struct instant now);
/* The rest may be over: the next failure begins another. */
void outage_wake(struct outage *outage, struct instant now);
/* The queue rests no longer. */
void outage_end(struct outage *outage);
/* A message came back because the relay could not be used. */
void outage_note(struct outage *outage, const struct outcome *outcome, struct instant now);
/* A pause that a relay asked for before a restart goes on. */
void outage_restore(struct outage *outage, struct instant until, const char *why,
                    struct instant now);
void outage_note_accepted(struct outage *outage);

#endif
