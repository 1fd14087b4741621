/* SPDX-License-Identifier: MIT */
/* observances: a VTIMEZONE for others to read (RFC 5545 3.6.5), right around one occurrence. */
#ifndef CONVIER_CALENDAR_OBSERVANCES_H
#define CONVIER_CALENDAR_OBSERVANCES_H

#include "base/buf.h"
#include "base/zone.h"

/* Adds the component, CRLF lines. Zones with a yearly rule get a STANDARD and a DAYLIGHT part with
 * that rule, as Outlook wants them, begun in 1970; the others each change by date, from two years
 * before `from` to two years after `until`.                                                      */
void observances_format(const struct zone *zone, struct instant from, struct instant until,
                        struct buf *out);

#endif
