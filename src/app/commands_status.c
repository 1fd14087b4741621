/* SPDX-License-Identifier: MIT */
/* status: what the daemon is doing, from its own word in STATE/status.json and from the ledger. */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "app/commands.h"
#include "app/forms.h"
#include "app/lateness.h"
#include "app/staff_letter.h"
#include "app/status_file.h"
#include "base/unicode.h"
#include "plan/notice_words.h"
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

#define FILLED(house, words, ...)                                                                  \
    house_phrase(house, words, (const char *const[]){__VA_ARGS__, NULL})

static void print_coloured(struct house *house, enum report_colour colour, const char *line)
{
    fprintf(house->report->out, "%s%s%s\n", report_on(house->report, colour), line,
            report_off(house->report));
}

static void print_counted(struct house *house, enum report_colour colour, enum phrase words,
                          size_t count)
{
    if (count)
        print_coloured(house, colour, house_phrase_counted(house, words, count, NULL));
}

/* A moment of status.json as tables show it; "" for none. */
static const char *moment_of(struct house *house, const json_t *object, const char *name)
{
    struct instant t;
    const char *text = word(object, name);
    const char *shown = instant_parse_rfc3339(text_of(text), &t)
                            ? forms_moment(house->arena, t, house->zone)
                            : text;
    return shown ? shown : "…";
}

/* The kind of a source in words, as wide as the widest of them. */
static const char *kind_of(struct house *house, const json_t *source)
{
    const char *said = word(source, "kind");
    size_t widest = 0;
    for (int i = 0; i < SOURCE_KIND_COUNT; i++) {
        const char *kind = house_phrase(house, PHRASE_CALENDAR + i, NULL);
        size_t width = unicode_text_width(text_of(kind));
        widest = width > widest ? width : widest;
        if (string_equal(word(source, "kind"), source_kind_to_text((enum source_kind)i)))
            said = kind;
    }
    size_t width = unicode_text_width(text_of(said));
    return arena_printf(house->arena, "%s%*s", said, (int)(widest > width ? widest - width : 0) + 1,
                        "");
}

static void print_source(struct house *house, const json_t *source)
{
    struct report *report = house->report;
    const char *trouble = word(source, "trouble"), *good = moment_of(house, source, "good");
    const char *said = FILLED(house, PHRASE_SOURCE_READ, good);
    if (*trouble)
        said = arena_printf(house->arena, "%s%s%s", report_on(report, COLOUR_BAD),
                            FILLED(house, PHRASE_SOURCE_TROUBLE, trouble,
                                   *good ? good : house_phrase(house, PHRASE_NEVER, NULL)),
                            report_off(report));
    fprintf(report->out, "  %s\n",
            FILLED(house, PHRASE_SOURCE, kind_of(house, source), word(source, "source"), said));
}

static void print_sources(struct house *house, const json_t *status)
{
    size_t i;
    json_t *source;
    json_array_foreach(json_object_get(status, "sources"), i, source)
    {
        print_source(house, source);
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
                     moment_of(house, status, "waits_until"));
}

