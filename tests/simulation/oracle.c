/* SPDX-License-Identifier: MIT */
#include "simulation/oracle.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "simulation/letters.h"

static const int64_t grace_usec = 20 * USEC_PER_MIN; /* what was in hand may still arrive */
/* News wait for the end of a settle window, of a night, of a weekend, of a hold (daily review). */
static const int64_t patience_usec = 6 * USEC_PER_DAY;
/* limits.settle, prolonged as often as it may be (plan/sighting). */
static const int64_t settled_usec = 8 * USEC_PER_HOUR;
/* What follows an event serves for a week after the hour of its step: three working days are up to
 * a week later, with holidays and quiet hours. */
static const int64_t afterwards_usec = 15 * USEC_PER_DAY;

bool oracle_fail(struct oracle *oracle, const char *invariant, const char *format, ...)
{
    va_list arguments;
    if (oracle->broken)
        return false;
    oracle->broken = invariant;
    va_start(arguments, format);
    vsnprintf(oracle->words, sizeof oracle->words, format, arguments);
    va_end(arguments);
    return false;
}

void oracle_init(struct oracle *oracle, const struct story *story, struct instant now)
{
    memset(oracle, 0, sizeof *oracle);
    oracle->story = story;
    oracle->now = now;
    oracle->well_since = INSTANT_NEVER;
    for (int c = 0; c < STORY_CONTACTS_MAX; c++) {
        oracle->opposed_since[c] = INSTANT_NEVER;
        oracle->people_since[c] = now;
    }
    for (int e = 0; e < STORY_EVENTS_MAX; e++) {
        oracle->events[e].silent_from = INSTANT_NEVER;
        oracle->events[e].silent_until = INSTANT_UNSET;
        for (int c = 0; c < STORY_CONTACTS_MAX; c++) {
            oracle->events[e].since[c].out = now;
            oracle->events[e].since[c].in = now;
        }
    }
}

/* NEVER has no grace that could be over. */
static bool is_over_grace(struct instant since, struct instant at)
{
    return instant_before(instant_add(since, grace_usec), at);
}

/* --- what happened ---------------------------------------------------------------------------- */

/* A new UID hides what else was edited in the same reading: people count as told of nothing. */
static void read_export(struct oracle *oracle, const struct desk *desk, int e)
{
    if (oracle->seen.events[e].exports == desk->events[e].exports)
        return;
    for (int k = 0; k < oracle->story->events[e].instances; k++) {
        struct desk_instance is = desk_instance(oracle->story, desk, e, k);
        if (!desk_same(&is, &oracle->instances[e][k].now))
            memset(oracle->instances[e][k].told, 0, sizeof oracle->instances[e][k].told);
    }
}

static void read_mark(struct oracle *oracle, int e, bool is_silent, struct instant now)
{
    if (is_silent && !oracle->seen.events[e].is_silent)
        oracle->events[e].silent_from = now;
    if (is_silent || oracle->seen.events[e].is_silent)
        oracle->events[e].silent_until = instant_max(oracle->events[e].silent_until, now);
    if (!is_silent)
        oracle->events[e].silent_from = INSTANT_NEVER;
}

static void read_event(struct oracle *oracle, const struct desk *desk, int e, struct instant now)
{
    const struct story *story = oracle->story;
    bool was_aside = oracle->is_aside[e];
    oracle->is_aside[e] = desk->events[e].is_mangled && desk->events[e].is_written;
    for (int k = 0; k < STORY_INSTANCES_MAX && was_aside && !oracle->is_aside[e]; k++)
        oracle->instances[e][k].since = now; /* only now can news leave */
    if (oracle->is_aside[e])
        return; /* it stays what it was */
    read_export(oracle, desk, e);
    read_mark(oracle, e, desk->events[e].is_written && desk->events[e].is_silent, now);
    for (int k = 0; k < story->events[e].instances; k++) {
        struct desk_instance is = desk_instance(story, desk, e, k);
        if (desk_same(&is, &oracle->instances[e][k].now))
            continue;
        oracle->instances[e][k].before = oracle->instances[e][k].now;
        oracle->instances[e][k].now = is;
        oracle->instances[e][k].since = now;
    }
    struct desk_event last = oracle->seen.events[e];
    oracle->seen.events[e] = desk->events[e];
    if (!desk->events[e].is_written) { /* the last that could be read */
        oracle->seen.events[e].rule = last.rule;
        oracle->seen.events[e].mark = last.mark;
    }
}

