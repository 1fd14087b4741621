/* SPDX-License-Identifier: MIT */
/* Every key of the settings, one a line: "group.key", whether it is required, its default, and the
 * words it may be, with tabs between; those that must be explained to an administrator.          */
#include "../settings_keys.h"

static void print_key(void *context, const char *group, const struct setting_key *key)
{
    (void)context;
    printf("%s%s%s\t%s\t%s\t", group, *group ? "." : "", key->name,
           key->is_required ? "required" : "", key->standard ? key->standard : "");
    for (const struct setting_word *word = key->words; word && word->text; word++)
        printf("%s%s", word == key->words ? "" : " ", word->text);
    putchar('\n');
}

int main(void)
{
    settings_keys_visit(print_key, NULL);
    return 0;
}
