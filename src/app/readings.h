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
    uint64_t *before; /* the same before the last readings_note */
    size_t count;
    int64_t settle_usec;
};

int readings_init(struct readings *readings, const struct settings *settings,
                  const struct sources *sources);
void readings_done(struct readings *readings);

/* Notes what is new since the last call. Needs an open transaction of the ledger. */
int readings_note(struct readings *readings, struct arena *arena, struct sources *sources,
                  const struct horizon *horizon, struct zones *zones, struct ledger *ledger,
                  struct instant now, struct readings_report *ret);

/* What readings_note just noted did not become durable: it will be noted again. */
void readings_forget(struct readings *readings);

#endif
