/* SPDX-License-Identifier: MIT */
/* blocks: one text in several languages, as staff can write it in any calendar program:
 * "[fr] … [ja] … [en] …". The first mark stands at the start of a line; ［ja］ and 【ja】 do too.
 * What stands before it is for everybody.                                                        */
#ifndef CONVIER_CALENDAR_BLOCKS_H
#define CONVIER_CALENDAR_BLOCKS_H

#include "base/buf.h"
#include "base/language.h"

struct blocks {
    struct text lead; /* before the first mark, or the whole text; trimmed, may be empty */
    bool has[LANGUAGE_COUNT];
    struct text in[LANGUAGE_COUNT]; /* slices of the text; the first block of a language counts */
};

/* False when the text has no blocks. */
bool blocks_split(struct text text, struct blocks *ret);

#endif
