/* SPDX-License-Identifier: MIT */
/* Commands that read one thing and say what is in it: occurrences, contacts, render. They need no
 * settings, but use them when they are there (zone, language, named audiences). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/commands.h"
#include "app/fetcher.h"
#include "app/forms.h"
#include "app/headings.h"
#include "app/json_value.h"
#include "base/file.h"
#include "calendar/expansion.h"
#include "calendar/feed.h"
#include "compose/mustache.h"
#include "contacts/audience.h"
#include "plan/explain_words.h"

enum { TEMPLATE_BYTES_MAX = 16 << 20, ROW_BYTES_MAX = 1 << 16 };
static const size_t read_max_bytes = (size_t)6 << 30;

/* Settings when they are asked for or simply there; without, defaults hold, and tables are headed
 * in English. */
static int load_settings_if_any(struct house *house, const struct settings *defaults,
                                enum language *ret_headed)
{
    bool has_settings = house->options->has_config || access(house->options->config, R_OK) == 0;
    int status = has_settings ? house_load_settings(house) : house_use_settings(house, defaults);
    if (!status)
        *ret_headed = has_settings ? house->settings->organisation.language : LANGUAGE_EN;
    return status;
}

/* The arguments as sources of one kind, fetched and read. */
static int read_arguments(struct house *house, struct settings *settings)
{
    house->settings = settings;
    return house_read_sources(house, true, false);
}

static bool is_address(const char *location)
{
    struct text text = text_of(location);
    return text_starts_nocase(text, "http://") || text_starts_nocase(text, "https://") ||
           text_starts_nocase(text, "webcal://") || text_starts_nocase(text, "webcals://");
}

static struct settings default_settings(struct house *house)
{
    return (struct settings){.organisation = {.language = LANGUAGE_FR, .zone = house->zone}};
}

/* Reports flaws; EXIT_NO when something was refused, be it one row, whatever else was printed. */
static int report_refusals(struct house *house, const struct flaws *flaws)
{
    report_flaws(house->report, flaws);
    return flaws_has_errors(flaws) ? EXIT_NO : EXIT_YES;
}

static int report_sources(struct house *house)
{
    int status = EXIT_YES;
    for (size_t i = 0; i < sources_count(house->sources); i++) {
        const struct source *source = sources_at(house->sources, i);
        if (report_refusals(house, &source->flaws) || source->trouble)
            status = EXIT_NO;
    }
    return status;
}

/* --- occurrences -------------------------------------------------------------------------------
 */

struct ordered {
    const struct occurrence *occurrence;
    struct instant start;
};
LIST_TYPE(ordereds, struct ordered);

static int compare_ordered(const void *a, const void *b)
{
    const struct ordered *x = a, *y = b;
    int order = instant_compare(x->start, y->start);
    order = order ? order : strcmp(x->occurrence->event->uid, y->occurrence->event->uid);
    return order ? order : strcmp(x->occurrence->key, y->occurrence->key);
}

static int print_occurrences(struct house *house, struct arena *arena,
                             const struct ordereds *ordered, enum language language)
{
    static const enum heading headings[] = {HEADING_START,  HEADING_END,   HEADING_ZONE,
                                            HEADING_STATUS, HEADING_TITLE, HEADING_PLACE};
    struct report_table table;
    headings_begin(&table, arena, language, headings, 6);
    CLEANUP_ARENA struct arena *row = arena_new(ROW_BYTES_MAX);
    if (!row)
        return -ENOMEM;
    if (!house->options->is_json)
        report_table_expect(&table, ordered->count);
    for (size_t i = 0; i < ordered->count; i++) {
        const struct occurrence *o = ordered->items[i].occurrence;
        if (house->options->is_json) {
            int r = report_json(house->report, forms_occurrence(o));
            if (r)
                return r;
            continue;
        }
        char day[11];
        arena_clear(row);
        report_table_text(&table, forms_when(row, &o->when, house->zone));
        if (o->when.is_all_day)
            civil_date_format(civil_date_add_days(o->when.end_day, -1), day);
        report_table_text(&table,
                          o->when.is_all_day ? day : forms_moment(row, o->when.end, o->when.zone));
        report_table_text(&table, o->when.is_all_day ? "" : zone_name(o->when.zone));
        report_table_text(&table,
                          o->state == EVENT_ALIVE ? "" : explain_event_state(o->state, language));
        report_table_text(&table, forms_plain(&o->event->summary));
        report_table_text(&table, forms_plain(&o->event->location));
    }
    return house->options->is_json ? 0 : report_table_print(house->report, &table);
}

