/* SPDX-License-Identifier: MIT */
/* Two rounds: the first only counts, since the brakes must see the whole pass before anything of it
 * is owed; the second plans again those that had something to say and records it. The planner is
 * pure, so both say the same, but for limits.per_contact: the second may owe less.               */
#include "app/pass.h"

#include <errno.h>
#include <stdlib.h>

#include "base/log.h"
#include "plan/brakes.h"
#include "plan/reason_words.h"
#include "plan/recent.h"

static const size_t subject_max_bytes = (size_t)4 << 30;

/* --- memory ---------------------------------------------------------------------------------- */

void pass_memory_done(struct pass_memory *memory)
{
    free(memory->items);
    *memory = (struct pass_memory){0};
}

int pass_memory_reset(struct pass_memory *memory, const struct horizon *horizon)
{
    size_t count;
    (void)horizon_items(horizon, &count);
    struct pass_memo *items = calloc(count + 1, sizeof *items);
    if (!items)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++)
        items[i].next = INSTANT_UNSET;
    free(memory->items);
    *memory = (struct pass_memory){.items = items, .count = count};
    return 0;
}

void pass_memory_forget(struct pass_memory *memory, const struct horizon *horizon,
                        const char *occurrence)
{
    size_t count;
    const struct viewed *items = horizon_items(horizon, &count);
    const struct viewed *viewed = horizon_find(horizon, occurrence);
    if (viewed && count == memory->count)
        memory->items[viewed - items].next = INSTANT_UNSET;
}

/* --- one occurrence -------------------------------------------------------------------------- */

int pass_subject(const struct pass_view *view, struct arena *arena, const char *key,
                 const struct viewed *viewed, struct planner_subject *ret)
{
    struct history *history = arena_alloc(arena, sizeof *history);
    if (!history)
        return -ENOMEM;
    *ret = (struct planner_subject){.history = history};
    if (viewed) {
        ret->occurrence = viewed->occurrence;
        int r = horizon_facts(arena, viewed, &ret->facts);
        r = r ? r
              : audiences_marked(view->audiences, &viewed->occurrence->event->marks, &ret->marked);
        if (r)
            return r;
    }
    return ledger_history(view->ledger, arena, view->zones, key, history);
}

/* What is to be recorded in the second round. */
struct busy {
    const char *key;
    const struct viewed *viewed; /* NULL: gone */
};
LIST_TYPE(busy_list, struct busy);

struct pass {
    const struct pass_view *view;
    struct pass_memory *memory;
    struct pass_report *report;
    struct arena *arena;        /* of the pass */
    struct arena *subject;      /* of one occurrence at a time */
    struct planner_input input; /* the view's, with what this pass has recorded so far */
    struct recents recents;
    struct busy_list busy;
    struct pass_totals totals;
    uint64_t *touched; /* contacts, as bits */
    int64_t hold;      /* of the whole pass; 0 = none */
};

static int plan(struct pass *pass, const struct busy *what, struct planner_subject *ret_subject,
                struct plan *ret_plan)
{
    arena_clear(pass->subject);
    int r = pass_subject(pass->view, pass->subject, what->key, what->viewed, ret_subject);
    *ret_plan = (struct plan){.next = INSTANT_NEVER};
    if (r || !ret_subject->history->has_sighting)
        return r; /* not yet noted: its calendar is only known from an old copy */
    return planner_plan(pass->subject, &pass->input, ret_subject, ret_plan);
}

/* --- first round: count ---------------------------------------------------------------------- */

static void add_up(struct pass *pass, const struct planner_subject *subject,
                   const struct plan *plan)
{
    const struct contact_list *contacts = pass->view->input->contacts;
    bool is_change = false;
    for (size_t k = 0; k < plan->notices.count; k++) {
        const struct notice *notice = &plan->notices.items[k].notice;
        size_t contact = contact_list_find(contacts, notice->contact);
        if (contact < contacts->count)
            pass->touched[contact / 64] |= UINT64_C(1) << (contact % 64);
        is_change |= notice->kind == NOTICE_CHANGE || notice->kind == NOTICE_CANCELLATION ||
                     notice->kind == NOTICE_POSTPONED;
    }
    pass->totals.notices += plan->hold_reason ? 0 : plan->notices.count;
    pass->totals.events += subject->history->told_count > 0;
    pass->totals.events_changed += is_change && !plan->hold_reason;
}

