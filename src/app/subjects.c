/* SPDX-License-Identifier: MIT */
#include "app/subjects.h"

#include <errno.h>

#include "plan/brakes.h"

int subjects_find(const struct subjects *subjects, struct arena *arena, const struct viewed *viewed,
                  struct planner_subject *ret)
{
    *ret = (struct planner_subject){0};
    if (!viewed)
        return 0;
    ret->occurrence = viewed->occurrence;
    int r = horizon_facts(arena, viewed, &ret->facts);
    return r ? r
             : audiences_marked(subjects->audiences, viewed->occurrence->event, &ret->marked,
                                &ret->mark_doubt);
}

int subjects_weigh_loss(const struct subjects *subjects, struct planner_subject *subject)
{
    const struct sighting *sighting = &subject->history->sighting;
    size_t kept = 0, lost = 0;
    if (subject->occurrence || !subject->history->has_sighting || !sighting->missing_reads)
        return 0;
    int r = ledger_loss(subjects->ledger, sighting->feed, sighting->missing_since, &kept, &lost);
    subject->is_lost_with_most = brakes_calendar_is_lost(kept, lost);
    return r;
}

int subjects_whole(const struct subjects *subjects, struct arena *arena, const char *key,
                   const struct viewed *viewed, struct planner_subject *ret)
{
    struct history *history = arena_alloc(arena, sizeof *history);
    int r = history ? subjects_find(subjects, arena, viewed, ret) : -ENOMEM;
    if (r)
        return r;
    ret->history = history;
    r = ledger_history(subjects->ledger, arena, subjects->zones, key, history);
    return r ? r : subjects_weigh_loss(subjects, ret);
}
