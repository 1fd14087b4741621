/* SPDX-License-Identifier: MIT */
/* wrap: lines of plain text that fit a number of columns, in the three languages.
 *
 * Lines break at blanks (never at NBSP) and between Japanese characters, where the usual rules
 * (kinsoku) allow it: no closing mark or small kana begins a line, no opening bracket ends one.
 * What cannot be broken, such as an address, stands out. U+2028 in the text ends a line.        */
#ifndef CONVIER_COMPOSE_WRAP_H
#define CONVIER_COMPOSE_WRAP_H

#include "base/buf.h"

/* first and rest precede the first and each further line and count as columns. Ends in "\n". */
void wrap_text(struct buf *out, struct text text, size_t columns, struct text first,
               struct text rest);

#endif