static int report_plan(struct pass *pass, const struct plan *plan)
{
    struct pass_report *report = pass->report;
    report->next = instant_min(report->next, plan->next);
    if (!plan->waits)
        return 0;
    report->waiting++;
    report->waits_until = instant_max(report->waits_until, plan->next);
    if (!report->waits)
        report->waits = arena_copy_string(
            pass->view->arena, reason_in(pass->arena, plan->waits,
                                         pass->view->input->settings->organisation.language));
    return report->waits ? 0 : -ENOMEM;
}

static int count_one(struct pass *pass, const char *key, const struct viewed *viewed,
                     struct pass_memo *memo)
{
    const struct busy what = {.key = key, .viewed = viewed};
    struct planner_subject subject;
    struct plan planned;
    if (memo && instant_before(pass->view->input->now, memo->next)) {
        pass->report->next = instant_min(pass->report->next, memo->next);
        pass->totals.events += memo->is_told;
        return 0;
    }
    int r = plan(pass, &what, &subject, &planned);
    r = r ? r : report_plan(pass, &planned);
    if (r)
        return r;
    add_up(pass, &subject, &planned);
    bool has_sequence =
        subject.history->has_sighting && planned.sequence != subject.history->sighting.sequence;
    bool is_busy = planned.notices.count || planned.drops.count || planned.ends.count ||
                   planned.tolds.count || has_sequence;
    if (memo) {
        /* What speaks or waits is asked again at each pass: there are few, and they change. */
        memo->next = is_busy || planned.waits ? INSTANT_UNSET : planned.next;
        memo->is_told = subject.history->told_count > 0;
    }
    if (!is_busy)
        return 0;
    struct busy *slot = list_add(pass->arena, &pass->busy);
    if (!slot)
        return -ENOMEM;
    *slot = what;
    return 0;
}

/* Everything in view that a rule is about, and everything of the future that was seen once and is
 * in view no more, or without a rule. */
static int count_all(struct pass *pass)
{
    const struct pass_view *view = pass->view;
    struct sightings known = {0};
    size_t count;
    const struct viewed *viewed = horizon_items(view->horizon, &count);
    int r = 0;
    for (size_t i = 0; i < count && !r; i++)
        if (viewed[i].facts)
            r = count_one(pass, viewed[i].occurrence->key, &viewed[i], &pass->memory->items[i]);
    r = r ? r
          : ledger_sightings(view->ledger, pass->arena, view->zones, NULL, view->input->now,
                             &known);
    for (size_t i = 0; i < known.count && !r; i++) {
        const struct viewed *seen = horizon_find(view->horizon, known.items[i].occurrence);
        if (!seen || !seen->facts)
            r = count_one(pass, known.items[i].occurrence, seen, NULL);
    }
    return r;
}

static int brake(struct pass *pass)
{
    const struct planner_input *input = pass->view->input;
    size_t words = (input->contacts->count + 63) / 64;
    for (size_t i = 0; i < words; i++)
        pass->totals.contacts_touched += (size_t)__builtin_popcountll(pass->touched[i]);
    pass->totals.contacts = input->contacts->count;
    const char *why = brakes_reason(pass->view->arena, &input->settings->limits, &pass->totals);
    if (!why || !pass->totals.notices)
        return 0;
    pass->report->hold_reason = why;
    return ledger_hold(pass->view->ledger, why, input->now, &pass->hold);
}

/* --- second round: record -------------------------------------------------------------------- */

