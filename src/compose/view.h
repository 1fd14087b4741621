/* SPDX-License-Identifier: MIT */
/* view: what templates may say. A compose request becomes a tree of values for Mustache; the same
 * tables name the variables, so that a template can be checked without a request.
 *
 * Everything is a text ready to be shown in the reader's language, a yes/no for sections, or a
 * list. templates/README.md explains each to staff.                                              */
#ifndef CONVIER_COMPOSE_VIEW_H
#define CONVIER_COMPOSE_VIEW_H

#include "compose/composer.h"
#include "compose/mustache.h"
#include "compose/personal.h"
#include "compose/several.h"

struct view_input {
    const struct settings *settings;
    struct locale *locale;
    const struct compose_request *request;
    const struct several *several;
    const struct personal *personal; /* words or holes; NULL = the reader has none */
};

/* 0, or -ENOMEM. */
int view_of(struct arena *arena, const struct view_input *input, const struct value **ret);

/* Is there a variable of this name ("event.title")? Names under contact.fields are free. */
bool view_has(struct text name);
/* The nearest name for a misspelt one, or NULL. */
const char *view_nearest(struct text name);
/* All names in order, for documents and tests; NULL after the last. */
const char *view_name(size_t index);

#endif
