/* SPDX-License-Identifier: MIT */
/* main: reads the command line and hands over to one command. */
#include <stdio.h>
#include <string.h>

#include "app/commands.h"
#include "app/journal.h"

static int command_help(struct house *house)
{
    const struct options *options = house->options;
    const struct command *command =
        options->argument_count ? options_find_command(options->arguments[0]) : NULL;
    const char *text = options_help(house->arena, command);
    if (!text)
        return EXIT_SYSTEM;
    fputs(text, house->report->out);
    return EXIT_YES;
}

static int command_version(struct house *house)
{
    fprintf(house->report->out, "convier %s\n", CONVIER_VERSION);
    return EXIT_YES;
}

static int (*const commands[COMMAND_COUNT])(struct house *house) = {
    [COMMAND_RUN] = command_run,
    [COMMAND_CHECK] = command_check,
    [COMMAND_PLAN] = command_plan,
    [COMMAND_PREVIEW] = command_preview,
    [COMMAND_WHY] = command_why,
    [COMMAND_WHO] = command_who,
    [COMMAND_STATUS] = command_status,
    [COMMAND_HOLDS] = command_holds,
    [COMMAND_APPROVE] = command_approve,
    [COMMAND_DISCARD] = command_discard,
    [COMMAND_PAUSE] = command_pause,
    [COMMAND_RESUME] = command_resume,
    [COMMAND_RETRY] = command_retry,
    [COMMAND_SUPPRESS] = command_suppress,
    [COMMAND_UNSUPPRESS] = command_unsuppress,
    [COMMAND_SUPPRESSIONS] = command_suppressions,
    [COMMAND_FORGET] = command_forget,
    [COMMAND_BACKUP] = command_backup,
    [COMMAND_TEST_MAIL] = command_test_mail,
    [COMMAND_OCCURRENCES] = command_occurrences,
    [COMMAND_CONTACTS] = command_contacts,
    [COMMAND_RENDER] = command_render,
    [COMMAND_NEWSLETTER] = command_newsletter,
    [COMMAND_HELP] = command_help,
    [COMMAND_VERSION] = command_version,
};

int main(int argc, char **argv)
{
    CLEANUP_ARENA struct arena *arena = arena_new(1 << 20);
    const char *problem = NULL, *advice = NULL;
    struct options options;
    struct report report;
    struct house house;

    report_init(&report, stdout, stderr, false);
    int r = arena ? options_parse(arena, argc, argv, &options, &problem, &advice) : -1;
    if (r < 0)
        return EXIT_SYSTEM;
    if (r == OPTIONS_E_USAGE) {
        report_problem(&report, advice, "%s", problem);
        return EXIT_USAGE;
    }
    report_init(&report, stdout, stderr, options.is_json);
    journal_open(LOG_LEVEL_WARNING);
    if (options.trace && !log_trace_areas(options.trace)) {
        report_problem(&report,
                       "calendar, contacts, plan, compose, deliver, ledger, net, app or all",
                       "--trace %s is not known", options.trace);
        return EXIT_USAGE;
    }
    int status = house_open(&house, &options, &report);
    if (!status)
        status = commands[options.command->id](&house);
    house_close(&house);
    if (fflush(stdout) && !status)
        status = EXIT_SYSTEM;
    return status;
}