static int add_ordered(struct arena *arena, const struct occurrences *occurrences,
                       const struct zone *zone, struct ordereds *ret)
{
    size_t total = ret->count + occurrences->count;
    struct ordered *items = arena_alloc_array(arena, total, sizeof *items);
    if (!items)
        return -ENOMEM;
    if (ret->count)
        memcpy(items, ret->items, ret->count * sizeof *items);
    for (size_t i = 0; i < occurrences->count; i++) {
        const struct occurrence *o = &occurrences->items[i];
        items[ret->count + i] = (struct ordered){o, when_start(&o->when, zone)};
    }
    *ret = (struct ordereds){items, total, total};
    return 0;
}

/* *status: EXIT_NO from the first occurrence on that was refused. */
static int expand_sources(struct house *house, struct arena *arena, struct instant from,
                          struct instant until, struct ordereds *ret, int *status)
{
    for (size_t i = 0; i < sources_count(house->sources); i++) {
        const struct source *source = sources_at(house->sources, i);
        struct occurrences occurrences = {0};
        struct flaws flaws;
        if (!source->feed)
            continue;
        flaws_init(&flaws, arena, source->label);
        int r = expansion_run(arena, source->feed, from, until, &flaws, &occurrences);
        if (r)
            return r;
        if (report_refusals(house, &flaws))
            *status = EXIT_NO;
        r = add_ordered(arena, &occurrences, feed_zone(source->feed), ret);
        if (r)
            return r;
    }
    if (ret->count)
        qsort(ret->items, ret->count, sizeof *ret->items, compare_ordered);
    return 0;
}

int command_occurrences(struct house *house)
{
    const struct options *options = house->options;
    struct settings settings = default_settings(house);
    struct instant from, until;
    enum language language;
    int status = load_settings_if_any(house, &settings, &language);
    if (status)
        return status;
    settings.organisation = house->settings->organisation;
    const struct zone *zone = NULL;
    if (options->zone) {
        zone = zones_find(house->zones, text_of(options->zone));
        if (!zone) {
            report_problem(house->report, "IANA names look like Europe/Paris", "no such zone: %s",
                           options->zone);
            return EXIT_USAGE;
        }
        house->zone = zone;
    }
    status = house_parse_when(house, options->from, &from);
    status = status ? status : house_parse_when(house, options->to, &until);
    if (status)
        return status;
    if (instant_before(until, from)) {
        report_problem(house->report, "write the earlier moment first: --from T --to T",
                       "--to %s is before --from %s", options->to, options->from);
        return EXIT_USAGE;
    }
    CLEANUP_ARENA struct arena *arena = arena_new(read_max_bytes);
    struct calendar_settings *calendars =
        arena ? arena_alloc_array(arena, options->argument_count, sizeof *calendars) : NULL;
    if (!calendars)
        return house_failed(house, "occurrences", -ENOMEM);
    for (size_t i = 0; i < options->argument_count; i++)
        calendars[i] = (struct calendar_settings){.name = options->arguments[i],
                                                  .source = options->arguments[i],
                                                  .is_remote = is_address(options->arguments[i]),
                                                  .zone = house->zone,
                                                  .is_zone_pinned = zone != NULL};
    settings.calendars = calendars;
    settings.calendar_count = options->argument_count;
    status = read_arguments(house, &settings);
    if (status)
        return status;
    status = report_sources(house);
    struct ordereds ordered = {0};
    int r = expand_sources(house, arena, from, until, &ordered, &status);
    r = r ? r : print_occurrences(house, arena, &ordered, language);
    return r ? house_failed(house, "occurrences", r) : status;
}

/* --- contacts ----------------------------------------------------------------------------------
 */

