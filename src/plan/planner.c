/* SPDX-License-Identifier: MIT */
/* Reads as a page: settle → state → sequence → steps → people → next.
 *
 * Invariants
 * - The plan depends on its arguments alone; people are walked in the order of the contact list.
 * - plan.next is after now, and nothing becomes due before it: everything that waits for an hour
 *   says so through pass_wake.
 * - A first word, a step or a piece of news has one key per contact; what was accepted, refused or
 *   discarded is never owed again under another.                                                 */
#include "plan/planner.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "plan/match.h"
#include "plan/pass.h"

/* An event with an #audience: mark that no rule is about is announced like this. */
static const struct step_settings marked_steps[] = {
    {.send = "invitation",
     .kind = NOTICE_INVITATION,
     .offset = {.days = 30},
     .at_minute = MINUTES_UNSET,
     .id = "invitation-30d"},
    {.send = "reminder",
     .kind = NOTICE_REMINDER,
     .offset = {.days = 7},
     .at_minute = MINUTES_UNSET,
     .id = "reminder-7d"},
    {.send = "reminder",
     .kind = NOTICE_REMINDER,
     .offset = {.days = 1},
     .at_minute = MINUTES_UNSET,
     .id = "reminder-1d"},
};
static const struct rule_settings marked_rule = {
    .name = "#audience",
    .audience = "#audience",
    .list = "#audience",
    .steps = marked_steps,
    .step_count = sizeof marked_steps / sizeof marked_steps[0],
    .vanished = VANISHED_HOLD,
};

/* --- rules and steps ------------------------------------------------------------------------- */

static int find_rules(struct pass *pass)
{
    const struct planner_input *input = pass->input;
    const struct settings *settings = input->settings;
    const struct membership *marked = pass->subject->marked;

    /* And room for the rule of marked events; vanished ones find their rules guest by guest. */
    pass->rules = arena_alloc_array(pass->arena, settings->rule_count + 1, sizeof *pass->rules);
    if (!pass->rules)
        return -ENOMEM;
    for (size_t i = 0; i < settings->rule_count && pass->occurrence; i++) {
        enum match match;
        int r = match_rule(pass->arena, &settings->rules[i], pass->occurrence, &match);
        if (r)
            return r;
        if (match != MATCH_YES)
            continue;
        pass->rules[pass->rule_count++] = (struct pass_rule){
            .rule = &settings->rules[i],
            .audience = marked ? *marked : input->audiences[i].rule,
            .steps = input->audiences[i].steps,
        };
    }
    if (!pass->rule_count && marked && pass->occurrence)
        pass->rules[pass->rule_count++] =
            (struct pass_rule){.rule = &marked_rule, .audience = *marked};
    return 0;
}

static struct instant birth_of(const struct planner_input *input, const char *rule,
                               const char *step)
{
    for (size_t i = 0; i < input->birth_count; i++)
        if (string_equal(input->births[i].rule, rule) && string_equal(input->births[i].step, step))
            return input->births[i].at;
    return INSTANT_UNSET;
}

static int find_steps(struct pass *pass)
{
    size_t count = 0;
    for (size_t i = 0; i < pass->rule_count; i++) {
        count += pass->rules[i].rule->step_count;
        pass->mask |= pass->rules[i].rule->tell_titles ? (unsigned)FACTS_TITLE : 0;
    }
    pass->steps = arena_alloc_array(pass->arena, count + 1, sizeof *pass->steps);
    if (!pass->steps)
        return -ENOMEM;
    for (size_t i = 0; i < pass->rule_count; i++) {
        const struct rule_settings *rule = pass->rules[i].rule;
        for (size_t k = 0; k < rule->step_count; k++)
            pass->steps[pass->step_count++] = (struct pass_step){
                .rule = &pass->rules[i],
                .step = &rule->steps[k],
                .index = k,
                .born = birth_of(pass->input, rule->name, rule->steps[k].id),
            };
    }
    return 0;
}

/* --- places ---------------------------------------------------------------------------------- */

/* Latest first; at the same hour the last one written counts. */
static int compare_place_steps(const void *a, const void *b)
{
    const struct place_step *x = a, *y = b;
    int order = instant_compare(y->time.leave, x->time.leave);
    return order ? order : (y->step > x->step) - (y->step < x->step);
}

