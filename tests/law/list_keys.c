/* SPDX-License-Identifier: MIT */
/* Every key of the settings, one a line: "group.key", whether it is required, and its default, with
 * tabs between; those that must be explained to an administrator.                                */
#include <stdio.h>

#include "app/settings_table.h"

static void print_key(void *context, const char *group, const struct setting_key *key)
{
    (void)context;
    printf("%s%s%s\t%s\t%s\n", group, *group ? "." : "", key->name,
           key->is_required ? "required" : "", key->standard ? key->standard : "");
}

int main(void)
{
    settings_table_visit(print_key, NULL);
    return 0;
}