static void print_counts(struct house *house, const struct ledger_counts *counts)
{
    enum language language = house_language(house);
    const char *states = "";
    for (int i = 0; i < NOTICE_STATE_COUNT; i++)
        if (counts->states[i])
            states = notice_words_count(house->arena, states, (enum notice_state)i,
                                        counts->states[i], language);
    house_say(house, PHRASE_NOTICES,
              states && !*states ? house_phrase(house, PHRASE_NO_NOTICES, NULL) : states);
    if (counts->last_accepted.utc_usec != INSTANT_UNSET.utc_usec) {
        house_say(house, PHRASE_LAST_ACCEPTED,
                  forms_moment(house->arena, counts->last_accepted, house->zone));
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
                                       house->zone, house_language(house));
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

/* --- staff -------------------------------------------------------------------------------------
 */

/* The newest letter to those who run the house. */
struct last_letter {
    int64_t number;           /* 0: there never was one */
    enum notice_state state;  /* of the mail that got furthest: ACCEPTED if one did */
    struct instant due, sent; /* sent: UNSET until then */
    struct matters matters;   /* those that are still so */
    const char *const *lines; /* one for each */
};

static int find_letter(struct house *house, struct arena *arena, struct last_letter *ret)
{
    const struct staff_desk desk = {
        .ledger = house->ledger, .settings = house->settings, .zones = house->zones};
    struct notices mails = {0};
    *ret = (struct last_letter){.sent = INSTANT_UNSET};
    int r = ledger_last_letter(house->ledger, &ret->number);
    if (r || !ret->number)
        return r;
    const struct notice_filter filter = {.occurrence = staff_letter_key(arena, ret->number)};
    r = filter.occurrence ? ledger_notices(house->ledger, arena, &filter, &mails) : -ENOMEM;
    for (size_t i = 0; i < mails.count && !r; i++) {
        const struct notice *mail = &mails.items[i];
        if (i == 0 || mail->state == NOTICE_ACCEPTED) {
            ret->state = mail->state;
            ret->due = instant_max(mail->due, mail->next_try);
            ret->sent = mail->sent;
        }
    }
    if (!r && !mails.count)
        ret->number = 0;
    return r ? r : staff_letter_lines(&desk, arena, ret->number, &ret->matters, &ret->lines);
}

static void print_letter(struct house *house, const struct last_letter *letter)
{
    bool is_sent = letter->state == NOTICE_ACCEPTED;
    if (!letter->number || !letter->matters.count)
        return;
    if (is_sent || !notice_state_is_final(letter->state))
        house_say(house, is_sent ? PHRASE_STAFF_TOLD : PHRASE_STAFF_WAITS,
                  forms_moment(house->arena, is_sent ? letter->sent : letter->due, house->zone));
    else
        house_say(house, PHRASE_STAFF_UNTOLD,
                  notice_words_state(letter->state, house_language(house)));
    for (size_t i = 0; i < letter->matters.count; i++)
        fprintf(house->report->out, "  %s\n", letter->lines[i]);
}

static json_t *letter_form(struct house *house, const struct last_letter *letter)
{
    json_t *matters = json_array();
    for (size_t i = 0; i < letter->matters.count; i++) {
        const struct matter *matter = &letter->matters.items[i];
        json_array_append_new(matters,
                              json_pack("{s:s, s:o, s:o, s:o, s:o}", "kind",
                                        matter_kind_to_text(matter->kind), "since",
                                        forms_instant(matter->at, house->zone), "source",
                                        report_json_string(matter->source), "hold",
                                        matter->hold ? json_integer(matter->hold) : json_null(),
                                        "text", report_json_string(letter->lines[i])));
    }
    return json_pack("{s:s, s:o, s:o, s:o}", "state", notice_state_to_text(letter->state), "due",
                     forms_instant(letter->due, house->zone), "sent",
                     forms_instant(letter->sent, house->zone), "matters", matters);
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
    enum language language = house_language(house);
    bool is_running = status && is_alive(status);
    print_coloured(house, is_running ? COLOUR_GOOD : COLOUR_BAD,
                   house_phrase(house, is_running ? PHRASE_RUNNING : PHRASE_NOT_RUNNING, NULL));
    if (pause)
        house_say(house, PHRASE_IS_PAUSED, reason_in(house->arena, pause, language));
    else if (status && *word(status, "stopped"))
        house_say(house, is_running ? PHRASE_SENDS_NOTHING : PHRASE_SENT_NOTHING,
                  reason_in(house->arena, word(status, "stopped"), language));
    if (!status)
        return;
    const char *next = moment_of(house, status, "next");
    house_say(house, PHRASE_SOURCES, moment_of(house, status, "at"));
    print_sources(house, status);
    print_waits(house, status);
    house_say(house, PHRASE_NEXT_LOOK,
              *next ? next : house_phrase(house, PHRASE_NEXT_CHANGE, NULL));
}

int command_status(struct house *house)
{
    CLEANUP_ARENA struct arena *arena = arena_new(answer_max_bytes);
    struct ledger_counts counts;
    struct lateness lateness;
    struct last_letter letter;
    const char *pause = NULL;
    int result = house_load_settings(house);
    result = result ? result : house_open_ledger(house, LEDGER_QUESTION);
    if (result)
        return result;
    int r = ledger_counts(house->ledger, &counts);
    r = r ? r : !arena ? -ENOMEM : ledger_get(house->ledger, arena, "pause", &pause);
    r = r ? r : lateness_find(house->ledger, house->settings, arena, house_now(house), &lateness);
    r = r ? r : find_letter(house, arena, &letter);
    if (r)
        return house_failed(house, "status", r);
    json_t *status = status_file_read(house->settings->state);
    if (house->options->is_json) {
        json_t *form = status_form(house, status, &counts, pause);
        json_object_set_new(form, "pace", pace_form(house, arena, &lateness));
        json_object_set_new(form, "staff",
                            letter.number ? letter_form(house, &letter) : json_null());
        r = report_json(house->report, form);
        result = is_troubled(status, &lateness) ? EXIT_NO : EXIT_YES;
        json_decref(status);
        return r ? house_failed(house, "status", r) : result;
    }
    print_daemon(house, status, pause);
    print_counts(house, &counts);
    print_pace(house, arena, &lateness);
    print_letter(house, &letter);
    result = is_troubled(status, &lateness) ? EXIT_NO : EXIT_YES;
    json_decref(status);
    return result;
}
