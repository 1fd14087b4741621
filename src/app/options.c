/* SPDX-License-Identifier: MIT */
#include "app/options.h"

#include <errno.h>
#include <string.h>

#include "app/options_table.h"
#include "base/buf.h"
#include "base/unicode.h"

enum { OPTION_NAMES_MAX = 32, HELP_BYTES_MAX = 64 * 1024, HELP_COLUMN = 15 };

struct parsing {
    struct arena *arena;
    int argc;
    char **argv;
    int index; /* of the next word */
    struct options *options;
    const char **arguments;
    bool is_given[OPTION_NAMES_MAX]; /* by index in the table */
    const char *problem, *advice;
    bool wants_help;
};

const struct command *options_find_command(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (string_equal(options_table_commands[i].name, name))
            return &options_table_commands[i];
    return NULL;
}

__attribute__((format(printf, 2, 3))) static int refuse(struct parsing *parsing, const char *format,
                                                        ...)
{
    va_list arguments;
    va_start(arguments, format);
    parsing->problem = arena_vprintf(parsing->arena, format, arguments);
    va_end(arguments);
    return parsing->problem ? OPTIONS_E_USAGE : -ENOMEM;
}

__attribute__((format(printf, 2, 3))) static int advise(struct parsing *parsing, const char *format,
                                                        ...)
{
    va_list arguments;
    va_start(arguments, format);
    parsing->advice = arena_vprintf(parsing->arena, format, arguments);
    va_end(arguments);
    return parsing->advice ? OPTIONS_E_USAGE : -ENOMEM;
}

static int refuse_usage(struct parsing *parsing, const char *problem)
{
    const struct command *command = parsing->options->command;
    int r = refuse(parsing, "%s: %s", command->name, problem);
    return r == -ENOMEM ? r
                        : advise(parsing, "convier %s%s%s", command->name,
                                 *command->arguments ? " " : "", command->arguments);
}

static int refuse_option(struct parsing *parsing, struct text name)
{
    const char *names[OPTION_NAMES_MAX] = {"help", "version"};
    size_t count = 2;
    for (const struct option_key *key = options_table_keys; key->name; key++)
        names[count++] = key->name;
    const char *nearest = text_nearest(name, names, count);
    int r = refuse(parsing, "no such option: --%.*s", (int)name.size, name.data);
    if (r == -ENOMEM)
        return r;
    return nearest ? advise(parsing, "did you mean --%s?", nearest)
                   : advise(parsing, "convier help shows all options");
}

static int refuse_command(struct parsing *parsing, const char *word)
{
    const char *names[COMMAND_COUNT];
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        names[i] = options_table_commands[i].name;
    const char *nearest = text_nearest(text_of(word), names, COMMAND_COUNT);
    int r = refuse(parsing, "no such command: %s", word);
    if (r == -ENOMEM)
        return r;
    return nearest ? advise(parsing, "did you mean convier %s?", nearest)
                   : advise(parsing, "convier help shows all commands");
}

/* --name, --name=value or --name value. */
static int take_option(struct parsing *parsing, const char *word)
{
    struct text rest = text_of(word + 2);
    struct text name = text_split(&rest, '=');
    const struct option_key *key = options_table_keys;
    char *base = (char *)parsing->options;

    if (text_is(name, "help") || text_is(name, "version")) {
        if (rest.data)
            return refuse(parsing, "--%.*s takes no value", (int)name.size, name.data);
        if (text_is(name, "help"))
            parsing->wants_help = true;
        else
            parsing->options->command = options_find_command("version");
        return 0;
    }
    while (key->name && !text_is(name, key->name))
        key++;
    if (!key->name)
        return refuse_option(parsing, name);
    parsing->is_given[key - options_table_keys] = true;
    if (!key->value) {
        if (rest.data)
            return refuse(parsing, "--%s takes no value", key->name);
        if (key->form < 0) {
            *(bool *)(base + key->offset) = true;
            return 0;
        }
        enum preview_form *form = (enum preview_form *)(base + key->offset);
        if (*form != PREVIEW_SUMMARY && *form != (enum preview_form)key->form)
            return refuse(parsing, "one form at a time: --eml, --html or --text");
        *form = (enum preview_form)key->form;
        return 0;
    }
    if (!rest.data && parsing->index >= parsing->argc)
        return refuse(parsing, "--%s needs a value: --%s %s", key->name, key->name, key->value);
    const char *value = rest.data ? rest.data : parsing->argv[parsing->index++];
    if (!*value)
        return refuse(parsing, "--%s is empty", key->name);
    *(const char **)(base + key->offset) = value;
    return 0;
}

