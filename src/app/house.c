/* SPDX-License-Identifier: MIT */
#include "app/house.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/copies.h"
#include "app/fetcher.h"
#include "app/forecast.h"
#include "app/forms.h"
#include "app/settings_file.h"
#include "app/system_zone.h"
#include "app/template_folder.h"
#include "app/when.h"
#include "base/log.h"
#include "plan/reason_words.h"

static const size_t house_max_bytes = (size_t)1 << 30;

struct instant house_now(const struct house *house)
{
    return clock_now(&house->clock);
}

int house_failed(struct house *house, const char *what, int error)
{
    report_problem(house->report, NULL, "%s: %s", what, strerror(-error));
    return EXIT_SYSTEM;
}

enum language house_language(const struct house *house)
{
    return house->settings ? house->settings->organisation.language : LANGUAGE_EN;
}

/* Straight to the stream: what was done is said also when memory has run out. */
static void say(const struct house *house, const char *sentence, const char *const *values)
{
    FILE *out = house->report->out;
    for (const char *hole; (hole = strstr(sentence, "%s")); sentence = hole + 2) {
        fprintf(out, "%.*s%s", (int)(hole - sentence), sentence, *values ? *values : "…");
        values += *values != NULL;
    }
    fprintf(out, "%s\n", sentence);
}

void house_say(const struct house *house, enum phrase words, const char *value)
{
    say(house, phrase(words, house_language(house)), (const char *const[]){value, value, NULL});
}

void house_say_counted(const struct house *house, enum phrase words, size_t count,
                       const char *value)
{
    char number[24];
    snprintf(number, sizeof number, "%zu", count);
    say(house, phrase_counted(words, count, house_language(house)),
        (const char *const[]){number, value, NULL});
}

void house_say_all(const struct house *house, enum phrase words, const char *const *values)
{
    say(house, phrase(words, house_language(house)), values);
}

static const char *fill(const struct house *house, const char *sentence, const char *const *values)
{
    const char *said = values ? reason_fill(house->arena, sentence, values) : sentence;
    return said ? said : "…";
}

const char *house_phrase(const struct house *house, enum phrase words, const char *const *values)
{
    return fill(house, phrase(words, house_language(house)), values);
}

const char *house_phrase_counted(const struct house *house, enum phrase words, size_t count,
                                 const char *const *values)
{
    const char *all[HOUSE_VALUES_MAX + 2] = {arena_printf(house->arena, "%zu", count)};
    for (size_t i = 0; values && values[i] && i < HOUSE_VALUES_MAX; i++)
        all[i + 1] = values[i];
    return fill(house, phrase_counted(words, count, house_language(house)), all);
}

void house_tell_waits(const struct house *house, const char *const *waits, size_t shown,
                      size_t count, const char *until)
{
    for (size_t i = 0; i < shown; i++)
        house_say(house, PHRASE_NOT_YET, waits[i]);
    if (count > shown)
        house_say_counted(house, PHRASE_MORE_WAIT, count - shown, until);
}

void house_tell_pass(const struct house *house, const struct pass_report *pass)
{
    size_t shown = pass->waiting < PASS_WAITS_MAX ? pass->waiting : PASS_WAITS_MAX;
    house_tell_waits(house, pass->waits, shown, pass->waiting,
                     forms_moment(house->arena, pass->waits_until, house->zone));
}

void house_progress(const struct house *house, const char *label, size_t done, size_t total)
{
    report_progress(house->report, label, done, total, (int64_t)(clock_monotonic() - house->began));
}

int house_open(struct house *house, const struct options *options, struct report *report)
{
    *house = (struct house){
        .options = options, .report = report, .clock = clock_real(), .began = clock_monotonic()};
    house->arena = arena_new(house_max_bytes);
    house->template_arena = arena_new(house_max_bytes);
    house->zones = zones_new(NULL);
    if (!house->arena || !house->template_arena || !house->zones)
        return house_failed(house, "start", -ENOMEM);
    house->zone = system_zone(house->zones);
    int r = locale_new(&house->locale);
    return r ? house_failed(house, "locale data (ICU)", r) : EXIT_YES;
}

