/* SPDX-License-Identifier: MIT */
/* draft: a template filled with a view and laid out as subject, HTML and plain text. */
#ifndef CONVIER_COMPOSE_DRAFT_H
#define CONVIER_COMPOSE_DRAFT_H

#include "compose/composer_state.h"

struct draft {
    struct composer *composer;
    struct arena *arena;
    struct flaws *flaws;
    enum language language;
    const struct mail_template *template_;
    const struct mustache *footer; /* NULL = none */
    const struct value *view;
    struct templates_scope scope; /* set by draft_init, with all of the above but the view */
    bool is_incomplete;
};

void draft_init(struct draft *draft, struct composer *composer, struct arena *arena,
                struct flaws *flaws, const struct mail_template *template_);

/* Fills the parts SUBJECT, HTML and TEXT of a mold. The text may hold blocks (compose/held) where
 * the view has holes. 0, COMPOSER_E_INCOMPLETE with a flaw, or a negative errno.                 */
int draft_lay_out(struct draft *draft, struct mold *mold);

/* The message cannot be made: the reason as a flaw, and the verdict to return. */
int draft_incomplete(struct draft *draft, const char *advice, const char *what, const char *which);

/* File names in flaws must not die with the composer. */
void draft_own_sources(struct flaws *flaws, size_t first);

/* A last look at the bytes: what no message may be, whatever the template, is told as a flaw. */
int draft_look_over(struct draft *draft, struct text bytes, struct text html);

#endif
