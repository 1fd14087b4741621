/* SPDX-License-Identifier: MIT */
/* recorder: what became of a letter, for the ledger and for the journal. */
#ifndef CONVIER_APP_RECORDER_H
#define CONVIER_APP_RECORDER_H

#include "app/letters.h"
#include "ledger/ledger.h"

/* Writes the outcome of every notice of an answered letter, in the open transaction. */
int recorder_write(struct ledger *ledger, const struct settings *settings,
                   const struct letter *letter);
/* For the journal, after the commit: a line for each notice that was not accepted, with the relay's
 * words, whose fault it is and what to do; addresses are left out. */
void recorder_log(const struct letter *letter);

/* Did nothing of the message leave us, or was it our login that the relay spoke of? Then the
 * attempt is not the notice's failure: it is owed as before. */
bool recorder_is_untouched(const struct outcome *outcome);

#endif
