/* SPDX-License-Identifier: MIT */
/* What one contact is owed about one occurrence, at most one message before the event and one after
 * it. News come first; a first word says everything; then the latest step that is due.
 *
 * Steps leave no mark when they pass: of those whose hour has come the latest that is still useful
 * counts, and a step is behind everything that was said since its hour. That is why a daemon that
 * slept over three steps sends one message, and why planning twice gives nothing new.            */
#include <errno.h>
#include <string.h>

#include "plan/pass.h"

/* One message before it is a notice. */
struct draft {
    enum notice_kind kind;
    const char *step;
    const struct rule_settings *rule;
    const char *template_name;
    struct instant due, expires;
    bool is_urgent, is_held;
    const char *facts_before;
    const char *reason;
};

static int add_notice(struct pass *pass, const struct guest *guest, const struct draft *draft,
                      struct planned_notices *to)
{
    if (!draft->step || !draft->reason)
        return -ENOMEM;
    struct planned_notice *planned = list_add(pass->arena, to);
    if (!planned)
        return -ENOMEM;
    planned->contact = guest->index;
    planned->reason = draft->reason;
    planned->is_urgent = draft->is_urgent;
    planned->may_join =
        rule_may_join(draft->rule, draft->kind, draft->template_name) && !draft->is_urgent;
    planned->notice = (struct notice){
        .occurrence = pass->history->has_sighting ? pass->history->sighting.occurrence
                                                  : pass->occurrence->key,
        .step = draft->step,
        .contact = guest->contact->email,
        .kind = draft->kind,
        .state = draft->is_held ? NOTICE_HELD : NOTICE_OWED,
        .rule = draft->rule->name,
        .template_name = draft->template_name,
        .facts = pass->facts->id,
        .facts_before = draft->facts_before,
        .sequence = pass->sequence,
        .due = draft->due,
        .expires = draft->expires,
        .next_try = INSTANT_UNSET,
        .sent = INSTANT_UNSET,
        .claimed = INSTANT_UNSET,
        .language = guest->contact->language,
        .zone = zone_name(guest->contact->zone),
    };
    return 0;
}

static int owe(struct pass *pass, const struct guest *guest, const struct draft *draft)
{
    return add_notice(pass, guest, draft, &pass->plan->notices);
}

/* Taken as told now, in silence. */
static int take_as_told(struct pass *pass, const struct guest *guest)
{
    struct planned_told *told = list_add(pass->arena, &pass->plan->tolds);
    if (!told)
        return -ENOMEM;
    *told = (struct planned_told){.contact = guest->contact->email, .facts = pass->facts};
    return 0;
}

/* The same, unless it was. */
static int tell(struct pass *pass, const struct guest *guest)
{
    bool is_known = guest->told && string_equal(guest->told->facts->id, pass->facts->id) &&
                    !guest->is_cancelled;
    return is_known ? 0 : take_as_told(pass, guest);
}

static bool is_future(const struct pass *pass, struct instant t)
{
    return instant_before(pass->input->now, t);
}

/* Due, but not at this hour. */
static int wait_until(struct pass *pass, enum reason why, struct instant leave)
{
    pass_wake(pass, leave);
    if (!pass->plan->waits)
        pass->plan->waits = reason_of_wait(pass, why, leave);
    return pass->plan->waits ? 0 : -ENOMEM;
}

/* --- removed from the audience --------------------------------------------------------------- */

static const struct rule_settings *rule_named(const struct pass *pass, const char *name)
{
    const struct settings *settings = pass->input->settings;
    for (size_t i = 0; name && i < settings->rule_count; i++)
        if (string_equal(settings->rules[i].name, name))
            return &settings->rules[i];
    return NULL;
}

static const struct rule_settings *rule_that_told(const struct pass *pass,
                                                  const struct guest *guest)
{
    const struct notice *last = NULL;
    for (size_t i = 0; i < guest->notice_count; i++)
        if (!last || instant_before(last->due, guest->notices[i].due))
            last = &guest->notices[i];
    return last ? rule_named(pass, last->rule) : NULL;
}

