/* SPDX-License-Identifier: MIT */
#include "app/options.h"

#include "app/options_table.h"
#include "base/file.h"
#include "check.h"

enum { WORDS_MAX = 16, ARENA_BYTES = 1024 * 1024, MAN_BYTES_MAX = 256 * 1024 };

static struct arena *arena;
static struct options options;
static const char *problem, *advice;

/* Words separated by '|'. */
static int parse(const char *line)
{
    char *argv[WORDS_MAX + 1] = {NULL};
    int argc = 0;
    arena = arena_free(arena);
    arena = arena_new(ARENA_BYTES);
    struct text rest = text_of(line);
    while (rest.data && argc < WORDS_MAX)
        argv[argc++] = arena_copy_text(arena, text_split(&rest, '|'));
    problem = advice = NULL;
    return options_parse(arena, argc, argv, &options, &problem, &advice);
}

TEST(good_lines)
{
    REQUIRE(parse("convier|plan|--for|90 days|--json") == 0);
    CHECK_INT(options.command->id, COMMAND_PLAN);
    CHECK_STRING(options.span, "90 days");
    CHECK(options.is_json);
    CHECK(!options.has_config);
    CHECK_STRING(options.config, "/etc/convier/convier.cfg");

    REQUIRE(parse("convier|--config=a=b.cfg|--at|+7 days|preview|--event=Rencontres "
                  "2027|--contact|tanaka|--html") == 0);
    CHECK(options.has_config);
    CHECK_STRING(options.config, "a=b.cfg");
    CHECK_STRING(options.at, "+7 days");
    CHECK_STRING(options.event, "Rencontres 2027");
    CHECK_INT(options.form, PREVIEW_HTML);

    REQUIRE(parse("convier|occurrences|a.ics|-|--from|2026-01-01|--to|2027-01-01|--|--b.ics") == 0);
    REQUIRE(options.argument_count == 3);
    CHECK_STRING(options.arguments[1], "-");
    CHECK_STRING(options.arguments[2], "--b.ics");

    REQUIRE(parse("convier|run|--once|--dry-run|/tmp/x|--trace|plan,net") == 0);
    CHECK(options.is_once);
    CHECK_STRING(options.dry_run, "/tmp/x");
    CHECK_STRING(options.trace, "plan,net");

    CHECK_INT(parse("convier|retry|--all"), 0);
    CHECK_INT(parse("convier|retry|--event|x"), 0);
    CHECK_INT(parse("convier|suppress|a@b.example|--reason|asked by telephone"), 0);
    CHECK_INT(parse("convier|newsletter|list"), 0);
    CHECK_INT(parse("convier|newsletter|preview|lettre"), 0);
    CHECK_INT(parse("convier|render|t|d.json|--escape|none|--partials|p"), 0);
    CHECK_INT(parse("convier|pause"), 0);
    CHECK_INT(parse("convier|check|--offline"), 0);
}

