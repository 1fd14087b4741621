/* SPDX-License-Identifier: MIT */
/* Everything that happens is only noted and asks for a turn, which runs when nothing else is to be
 * done; then the loop sleeps until the next thing due. What a turn does stands in app/turn.      */
#include "app/daemon.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include <time.h>
#include <unistd.h>

#include "app/clock_watch.h"
#include "app/fetcher.h"
#include "app/mailroom.h"
#include "app/message_ids.h"
#include "app/metrics.h"
#include "app/nudge.h"
#include "app/reload.h"
#include "app/rest.h"
#include "app/status_file.h"
#include "app/turn.h"
#include "app/watches.h"
#include "base/log.h"
#include "plan/notice_words.h"
#include "plan/reason_words.h"

/* Editors write in several steps; wait until they are quiet. */
static const uint64_t quiet_file_usec = 150 * 1000;
static const uint64_t stop_usec = 4500 * 1000; /* within the 5 s that were promised */
static const uint64_t timer_accuracy_usec = 100 * 1000;
/* So many outcomes are one commit, or those that come this close; room for messages asks for a turn
 * at once. When the power fails they are in doubt, like all that was claimed with them. */
static const size_t gathered_max = 256;
static const uint64_t gather_usec = 50 * 1000, gather_accuracy_usec = 5 * 1000;
static const uint64_t slice_usec = 25 * 1000; /* of planning; the loop waits at most 50 ms */
static const uint64_t status_every_usec = 1000 * 1000;       /* while there is much to do */
static const uint64_t metrics_every_usec = 15 * 1000 * 1000; /* the same; nobody asks more often */
static const uint64_t long_sleep_usec = 30 * 1000 * 1000;    /* worth giving memory back for */
static const int64_t patience_usec = 90 * USEC_PER_SEC;      /* of --once with a relay's pace */

struct daemon {
    struct house *house;
    sd_event *loop;
    sd_event_source *turner, *timer, *gather, *quiet, *stop;
    struct relays *relays;
    struct fetcher *fetcher;
    struct watches *watches;
    struct clock_watch *clock_watch;
    struct turn turn;

    unsigned changed; /* turn_news of files that are not quiet yet */
    bool is_stopping, is_reload, is_ready;
    size_t gathered;                    /* outcomes since the last turn */
    uint64_t status_told, metrics_told; /* monotonic */
    uint64_t slice_end;                 /* monotonic: when the planning of this turn stops */
    bool is_left;                       /* --once ended with something due */
};

static bool is_slice_spent(void *context)
{
    const struct daemon *daemon = context;
    return clock_monotonic() >= daemon->slice_end;
}

static void ask_turn(struct daemon *daemon)
{
    if (daemon->turner)
        (void)sd_event_source_set_enabled(daemon->turner, SD_EVENT_ONESHOT);
}

static void note(struct daemon *daemon, unsigned news)
{
    turn_note(&daemon->turn, news);
    ask_turn(daemon);
}

/* --- what happens ------------------------------------------------------------------------------
 */

static void gather(struct daemon *daemon)
{
    int r = sd_event_source_set_time_relative(daemon->gather, gather_usec);
    r = r < 0 ? r : sd_event_source_set_enabled(daemon->gather, SD_EVENT_ONESHOT);
    if (r < 0)
        ask_turn(daemon);
}

static void on_outcome(void *context, void *token, const struct outcome *outcome)
{
    struct daemon *daemon = context;
    turn_note_outcome(&daemon->turn, token, outcome, house_now(daemon->house));
    daemon->gathered++;
    if (daemon->is_stopping || !conductor_in_hand(daemon->house->conductor) ||
        daemon->gathered >= gathered_max)
        ask_turn(daemon);
    else if (daemon->gathered == 1)
        gather(daemon);
}

static int on_gathered(sd_event_source *source, uint64_t usec, void *context)
{
    struct daemon *daemon = context;
    (void)source;
    (void)usec;
    if (daemon->gathered)
        ask_turn(daemon);
    return 0;
}

/* A fast relay has room long before the next group is composed: a turn for each of its replies
 * would be a commit for each outcome.                                                            */
static void on_room(void *context)
{
    struct daemon *daemon = context;
    if (conductor_has_room(daemon->house->conductor, house_now(daemon->house)))
        ask_turn(daemon);
}

static void on_fallback(void *context, const struct relay_settings *from,
                        const struct relay_settings *to, const struct outcome *why)
{
    struct daemon *daemon = context;
    mailroom_note_fallback(daemon->house, from, to, why);
}

static void on_rest(void *context, const struct relay_settings *settings, struct instant until,
                    const struct outcome *why)
{
    struct daemon *daemon = context;
    mailroom_note_rest(daemon->house, settings, until, why);
}