static void read_contact(struct oracle *oracle, const struct desk *desk, int c, struct instant now)
{
    if (oracle->seen.contacts[c].is_there != desk->contacts[c].is_there ||
        oracle->seen.contacts[c].groups != desk->contacts[c].groups)
        oracle->people_since[c] = now;
    oracle->seen.contacts[c].is_there = desk->contacts[c].is_there;
    oracle->seen.contacts[c].groups = desk->contacts[c].groups;
}

static bool is_marked(const struct oracle *oracle, int e, int c)
{
    int group = oracle->seen.events[e].mark - STORY_MARK_GROUP;
    return group >= 0 && group < STORY_GROUPS && oracle->seen.contacts[c].is_there &&
           (oracle->seen.contacts[c].groups >> group & 1);
}

static bool is_mark_doubtful(const struct oracle *oracle, int e)
{
    for (int c = 0; c < oracle->story->contact_count; c++)
        if (is_marked(oracle, e, c))
            return false;
    return oracle->seen.events[e].mark != STORY_MARK_NONE;
}

/* Who belongs, by what was read of calendars, lists and settings. */
static void reckon(struct oracle *oracle, bool is_another, int e, struct instant now)
{
    const struct story_wording *wording = desk_wording(oracle->story, &oracle->seen, e);
    bool is_doubtful = is_mark_doubtful(oracle, e);
    if (is_doubtful != oracle->events[e].is_doubtful) {
        oracle->events[e].is_doubtful = is_doubtful;
        oracle->events[e].doubtful_since = now;
        is_another = true;
    }
    for (int c = 0; c < oracle->story->contact_count; c++) {
        bool was_in = instant_equal(oracle->events[e].since[c].out, INSTANT_NEVER);
        bool is_in = oracle->seen.contacts[c].is_there;
        if (is_doubtful)
            is_in &= was_in;
        else if (oracle->seen.events[e].mark)
            is_in = is_marked(oracle, e, c);
        else
            is_in &= story_in_set(wording, oracle->seen.contacts[c].groups);
        if (!is_in && was_in)
            oracle->events[e].since[c].out = now;
        if (is_in)
            oracle->events[e].since[c].out = INSTANT_NEVER;
        if (is_in && (!was_in || is_another))
            oracle->events[e].since[c].in = now;
    }
}

void oracle_read(struct oracle *oracle, const struct desk *desk, struct instant now)
{
    const struct story *story = oracle->story;
    int rules[STORY_EVENTS_MAX], marks[STORY_EVENTS_MAX];
    bool is_another = oracle->seen.wording != desk->wording;
    oracle->seen.wording = desk->wording;
    for (int e = 0; e < story->event_count; e++) {
        rules[e] = oracle->seen.events[e].rule;
        marks[e] = oracle->seen.events[e].mark;
        if (!desk->is_calendar_half || desk->events[e].calendar > 0)
            read_event(oracle, desk, e, now);
    }
    for (int c = 0; c < story->contact_count; c++)
        if (desk_list_is_good(story, desk, c % story->lists))
            read_contact(oracle, desk, c, now);
    for (int e = 0; e < story->event_count; e++)
        reckon(oracle,
               is_another || rules[e] != oracle->seen.events[e].rule ||
                   marks[e] != oracle->seen.events[e].mark,
               e, now);
    oracle->has_seen = true;
}

