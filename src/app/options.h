/* SPDX-License-Identifier: MIT */
/* options: the command line. One table names every command, its arguments, its options and its
 * help; parsing, `convier help` and the tests that compare it with the man page all read that
 * table.    */
#ifndef CONVIER_APP_OPTIONS_H
#define CONVIER_APP_OPTIONS_H

#include "base/arena.h"

#define OPTIONS_CONFIG_DEFAULT "/etc/convier/convier.cfg"

enum command_id {
    COMMAND_RUN,
    COMMAND_CHECK,
    COMMAND_PLAN,
    COMMAND_PREVIEW,
    COMMAND_WHY,
    COMMAND_WHO,
    COMMAND_STATUS,
    COMMAND_HOLDS,
    COMMAND_APPROVE,
    COMMAND_DISCARD,
    COMMAND_PAUSE,
    COMMAND_RESUME,
    COMMAND_RETRY,
    COMMAND_SUPPRESS,
    COMMAND_UNSUPPRESS,
    COMMAND_SUPPRESSIONS,
    COMMAND_FORGET,
    COMMAND_BACKUP,
    COMMAND_TEST_MAIL,
    COMMAND_OCCURRENCES,
    COMMAND_CONTACTS,
    COMMAND_RENDER,
    COMMAND_NEWSLETTER,
    COMMAND_HELP,
    COMMAND_VERSION,
    COMMAND_COUNT
};

struct command {
    enum command_id id;
    const char *name;
    const char *arguments;            /* as the help shows them, "ADDRESS [--reason R]" */
    const char *summary;              /* one line */
    const char *help;                 /* paragraphs; lines of at most 78 columns */
    unsigned options;                 /* bits of OPTION_… in options.c */
    int arguments_min, arguments_max; /* positional ones; -1 = any number */
};

enum preview_form { PREVIEW_SUMMARY, PREVIEW_EML, PREVIEW_HTML, PREVIEW_TEXT };

/* Strings point into argv. NULL = not given. What a command needs is there, and within its words:
 * no command has to ask again.                                                                   */
struct options {
    const struct command *command;
    const char *config; /* OPTIONS_CONFIG_DEFAULT when not given */
    bool has_config;
    const char *at, *trace;
    bool is_json, is_offline, is_once, is_all;
    const char *dry_run;
    const char *span; /* --for */
    const char *event, *contact, *step;
    enum preview_form form;
    const char *from, *to, *zone;
    const char *audience, *partials, *escape, *reason;
    const char *const *arguments; /* positional ones after the command's name */
    size_t argument_count;
};

/* 0: go on (COMMAND_HELP for no arguments at all, -h and --help, with the command to explain as
 * first argument). OPTIONS_E_USAGE: ret_problem is a sentence, ret_advice what was probably meant
 * or how the command is called; both in the arena; exit status 2. -ENOMEM. */
enum { OPTIONS_E_USAGE = 1 };
int options_parse(struct arena *arena, int argc, char **argv, struct options *ret,
                  const char **ret_problem, const char **ret_advice);

const struct command *options_find_command(const char *name); /* NULL: no such command */

/* What `convier help` prints: the overview for NULL, else all about one command. NULL = -ENOMEM. */
const char *options_help(struct arena *arena, const struct command *command);

#endif
