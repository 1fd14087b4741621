/* SPDX-License-Identifier: MIT */
/* Invariants
 * - One notice for an issue and a contact, whatever becomes of it: an issue never comes twice.
 * - What is left out (nothing to tell, too many messages by then) is a drop, so it stays left out
 *   when an event is added later: an issue does not come days late because of it.
 * - The others wait for what the few really had, not for when they should have had it.           */
#include "plan/newsletter.h"

#include <errno.h>
#include <string.h>

#include "plan/match.h"
#include "plan/pass.h"

const char newsletter_step[] = "issue";

const char *newsletter_label(const struct issue *issue)
{
    return strrchr(issue->key, '/') + 1;
}

/* --- which events ---------------------------------------------------------------------------- */

static bool is_selective(const struct newsletter_settings *newsletter)
{
    return newsletter->category || newsletter->calendar || newsletter->title;
}

static int add_members(struct arena *arena, const struct membership *from, struct membership *to)
{
    size_t words = (from->count + 63) / 64;
    if (!from->bits)
        return 0;
    if (!to->bits) {
        to->bits = arena_alloc_array(arena, words + 1, sizeof *to->bits);
        to->count = from->count;
    }
    for (size_t i = 0; to->bits && i < words; i++)
        to->bits[i] |= from->bits[i];
    return to->bits ? 0 : -ENOMEM;
}

int newsletter_readers(struct arena *arena, const struct settings *settings,
                       const struct rule_audience *audiences, const struct issue *issue,
                       const struct occurrence *occurrence, const struct membership *marked,
                       struct membership *ret)
{
    const struct newsletter_settings *newsletter = issue->newsletter;
    const struct rule_settings own = {.category = newsletter->category,
                                      .calendar = newsletter->calendar,
                                      .title = newsletter->title};
    enum match match;
    *ret = (struct membership){0};
    int r = match_rule(arena, &own, occurrence, &match);
    if (r || match != MATCH_YES)
        return r;
    if (marked || is_selective(newsletter)) {
        *ret = marked ? *marked : issue->audience;
        return 0;
    }
    for (size_t i = 0; i < settings->rule_count && !r; i++) {
        r = match_rule(arena, &settings->rules[i], occurrence, &match);
        if (!r && match == MATCH_YES)
            r = add_members(arena, &audiences[i].rule, ret);
    }
    return r;
}

static bool has_word(const struct issue *issue)
{
    return issue->word.utc_usec != INSTANT_UNSET.utc_usec;
}

static bool is_told(const struct occurrence *occurrence, const struct facts *facts)
{
    return occurrence->state != EVENT_CANCELLED && occurrence->state != EVENT_POSTPONED &&
           !occurrence->event->marks.is_silent &&
           !string_is_empty(words_in(&facts->summary, LANGUAGE_FR));
}

bool newsletter_tells(const struct issue *issue, const struct issue_event *event, size_t reader,
                      const struct zone *zone, struct instant leaves)
{
    const struct place place = {.zone = zone};
    const struct when *when = &event->facts->when;
    if (!event->readers.bits || !membership_has(&event->readers, reader) ||
        !is_told(event->occurrence, event->facts))
        return false;
    struct instant from = zone_to_instant(zone, civil_time_at(issue->day, 0, 0), NULL);
    struct instant until = steps_add_span(&place, from, issue->newsletter->covers);
    if (has_word(issue))
        from = instant_min(from, issue->word);
    struct instant start = when_start(when, zone), end = when_end(when, zone);
    return !instant_before(start, from) && instant_before(start, until) &&
           (instant_before(leaves, start) || instant_before(leaves, end));
}

/* When it will have nothing to tell him any more, as things are; UNSET: it has nothing now. */
static struct instant empty_from(const struct issue *issue, size_t reader, const struct zone *zone,
                                 struct instant now)
{
    struct instant until = INSTANT_UNSET;
    if (issue->is_written)
        return INSTANT_NEVER;
    for (size_t i = 0; i < issue->event_count; i++) {
        const struct when *when = &issue->events[i].facts->when;
        if (newsletter_tells(issue, &issue->events[i], reader, zone, now))
            until = instant_max(until, instant_max(when_start(when, zone), when_end(when, zone)));
    }
    return until;
}

