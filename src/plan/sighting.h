/* SPDX-License-Identifier: MIT */
/* sighting: what one healthy reading of a feed changes in what we know of an occurrence. Pure. */
#ifndef CONVIER_PLAN_SIGHTING_H
#define CONVIER_PLAN_SIGHTING_H

#include "base/arena.h"
#include "model/history.h"

/* The occurrence is there. before: NULL at its first sight. True: *ret differs and is to be kept.
 */
bool sighting_present(const struct sighting *before, const struct occurrence *occurrence,
                      const struct facts *facts, struct instant now, struct sighting *ret);
/* It is absent from a healthy reading of its feed. */
bool sighting_absent(const struct sighting *before, struct instant now, struct sighting *ret);

#endif
