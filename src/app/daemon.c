/* SPDX-License-Identifier: MIT */
/* Everything that happens only sets flags and asks for a turn; the turn, one function, then does in
 * order what the flags ask: read, plan, send, sleep until the next thing due. So there is one place
 * where order matters, and no callback re-enters the conductor.                                  */
#include "app/daemon.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include "app/fetcher.h"
#include "app/instance.h"
#include "app/message_ids.h"
#include "app/nudge.h"
#include "app/reload.h"
#include "app/secrets.h"
#include "app/status_file.h"
#include "app/template_folder.h"
#include "app/watches.h"
#include "base/log.h"
#include "net/relays.h"

/* Editors write in several steps; wait until they are quiet. */
static const uint64_t quiet_file_usec = 150 * 1000;
static const uint64_t stop_usec = 4500 * 1000; /* within the 5 s that were promised */
static const uint64_t timer_accuracy_usec = 100 * 1000;
static const int64_t trouble_retry_usec = USEC_PER_MIN;
static const uint64_t status_every_usec = 1000 * 1000;  /* while messages leave */
static const int64_t patience_usec = 90 * USEC_PER_SEC; /* of --once with a relay's pace */

enum watch_kind { WATCH_SOURCE, WATCH_TEMPLATE, WATCH_NUDGE };

struct daemon {
    struct house *house;
    sd_event *loop;
    sd_event_source *turn, *timer, *quiet, *stop;
    struct relays *relays;
    struct fetcher *fetcher;
    struct watches *watches;

    bool must_read, must_reread, must_load_templates, must_plan;
    unsigned changed; /* kinds of files that changed and are not quiet yet, as bits */
    bool is_stopping, is_reload, is_ready;
    uint64_t status_told;         /* monotonic */
    bool has_outcomes;            /* since the last pass */
    struct instant reread_at;     /* to be sure of what vanished */
    struct instant retry_at;      /* after trouble of our own (disk full); UNSET = none */
    struct instant troubles_told; /* troubles of readings up to then are logged */
    struct instant purge_at;      /* when retention is looked at again */
    struct pass_report pass;
    size_t accepted, refused, deferred;
    bool is_left; /* --once ended with something due */
    int error;
};

static void ask_turn(struct daemon *daemon)
{
    if (daemon->turn)
        (void)sd_event_source_set_enabled(daemon->turn, SD_EVENT_ONESHOT);
}

static void plan_soon(struct daemon *daemon)
{
    daemon->must_plan = true;
    ask_turn(daemon);
}

/* --- what happens ------------------------------------------------------------------------------
 */

static void on_outcome(void *context, void *token, const struct outcome *outcome)
{
    struct daemon *daemon = context;
    (void)conductor_outcome(daemon->house->conductor, token, outcome, house_now(daemon->house));
    daemon->has_outcomes = true;
    daemon->accepted += outcome->verdict == VERDICT_ACCEPTED;
    daemon->refused += outcome->verdict == VERDICT_REFUSED;
    daemon->deferred +=
        outcome->verdict == VERDICT_DEFERRED || outcome->verdict == VERDICT_UNCERTAIN;
    ask_turn(daemon);
}

static void on_room(void *context)
{
    ask_turn(context);
}

/* Each trouble once, when it begins. */
static void log_troubles(struct daemon *daemon)
{
    for (size_t i = 0; i < sources_count(daemon->house->sources); i++) {
        const struct source *source = sources_at(daemon->house->sources, i);
        char label[SOURCE_LABEL_BYTES];
        source_label(source, label);
        if (source->trouble && source->failures == 1 &&
            instant_before(daemon->troubles_told, source->tried))
            log_line(LOG_LEVEL_WARNING, MESSAGE_FIELDS(MESSAGE_ID_SOURCE_TROUBLE), "%s: %s; %s",
                     label, source->trouble,
                     source->is_good ? "the last good copy stays in force"
                                     : "there is no copy yet");
    }
    daemon->troubles_told = house_now(daemon->house);
}

static void on_read(void *context)
{
    struct daemon *daemon = context;
    log_troubles(daemon);
    plan_soon(daemon);
}

