/* SPDX-License-Identifier: MIT */
/* A pass looks at everything again: what is due is derived from the calendars, the lists, the rules
 * and the ledger, never from a stored future. The first half of the way stands here, the second
 * half (compose, claim, send, outcome) in app/dispatch.
 *
 * What a slice of a pass decides is recorded in one transaction: either all of it happened or none.
 * Unless the daemon asks for slices, a pass is one.                                              */
#include "app/conductor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/births.h"
#include "app/dispatch.h"
#include "app/journal.h"
#include "app/oppositions.h"
#include "app/readings.h"
#include "app/subjects.h"
#include "app/uncertain.h"
#include "base/log.h"

static const size_t pass_max_bytes = (size_t)4 << 30;

/* What comes before a pass, the pass itself, and what comes after it. */
enum stage {
    STAGE_NONE,
    STAGE_MERGE,  /* the lists */
    STAGE_EXPAND, /* the calendars */
    STAGE_LOOK,   /* at both: all views are made anew */
    STAGE_SEARCH, /* who wants no mail */
    STAGE_PASS,
    STAGE_END,
};

struct conductor {
    struct conductor_parts parts;
    struct horizon *horizon;
    struct audiences *audiences;
    uint64_t audiences_generation;
    const struct contact_list *contacts;
    struct issues *issues;
    struct readings readings;
    struct dispatch *dispatch;
    struct staff *staff;
    struct arena *arena; /* of the last pass: its report and input live until the next one */
    struct planner_input input;
    struct births births;
    struct arena *birth_arena;
    struct oppositions oppositions;
    struct pass_memory memory;
    struct pass *pass; /* under way, or NULL */
    struct pass_report report;
    bool must_ask_all;
    enum stage stage;
    bool is_noted; /* in STAGE_PASS: what the calendars say that is new */
    char stopped[512];
};

int conductor_new(const struct conductor_parts *parts, struct conductor **ret)
{
    struct conductor *conductor = calloc(1, sizeof *conductor);
    if (!conductor)
        return -ENOMEM;
    conductor->parts = *parts;
    conductor->must_ask_all = true;
    conductor->arena = arena_new(pass_max_bytes);
    conductor->birth_arena = arena_new(pass_max_bytes);
    int r = conductor->arena && conductor->birth_arena ? 0 : -ENOMEM;
    r = r ? r
          : horizon_new(parts->settings, parts->sources, parts->horizon_slack_days,
                        &conductor->horizon);
    const struct issues_parts issues = {parts->settings, parts->zones, parts->sources,
                                        parts->ledger};
    r = r ? r : issues_new(&issues, &conductor->issues);
    r = r ? r : readings_init(&conductor->readings, parts->settings, parts->sources);
    r = r ? r : dispatch_new(parts, &conductor->dispatch);
    r = r ? r : staff_new(parts->settings, parts->zones, &conductor->staff);
    if (r) {
        conductor_free(conductor);
        return r;
    }
    *ret = conductor;
    return 0;
}

struct conductor *conductor_free(struct conductor *conductor)
{
    if (!conductor)
        return NULL;
    pass_end(conductor->pass);
    dispatch_free(conductor->dispatch);
    staff_free(conductor->staff);
    audiences_free(conductor->audiences);
    issues_free(conductor->issues);
    horizon_free(conductor->horizon);
    readings_done(&conductor->readings);
    pass_memory_done(&conductor->memory);
    arena_free(conductor->arena);
    arena_free(conductor->birth_arena);
    oppositions_drop(&conductor->oppositions);
    free(conductor);
    return NULL;
}

void conductor_set_composer(struct conductor *conductor, struct composer *composer)
{
    conductor->parts.composer = composer;
    dispatch_set_composer(conductor->dispatch, composer);
}

int conductor_start(struct conductor *conductor, struct instant now)
{
    struct ledger *ledger = conductor->parts.ledger;
    size_t uncertain = 0;
    int r = ledger_begin(ledger);
    if (r)
        return r;
    r = ledger_settle_claims(ledger, now, &uncertain);
    r = r ? r : uncertain_hold(ledger, conductor->arena, conductor->parts.settings, now);
    r = r ? r
          : births_note(conductor->birth_arena, ledger, conductor->parts.settings, now,
                        &conductor->births);
    r = r ? r : ledger_commit(ledger);
    if (r)
        ledger_rollback(ledger);
    if (uncertain)
        log_line(LOG_LEVEL_WARNING, NULL,
                 "%zu message%s in hand when the last run ended; uncertain now", uncertain,
                 uncertain == 1 ? " was" : "s were");
    return r;
}