void oracle_well(struct oracle *oracle, bool is_well, struct instant now)
{
    oracle->now = now;
    if (!is_well)
        oracle->well_since = INSTANT_NEVER;
    else if (instant_equal(oracle->well_since, INSTANT_NEVER))
        oracle->well_since = now;
    for (int e = 0; e < oracle->story->event_count && is_well; e++) {
        if (!is_over_grace(oracle->events[e].silent_from, now) ||
            !is_over_grace(oracle->well_since, now))
            continue;
        oracle->events[e].silence.from = oracle->events[e].silent_from;
        oracle->events[e].silence.until = instant_add(now, -grace_usec);
    }
}

void oracle_oppose(struct oracle *oracle, int contact, bool is_opposed, struct instant now)
{
    oracle->opposed_since[contact] = is_opposed ? now : INSTANT_NEVER;
    oracle->people_since[contact] = now;
}

/* --- what must never be ----------------------------------------------------------------------- */

static bool is_before_event(enum notice_kind kind)
{
    return kind == NOTICE_SAVE_THE_DATE || kind == NOTICE_INVITATION || kind == NOTICE_REMINDER;
}

/* Never two acceptances of one key, but of a declared uncertain one. */
static bool never_twice(struct oracle *oracle, const struct notice *notice, int times,
                        bool was_uncertain)
{
    if (times <= 1 || was_uncertain)
        return true;
    return oracle_fail(oracle, "never-twice", "%s %s to %s was taken %d times", notice->occurrence,
                       notice->step, notice->contact, times);
}

/* The first day of an all-day event is not too late for it. */
static struct instant last_use(const struct story *story, struct desk_instance instance, int c)
{
    instance.day += instance.is_all_day;
    return desk_start(story, &instance, c);
}

/* Nothing after it lost its use: by what the ledger promised, and by what the calendar says. */
static bool never_late(struct oracle *oracle, const struct notice *notice, struct instant at, int e,
                       int k, int c)
{
    const struct desk_instance *now = &oracle->instances[e][k].now;
    const struct desk_instance *before = &oracle->instances[e][k].before;
    const struct story *story = oracle->story;
    bool is_new = !is_over_grace(oracle->instances[e][k].since, at);
    if (is_over_grace(notice->expires, at))
        return oracle_fail(oracle, "never-late", "%s %s to %s arrived after its use",
                           notice->occurrence, notice->step, notice->contact);
    struct instant last = last_use(story, *now, c);
    if (is_new && before->state != DESK_ABSENT)
        last = instant_max(last, last_use(story, *before, c));
    if (is_before_event(notice->kind) && now->state == DESK_ALIVE && is_over_grace(last, at))
        return oracle_fail(oracle, "never-late", "%s %s to %s arrived when it had begun",
                           notice->occurrence, notice->step, notice->contact);
    if (is_before_event(notice->kind) && now->state != DESK_ALIVE && !is_new)
        return oracle_fail(oracle, "never-late", "%s %s to %s: there is no such event any more",
                           notice->occurrence, notice->step, notice->contact);
    /* Deleted when it is over, it is thanked for all the same. */
    struct instant end = desk_end(story, now->state == DESK_ABSENT ? before : now, c);
    if (notice->kind == NOTICE_THANKS && !is_new &&
        (instant_before(at, end) || instant_before(instant_add(end, afterwards_usec), at)))
        return oracle_fail(oracle, "never-late", "%s %s to %s: thanks at a wrong time",
                           notice->occurrence, notice->step, notice->contact);
    return true;
}

/* Nothing to the opposed or the dead. */
static bool never_to_the_opposed(struct oracle *oracle, const struct notice *notice,
                                 struct instant at, int c)
{
    if (!is_over_grace(oracle->opposed_since[c], at))
        return true;
    return oracle_fail(oracle, "never-to-the-opposed", "%s %s to %s, who opposes",
                       notice->occurrence, notice->step, notice->contact);
}

/* Nothing to someone not in the audience then, but the word that he no longer is. What is gone from
 * the calendar has no audience any more: that it does not take place is told to all who were told.
 */