static struct instant first_seen(const struct planner_input *input, const struct history *history)
{
    return history->has_sighting ? history->sighting.first_seen : input->now;
}

/* Was the occurrence there before what was born then? */
static bool is_older(const struct planner_input *input, const struct history *history,
                     struct instant born)
{
    return instant_before(first_seen(input, history), born);
}

static int add_place(struct pass *pass, const struct place *at)
{
    struct pass_place *place = &pass->places[pass->place_count];
    const struct when *when = &pass->facts->when;
    struct span_of_event span = steps_span(when, at);

    *place = (struct pass_place){.place = *at, .start = span.start, .end = span.end};
    place->steps = arena_alloc_array(pass->arena, pass->step_count + 1, sizeof *place->steps);
    if (!place->steps)
        return -ENOMEM;
    for (size_t i = 0; i < pass->step_count; i++) {
        struct place_step *step = &place->steps[i];
        step->step = &pass->steps[i];
        steps_time(pass->input->settings, step->step->rule->rule, step->step->step, when, at,
                   &step->time);
        step->is_blocked = instant_before(step->time.nominal, step->step->born) &&
                           instant_before(pass->first_seen, step->step->born);
        if (!step->is_blocked)
            pass_wake(pass, step->time.leave);
    }
    if (pass->step_count)
        qsort(place->steps, pass->step_count, sizeof *place->steps, compare_place_steps);
    pass_wake(pass, place->start);
    pass->place_count++;
    return 0;
}

static int find_places(struct pass *pass, const struct planner_places *places)
{
    pass->places = arena_alloc_array(pass->arena, places->count + 1, sizeof *pass->places);
    if (!pass->places)
        return -ENOMEM;
    for (size_t i = 0; i < places->count; i++) {
        int r = add_place(pass, &places->items[i]);
        if (r)
            return r;
    }
    return 0;
}

LIST_TYPE(place_list, struct place);

int planner_places_of(struct arena *arena, const struct planner_input *input,
                      struct planner_places *ret)
{
    const struct contact_list *contacts = input->contacts;
    struct place_list places = {0};
    uint16_t *of = arena_alloc_array(arena, contacts->count + 1, sizeof *of);
    if (!of)
        return -ENOMEM;
    for (size_t i = 0; i < contacts->count; i++) {
        struct place place = place_of(input, contacts->items[i]);
        size_t at = 0;
        while (at < places.count &&
               (places.items[at].zone != place.zone || places.items[at].holidays != place.holidays))
            at++;
        if (at == places.count && at < UINT16_MAX) {
            struct place *slot = list_add(arena, &places);
            if (!slot)
                return -ENOMEM;
            *slot = place;
        }
        of[i] = (uint16_t)(at < UINT16_MAX ? at : 0);
    }
    *ret = (struct planner_places){.items = places.items, .count = places.count, .of = of};
    return 0;
}

/* --- people ---------------------------------------------------------------------------------- */

/* What vanished has no rule and no audience any more: whoever was told is concerned, under the rule
 * that told him; told under another UID, under the first rule that has him.                      */
static const struct rule_settings *last_rule(const struct pass *pass, const struct guest *guest)
{
    const struct settings *settings = pass->input->settings;
    const struct notice *last = NULL;
    for (size_t i = 0; i < guest->notice_count; i++)
        if (!last || instant_before(last->due, guest->notices[i].due))
            last = &guest->notices[i];
    if (last && string_equal(last->rule, marked_rule.name))
        return &marked_rule;
    for (size_t i = 0; i < settings->rule_count; i++) {
        const struct membership *audience = &pass->input->audiences[i].rule;
        if (last ? string_equal(settings->rules[i].name, last->rule)
                 : audience->bits && membership_has(audience, guest->index))
            return &settings->rules[i];
    }
    return NULL;
}

static void find_last_rule(struct pass *pass, struct guest *guest)
{
    const struct rule_settings *rule = guest_was_written_to(guest) ? last_rule(pass, guest) : NULL;
    for (size_t i = 0; i < pass->rule_count && !guest->rule; i++)
        if (pass->rules[i].rule == rule)
            guest->rule = &pass->rules[i];
    if (guest->rule || !rule)
        return;
    pass->rules[pass->rule_count] = (struct pass_rule){.rule = rule};
    guest->rule = &pass->rules[pass->rule_count++];
}

