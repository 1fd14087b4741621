/* SPDX-License-Identifier: MIT */
/* template_check: are all names in a compiled template known? Walks the tree without data. */
#ifndef CONVIER_COMPOSE_TEMPLATE_CHECK_H
#define CONVIER_COMPOSE_TEMPLATE_CHECK_H

#include "compose/mustache.h"

struct template_check {
    bool (*has_variable)(struct text name);
    const char *(*nearest_variable)(struct text name);
    mustache_find find_partial;
    void *context; /* of find_partial */
    struct flaws *flaws;
};

/* Adds an error for every unknown variable and partial. flaws->source must be the file's. */
void template_check(const struct template_check *check, const struct mustache *template_);

#endif