static int concern_removed(struct pass *pass, const struct guest *guest)
{
    const struct rule_settings *rule = rule_that_told(pass, guest);
    struct instant start = guest->place->start;
    if (!rule || !rule->tell_removed || !guest->told || guest->is_uninvited ||
        guest->is_cancelled || pass->is_silent || pass->subject->mark_doubt ||
        pass->state == EVENT_CANCELLED || pass->state == EVENT_POSTPONED || !is_future(pass, start))
        return 0;
    const struct notice *last = guest_last(pass, guest, "uninvited");
    if (last && (guest_awaits(pass, guest, last) || !instant_before(last->due, guest->told->at)))
        return 0;
    struct news_time time = change_time_before(pass, guest, start, start);
    if (is_future(pass, time.leave))
        return wait_until(pass, REASON_WAIT_HOUR, time.leave);
    return owe(pass, guest,
               &(struct draft){
                   .kind = NOTICE_UNINVITED,
                   .step = guest_new_key(pass, guest, "uninvited", false),
                   .rule = rule,
                   .template_name = rule->template_name,
                   .due = time.leave,
                   .expires = time.expires,
                   .is_urgent = time.is_urgent,
                   .facts_before = guest->told->facts->id,
                   .reason = reason_text(REASON_REMOVED),
               });
}

/* --- news ------------------------------------------------------------------------------------ */

static const struct {
    const char *step;
    enum notice_kind kind;
} news_table[] = {
    [NEWS_CHANGE] = {"change", NOTICE_CHANGE},
    [NEWS_CANCELLATION] = {"cancellation", NOTICE_CANCELLATION},
    [NEWS_POSTPONED] = {"postponed", NOTICE_POSTPONED},
    [NEWS_INVITATION] = {"invitation", NOTICE_INVITATION},
};

static bool asks_first(const struct pass *pass, const struct guest *guest)
{
    return !pass->occurrence &&
           (guest->rule->rule->vanished == VANISHED_HOLD || pass->subject->is_lost_with_most);
}

static int owe_news(struct pass *pass, const struct guest *guest, enum news news,
                    struct news_time time)
{
    const struct rule_settings *rule = guest->rule->rule;
    const struct facts *before = guest->told ? guest->told->facts : NULL;
    bool is_held = asks_first(pass, guest);
    if (is_held && !pass->plan->hold_reason) {
        pass->plan->hold_reason = reason_of_hold(pass);
        if (!pass->plan->hold_reason)
            return -ENOMEM;
    }
    return owe(
        pass, guest,
        &(struct draft){
            .kind = news_table[news].kind,
            .step = guest_new_key(pass, guest, news_table[news].step, false),
            .rule = rule,
            .template_name = rule->template_name,
            .due = time.leave,
            .expires = time.expires,
            .is_urgent = time.is_urgent,
            .is_held = is_held,
            .facts_before = before ? before->id : NULL,
            .reason = reason_of_news(pass, news, before ? facts_differ(before, pass->facts) : 0),
        });
}

