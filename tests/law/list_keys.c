/* SPDX-License-Identifier: MIT */
/* Every key of the settings, one a line, as "group.key"; those that must be explained to an
 * administrator in etc/convier.cfg.                                                              */
#include <stdio.h>

#include "app/settings_table.h"

static void print_key(void *context, const char *group, const struct setting_key *key)
{
    (void)context;
    printf("%s%s%s\n", group, *group ? "." : "", key->name);
}

int main(void)
{
    settings_table_visit(print_key, NULL);
    return 0;
}
