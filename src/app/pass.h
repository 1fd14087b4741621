/* SPDX-License-Identifier: MIT */
/* pass: plans every occurrence that may have something to say now, then the issues of newsletters
 * whose hour has come, and records what is owed. Owned by the conductor.
 *
 * Occurrences are planned one at a time and contacts a few hundred at a time, with what is known of
 * them, so memory grows neither with what was said nor with what is to be said; and what is known
 * to say nothing before a later hour is not asked until then. */
#ifndef CONVIER_APP_PASS_H
#define CONVIER_APP_PASS_H

#include "app/audiences.h"
#include "app/horizon.h"
#include "app/issues.h"
#include "app/pass_memory.h"
#include "ledger/ledger.h"

enum { PASS_WAITS_MAX = 10 };

struct pass_report {
    size_t owed, held, ended, told; /* what this pass recorded */
    size_t waiting;                 /* occurrences that wait for quiet or for an hour of office */
    struct instant waits_until;     /* the latest of them; UNSET = none */
    const char *waits[PASS_WAITS_MAX]; /* why the first of them wait; die with the next pass */
    const char *hold_reason;           /* of a whole-pass hold, or NULL; dies with the next pass */
    struct instant next;               /* nothing falls due before, unless an input changes */
    struct stuck_issues stuck;         /* issues that staff must hear of; die with the next pass */
    bool must_reread;                  /* something vanished: read the calendars again to be sure */
};

/* Constant during a pass; all borrowed. */
struct pass_view {
    struct ledger *ledger;
    struct zones *zones;
    const struct horizon *horizon;
    struct audiences *audiences;
    struct issues *issues;
    const struct planner_input *input;
    struct arena *arena; /* receives the report's texts */
};

/* How long a slice may take: asked now and then. NULL, or without a function: no end. */
struct budget {
    bool (*is_spent)(void *context);
    void *context;
};
static inline bool budget_is_spent(const struct budget *budget)
{
    return budget && budget->is_spent && budget->is_spent(budget->context);
}

/* A pass in slices. view, memory and report are borrowed until pass_end; the view must not change.
 * Each slice is one transaction of the ledger, which the caller opens and commits; when one is
 * lost, so is the pass: pass_end, and begin again. What earlier slices recorded stays: the next
 * pass finds it, and a brake that had been applied holds the rest as well. */
struct pass;
int pass_begin(const struct pass_view *view, struct pass_memory *memory, struct pass_report *report,
               struct pass **ret);
int pass_step(struct pass *pass, const struct budget *budget, bool *ret_is_done);
struct pass *pass_end(struct pass *pass); /* accepts NULL; returns NULL */

#endif
