/* SPDX-License-Identifier: MIT */
/* Two rounds: the first only counts, since the brakes must see the whole pass before anything of it
 * is owed; the second plans again those that had something to say and records it. The planner is
 * pure, so both say the same, but for limits.per_contact: the second may owe less.
 *
 * Both can stop between any two contacts and go on later, so that the loop is not blocked. Nothing
 * of what happens meanwhile can do harm: keys are unique, a state that moved on refuses ours, and
 * what the pass did not see, the next one will. Only the brake looks at the whole, so it is written
 * down before anything that it holds: a pass that finds it again (this one died) brakes, too.    */
#include "app/pass.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/subjects.h"
#include "base/log.h"
#include "plan/brakes.h"
#include "plan/reason_words.h"
#include "plan/recent.h"

static const size_t subject_max_bytes = (size_t)4 << 30;

enum {
    HISTORY_ROWS = 1024,  /* read between two looks at the budget */
    HISTORY_WHOLE = 4096, /* of more rows there is an outline, and they come with their contacts */
    HISTORY_CONTACTS = 512, /* the contacts of a part that has rows */
    COUNT_CONTACTS = 4096,  /* the same, planned */
    RECORD_CONTACTS = 512,  /* the same, planned and written */
};
static const char brake_name[] = "pass brake"; /* "HOLD REASON" while a held pass is recorded */

/* An occurrence or an issue that has something to say, or may have. */
struct busy {
    const char *key;
    const struct viewed *viewed; /* NULL: gone, or an issue */
    const struct issue *issue;   /* NULL: an occurrence */
};
LIST_TYPE(busy_list, struct busy);

enum round {
    ROUND_VIEW,
    ROUND_KNOWN,
    ROUND_ISSUES,
    ROUND_BRAKE,
    ROUND_RECORD,
    ROUND_EXPIRE,
    ROUND_DONE
};

/* What was found of the calendar of what vanished at one reading. */
struct loss {
    const char *feed;
    struct instant since;
    bool is_lost;
};

struct pass {
    struct pass_view view;
    struct pass_memory *memory;
    struct pass_report *report;
    struct arena *arena;        /* of the pass */
    struct arena *subject;      /* of one occurrence at a time */
    struct arena *slice;        /* of a few of its contacts */
    struct planner_input input; /* the view's, with what this pass has recorded so far */
    struct recents recents;
    struct busy_list busy;
    struct pass_totals totals;
    uint64_t *touched; /* contacts, as bits */
    int64_t hold;      /* of the whole pass; 0 = none */
    enum round round;
    size_t at;                /* next item of the round */
    struct sightings known;   /* of ROUND_KNOWN */
    struct issue_list issues; /* of ROUND_ISSUES */
    struct subjects subjects;
    struct loss loss; /* the last one weighed; feed NULL = none */

    /* The occurrence under way: its history is read, then it is planned, which reads the rows of an
     * outline part by part. */
    struct busy what;
    struct pass_memo *memo; /* NULL = not remembered */
    struct planner_subject planned;
    struct history history;
    struct history_reading *reading;
    bool is_reading;
    struct plan plan;
    struct planner *planner; /* NULL: not yet, or done */
    bool is_busy, is_change;
    bool is_answered; /* its hold, before all was recorded */
    int64_t own_hold; /* of this occurrence alone */
};

/* --- one occurrence, a few contacts at a time ------------------------------------------------ */

static int open_subject(struct pass *pass, const struct busy *what, struct pass_memo *memo)
{
    bool has_canary = what->issue && what->issue->canary.bits; /* whose rows decide of all others */
    arena_clear(pass->subject);
    pass->what = *what;
    pass->memo = memo;
    pass->is_busy = pass->is_change = false;
    pass->own_hold = 0;
    int r = subjects_find(&pass->subjects, pass->subject, what->viewed, &pass->planned);
    pass->planned.issue = what->issue;
    pass->planned.history = &pass->history;
    r = r ? r
          : ledger_history_open(pass->view.ledger, pass->subject, pass->view.zones, what->key,
                                has_canary ? SIZE_MAX : HISTORY_WHOLE, &pass->reading);
    pass->is_reading = !r;
    return r;
}

/* Those that vanished together are weighed once: there may be thousands. */
static int weigh_subject(struct pass *pass)
{
    const struct sighting *sighting = &pass->history.sighting;
    struct loss *loss = &pass->loss;
    if (pass->planned.occurrence || !sighting->missing_reads)
        return 0;
    if (loss->feed && strcmp(loss->feed, sighting->feed) == 0 &&
        instant_equal(loss->since, sighting->missing_since)) {
        pass->planned.is_lost_with_most = loss->is_lost;
        return 0;
    }
    int r = subjects_weigh_loss(&pass->subjects, &pass->planned);
    *loss = (struct loss){arena_copy_string(pass->arena, sighting->feed), sighting->missing_since,
                          pass->planned.is_lost_with_most};
    return r;
}

