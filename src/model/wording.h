/* SPDX-License-Identifier: MIT */
/* wording: the words of an event as people read them: cleaned of what nobody sees, and compared
 * without what nobody minds. Only model/facts uses it.                                           */
#ifndef CONVIER_MODEL_WORDING_H
#define CONVIER_MODEL_WORDING_H

#include "base/arena.h"
#include "model/event.h"

enum { WORDING_BYTES_MAX = 8192 }; /* what is longer is cut there, give or take a character */

/* NFC, runs of blanks one space, nothing at the ends, invisible marks gone; a run with a line end
 * in it becomes `line_join` (", "), unless a comma stands there already. *ret is NULL when nothing
 * remains. 0 or -ENOMEM, as below.                                                               */
int wording_clean(struct arena *arena, const char *raw, const char *line_join, const char **ret);
int wording_clean_words(struct arena *arena, const struct words *raw, const char *line_join,
                        struct words *ret);

/* Addresses parted by blanks: a sorted set, scheme and host in lower case, one space between. */
int wording_clean_links(struct arena *arena, const char *raw, const char **ret);

/* What a code point is to a reader: without case, width, and the curl of an apostrophe. */
uint32_t wording_rune(uint32_t rune);
/* Do they say the same? In each language that both have; a translation that was added or taken away
 * beside words that stayed says nothing new. With no language in common, every reader must read the
 * same words.                                                                                    */
bool wording_same(const struct words *a, const struct words *b);

#endif
