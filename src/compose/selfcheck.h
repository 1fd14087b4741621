/* SPDX-License-Identifier: MIT */
/* selfcheck: a last look at the bytes of a message before it may leave, by another way than the
 * one that wrote them.                                                                           */
#ifndef CONVIER_COMPOSE_SELFCHECK_H
#define CONVIER_COMPOSE_SELFCHECK_H

#include "base/text.h"

enum { SELFCHECK_HTML_BYTES_MAX = 100 * 1000 }; /* Gmail clips at about 102 KB */

/* NULL when it is sound, else what is wrong: a control or 8-bit byte, a bare CR or LF, a line
 * beyond 998, a header field that is missing, doubled or malformed, a part whose boundary is never
 * closed.                                                                                        */
const char *selfcheck_message(struct text bytes);

#endif