static void on_read(void *context)
{
    struct daemon *daemon = context;
    turn_note_reading(&daemon->turn, house_now(daemon->house));
    ask_turn(daemon);
}

static void on_clock_set(void *context)
{
    note(context, 0);
}

static int on_quiet(sd_event_source *source, uint64_t usec, void *context)
{
    struct daemon *daemon = context;
    (void)source;
    (void)usec;
    note(daemon, daemon->changed);
    daemon->changed = 0;
    return 0;
}

/* Only noted here: what is read must be planned in the same turn, and an editor may still write. */
static void on_change(void *context, int news)
{
    struct daemon *daemon = context;
    daemon->changed |= (unsigned)news;
    uint64_t now = 0;
    (void)sd_event_now(daemon->loop, CLOCK_MONOTONIC, &now); /* inside a callback it cannot fail */
    (void)sd_event_source_set_time(daemon->quiet, now + (news == TURN_WORD ? 0 : quiet_file_usec));
    (void)sd_event_source_set_enabled(daemon->quiet, SD_EVENT_ONESHOT);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *context)
{
    (void)source;
    (void)usec;
    note(context, 0);
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
    if (daemon->relays) {
        relays_recall(daemon->relays);
        relays_drain(daemon->relays);
    }
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

static int set_timer(struct daemon *daemon)
{
    const struct clock *clock = &daemon->house->clock;
    struct instant now = house_now(daemon->house), next = turn_next(&daemon->turn, now);
    bool is_resting = turn_is_resting(&daemon->turn, now);
    struct instant room = relays_next_room(daemon->relays); /* relays live in real time */
    if (!is_resting)
        next = instant_min(next, fetcher_next(daemon->fetcher));
    struct instant real = clock_to_real(clock, next);
    if (!is_resting && room.utc_usec != INSTANT_UNSET.utc_usec)
        real = instant_min(real, room);
    if (real.utc_usec == INSTANT_NEVER.utc_usec)
        return sd_event_source_set_enabled(daemon->timer, SD_EVENT_OFF);
    int r =
        sd_event_source_set_time(daemon->timer, real.utc_usec > 0 ? (uint64_t)real.utc_usec : 0);
    return r < 0 ? r : sd_event_source_set_enabled(daemon->timer, SD_EVENT_ONESHOT);
}

/* The plan's next moment, or sooner, when what waits for the relay may leave. */
static struct instant next_look(struct daemon *daemon, const char *stopped)
{
    struct conductor *conductor = daemon->house->conductor;
    struct instant now = house_now(daemon->house), next = daemon->turn.pass.next;
    struct instant resumes = conductor_resumes(conductor);
    struct instant room = clock_from_real(&daemon->house->clock, relays_next_room(daemon->relays));
    bool is_left = false;
    if (instant_before(now, resumes))
        return instant_min(next, resumes);
    if (stopped || !instant_before(now, room) || conductor_has_due(conductor, now, &is_left))
        return next;
    return is_left ? instant_min(next, room) : next;
}

static void tell_status(struct daemon *daemon)
{
    struct house *house = daemon->house;
    struct pass_report pass = daemon->turn.pass;
    size_t in_hand = conductor_in_hand(house->conductor);
    bool is_busy = in_hand || daemon->turn.is_wanted_again;
    char next[32] = "nothing is due";
    uint64_t now = 0;
    (void)sd_event_now(daemon->loop, CLOCK_MONOTONIC, &now);
    if (daemon->is_ready && is_busy && now < daemon->status_told + status_every_usec)
        return;
    const char *stopped = conductor_stopped(house->conductor);
    pass.next = next_look(daemon, stopped);
    if (pass.next.utc_usec != INSTANT_NEVER.utc_usec)
        zone_format_rfc3339(house->zone, pass.next, next);
    (void)sd_notifyf(false, "%sSTATUS=%s%s%zu in hand, next look %s",
                     daemon->is_ready ? "" : "READY=1\n", stopped ? stopped : "",
                     stopped ? "; " : "", in_hand, next);
    daemon->status_told = now;
    daemon->is_ready = true;
    status_file_write(house, &pass, stopped);
    if (is_busy && now < daemon->metrics_told + metrics_every_usec)
        return;
    metrics_write(house, &daemon->turn, pass.next, stopped != NULL);
    daemon->metrics_told = now;
}

/* --once: does something wait for the relay's pace, and is that worth waiting for? */
static bool is_paced(struct daemon *daemon)
{
    uint64_t now = 0;
    struct instant room = relays_next_room(daemon->relays);
    if (conductor_has_due(daemon->house->conductor, house_now(daemon->house), &daemon->is_left))
        daemon->is_left = false;
    (void)sd_event_now(daemon->loop, CLOCK_REALTIME, &now);
    return daemon->is_left && !conductor_stopped(daemon->house->conductor) &&
           room.utc_usec < (int64_t)now + patience_usec;
}

static bool is_finished(struct daemon *daemon)
{
    return !is_paced(daemon) && turn_is_quiet(&daemon->turn) && !fetcher_under_way(daemon->fetcher);
}

static int finish_in_hand(struct daemon *daemon)
{
    int r = conductor_flush(daemon->house->conductor);
    bool is_done = !conductor_in_hand(daemon->house->conductor);
    return r < 0 || is_done
               ? sd_event_exit(daemon->loop, daemon->is_reload ? DAEMON_RELOAD : EXIT_YES)
               : 0;
}

static bool may_sleep_long(struct daemon *daemon)
{
    uint64_t now = 0, next = UINT64_MAX;
    int enabled = SD_EVENT_OFF;
    (void)sd_event_now(daemon->loop, CLOCK_REALTIME, &now); /* inside a callback it cannot fail */
    (void)sd_event_source_get_enabled(daemon->timer, &enabled);
    if (enabled != SD_EVENT_OFF)
        (void)sd_event_source_get_time(daemon->timer, &next);
    return turn_is_quiet(&daemon->turn) && !daemon->turn.is_wanted_again &&
           next > now + long_sleep_usec;
}

static int on_turn(sd_event_source *source, void *context)
{
    struct daemon *daemon = context;
    struct instant now = house_now(daemon->house);
    bool is_once = daemon->house->options->is_once;
    (void)source;

    if (daemon->is_stopping)
        return finish_in_hand(daemon);
    if (turn_is_resting(&daemon->turn, now))
        return set_timer(daemon);
    int r = fetcher_start(daemon->fetcher, false);
    daemon->gathered = 0;
    daemon->slice_end = clock_monotonic() + slice_usec;
    if (r)
        turn_rest(&daemon->turn, r, now);
    else
        r = turn_run(&daemon->turn, now);
    clock_let_go(&daemon->house->clock);
    tell_status(daemon);
    if (daemon->turn.is_wanted_again)
        ask_turn(daemon);
    else if (is_once && (r || is_finished(daemon)))
        stop(daemon);
    r = set_timer(daemon);
    if (!is_once && may_sleep_long(daemon)) {
        conductor_rest(daemon->house->conductor);
        rest_give_back();
    }
    return r;
}

/* --- start and end -----------------------------------------------------------------------------
 */

static int add_watch(struct daemon *daemon, const char *path, enum turn_news news)
{
    int r = news == TURN_TEMPLATES ? watches_add(daemon->watches, path, NULL, (int)news)
                                   : watches_add_path(daemon->watches, path, (int)news);
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
            r = add_watch(daemon, source->location, TURN_SOURCES);
    }
    if (!r && house->settings->templates)
        r = add_watch(daemon, house->settings->templates, TURN_TEMPLATES);
    snprintf(nudge, sizeof nudge, "%s/%s", house->settings->state, NUDGE_FILE);
    return r ? r : add_watch(daemon, nudge, TURN_WORD);
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
    int r = sd_event_add_defer(daemon->loop, &daemon->turner, on_turn, daemon);
    if (r >= 0)
        r = sd_event_source_set_priority(daemon->turner, SD_EVENT_PRIORITY_IDLE);
    if (r >= 0)
        r = sd_event_add_time(daemon->loop, &daemon->timer, CLOCK_REALTIME, 0, timer_accuracy_usec,
                              on_timer, daemon);
    if (r >= 0)
        r = sd_event_source_set_enabled(daemon->timer, SD_EVENT_OFF);
    if (r >= 0)
        r = sd_event_add_time(daemon->loop, &daemon->gather, CLOCK_MONOTONIC, 0,
                              gather_accuracy_usec, on_gathered, daemon);
    if (r >= 0)
        r = sd_event_source_set_enabled(daemon->gather, SD_EVENT_OFF);
    if (r >= 0)
        r = sd_event_add_time(daemon->loop, &daemon->quiet, CLOCK_MONOTONIC, 0, 1, on_quiet,
                              daemon);
    if (r >= 0)
        r = sd_event_source_set_enabled(daemon->quiet, SD_EVENT_OFF);
    return r < 0 ? r : 0;
}