static int print_contacts(struct house *house, struct arena *arena, const struct contact_list *list,
                          const struct membership *members, enum language language)
{
    static const enum heading headings[] = {HEADING_EMAIL,    HEADING_PERSON, HEADING_ORGANISATION,
                                            HEADING_LANGUAGE, HEADING_ZONE,   HEADING_GROUPS};
    struct report_table table;
    headings_begin(&table, arena, language, headings, 6);
    if (!house->options->is_json && !members)
        report_table_expect(&table, list->count);
    for (size_t i = 0; i < list->count; i++) {
        const struct contact *contact = list->items[i];
        if (members && !membership_has(members, i))
            continue;
        if (house->options->is_json) {
            int r = report_json(house->report, forms_contact(contact));
            if (r)
                return r;
            continue;
        }
        CLEANUP_BUF struct buf groups = BUF_INIT(1 << 16);
        for (size_t k = 0; k < contact->group_count; k++)
            buf_printf(&groups, "%s%s", k ? ", " : "", contact_group_name(contact, k));
        report_table_text(&table, contact->email);
        report_table_cell(&table, COLOUR_PLAIN, "%s%s",
                          contact->person.name ? contact->person.name : "",
                          contact->person_count > 1 ? " …" : "");
        report_table_text(&table, contact->organisation);
        report_table_text(&table, language_to_text(contact->language));
        report_table_text(&table, zone_name(contact->zone));
        report_table_text(&table, groups.data);
    }
    return house->options->is_json ? 0 : report_table_print(house->report, &table);
}

static void print_guesses(struct house *house)
{
    for (size_t i = 0; i < sources_count(house->sources); i++) {
        const struct source *source = sources_at(house->sources, i);
        const struct contact_guess *guess = &source->guess;
        if (!source->is_good || house->options->is_json)
            continue;
        fprintf(house->report->err, "%s: read as %s%s%s, %s", source->label, guess->format,
                guess->producer ? " of " : "", guess->producer ? guess->producer : "",
                guess->charset ? guess->charset : "UTF-8");
        if (guess->delimiter)
            fprintf(house->report->err, ", fields separated by %s",
                    guess->delimiter == '\t' ? "tabs" : (char[]){guess->delimiter, '\0'});
        fputc('\n', house->report->err);
    }
}

int command_contacts(struct house *house)
{
    const struct options *options = house->options;
    struct settings settings = default_settings(house);
    enum language language;
    int status = load_settings_if_any(house, &settings, &language);
    if (status)
        return status;
    settings.organisation = house->settings->organisation;
    settings.audiences = house->settings->audiences;
    settings.audience_count = house->settings->audience_count;
    CLEANUP_ARENA struct arena *arena = arena_new(read_max_bytes);
    struct contacts_settings *lists =
        arena ? arena_alloc_array(arena, options->argument_count, sizeof *lists) : NULL;
    if (!lists)
        return house_failed(house, "contacts", -ENOMEM);
    for (size_t i = 0; i < options->argument_count; i++)
        lists[i] = (struct contacts_settings){.source = options->arguments[i],
                                              .is_remote = is_address(options->arguments[i])};
    settings.contacts = lists;
    settings.contacts_count = options->argument_count;
    status = read_arguments(house, &settings);
    if (status)
        return status;
    status = report_sources(house);
    print_guesses(house);

    const struct contact_list *list;
    struct flaws *merge_flaws, flaws;
    struct membership members;
    int r = sources_contacts(house->sources, &list, &merge_flaws);
    if (r)
        return house_failed(house, "contacts", r);
    if (report_refusals(house, merge_flaws))
        status = EXIT_NO;
    if (options->audience) {
        struct audience *audience;
        flaws_init(&flaws, arena, "--audience");
        r = audience_parse(arena, options->audience, &settings, (struct settings_place){.line = 1},
                           &flaws, &audience);
        if (r == 0) {
            audience_check(arena, audience, list, &flaws);
            r = audience_evaluate(arena, audience, list, &members);
        }
        report_flaws(house->report, &flaws);
        if (r > 0)
            return EXIT_NO;
    }
    r = r ? r : print_contacts(house, arena, list, options->audience ? &members : NULL, language);
    return r ? house_failed(house, "contacts", r) : status;
}