/* --- plan ------------------------------------------------------------------------------------ */

static int refresh_audiences(struct conductor *conductor)
{
    uint64_t generation = sources_contacts_generation(conductor->parts.sources);
    int r = sources_contacts(conductor->parts.sources, &conductor->contacts, NULL);
    if (r || (conductor->audiences && generation == conductor->audiences_generation))
        return r;
    struct audiences *audiences;
    struct flaws flaws;
    flaws_init(&flaws, conductor->arena, conductor->parts.settings->file);
    r = audiences_new(conductor->parts.settings, conductor->contacts, &flaws, &audiences);
    if (r == AUDIENCES_E_MALFORMED) {
        /* `check` and the start of the daemon refuse such settings; here nothing may leave. */
        journal_flaws(NULL, &flaws);
        return -EINVAL;
    }
    if (r)
        return r;
    audiences_free(conductor->audiences);
    conductor->audiences = audiences;
    conductor->audiences_generation = generation;
    return 0;
}

static int find_oppositions(struct conductor *conductor, size_t max)
{
    return oppositions_step(&conductor->oppositions, conductor->parts.ledger, conductor->contacts,
                            conductor->audiences_generation, max);
}

static int make_input(struct conductor *conductor, struct instant now)
{
    const struct settings *settings = conductor->parts.settings;
    struct planner_input input = {.now = now,
                                  .settings = settings,
                                  .contacts = conductor->contacts,
                                  .audiences = audiences_rules(conductor->audiences),
                                  .births = conductor->births.steps,
                                  .birth_count = conductor->births.step_count,
                                  .list_births = conductor->births.lists,
                                  .list_birth_count = conductor->births.list_count};
    struct recent_sents recent = {0};
    int r =
        find_oppositions(conductor, SIZE_MAX); /* somebody may have come since the stage of it */
    if (!r)
        input.suppressed = conductor->oppositions.found->members;
    if (!r && settings->limits.per_contact) {
        /* A little more than the span on any clock: the planner looks at each hour itself. */
        int64_t span = span_rough_usec(settings->limits.per_contact_span);
        span += span / 4 + USEC_PER_DAY;
        r = ledger_recent(conductor->parts.ledger, conductor->arena, instant_add(now, -span),
                          &recent);
    }
    if (r)
        return r;
    struct recent_message *messages =
        arena_alloc_array(conductor->arena, recent.count + 1, sizeof *messages);
    if (!messages)
        return -ENOMEM;
    for (size_t i = 0; i < recent.count; i++)
        messages[i] = (struct recent_message){recent.items[i].contact, recent.items[i].sent};
    input.recent = messages;
    input.recent_count = recent.count;
    input.holidays = sources_holidays(conductor->parts.sources, &input.holiday_count);
    struct planner_places *places = arena_alloc(conductor->arena, sizeof *places);
    r = places ? planner_places_of(conductor->arena, &input, places) : -ENOMEM;
    input.places = places;
    conductor->input = input;
    return r;
}

static struct pass_view view_of(const struct conductor *conductor)
{
    return (struct pass_view){.ledger = conductor->parts.ledger,
                              .zones = conductor->parts.zones,
                              .horizon = conductor->horizon,
                              .audiences = conductor->audiences,
                              .issues = conductor->issues,
                              .input = &conductor->input,
                              .arena = conductor->arena};
}

int conductor_look(struct conductor *conductor, struct instant now)
{
    bool has_moved = false;
    uint64_t generation = conductor->audiences_generation;
    int r = horizon_refresh(conductor->horizon, now, &has_moved);
    r = r ? r : refresh_audiences(conductor);
    if (r)
        return r;
    r = issues_set_view(conductor->issues, conductor->horizon, conductor->audiences,
                        conductor->births.newsletters, now);
    if (r)
        return r;
    dispatch_set_view(conductor->dispatch, conductor->horizon, conductor->contacts,
                      conductor->issues);
    sources_release(conductor->parts.sources);
    if (has_moved || generation != conductor->audiences_generation || conductor->must_ask_all)
        r = pass_memory_reset(&conductor->memory, conductor->horizon);
    conductor->must_ask_all = r != 0;
    return r;
}

void conductor_touch(struct conductor *conductor)
{
    conductor->must_ask_all = true;
}

