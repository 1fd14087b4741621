/* SPDX-License-Identifier: MIT */
/* contentvalue: the value of a content line that says how its text is written: quoted-printable and
 * CHARSET (vCard 2.1, vCalendar 1.0), which many programs that write the later versions keep.    */
#ifndef CONVIER_BASE_CONTENTVALUE_H
#define CONVIER_BASE_CONTENTVALUE_H

#include "base/arena.h"
#include "base/contentline.h"

/* ENCODING=QUOTED-PRINTABLE, or 2.1's bare QUOTED-PRINTABLE. */
bool contentvalue_is_quoted_printable(const struct contentline *line);

/* The value as UTF-8, backslashes still in it. What is no UTF-8 is read in its CHARSET, and in
 * `fallback` where that is missing or unknown. 0 or -ENOMEM.                                     */
int contentvalue_decode(struct arena *arena, const struct contentline *line, const char *fallback,
                        struct text *ret);

#endif