static bool never_to_strangers(struct oracle *oracle, const struct notice *notice,
                               struct instant at, int e, int k, int c)
{
    /* Under its old UID what was cancelled and then exported anew is gone, too. */
    bool is_gone =
        notice->kind == NOTICE_CANCELLATION &&
        (oracle->instances[e][k].now.state == DESK_ABSENT ||
         (oracle->instances[e][k].now.state == DESK_CANCELLED && oracle->seen.events[e].exports)) &&
        oracle->instances[e][k].told[c].is_told && oracle->seen.contacts[c].is_there;
    bool is_invited = notice->kind == NOTICE_INVITATION || notice->kind == NOTICE_SAVE_THE_DATE;
    bool is_new = is_invited && !oracle->instances[e][k].told[c].is_told &&
                  !oracle->seen.events[e].exports &&
                  is_over_grace(oracle->events[e].doubtful_since, at);
    if (oracle->events[e].is_doubtful)
        return !is_new || oracle_fail(oracle, "never-to-strangers",
                                      "%s %s to %s, whom no mark that can be understood has",
                                      notice->occurrence, notice->step, notice->contact);
    if (notice->kind == NOTICE_UNINVITED || is_gone ||
        !is_over_grace(oracle->events[e].since[c].out, at))
        return true;
    return oracle_fail(oracle, "never-to-strangers", "%s %s to %s, who is not in the audience",
                       notice->occurrence, notice->step, notice->contact);
}

/* That somebody is not expected any more is only told to who is not: least of all for a slip. */
static bool never_sent_away(struct oracle *oracle, const struct notice *notice, struct instant at,
                            int e, int c)
{
    bool is_doubtful =
        oracle->events[e].is_doubtful && is_over_grace(oracle->events[e].doubtful_since, at);
    bool belongs = instant_equal(oracle->events[e].since[c].out, INSTANT_NEVER) &&
                   is_over_grace(oracle->events[e].since[c].in, at);
    if (notice->kind != NOTICE_UNINVITED || (!is_doubtful && !belongs))
        return true;
    return oracle_fail(oracle, "never-sent-away", "%s %s to %s, who %s", notice->occurrence,
                       notice->step, notice->contact,
                       is_doubtful ? "may be meant: the mark is not understood" : "belongs");
}

/* Nothing is announced of what changed under the mark #silencieux. */
static bool never_under_silence(struct oracle *oracle, const struct notice *notice,
                                struct instant at, int e, int k)
{
    struct instant from = oracle->events[e].silent_from;
    bool is_news = notice->kind == NOTICE_CHANGE || notice->kind == NOTICE_CANCELLATION ||
                   notice->kind == NOTICE_POSTPONED;
    if (!is_news || !is_over_grace(from, at) ||
        instant_before(oracle->instances[e][k].since, from) ||
        oracle->instances[e][k].now.state == DESK_ABSENT)
        return true;
    return oracle_fail(oracle, "never-under-silence", "%s %s to %s, which was to be kept silent",
                       notice->occurrence, notice->step, notice->contact);
}

/* A step whose hour passed in silence, for somebody who was never written to, is not made up for.
 * Edits shortly before that hour may have kept the program from planning (limits.settle). */
static bool never_made_up(struct oracle *oracle, const struct notice *notice, int e, int k, int c)
{
    struct instant from =
        instant_max(oracle->events[e].silence.from, oracle->instances[e][k].since);
    from = instant_max(from, oracle->events[e].since[c].in);
    from = instant_add(instant_max(from, oracle->people_since[c]), settled_usec);
    bool is_step = notice->kind == NOTICE_REMINDER || notice->kind == NOTICE_THANKS;
    if (!is_step || oracle->instances[e][k].told[c].is_told || oracle->seen.events[e].exports ||
        !instant_before(from, notice->due) ||
        !instant_before(notice->due, oracle->events[e].silence.until))
        return true;
    return oracle_fail(oracle, "never-under-silence", "%s %s to %s, whose hour passed in silence",
                       notice->occurrence, notice->step, notice->contact);
}

static int rule_of(const struct notice *notice)
{
    int rule = 0;
    return sscanf(notice->rule, "rule-%d", &rule) == 1 && rule < STORY_RULES_MAX ? rule : -1;
}