static int read_history(struct pass *pass)
{
    bool is_done;
    int r = ledger_history_read(pass->reading, HISTORY_ROWS, &pass->history, &is_done);
    if (r || !is_done)
        return r;
    pass->is_reading = false;
    if (!pass->history.has_sighting && !pass->planned.issue)
        return 0; /* not yet noted: its calendar is only known from an old copy */
    r = weigh_subject(pass);
    return r ? r
             : planner_open(pass->subject, &pass->input, &pass->planned, &pass->plan,
                            &pass->planner);
}

/* So many contacts more, with what is known of them. */
static int walk_part(struct pass *pass, size_t contacts)
{
    const struct contact_list *list = pass->input.contacts;
    struct history part;
    if (!planner_has_more(pass->planner))
        return 0;
    if (contacts > HISTORY_CONTACTS && (pass->history.told_count || pass->history.notice_count))
        contacts = HISTORY_CONTACTS;
    size_t next = planner_next(pass->planner) + contacts;
    const char *until = next < list->count ? list->items[next]->email : NULL;
    int r = ledger_history_part(pass->reading, pass->slice, until, &part);
    return r ? r : planner_walk(pass->planner, pass->slice, contacts, &part);
}

static int walk(struct pass *pass, size_t contacts)
{
    struct plan *plan = &pass->plan;
    plan->notices = plan->drops = (struct planned_notices){0};
    plan->ends = (struct planned_ends){0};
    plan->tolds = (struct planned_tolds){0};
    arena_clear(pass->slice);
    int r = walk_part(pass, contacts);
    pass->is_busy |=
        plan->notices.count || plan->drops.count || plan->ends.count || plan->tolds.count;
    return r;
}

/* --- first round: count ---------------------------------------------------------------------- */

static void add_up(struct pass *pass)
{
    const struct planned_notices *notices = &pass->plan.notices;
    size_t counted = 0;
    for (size_t k = 0; k < notices->count; k++) {
        const struct planned_notice *planned = &notices->items[k];
        enum notice_kind kind = planned->notice.kind;
        if (planned->notice.state == NOTICE_HELD)
            continue; /* asks for itself */
        counted++;
        if (kind != NOTICE_NEWSLETTER) /* an issue touches all its readers every time */
            pass->touched[planned->contact / 64] |= UINT64_C(1) << (planned->contact % 64);
        pass->is_change |=
            kind == NOTICE_CHANGE || kind == NOTICE_CANCELLATION || kind == NOTICE_POSTPONED;
    }
    pass->totals.notices += counted;
}

/* What waits for a calendar may lapse, and nobody would know. */
static int report_stuck(struct pass *pass)
{
    const struct issue *issue = pass->planned.issue;
    if (!issue || !issue->lost || !pass->plan.waits)
        return 0;
    return issues_note_stuck(pass->view.arena, &pass->input, issue, pass->plan.waits,
                             &pass->report->stuck);
}

static int report_plan(struct pass *pass)
{
    struct pass_report *report = pass->report;
    const struct plan *plan = &pass->plan;
    report->next = instant_min(report->next, plan->next);
    if (!plan->waits)
        return 0;
    report->waits_until = instant_max(report->waits_until, plan->next);
    if (report->waiting++ >= PASS_WAITS_MAX)
        return 0;
    const char **said = &report->waits[report->waiting - 1];
    *said =
        arena_copy_string(pass->view.arena, reason_in(pass->arena, plan->waits,
                                                      pass->input.settings->organisation.language));
    return *said ? 0 : -ENOMEM;
}

static int end_count(struct pass *pass)
{
    const struct history *history = &pass->history;
    bool has_sequence = pass->plan.sequence != history->sighting.sequence;
    bool is_busy = pass->is_busy || has_sequence;
    pass->planner = NULL;
    pass->totals.events += history->told_count > 0;
    pass->totals.events_changed += pass->is_change;
    if (pass->memo) {
        /* What speaks or waits is asked again at each pass: there are few, and they change. */
        pass->memo->next = is_busy || pass->plan.waits ? INSTANT_UNSET : pass->plan.next;
        pass->memo->is_told = history->told_count > 0;
    }
    int r = report_plan(pass);
    r = r ? r : report_stuck(pass);
    struct busy *slot = is_busy && !r ? list_add(pass->arena, &pass->busy) : NULL;
    if (slot)
        *slot = pass->what;
    return r ? r : is_busy && !slot ? -ENOMEM : 0;
}

