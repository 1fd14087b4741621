/* SPDX-License-Identifier: MIT */
/* settings_place: where in the administrator's files a setting stands. libconfig knows file and
 * line; the column is found by looking for the key in that line again.                           */
#ifndef CONVIER_APP_SETTINGS_PLACE_H
#define CONVIER_APP_SETTINGS_PLACE_H

#include <libconfig.h>

#include "base/list.h"

struct settings_text {
    const char *file;
    struct text text;
};
LIST_TYPE(settings_texts, struct settings_text);

struct settings_places {
    struct arena *arena;
    const char *file;   /* the settings file itself, as the user called it */
    const char *folder; /* to which included files are relative */
    const config_setting_t *root;
    struct settings_texts texts; /* the settings file and, once asked for, the included ones */
};

int settings_places_init(struct settings_places *places, struct arena *arena, const char *file,
                         const char *folder, struct text raw, const config_setting_t *root);

/* Of the key of a named setting; of the value of a list's element. */
struct settings_place settings_place_of(struct settings_places *places,
                                        const config_setting_t *setting);
/* Of the first character of a string: of the member key of a group, or (NULL) of the setting
 * itself. Zeroed without such a member; without column where the string stands on another line. */
struct settings_place settings_place_of_string(struct settings_places *places,
                                               const config_setting_t *setting, const char *key);

/* The path of an included file as libconfig names it; NULL = the settings file. In the arena. */
const char *settings_place_file(const struct settings_places *places, const char *file);

/* A forgotten quote is noticed by libconfig only where the next one stands, or at the end. Moves
 * *place to the first string at or before it that runs over the end of its line; false: none.    */
bool settings_place_open_string(struct settings_places *places, struct settings_place *place);

#endif