static void find_rule(struct pass *pass, struct guest *guest)
{
    if (!pass->occurrence)
        find_last_rule(pass, guest);
    for (size_t i = 0; i < pass->rule_count && !guest->rule; i++)
        if (pass->rules[i].audience.bits && membership_has(&pass->rules[i].audience, guest->index))
            guest->rule = &pass->rules[i];
    /* A mistyped mark removes nobody who was told. */
    if (pass->subject->mark_doubt && !guest->rule && guest->told)
        find_last_rule(pass, guest);
}

/* Lists are few. A list without a birth was always there. */
static struct instant list_birth_of(const struct planner_input *input, const char *source)
{
    for (size_t i = 0; i < input->list_birth_count; i++)
        if (string_equal(input->list_births[i].source, source))
            return input->list_births[i].at;
    return INSTANT_UNSET;
}

struct instant planner_list_birth(const struct planner_input *input, const struct contact *contact)
{
    struct instant listed = list_birth_of(input, contact->source);
    for (size_t i = 0; i < contact->other_source_count; i++)
        listed = instant_min(listed, list_birth_of(input, contact->other_sources[i]));
    return listed;
}

struct instant planner_listed(const struct planner_input *input, const struct history *history,
                              const struct contact *contact)
{
    struct instant listed = planner_list_birth(input, contact);
    return is_older(input, history, listed) ? listed : INSTANT_UNSET;
}

static int plan_guest(struct pass *pass, struct guest *guest)
{
    if (pass->issue)
        return newsletter_guest(pass, guest);
    find_rule(pass, guest);
    if (!guest->rule && !guest->told && !guest->notice_count)
        return 0;
    size_t first = pass->plan->notices.count;
    guest->listed = planner_listed(pass->input, pass->history, guest->contact);
    guest_read(pass, guest);
    int r = ending_guest(pass, guest);
    if (!r && pass->is_settled && !pass->is_undecided && !pass->is_moved)
        r = concern_guest(pass, guest);
    struct planned_notice *added = pass->plan->notices.items + first;
    if (!r && pass->plan->notices.count - first == 2 &&
        strcmp(added[0].notice.step, added[1].notice.step) > 0) {
        struct planned_notice swapped = added[0];
        added[0] = added[1];
        added[1] = swapped;
    }
    return r;
}

/* Notices to somebody who is in the list no more: nobody to write to. */
static int end_unlisted(struct pass *pass, const struct notice *notice)
{
    return notice_is_pending(notice)
               ? ending_add(pass, notice, NOTICE_SUPERSEDED, reason_text(REASON_NOT_LISTED))
               : 0;
}

/* Contacts, what they were told and what they are owed, walked side by side. */
struct planner {
    struct pass pass;
    struct planner_places own_places;
    const struct planner_places *places;
    bool has_more;
    size_t contact; /* the next one */
    const struct told *told, *tolds_end;
    const struct notice *notice, *notices_end;
};

static int plan_next_guest(struct planner *planner)
{
    struct pass *pass = &planner->pass;
    const struct membership *suppressed = &pass->input->suppressed;
    size_t i = planner->contact++;
    const struct contact *contact = pass->input->contacts->items[i];
    const struct told *told = planner->told;
    const struct notice *notice = planner->notice;
    int r = 0;

    while (told < planner->tolds_end && strcmp(told->contact, contact->email) < 0)
        told++;
    for (; notice < planner->notices_end && strcmp(notice->contact, contact->email) < 0 && !r;
         notice++)
        r = end_unlisted(pass, notice);
    struct guest guest = {
        .contact = contact,
        .index = i,
        .told =
            told < planner->tolds_end && strcmp(told->contact, contact->email) == 0 ? told : NULL,
        .notices = notice,
        .place = &pass->places[planner->places->of[i]],
        .is_suppressed = suppressed->bits && membership_has(suppressed, i),
    };
    while (notice < planner->notices_end && strcmp(notice->contact, contact->email) == 0)
        notice++;
    guest.notice_count = (size_t)(notice - guest.notices);
    planner->told = told;
    planner->notice = notice;
    return r ? r : plan_guest(pass, &guest);
}

bool planner_has_more(const struct planner *planner)
{
    return planner->has_more;
}

size_t planner_next(const struct planner *planner)
{
    return planner->contact;
}

