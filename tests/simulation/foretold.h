/* SPDX-License-Identifier: MIT */
/* foretold: what `convier plan` said at the beginning of a calm, held against what came. */
#ifndef CONVIER_TESTS_SIMULATION_FORETOLD_H
#define CONVIER_TESTS_SIMULATION_FORETOLD_H

#include "model/notice.h"
#include "simulation/oracle.h"
#include "stage/stage.h"

enum { FORETOLD_DAYS = 14, FORETOLD_MAX = 400 };

struct foretold {
    struct foretold_line {
        char occurrence[80], step[40], contact[40];
        struct instant due;
        bool is_held; /* staff decide, and when */
        bool has_come;
    } lines[FORETOLD_MAX];
    size_t count, came;
    bool is_asked;
    struct instant from, until;
    struct foretold_line others[FORETOLD_MAX]; /* what came and was not foretold */
    size_t other_count;
};

/* Asks, unless something is wrong or waits for staff. */
void foretold_ask(struct foretold *foretold, struct stage *stage, struct instant well_since);
void foretold_mail(struct foretold *foretold, const struct notice *notice, struct instant at,
                   int times);
/* What was foretold is what happened, when nothing changed and all was well all the time. */
void foretold_compare(struct foretold *foretold, struct stage *stage, struct instant well_since,
                      struct oracle *oracle);

#endif
