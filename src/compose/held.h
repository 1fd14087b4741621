/* SPDX-License-Identifier: MIT */
/* held: lines that wait because they have holes: of plain text for their wrapping, of HTML for
 * their transfer encoding.
 *
 * The writer of the plain part puts such a block into its output unwrapped, between marks that are
 * control characters and so occur nowhere else; held_release wraps it once the holes are filled.
 * The HTML is much longer and mostly the same for all: it is encoded once, but for such lines.   */
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

/* The quoted-printable of HTML, line by line, but for those with holes; and all of it, filled. */
void held_encode(struct buf *out, struct text html);
void held_release_encoded(struct buf *out, struct text encoded, const struct personal *personal);

#endif