static void set_rows(struct planner *planner, const struct history *history)
{
    planner->told = history->told;
    planner->tolds_end = history->told + history->told_count;
    planner->notice = history->notices;
    planner->notices_end = history->notices + history->notice_count;
}

int planner_walk(struct planner *planner, struct arena *arena, size_t contacts_max,
                 const struct history *part)
{
    struct pass *pass = &planner->pass;
    size_t count = pass->input->contacts->count;
    int r = 0;
    if (!planner->has_more)
        return 0;
    pass->arena = arena;
    if (part)
        set_rows(planner, part);
    size_t until =
        contacts_max < count - planner->contact ? planner->contact + contacts_max : count;
    while (planner->contact < until && !r)
        r = plan_next_guest(planner);
    planner->has_more = planner->contact < count;
    bool is_last = part || !planner->has_more; /* what is left is of no contact */
    for (; is_last && planner->notice < planner->notices_end && !r; planner->notice++)
        r = end_unlisted(pass, planner->notice);
    return r;
}

/* --- is there anything to walk for? ---------------------------------------------------------- */

static bool has_due_step(const struct pass *pass)
{
    struct instant now = pass->input->now;
    for (size_t i = 0; i < pass->place_count; i++)
        for (size_t k = 0; k < pass->step_count; k++) {
            const struct place_step *step = &pass->places[i].steps[k];
            bool is_over = !instant_before(now, step->time.expires) &&
                           !instant_before(now, pass->places[i].start);
            if (!step->is_blocked && !is_over && !instant_before(now, step->time.leave))
                return true;
        }
    return false;
}

static bool has_news(const struct pass *pass)
{
    const struct history *history = pass->history;
    bool tells_removed = false;
    if (pass->state == EVENT_CANCELLED && history->told_count)
        return true;
    for (size_t i = 0; i < pass->input->settings->rule_count; i++)
        tells_removed |= pass->input->settings->rules[i].tell_removed;
    if (tells_removed && history->told_count)
        return true;
    for (size_t i = 0; i < history->told_count; i++)
        if (!string_equal(history->told[i].facts->id, pass->facts->id))
            return true;
    for (size_t i = 0; i < history->notice_count; i++) {
        const struct notice *notice = &history->notices[i];
        if (!notice_state_is_final(notice->state) || notice->kind == NOTICE_CANCELLATION ||
            notice->kind == NOTICE_POSTPONED || notice->kind == NOTICE_UNINVITED)
            return true;
    }
    return false;
}

/* --- the page -------------------------------------------------------------------------------- */

static struct instant halve(struct instant since, struct instant ready, struct instant start)
{
    bool is_late = instant_before(since, start) && !instant_before(ready, start);
    return is_late ? instant_add(since, instant_diff(start, since) / 2) : ready;
}

/* Late news are no news: when the event begins before it has settled, on its date or on the one
 * that somebody still reckons with, it speaks halfway. */
static struct instant settled_at(const struct pass *pass, struct instant since)
{
    const struct settings *settings = pass->input->settings;
    const struct zone *zone = settings->organisation.zone;
    const struct history *history = pass->history;
    struct instant ready = instant_add(since, settings->limits.settle_usec);
    if (pass->is_urgent)
        return since;
    ready = halve(since, ready, when_start(&pass->facts->when, zone));
    for (size_t i = 0; i < history->told_count && instant_before(pass->input->now, ready); i++)
        ready = halve(since, ready, when_start(&history->told[i].facts->when, zone));
    return ready;
}

static void open_present(struct pass *pass)
{
    const struct marks *marks = &pass->occurrence->event->marks;
    const struct history *history = pass->history;
    pass->facts = pass->subject->facts;
    pass->state = pass->occurrence->state;
    pass->is_silent = marks->is_silent;
    pass->is_urgent = marks->is_urgent;
    pass->ready =
        settled_at(pass, history->has_sighting ? history->sighting.quiet_since : pass->input->now);
}

/* Past is just past, unless somebody still reckons with another date: it was moved into the past,
 * where there is no news, before it went. */
static bool is_all_over(const struct pass *pass)
{
    const struct zone *zone = pass->input->settings->organisation.zone;
    const struct history *history = pass->history;
    struct instant end = when_end(&pass->facts->when, zone);
    for (size_t i = 0; i < history->told_count; i++)
        end = instant_max(end, when_end(&history->told[i].facts->when, zone));
    return !instant_before(pass->input->now, end);
}

