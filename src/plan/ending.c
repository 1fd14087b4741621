/* SPDX-License-Identifier: MIT */
/* A notice that is owed but has not left yet is looked at again at every pass: what it would say
 * must still be true, and still concern the one who would read it.                               */
#include <errno.h>

#include "plan/pass.h"

/* Staff were asked whether what vanished is off, and the calendar answers: the facts of the
 * question were those of an event that takes place. */
static bool is_answered(const struct pass *pass, const struct notice *notice)
{
    return pass->occurrence && notice->state == NOTICE_HELD &&
           !string_equal(notice->facts, pass->facts->id);
}

static const char *of_state(const struct pass *pass, const struct notice *notice)
{
    bool is_cancellation = notice->kind == NOTICE_CANCELLATION;
    if (pass->state == EVENT_CANCELLED) {
        if (is_cancellation)
            return is_answered(pass, notice) ? reason_text(REASON_OUTDATED) : NULL;
        return reason_text(pass->occurrence ? REASON_CANCELLED : REASON_GONE);
    }
    if (pass->state == EVENT_POSTPONED)
        return notice->kind == NOTICE_POSTPONED ? NULL : reason_text(REASON_POSTPONED);
    return is_cancellation || notice->kind == NOTICE_POSTPONED ? reason_text(REASON_OUTDATED)
                                                               : NULL;
}

const char *ending_of(const struct pass *pass, const struct guest *guest,
                      const struct notice *notice, enum notice_state *ret_state)
{
    *ret_state = NOTICE_SUPPRESSED;
    if (guest->is_suppressed)
        return reason_text(REASON_SUPPRESSED);
    *ret_state = NOTICE_EXPIRED;
    if (!instant_before(pass->input->now, notice->expires))
        return reason_text(REASON_EXPIRED);
    *ret_state = NOTICE_SUPERSEDED;
    if (pass->is_undecided)
        return NULL;
    if (pass->is_moved)
        return reason_text(REASON_GONE);
    if (notice->kind == NOTICE_UNINVITED)
        return guest->rule ? reason_text(REASON_OUTDATED) : NULL;
    if (!guest->rule)
        return reason_text(pass->rule_count ? REASON_NOT_CONCERNED : REASON_NO_RULE);
    if (notice->kind == NOTICE_REMINDER && guest_has_later_step(pass, guest, notice))
        return reason_text(REASON_LATER);
    /* What may have arrived is remembered until the news that follow it can be told. */
    if (notice->state == NOTICE_UNCERTAIN && !pass->is_settled)
        return NULL;
    const char *reason = of_state(pass, notice);
    /* The event was moved, and is still to come. */
    if (!reason && notice->kind == NOTICE_THANKS &&
        instant_before(pass->input->now, guest->place->end))
        return reason_text(REASON_OUTDATED);
    if (reason || notice->kind == NOTICE_THANKS || string_equal(notice->facts, pass->facts->id))
        return reason;
    /* A message that may have arrived is not sent again in other words: news follow it, while they
     * can. A cancellation stays true whatever else is edited.                                    */
    bool may_news_follow = instant_before(pass->input->now, guest->place->start);
    if (notice->kind == NOTICE_CANCELLATION ||
        (notice->state == NOTICE_UNCERTAIN && may_news_follow))
        return NULL;
    return reason_text(REASON_OUTDATED);
}

int ending_add(struct pass *pass, const struct notice *notice, enum notice_state state,
               const char *reason)
{
    struct planned_end *end = list_add(pass->arena, &pass->plan->ends);
    if (!end)
        return -ENOMEM;
    *end = (struct planned_end){.notice = notice->id, .state = state, .reason = reason};
    return 0;
}

int ending_guest(struct pass *pass, const struct guest *guest)
{
    for (size_t i = 0; i < guest->notice_count; i++) {
        const struct notice *notice = &guest->notices[i];
        enum notice_state state;
        if (!notice_is_pending(notice))
            continue;
        const char *reason = ending_of(pass, guest, notice, &state);
        int r = reason ? ending_add(pass, notice, state, reason) : 0;
        if (r)
            return r;
        pass_wake(pass, notice->due);
        pass_wake(pass, notice->expires);
    }
    return 0;
}
