/* SPDX-License-Identifier: MIT */
/* when: a moment as people type it on a command line. */
#ifndef CONVIER_APP_WHEN_H
#define CONVIER_APP_WHEN_H

#include "base/span.h"
#include "base/zone.h"

/* RFC 3339 ("2026-10-05T09:00:00+02:00"); "2026-10-05" (midnight), "2026-10-05 09:00" or
 * "2026-10-05T09:00:00" in zone; "now"; "today", "tomorrow", "yesterday" (midnight in zone), each
 * also with an hour ("tomorrow 09:00"); "+7 days", "-2 h" (the same wall clock for days and months,
 * exact for hours and minutes). Working days are not understood here.
 * False: not one of them, or outside the years 1 to 9999.                                        */
bool when_parse(struct text text, struct instant now, const struct zone *zone, struct instant *ret);

/* One line on what when_parse understands, for usage errors. */
const char *when_advice(void);

#endif