void conductor_touch_occurrence(struct conductor *conductor, const char *occurrence)
{
    pass_memory_forget(&conductor->memory, conductor->horizon, occurrence);
}

/* What the calendars say that is new, as far as the budget reaches. */
static int note_readings(struct conductor *conductor, struct instant now,
                         const struct budget *budget)
{
    enum { MAX = 256 }; /* occurrences between two looks at the budget */
    const struct readings_view view = {conductor->arena, conductor->parts.sources,
                                       conductor->horizon, conductor->parts.zones,
                                       conductor->parts.ledger};
    size_t max = budget && budget->is_spent ? MAX : SIZE_MAX;
    struct readings_report report = {0};
    int r = 0;
    do
        r = readings_step(&conductor->readings, &view, now, max, &report, &conductor->is_noted);
    while (!r && !conductor->is_noted && !budget_is_spent(budget));
    conductor->report.must_reread = report.must_reread;
    return r;
}

static int begin_pass(struct conductor *conductor, struct instant now)
{
    int r = make_input(conductor, now);
    const struct pass_view view = view_of(conductor);
    return r ? r : pass_begin(&view, &conductor->memory, &conductor->report, &conductor->pass);
}

/* The transaction of a slice. */
static int run_slice(struct conductor *conductor, struct instant now, const struct budget *budget,
                     bool *ret_is_done)
{
    struct ledger *ledger = conductor->parts.ledger;
    bool was_noted = conductor->is_noted;
    int r = ledger_begin(ledger);
    if (r)
        return r;
    if (!was_noted)
        r = note_readings(conductor, now, budget);
    bool is_ready = was_noted || (conductor->is_noted && !budget_is_spent(budget));
    if (!r && is_ready && !conductor->pass)
        r = begin_pass(conductor, now);
    if (!r && is_ready)
        r = pass_step(conductor->pass, budget, ret_is_done);
    r = r ? r : ledger_commit(ledger);
    if (r) { /* nothing of the slice happened: all of it is to be done again */
        ledger_rollback(ledger);
        if (!was_noted)
            readings_forget(&conductor->readings);
        conductor_touch(conductor);
    }
    return r;
}

bool conductor_is_planning(const struct conductor *conductor)
{
    return conductor->stage != STAGE_NONE;
}

static int look(struct conductor *conductor, struct instant now)
{
    conductor->report = (struct pass_report){.next = INSTANT_NEVER, .waits_until = INSTANT_UNSET};
    conductor->is_noted = false;
    if (conductor->readings.is_begun) /* a pass that was given up */
        readings_forget(&conductor->readings);
    arena_clear(conductor->arena);
    return conductor_look(conductor, now);
}

/* A part of what comes before a pass: max rows, occurrences or contacts. */
static int step_stage(struct conductor *conductor, struct instant now, size_t max,
                      bool *ret_is_done)
{
    int r;
    switch (conductor->stage) {
    case STAGE_MERGE:
        return sources_merge(conductor->parts.sources, max, ret_is_done);
    case STAGE_EXPAND:
        return horizon_prepare(conductor->horizon, now, max, ret_is_done);
    case STAGE_SEARCH:
        r = find_oppositions(conductor, max);
        *ret_is_done = conductor->oppositions.is_done;
        return r;
    default:
        *ret_is_done = true;
        return look(conductor, now);
    }
}

/* The stages before a pass, as far as the budget reaches. One that took several steps is the last
 * of its slice: what comes next looks at all that it worked at, too. */
static int prepare(struct conductor *conductor, struct instant now, const struct budget *budget)
{
    enum { MAX = 4096 }; /* between two looks at the budget */
    size_t max = budget && budget->is_spent ? MAX : SIZE_MAX;
    bool is_done = true;
    int r = 0;
    while (!r && is_done && conductor->stage < STAGE_PASS) {
        int steps = 0;
        do
            r = step_stage(conductor, now, max, &is_done);
        while (!r && ++steps && !is_done && !budget_is_spent(budget));
        if (r || !is_done)
            break;
        conductor->stage++;
        is_done = steps == 1;
        if (conductor->stage == STAGE_SEARCH && !sources_has_contacts(conductor->parts.sources))
            conductor->stage = STAGE_END;
    }
    return r;
}

