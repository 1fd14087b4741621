/* SPDX-License-Identifier: MIT */
/* itip_check: reads a calendar object that we made with somebody else's eyes (libical), before it
 * leaves: it must parse without an error and keep the restrictions of its METHOD (RFC 5546 3.2). */
#ifndef CONVIER_CALENDAR_ITIP_CHECK_H
#define CONVIER_CALENDAR_ITIP_CHECK_H

#include "base/flaw.h"

/* 0; ITIP_CHECK_E_UNSOUND with a flaw that quotes libical; -ENOMEM. */
enum { ITIP_CHECK_E_UNSOUND = 1 };
int itip_check(struct arena *arena, struct text calendar, struct flaws *flaws);

#endif