static int count_slice(struct pass *pass)
{
    int r = walk(pass, COUNT_CONTACTS);
    if (r)
        return r;
    add_up(pass);
    return planner_has_more(pass->planner) ? 0 : end_count(pass);
}

/* Everything in view that a rule is about; the nearest first, which limits.per_contact favours. */
static int count_viewed(struct pass *pass)
{
    size_t count;
    const struct viewed *viewed = horizon_items(pass->view.horizon, &count);
    if (pass->at >= count) {
        pass->round = ROUND_KNOWN;
        pass->at = 0;
        return ledger_sightings(pass->view.ledger, pass->arena, pass->view.zones, NULL,
                                pass->input.now, &pass->known);
    }
    size_t i = horizon_by_start(pass->view.horizon)[pass->at++];
    struct pass_memo *memo = &pass->memory->items[i];
    if (!viewed[i].facts)
        return 0;
    if (instant_before(pass->input.now, memo->next)) {
        pass->report->next = instant_min(pass->report->next, memo->next);
        pass->totals.events += memo->is_told;
        return 0;
    }
    return open_subject(pass, &(struct busy){viewed[i].occurrence->key, &viewed[i], NULL}, memo);
}

/* And everything of the future that was seen once and is in view no more, or without a rule. */
static int count_known(struct pass *pass)
{
    size_t i = pass->at++;
    if (i >= pass->known.count) {
        struct instant next;
        pass->round = ROUND_ISSUES;
        pass->at = 0;
        int r = issues_due(pass->view.issues, &pass->input, &pass->issues, &next);
        pass->report->next = r ? pass->report->next : instant_min(pass->report->next, next);
        return r;
    }
    const char *key = pass->known.items[i].occurrence;
    const struct viewed *seen = horizon_find(pass->view.horizon, key);
    return seen && seen->facts ? 0 : open_subject(pass, &(struct busy){key, seen, NULL}, NULL);
}

/* Last, so that limits.per_contact favours what concerns one event. */
static int count_issues(struct pass *pass)
{
    size_t i = pass->at++;
    if (i >= pass->issues.count) {
        pass->round = ROUND_BRAKE;
        return 0;
    }
    const struct issue *issue = pass->issues.items[i];
    return open_subject(pass, &(struct busy){issue->key, NULL, issue}, NULL);
}

/* --- the brake ------------------------------------------------------------------------------- */

static int keep_brake(struct pass *pass, const char *reason)
{
    const char *mark = arena_printf(pass->arena, "%lld %s", (long long)pass->hold, reason);
    return mark ? ledger_set(pass->view.ledger, brake_name, mark) : -ENOMEM;
}

/* The hold of a pass that died while it recorded; ret_reason NULL = there was none. */
static int find_brake(struct pass *pass, int64_t *ret_hold, const char **ret_reason)
{
    const char *mark = NULL;
    int r = ledger_get(pass->view.ledger, pass->view.arena, brake_name, &mark);
    struct text rest = text_of(mark), number = text_split(&rest, ' ');
    *ret_reason = NULL;
    if (!r && mark && text_number(number, 1, INT64_MAX, ret_hold))
        *ret_reason = rest.data;
    return r;
}

static int brake(struct pass *pass)
{
    struct ledger *ledger = pass->view.ledger;
    const struct planner_input *input = &pass->input;
    size_t words = (input->contacts->count + 63) / 64;
    int64_t old_hold = 0;
    const char *old_reason;
    bool is_open = false;

    pass->round = ROUND_RECORD;
    pass->at = 0;
    for (size_t i = 0; i < words; i++)
        pass->totals.contacts_touched += (size_t)__builtin_popcountll(pass->touched[i]);
    pass->totals.contacts = input->contacts->count;
    const char *why = brakes_reason(pass->view.arena, &input->settings->limits, &pass->totals);
    int r = find_brake(pass, &old_hold, &old_reason);
    if (r || !pass->totals.notices || (!why && !old_reason))
        return r;
    r = old_reason ? ledger_hold_is_open(ledger, old_hold, &is_open) : 0;
    pass->report->hold_reason = old_reason ? old_reason : why;
    if (!r && is_open)
        pass->hold = old_hold;
    else if (!r)
        r = ledger_hold(ledger, pass->report->hold_reason, input->now, &pass->hold);
    return r ? r : keep_brake(pass, pass->report->hold_reason);
}