static int on_quiet(sd_event_source *source, uint64_t usec, void *context)
{
    struct daemon *daemon = context;
    (void)source;
    (void)usec;
    daemon->must_read |= daemon->changed & (1u << WATCH_SOURCE | 1u << WATCH_NUDGE);
    daemon->must_load_templates |= (daemon->changed & 1u << WATCH_TEMPLATE) != 0;
    if (daemon->changed & 1u << WATCH_NUDGE) { /* a human's word: about a pass, or about a list */
        conductor_touch(daemon->house->conductor);
        sources_retry(daemon->house->sources);
    }
    daemon->changed = 0;
    plan_soon(daemon);
    return 0;
}

/* Only noted here: what is read must be planned in the same turn, and an editor may still write. */
static void on_change(void *context, int kind)
{
    struct daemon *daemon = context;
    daemon->changed |= 1u << kind;
    uint64_t now = 0;
    (void)sd_event_now(daemon->loop, CLOCK_MONOTONIC, &now); /* inside a callback it cannot fail */
    (void)sd_event_source_set_time(daemon->quiet,
                                   now + (kind == WATCH_NUDGE ? 0 : quiet_file_usec));
    (void)sd_event_source_set_enabled(daemon->quiet, SD_EVENT_ONESHOT);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *context)
{
    (void)source;
    (void)usec;
    plan_soon(context);
    return 0;
}

static int on_stop_timeout(sd_event_source *source, uint64_t usec, void *context)
{
    struct daemon *daemon = context;
    (void)source;
    (void)usec;
    return sd_event_exit(daemon->loop, daemon->is_reload ? DAEMON_RELOAD : EXIT_YES);
}

/* Finishes what is in hand; then, or after a few seconds, the loop ends. */
static void stop(struct daemon *daemon)
{
    uint64_t now = 0;
    if (daemon->is_stopping)
        return;
    daemon->is_stopping = true;
    conductor_stop(daemon->house->conductor);
    (void)sd_notify(false, daemon->is_reload ? "STATUS=Reloading" : "STOPPING=1\nSTATUS=Stopping");
    if (daemon->relays)
        relays_drain(daemon->relays);
    (void)sd_event_now(daemon->loop, CLOCK_MONOTONIC, &now);
    if (sd_event_add_time(daemon->loop, &daemon->stop, CLOCK_MONOTONIC, now + stop_usec, 0,
                          on_stop_timeout, daemon) < 0)
        (void)sd_event_exit(daemon->loop, EXIT_YES);
    ask_turn(daemon);
}

static int on_end(sd_event_source *source, const struct signalfd_siginfo *signal, void *context)
{
    (void)source;
    struct daemon *daemon = context;
    log_line(LOG_LEVEL_NOTICE, NULL, "stopping on %s", strsignal((int)signal->ssi_signo));
    daemon->is_reload = false; /* whoever says stop last is meant */
    stop(daemon);
    return 0;
}

static int on_reload(sd_event_source *source, const struct signalfd_siginfo *signal, void *context)
{
    struct daemon *daemon = context;
    uint64_t now = 0;
    (void)source;
    (void)signal;
    if (daemon->is_stopping)
        return 0;
    (void)sd_event_now(daemon->loop, CLOCK_MONOTONIC, &now);
    (void)sd_notifyf(false, "RELOADING=1\nMONOTONIC_USEC=%llu", (unsigned long long)now);
    if (!reload_is_possible(daemon->house)) {
        (void)sd_notify(false, "READY=1");
        return 0;
    }
    log_line(LOG_LEVEL_NOTICE, NULL, "reloading");
    daemon->is_reload = true;
    stop(daemon);
    return 0;
}

/* --- the turn ----------------------------------------------------------------------------------
 */

