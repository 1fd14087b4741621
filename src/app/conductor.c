/* SPDX-License-Identifier: MIT */
/* A pass looks at everything again: what is due is derived from the calendars, the lists, the rules
 * and the ledger, never from a stored future. The first half of the way stands here, the second
 * half (compose, claim, send, outcome) in app/dispatch.
 *
 * Whatever a pass decides is recorded in one transaction: either all of it happened or none. */
#include "app/conductor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/dispatch.h"
#include "app/readings.h"
#include "base/log.h"
#include "plan/brakes.h"

static const size_t pass_max_bytes = (size_t)4 << 30;

struct conductor {
    struct conductor_parts parts;
    struct horizon *horizon;
    struct audiences *audiences;
    uint64_t audiences_generation;
    const struct contact_list *contacts;
    struct readings readings;
    struct dispatch *dispatch;
    struct arena *arena; /* of the last pass: its report and input live until the next one */
    struct planner_input input;
    struct birth *births;
    size_t birth_count;
    struct arena *birth_arena;
    char stopped[256];
};

int conductor_new(const struct conductor_parts *parts, struct conductor **ret)
{
    struct conductor *conductor = calloc(1, sizeof *conductor);
    if (!conductor)
        return -ENOMEM;
    conductor->parts = *parts;
    conductor->arena = arena_new(pass_max_bytes);
    conductor->birth_arena = arena_new(pass_max_bytes);
    int r = conductor->arena && conductor->birth_arena ? 0 : -ENOMEM;
    r = r ? r : horizon_new(parts->settings, parts->sources, &conductor->horizon);
    r = r ? r : readings_init(&conductor->readings, parts->sources);
    r = r ? r : dispatch_new(parts, &conductor->dispatch);
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
    dispatch_free(conductor->dispatch);
    audiences_free(conductor->audiences);
    horizon_free(conductor->horizon);
    readings_done(&conductor->readings);
    arena_free(conductor->arena);
    arena_free(conductor->birth_arena);
    free(conductor);
    return NULL;
}

void conductor_set_composer(struct conductor *conductor, struct composer *composer)
{
    conductor->parts.composer = composer;
    dispatch_set_composer(conductor->dispatch, composer);
}

/* A step that is new today never fires for hours before today. */
static int note_births(struct conductor *conductor, struct instant now)
{
    const struct settings *settings = conductor->parts.settings;
    size_t count = 0;
    for (size_t i = 0; i < settings->rule_count; i++)
        count += settings->rules[i].step_count;
    struct birth *births = arena_alloc_array(conductor->birth_arena, count + 1, sizeof *births);
    if (!births)
        return -ENOMEM;
    conductor->births = births;
    conductor->birth_count = 0;
    for (size_t i = 0; i < settings->rule_count; i++) {
        const struct rule_settings *rule = &settings->rules[i];
        for (size_t k = 0; k < rule->step_count; k++) {
            struct birth *birth = &births[conductor->birth_count++];
            *birth = (struct birth){.rule = rule->name, .step = rule->steps[k].id};
            char *name =
                arena_printf(conductor->birth_arena, "%s/%s", rule->name, rule->steps[k].id);
            int r = name ? ledger_birth(conductor->parts.ledger, "step", name, now, &birth->at)
                         : -ENOMEM;
            if (r)
                return r;
        }
    }
    return 0;
}

int conductor_start(struct conductor *conductor, struct instant now)
{
    struct ledger *ledger = conductor->parts.ledger;
    size_t uncertain = 0;
    int r = ledger_begin(ledger);
    if (r)
        return r;
    r = ledger_settle_claims(ledger, now, &uncertain);
    r = r ? r : note_births(conductor, now);
    r = r ? r : ledger_commit(ledger);
    if (r)
        ledger_rollback(ledger);
    if (uncertain)
        log_line(LOG_LEVEL_WARNING, NULL,
                 "%zu messages were in hand when the last run ended; they are uncertain",
                 uncertain);
    return r;
}

/* --- plan --------------------------------------------------------------------------------------
 */