static int open_daemon(struct daemon *daemon)
{
    struct house *house = daemon->house;
    struct courier courier = mailroom_courier(&daemon->relays);
    const struct relay_callbacks callbacks = {.context = daemon,
                                              .on_outcome = on_outcome,
                                              .on_room = on_room,
                                              .on_fallback = on_fallback,
                                              .on_rest = on_rest};
    int r = sd_event_new(&daemon->loop);
    r = r < 0 ? r : add_sources(daemon);
    r = r ? r : add_signals(daemon);
    r = r < 0 ? r : mailroom_open(house, daemon->loop, &callbacks, &daemon->relays);
    r = r ? r
          : fetcher_open(daemon->loop, house->settings, house->sources, &house->clock, on_read,
                         daemon, &daemon->fetcher);
    r = r ? r : add_watches(daemon);
    r = r ? r : clock_watch_open(daemon->loop, on_clock_set, daemon, &daemon->clock_watch);
    if (!r && sd_event_set_watchdog(daemon->loop, true) < 0)
        log_line(LOG_LEVEL_WARNING, NULL, "the watchdog cannot be used");
    return r ? r : turn_open(&daemon->turn, &courier);
}

static void close_daemon(struct daemon *daemon)
{
    fetcher_close(daemon->fetcher);
    watches_close(daemon->watches);
    clock_watch_close(daemon->clock_watch);
    relays_close(daemon->relays); /* what is still in hand gets its outcome now */
    int r = daemon->house->conductor ? conductor_flush(daemon->house->conductor) : 0;
    if (r) {
        log_line(LOG_LEVEL_ERROR, MESSAGE_FIELDS(MESSAGE_ID_LEDGER_UNUSABLE),
                 "the last outcomes could not be recorded (%s): they are uncertain now",
                 strerror(-r));
        daemon->turn.error = r;
    }
    sd_event_source_disable_unref(daemon->turner);
    sd_event_source_disable_unref(daemon->timer);
    sd_event_source_disable_unref(daemon->gather);
    sd_event_source_disable_unref(daemon->quiet);
    sd_event_source_disable_unref(daemon->stop);
    sd_event_unref(daemon->loop);
}