/* --- render ------------------------------------------------------------------------------------
 */

struct partials {
    struct arena *arena;
    const char *folder;
    struct flaws *flaws;
    struct partial {
        const char *name;
        const struct mustache *compiled; /* NULL: there is none */
    } * items;
    size_t count, capacity;
    int error;
};

static int compile_file(struct arena *arena, const char *path, struct flaws *flaws,
                        const struct mustache **ret)
{
    CLEANUP_BUF struct buf bytes = BUF_INIT(TEMPLATE_BYTES_MAX);
    int r = file_read(path, &bytes);
    if (r)
        return r;
    char *copy = arena_copy_text(arena, buf_text(&bytes));
    flaws->source = arena_copy_string(arena, path);
    return copy ? mustache_compile(arena, (struct text){copy, bytes.size}, flaws, ret) : -ENOMEM;
}

/* A partial by name: compiled at its first use. A name never leaves the folder. */
static const struct mustache *find_partial(void *context, struct text name)
{
    struct partials *partials = context;
    for (size_t i = 0; i < partials->count; i++)
        if (text_is(name, partials->items[i].name))
            return partials->items[i].compiled;
    struct partial *partial = list_add(partials->arena, partials);
    if (!partial)
        return NULL;
    partial->name = arena_copy_text(partials->arena, name);
    struct text up = TEXT("..");
    if (!partials->folder || !partial->name || text_find(name, up) < name.size ||
        text_starts(name, "/"))
        return NULL;
    const struct mustache *compiled = NULL;
    int r = -ENOENT;
    static const char *const endings[] = {".mustache", ""};
    for (int i = 0; i < 2 && r == -ENOENT; i++) {
        const char *path =
            arena_printf(partials->arena, "%s/%s%s", partials->folder, partial->name, endings[i]);
        r = path ? compile_file(partials->arena, path, partials->flaws, &compiled) : -ENOMEM;
    }
    if (r && r != -ENOENT)
        partials->error = r;
    partials->items[partials->count - 1].compiled = r ? NULL : compiled;
    return r ? NULL : compiled;
}

/* One of the words that options.c lets through; HTML when none is given. */
static enum mustache_escape escape_of(const char *text)
{
    return string_equal(text, "markdown") ? ESCAPE_MARKDOWN
           : string_equal(text, "none")   ? ESCAPE_NONE
                                          : ESCAPE_HTML;
}

int command_render(struct house *house)
{
    const struct options *options = house->options;
    CLEANUP_ARENA struct arena *arena = arena_new(read_max_bytes);
    CLEANUP_BUF struct buf out = BUF_INIT(TEMPLATE_BYTES_MAX);
    struct flaws flaws;
    struct value data;
    const struct mustache *compiled = NULL;
    if (!arena)
        return house_failed(house, "render", -ENOMEM);
    flaws_init(&flaws, arena, options->arguments[0]);
    struct partials partials = {.arena = arena, .folder = options->partials, .flaws = &flaws};
    int r = compile_file(arena, options->arguments[0], &flaws, &compiled);
    if (r < 0)
        return house_failed(house, options->arguments[0], r) == EXIT_SYSTEM && r != -ENOMEM
                   ? EXIT_NO
                   : EXIT_SYSTEM;
    if (r == 0)
        r = json_value_load(arena, options->arguments[1], &flaws, &data);
    if (r == 0)
        r = mustache_render(compiled, &data, escape_of(options->escape), find_partial, &partials,
                            &out);
    if (r == MUSTACHE_E_TOO_DEEP)
        flaws_add(&flaws, SEVERITY_ERROR, 0, 0, NULL,
                  "partials include each other without end, or lists repeat each other");
    report_flaws(house->report, &flaws);
    if (r > 0 || partials.error > 0)
        return EXIT_NO;
    r = r ? r : partials.error;
    r = r ? r : buf_error(&out);
    if (r)
        return house_failed(house, "render", r);
    fwrite(out.data ? out.data : "", 1, out.size, house->report->out);
    return EXIT_YES;
}
