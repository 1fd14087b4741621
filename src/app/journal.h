/* SPDX-License-Identifier: MIT */
/* journal: where log lines go: to the journal with their fields when the service manager listens
 * there, else to stderr.                                                                         */
#ifndef CONVIER_APP_JOURNAL_H
#define CONVIER_APP_JOURNAL_H

#include "base/flaw.h"
#include "base/log.h"

/* Installs the sink. level: lines above it are dropped; traced lines always pass. */
void journal_open(enum log_level level);

/* A line for each error: FILE:LINE:COLUMN: TEXT (ADVICE). fields: of each line, or NULL. */
void journal_flaws(const struct log_field *fields, const struct flaws *flaws);

#endif