static int read_sources(struct daemon *daemon)
{
    struct house *house = daemon->house;
    bool is_reread = daemon->must_reread;
    if (daemon->must_load_templates) {
        daemon->must_load_templates = false;
        if (house_load_templates(house) == EXIT_NO)
            log_line(LOG_LEVEL_ERROR, MESSAGE_FIELDS(MESSAGE_ID_TEMPLATES_BROKEN),
                     "the templates have errors (see `convier check`); the old ones stay in force");
    }
    if (!daemon->must_read && !is_reread)
        return 0;
    zones_refresh(house->zones);
    daemon->must_plan = true; /* views of what was read before die with the next plan */
    int r = sources_read_files(house->sources, is_reread, house_now(house));
    if (!r)
        daemon->must_read = daemon->must_reread = false;
    log_troubles(daemon);
    return r;
}

static int plan(struct daemon *daemon)
{
    struct house *house = daemon->house;
    struct instant now = house_now(house);
    if (!daemon->must_plan)
        return 0;
    daemon->must_plan = daemon->has_outcomes = false;
    if (!instant_before(now, daemon->reread_at)) {
        daemon->must_reread = true;
        daemon->reread_at = INSTANT_NEVER;
        int r = read_sources(daemon);
        if (r)
            return r;
    }
    int r = conductor_plan(house->conductor, now, &daemon->pass);
    if (r)
        return r;
    if (daemon->pass.held)
        log_line(LOG_LEVEL_WARNING, MESSAGE_FIELDS(MESSAGE_ID_BATCH_HELD),
                 "%zu messages wait for a human's word%s%s; see `convier holds`", daemon->pass.held,
                 daemon->pass.hold_reason ? ": " : "",
                 daemon->pass.hold_reason ? daemon->pass.hold_reason : "");
    if (daemon->pass.must_reread)
        daemon->reread_at =
            instant_add(now, house->settings->limits.settle_usec / 2 + USEC_PER_SEC);
    return 0;
}

static int set_timer(struct daemon *daemon)
{
    const struct clock *clock = &daemon->house->clock;
    bool is_resting = daemon->retry_at.utc_usec != INSTANT_UNSET.utc_usec;
    struct instant real = clock_to_real(clock, daemon->retry_at);
    if (!is_resting) {
        struct instant next = instant_min(daemon->pass.next, daemon->reread_at);
        struct instant resumes = conductor_resumes(daemon->house->conductor);
        struct instant room = relays_next_room(daemon->relays); /* relays live in real time */
        next = instant_min(next, fetcher_next(daemon->fetcher));
        if (instant_before(clock_now(clock), resumes)) /* else past and paused: no reason to wake */
            next = instant_min(next, resumes);
        real = clock_to_real(clock, next);
        if (room.utc_usec != INSTANT_UNSET.utc_usec)
            real = instant_min(real, room);
    }
    if (real.utc_usec == INSTANT_NEVER.utc_usec)
        return sd_event_source_set_enabled(daemon->timer, SD_EVENT_OFF);
    int r =
        sd_event_source_set_time(daemon->timer, real.utc_usec > 0 ? (uint64_t)real.utc_usec : 0);
    return r < 0 ? r : sd_event_source_set_enabled(daemon->timer, SD_EVENT_ONESHOT);
}

static void tell_status(struct daemon *daemon)
{
    struct house *house = daemon->house;
    size_t in_hand = conductor_in_hand(house->conductor);
    char next[32] = "nothing is due";
    uint64_t now = 0;
    (void)sd_event_now(daemon->loop, CLOCK_MONOTONIC, &now);
    if (daemon->is_ready && in_hand && now < daemon->status_told + status_every_usec)
        return;
    const char *stopped = conductor_stopped(house->conductor);
    if (daemon->pass.next.utc_usec != INSTANT_NEVER.utc_usec)
        zone_format_rfc3339(house->zone, daemon->pass.next, next);
    (void)sd_notifyf(false, "%sSTATUS=%s%s%zu in hand, next look %s",
                     daemon->is_ready ? "" : "READY=1\n", stopped ? stopped : "",
                     stopped ? "; " : "", in_hand, next);
    daemon->status_told = now;
    daemon->is_ready = true;
    status_file_write(house, &daemon->pass, stopped);
}

