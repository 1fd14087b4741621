/* SPDX-License-Identifier: MIT */
/* retell: a story in the language of tests/scenarios, to be played, cut and kept there. */
#ifndef CONVIER_TESTS_SIMULATION_RETELL_H
#define CONVIER_TESTS_SIMULATION_RETELL_H

#include "simulation/story.h"

/* What is not dropped. Hours lose their seconds; deaths at a numbered moment become comments, since
 * tests/crash dies at each of them anyway.                                                       */
void retell(const struct story *story, const char *title, struct buf *out);

#endif
