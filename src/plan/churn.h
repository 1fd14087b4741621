/* SPDX-License-Identifier: MIT */
/* churn: some programs give every event a new UID at each export. What vanished and came back under
 * another name in one reading did not get cancelled and created: it moved. Pure.                 */
#ifndef CONVIER_PLAN_CHURN_H
#define CONVIER_PLAN_CHURN_H

#include "base/list.h"
#include "model/history.h"

struct churn_pair {
    size_t gone;  /* index of the vanished sighting */
    size_t fresh; /* index of the one that took its place */
};
LIST_TYPE(churn_pairs, struct churn_pair);

/* Pairs sightings of one feed that have the same title, both cancelled or neither: those at the
 * same time; then those on the same day; then those of the same UID (a rule that now falls on
 * another weekday renames all its instances) within a month, in time order; then one that was alive
 * and one at the same time that is cancelled. Last, those of the same UID on the same day, whatever
 * their titles. Each is in at most one pair. The first `lately` of gone vanished just now; the
 * likeness by weekday is for them alone. 0 or -ENOMEM. */
int churn_pair(struct arena *arena, const struct sighting *gone, size_t gone_count, size_t lately,
               const struct sighting *fresh, size_t fresh_count, struct churn_pairs *ret);

/* Which of gone have one of the titles, as churn_pair compares them. 0 or -ENOMEM. */
int churn_find_titles(struct arena *arena, const struct sighting *gone, size_t gone_count,
                      const struct words *titles, size_t title_count, bool *ret_has);

#endif