/* --- when ------------------------------------------------------------------------------------ */

static bool is_first(const struct issue *issue, size_t reader)
{
    return !issue->canary.bits || membership_has(&issue->canary, reader);
}

/* At one place, never before a moment (UNSET: of those who have it first). Its use is counted from
 * when it leaves: closed days take nothing of it. */
static struct step_time time_at(const struct planner_input *input, const struct issue *issue,
                                const struct place *place, struct instant earliest)
{
    const struct newsletter_settings *newsletter = issue->newsletter;
    int minute = newsletter->at_minute;
    struct instant hour =
        zone_to_instant(place->zone, civil_time_at(issue->day, minute / 60, minute % 60), NULL);
    hour = instant_max(has_word(issue) ? issue->word : hour, earliest);
    struct instant leave =
        has_word(issue) ? hour : hours_move_later(&input->settings->limits.quiet, place, hour);
    return (struct step_time){.nominal = hour,
                              .leave = leave,
                              .expires = steps_add_span(place, leave, newsletter->useful)};
}

/* The next reader from i on who has it first; the end of the list: there is none. */
static size_t next_of_canary(const struct issue *issue, size_t i)
{
    const struct membership *canary = &issue->canary;
    for (; canary->bits && i < canary->count; i++) {
        if (canary->bits[i / 64] == 0)
            i |= 63;
        else if (membership_has(canary, i) && membership_has(&issue->audience, i))
            return i;
    }
    return canary->count;
}

/* His time on plan; `leave` is when it really does. */
static struct step_time time_of_canary(const struct planner_input *input, const struct issue *issue,
                                       const struct planner_places *places, size_t reader)
{
    const struct place *place = &places->items[places->of[reader]];
    struct step_time time = time_at(input, issue, place, INSTANT_UNSET);
    if (has_word(issue))
        time.leave = hours_waking(place, time.leave);
    return time;
}

/* When the last of those who have it first has it on plan, wherever he lives, and when it would
 * have lost its use for all of them; UNSET: there is none. */
struct canary_plan {
    struct instant last, end;
};
static struct canary_plan plan_of_canary(const struct planner_input *input,
                                         const struct issue *issue,
                                         const struct planner_places *places)
{
    struct canary_plan plan = {INSTANT_UNSET, INSTANT_UNSET};
    for (size_t i = 0; (i = next_of_canary(issue, i)) < issue->canary.count; i++) {
        struct step_time time = time_of_canary(input, issue, places, i);
        plan.last = instant_max(plan.last, time.leave);
        plan.end = instant_max(plan.end, time.expires);
    }
    return plan;
}

/* The others, at one place, hear when those few had the time to object. */
static struct instant after_canary(const struct issue *issue, const struct place *place,
                                   struct instant canary)
{
    bool is_any = !instant_equal(canary, INSTANT_UNSET);
    return is_any ? steps_add_span(place, canary, issue->newsletter->canary_delay) : INSTANT_UNSET;
}

static struct step_time time_after(const struct planner_input *input, const struct issue *issue,
                                   const struct place *place, struct instant canary)
{
    return time_at(input, issue, place, after_canary(issue, place, canary));
}

static int places_of(struct arena *arena, const struct planner_input *input,
                     struct planner_places *ret)
{
    if (!input->places)
        return planner_places_of(arena, input, ret);
    *ret = *input->places;
    return 0;
}

int newsletter_leaves(struct arena *arena, const struct planner_input *input,
                      const struct issue *issue, size_t reader, struct instant *ret)
{
    struct planner_places places;
    int r = places_of(arena, input, &places);
    if (r)
        return r;
    const struct place *place = &places.items[places.of[reader]];
    *ret = is_first(issue, reader)
               ? time_at(input, issue, place, INSTANT_UNSET).leave
               : time_after(input, issue, place, plan_of_canary(input, issue, &places).last).leave;
    return 0;
}

