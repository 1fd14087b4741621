/* SPDX-License-Identifier: MIT */
/* coverage: have the templates words for all that the settings may send, in every language that a
 * contact may read?                                                                              */
#ifndef CONVIER_COMPOSE_COVERAGE_H
#define CONVIER_COMPOSE_COVERAGE_H

#include "compose/templates.h"

void coverage_check(const struct templates *templates, const struct settings *settings,
                    struct flaws *flaws);

#endif
