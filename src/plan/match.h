/* SPDX-License-Identifier: MIT */
/* match: which rules are about an occurrence. Pure.
 *
 * Categories and titles are compared without case, accents or width; a rule that names none of
 * category, calendar and title is about everything.                                              */
#ifndef CONVIER_PLAN_MATCH_H
#define CONVIER_PLAN_MATCH_H

#include "base/arena.h"
#include "model/event.h"
#include "model/settings.h"

/* What kept a rule away, or MATCH_YES. */
enum match { MATCH_YES, MATCH_CALENDAR, MATCH_CATEGORY, MATCH_TITLE };

/* 0 or -ENOMEM. */
int match_rule(struct arena *arena, const struct rule_settings *rule,
               const struct occurrence *occurrence, enum match *ret);

/* Is any rule, or an audience of its own, about the occurrence? Yes also when memory is refused:
 * the planner then says so.                                                                      */
bool match_any(const struct settings *settings, const struct occurrence *occurrence);

/* Does a text fit a pattern with * (any run) and ? (one character)? Both as they are. */
bool match_pattern(struct text pattern, struct text text);

#endif