/* ret_is_done: nothing else is to be said now. */
static int concern_news(struct pass *pass, const struct guest *guest, enum news news,
                        bool *ret_is_done)
{
    *ret_is_done = true;
    if (pass->is_silent)
        return guest->told ? tell(pass, guest) : 0;
    if (!pass->occurrence && guest->rule->rule->vanished == VANISHED_IGNORE)
        return 0;
    const struct notice *last = guest_last(pass, guest, news_table[news].step);
    bool is_pending = last && guest_awaits(pass, guest, last);
    if (is_pending || (last && last->sequence >= pass->sequence)) {
        /* On its way, or said; if it never arrived, reminders tell the new facts. */
        *ret_is_done = is_pending;
        return 0;
    }
    struct news_time time = change_time(pass, guest, news);
    if (!is_future(pass, time.expires)) {
        /* Over, or moved into the past: too late for news. Once the guest, too, takes it to have
         * begun, steps go on, whatever staff write into it meanwhile. */
        if (news != NEWS_CHANGE)
            return 0;
        struct instant believed = change_believed(guest).start;
        *ret_is_done = is_future(pass, believed);
        pass_wake(pass, believed);
        return 0;
    }
    /* Staff are asked once, about everybody, whatever the hour where each one lives. */
    if (is_future(pass, time.leave) && !asks_first(pass, guest))
        return wait_until(pass, REASON_WAIT_HOUR, time.leave);
    pass_wake(pass, time.leave);
    return owe_news(pass, guest, news, time);
}

/* --- the first word -------------------------------------------------------------------------- */

/* The step whose hour opens the occurrence to the guest: the latest that has come. */
static const struct place_step *opening_step(const struct pass *pass, const struct guest *guest,
                                             struct instant *ret_next_invitation)
{
    *ret_next_invitation = INSTANT_NEVER;
    for (size_t i = 0; i < pass->step_count; i++) {
        const struct place_step *step = &guest->place->steps[i];
        bool is_blocked = step->is_blocked || instant_before(step->time.nominal, guest->listed);
        if (step->step->step->is_after || is_blocked || !guest_is_in_step(guest, step->step))
            continue;
        if (!is_future(pass, step->time.leave))
            return step;
        if (step->step->step->kind == NOTICE_INVITATION)
            *ret_next_invitation = step->time.leave;
    }
    return NULL;
}

static bool is_said(const struct guest *guest, const struct notice *last)
{
    if (!last)
        return false;
    return !guest->is_uninvited || notice_is_pending(last) ||
           instant_before(guest->uninvited_at, last->due);
}

static int owe_first_word(struct pass *pass, const struct guest *guest,
                          const struct place_step *opening, enum notice_kind kind,
                          struct instant last_use)
{
    struct pass_step *step = opening->step;
    const char *base = kind == NOTICE_INVITATION ? "invitation" : step->step->id;
    if (is_said(guest, guest_last(pass, guest, base)))
        return 0;
    struct instant due = instant_max(opening->time.leave, pass->ready);
    struct instant leave = leave_at(pass, guest, due, last_use, pass->is_urgent);
    const struct rule_settings *rule = step->rule->rule;
    bool may_join = rule_may_join(rule, kind, rule->template_name);
    struct instant capped = pass->is_urgent ? leave : leave_after_cap(pass, guest, may_join, leave);
    enum reason why = REASON_WAIT_HOUR;
    /* The cap may delay a first word, never lose it. */
    if (instant_before(leave, capped)) {
        capped = leave_at(pass, guest, capped, last_use, false);
        why = REASON_WAIT_CAP;
        leave = instant_before(capped, last_use) ? capped : leave;
    }
    if (is_future(pass, leave))
        return wait_until(pass, why, leave);
    if (kind == step->step->kind && step->step->has_useful)
        last_use =
            instant_min(last_use, steps_add_span(&guest->place->place, leave, step->step->useful));
    if (!step->first_word_reason)
        step->first_word_reason = reason_of_first_word(pass, step);
    return owe(pass, guest,
               &(struct draft){
                   .kind = kind,
                   .step = guest_new_key(pass, guest, base, true),
                   .rule = rule,
                   .template_name = rule->template_name,
                   .due = leave,
                   .expires = last_use,
                   .is_urgent = pass->is_urgent,
                   .reason = step->first_word_reason,
               });
}

/* #silencieux is about a change: an event that was announced before still invites whoever joins;
 * one that was silent from its beginning invites nobody. */
static bool is_announced(const struct pass *pass)
{
    for (size_t i = 0; i < pass->history->notice_count; i++)
        if (pass->history->notices[i].state == NOTICE_ACCEPTED)
            return true;
    return false;
}

