/* SPDX-License-Identifier: MIT */
/* sighting: what one healthy reading of a feed changes in what we know of an occurrence. Pure. */
#ifndef CONVIER_PLAN_SIGHTING_H
#define CONVIER_PLAN_SIGHTING_H

#include "base/arena.h"
#include "model/history.h"

/* The occurrence is there. before: NULL at its first sight. settle_usec: limits.settle.
 * 1: *ret differs and is to be kept; 0: nothing new; or -errno (digest_parts).                   */
int sighting_present(const struct sighting *before, const struct occurrence *occurrence,
                     const struct facts *facts, int64_t settle_usec, struct instant now,
                     struct sighting *ret);
/* It is absent from a healthy reading of its feed. */
bool sighting_absent(const struct sighting *before, struct instant now, struct sighting *ret);

#endif
