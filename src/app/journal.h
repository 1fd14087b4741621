/* SPDX-License-Identifier: MIT */
/* journal: where log lines go: to the journal with their fields when the service manager listens
 * there, else to stderr.                                                                         */
#ifndef CONVIER_APP_JOURNAL_H
#define CONVIER_APP_JOURNAL_H

#include "base/log.h"

/* Installs the sink. level: lines above it are dropped; traced lines always pass. */
void journal_open(enum log_level level);

#endif