static int concern_first_word(struct pass *pass, const struct guest *guest)
{
    struct instant next_invitation;
    struct instant start = guest->place->start;
    const struct place_step *opening = opening_step(pass, guest, &next_invitation);
    if (!opening)
        return 0;
    /* The morning of an all-day event is not too late for a step that is meant for it, unless the
     * event was under way when it was first read. */
    bool is_morning = pass->facts->when.is_all_day && !is_future(pass, start) &&
                      instant_before(pass->first_seen, start);
    struct instant last_use = is_morning ? opening->time.expires : start;
    if (!is_future(pass, last_use))
        return 0;
    if (pass->is_silent && !is_announced(pass))
        return tell(pass, guest);
    bool is_date = opening->step->step->kind == NOTICE_SAVE_THE_DATE &&
                   !instant_equal(next_invitation, INSTANT_NEVER);
    return owe_first_word(pass, guest, opening, is_date ? NOTICE_SAVE_THE_DATE : NOTICE_INVITATION,
                          is_date ? instant_min(last_use, next_invitation) : last_use);
}

/* --- later steps ----------------------------------------------------------------------------- */

/* Did the step speak for the date as it is? A date that moved far makes it new. */
static bool has_spoken(const struct pass *pass, const struct guest *guest,
                       const struct place_step *step)
{
    const struct notice *last = guest_last(pass, guest, step->step->step->id);
    if (!last)
        return false;
    const struct zone *zone = guest->place->place.zone; /* days, whatever the clocks did */
    int64_t moved = civil_date_to_days(zone_to_civil(zone, step->time.leave).date) -
                    civil_date_to_days(zone_to_civil(zone, last->due).date);
    return last->sequence == pass->sequence || (moved <= REARM_DAYS && moved >= -REARM_DAYS);
}

/* The latest step that is due, useful and not behind what was said; NULL = none. An invitation is
 * one for who only saved the date, and for who was told of it in silence alone.                  */
static const struct place_step *due_step(const struct pass *pass, const struct guest *guest,
                                         bool is_after)
{
    for (size_t i = 0; i < pass->step_count; i++) {
        const struct place_step *step = &guest->place->steps[i];
        const struct step_settings *settings = step->step->step;
        bool is_first_word = settings->kind == NOTICE_SAVE_THE_DATE ||
                             (settings->kind == NOTICE_INVITATION && !guest->has_only_date &&
                              guest_was_written_to(guest));
        if (settings->is_after != is_after || step->is_blocked ||
            is_future(pass, step->time.leave) || !guest_is_in_step(guest, step->step))
            continue;
        if (!instant_before(guest->told->at, step->time.leave))
            return NULL;
        if (!is_after && is_first_word)
            continue;
        if (settings->kind != NOTICE_INVITATION && has_spoken(pass, guest, step))
            return NULL;
        if (is_future(pass, step->time.expires))
            return step;
    }
    return NULL;
}

static const char *step_template(const struct pass_step *step)
{
    enum notice_kind kind;
    bool is_own = !notice_kind_from_text(text_of(step->step->send), &kind);
    return is_own ? step->step->send : step->rule->rule->template_name;
}