int newsletter_span(struct arena *arena, const struct planner_input *input,
                    const struct issue *issue, struct issue_span *ret)
{
    struct planner_places places;
    int r = places_of(arena, input, &places);
    *ret = (struct issue_span){INSTANT_NEVER, INSTANT_UNSET, INSTANT_UNSET, INSTANT_UNSET};
    struct canary_plan canary = {INSTANT_UNSET, INSTANT_UNSET};
    if (!r)
        canary = plan_of_canary(input, issue, &places);
    for (size_t i = 0; !r && i < places.count; i++) {
        const struct place *place = &places.items[i];
        struct instant first = time_at(input, issue, place, INSTANT_UNSET).leave;
        ret->first = instant_min(ret->first, first);
        ret->last = instant_max(ret->last, time_after(input, issue, place, canary.last).leave);
        ret->end = instant_max(ret->end, time_after(input, issue, place, canary.end).expires);
    }
    bool has_canary = !instant_equal(canary.end, INSTANT_UNSET);
    ret->lapse = has_canary ? canary.end : ret->end;
    return r;
}

/* --- what becomes of it ---------------------------------------------------------------------- */

static const char *ending_of_issue(const struct pass *pass, const struct guest *guest,
                                   const struct notice *notice, bool is_reader,
                                   enum notice_state *ret_state)
{
    const struct zone *zone = guest->place->place.zone;
    *ret_state = NOTICE_SUPPRESSED;
    if (guest->is_suppressed)
        return reason_text(REASON_SUPPRESSED);
    *ret_state = NOTICE_EXPIRED;
    if (!instant_before(pass->input->now, notice->expires))
        return reason_text(REASON_EXPIRED);
    *ret_state = NOTICE_SUPERSEDED;
    if (!is_reader)
        return reason_text(REASON_NOT_CONCERNED);
    /* What may have arrived is sent again in the very same bytes. */
    bool is_empty =
        !pass->issue->lost &&
        instant_equal(empty_from(pass->issue, guest->index, zone, pass->input->now), INSTANT_UNSET);
    return is_empty && notice->state != NOTICE_UNCERTAIN ? reason_text(REASON_EMPTY) : NULL;
}

/* What becomes of an issue for a reader whose hour has come, and who has had nothing of it. */
struct prospect {
    enum { FATE_LEAVES, FATE_WAITS, FATE_LEFT_OUT } fate;
    enum reason why;         /* … it waits or is left out */
    struct instant at;       /* it is due, or may leave */
    struct instant empty_at; /* if it has not left by then */
};
static struct prospect prospect_of(const struct pass *pass, const struct guest *guest,
                                   const struct step_time *time)
{
    struct instant now = pass->input->now;
    bool is_urgent = has_word(pass->issue);
    struct instant due = is_urgent ? time->leave : instant_max(time->leave, pass->issue->ready);
    struct instant planned = leave_on_time(pass, guest, due, time->expires, is_urgent);
    struct instant polite = leave_at(pass, guest, due, time->expires, is_urgent);
    struct instant capped = is_urgent ? polite : leave_after_cap(pass, guest, false, polite);
    bool is_capped = instant_before(polite, capped);
    if (is_capped)
        capped = leave_at(pass, guest, capped, time->expires, false);
    struct instant on_time = instant_min(planned, polite);
    struct instant empty_at = empty_from(pass->issue, guest->index, guest->place->place.zone, now);

    if (instant_equal(empty_at, INSTANT_UNSET))
        return (struct prospect){FATE_LEFT_OUT, REASON_EMPTY, time->leave, empty_at};
    if (instant_before(now, polite))
        return (struct prospect){FATE_WAITS,
                                 instant_before(now, due) ? REASON_WAIT_EDITED : REASON_WAIT_HOUR,
                                 polite, empty_at};
    if (is_capped && !instant_before(capped, time->expires))
        return (struct prospect){FATE_LEFT_OUT, REASON_CAPPED, on_time, empty_at};
    if (instant_before(now, capped))
        return (struct prospect){FATE_WAITS, REASON_WAIT_CAP, capped, empty_at};
    return (struct prospect){FATE_LEAVES, REASON_ISSUE, is_capped ? capped : on_time, empty_at};
}

