/* SPDX-License-Identifier: MIT */
/* nudge: how a command tells the running daemon that the ledger changed: it touches one file of the
 * state folder, which the daemon watches.                                                        */
#ifndef CONVIER_APP_NUDGE_H
#define CONVIER_APP_NUDGE_H

#define NUDGE_FILE "nudge"

/* Failure is told as a warning: the daemon will see the change at its next pass anyway. */
void nudge_send(const char *state);

#endif
