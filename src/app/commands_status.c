/* SPDX-License-Identifier: MIT */
/* status: what the daemon is doing, from its own word in STATE/status.json and from the ledger. */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "app/commands.h"
#include "app/forms.h"
#include "app/lateness.h"
#include "app/status_file.h"

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

static void print_sources(struct house *house, const json_t *status)
{
    FILE *out = house->report->out;
    size_t i;
    json_t *source;
    json_array_foreach(json_object_get(status, "sources"), i, source)
    {
        const char *trouble = word(source, "trouble");
        fprintf(out, "  %-9s %s: ", word(source, "kind"), word(source, "source"));
        if (*trouble)
            fprintf(out, "%s%s%s (last good reading %s)\n", report_on(house->report, COLOUR_BAD),
                    trouble, report_off(house->report),
                    *word(source, "good") ? word(source, "good") : "never");
        else
            fprintf(out, "read %s\n", word(source, "good"));
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
    FILE *out = house->report->out;
    char last[32];
    size_t total = 0;
    fprintf(out, "Notices:");
    for (int i = 0; i < NOTICE_STATE_COUNT; i++) {
        total += counts->states[i];
        if (counts->states[i])
            fprintf(out, " %zu %s", counts->states[i], notice_state_to_text((enum notice_state)i));
    }
    fprintf(out, "%s\n", total ? "" : " none yet");
    if (counts->last_accepted.utc_usec != INSTANT_UNSET.utc_usec) {
        zone_format_rfc3339(house->zone, counts->last_accepted, last);
        fprintf(out, "Last accepted by the relay: %s\n", last);
    }
    if (counts->holds)
        fprintf(out, "%s%zu %s for your word: convier holds%s\n",
                report_on(house->report, COLOUR_WARNING), counts->holds,
                counts->holds == 1 ? "batch waits" : "batches wait", report_off(house->report));
    if (counts->suppressions)
        fprintf(out, "%zu %s nothing: convier suppressions\n", counts->suppressions,
                counts->suppressions == 1 ? "address hears" : "addresses hear");
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
    FILE *out = house->report->out;
    if (!lateness->count)
        return;
    if (!lateness->late) {
        fprintf(out, "Mails that wait: %zu; at the relay's pace the last leaves by %s\n",
                lateness->count, forms_moment(arena, lateness->last, house->zone));
        return;
    }
    const char *words =
        lateness_words(arena, lateness, title_of(house, arena, lateness), house->zone);
    fprintf(out, "%sToo late: %s%s\n", report_on(house->report, COLOUR_BAD), words ? words : "",
            report_off(house->report));
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
    FILE *out = house->report->out;
    bool is_running = status && is_alive(status);
    fprintf(out, "%s%s%s\n", report_on(house->report, is_running ? COLOUR_GOOD : COLOUR_BAD),
            is_running ? "The daemon is running." : "The daemon is not running.",
            report_off(house->report));
    if (pause)
        fprintf(out, "Sending is paused: %s (convier resume)\n", pause);
    else if (status && *word(status, "stopped"))
        fprintf(out, "%s: %s\n", is_running ? "Nothing is sent" : "Nothing could be sent last time",
                word(status, "stopped"));
    if (status) {
        fprintf(out, "Sources, as of %s:\n", word(status, "at"));
        print_sources(house, status);
        print_waits(house, status);
        fprintf(out, "Next look: %s\n",
                *word(status, "next") ? word(status, "next") : "when a file changes");
    }
    print_counts(house, &counts);
    print_pace(house, arena, &lateness);
    result = is_troubled(status, &lateness) ? EXIT_NO : EXIT_YES;
    json_decref(status);
    return result;
}
