/* SPDX-License-Identifier: MIT */
/* say: statements of the language that fill a file of their own. Each reads the rest of its line
 * and does it; false: a failure was told, and the story ends. */
#ifndef CONVIER_TESTS_SCENARIOS_SAY_H
#define CONVIER_TESTS_SCENARIOS_SAY_H

#include "play.h"

bool say_calendar(struct play *play);
bool say_event(struct play *play);
bool say_move(struct play *play);
bool say_cancel(struct play *play);
bool say_remove(struct play *play);
bool say_change(struct play *play);
bool say_relay(struct play *play);

/* What several of them take. */
bool play_takes_time(struct play *play, struct instant *ret);
bool play_takes_block(struct play *play, struct text *ret); /* [IS|ARE] … END */

#endif
