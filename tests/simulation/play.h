/* SPDX-License-Identifier: MIT */
/* play: tells one story on the stage while the oracle watches. */
#ifndef CONVIER_TESTS_SIMULATION_PLAY_H
#define CONVIER_TESTS_SIMULATION_PLAY_H

#include "simulation/story.h"

struct play_result {
    const char *broken; /* the invariant that did not hold; NULL = all did */
    char words[400];    /* what was seen */
    struct instant at;  /* when */
    uint64_t hash; /* of everything that was sent and recorded: the same story, the same hash */
    size_t mails, twins, notices, deaths, foretold;
    uint64_t turns;
};

/* trace: a line for each act and mail on stderr. */
void play_story(const struct story *story, bool is_traced, struct play_result *ret);

#endif
