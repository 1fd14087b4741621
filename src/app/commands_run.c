/* SPDX-License-Identifier: MIT */
/* run: the daemon, one pass, or a dry run into a folder. */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "app/commands.h"
#include "app/daemon.h"
#include "app/dry_run.h"
#include "app/journal.h"
#include "app/message_ids.h"
#include "base/log.h"
#include "plan/reason_words.h"

/* A pretended clock must not write to real people. */
static bool may_pretend(const struct house *house)
{
    if (!house->options->at || house->options->dry_run)
        return true;
    for (size_t i = 0; i < house->settings->relay_count; i++)
        if (!house->settings->relays[i].is_loopback)
            return false;
    return true;
}

static void log_template_flaws(struct house *house)
{
    journal_flaws(NULL, &house->template_flaws);
    log_line(LOG_LEVEL_ERROR, MESSAGE_FIELDS(MESSAGE_ID_TEMPLATES_BROKEN),
             "the templates have errors: nothing is sent until they are mended");
}

static int open_for(struct house *house, enum ledger_mode mode, bool may_keep)
{
    int status = house_load_settings(house);
    if (!status && !may_pretend(house)) {
        report_problem(house->report, "add --dry-run DIR, or point relay.url at 127.0.0.1",
                       "--at with a relay that is not this machine");
        return EXIT_USAGE;
    }
    status = status ? status : house_open_ledger(house, mode);
    status =
        status ? status : house_read_sources(house, house->options->is_once || !may_keep, may_keep);
    if (status)
        return status;
    status = house_load_templates(house);
    if (status == EXIT_NO)
        log_template_flaws(house);
    return status == EXIT_SYSTEM ? status : EXIT_YES;
}

/* --- dry run -----------------------------------------------------------------------------------
 */

static int drain(struct house *house, struct dry_run *dry_run, struct pass_report *pass)
{
    struct instant now = house_now(house);
    for (;;) {
        size_t sent = 0, total = 0;
        int r = conductor_plan(house->conductor, now, pass);
        staff_touch(conductor_staff(house->conductor));
        r = r ? r : conductor_tell_staff(house->conductor, now);
        do {
            r = r ? r : conductor_send(house->conductor, now, true, &sent);
            int settled = r ? r : dry_run_settle(dry_run, house->conductor, now);
            r = settled < 0 ? settled : conductor_flush(house->conductor);
            total += sent;
        } while (!r && sent);
        if (r || !total)
            return r;
    }
}

/* A pause is about sending, and this is none: the copy in memory forgets it. */
static int lift_pause(struct house *house, const char **ret_or_null)
{
    int r = ledger_get(house->ledger, house->arena, "pause", ret_or_null);
    r = r ? r : ledger_begin(house->ledger);
    r = r ? r : ledger_set(house->ledger, "pause", NULL);
    return r ? r : ledger_commit(house->ledger);
}

static int dry_run(struct house *house)
{
    struct dry_run *dry_run = NULL;
    const char *pause = NULL;
    struct pass_report pass;
    int status = open_for(house, LEDGER_MEMORY, false);
    if (status)
        return status;
    int r = lift_pause(house, &pause);
    r = r ? r : dry_run_open(house->options->dry_run, &dry_run);
    if (r)
        return house_failed(house, house->options->dry_run, r);
    struct courier courier = dry_run_courier(dry_run);
    status = house_open_conductor(house, &courier, 0);
    if (!status) {
        r = drain(house, dry_run, &pass);
        status = r ? house_failed(house, house->options->dry_run, r) : EXIT_YES;
    }
    if (!status) {
        house_say_counted(house, PHRASE_WRITTEN, dry_run_written(dry_run), house->options->dry_run);
        if (pass.hold_reason)
            house_say_counted(house, PHRASE_WOULD_HOLD, pass.held,
                              reason_in(house->arena, pass.hold_reason, house_language(house)));
        house_tell_pass(house, &pass);
        if (pause)
            house_say(house, PHRASE_IS_PAUSED,
                      reason_in(house->arena, pause, house_language(house)));
        const char *stopped = conductor_stopped(house->conductor);
        if (stopped) {
            report_problem(house->report, NULL, "%s",
                           reason_in(house->arena, stopped, house_language(house)));
            status = EXIT_NO;
        }
    }
    dry_run_close(dry_run);
    return status;
}

/* --- the daemon --------------------------------------------------------------------------------
 */

static int run_once_opened(struct house *house)
{
    int status = open_for(house, LEDGER_DAEMON, true);
    return status ? status : daemon_run(house);
}

/* Until the daemon runs and can hear it; a SIGHUP that comes while it starts would end it, and
 * systemd calls that an orderly end. */
static void put_off_reloads(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGHUP);
    (void)sigprocmask(SIG_BLOCK, &set, NULL); /* fails only for a bad argument */
}

/* A reload is a clean end and a new start without leaving the process. */
int command_run(struct house *house)
{
    if (house->options->dry_run)
        return dry_run(house);
    journal_open(LOG_LEVEL_INFO);
    put_off_reloads();
    for (;;) {
        int status = run_once_opened(house);
        if (status != DAEMON_RELOAD)
            return status;
        const struct options *options = house->options;
        struct report *report = house->report;
        const struct clock clock = house->clock;
        house_close(house);
        status = house_open(house, options, report);
        house->clock = clock; /* a pretended one goes on ticking */
        if (status)
            return status;
    }
}