/* One pass while it is made. */
struct pass {
    struct conductor *conductor;
    struct arena *arena;
    struct instant now;
    struct pass_report *report;
    struct planner_subject *subjects;
    struct plan *plans;
    size_t count;
};

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
        for (size_t i = 0; i < flaws.count; i++)
            log_line(LOG_LEVEL_ERROR, NULL, "%s:%d: %s", flaws.source, flaws.items[i].line,
                     flaws.items[i].text);
        return -EINVAL;
    }
    if (r)
        return r;
    audiences_free(conductor->audiences);
    conductor->audiences = audiences;
    conductor->audiences_generation = generation;
    return 0;
}

static int make_input(struct conductor *conductor, struct instant now)
{
    const struct settings *settings = conductor->parts.settings;
    struct planner_input input = {.now = now,
                                  .settings = settings,
                                  .contacts = conductor->contacts,
                                  .audiences = audiences_rules(conductor->audiences),
                                  .births = conductor->births,
                                  .birth_count = conductor->birth_count};
    struct recent_sents recent = {0};
    int r = ledger_suppressed(conductor->parts.ledger, conductor->arena, conductor->contacts,
                              &input.suppressed);
    if (!r && settings->limits.per_contact) {
        int64_t span = span_rough_usec(settings->limits.per_contact_span);
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

static int make_subject(struct conductor *conductor, struct arena *arena, const char *key,
                        const struct viewed *viewed, struct planner_subject *ret)
{
    struct history *history = arena_alloc(arena, sizeof *history);
    if (!history)
        return -ENOMEM;
    *ret = (struct planner_subject){.history = history};
    if (viewed) {
        ret->occurrence = viewed->occurrence;
        ret->facts = viewed->facts;
        int r =
            audiences_marked(conductor->audiences, &viewed->occurrence->event->marks, &ret->marked);
        if (r)
            return r;
    }
    return ledger_history(conductor->parts.ledger, arena, conductor->parts.zones, key, history);
}

static int plan_subject(struct pass *pass, const char *key, const struct viewed *viewed)
{
    size_t i = pass->count;
    int r = make_subject(pass->conductor, pass->arena, key, viewed, &pass->subjects[i]);
    if (r)
        return r;
    if (!pass->subjects[i].history->has_sighting)
        return 0; /* not yet noted: its calendar is only known from an old copy */
    r = planner_plan(pass->arena, &pass->conductor->input, &pass->subjects[i], &pass->plans[i]);
    pass->count += r == 0;
    return r;
}

/* Everything in view, and everything of the future that was seen once and is in view no more. */
static int plan_subjects(struct pass *pass)
{
    struct conductor *conductor = pass->conductor;
    struct sightings known = {0};
    size_t viewed_count;
    const struct viewed *viewed = horizon_items(conductor->horizon, &viewed_count);
    int r = ledger_sightings(conductor->parts.ledger, pass->arena, conductor->parts.zones, NULL,
                             pass->now, &known);
    if (r)
        return r;
    size_t most = viewed_count + known.count;
    pass->subjects = arena_alloc_array(pass->arena, most + 1, sizeof *pass->subjects);
    pass->plans = arena_alloc_array(pass->arena, most + 1, sizeof *pass->plans);
    if (!pass->subjects || !pass->plans)
        return -ENOMEM;
    for (size_t i = 0; i < viewed_count && !r; i++)
        if (viewed[i].facts)
            r = plan_subject(pass, viewed[i].occurrence->key, &viewed[i]);
    for (size_t i = 0; i < known.count && !r; i++) {
        const struct viewed *seen = horizon_find(conductor->horizon, known.items[i].occurrence);
        if (!seen || !seen->facts)
            r = plan_subject(pass, known.items[i].occurrence, NULL);
    }
    return r;
}

/* What the brakes look at. */
static int add_up(struct pass *pass, struct pass_totals *ret)
{
    const struct contact_list *contacts = pass->conductor->contacts;
    uint64_t *touched =
        arena_alloc_array(pass->arena, (contacts->count + 63) / 64 + 1, sizeof *touched);
    if (!touched)
        return -ENOMEM;
    *ret = (struct pass_totals){.contacts = contacts->count};
    for (size_t i = 0; i < pass->count; i++) {
        const struct plan *plan = &pass->plans[i];
        bool is_change = false;
        for (size_t k = 0; k < plan->notices.count; k++) {
            const struct notice *notice = &plan->notices.items[k].notice;
            size_t contact = contact_list_find(contacts, notice->contact);
            if (contact < contacts->count)
                touched[contact / 64] |= UINT64_C(1) << (contact % 64);
            is_change |= notice->kind == NOTICE_CHANGE || notice->kind == NOTICE_CANCELLATION ||
                         notice->kind == NOTICE_POSTPONED;
        }
        ret->notices += plan->hold_reason ? 0 : plan->notices.count;
        ret->events += pass->subjects[i].history->told_count > 0;
        ret->events_changed += is_change && !plan->hold_reason;
    }
    for (size_t i = 0; i < (contacts->count + 63) / 64; i++)
        ret->contacts_touched += (size_t)__builtin_popcountll(touched[i]);
    return 0;
}

/* --- record ------------------------------------------------------------------------------------
 */

static int record_notices(struct pass *pass, const struct plan *plan, int64_t hold)
{
    struct ledger *ledger = pass->conductor->parts.ledger;
    for (size_t i = 0; i < plan->notices.count; i++) {
        struct notice notice = plan->notices.items[i].notice;
        notice.hold = hold;
        notice.state = hold ? NOTICE_HELD : NOTICE_OWED;
        int r = ledger_owe(ledger, &notice, plan->notices.items[i].reason, pass->now, &notice.id);
        if (r == LEDGER_E_EXISTS) {
            log_trace("app", "%s %s is already recorded", notice.occurrence, notice.step);
            continue;
        }
        if (r)
            return r;
        hold ? pass->report->held++ : pass->report->owed++;
    }
    return 0;
}

static int record_plan(struct pass *pass, size_t i, int64_t hold)
{
    struct ledger *ledger = pass->conductor->parts.ledger;
    const struct planner_subject *subject = &pass->subjects[i];
    const struct plan *plan = &pass->plans[i];
    const struct history *history = subject->history;
    int r = 0;
    for (size_t k = 0; k < plan->ends.count && !r; k++, pass->report->ended++)
        r = ledger_move(ledger, plan->ends.items[k].notice, plan->ends.items[k].state,
                        plan->ends.items[k].reason, pass->now);
    if (!r && subject->facts && (plan->notices.count || plan->tolds.count))
        r = ledger_keep_facts(ledger, subject->facts);
    for (size_t k = 0; k < plan->tolds.count && !r; k++, pass->report->told++) {
        r = ledger_keep_facts(ledger, plan->tolds.items[k].facts);
        r = r ? r
              : ledger_tell(ledger, history->sighting.occurrence, plan->tolds.items[k].contact,
                            plan->tolds.items[k].facts->id, plan->sequence, pass->now);
    }
    if (!r && plan->hold_reason && plan->notices.count && !hold)
        r = ledger_hold(ledger, plan->hold_reason, pass->now, &hold);
    r = r ? r : record_notices(pass, plan, hold);
    if (!r && plan->sequence != history->sighting.sequence) {
        struct sighting sighting = history->sighting;
        sighting.sequence = plan->sequence;
        r = ledger_keep_sighting(ledger, &sighting);
    }
    return r;
}

static int record(struct pass *pass)
{
    struct ledger *ledger = pass->conductor->parts.ledger;
    struct pass_totals totals;
    int64_t hold = 0;
    size_t expired = 0;
    int r = add_up(pass, &totals);
    if (r)
        return r;
    const char *why = brakes_reason(pass->arena, &pass->conductor->parts.settings->limits, &totals);
    if (why && totals.notices) {
        r = ledger_hold(ledger, why, pass->now, &hold);
        pass->report->hold_reason = why;
    }
    for (size_t i = 0; i < pass->count && !r; i++)
        r = record_plan(pass, i, hold);
    r = r ? r : ledger_expire(ledger, pass->now, &expired);
    pass->report->ended += expired;
    return r;
}

static void report_plans(struct pass *pass)
{
    struct pass_report *report = pass->report;
    for (size_t i = 0; i < pass->count; i++) {
        const struct plan *plan = &pass->plans[i];
        report->next = instant_min(report->next, plan->next);
        if (!plan->waits)
            continue;
        report->waits = report->waits ? report->waits : plan->waits;
        report->waiting++;
        report->waits_until = instant_max(report->waits_until, plan->next);
    }
}

int conductor_look(struct conductor *conductor, struct instant now)
{
    int r = horizon_refresh(conductor->horizon, now, NULL);
    r = r ? r : refresh_audiences(conductor);
    if (!r)
        dispatch_set_view(conductor->dispatch, conductor->horizon, conductor->contacts);
    return r;
}

int conductor_plan(struct conductor *conductor, struct instant now, struct pass_report *ret)
{
    struct ledger *ledger = conductor->parts.ledger;
    struct readings_report readings = {0};
    struct instant ledger_due_at;

    *ret = (struct pass_report){.next = INSTANT_NEVER, .waits_until = INSTANT_UNSET};
    int r = conductor_flush(conductor);
    arena_clear(conductor->arena);
    r = r ? r : conductor_look(conductor, now);
    if (r || !sources_has_contacts(conductor->parts.sources))
        return r;
    r = ledger_begin(ledger);
    if (r)
        return r;
    struct pass pass = {
        .conductor = conductor, .arena = conductor->arena, .now = now, .report = ret};
    r = readings_note(&conductor->readings, conductor->arena, conductor->parts.sources,
                      conductor->horizon, conductor->parts.zones, ledger, now, &readings);
    r = r ? r : make_input(conductor, now);
    r = r ? r : plan_subjects(&pass);
    r = r ? r : record(&pass);
    r = r ? r : ledger_commit(ledger);
    if (r) {
        ledger_rollback(ledger);
        readings_forget(&conductor->readings);
        return r;
    }
    report_plans(&pass);
    ret->must_reread = readings.must_reread;
    r = ledger_next(ledger, now, &ledger_due_at);
    ret->next = instant_min(ret->next, ledger_due_at);
    log_trace("app", "pass: %zu occurrences, %zu owed, %zu held, %zu ended", pass.count, ret->owed,
              ret->held, ret->ended);
    return r;
}

/* --- send --------------------------------------------------------------------------------------
 */

const char *conductor_stopped(struct conductor *conductor)
{
    const char *pause = NULL;
    CLEANUP_ARENA struct arena *arena = arena_new(1 << 20);
    if (arena && ledger_get(conductor->parts.ledger, arena, "pause", &pause) == 0 && pause) {
        snprintf(conductor->stopped, sizeof conductor->stopped, "paused: %.200s", pause);
        return conductor->stopped;
    }
    if (!conductor->parts.composer)
        return "the templates have errors; see `convier check`";
    if (!sources_has_contacts(conductor->parts.sources))
        return "a contact list could not be read yet; see `convier check`";
    return dispatch_stopped(conductor->dispatch);
}

int conductor_send(struct conductor *conductor, struct instant now, size_t *ret_sent)
{
    *ret_sent = 0;
    int r = conductor_flush(conductor);
    const char *pause = NULL;
    if (!r) {
        CLEANUP_ARENA struct arena *arena = arena_new(1 << 20);
        r = arena ? ledger_get(conductor->parts.ledger, arena, "pause", &pause) : -ENOMEM;
    }
    if (r || pause || !conductor->contacts)
        return r;
    return dispatch_send(conductor->dispatch, now, ret_sent);
}

int conductor_outcome(struct conductor *conductor, void *token, const struct outcome *outcome,
                      struct instant now)
{
    return dispatch_outcome(conductor->dispatch, token, outcome, now);
}

int conductor_flush(struct conductor *conductor)
{
    return dispatch_flush(conductor->dispatch);
}

size_t conductor_in_hand(const struct conductor *conductor)
{
    return dispatch_in_hand(conductor->dispatch);
}

struct instant conductor_resumes(const struct conductor *conductor)
{
    return dispatch_resumes(conductor->dispatch);
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

const struct planner_input *conductor_input(struct conductor *conductor)
{
    return &conductor->input;
}

int conductor_subject(struct conductor *conductor, struct arena *arena, const char *key,
                      struct planner_subject *ret)
{
    int r = make_subject(conductor, arena, key, horizon_find(conductor->horizon, key), ret);
    if (r || !ret->occurrence || ret->facts)
        return r;
    /* No rule speaks about it, which is what the question will be answered. */
    struct facts *facts = arena_alloc(arena, sizeof *facts);
    ret->facts = facts;
    return facts ? facts_of(arena, ret->occurrence, facts) : -ENOMEM;
}