TEST(help_is_everywhere)
{
    static const struct {
        const char *line;
        int arguments;
        const char *about;
    } rows[] = {
        {"convier", 0, NULL},
        {"convier|--help", 0, NULL},
        {"convier|-h", 0, NULL},
        {"convier|help", 0, NULL},
        {"convier|help|plan", 1, "plan"},
        {"convier|plan|--help", 1, "plan"},
        {"convier|why|-h", 1, "why"},
        {"convier|--help|who", 1, "who"},
        {"convier|--json", 0, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_ROW(rows[i].line);
        REQUIRE(parse(rows[i].line) == 0);
        CHECK_INT(options.command->id, COMMAND_HELP);
        REQUIRE((int)options.argument_count == rows[i].arguments);
        if (rows[i].about)
            CHECK_STRING(options.arguments[0], rows[i].about);
    }
    CHECK_INT(parse("convier|--version"), 0);
    CHECK_INT(options.command->id, COMMAND_VERSION);
}

TEST(wrong_usage_is_named)
{
    static const struct {
        const char *line, *problem, *advice;
    } rows[] = {
        {"convier|plna", "no such command: plna", "did you mean convier plan?"},
        {"convier|frobnicate", "no such command: frobnicate", "convier help shows all commands"},
        {"convier|help|previw", "no such command: previw", "did you mean convier preview?"},
        {"convier|plan|--evnt|x", "no such option: --evnt", "did you mean --event?"},
        {"convier|plan|--zzz", "no such option: --zzz", "convier help shows all options"},
        {"convier|plan|-x", "no such option: -x", "convier help shows all options"},
        {"convier|plan|--for", "--for needs a value: --for SPAN", NULL},
        {"convier|plan|--for=", "--for is empty", NULL},
        {"convier|plan|--json=yes", "--json takes no value", NULL},
        {"convier|preview|--eml|--eml|--html", "one form at a time: --eml, --html or --text", NULL},
        {"convier|plan|--once", "plan: --once has no meaning here",
         "convier plan [--for SPAN] [--event E] [--contact C]"},
        {"convier|--once|plan", "plan: --once has no meaning here",
         "convier plan [--for SPAN] [--event E] [--contact C]"},
        {"convier|plan|x", "plan: too many arguments",
         "convier plan [--for SPAN] [--event E] [--contact C]"},
        {"convier|approve", "approve: something is missing", "convier approve ID"},
        {"convier|approve|", "approve: an argument is empty", "convier approve ID"},
        {"convier|why|--event|x", "why: needs --event and --contact",
         "convier why --contact C --event E"},
        {"convier|who", "who: needs --event", "convier who --event E"},
        {"convier|retry", "retry: needs --event or --all", "convier retry --event E | --all"},
        {"convier|retry|--all|--event|x", "retry: needs --event or --all",
         "convier retry --event E | --all"},
        {"convier|occurrences|a.ics|--from|2026-01-01", "occurrences: needs --from and --to",
         "convier occurrences FILE|URL… --from T --to T [--zone Z]"},
        {"convier|newsletter|send", "newsletter: which newsletter?",
         "convier newsletter list | preview NAME | send NAME"},
        {"convier|newsletter|post|x", "newsletter: list, preview NAME or send NAME",
         "convier newsletter list | preview NAME | send NAME"},
        {"convier|render|t|d|--escape|xml", "render: --escape is html, markdown or none",
         "convier render TEMPLATE DATA.json [--partials DIR] [--escape HOW]"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_ROW(rows[i].line);
        CHECK_INT(parse(rows[i].line), OPTIONS_E_USAGE);
        CHECK_STRING(problem, rows[i].problem);
        CHECK_STRING(advice, rows[i].advice);
    }
}

static size_t longest_line(const char *string)
{
    size_t longest = 0;
    for (struct text rest = text_of(string); rest.data;) {
        struct text line = text_next_line(&rest);
        size_t runes = 0;
        while (line.size) {
            (void)text_next_rune(&line);
            runes++;
        }
        longest = runes > longest ? runes : longest;
    }
    return longest;
}

TEST(the_table_is_whole)
{
    (void)parse("convier");
    CHECK(longest_line(options_help(arena, NULL)) <= 80);
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        const struct command *command = &options_table_commands[i];
        CHECK_ROW(command->name);
        CHECK_INT(command->id, i);
        CHECK(options_find_command(command->name) == command);
        CHECK(strstr(options_help(arena, NULL), command->summary));
        CHECK(strstr(options_help(arena, command), command->arguments));
        CHECK(longest_line(options_help(arena, command)) <= 80);
    }
    CHECK(!options_find_command("plans"));
}

/* The manual has an entry for every command and every option that the table knows. */
static bool has_entry(const char *manual, const char *name)
{
    static const char *const forms[] = {"\n.B %s\n", "\n.BI %s \""};
    for (size_t i = 0; i < 2; i++) {
        struct buf entry = BUF_INIT(256);
        size_t at = text_find(text_of(forms[i]), TEXT("%s"));
        buf_add_text(&entry, text_slice(text_of(forms[i]), 0, at));
        for (const char *c = name; *c; c++)
            buf_printf(&entry, "%s%c", *c == '-' ? "\\" : "", *c);
        buf_add_text(&entry, text_from(text_of(forms[i]), at + 2));
        bool is_there = strstr(manual, entry.data) != NULL;
        buf_done(&entry);
        if (is_there)
            return true;
    }
    return false;
}

TEST(the_manual_is_whole)
{
    CLEANUP_BUF struct buf buf = BUF_INIT(MAN_BYTES_MAX);
    REQUIRE(file_read(CONVIER_SOURCE "/etc/convier.8", &buf) == 0);
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        CHECK_ROW(options_table_commands[i].name);
        CHECK(has_entry(buf.data, options_table_commands[i].name));
    }
    for (const struct option_key *key = options_table_keys; key->name; key++) {
        char name[32];
        snprintf(name, sizeof name, "--%s", key->name);
        CHECK_ROW(name);
        CHECK(has_entry(buf.data, name));
    }
}

TEST(memory_runs_out)
{
    char program[] = "convier", command[] = "plna";
    char *argv[] = {program, command, NULL};
    struct arena *none = arena_new(0);
    CHECK(options_parse(none, 2, argv, &options, &problem, &advice) < 0);
    arena_free(none);
    arena = arena_free(arena);
}

CHECK_MAIN