/* Staff may have answered while the pass was recorded. They did not see the rest: the next pass
 * asks for it, since the brake stays. */
static int see_brake(struct pass *pass)
{
    bool is_open = true, is_own_open = true;
    int r = pass->hold ? ledger_hold_is_open(pass->view.ledger, pass->hold, &is_open) : 0;
    if (!r && pass->own_hold)
        r = ledger_hold_is_open(pass->view.ledger, pass->own_hold, &is_own_open);
    if (r || (is_open && is_own_open))
        return r;
    log_trace("app", "pass: its hold was answered before all was recorded");
    pass->planner = NULL;
    pass->is_reading = false;
    pass->round = ROUND_EXPIRE;
    pass->is_answered = true;
    pass->report->next = pass->input.now;
    return 0;
}

/* --- second round: record -------------------------------------------------------------------- */

/* Those of one state; an earlier slice, or another pass, may have recorded some. */
static int owe_all(struct pass *pass, const struct owed *owed, size_t count)
{
    bool is_held = owed->notice->state == NOTICE_HELD;
    size_t added = 0;
    int r = ledger_owe_all(pass->view.ledger, owed, count, pass->input.now, &added);
    if (added < count && !r)
        log_trace("app", "%s: %zu are already recorded", pass->what.key, count - added);
    *(is_held ? &pass->report->held : &pass->report->owed) += added;
    return r;
}

static int record_notices(struct pass *pass)
{
    const struct planned_notices *notices = &pass->plan.notices;
    struct owed *owed = arena_alloc_array(pass->slice, notices->count + 1, sizeof *owed);
    int r = owed ? 0 : -ENOMEM;
    for (size_t i = 0; i < notices->count && !r; i++) {
        struct notice *notice = &notices->items[i].notice;
        if (pass->hold || notice->state == NOTICE_HELD)
            notice->hold = pass->hold ? pass->hold : pass->own_hold;
        notice->state = notice->hold ? NOTICE_HELD : NOTICE_OWED;
        owed[i] = (struct owed){notice, notices->items[i].reason};
    }
    for (size_t i = 0, next; i < notices->count && !r; i = next) {
        for (next = i + 1; next < notices->count; next++)
            if (owed[next].notice->state != owed[i].notice->state)
                break;
        r = owe_all(pass, owed + i, next - i);
    }
    return r;
}

static int record_drops(struct pass *pass)
{
    const struct planned_notices *drops = &pass->plan.drops;
    struct ledger *ledger = pass->view.ledger;
    struct instant now = pass->input.now;
    for (size_t i = 0; i < drops->count; i++) {
        struct notice notice = drops->items[i].notice;
        int r = ledger_owe(ledger, &notice, drops->items[i].reason, now, &notice.id);
        if (r == LEDGER_E_EXISTS)
            continue;
        r = r ? r : ledger_move(ledger, notice.id, NOTICE_SUPERSEDED, drops->items[i].reason, now);
        if (r)
            return r;
        pass->report->ended++;
    }
    return 0;
}

static int record_tolds(struct pass *pass)
{
    const struct planned_tolds *tolds = &pass->plan.tolds;
    struct ledger *ledger = pass->view.ledger;
    int r = 0;
    for (size_t k = 0; k < tolds->count && !r; k++, pass->report->told++) {
        const struct planned_told *told = &tolds->items[k];
        r = ledger_keep_facts(ledger, told->facts);
        r = r ? r
              : ledger_tell(ledger, pass->what.key, told->contact, told->facts->id,
                            pass->plan.sequence, false, pass->input.now);
    }
    return r;
}

/* What was sent or answered since it was planned does not end any more. */
static int record_ends(struct pass *pass)
{
    const struct planned_ends *ends = &pass->plan.ends;
    for (size_t k = 0; k < ends->count; k++) {
        int r = ledger_move(pass->view.ledger, ends->items[k].notice, ends->items[k].state,
                            ends->items[k].reason, pass->input.now);
        if (r && r != LEDGER_E_TRANSITION)
            return r;
        pass->report->ended += !r;
    }
    /* This pass still counted them: the next one has more room. */
    if (ends->count && pass->input.settings->limits.per_contact)
        pass->report->next = pass->input.now;
    return 0;
}

static int end_record(struct pass *pass)
{
    struct sighting sighting = pass->history.sighting;
    pass->planner = NULL;
    pass->report->next = instant_min(pass->report->next, pass->plan.next);
    if (pass->plan.sequence == sighting.sequence)
        return 0;
    sighting.sequence = pass->plan.sequence;
    return ledger_keep_sighting(pass->view.ledger, &sighting);
}

