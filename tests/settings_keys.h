/* SPDX-License-Identifier: MIT */
/* settings_keys: a walk over every key that the settings know. */
#ifndef CONVIER_TESTS_SETTINGS_KEYS_H
#define CONVIER_TESTS_SETTINGS_KEYS_H

#include <stdio.h>

#include "app/settings_table.h"

/* Depth first; group: the names of the groups above it joined by dots ("rules.steps"), "" at the
 * top. */
typedef void (*settings_keys_visitor)(void *context, const char *group,
                                      const struct setting_key *key);

static inline void settings_keys_below(settings_keys_visitor visit, void *context,
                                       const char *group, const struct setting_key *keys)
{
    for (const struct setting_key *key = keys; key->name; key++) {
        visit(context, group, key);
        if (!key->keys)
            continue;
        char inner[64];
        snprintf(inner, sizeof inner, "%s%s%s", group, *group ? "." : "", key->name);
        settings_keys_below(visit, context, inner, key->keys);
    }
}

static inline void settings_keys_visit(settings_keys_visitor visit, void *context)
{
    settings_keys_below(visit, context, "", settings_table());
}

#endif
