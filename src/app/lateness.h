/* SPDX-License-Identifier: MIT */
/* lateness: at the pace that the relay's limits allow, does all that is due leave in time? "The
 * last mail leaves at 14:40; the meeting is at 14:00" is better heard in the morning.
 *
 * Notices are taken in the order in which they leave: urgent lanes first, then by due time.      */
#ifndef CONVIER_APP_LATENESS_H
#define CONVIER_APP_LATENESS_H

#include "deliver/pacing.h"
#include "ledger/ledger.h"

struct lateness {
    size_t count;                   /* notices that leave */
    struct instant last;            /* when the last of them leaves; UNSET = none */
    size_t late;                    /* of them leave when they have lost their use */
    const char *occurrence, *facts; /* of the late one that is of use for the shortest time */
    struct instant useful;          /* until then; its event begins then, or soon after */
    struct instant arrives;         /* and leaves then */
    struct pacing pacing;           /* of the relay that is preferred */
    struct instant pace_now;        /* the moment that the sum has reached */
};

/* What to say of it in one line; NULL: nothing is late, or no memory. title: of the late event;
 * zone: in which hours are told. Lives in the arena. */
const char *lateness_words(struct arena *arena, const struct lateness *lateness, const char *title,
                           const struct zone *zone, enum language language);

/* spent: what was handed over before, or NULL. The notice's texts must outlive the sum. */
void lateness_begin(struct lateness *lateness, const struct settings *settings,
                    const struct spendings *spent, struct instant now);
/* The same with what the ledger says was handed over before, and of a pause that the relays want.
 */
int lateness_open(struct ledger *ledger, const struct settings *settings, struct arena *arena,
                  struct instant now, struct lateness *ret);
void lateness_add(struct lateness *lateness, const struct notice *notice);

/* Of all that waits in the ledger now. Texts live in the arena. The other looks at the first max
 * notices only, and counts the rest: for those who must not take long.                           */
int lateness_find(struct ledger *ledger, const struct settings *settings, struct arena *arena,
                  struct instant now, struct lateness *ret);
int lateness_find_among(struct ledger *ledger, const struct settings *settings, struct arena *arena,
                        struct instant now, size_t max, struct lateness *ret);

#endif
