/* SPDX-License-Identifier: MIT */
/* instance: is this ledger still the one that was used here last? A server that was copied, or a
 * ledger restored from a backup, does not know what was sent meanwhile: it must ask before it
 * sends.
 *
 * The ledger and the file STATE/instance both count the daemon's starts, and name the machine; the
 * ledger knows, too, which file it lies in. */
#ifndef CONVIER_APP_INSTANCE_H
#define CONVIER_APP_INSTANCE_H

#include "ledger/ledger.h"

/* Counts this start. When something is wrong, sending is paused (as by `convier pause`) with the
 * reason, which is also returned; NULL: all is well. 0 or a negative errno.                      */
int instance_enter(struct ledger *ledger, struct arena *arena, const char *state,
                   struct instant now, bool is_pretended, const char **ret_reason);

/* A copy of a ledger is told that it is one: whoever starts from it is asked first. */
int instance_mark_copy(struct ledger *copy, struct instant now);

#endif
