/* SPDX-License-Identifier: MIT */
/* held: lines of plain text whose wrapping waits, because they have holes.
 *
 * The writer of the plain part puts such a block into its output unwrapped, between marks that are
 * control characters and so occur nowhere else; held_release wraps it once the holes are filled. */
#ifndef CONVIER_COMPOSE_HELD_H
#define CONVIER_COMPOSE_HELD_H

#include "compose/personal.h"

enum held_underline { HELD_PLAIN = ' ', HELD_DOUBLE = '=', HELD_SINGLE = '-' };

struct held_block {
    struct text text, first, rest; /* as for wrap_text */
    enum held_underline underline; /* of a heading */
};

void held_add(struct buf *out, const struct held_block *block);
/* Fills the holes of a whole text and wraps what was held. */
void held_release(struct buf *out, struct text text, const struct personal *personal,
                  size_t columns);

#endif
