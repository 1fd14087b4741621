/* SPDX-License-Identifier: MIT */
/* idle_rules: rules that no event of the calendars calls for, most often for a slip in a word. */
#ifndef CONVIER_APP_IDLE_RULES_H
#define CONVIER_APP_IDLE_RULES_H

#include "app/sources.h"

/* A warning for each word of a rule that fits no event, past or to come. Nothing is said while a
 * calendar cannot be read, or when there is no event at all. 0 or -ENOMEM.                       */
int idle_rules_check(struct arena *arena, const struct settings *settings,
                     const struct sources *sources, struct flaws *flaws);

#endif
