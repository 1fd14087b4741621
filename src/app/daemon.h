/* SPDX-License-Identifier: MIT */
/* daemon: the loop that drives the conductor: files, clock, signals, relay, service manager. */
#ifndef CONVIER_APP_DAEMON_H
#define CONVIER_APP_DAEMON_H

#include "app/house.h"

enum { DAEMON_RELOAD = 100 }; /* SIGHUP: close the house and open it again */

/* Runs until a signal ends it, or until nothing more is to be done with --once. The house has
 * settings, ledger, sources and templates. Returns an exit status or DAEMON_RELOAD.              */
int daemon_run(struct house *house);

#endif