/* "3 accepted, 0 deferred, 0 refused"; NULL = no memory. */
static const char *count_result(const struct house *house, const struct turn *turn)
{
    const struct {
        enum notice_state state;
        size_t count;
        bool is_always_told;
    } counts[] = {{NOTICE_ACCEPTED, turn->accepted, true},
                  {NOTICE_DEFERRED, turn->deferred, true},
                  {NOTICE_REFUSED, turn->refused, true},
                  {NOTICE_UNCERTAIN, turn->uncertain, false},
                  {NOTICE_HELD, turn->pass.held, false}};
    const char *said = "";
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        if (counts[i].count || counts[i].is_always_told)
            said = notice_words_count(house->arena, said, counts[i].state, counts[i].count,
                                      house_language(house));
    return said && turn->pass.held
               ? house_phrase(house, PHRASE_SEE_HOLDS, (const char *const[]){said, NULL})
               : said;
}

static int tell_result(struct daemon *daemon)
{
    struct house *house = daemon->house;
    const char *counts = count_result(house, &daemon->turn);
    fprintf(house->report->out, "%s\n", counts ? counts : "…");
    house_tell_pass(house, &daemon->turn.pass);
    const char *stopped = conductor_stopped(house->conductor);
    if (stopped)
        report_problem(house->report, NULL, "%s",
                       reason_in(house->arena, stopped, house_language(house)));
    else if (daemon->is_left)
        report_problem(house->report, house_phrase(house, PHRASE_LEFT_ADVICE, NULL), "%s",
                       house_phrase(house, PHRASE_LEFT, NULL));
    bool is_unreachable = conductor_resumes(house->conductor).utc_usec != INSTANT_UNSET.utc_usec;
    if (daemon->turn.error || is_unreachable)
        return EXIT_SYSTEM;
    bool is_able = house->composer && sources_has_contacts(house->sources);
    return is_able && !daemon->is_left ? EXIT_YES : EXIT_NO;
}

int daemon_run(struct house *house)
{
    struct daemon daemon = {.house = house};
    int status = EXIT_SYSTEM;
    turn_init(&daemon.turn, house);
    daemon.turn.budget = (struct budget){is_slice_spent, &daemon};
    int r = open_daemon(&daemon);
    if (r == 0) {
        rest_give_back(); /* what only the start needed */
        r = sd_event_loop(daemon.loop);
        status = r >= 0 ? r : house_failed(house, "the event loop", r);
    } else if (r != -ECANCELED) {
        status = house_failed(house, "start", r);
    }
    close_daemon(&daemon);
    if (house->options->is_once && r == 0)
        status = tell_result(&daemon);
    return status == EXIT_YES && daemon.turn.error ? EXIT_SYSTEM : status;
}
