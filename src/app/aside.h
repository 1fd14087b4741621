/* SPDX-License-Identifier: MIT */
/* aside: what becomes of a notice that is due and cannot be composed; the others go on. */
#ifndef CONVIER_APP_ASIDE_H
#define CONVIER_APP_ASIDE_H

#include "ledger/ledger.h"
#include "model/settings.h"

/* Of one transaction; all borrowed. */
struct aside {
    struct ledger *ledger;
    struct arena *arena; /* lives as long as this */
    const struct settings *settings;
    int64_t hold; /* of those that wait for the same reason */
    const char *hold_reason;
};

/* cause: REQUESTS_E_… (app/requests.h) or STAFF_LETTER_E_… (app/staff_letter.h). It ends, waits for
 * its calendar, or is held with the last flaw as the reason. 0 or -errno. */
int aside_put(struct aside *aside, const struct notice *notice, int cause,
              const struct flaws *flaws, struct instant now);

#endif