static int record_notices(struct pass *pass, const struct plan *plan, int64_t hold)
{
    struct ledger *ledger = pass->view->ledger;
    for (size_t i = 0; i < plan->notices.count; i++) {
        struct notice notice = plan->notices.items[i].notice;
        notice.hold = hold;
        notice.state = hold ? NOTICE_HELD : NOTICE_OWED;
        int r = ledger_owe(ledger, &notice, plan->notices.items[i].reason, pass->view->input->now,
                           &notice.id);
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

static int record_drops(struct pass *pass, const struct plan *plan)
{
    struct ledger *ledger = pass->view->ledger;
    struct instant now = pass->view->input->now;
    int r = 0;
    for (size_t i = 0; i < plan->drops.count && !r; i++) {
        struct notice notice = plan->drops.items[i].notice;
        r = ledger_owe(ledger, &notice, plan->drops.items[i].reason, now, &notice.id);
        if (r == LEDGER_E_EXISTS) {
            r = 0;
            continue;
        }
        r = r ? r
              : ledger_move(ledger, notice.id, NOTICE_SUPERSEDED, plan->drops.items[i].reason, now);
        pass->report->ended++;
    }
    return r;
}

static int record_tolds(struct pass *pass, const char *key, const struct plan *plan)
{
    struct ledger *ledger = pass->view->ledger;
    int r = 0;
    for (size_t k = 0; k < plan->tolds.count && !r; k++, pass->report->told++) {
        const struct planned_told *told = &plan->tolds.items[k];
        r = ledger_keep_facts(ledger, told->facts);
        r = r ? r
              : ledger_tell(ledger, key, told->contact, told->facts->id, plan->sequence,
                            pass->view->input->now);
    }
    return r;
}

static int record_one(struct pass *pass, const struct busy *what)
{
    struct ledger *ledger = pass->view->ledger;
    struct instant now = pass->view->input->now;
    struct planner_subject subject;
    struct plan planned;
    int64_t hold = pass->hold;
    int r = plan(pass, what, &subject, &planned);
    for (size_t k = 0; k < planned.ends.count && !r; k++, pass->report->ended++)
        r = ledger_move(ledger, planned.ends.items[k].notice, planned.ends.items[k].state,
                        planned.ends.items[k].reason, now);
    if (!r && subject.facts)
        r = ledger_keep_facts(ledger, subject.facts);
    r = r ? r : record_tolds(pass, what->key, &planned);
    if (!r && planned.hold_reason && planned.notices.count && !hold)
        r = ledger_hold(ledger, planned.hold_reason, now, &hold);
    r = r ? r : record_notices(pass, &planned, hold);
    r = r ? r : record_drops(pass, &planned);
    if (!r && planned.sequence != subject.history->sighting.sequence) {
        struct sighting sighting = subject.history->sighting;
        sighting.sequence = planned.sequence;
        r = ledger_keep_sighting(ledger, &sighting);
    }
    /* limits.per_contact counts over all occurrences: what this one gives, the next one sees. */
    pass->report->next = instant_min(pass->report->next, planned.next);
    r = r ? r : recent_note(pass->arena, &pass->recents, &planned, now);
    pass->input.recent = pass->recents.items;
    pass->input.recent_count = pass->recents.count;
    return r;
}

static int open_recents(struct pass *pass)
{
    const struct planner_input *input = pass->view->input;
    for (size_t i = 0; i < input->recent_count; i++) {
        struct recent_message *slot = list_add(pass->arena, &pass->recents);
        if (!slot)
            return -ENOMEM;
        *slot = input->recent[i];
    }
    return 0;
}

static int run(struct pass *pass)
{
    size_t expired = 0;
    int r = open_recents(pass);
    r = r ? r : count_all(pass);
    r = r ? r : brake(pass);
    for (size_t i = 0; i < pass->busy.count && !r; i++)
        r = record_one(pass, &pass->busy.items[i]);
    r = r ? r : ledger_expire(pass->view->ledger, pass->view->input->now, &expired);
    pass->report->ended += expired;
    return r;
}

int pass_run(const struct pass_view *view, struct pass_memory *memory, struct pass_report *ret)
{
    CLEANUP_ARENA struct arena *arena = arena_new(subject_max_bytes);
    CLEANUP_ARENA struct arena *subject = arena_new(subject_max_bytes);
    struct pass pass = {.input = *view->input,
                        .view = view,
                        .memory = memory,
                        .report = ret,
                        .arena = arena,
                        .subject = subject};
    if (!arena || !subject)
        return -ENOMEM;
    pass.touched = arena_alloc_array(arena, (view->input->contacts->count + 63) / 64 + 1,
                                     sizeof *pass.touched);
    return pass.touched ? run(&pass) : -ENOMEM;
}
