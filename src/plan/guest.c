/* SPDX-License-Identifier: MIT */
/* What one contact has heard, and under which keys. */
#include <string.h>

#include "plan/pass.h"

bool notice_is_pending(const struct notice *notice)
{
    switch (notice->state) {
    case NOTICE_OWED:
    case NOTICE_HELD:
    case NOTICE_DEFERRED:
    case NOTICE_UNCERTAIN:
        return true;
    default:
        return false;
    }
}

bool guest_awaits(const struct pass *pass, const struct guest *guest, const struct notice *notice)
{
    enum notice_state state;
    return notice_is_pending(notice) && !ending_of(pass, guest, notice, &state);
}

/* An end that leaves no trace: the contact was told nothing by it, and may be told later. */
static bool is_void(const struct pass *pass, const struct guest *guest, const struct notice *notice)
{
    enum notice_state state = notice->state;
    bool ends_now = notice_is_pending(notice) && ending_of(pass, guest, notice, &state);
    if (notice_is_pending(notice) && !ends_now)
        return false;
    switch (state) {
    case NOTICE_SUPERSEDED:
        /* What staff discarded stays said and done, and so does what the cap left out; what we took
         * back ourselves may come again.                                                         */
        if (!ends_now && reason_is(REASON_CAPPED, notice->reply))
            return false;
        return ends_now || !notice->hold || reason_is_ours(notice->reply);
    case NOTICE_SUPPRESSED:
        return true; /* and the contact is not suppressed any more, or we would not ask */
    case NOTICE_EXPIRED:
        /* It lost its use with a date that has changed since. */
        return (notice->kind == NOTICE_INVITATION || notice->kind == NOTICE_SAVE_THE_DATE) &&
               !string_equal(notice->facts, pass->facts->id);
    default:
        return false;
    }
}

bool guest_was_written_to(const struct guest *guest)
{
    if (!guest->told)
        return guest->notice_count > 0;
    bool is_written_to = guest->told->was_invited;
    for (size_t i = 0; i < guest->notice_count; i++)
        is_written_to |=
            guest->notices[i].state == NOTICE_ACCEPTED || guest->notices[i].may_be_known;
    return is_written_to;
}

static const struct notice *last_accepted(const struct guest *guest)
{
    const struct notice *last = NULL;
    for (size_t i = 0; i < guest->notice_count; i++) {
        const struct notice *notice = &guest->notices[i];
        if (notice->state == NOTICE_ACCEPTED &&
            (!last || !instant_before(notice->sent, last->sent)))
            last = notice;
    }
    return last;
}

void guest_read(const struct pass *pass, struct guest *guest)
{
    const struct notice *last = last_accepted(guest);
    /* A silent word after the last message replaces what that said. */
    bool is_last_word = last && (!guest->told || !instant_before(last->sent, guest->told->at));
    bool has_date = false;

    for (size_t i = 0; i < guest->notice_count; i++) {
        const struct notice *notice = &guest->notices[i];
        guest->is_in_hand |= notice->state == NOTICE_CLAIMED;
        guest->is_uncertain |=
            notice->state == NOTICE_UNCERTAIN && instant_before(pass->input->now, notice->expires);
        guest->may_know |=
            notice->may_be_known &&
            instant_before(pass->input->now, instant_max(notice->expires, guest->place->start));
        bool is_end = notice->kind == NOTICE_CANCELLATION || notice->kind == NOTICE_POSTPONED;
        guest->may_think_off |= is_end && notice->may_be_known && guest->told &&
                                instant_before(guest->told->at, notice->claimed);
        has_date |= notice->state == NOTICE_ACCEPTED && notice->kind == NOTICE_SAVE_THE_DATE;
    }
    guest->is_uninvited = is_last_word && last->kind == NOTICE_UNINVITED;
    guest->uninvited_at = guest->is_uninvited ? last->sent : INSTANT_UNSET;
    guest->is_cancelled = (is_last_word && last->kind == NOTICE_CANCELLATION) ||
                          (guest->told && guest->told->facts->state == EVENT_CANCELLED);
    /* Told without any message (in silence, or under another UID) counts as invited, by now. */
    guest->has_only_date = guest->told && !guest->told->was_invited && has_date;
}

static bool is_step_id(const struct pass *pass, const char *key)
{
    for (size_t i = 0; i < pass->step_count; i++)
        if (string_equal(pass->steps[i].step->id, key))
            return true;
    return false;
}

/* Is the key a form of base: itself, or with numbers after it? */
static bool is_form_of(const struct pass *pass, const char *key, const char *base)
{
    size_t size = strlen(base);
    if (strncmp(key, base, size) != 0)
        return false;
    if (!key[size])
        return true;
    if (key[size] != '-' || key[size + strspn(key + size, "-0123456789")])
        return false;
    return !is_step_id(pass, key);
}

const struct notice *guest_last(const struct pass *pass, const struct guest *guest,
                                const char *step)
{
    const struct notice *last = NULL;
    for (size_t i = 0; i < guest->notice_count; i++) {
        const struct notice *notice = &guest->notices[i];
        if (!is_form_of(pass, notice->step, step) || is_void(pass, guest, notice))
            continue;
        if (!last || notice->sequence > last->sequence ||
            (notice->sequence == last->sequence && instant_before(last->due, notice->due)))
            last = notice;
    }
    return last;
}

static bool is_free(const struct pass *pass, const struct guest *guest, const char *key)
{
    for (size_t i = 0; i < guest->notice_count; i++)
        if (string_equal(guest->notices[i].step, key))
            return false;
    return !is_step_id(pass, key);
}

const char *guest_new_key(const struct pass *pass, const struct guest *guest, const char *base,
                          bool may_be_bare)
{
    bool is_bare_used = false;
    for (size_t i = 0; i < guest->notice_count; i++)
        is_bare_used |= string_equal(guest->notices[i].step, base);
    if (may_be_bare && !is_bare_used)
        return base;
    const char *key = arena_printf(pass->arena, "%s-%d", base, pass->sequence);
    for (int twin = 2; key && !is_free(pass, guest, key); twin++)
        key = arena_printf(pass->arena, "%s-%d-%d", base, pass->sequence, twin);
    return key;
}

bool guest_has_later_step(const struct pass *pass, const struct guest *guest,
                          const struct notice *notice)
{
    for (size_t i = 0; i < pass->step_count; i++) { /* latest first */
        const struct place_step *step = &guest->place->steps[i];
        const struct step_settings *settings = step->step->step;
        if (is_form_of(pass, notice->step, settings->id))
            return false;
        if (!settings->is_after && !step->is_blocked && settings->kind == NOTICE_REMINDER &&
            !instant_before(pass->input->now, step->time.leave) &&
            instant_before(pass->input->now, step->time.expires) &&
            guest_is_in_step(guest, step->step))
            return true;
    }
    return false;
}

bool guest_is_in_step(const struct guest *guest, const struct pass_step *step)
{
    const struct pass_rule *rule = step->rule;
    if (!rule->audience.bits || !membership_has(&rule->audience, guest->index))
        return false;
    const struct membership *narrower = rule->steps ? &rule->steps[step->index] : NULL;
    return !narrower || !narrower->bits || membership_has(narrower, guest->index);
}
