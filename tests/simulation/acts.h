/* SPDX-License-Identifier: MIT */
/* acts: does on the stage what the story says that staff, relay and host do. */
#ifndef CONVIER_TESTS_SIMULATION_ACTS_H
#define CONVIER_TESTS_SIMULATION_ACTS_H

#include "simulation/story.h"

struct play;

void acts_apply(struct play *play, const struct act *act);
/* The files of the desk that have changed. */
void acts_put_files(struct play *play);
/* People who said something while nothing could be written down are asked again later. */
void acts_write_wishes(struct play *play);
/* Staff approve or discard what is held. */
void acts_review_holds(struct play *play);

#endif
