/* SPDX-License-Identifier: MIT */
/* staff_view: what the templates of letters to the staff may say, as view does for those to
 * readers.                                                                                       */
#ifndef CONVIER_COMPOSE_STAFF_VIEW_H
#define CONVIER_COMPOSE_STAFF_VIEW_H

#include "compose/composer.h"
#include "compose/mustache.h"

/* 0 or -ENOMEM. */
int staff_view_of(struct arena *arena, const struct settings *settings, struct locale *locale,
                  const struct staff_letter *letter, const struct value **ret);

/* "staff-hold" */
const char *staff_view_template(enum staff_subject subject);

bool staff_view_has(struct text name);
const char *staff_view_nearest(struct text name);
const char *staff_view_name(size_t index); /* NULL after the last */

#endif
