/* SPDX-License-Identifier: MIT */
/* What a key of a list requires is a pointer (a name, a source, a list): NULL is what a flawed
 * value left behind.                                                                             */
#include "app/settings_salvage.h"

#include <string.h>

#include "app/settings_table.h"

static bool is_whole(const struct setting_key *keys, const char *item)
{
    for (const struct setting_key *key = keys; key->name; key++)
        if (key->is_required && !*(const void *const *)(item + key->offset))
            return false;
    return true;
}

static void salvage(const struct setting_key *keys, char *base)
{
    for (const struct setting_key *key = keys; key->name; key++) {
        if (key->type != SETTING_LIST)
            continue;
        char *items = *(char **)(base + key->offset);
        size_t *count = (size_t *)(base + key->extra_offset), kept = 0;
        for (size_t i = 0; i < *count; i++) {
            char *item = items + i * key->item_size;
            salvage(key->keys, item);
            if (is_whole(key->keys, item))
                memmove(items + kept++ * key->item_size, item, key->item_size);
        }
        *count = kept;
    }
}

void settings_salvage(struct settings *settings)
{
    salvage(settings_table(), (char *)settings);
}
