/* SPDX-License-Identifier: MIT */
/* settings_check: what must hold between several settings, once each is sound by itself. Also fills
 * in what follows from others: ids of steps, the sender's domain, loopback, inherited defaults. */
#ifndef CONVIER_APP_SETTINGS_CHECK_H
#define CONVIER_APP_SETTINGS_CHECK_H

#include <libconfig.h>

#include "app/settings_place.h"
#include "app/settings_table.h"
#include "base/flaw.h"
#include "model/settings.h"

struct settings_reading {
    struct arena *arena;
    struct flaws *flaws;
    struct settings_places *places;
    struct zones *zones;
    const config_setting_t *root;
    bool is_out_of_memory;
};

/* setting: the place to point at; its member key when it has one; NULL = the whole file. */
void settings_check_flaw(struct settings_reading *reading, enum severity severity,
                         const config_setting_t *setting, const char *key, const char *advice,
                         const char *format, ...) __attribute__((format(printf, 6, 7)));

/* Called by the loader as it fills the settings, in the order of settings_table: after each group,
 * after each item of a list (items[0 … index], the last is new), and once at the end. */
void settings_check_group(struct settings_reading *reading, const struct setting_key *key,
                          const config_setting_t *setting, struct settings *settings);
void settings_check_item(struct settings_reading *reading, const struct setting_key *key,
                         const config_setting_t *setting, const struct settings *settings,
                         void *items, size_t index);
/* An item with errors is not to be asked over the network: it might hear a password that is not
 * meant for it. What it lacks then, settings_salvage sees. */
void settings_check_refuse(const struct setting_key *key, void *items, size_t index);
void settings_check_whole(struct settings_reading *reading, struct settings *settings);

#endif