bool oracle_mail(struct oracle *oracle, const struct notice *notice, struct instant at, int times,
                 bool was_uncertain, bool may_know)
{
    int e, k, c = desk_contact(oracle->story, notice->contact);
    if (notice->kind == NOTICE_STAFF && strcmp(notice->contact, LETTERS_ADDRESS) == 0)
        return never_twice(oracle, notice, times, was_uncertain);
    if (c < 0 || !desk_find(oracle->story, notice->occurrence, &e, &k))
        return oracle_fail(oracle, "never-to-strangers", "%s to %s: nobody knows what this is",
                           notice->occurrence, notice->contact);
    bool holds = never_twice(oracle, notice, times, was_uncertain) &&
                 never_late(oracle, notice, at, e, k, c) &&
                 never_to_the_opposed(oracle, notice, at, c) &&
                 never_to_strangers(oracle, notice, at, e, k, c) &&
                 never_sent_away(oracle, notice, at, e, c) &&
                 never_under_silence(oracle, notice, at, e, k) &&
                 (may_know || never_made_up(oracle, notice, e, k, c));
    /* A twin says nothing new, and neither do thanks. */
    if (times == 1 && notice->kind != NOTICE_THANKS)
        oracle->instances[e][k].told[c] = (struct heard){.is_told = true,
                                                         .as = oracle->instances[e][k].now,
                                                         .at = at,
                                                         .kind = notice->kind,
                                                         .exports = oracle->seen.events[e].exports,
                                                         .rule = rule_of(notice)};
    return holds;
}

/* --- what must be ----------------------------------------------------------------------------- */

static bool has_heard(struct oracle *oracle, int e, int k, int c)
{
    const struct story *story = oracle->story;
    const struct desk_instance *now = &oracle->instances[e][k].now;
    const struct heard *told = &oracle->instances[e][k].told[c];
    if (!told->is_told || told->kind == NOTICE_UNINVITED || desk_same(&told->as, now))
        return true;
    if (!instant_before(oracle->events[e].silent_until, told->at))
        return true; /* taken as told, perhaps */
    if (told->as.state != DESK_ALIVE && now->state != DESK_ALIVE)
        return true; /* cancelled, then deleted: nothing new */
    if (now->state == DESK_ABSENT && told->exports != oracle->seen.events[e].exports)
        return true; /* told under another UID: the rule that told it is not known any more */
    if (now->state == DESK_ABSENT &&
        !instant_before(oracle->instances[e][k].since,
                        desk_end(story, &oracle->instances[e][k].before, c)))
        return true; /* past when it went, whatever was told of it */
    if (now->state == DESK_ABSENT &&
        (told->rule < 0 || story->rules[told->rule].vanished != STORY_VANISHED_CANCEL))
        return true; /* staff decide */
    /* By when: he could be told since `ready`; what begins before the patience ends is excused. */
    struct instant ready = instant_max(oracle->instances[e][k].since, oracle->well_since);
    ready = instant_max(ready, instant_max(oracle->people_since[c], told->at));
    ready = instant_max(ready, oracle->events[e].since[c].in);
    struct instant deadline = instant_add(ready, patience_usec);
    struct instant begins = desk_start(story, &told->as, c);
    if (now->state == DESK_ALIVE)
        begins = instant_min(begins, desk_start(story, now, c));
    return instant_before(oracle->now, deadline) || instant_before(begins, deadline);
}

/* Whoever was told hears of a material change or cancellation before the event, if relay and
 * program were up long enough.                                                                   */
bool oracle_hears(struct oracle *oracle,
                  bool (*has_excuse)(void *context, int event, int instance, int contact),
                  void *context)
{
    const struct story *story = oracle->story;
    if (!oracle->has_seen || instant_equal(oracle->well_since, INSTANT_NEVER))
        return true;
    for (int e = 0; e < story->event_count; e++)
        for (int k = 0; k < story->events[e].instances; k++)
            for (int c = 0; c < story->contact_count; c++) {
                bool is_in = instant_equal(oracle->events[e].since[c].out, INSTANT_NEVER) &&
                             instant_equal(oracle->opposed_since[c], INSTANT_NEVER);
                if (is_in && !oracle->is_aside[e] && !oracle->events[e].is_doubtful &&
                    !has_heard(oracle, e, k, c) && !has_excuse(context, e, k, c))
                    return oracle_fail(oracle, "hears-of-changes",
                                       "contact %d was told of event %d (instance %d) and never "
                                       "heard what became of it",
                                       c, e, k);
            }
    return true;
}

