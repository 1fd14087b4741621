/* SPDX-License-Identifier: MIT */
/* readings: writes down what each healthy reading of a calendar says that is new: an occurrence
 * first seen, changed, gone, back, or come again under another UID.                              */
#ifndef CONVIER_APP_READINGS_H
#define CONVIER_APP_READINGS_H

#include "app/horizon.h"
#include "ledger/ledger.h"

struct readings_report {
    size_t first_seen, changed, missing;
    bool must_reread; /* something is missing for the first time: one reading is no proof */
};

struct readings {
    uint64_t *noted;  /* per source: how many of its readings are written down; owned */
    uint64_t *before; /* the same before the round under way, or the last one */
    size_t count;
    int64_t settle_usec;
    struct noting *noting;         /* the calendar under way, or NULL */
    struct readings_report report; /* of the round */
    bool is_begun;
};

int readings_init(struct readings *readings, const struct settings *settings,
                  const struct sources *sources);
void readings_done(struct readings *readings);

/* Constant during a round; all borrowed. */
struct readings_view {
    struct arena *arena;
    const struct sources *sources;
    const struct horizon *horizon;
    struct zones *zones;
    struct ledger *ledger;
};

/* Notes what is new since the last round, about max occurrences at a time, until *ret_is_done. Each
 * call needs an open transaction of the ledger; several of a round may be one each: one that dies
 * on the way is taken up by the next round as if nothing had happened. */
int readings_step(struct readings *readings, const struct readings_view *view, struct instant now,
                  size_t max, struct readings_report *ret, bool *ret_is_done);

/* What the round noted did not become durable, or it ends before its time: it will be noted again.
 */
void readings_forget(struct readings *readings);

#endif