void house_close(struct house *house)
{
    conductor_free(house->conductor);
    composer_free(house->composer);
    ledger_close(house->ledger);
    sources_free(house->sources);
    locale_free(house->locale);
    zones_free(house->zones);
    arena_free(house->template_arena);
    arena_free(house->arena);
    *house = (struct house){0};
}

int house_parse_when(struct house *house, const char *text, struct instant *ret)
{
    if (when_parse(text_of(text), house_now(house), house->zone, ret))
        return EXIT_YES;
    report_problem(house->report, when_advice(), "\"%s\" is no moment", text);
    return EXIT_USAGE;
}

static int set_clock(struct house *house)
{
    struct instant at;
    if (!house->options->at || house->clock.shift_usec)
        return EXIT_YES;
    int status = house_parse_when(house, house->options->at, &at);
    if (status)
        return status;
    house->clock = clock_starting_at(at);
    return EXIT_YES;
}

int house_load_settings(struct house *house)
{
    const struct settings *settings;
    flaws_init(&house->flaws, house->arena, house->options->config);
    int r = settings_file_load(house->arena, house->options->config, house->zones, &house->flaws,
                               &settings);
    report_flaws(house->report, &house->flaws);
    if (r < 0)
        return house_failed(house, house->options->config, r);
    if (!r)
        return house_use_settings(house, settings);
    house->salvage = settings;
    return EXIT_NO;
}

int house_use_settings(struct house *house, const struct settings *settings)
{
    house->settings = settings;
    house->zone = settings->organisation.zone;
    return set_clock(house);
}

/* Copies of what the settings no longer name go. */
static int sweep_copies(const struct house *house)
{
    size_t count = sources_count(house->sources);
    const char **locations = calloc(count + 1, sizeof *locations);
    if (!locations)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++)
        locations[i] = sources_at(house->sources, i)->location;
    copies_sweep(house->settings->state, locations, count);
    free(locations);
    return 0;
}

static void on_fetching(void *context, size_t done, size_t total)
{
    house_progress(context, "fetching", done, total);
}

int house_read_sources(struct house *house, bool may_fetch, bool may_keep)
{
    int r = sources_new(house->settings, house->zones, house->locale, may_keep, &house->sources);
    if (!r && may_keep)
        r = sweep_copies(house);
    /* Copies first: a list that shrank while we were away must be seen to have shrunk. */
    r = r ? r : sources_read_copies(house->sources, house_now(house));
    if (!r && house->ledger) {
        house->list_guard =
            (struct list_guard){house->ledger, &house->settings->limits, &house->clock};
        sources_set_judge(house->sources, list_guard_judge, &house->list_guard);
    }
    r = r ? r : sources_read_files(house->sources, true, house_now(house));
    if (!r && may_fetch)
        r = fetcher_fetch_all(house->settings, house->sources, &house->clock, on_fetching, house);
    report_progress_done(house->report);
    return r ? house_failed(house, "reading the sources", r) : EXIT_YES;
}

int house_open_ledger(struct house *house, enum ledger_mode mode)
{
    struct flaws flaws;
    bool may_make = mode == LEDGER_DAEMON || mode == LEDGER_CREATE;
    if (may_make && mkdir(house->settings->state, 0700) < 0 && errno != EEXIST)
        return house_failed(house, house->settings->state, -errno);
    const char *path = arena_printf(house->arena, "%s/ledger.db", house->settings->state);
    if (!path)
        return house_failed(house, house->settings->state, -ENOMEM);
    flaws_init(&flaws, house->arena, path);
    int r = ledger_open(path, mode, house_now(house), &flaws, &house->ledger);
    report_flaws(house->report, &flaws);
    if (r == -EACCES) {
        report_problem(house->report,
                       may_make || geteuid() == 0
                           ? "it must belong to the user as whom the service runs"
                           : "only root and the service may look into it: sudo convier …",
                       "%s: %s", path, strerror(EACCES));
        return EXIT_SYSTEM;
    }
    if (r < 0)
        return house_failed(house, path, r);
    if (r && !flaws.count)
        report_problem(house->report, "it is made when the daemon first runs",
                       "%s: there is no ledger yet", path);
    return r ? EXIT_NO : EXIT_YES;
}

