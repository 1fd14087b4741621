/* SPDX-License-Identifier: MIT */
/* check: everything that can be wrong before a mail is sent, then a summary. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "app/audiences.h"
#include "app/commands.h"
#include "app/dialogue.h"
#include "app/fetcher.h"
#include "app/idle_rules.h"
#include "app/secrets.h"
#include "net/relay.h"

enum { SAMPLE_ROWS = 3 };
static const size_t dialogue_max_bytes = 64 << 10;

struct tally {
    size_t errors, warnings;
    int error; /* of printing */
};

static json_t *place(int number)
{
    return number ? json_integer(number) : json_null();
}

static json_t *flaw_form(const struct flaw *flaw)
{
    return json_pack("{s:o, s:o, s:o, s:s, s:o, s:o}", "file", report_json_string(flaw->source),
                     "line", place(flaw->line), "column", place(flaw->line ? flaw->column : 0),
                     "severity", flaw->severity == SEVERITY_ERROR ? "error" : "warning", "message",
                     report_json_string(flaw->text), "advice", report_json_string(flaw->advice));
}

static void add_flaws(struct house *house, const struct flaws *flaws, struct tally *tally,
                      bool is_reported)
{
    if (!is_reported)
        report_flaws(house->report, flaws);
    for (size_t i = 0; i < flaws->count && house->options->is_json; i++)
        tally->error =
            tally->error ? tally->error : report_json(house->report, flaw_form(&flaws->items[i]));
    tally->errors += flaws->errors;
    tally->warnings += flaws->count + flaws->dropped - flaws->errors;
}

static const char *events_of(struct house *house, const struct source *source)
{
    const char *events =
        house_phrase_counted(house, PHRASE_EVENTS_READ, feed_event_count(source->feed), NULL);
    const char *product = feed_product(source->feed);
    const char *const values[] = {events, product, NULL};
    return product ? house_phrase(house, PHRASE_WRITTEN_BY, values) : events;
}

static const char *rows_of(struct house *house, const struct source *source)
{
    const struct contact_guess *guess = &source->guess;
    const char *const values[] = {guess->format, guess->charset ? guess->charset : "UTF-8", NULL};
    return house_phrase_counted(house, PHRASE_ROWS_READ, source->rows.count, values);
}

/* "calendar japon: 12 events" */
static void print_source(struct house *house, const struct source *source)
{
    const char *const values[] = {
        house_phrase(house, PHRASE_CALENDAR + source->kind, NULL), source->name,
        source->kind == SOURCE_CALENDAR ? events_of(house, source)
        : source->kind == SOURCE_CONTACTS
            ? rows_of(house, source)
            : house_phrase_counted(house, PHRASE_DAYS_READ, source->holidays.count, NULL),
        NULL};
    house_say_all(house, PHRASE_SOURCE, values);
    /* Three rows, so that mojibake is seen before a mail is sent. */
    for (size_t i = 0; i < source->rows.count && i < SAMPLE_ROWS; i++) {
        const struct contact *row = source->rows.items[i];
        fprintf(house->report->out, "  %s — %s — %s\n", row->email,
                row->person.name ? row->person.name : "",
                row->organisation ? row->organisation : "");
    }
}

static void check_sources(struct house *house, struct tally *tally)
{
    for (size_t i = 0; i < sources_count(house->sources); i++) {
        const struct source *source = sources_at(house->sources, i);
        add_flaws(house, &source->flaws, tally, false);
        if (!house->options->is_json && !source->trouble)
            print_source(house, source);
    }
}

struct mark_check {
    const struct settings *settings;
    const struct contact_list *contacts;
    struct flaws *flaws;
};

static int check_mark(void *context, const struct event *event)
{
    struct mark_check *check = context;
    return audiences_check_mark(check->flaws->arena, check->settings, check->contacts, event,
                                check->flaws);
}