/* --- the ledger ------------------------------------------------------------------------------- */

/* The life of a notice as src/README.md draws it, written down a second time. */
static bool may_follow(enum notice_state from, enum notice_state to)
{
    switch (from) {
    case NOTICE_OWED:
        return to != NOTICE_OWED && to != NOTICE_ACCEPTED && to != NOTICE_DEFERRED &&
               to != NOTICE_REFUSED && to != NOTICE_UNCERTAIN;
    case NOTICE_HELD:
        return to == NOTICE_OWED || to == NOTICE_EXPIRED || to == NOTICE_SUPERSEDED ||
               to == NOTICE_SUPPRESSED;
    case NOTICE_CLAIMED:
        return to == NOTICE_ACCEPTED || to == NOTICE_DEFERRED || to == NOTICE_REFUSED ||
               to == NOTICE_UNCERTAIN || to == NOTICE_OWED; /* nothing had left us */
    case NOTICE_DEFERRED:
    case NOTICE_UNCERTAIN:
        return to == NOTICE_CLAIMED || to == NOTICE_HELD || to == NOTICE_EXPIRED ||
               to == NOTICE_SUPERSEDED || to == NOTICE_SUPPRESSED;
    case NOTICE_REFUSED:
    case NOTICE_EXPIRED:
        return to == NOTICE_OWED;
    default:
        return false;
    }
}

bool oracle_life(struct oracle *oracle, const struct notice *notice,
                 const enum notice_state *states, size_t count, int times_taken, bool is_over)
{
    bool was_uncertain = false;
    if (!count || (states[0] != NOTICE_OWED && states[0] != NOTICE_HELD))
        return oracle_fail(oracle, "ledger-integrity", "%s %s to %s has no beginning",
                           notice->occurrence, notice->step, notice->contact);
    for (size_t i = 0; i < count; i++) {
        was_uncertain |= states[i] == NOTICE_UNCERTAIN;
        if (i && !may_follow(states[i - 1], states[i]))
            return oracle_fail(oracle, "ledger-integrity", "%s %s to %s went from %s to %s",
                               notice->occurrence, notice->step, notice->contact,
                               notice_state_to_text(states[i - 1]),
                               notice_state_to_text(states[i]));
    }
    if (states[count - 1] != notice->state)
        return oracle_fail(oracle, "ledger-integrity", "%s %s to %s is %s, its life ends in %s",
                           notice->occurrence, notice->step, notice->contact,
                           notice_state_to_text(notice->state),
                           notice_state_to_text(states[count - 1]));
    if (notice->state == NOTICE_ACCEPTED && !times_taken)
        return oracle_fail(oracle, "ledger-integrity", "%s %s to %s: accepted, but no relay has it",
                           notice->occurrence, notice->step, notice->contact);
    if (is_over && (notice->state == NOTICE_OWED || notice->state == NOTICE_HELD ||
                    notice->state == NOTICE_CLAIMED || notice->state == NOTICE_DEFERRED ||
                    notice->state == NOTICE_UNCERTAIN))
        return oracle_fail(oracle, "every-life-ends", "%s %s to %s is %s for ever",
                           notice->occurrence, notice->step, notice->contact,
                           notice_state_to_text(notice->state));
    if (is_over && notice->state != NOTICE_ACCEPTED && times_taken && !was_uncertain)
        return oracle_fail(oracle, "ledger-integrity", "%s %s to %s is %s, but a relay took it",
                           notice->occurrence, notice->step, notice->contact,
                           notice_state_to_text(notice->state));
    return true;
}