/* --- what became of those who have it first -------------------------------------------------- */

struct canary {
    bool has_it, is_awaited, was_tried, has_failed;
    struct instant last;    /* of those who have it, or will at their hour; UNSET = none */
    struct instant settled; /* until then somebody was awaited who has not got it; UNSET = nobody */
};

static const struct notice *notice_to(const struct history *history, const char *contact)
{
    size_t low = 0, high = history->notice_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(history->notices[middle].contact, contact) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    bool is_his =
        low < history->notice_count && strcmp(history->notices[low].contact, contact) == 0;
    return is_his ? &history->notices[low] : NULL;
}

static void look_at_notice(const struct notice *notice, enum notice_state state,
                           struct instant leave, struct canary *ret)
{
    struct instant late = instant_add(leave, LATE_MINUTES * USEC_PER_MIN);
    switch (state) {
    case NOTICE_ACCEPTED:
        ret->has_it = true;
        ret->last =
            instant_max(ret->last, instant_before(late, notice->sent) ? notice->sent : leave);
        break;
    case NOTICE_OWED:
    case NOTICE_HELD:
    case NOTICE_CLAIMED:
        ret->is_awaited = true;
        break;
    case NOTICE_DEFERRED:
    case NOTICE_UNCERTAIN:
        ret->was_tried = true;
        break;
    case NOTICE_REFUSED:
        ret->has_failed = true;
        ret->settled = instant_max(ret->settled, notice->due);
        break;
    case NOTICE_EXPIRED:
        ret->has_failed = true;
        ret->settled = instant_max(ret->settled, notice->expires);
        break;
    default: /* left out, but for a human's objection */
        ret->has_failed |= reason_is(REASON_DISCARDED, notice->reply);
        ret->settled = instant_max(ret->settled, notice->due);
    }
}

/* Was the newsletter, or the reader's list, born after the hour? */
static bool is_too_old(const struct pass *pass, const struct contact *contact, struct instant hour)
{
    const struct issue *issue = pass->issue;
    return !has_word(issue) && (instant_before(hour, issue->born) ||
                                instant_before(hour, planner_list_birth(pass->input, contact)));
}

/* What this very pass ends or leaves out is of the past already. */
static void look_at_reader(const struct pass *pass, const struct planner_places *places,
                           size_t reader, struct canary *ret)
{
    const struct issue *issue = pass->issue;
    const struct membership *suppressed = &pass->input->suppressed;
    const struct contact *contact = pass->input->contacts->items[reader];
    struct step_time time = time_of_canary(pass->input, issue, places, reader);
    const struct notice *notice = notice_to(pass->history, contact->email);
    struct pass_place place = {.place = places->items[places->of[reader]]};
    const struct guest guest = {.contact = contact, .index = reader, .place = &place};
    enum notice_state state;
    if (suppressed->bits && membership_has(suppressed, reader))
        return;
    if (notice) {
        bool ends =
            notice_is_pending(notice) && ending_of_issue(pass, &guest, notice, true, &state);
        look_at_notice(notice, ends ? state : notice->state, time.leave, ret);
    } else if (instant_before(pass->input->now, time.leave)) {
        ret->last = instant_max(ret->last, time.leave);
    } else if (!is_too_old(pass, contact, time.nominal)) {
        struct prospect prospect = prospect_of(pass, &guest, &time);
        bool is_left_out = !issue->lost && prospect.fate == FATE_LEFT_OUT;
        ret->is_awaited |= !is_left_out;
        if (is_left_out)
            ret->settled = instant_max(ret->settled, prospect.at);
    }
}

