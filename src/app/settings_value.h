/* SPDX-License-Identifier: MIT */
/* settings_value: the text of one setting into the value that its key wants. */
#ifndef CONVIER_APP_SETTINGS_VALUE_H
#define CONVIER_APP_SETTINGS_VALUE_H

#include "app/settings_table.h"
#include "base/arena.h"
#include "base/zone.h"

struct settings_scope {
    struct arena *arena;
    struct zones *zones;
    const char *folder;    /* of the settings file, absolute */
    bool is_out_of_memory; /* set, never cleared */
};

/* What is wrong with a value. */
struct settings_problem {
    const char *text;   /* NULL = nothing; in the arena */
    const char *advice; /* a literal, or in the arena, or NULL */
};

/* Writes the value of key into the struct at base. */
struct settings_problem settings_value_set(struct settings_scope *scope,
                                           const struct setting_key *key, const char *string,
                                           void *base);

/* An optional key with nothing in it counts as not given. */
bool settings_value_is_empty(const struct setting_key *key, const char *string);

/* The host of scheme://[user@]host[:port][/path], without brackets. */
struct text settings_value_host(struct text url);
bool settings_value_has_login(struct text url); /* scheme://user@… */
bool settings_value_is_loopback(struct text host);

#endif
