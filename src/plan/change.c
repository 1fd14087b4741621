/* SPDX-License-Identifier: MIT */
/* The net difference between what somebody was told and what is true now. */
#include "plan/pass.h"

/* Mostly they are the same, and that is seen at once. */
static unsigned differ(const struct facts *a, const struct facts *b)
{
    return a == b || string_equal(a->id, b->id) ? 0 : facts_differ(a, b);
}

struct span_of_event change_believed(const struct guest *guest)
{
    return steps_span(&guest->told->facts->when, &guest->place->place);
}

static enum news news_of_end(const struct pass *pass, const struct guest *guest, enum news news)
{
    if (guest->is_cancelled)
        return NEWS_NONE;
    if (!guest->told)
        return guest->may_know ? news : NEWS_NONE;
    if (guest->told->facts->state == EVENT_POSTPONED)
        return news == NEWS_CANCELLATION ? news : NEWS_NONE;
    /* What is over for the reader needs no cancelling. */
    struct instant too_late = steps_too_late(&guest->told->facts->when, &guest->place->place);
    return instant_before(pass->input->now, too_late) ? news : NEWS_NONE;
}

enum news change_news(const struct pass *pass, const struct guest *guest)
{
    if (guest->is_uninvited)
        return NEWS_NONE;
    if (pass->state == EVENT_CANCELLED)
        return news_of_end(pass, guest, NEWS_CANCELLATION);
    if (pass->state == EVENT_POSTPONED)
        return news_of_end(pass, guest, NEWS_POSTPONED);
    if (!guest->told)
        return NEWS_NONE;
    if (guest->is_cancelled || guest->may_think_off || guest->told->facts->state == EVENT_POSTPONED)
        return NEWS_INVITATION;
    unsigned mask = pass->mask;
    if (!guest->rule || !guest->rule->rule->tell_titles)
        mask &= ~(unsigned)FACTS_TITLE;
    return differ(guest->told->facts, pass->facts) & mask ? NEWS_CHANGE : NEWS_NONE;
}

/* Sequence numbers are read from history alone: the highest one given stands for some facts; other
 * facts get the next. The number kept in the sighting only serves when there is no history.      */
int change_sequence(const struct pass *pass)
{
    const struct history *history = pass->history;
    int top = 0;
    for (size_t i = 0; i < history->told_count; i++)
        top = history->told[i].sequence > top ? history->told[i].sequence : top;
    for (size_t i = 0; i < history->notice_count; i++)
        top = history->notices[i].sequence > top ? history->notices[i].sequence : top;
    if (!history->told_count && !history->notice_count)
        return history->has_sighting ? history->sighting.sequence : 0;

    bool is_end = pass->state == EVENT_CANCELLED, is_top_end = false;
    for (size_t i = 0; i < history->notice_count; i++) {
        const struct notice *notice = &history->notices[i];
        bool tells_end = notice->kind == NOTICE_CANCELLATION;
        is_top_end |= tells_end && notice->sequence == top;
        if (notice->sequence == top && tells_end == is_end &&
            string_equal(notice->facts, pass->facts->id))
            return top;
    }
    for (size_t i = 0; i < history->told_count; i++) {
        const struct told *told = &history->told[i];
        if (told->sequence != top || (is_top_end && !is_end))
            continue;
        bool says_end = told->facts->state == EVENT_CANCELLED;
        if (says_end == is_end && !(differ(told->facts, pass->facts) & pass->mask))
            return top;
    }
    return top + 1;
}

struct news_time change_time_before(const struct pass *pass, const struct guest *guest,
                                    struct instant nearest, struct instant expires)
{
    /* Before they turn urgent, news wait for office hours; when they do, for people to be up. */
    struct instant turns = instant_add(nearest, -URGENT_HOURS * USEC_PER_HOUR);
    struct instant polite = leave_at(pass, guest, pass->ready, expires, pass->is_urgent);
    struct instant pressing = leave_at(pass, guest, instant_max(pass->ready, turns), expires, true);
    return (struct news_time){
        .leave = instant_min(polite, pressing),
        .expires = expires,
        .is_urgent = pass->is_urgent || !instant_before(polite, turns),
    };
}

struct news_time change_time(const struct pass *pass, const struct guest *guest, enum news news)
{
    const struct place *place = &guest->place->place;
    const struct when *is = &pass->facts->when;
    const struct when *was = guest->told ? &guest->told->facts->when : is;
    bool has_date = news == NEWS_CHANGE || news == NEWS_INVITATION;
    struct news_time time = {.expires = steps_too_late(has_date ? is : was, place)};
    struct instant nearest = has_date ? guest->place->start : INSTANT_NEVER;

    if (news == NEWS_CANCELLATION && guest->told && guest->told->facts->state == EVENT_POSTPONED) {
        time.expires = instant_add(pass->ready, POSTPONED_DAYS * USEC_PER_DAY);
    } else if (instant_before(pass->ready, steps_too_late(was, place))) {
        nearest = instant_min(nearest, when_start(was, place->zone));
    }
    return change_time_before(pass, guest, nearest, time.expires);
}