int house_load_templates(struct house *house)
{
    struct arena *arena = arena_new(house_max_bytes);
    struct template_sources sources = {0};
    struct flaws flaws;
    struct composer *composer = NULL;
    uint8_t key[32] = {0};
    if (!arena)
        return house_failed(house, "templates", -ENOMEM);
    flaws_init(&flaws, arena, NULL);
    int r =
        template_folder_read(arena, house->settings->templates, house->settings->newsletter_folder,
                             house->settings->organisation.logo, &flaws, &sources);
    if (!r && house->ledger)
        r = ledger_key(house->ledger, key);
    if (!r)
        r = composer_new(house->settings, house->locale, sources.items, sources.count,
                         (struct text){(const char *)key, sizeof key}, &flaws, &composer);
    explicit_bzero(key, sizeof key);
    arena_free(house->template_arena);
    house->template_arena = arena;
    house->template_flaws = flaws;
    if (r < 0)
        return house_failed(house, "templates", r);
    if (r)
        return EXIT_NO;
    if (house->conductor)
        conductor_set_composer(house->conductor, composer);
    composer_free(house->composer);
    house->composer = composer;
    return EXIT_YES;
}

int house_open_conductor(struct house *house, const struct courier *courier, int horizon_slack_days)
{
    struct conductor_parts parts = {.settings = house->settings,
                                    .zones = house->zones,
                                    .locale = house->locale,
                                    .sources = house->sources,
                                    .ledger = house->ledger,
                                    .composer = house->composer};
    parts.horizon_slack_days = horizon_slack_days;
    if (courier)
        parts.courier = *courier;
    int r = conductor_new(&parts, &house->conductor);
    r = r ? r : conductor_start(house->conductor, house_now(house));
    return r ? house_failed(house, "the ledger", r) : EXIT_YES;
}

int house_open_conductor_for_questions(struct house *house)
{
    struct conductor_parts parts = {.settings = house->settings,
                                    .zones = house->zones,
                                    .locale = house->locale,
                                    .sources = house->sources,
                                    .ledger = house->ledger};
    int r = conductor_new(&parts, &house->conductor);
    r = r ? r : conductor_look(house->conductor, house_now(house));
    return r ? house_failed(house, "reading the calendars", r) : EXIT_YES;
}

static void warn_of_trouble(struct house *house)
{
    for (size_t i = 0; i < sources_count(house->sources); i++) {
        const struct source *source = sources_at(house->sources, i);
        if (source->trouble)
            report_problem(house->report, source->is_good ? "its last good copy is used" : NULL,
                           "%s: %s", source->label, source->trouble);
    }
}

int house_open_forecast(struct house *house)
{
    struct pass_report pass;
    int status = house_load_settings(house);
    status = status ? status : house_open_ledger(house, LEDGER_MEMORY);
    status = status ? status : house_read_sources(house, true, false);
    if (status)
        return status;
    warn_of_trouble(house);
    status = house_load_templates(house);
    if (status == EXIT_SYSTEM)
        return status;
    status = house_open_conductor(house, NULL, FORECAST_DAYS_MAX);
    if (status)
        return status;
    int r = conductor_plan(house->conductor, house_now(house), &pass);
    if (r)
        return house_failed(house, "planning", r);
    if (!sources_has_contacts(house->sources)) {
        report_problem(house->report, "see `convier check`", "no contact list could be read");
        return EXIT_NO;
    }
    return EXIT_YES;
}