/* Twice absent and settled is gone; once may be an accident. */
static void open_vanished(struct pass *pass)
{
    enum { READS_TO_BELIEVE = 2 };
    const struct sighting *sighting = &pass->history->sighting;
    pass->facts = sighting->facts;
    pass->state = EVENT_CANCELLED;
    pass->ready = settled_at(pass, sighting->missing_since);
    pass->is_moved = sighting->moved_to != NULL;
    pass->is_over = is_all_over(pass);
    pass->is_undecided =
        !pass->is_moved && (sighting->missing_reads < READS_TO_BELIEVE || pass->is_over);
}

static int say_wait(struct pass *pass)
{
    struct plan *plan = pass->plan;
    if (pass->is_over || pass->is_moved || (pass->is_settled && !pass->is_undecided))
        return 0;
    if (pass->is_undecided) {
        plan->waits = reason_of_absence(pass);
    } else {
        plan->waits = reason_of_wait(
            pass, pass->occurrence ? REASON_WAIT_EDITED : REASON_WAIT_VANISHED, pass->ready);
    }
    return plan->waits ? 0 : -ENOMEM;
}

/* ret: is anybody to be looked at? */
static int prepare(struct planner *planner, bool *ret)
{
    struct pass *pass = &planner->pass;
    int r = 0;
    *ret = false;
    planner->places = pass->input->places;
    if (!planner->places) {
        r = planner_places_of(pass->keep, pass->input, &planner->own_places);
        planner->places = &planner->own_places;
    }
    if (!r && pass->issue)
        return newsletter_open(pass, planner->places, ret);
    r = r ? r : find_rules(pass);
    r = r ? r : find_steps(pass);
    r = r ? r : find_places(pass, planner->places);
    if (r)
        return r;
    pass->is_settled = !instant_before(pass->input->now, pass->ready);
    pass_wake(pass, pass->ready);
    bool has_step = has_due_step(pass), is_news = has_news(pass);
    if (!has_step && !is_news)
        return 0;
    r = say_wait(pass);
    if (!r && pass->is_settled && !pass->is_undecided && !pass->is_moved)
        pass->plan->sequence = pass->sequence = change_sequence(pass);
    *ret = !r;
    return r;
}

int planner_open(struct arena *arena, const struct planner_input *input,
                 const struct planner_subject *subject, struct plan *ret_plan, struct planner **ret)
{
    const struct history *history = subject->history;
    struct planner *planner = arena_alloc(arena, sizeof *planner);
    assert(!subject->occurrence == !subject->facts);
    *ret_plan = (struct plan){.next = INSTANT_NEVER};
    if (!planner)
        return -ENOMEM;
    *planner = (struct planner){
        .pass = {.keep = arena,
                 .arena = arena,
                 .input = input,
                 .subject = subject,
                 .history = history,
                 .plan = ret_plan,
                 .issue = subject->issue,
                 .occurrence = subject->occurrence,
                 .first_seen = first_seen(input, history),
                 .mask = FACTS_MATERIAL},
    };
    set_rows(planner, history);
    struct pass *pass = &planner->pass;
    *ret = planner;
    if (history->has_sighting)
        ret_plan->sequence = pass->sequence = history->sighting.sequence;
    if (pass->issue)
        return prepare(planner, &planner->has_more);
    if (!pass->occurrence && !history->has_sighting)
        return 0; /* never seen: nobody can have been told */
    if (pass->occurrence)
        open_present(pass);
    else
        open_vanished(pass);
    return prepare(planner, &planner->has_more);
}

int planner_plan(struct arena *arena, const struct planner_input *input,
                 const struct planner_subject *subject, struct plan *ret_plan)
{
    struct planner *planner;
    struct arena_mark mark = arena_mark(arena);
    int r = planner_open(arena, input, subject, ret_plan, &planner);
    r = r ? r : planner_walk(planner, arena, SIZE_MAX, NULL);
    const struct plan *plan = ret_plan;
    if (!r && !plan->notices.count && !plan->drops.count && !plan->ends.count &&
        !plan->tolds.count && !plan->waits && !plan->hold_reason)
        arena_rewind(arena, mark);
    return r;
}