/* Trouble of our own (disk full, no memory): nothing was half done; rest, then try again. */
static void rest_after(struct daemon *daemon, int error)
{
    daemon->error = error;
    daemon->must_plan = true;
    daemon->retry_at = instant_add(house_now(daemon->house), trouble_retry_usec);
    log_line(LOG_LEVEL_ERROR, MESSAGE_FIELDS(MESSAGE_ID_LEDGER_UNUSABLE),
             "%s; nothing is sent, next try in a minute", strerror(-error));
    if (daemon->house->options->is_once)
        stop(daemon);
}

/* Once a day, a slice a turn. */
static int purge(struct daemon *daemon)
{
    struct instant now = house_now(daemon->house);
    if (conductor_in_hand(daemon->house->conductor) || instant_before(now, daemon->purge_at))
        return 0;
    int r = conductor_purge(daemon->house->conductor, now);
    if (r > 0)
        ask_turn(daemon);
    else
        daemon->purge_at = instant_add(now, USEC_PER_DAY);
    return r < 0 ? r : 0;
}

/* --once: does something wait for the relay's pace, and is that worth waiting for? */
static bool is_paced(struct daemon *daemon)
{
    uint64_t now = 0;
    struct instant room = relays_next_room(daemon->relays);
    if (conductor_has_due(daemon->house->conductor, house_now(daemon->house), &daemon->is_left))
        daemon->is_left = false;
    (void)sd_event_now(daemon->loop, CLOCK_REALTIME, &now);
    return daemon->is_left && room.utc_usec < (int64_t)now + patience_usec;
}

static bool is_finished(struct daemon *daemon)
{
    return !is_paced(daemon) && !daemon->must_plan && !daemon->has_outcomes &&
           !conductor_in_hand(daemon->house->conductor) && !fetcher_under_way(daemon->fetcher);
}

static int on_turn(sd_event_source *source, void *context)
{
    struct daemon *daemon = context;
    struct house *house = daemon->house;
    size_t sent = 0;
    (void)source;

    if (daemon->is_stopping) {
        int r = conductor_flush(house->conductor);
        bool is_done = !conductor_in_hand(house->conductor);
        return r < 0 || is_done
                   ? sd_event_exit(daemon->loop, daemon->is_reload ? DAEMON_RELOAD : EXIT_YES)
                   : 0;
    }
    if (instant_before(house_now(house), daemon->retry_at))
        return set_timer(daemon);
    daemon->retry_at = INSTANT_UNSET;
    int r = fetcher_start(daemon->fetcher, false);
    r = r ? r : read_sources(daemon);
    r = r ? r : plan(daemon);
    r = r ? r : conductor_send(house->conductor, house_now(house), &sent);
    r = r ? r : purge(daemon);
    if (r) {
        rest_after(daemon, r);
    } else if (daemon->has_outcomes && !conductor_in_hand(house->conductor)) {
        plan_soon(daemon); /* what was told may make something else due */
    } else if (house->options->is_once && is_finished(daemon)) {
        stop(daemon);
    }
    tell_status(daemon);
    return set_timer(daemon);
}

/* --- start and end -----------------------------------------------------------------------------
 */

static int add_watch(struct daemon *daemon, const char *path, int kind)
{
    int r = kind == WATCH_TEMPLATE ? watches_add(daemon->watches, path, NULL, kind)
                                   : watches_add_path(daemon->watches, path, kind);
    if (r == -ENOMEM)
        return r;
    if (r < 0)
        log_line(LOG_LEVEL_WARNING, NULL, "%s cannot be watched (%s); SIGHUP makes me look", path,
                 strerror(-r));
    return 0;
}

static int add_watches(struct daemon *daemon)
{
    struct house *house = daemon->house;
    char nudge[PATH_MAX];
    int r = watches_open(daemon->loop, on_change, daemon, &daemon->watches);
    for (size_t i = 0; i < sources_count(house->sources) && !r; i++) {
        const struct source *source = sources_at(house->sources, i);
        if (!source->is_remote)
            r = add_watch(daemon, source->location, WATCH_SOURCE);
    }
    if (!r && house->settings->templates)
        r = add_watch(daemon, house->settings->templates, WATCH_TEMPLATE);
    snprintf(nudge, sizeof nudge, "%s/%s", house->settings->state, NUDGE_FILE);
    return r ? r : add_watch(daemon, nudge, WATCH_NUDGE);
}