static int take_word(struct parsing *parsing, const char *word)
{
    struct options *options = parsing->options;
    if (options->command) {
        parsing->arguments[options->argument_count++] = word;
        return 0;
    }
    options->command = options_find_command(word);
    return options->command ? 0 : refuse_command(parsing, word);
}

static int take_all(struct parsing *parsing)
{
    bool is_literal = false;
    int r = 0;
    while (!r && parsing->index < parsing->argc) {
        const char *word = parsing->argv[parsing->index++];
        if (is_literal || *word != '-' || !word[1])
            r = take_word(parsing, word);
        else if (string_equal(word, "--"))
            is_literal = true;
        else if (string_equal(word, "-h"))
            parsing->wants_help = true;
        else if (word[1] == '-')
            r = take_option(parsing, word);
        else {
            r = refuse(parsing, "no such option: %s", word);
            if (r == OPTIONS_E_USAGE)
                r = advise(parsing, "convier help shows all options");
        }
    }
    return r;
}

/* Judged last, since an option may stand ahead of the command. */
static int check_options(struct parsing *parsing)
{
    unsigned allowed = parsing->options->command->options | OPTION_COMMON;
    for (size_t i = 0; options_table_keys[i].name; i++) {
        if (!parsing->is_given[i] || (allowed & options_table_keys[i].bit))
            continue;
        const char *problem =
            arena_printf(parsing->arena, "--%s has no meaning here", options_table_keys[i].name);
        return problem ? refuse_usage(parsing, problem) : -ENOMEM;
    }
    return 0;
}

/* What the table cannot say. */
static int check_combination(struct parsing *parsing)
{
    const struct options *options = parsing->options;
    switch (options->command->id) {
    case COMMAND_PREVIEW:
    case COMMAND_WHY:
        if (!options->event || !options->contact)
            return refuse_usage(parsing, "needs --event and --contact");
        break;
    case COMMAND_WHO:
        if (!options->event)
            return refuse_usage(parsing, "needs --event");
        break;
    case COMMAND_RETRY:
        if (!options->event == !options->is_all)
            return refuse_usage(parsing, "needs --event or --all");
        break;
    case COMMAND_OCCURRENCES:
        if (!options->from || !options->to)
            return refuse_usage(parsing, "needs --from and --to");
        break;
    case COMMAND_RENDER:
        if (options->escape && !string_equal(options->escape, "html") &&
            !string_equal(options->escape, "markdown") && !string_equal(options->escape, "none"))
            return refuse_usage(parsing, "--escape is html, markdown or none");
        break;
    case COMMAND_NEWSLETTER: {
        const char *verb = options->arguments[0];
        bool is_list = string_equal(verb, "list");
        if (!is_list && !string_equal(verb, "preview") && !string_equal(verb, "send"))
            return refuse_usage(parsing, "list, preview NAME or send NAME");
        if (options->argument_count != (is_list ? 1 : 2))
            return refuse_usage(parsing, is_list ? "list takes no name" : "which newsletter?");
        break;
    }
    default:
        break;
    }
    return 0;
}

static int check(struct parsing *parsing)
{
    struct options *options = parsing->options;
    const struct command *command = options->command;
    if (options->argument_count < (size_t)command->arguments_min)
        return refuse_usage(parsing, "something is missing");
    if (command->arguments_max >= 0 && options->argument_count > (size_t)command->arguments_max)
        return refuse_usage(parsing, "too many arguments");
    for (size_t i = 0; i < options->argument_count; i++)
        if (!*options->arguments[i])
            return refuse_usage(parsing, "an argument is empty");
    int r = check_options(parsing);
    return r ? r : check_combination(parsing);
}

