/* SPDX-License-Identifier: MIT */
#include "plan/sighting.h"

/* Absent twice is all that anybody asks; counting on would write a row at each reading. */
enum { MISSING_READS_ENOUGH = 2 };

bool sighting_present(const struct sighting *before, const struct occurrence *occurrence,
                      const struct facts *facts, struct instant now, struct sighting *ret)
{
    if (!before) {
        *ret = (struct sighting){
            .occurrence = occurrence->key,
            .feed = occurrence->event->feed,
            .first_seen = now,
            .quiet_since = now,
            .missing_since = INSTANT_UNSET,
            .facts = facts,
        };
        return true;
    }
    *ret = *before;
    ret->feed = occurrence->event->feed;
    ret->missing_since = INSTANT_UNSET;
    ret->missing_reads = 0;
    ret->moved_to = NULL;
    ret->facts = facts;
    bool is_new = !string_equal(before->facts->id, facts->id);
    if (is_new)
        ret->quiet_since = now;
    return is_new || before->missing_reads || before->moved_to ||
           !string_equal(before->feed, ret->feed);
}

bool sighting_absent(const struct sighting *before, struct instant now, struct sighting *ret)
{
    *ret = *before;
    if (before->missing_reads >= MISSING_READS_ENOUGH)
        return false;
    ret->missing_reads++;
    if (before->missing_reads == 0)
        ret->missing_since = now;
    return true;
}