static int end_plan(struct conductor *conductor, struct instant now, struct pass_report *ret)
{
    struct pass_report *report = &conductor->report;
    bool is_known = sources_has_contacts(conductor->parts.sources);
    struct instant next;
    conductor->stage = STAGE_NONE;
    int r = ledger_next(conductor->parts.ledger, now, &next);
    /* Without contacts what lost its use does not end, and would hide when a letter to staff is
     * tried again. */
    if (!r && !is_known && !instant_before(now, next))
        next = instant_add(now, USEC_PER_HOUR);
    report->next = r ? report->next : instant_min(report->next, next);
    if (is_known)
        log_trace("app", "pass: %zu owed, %zu held, %zu ended", report->owed, report->held,
                  report->ended);
    *ret = *report;
    return r;
}

static int step_pass(struct conductor *conductor, struct instant now, const struct budget *budget)
{
    bool is_done = false;
    int r = run_slice(conductor, now, budget, &is_done);
    conductor->stage += !r && is_done;
    return r;
}

int conductor_plan_step(struct conductor *conductor, struct instant now,
                        const struct budget *budget, struct pass_report *ret, bool *ret_is_done)
{
    enum stage before = conductor->stage;
    int r = conductor_flush(conductor);
    *ret_is_done = false;
    if (before == STAGE_NONE)
        conductor->stage = STAGE_MERGE;
    if (!r && conductor->stage < STAGE_PASS)
        r = prepare(conductor, now, budget);
    if (!r && conductor->stage == STAGE_PASS)
        r = step_pass(conductor, now, budget);
    if (r)
        conductor->stage = STAGE_NONE;
    if (conductor->stage != STAGE_PASS) /* what it points at may be replaced from now on */
        conductor->pass = pass_end(conductor->pass);
    /* What follows looks at the whole queue: after a long pass in a slice of its own. */
    if (r || conductor->stage != STAGE_END || before == STAGE_PASS)
        return r;
    *ret_is_done = true;
    return end_plan(conductor, now, ret);
}

int conductor_plan(struct conductor *conductor, struct instant now, struct pass_report *ret)
{
    bool is_done = false;
    int r = 0;
    conductor->pass = pass_end(conductor->pass); /* a whole pass, for this very moment */
    conductor->stage = STAGE_NONE;
    while (!r && !is_done)
        r = conductor_plan_step(conductor, now, NULL, ret, &is_done);
    return r;
}

/* --- staff ------------------------------------------------------------------------------------
 */

int conductor_tell_staff(struct conductor *conductor, struct instant now)
{
    const struct outage *outage = dispatch_outage(conductor->dispatch);
    bool knows_issues =
        sources_has_contacts(conductor->parts.sources) && !issues_unread(conductor->issues);
    const struct staff_view view = {.ledger = conductor->parts.ledger,
                                    .sources = conductor->parts.sources,
                                    .failure = outage->failures ? outage->why : NULL,
                                    .failing_since = outage->since,
                                    .failed_last = outage->last,
                                    .failing_at = outage->stage,
                                    .is_refused = outage->is_refused,
                                    .is_proven = outage->is_proven,
                                    .stuck = knows_issues ? &conductor->report.stuck : NULL};
    bool must_look = false;
    int r = conductor_is_planning(conductor)
                ? 0
                : staff_must_look(conductor->staff, &view, now, &must_look);
    if (r || !must_look)
        return r;
    r = conductor_flush(conductor); /* of its own letters, too */
    return r ? r : staff_look(conductor->staff, &view, now);
}

struct staff *conductor_staff(struct conductor *conductor)
{
    return conductor->staff;
}

/* --- send ------------------------------------------------------------------------------------- */

const char *conductor_stopped(struct conductor *conductor)
{
    const char *pause = NULL;
    CLEANUP_ARENA struct arena *arena = arena_new(1 << 20);
    if (arena && ledger_get(conductor->parts.ledger, arena, "pause", &pause) == 0 && pause) {
        const char *why = reason_say(arena, REASON_STOPPED_PAUSED, (const char *[]){pause, NULL});
        snprintf(conductor->stopped, sizeof conductor->stopped, "%s", why ? why : "paused");
        return conductor->stopped;
    }
    if (!conductor->parts.composer)
        return reason_sentence(REASON_STOPPED_TEMPLATES, LANGUAGE_EN);
    if (!sources_has_contacts(conductor->parts.sources))
        return reason_sentence(REASON_STOPPED_LIST, LANGUAGE_EN);
    return dispatch_stopped(conductor->dispatch);
}