/* `convier`, `convier --help`, `convier plan --help`, `convier help plan`. */
static int turn_to_help(struct parsing *parsing)
{
    struct options *options = parsing->options;
    const struct command *about = options->command;
    if (about && about->id != COMMAND_HELP) {
        parsing->arguments[0] = about->name;
        options->argument_count = 1;
    }
    options->command = options_find_command("help");
    return 0;
}

int options_parse(struct arena *arena, int argc, char **argv, struct options *ret,
                  const char **ret_problem, const char **ret_advice)
{
    *ret = (struct options){0};
    struct parsing parsing = {
        .arena = arena, .argc = argc, .argv = argv, .index = 1, .options = ret};
    parsing.arguments = arena_alloc_array(arena, (size_t)argc + 1, sizeof *parsing.arguments);
    if (!parsing.arguments)
        return -ENOMEM;
    ret->arguments = parsing.arguments;
    int r = take_all(&parsing);
    if (!r && (parsing.wants_help || !ret->command))
        r = turn_to_help(&parsing);
    else if (!r)
        r = check(&parsing);
    if (!r && ret->command->id == COMMAND_HELP && ret->argument_count &&
        !options_find_command(ret->arguments[0]))
        r = refuse_command(&parsing, ret->arguments[0]);
    ret->has_config = ret->config != NULL;
    if (!ret->config)
        ret->config = OPTIONS_CONFIG_DEFAULT;
    *ret_problem = parsing.problem;
    *ret_advice = parsing.advice;
    return r;
}

/* "    --for SPAN     how far ahead", with the next lines of the help below its first. */
static void add_option(struct buf *buf, const struct option_key *key)
{
    size_t before = buf->size;
    buf_printf(buf, "  --%s%s%s", key->name, key->value ? " " : "", key->value ? key->value : "");
    size_t width = unicode_text_width(text_from(buf_text(buf), before));
    struct text rest = text_of(key->help);
    enum { COLUMN = 20 };
    if (width >= COLUMN)
        buf_printf(buf, "\n%*s", COLUMN, "");
    else
        buf_printf(buf, "%*s", (int)(COLUMN - width), "");
    buf_add_text(buf, text_next_line(&rest));
    while (rest.data) {
        buf_printf(buf, "\n%*s", COLUMN, "");
        buf_add_text(buf, text_next_line(&rest));
    }
    buf_add_char(buf, '\n');
}

static void add_options(struct buf *buf, unsigned bits)
{
    for (const struct option_key *key = options_table_keys; key->name; key++)
        if (bits & key->bit)
            add_option(buf, key);
}

static void add_overview(struct buf *buf)
{
    buf_add_string(buf, "Usage: convier COMMAND [OPTION…]\n"
                        "Calendar and contacts in, mail out, answers back.\n\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        buf_printf(buf, "  %-*s%s\n", HELP_COLUMN, options_table_commands[i].name,
                   options_table_commands[i].summary);
    buf_add_string(buf, "\nWith every command:\n");
    add_options(buf, OPTION_COMMON);
    buf_add_string(buf,
                   "\nT: 2026-10-05, \"2026-10-05 09:00\" (in the organisation's zone), RFC 3339,\n"
                   "tomorrow, \"+7 days\", now.\n"
                   "Exit status: 0 yes or done, 1 the answer is no or the input was refused,\n"
                   "2 wrong usage, 3 the system failed.\n"
                   "convier help COMMAND tells all about one; so does convier(8).\n");
}

const char *options_help(struct arena *arena, const struct command *command)
{
    CLEANUP_BUF struct buf buf = BUF_INIT(HELP_BYTES_MAX);
    if (!command) {
        add_overview(&buf);
    } else {
        buf_printf(&buf, "Usage: convier %s%s%s\n\n%s\n", command->name,
                   *command->arguments ? " " : "", command->arguments,
                   *command->help ? command->help : command->summary);
        if (command->options) {
            buf_add_string(&buf, "\n");
            add_options(&buf, command->options);
        }
        buf_add_string(&buf, "\nWith every command:\n");
        add_options(&buf, OPTION_COMMON);
    }
    return buf_error(&buf) ? NULL : arena_copy_text(arena, buf_text(&buf));
}
