/* SPDX-License-Identifier: MIT */
/* tzif: the bytes of a TZif file, version 1 to 4 (RFC 9636), made a table. */
#ifndef CONVIER_BASE_TZIF_H
#define CONVIER_BASE_TZIF_H

#include "base/zone_table.h"

enum { TZIF_BYTES_MAX = 1 << 20 };

/* 0, TZIF_E_MALFORMED (also for files that count leap seconds, which instants do not), -ENOMEM.
 * ret_table is the caller's to end with zone_table_done, after 0 only.                           */
enum { TZIF_E_MALFORMED = 1 };
int tzif_parse(struct text bytes, struct zone_table *ret_table);

#endif