int conductor_send(struct conductor *conductor, struct instant now, bool may_leave,
                   size_t *ret_sent)
{
    const char *pause = NULL;
    CLEANUP_ARENA struct arena *arena = arena_new(1 << 20);
    *ret_sent = 0;
    int r = arena ? ledger_get(conductor->parts.ledger, arena, "pause", &pause) : -ENOMEM;
    /* What the pass has not come to may no longer be true: somebody opposed, a meeting was moved.
     * And what is told in one mail must all be owed before it leaves.                            */
    bool must_wait = !may_leave || conductor_is_planning(conductor);
    bool is_known = conductor->contacts && sources_has_contacts(conductor->parts.sources);
    enum dispatch_scope scope = pause || !is_known ? DISPATCH_STAFF : DISPATCH_ALL;
    if (!r)
        dispatch_mind_pause(conductor->dispatch, pause != NULL);
    /* Staff must hear why nothing leaves, but for a pause that others asked for. */
    if (!r && !must_wait && (!pause || string_equal(pause, DISPATCH_PAUSE)))
        return dispatch_send(conductor->dispatch, scope, now, ret_sent);
    int flushed = conductor_flush(conductor);
    return r ? r : flushed;
}

int conductor_outcome(struct conductor *conductor, void *token, const struct outcome *outcome,
                      struct instant now)
{
    const char *occurrence;
    for (size_t i = 0; (occurrence = dispatch_occurrence(token, i)); i++)
        conductor_touch_occurrence(conductor, occurrence);
    return dispatch_outcome(conductor->dispatch, token, outcome, now);
}

int conductor_flush(struct conductor *conductor)
{
    return dispatch_flush(conductor->dispatch);
}

void conductor_stop(struct conductor *conductor)
{
    dispatch_stop(conductor->dispatch);
}

int conductor_has_due(struct conductor *conductor, struct instant now, bool *ret_has_due)
{
    CLEANUP_ARENA struct arena *arena = arena_new(1 << 20);
    struct notices due = {0};
    *ret_has_due = false;
    int r = arena ? ledger_due(conductor->parts.ledger, arena, now, 1, &due) : -ENOMEM;
    *ret_has_due = due.count > 0;
    return r;
}

size_t conductor_in_hand(const struct conductor *conductor)
{
    return dispatch_in_hand(conductor->dispatch);
}

bool conductor_has_room(const struct conductor *conductor, struct instant now)
{
    return dispatch_has_room(conductor->dispatch, now);
}

struct outage *conductor_outage(struct conductor *conductor)
{
    return dispatch_outage(conductor->dispatch);
}

struct instant conductor_resumes(const struct conductor *conductor)
{
    return dispatch_resumes(conductor->dispatch);
}

/* --- upkeep ---------------------------------------------------------------------------------- */

int conductor_purge(struct conductor *conductor, struct instant now)
{
    const struct limit_settings *limits = &conductor->parts.settings->limits;
    struct instant before = instant_add(now, -span_rough_usec(limits->keep));
    struct ledger *ledger = conductor->parts.ledger;
    size_t rows = 0;
    int r = ledger_begin(ledger);
    r = r ? r : ledger_purge(ledger, before, &rows);
    r = r ? r : ledger_commit(ledger);
    if (r)
        ledger_rollback(ledger);
    return r ? r : rows > 0;
}

void conductor_rest(struct conductor *conductor)
{
    ledger_rest(conductor->parts.ledger);
}

/* --- questions ---------------------------------------------------------------------------------
 */

int conductor_request(struct conductor *conductor, struct arena *arena, const struct notice *notice,
                      struct instant now, struct compose_request *ret)
{
    return dispatch_request(conductor->dispatch, arena, notice, now, ret);
}

struct horizon *conductor_horizon(struct conductor *conductor)
{
    return conductor->horizon;
}

const struct contact_list *conductor_contacts(struct conductor *conductor)
{
    return conductor->contacts;
}

struct audiences *conductor_audiences(struct conductor *conductor)
{
    return conductor->audiences;
}

struct issues *conductor_issues(struct conductor *conductor)
{
    return conductor->issues;
}

const struct planner_input *conductor_input(struct conductor *conductor)
{
    return &conductor->input;
}

int conductor_subject(struct conductor *conductor, struct arena *arena, const char *key,
                      struct planner_subject *ret)
{
    const struct subjects subjects = {conductor->parts.ledger, conductor->parts.zones,
                                      conductor->audiences, conductor->input.now};
    return subjects_whole(&subjects, arena, key, horizon_find(conductor->horizon, key), ret);
}