/* Groups in marks that nobody has. */
static int check_marks(struct house *house, struct arena *arena,
                       const struct contact_list *contacts, struct tally *tally)
{
    int r = 0;
    for (size_t i = 0; i < sources_count(house->sources) && !r; i++) {
        const struct source *source = sources_at(house->sources, i);
        struct flaws flaws;
        if (source->kind != SOURCE_CALENDAR || source->trouble || !source->feed)
            continue;
        flaws_init(&flaws, arena, source->label);
        r = feed_visit(source->feed, FEED_VISIT_MARKED, check_mark,
                       &(struct mark_check){house->settings, contacts, &flaws});
        add_flaws(house, &flaws, tally, false);
    }
    return r;
}

static int check_audiences(struct house *house, struct tally *tally)
{
    CLEANUP_ARENA struct arena *arena = arena_new((size_t)256 << 20);
    const struct contact_list *contacts;
    struct flaws flaws, *merge_flaws;
    int r = arena ? sources_contacts(house->sources, &contacts, &merge_flaws) : -ENOMEM;
    if (r)
        return r;
    add_flaws(house, merge_flaws, tally, false);
    flaws_init(&flaws, arena, house->options->config);
    if (!sources_has_contacts(house->sources))
        contacts = NULL;
    r = audiences_check(arena, house->settings, contacts, &flaws);
    r = r ? r : idle_rules_check(arena, house->settings, house->sources, &flaws);
    add_flaws(house, &flaws, tally, false);
    return r || !contacts ? r : check_marks(house, arena, contacts, tally);
}

/* --- staff -------------------------------------------------------------------------------------
 */

static int check_staff_address(struct house *house, struct ledger *ledger, const char *address,
                               struct flaws *flaws)
{
    bool is_opposed;
    int r = ledger_is_suppressed(ledger, address, &is_opposed);
    if (r || !is_opposed)
        return r;
    const char *advice = arena_printf(
        house->arena, "name another, or `convier unsuppress %s` at its owner's wish", address);
    flaws_add(flaws, SEVERITY_WARNING, 0, 0, advice,
              "staff: %s is on the opposition list and hears nothing", address);
    return advice ? 0 : -ENOMEM;
}

/* The ledger is the daemon's: whoever may not read it, or has none yet, is told nothing of it. */
static int check_staff(struct house *house, struct tally *tally)
{
    const struct settings *settings = house->settings;
    struct flaws flaws, ignored;
    struct ledger *ledger = NULL;
    const char *path = arena_printf(house->arena, "%s/ledger.db", settings->state);
    flaws_init(&flaws, house->arena, house->options->config);
    flaws_init(&ignored, house->arena, path);
    int r = path ? 0 : -ENOMEM;
    if (r || !settings->staff_count || access(path, R_OK | W_OK) ||
        ledger_open(path, LEDGER_COMMAND, house_now(house), &ignored, &ledger))
        return r;
    for (size_t i = 0; i < settings->staff_count && !r; i++)
        r = check_staff_address(house, ledger, settings->staff[i], &flaws);
    ledger_close(ledger);
    add_flaws(house, &flaws, tally, false);
    return r;
}

/* --- the relay ---------------------------------------------------------------------------------
 */

struct probe {
    sd_event *loop;
    struct outcome outcome;
    struct buf dialogue; /* shown when it fails */
};

static void on_probe(void *context, const struct outcome *outcome)
{
    struct probe *probe = context;
    probe->outcome = *outcome;
    (void)sd_event_exit(probe->loop, 0);
}

static void on_dialogue(void *context, char direction, struct text line)
{
    struct probe *probe = context;
    dialogue_add(&probe->dialogue, direction, line);
}

static int ask_relay(struct probe *probe, const struct relay_settings *settings,
                     const char *password)
{
    const struct relay_probe_callbacks callbacks = {
        .context = probe, .on_done = on_probe, .on_dialogue = on_dialogue};
    signal(SIGPIPE, SIG_IGN); /* a relay that hangs up is an outcome */
    int r = sd_event_new(&probe->loop);
    r = r < 0 ? r : relay_probe(probe->loop, settings, password, &callbacks);
    r = r < 0 ? r : sd_event_loop(probe->loop);
    sd_event_unref(probe->loop);
    return r < 0 ? r : 0;
}

