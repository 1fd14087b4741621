/* SPDX-License-Identifier: MIT */
/* agenda: the calendars of a scenario in its own small words, and as the iCalendar files that a
 * calendar program would make of them.
 *
 *     event UID "Title" 2026-03-20 14:00-16:00 Europe/Paris at "Nancy" category "Groupe-pays Japon"
 *     event UID "Title" 2026-03-20..2026-03-22 …          whole days, the last one included
 *     … text "…"  link "…"  every "FREQ=WEEKLY;COUNT=4"  tentative  cancelled
 *
 * An entry that speaks of one day of a series (`on`) becomes an override of it.                  */
#ifndef CONVIER_TESTS_SCENARIOS_AGENDA_H
#define CONVIER_TESTS_SCENARIOS_AGENDA_H

#include "base/buf.h"
#include "base/list.h"
#include "script.h"

struct entry {
    const char *uid, *title, *place, *category, *text, *link, *every, *status;
    struct civil_date day, last_day;
    bool is_all_day, is_override, is_removed; /* removed: an EXDATE of the series */
    int from_minute, until_minute;            /* until may be on the next day */
    const struct zone *zone;
    struct civil_date on;
};
LIST_TYPE(entries, struct entry);

struct agenda {
    const char *name; /* "japon": the file japon.ics */
    struct entries entries;
};

/* The words after `event`; NULL, or what is wrong with them. */
const char *agenda_read_entry(struct script *script, struct zones *zones, const struct zone *zone,
                              struct entry *ret);
/* "2026-03-20 14:00-16:00 Europe/Paris", "2026-03-20", "2026-03-20..2026-03-22" */
const char *agenda_read_when(struct script *script, struct zones *zones, struct entry *entry);

/* The entry of that UID: the series when on is NULL, else its override on that day, which is made
 * when there is none yet. NULL: no such event.                                                   */
struct entry *agenda_find(struct arena *arena, struct agenda *agenda, const char *uid,
                          const struct civil_date *on);
void agenda_put(struct arena *arena, struct agenda *agenda, const struct entry *entry);
void agenda_drop(struct agenda *agenda, const char *uid);
void agenda_write(const struct agenda *agenda, struct buf *out);

#endif