static int owe_step(struct pass *pass, const struct guest *guest,
                    const struct place_step *place_step)
{
    struct pass_step *step = place_step->step;
    const struct step_time *time = &place_step->time;
    const struct rule_settings *rule = step->rule->rule;
    struct instant due = instant_max(time->leave, step->step->is_after ? time->leave : pass->ready);
    struct instant planned = leave_on_time(pass, guest, due, time->expires, pass->is_urgent);
    struct instant polite = leave_at(pass, guest, due, time->expires, pass->is_urgent);
    bool may_join = rule_may_join(rule, step->step->kind, step_template(step));
    struct instant capped =
        pass->is_urgent ? polite : leave_after_cap(pass, guest, may_join, polite);
    bool is_capped = instant_before(polite, capped);
    struct instant leave = is_capped ? leave_at(pass, guest, capped, time->expires, false) : polite;
    bool is_lost = !instant_before(leave, time->expires);
    if (!instant_before(polite, time->expires))
        return 0;
    if (is_future(pass, is_lost ? polite : leave))
        return wait_until(pass, is_capped ? REASON_WAIT_CAP : REASON_WAIT_HOUR,
                          is_lost ? polite : leave);
    if (!step->step_reason)
        step->step_reason = reason_of_step(pass, step);
    const struct draft draft = {
        .kind = step->step->kind,
        .step = guest_new_key(pass, guest, step->step->id, true),
        .rule = rule,
        .template_name = step_template(step),
        .due = is_lost || !is_capped ? instant_min(planned, polite) : leave,
        .expires = time->expires,
        .is_urgent = pass->is_urgent,
        .reason = is_lost ? reason_text(REASON_CAPPED) : step->step_reason,
    };
    return add_notice(pass, guest, &draft, is_lost ? &pass->plan->drops : &pass->plan->notices);
}

/* Who only saved the date is invited before being reminded, once an invitation's hour has come. */
static bool lacks_invitation(const struct pass *pass, const struct guest *guest)
{
    for (size_t i = 0; i < pass->step_count && guest->has_only_date; i++) {
        const struct place_step *step = &guest->place->steps[i];
        if (step->step->step->kind == NOTICE_INVITATION && !step->is_blocked &&
            !is_future(pass, step->time.leave) && guest_is_in_step(guest, step->step))
            return true;
    }
    return false;
}

/* While the mark #silencieux stands, steps go on for those who were really written to before. For
 * the others they count as told when their hour comes: none is made up for when the mark goes.   */
static bool is_kept_silent(const struct pass *pass, const struct guest *guest)
{
    return pass->is_silent && !guest_was_written_to(guest);
}

static int concern_steps(struct pass *pass, const struct guest *guest)
{
    const struct place_step *step = due_step(pass, guest, false);
    if (!step)
        return 0;
    if (is_kept_silent(pass, guest))
        return take_as_told(pass, guest);
    if (step->step->step->kind != NOTICE_INVITATION && !lacks_invitation(pass, guest))
        return owe_step(pass, guest, step);
    return is_future(pass, guest->place->start)
               ? owe_first_word(pass, guest, step, NOTICE_INVITATION, guest->place->start)
               : 0;
}

static int concern_thanks(struct pass *pass, const struct guest *guest)
{
    struct instant believed = change_believed(guest).end;
    if (!instant_before(guest->told->first_at, guest->place->end))
        return 0;
    if (is_future(pass, believed)) { /* nobody is thanked for what is to come */
        pass_wake(pass, believed);
        return 0;
    }
    const struct place_step *step = due_step(pass, guest, true);
    if (!step)
        return 0;
    return is_kept_silent(pass, guest) ? take_as_told(pass, guest) : owe_step(pass, guest, step);
}

int concern_guest(struct pass *pass, struct guest *guest)
{
    bool is_done = false;
    if (guest->is_suppressed)
        return 0;
    if (guest->is_in_hand) { /* its outcome comes first */
        pass_wake(pass, instant_add(pass->input->now, IN_HAND_SECONDS * USEC_PER_SEC));
        return 0;
    }
    if (!guest->rule)
        return concern_removed(pass, guest);
    enum news news = change_news(pass, guest);
    int r = news == NEWS_NONE ? 0 : concern_news(pass, guest, news, &is_done);
    if (r || is_done || pass->state == EVENT_CANCELLED || pass->state == EVENT_POSTPONED)
        return r;
    if (!guest->told || guest->is_uninvited)
        return guest->is_uncertain ? 0 : concern_first_word(pass, guest);
    r = concern_steps(pass, guest);
    return r ? r : concern_thanks(pass, guest);
}