/* One whose mail was tried and put off holds nobody back when another has his. */
static enum canary_state look_at_canary(const struct pass *pass,
                                        const struct planner_places *places, struct canary *ret)
{
    *ret = (struct canary){.last = INSTANT_UNSET, .settled = INSTANT_UNSET};
    for (size_t i = 0; (i = next_of_canary(pass->issue, i)) < pass->issue->canary.count; i++)
        look_at_reader(pass, places, i, ret);
    if (ret->is_awaited || (ret->was_tried && !ret->has_it))
        return CANARY_AWAITED;
    bool is_none = instant_equal(ret->last, INSTANT_UNSET);
    return is_none && ret->has_failed ? CANARY_FAILED : CANARY_HAS_IT;
}

/* Its use is counted from when nobody is awaited any more. */
static struct step_time time_of_others(const struct pass *pass, const struct place *place,
                                       const struct canary *canary)
{
    static const struct step_time never = {INSTANT_NEVER, INSTANT_NEVER, INSTANT_NEVER};
    switch (pass->canary) {
    case CANARY_AWAITED:
        return never;
    case CANARY_FAILED:
        return time_at(pass->input, pass->issue, place, pass->input->now);
    case CANARY_HAS_IT:
        break;
    }
    struct instant heard = after_canary(pass->issue, place, canary->last);
    return time_at(pass->input, pass->issue, place, instant_max(heard, canary->settled));
}

/* --- to whom --------------------------------------------------------------------------------- */

static bool has_pending(const struct history *history)
{
    for (size_t i = 0; i < history->notice_count; i++)
        if (notice_is_pending(&history->notices[i]))
            return true;
    return false;
}

/* Once their hour has come, the others wait for mails to the few. */
static int say_canary(struct pass *pass, const struct planner_places *places)
{
    struct instant last = plan_of_canary(pass->input, pass->issue, places).last;
    for (size_t i = 0; i < places->count; i++) {
        const struct place *place = &places->items[i];
        if (instant_before(pass->input->now,
                           time_after(pass->input, pass->issue, place, last).leave))
            continue;
        pass->plan->waits = reason_of_canary(pass, REASON_WAIT_CANARY);
        return pass->plan->waits ? 0 : -ENOMEM;
    }
    return 0;
}

int newsletter_open(struct pass *pass, const struct planner_places *places, bool *ret_has_guests)
{
    const struct issue *issue = pass->issue;
    struct instant now = pass->input->now;
    struct canary canary;
    pass->canary = look_at_canary(pass, places, &canary);
    *ret_has_guests = has_pending(pass->history);
    pass->places = arena_alloc_array(pass->keep, places->count + 1, sizeof *pass->places);
    if (!pass->places)
        return -ENOMEM;
    if (pass->canary == CANARY_AWAITED && *ret_has_guests && say_canary(pass, places))
        return -ENOMEM;
    for (size_t i = 0; i < places->count; i++) {
        struct pass_place *place = &pass->places[i];
        place->place = places->items[i];
        place->issue[0] = time_of_others(pass, &place->place, &canary);
        place->issue[1] = time_at(pass->input, issue, &place->place, INSTANT_UNSET);
        for (int first = !issue->canary.bits; first <= 1; first++) {
            const struct step_time *time = &place->issue[first];
            pass_wake(pass, time->leave);
            *ret_has_guests |=
                !instant_before(now, time->leave) && instant_before(now, time->expires);
        }
    }
    pass->place_count = places->count;
    return 0;
}

static const struct step_time *time_of(const struct issue *issue, const struct guest *guest)
{
    return &guest->place->issue[is_first(issue, guest->index)];
}