static int add_signals(struct daemon *daemon)
{
    static const int ends[] = {SIGTERM, SIGINT};
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    (void)sigprocmask(SIG_BLOCK, &set, NULL); /* fails only for a bad argument */
    signal(SIGPIPE, SIG_IGN);
    int r = 0;
    for (size_t i = 0; i < 2 && r >= 0; i++)
        r = sd_event_add_signal(daemon->loop, NULL, ends[i], on_end, daemon);
    return r < 0 ? r : sd_event_add_signal(daemon->loop, NULL, SIGHUP, on_reload, daemon);
}

static int add_sources(struct daemon *daemon)
{
    int r = sd_event_add_defer(daemon->loop, &daemon->turn, on_turn, daemon);
    if (r >= 0)
        r = sd_event_source_set_priority(daemon->turn, SD_EVENT_PRIORITY_IDLE);
    if (r >= 0)
        r = sd_event_add_time(daemon->loop, &daemon->timer, CLOCK_REALTIME, 0, timer_accuracy_usec,
                              on_timer, daemon);
    if (r >= 0)
        r = sd_event_source_set_enabled(daemon->timer, SD_EVENT_OFF);
    if (r >= 0)
        r = sd_event_add_time(daemon->loop, &daemon->quiet, CLOCK_MONOTONIC, 0, 1, on_quiet,
                              daemon);
    if (r >= 0)
        r = sd_event_source_set_enabled(daemon->quiet, SD_EVENT_OFF);
    return r < 0 ? r : 0;
}

static void on_fallback(void *context, const struct relay_settings *from,
                        const struct relay_settings *to, const struct outcome *why)
{
    (void)context;
    log_line(LOG_LEVEL_WARNING, NULL, "%s is passed over for %s: %s at %s", from->url, to->url,
             why->reply, smtp_stage_to_text(why->stage));
}

static int open_relays(struct daemon *daemon)
{
    struct house *house = daemon->house;
    const struct settings *settings = house->settings;
    const struct relay_callbacks callbacks = {.context = daemon,
                                              .on_outcome = on_outcome,
                                              .on_room = on_room,
                                              .on_fallback = on_fallback};
    char **passwords = calloc(settings->relay_count, sizeof *passwords);
    int r = passwords ? 0 : -ENOMEM;
    for (size_t i = 0; i < settings->relay_count && !r; i++)
        r = secrets_read(&settings->relays[i].password, &house->flaws, &passwords[i]);
    if (r > 0) {
        report_flaws(house->report, &house->flaws);
        r = -EACCES;
    }
    if (!r)
        r = relays_open(daemon->loop, settings->relays, settings->relay_count,
                        (const char *const *)passwords, &callbacks, &daemon->relays);
    for (size_t i = 0; passwords && i < settings->relay_count; i++)
        secrets_wipe(passwords[i]);
    free(passwords);
    return r;
}

static size_t courier_room(void *context)
{
    return relays_room(((struct daemon *)context)->relays);
}

static int courier_send(void *context, const struct message *message, void *token)
{
    return relays_send(((struct daemon *)context)->relays, message, token);
}

static int tell_relays_of_the_past(struct daemon *daemon)
{
    static const int64_t spans[] = {USEC_PER_MIN, USEC_PER_HOUR, USEC_PER_DAY};
    size_t counts[3];
    for (int i = 0; i < 3; i++) {
        int r = ledger_sent_since(daemon->house->ledger,
                                  instant_add(house_now(daemon->house), -spans[i]), &counts[i]);
        if (r)
            return r;
    }
    relays_count_sent(daemon->relays, counts[0], counts[1], counts[2]);
    return 0;
}