/* Without it no connection is trusted, so that it is looked for before the first is made. */
static void check_ca_file(struct house *house, const char *source, const char *ca_file,
                          struct tally *tally)
{
    struct flaws flaws;
    if (!ca_file || access(ca_file, R_OK) == 0)
        return;
    flaws_init(&flaws, house->arena, house->options->config);
    flaws_add(&flaws, SEVERITY_ERROR, 0, 0,
              "leave ca_file out to trust the system's authorities, or correct its path",
              "%s: ca_file: %s: %s", source, ca_file, strerror(errno));
    add_flaws(house, &flaws, tally, false);
}

static int check_relay(struct house *house, const struct relay_settings *settings,
                       struct tally *tally)
{
    CLEANUP_SECRET char *password = NULL;
    struct probe probe = {.dialogue = BUF_INIT(dialogue_max_bytes)};
    struct flaws flaws;
    flaws_init(&flaws, house->arena, house->options->config);
    int r = secrets_read(&settings->password, &flaws, &password);
    add_flaws(house, &flaws, tally, false);
    check_ca_file(house, settings->url, settings->ca_file, tally);
    if (r)
        return r < 0 ? r : 0;
    if (house->options->is_offline)
        return 0;
    r = ask_relay(&probe, settings, password);
    if (r) {
        buf_done(&probe.dialogue);
        return r;
    }
    if (probe.outcome.verdict == VERDICT_ACCEPTED) {
        if (!house->options->is_json)
            house_say(house, PHRASE_RELAY_READY, settings->url);
        buf_done(&probe.dialogue);
        return 0;
    }
    char line[OUTCOME_LINE_BYTES];
    outcome_line(&probe.outcome, line);
    flaws_init(&flaws, house->arena, house->options->config);
    flaws_add(&flaws, SEVERITY_ERROR, 0, 0, dialogue_advice(&probe.outcome), "relay %s: %s: %s",
              settings->url, smtp_stage_to_text(probe.outcome.stage), line);
    add_flaws(house, &flaws, tally, false);
    struct text said = buf_text(&probe.dialogue);
    fprintf(house->report->err, "%.*s", (int)said.size, said.data ? said.data : "");
    buf_done(&probe.dialogue);
    return 0;
}

/* All that the settings name. */
static int check_house(struct house *house, struct tally *tally)
{
    int status = house_read_sources(house, !house->options->is_offline, false);
    if (status)
        return status;
    check_sources(house, tally);
    int r = check_audiences(house, tally);
    r = r ? r : check_staff(house, tally);
    if (r)
        return house_failed(house, "check", r);
    status = house_load_templates(house);
    if (status == EXIT_SYSTEM)
        return status;
    add_flaws(house, &house->template_flaws, tally, false);
    for (size_t i = 0; i < house->settings->calendar_count; i++)
        check_ca_file(house, house->settings->calendars[i].source,
                      house->settings->calendars[i].ca_file, tally);
    for (size_t i = 0; i < house->settings->relay_count && !r; i++)
        r = check_relay(house, &house->settings->relays[i], tally);
    return r ? house_failed(house, "relay", r) : EXIT_YES;
}

static int summarize(struct house *house, const struct tally *tally)
{
    int r = tally->error;
    if (house->options->is_json)
        r = r ? r
              : report_json(house->report,
                            json_pack("{s:I, s:I}", "errors", (json_int_t)tally->errors, "warnings",
                                      (json_int_t)tally->warnings));
    else
        fprintf(house->report->out, "%s%s%s\n",
                house_phrase_counted(house, PHRASE_ERRORS, tally->errors, NULL),
                language_comma(house_language(house)),
                house_phrase_counted(house, PHRASE_WARNINGS, tally->warnings, NULL));
    return r ? house_failed(house, "check", r) : tally->errors ? EXIT_NO : EXIT_YES;
}

/* Flaws of the settings are no reason to keep quiet about the rest: one run tells all. */
int command_check(struct house *house)
{
    struct tally tally = {0};
    int status = house_load_settings(house);
    if (status != EXIT_YES && status != EXIT_NO)
        return status;
    add_flaws(house, &house->flaws, &tally, true);
    if (status == EXIT_NO && house->salvage)
        status = house_use_settings(house, house->salvage);
    if (status == EXIT_YES)
        status = check_house(house, &tally);
    return status == EXIT_YES || status == EXIT_NO ? summarize(house, &tally) : status;
}
