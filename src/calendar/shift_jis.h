/* SPDX-License-Identifier: MIT */
/* shift_jis: tells old Japanese files from old French ones, of which neither is UTF-8. */
#ifndef CONVIER_CALENDAR_SHIFT_JIS_H
#define CONVIER_CALENDAR_SHIFT_JIS_H

#include "base/text.h"

/* Whether every byte of a line may stand in Shift_JIS. */
bool shift_jis_is_sound(struct text line);
/* Whether a line is Shift_JIS (as Windows writes it, CP932) rather than Windows-1252. */
bool shift_jis_is_likely(struct text line);

#endif