static int enter_instance(struct daemon *daemon)
{
    struct house *house = daemon->house;
    const char *reason = NULL;
    int r = instance_enter(house->ledger, house->arena, house->settings->state, house_now(house),
                           !house->options->at, &reason);
    if (!r && reason)
        log_line(LOG_LEVEL_ERROR, NULL, "sending is paused: %s", reason);
    return r;
}

static int open_daemon(struct daemon *daemon)
{
    struct house *house = daemon->house;
    struct courier courier = {.context = daemon, .room = courier_room, .send = courier_send};
    int r = sd_event_new(&daemon->loop);
    r = r < 0 ? r : add_sources(daemon);
    r = r ? r : add_signals(daemon);
    r = r < 0 ? r : enter_instance(daemon);
    r = r ? r : open_relays(daemon);
    r = r ? r : tell_relays_of_the_past(daemon);
    r = r ? r
          : fetcher_open(daemon->loop, house->settings, house->sources, &house->clock, on_read,
                         daemon, &daemon->fetcher);
    r = r ? r : add_watches(daemon);
    if (!r && sd_event_set_watchdog(daemon->loop, true) < 0)
        log_line(LOG_LEVEL_WARNING, NULL, "the watchdog cannot be used");
    if (r)
        return r;
    return house_open_conductor(house, &courier, 0) ? -ECANCELED : 0;
}

static void close_daemon(struct daemon *daemon)
{
    fetcher_close(daemon->fetcher);
    watches_close(daemon->watches);
    relays_close(daemon->relays); /* what is still in hand gets its outcome now */
    int r = daemon->house->conductor ? conductor_flush(daemon->house->conductor) : 0;
    if (r) {
        log_line(LOG_LEVEL_ERROR, MESSAGE_FIELDS(MESSAGE_ID_LEDGER_UNUSABLE),
                 "the last outcomes could not be recorded (%s): they are uncertain now",
                 strerror(-r));
        daemon->error = r;
    }
    sd_event_source_disable_unref(daemon->turn);
    sd_event_source_disable_unref(daemon->timer);
    sd_event_source_disable_unref(daemon->quiet);
    sd_event_source_disable_unref(daemon->stop);
    sd_event_unref(daemon->loop);
}

static int tell_result(struct daemon *daemon)
{
    struct house *house = daemon->house;
    FILE *out = house->report->out;
    fprintf(out, "%zu accepted, %zu deferred, %zu refused", daemon->accepted, daemon->deferred,
            daemon->refused);
    if (daemon->pass.held)
        fprintf(out, ", %zu held (see `convier holds`)", daemon->pass.held);
    fputc('\n', out);
    house_tell_waits(house, &daemon->pass);
    const char *stopped = conductor_stopped(house->conductor);
    if (stopped)
        report_problem(house->report, NULL, "%s", stopped);
    if (daemon->is_left)
        report_problem(house->report, "run again, or let the daemon run",
                       "messages are left for the relay's pace");
    bool is_unreachable = conductor_resumes(house->conductor).utc_usec != INSTANT_UNSET.utc_usec;
    if (daemon->error || is_unreachable)
        return EXIT_SYSTEM;
    bool is_able = house->composer && sources_has_contacts(house->sources);
    return is_able && !daemon->is_left ? EXIT_YES : EXIT_NO;
}

int daemon_run(struct house *house)
{
    struct daemon daemon = {.house = house,
                            .must_plan = true,
                            .reread_at = INSTANT_NEVER,
                            .retry_at = INSTANT_UNSET,
                            .purge_at = INSTANT_UNSET,
                            .troubles_told = INSTANT_UNSET,
                            .pass = {.next = INSTANT_NEVER}};
    int status = EXIT_SYSTEM;
    int r = open_daemon(&daemon);
    if (r == 0) {
        log_troubles(&daemon);
        r = sd_event_loop(daemon.loop);
        status = r >= 0 ? r : house_failed(house, "the event loop", r);
    } else if (r != -ECANCELED) {
        status = house_failed(house, "start", r);
    }
    close_daemon(&daemon);
    if (house->options->is_once && r == 0)
        status = tell_result(&daemon);
    return status == EXIT_YES && daemon.error ? EXIT_SYSTEM : status;
}