static int end_pending(struct pass *pass, const struct guest *guest, bool is_reader)
{
    for (size_t i = 0; i < guest->notice_count; i++) {
        const struct notice *notice = &guest->notices[i];
        enum notice_state state;
        if (!notice_is_pending(notice))
            continue;
        const char *reason = ending_of_issue(pass, guest, notice, is_reader, &state);
        int r = reason ? ending_add(pass, notice, state, reason) : 0;
        if (r)
            return r;
        pass_wake(pass, notice->expires);
        pass_wake(pass, empty_from(pass->issue, guest->index, guest->place->place.zone,
                                   pass->input->now));
    }
    return 0;
}

/* Nobody has tried it: a human must say that the others have it. */
static bool is_untried(const struct pass *pass, const struct guest *guest)
{
    return pass->canary == CANARY_FAILED && !is_first(pass->issue, guest->index);
}

static int add(struct pass *pass, const struct guest *guest, struct instant due,
               struct instant expires, const char *reason, struct planned_notices *to)
{
    const struct issue *issue = pass->issue;
    struct planned_notice *planned = reason ? list_add(pass->arena, to) : NULL;
    if (!planned)
        return -ENOMEM;
    planned->contact = guest->index;
    planned->reason = reason;
    planned->is_urgent = has_word(issue);
    planned->notice = (struct notice){
        .occurrence = issue->key,
        .step = newsletter_step,
        .contact = guest->contact->email,
        .kind = NOTICE_NEWSLETTER,
        .state = is_untried(pass, guest) ? NOTICE_HELD : NOTICE_OWED,
        .rule = issue->newsletter->name,
        .template_name = issue->template_name,
        .due = due,
        .expires = expires,
        .next_try = INSTANT_UNSET,
        .sent = INSTANT_UNSET,
        .claimed = INSTANT_UNSET,
        .language = guest->contact->language,
        .zone = zone_name(guest->contact->zone),
    };
    return 0;
}

static int wait_for(struct pass *pass, enum reason why, struct instant until)
{
    pass_wake(pass, until);
    if (!pass->plan->waits)
        pass->plan->waits = reason_of_wait(pass, why, until);
    return pass->plan->waits ? 0 : -ENOMEM;
}

static int wait_for_calendar(struct pass *pass, struct instant until)
{
    pass_wake(pass, instant_min(until, pass->issue->lost_until));
    if (!pass->plan->waits)
        pass->plan->waits = reason_of_loss(pass);
    return pass->plan->waits ? 0 : -ENOMEM;
}

static int owe_issue(struct pass *pass, const struct guest *guest, const struct step_time *time)
{
    if (pass->issue->lost)
        return wait_for_calendar(pass, time->expires);
    struct prospect prospect = prospect_of(pass, guest, time);
    pass_wake(pass, prospect.empty_at);
    if (prospect.fate == FATE_WAITS)
        return wait_for(pass, prospect.why, prospect.at);
    if (prospect.fate == FATE_LEFT_OUT)
        return add(pass, guest, prospect.at, time->expires, reason_text(prospect.why),
                   &pass->plan->drops);
    if (is_untried(pass, guest) && !pass->plan->hold_reason) {
        pass->plan->hold_reason = reason_of_canary(pass, REASON_HOLD_CANARY);
        if (!pass->plan->hold_reason)
            return -ENOMEM;
    }
    return add(pass, guest, prospect.at, time->expires, reason_of_issue(pass),
               &pass->plan->notices);
}

int newsletter_guest(struct pass *pass, const struct guest *guest)
{
    const struct issue *issue = pass->issue;
    const struct step_time *time = time_of(issue, guest);
    struct instant now = pass->input->now;
    bool is_reader = issue->audience.bits && membership_has(&issue->audience, guest->index);
    if (guest->notice_count)
        return end_pending(pass, guest, is_reader);
    if (!is_reader || guest->is_suppressed || instant_before(now, time->leave) ||
        !instant_before(now, time->expires) || is_too_old(pass, guest->contact, time->nominal))
        return 0;
    return owe_issue(pass, guest, time);
}
