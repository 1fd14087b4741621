/* SPDX-License-Identifier: MIT */
/* dry_run: a courier that writes each mail as an .eml file instead of sending it. */
#ifndef CONVIER_APP_DRY_RUN_H
#define CONVIER_APP_DRY_RUN_H

#include "app/conductor.h"

struct dry_run;

/* folder is made when it is absent. */
int dry_run_open(const char *folder, struct dry_run **ret);
struct dry_run *dry_run_close(struct dry_run *dry_run);
struct courier dry_run_courier(struct dry_run *dry_run);

/* Tells the conductor that everything handed over since the last call was accepted. Returns how
 * many, or -errno of the first file that could not be written (it and the rest are deferred).    */
int dry_run_settle(struct dry_run *dry_run, struct conductor *conductor, struct instant now);
size_t dry_run_written(const struct dry_run *dry_run);

#endif
