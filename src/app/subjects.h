/* SPDX-License-Identifier: MIT */
/* subjects: one occurrence as the planner sees it. */
#ifndef CONVIER_APP_SUBJECTS_H
#define CONVIER_APP_SUBJECTS_H

#include "app/audiences.h"
#include "app/horizon.h"
#include "ledger/ledger.h"

/* Where they are looked up; all borrowed. */
struct subjects {
    struct ledger *ledger;
    struct zones *zones;
    struct audiences *audiences;
    struct instant now;
};

/* All but its history; viewed NULL: it is gone. 0 or -errno, here and below. */
int subjects_find(const struct subjects *subjects, struct arena *arena, const struct viewed *viewed,
                  struct planner_subject *ret);
/* Of what vanished: did its calendar lose most of its future with it? Asks its history. */
int subjects_weigh_loss(const struct subjects *subjects, struct planner_subject *subject);
/* All of it; its parts live in the arena. */
int subjects_whole(const struct subjects *subjects, struct arena *arena, const char *key,
                   const struct viewed *viewed, struct planner_subject *ret);

#endif
