/* SPDX-License-Identifier: MIT */
/* status: what the daemon is doing, from its own word in STATE/status.json and from the ledger. */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "app/commands.h"
#include "app/forms.h"
#include "app/lateness.h"
#include "app/status_file.h"
#include "plan/reason_words.h"

static const size_t answer_max_bytes = (size_t)512 << 20;

static bool is_alive(const json_t *status)
{
    json_int_t pid = json_integer_value(json_object_get(status, "pid"));
    return pid > 0 && (kill((pid_t)pid, 0) == 0 || errno == EPERM);
}

static const char *word(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

/* A sentence of phrases.c, filled; "" without memory. values: NULL = none. */
static const char *sentence(struct house *house, enum phrase words, const char *const *values)
{
    const char *text = phrase(words, house->settings->organisation.language);
    const char *said = values ? reason_fill(house->arena, text, values) : text;
    return said ? said : "";
}

#define FILLED(house, words, ...) sentence(house, words, (const char *const[]){__VA_ARGS__, NULL})

static void print_coloured(struct house *house, enum report_colour colour, const char *line)
{
    fprintf(house->report->out, "%s%s%s\n", report_on(house->report, colour), line,
            report_off(house->report));
}

static void print_counted(struct house *house, enum report_colour colour, enum phrase words,
                          size_t count)
{
    const char *const values[] = {arena_printf(house->arena, "%zu", count), NULL};
    const char *said = reason_fill(
        house->arena, phrase_counted(words, count, house->settings->organisation.language), values);
    if (count)
        print_coloured(house, colour, said ? said : "");
}

static void print_sources(struct house *house, const json_t *status)
{
    FILE *out = house->report->out;
    size_t i;
    json_t *source;
    json_array_foreach(json_object_get(status, "sources"), i, source)
    {
        const char *trouble = word(source, "trouble");
        fprintf(out, "  %-9s %s: ", word(source, "kind"), word(source, "source"));
        const char *good = word(source, "good");
        if (*trouble)
            print_coloured(house, COLOUR_BAD,
                           FILLED(house, PHRASE_SOURCE_TROUBLE, trouble,
                                  *good ? good : sentence(house, PHRASE_NEVER, NULL)));
        else
            fprintf(out, "%s\n", FILLED(house, PHRASE_SOURCE_READ, good));
    }
}

static void print_waits(struct house *house, const json_t *status)
{
    const json_t *list = json_object_get(status, "waits");
    const char *waits[PASS_WAITS_MAX];
    size_t count = 0;
    while (count < PASS_WAITS_MAX && count < json_array_size(list)) {
        waits[count] = json_string_value(json_array_get(list, count));
        count++;
    }
    house_tell_waits(house, waits, count,
                     (size_t)json_integer_value(json_object_get(status, "waiting")),
                     word(status, "waits_until"));
}

static void print_counts(struct house *house, const struct ledger_counts *counts)
{
    char last[32];
    const char *states = "";
    for (int i = 0; i < NOTICE_STATE_COUNT && states; i++)
        if (counts->states[i])
            states = arena_printf(house->arena, "%s%s%zu %s", states, *states ? " " : "",
                                  counts->states[i], notice_state_to_text((enum notice_state)i));
    house_say(house, PHRASE_NOTICES,
              states && !*states ? sentence(house, PHRASE_NO_NOTICES, NULL) : states);
    if (counts->last_accepted.utc_usec != INSTANT_UNSET.utc_usec) {
        zone_format_rfc3339(house->zone, counts->last_accepted, last);
        house_say(house, PHRASE_LAST_ACCEPTED, last);
    }
    print_counted(house, COLOUR_WARNING, PHRASE_HOLDS, counts->holds);
    print_counted(house, COLOUR_PLAIN, PHRASE_SUPPRESSIONS, counts->suppressions);
}

static const char *title_of(struct house *house, struct arena *arena,
                            const struct lateness *lateness)
{
    const struct facts *facts = NULL;
    if (lateness->facts &&
        ledger_find_facts(house->ledger, arena, house->zones, lateness->facts, &facts) == 0 &&
        facts)
        return forms_plain(&facts->summary);
    return lateness->occurrence;
}

/* "At this pace the last mail leaves at 14:40; the meeting is at 14:00." */
static void print_pace(struct house *house, struct arena *arena, const struct lateness *lateness)
{
    if (!lateness->count)
        return;
    const char *words = lateness_words(arena, lateness, title_of(house, arena, lateness),
                                       house->zone, house->settings->organisation.language);
    if (words)
        print_coloured(house, COLOUR_BAD, words);
    else
        fprintf(house->report->out, "%s\n",
                FILLED(house, PHRASE_PACE, arena_printf(arena, "%zu", lateness->count),
                       forms_moment(arena, lateness->last, house->zone)));
}

static json_t *pace_form(struct house *house, struct arena *arena, const struct lateness *lateness)
{
    return json_pack(
        "{s:I, s:o, s:I, s:o, s:o, s:o}", "waiting", (json_int_t)lateness->count, "last",
        forms_instant(lateness->last, house->zone), "late", (json_int_t)lateness->late, "event",
        report_json_string(lateness->late ? title_of(house, arena, lateness) : NULL),
        "useful_until", lateness->late ? forms_instant(lateness->useful, house->zone) : json_null(),
        "leaves", lateness->late ? forms_instant(lateness->arrives, house->zone) : json_null());
}

static json_t *status_form(struct house *house, const json_t *status,
                           const struct ledger_counts *counts, const char *pause)
{
    json_t *object = status ? json_deep_copy(status) : json_object();
    json_t *states = json_object();
    for (int i = 0; i < NOTICE_STATE_COUNT; i++)
        json_object_set_new(states, notice_state_to_text((enum notice_state)i),
                            json_integer((json_int_t)counts->states[i]));
    json_object_set_new(object, "running", json_boolean(status && is_alive(status)));
    json_object_set_new(object, "paused", report_json_string(pause));
    json_object_set_new(object, "notices", states);
    json_object_set_new(object, "holds", json_integer((json_int_t)counts->holds));
    json_object_set_new(object, "suppressions", json_integer((json_int_t)counts->suppressions));
    json_object_set_new(object, "last_accepted", forms_instant(counts->last_accepted, house->zone));
    return object;
}

/* Is there something that a human should look into? */
static bool is_troubled(const json_t *status, const struct lateness *lateness)
{
    size_t i;
    json_t *source;
    json_array_foreach(json_object_get(status, "sources"), i, source)
    {
        if (*word(source, "trouble"))
            return true;
    }
    return lateness->late || *word(status, "stopped");
}

static void print_daemon(struct house *house, const json_t *status, const char *pause)
{
    bool is_running = status && is_alive(status);
    print_coloured(house, is_running ? COLOUR_GOOD : COLOUR_BAD,
                   sentence(house, is_running ? PHRASE_RUNNING : PHRASE_NOT_RUNNING, NULL));
    if (pause)
        house_say(house, PHRASE_IS_PAUSED, pause);
    else if (status && *word(status, "stopped"))
        house_say(house, is_running ? PHRASE_SENDS_NOTHING : PHRASE_SENT_NOTHING,
                  word(status, "stopped"));
    if (!status)
        return;
    const char *next = word(status, "next");
    house_say(house, PHRASE_SOURCES, word(status, "at"));
    print_sources(house, status);
    print_waits(house, status);
    house_say(house, PHRASE_NEXT_LOOK, *next ? next : sentence(house, PHRASE_NEXT_CHANGE, NULL));
}

int command_status(struct house *house)
{
    CLEANUP_ARENA struct arena *arena = arena_new(answer_max_bytes);
    struct ledger_counts counts;
    struct lateness lateness;
    const char *pause = NULL;
    int result = house_load_settings(house);
    result = result ? result : house_open_ledger(house, LEDGER_COMMAND);
    if (result)
        return result;
    int r = ledger_counts(house->ledger, &counts);
    r = r ? r : !arena ? -ENOMEM : ledger_get(house->ledger, arena, "pause", &pause);
    r = r ? r : lateness_find(house->ledger, house->settings, arena, house_now(house), &lateness);
    if (r)
        return house_failed(house, "status", r);
    json_t *status = status_file_read(house->settings->state);
    if (house->options->is_json) {
        json_t *form = status_form(house, status, &counts, pause);
        json_object_set_new(form, "pace", pace_form(house, arena, &lateness));
        r = report_json(house->report, form);
        result = is_troubled(status, &lateness) ? EXIT_NO : EXIT_YES;
        json_decref(status);
        return r ? house_failed(house, "status", r) : result;
    }
    print_daemon(house, status, pause);
    print_counts(house, &counts);
    print_pace(house, arena, &lateness);
    result = is_troubled(status, &lateness) ? EXIT_NO : EXIT_YES;
    json_decref(status);
    return result;
}
