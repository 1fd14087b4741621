/* SPDX-License-Identifier: MIT */
/* layout: the frame around the HTML of a mail, and the few values that it may use. */
#ifndef CONVIER_COMPOSE_LAYOUT_H
#define CONVIER_COMPOSE_LAYOUT_H

#include "base/flaw.h"
#include "base/language.h"
#include "compose/mustache.h"

struct layout_input {
    enum language language;
    const char *subject, *preheader; /* preheader may be NULL */
    const char *organisation;
    const char *accent;
    const char *logo;         /* "cid:…", or NULL */
    struct text body, footer; /* HTML */
};

int layout_render(const struct mustache *layout, const struct layout_input *input, struct buf *out);
/* Tells of every variable that a layout does not have. */
void layout_check(const struct mustache *layout, struct flaws *flaws);

#endif
