/* SPDX-License-Identifier: MIT */
/* options_table: every option and every command as data, for options.c. */
#ifndef CONVIER_APP_OPTIONS_TABLE_H
#define CONVIER_APP_OPTIONS_TABLE_H

#include "app/options.h"

/* Which options a command takes; CONFIG, AT, JSON, TRACE and HELP go with all of them. */
enum option_bit {
    OPTION_COMMON = 1 << 0,
    OPTION_ONCE = 1 << 1,
    OPTION_DRY_RUN = 1 << 2,
    OPTION_OFFLINE = 1 << 3,
    OPTION_FOR = 1 << 4,
    OPTION_EVENT = 1 << 5,
    OPTION_CONTACT = 1 << 6,
    OPTION_STEP = 1 << 7,
    OPTION_FORM = 1 << 8,
    OPTION_ALL = 1 << 9,
    OPTION_REASON = 1 << 10,
    OPTION_WINDOW = 1 << 11,
    OPTION_ZONE = 1 << 12,
    OPTION_AUDIENCE = 1 << 13,
    OPTION_RENDER = 1 << 14
};

struct option_key {
    const char *name;  /* without "--"; NULL ends the table */
    const char *value; /* how the help calls it; NULL = a switch */
    unsigned bit;      /* enum option_bit */
    size_t offset;     /* of the string, bool or form in struct options */
    int form;          /* a switch that sets enum preview_form; -1 = it sets a bool */
    const char *help;
};

extern const struct option_key options_table_keys[];
extern const struct command options_table_commands[COMMAND_COUNT];

#endif