/* limits.per_contact counts over all occurrences: what this one gives, the next one sees. */
static int remember(struct pass *pass)
{
    if (!pass->input.settings->limits.per_contact)
        return 0;
    int r = recent_note(pass->arena, &pass->recents, &pass->plan, pass->input.now);
    pass->input.recent = pass->recents.items;
    pass->input.recent_count = pass->recents.count;
    return r;
}

static int record_slice(struct pass *pass)
{
    struct ledger *ledger = pass->view.ledger;
    int r = walk(pass, RECORD_CONTACTS);
    const struct plan *plan = &pass->plan;
    r = r ? r : record_ends(pass);
    if (!r && pass->planned.facts && pass->is_busy)
        r = ledger_keep_facts(ledger, pass->planned.facts);
    r = r ? r : record_tolds(pass);
    if (!r && plan->hold_reason && !pass->hold && !pass->own_hold)
        r = ledger_hold(ledger, plan->hold_reason, pass->input.now, &pass->own_hold);
    r = r ? r : record_notices(pass);
    r = r ? r : record_drops(pass);
    r = r ? r : remember(pass);
    return r || planner_has_more(pass->planner) ? r : end_record(pass);
}

static int record_next(struct pass *pass)
{
    size_t i = pass->at++;
    if (i >= pass->busy.count) {
        pass->round = ROUND_EXPIRE;
        return 0;
    }
    return open_subject(pass, &pass->busy.items[i], NULL);
}

static int expire(struct pass *pass)
{
    size_t expired = 0;
    int r = ledger_expire(pass->view.ledger, pass->input.now, &expired);
    pass->report->ended += expired;
    pass->round = ROUND_DONE;
    return r || pass->is_answered ? r : ledger_set(pass->view.ledger, brake_name, NULL);
}

/* --- the pass -------------------------------------------------------------------------------- */

static int step(struct pass *pass)
{
    if (pass->is_reading)
        return read_history(pass);
    switch (pass->round) {
    case ROUND_VIEW:
        return pass->planner ? count_slice(pass) : count_viewed(pass);
    case ROUND_KNOWN:
        return pass->planner ? count_slice(pass) : count_known(pass);
    case ROUND_ISSUES:
        return pass->planner ? count_slice(pass) : count_issues(pass);
    case ROUND_BRAKE:
        return brake(pass);
    case ROUND_RECORD:
        return pass->planner ? record_slice(pass) : record_next(pass);
    case ROUND_EXPIRE:
        return expire(pass);
    case ROUND_DONE:
        break;
    }
    return 0;
}

int pass_step(struct pass *pass, const struct budget *budget, bool *ret_is_done)
{
    int r = pass->round == ROUND_RECORD ? see_brake(pass) : 0;
    do
        r = r ? r : step(pass);
    while (!r && pass->round != ROUND_DONE && !budget_is_spent(budget));
    *ret_is_done = pass->round == ROUND_DONE;
    return r;
}

static int open_recents(struct pass *pass)
{
    const struct planner_input *input = &pass->input;
    for (size_t i = 0; i < input->recent_count; i++) {
        struct recent_message *slot = list_add(pass->arena, &pass->recents);
        if (!slot)
            return -ENOMEM;
        *slot = input->recent[i];
    }
    return 0;
}

int pass_begin(const struct pass_view *view, struct pass_memory *memory, struct pass_report *report,
               struct pass **ret)
{
    struct pass *pass = calloc(1, sizeof *pass);
    if (!pass)
        return -ENOMEM;
    pass->view = *view;
    pass->input = *view->input;
    pass->subjects =
        (struct subjects){view->ledger, view->zones, view->audiences, view->input->now};
    pass->memory = memory;
    pass->report = report;
    pass->arena = arena_new(subject_max_bytes);
    pass->subject = arena_new(subject_max_bytes);
    pass->slice = arena_new(subject_max_bytes);
    if (pass->arena)
        pass->touched = arena_alloc_array(pass->arena, view->input->contacts->count / 64 + 1,
                                          sizeof *pass->touched);
    if (!pass->touched || !pass->subject || !pass->slice || open_recents(pass)) {
        pass_end(pass);
        return -ENOMEM;
    }
    *ret = pass;
    return 0;
}

struct pass *pass_end(struct pass *pass)
{
    if (!pass)
        return NULL;
    arena_free(pass->arena);
    arena_free(pass->subject);
    arena_free(pass->slice);
    free(pass);
    return NULL;
}
