/* SPDX-License-Identifier: MIT */
#include "simulation/oracle.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "simulation/issues.h"

static const int64_t grace_usec = 20 * USEC_PER_MIN; /* what was in hand may still arrive */
/* News wait for the end of a settle window, of a night, of a weekend, of a hold (daily review). */
static const int64_t patience_usec = 6 * USEC_PER_DAY;

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
        oracle->people_since[c] = oracle->language_since[c] = now;
    }
    for (int w = 0; w < STORY_WORDINGS; w++)
        oracle->wording_since[w] = INSTANT_NEVER;
    issues_init(oracle, now);
    for (int e = 0; e < STORY_EVENTS_MAX; e++) {
        oracle->events[e].first_seen = INSTANT_NEVER;
        oracle->events[e].silent_from = INSTANT_NEVER;
        oracle->events[e].silent_until = INSTANT_UNSET;
        for (int c = 0; c < STORY_CONTACTS_MAX; c++) {
            oracle->events[e].since[c].out = now;
            oracle->events[e].since[c].in = now;
        }
    }
}

bool oracle_is_over_grace(struct instant since, struct instant at)
{
    return instant_before(instant_add(since, grace_usec), at);
}

/* --- what happened ---------------------------------------------------------------------------- */

/* A new UID hides what else was edited in the same reading: people count as told of nothing. */
static void read_export(struct oracle *oracle, const struct desk *desk, int e)
{
    if (oracle->seen.events[e].exports == desk->events[e].exports || !desk->events[e].is_written)
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
    if (desk->events[e].is_written)
        oracle->events[e].first_seen = instant_min(oracle->events[e].first_seen, now);
    read_export(oracle, desk, e);
    read_mark(oracle, e, desk->events[e].is_written && desk->events[e].is_silent, now);
    for (int k = 0; k < story->events[e].instances; k++) {
        struct desk_instance is = desk_instance(story, desk, e, k);
        bool stays_away =
            is.state == DESK_ABSENT && oracle->instances[e][k].now.state == DESK_ABSENT;
        if (stays_away || desk_same(&is, &oracle->instances[e][k].now))
            continue;
        /* What is off and stays off says the same, wherever it is moved. */
        if (is.state == DESK_ALIVE || is.state != oracle->instances[e][k].now.state)
            oracle->instances[e][k].changed = now;
        oracle->instances[e][k].before = oracle->instances[e][k].now;
        oracle->instances[e][k].now = is;
        oracle->instances[e][k].since = now;
        oracle->instances[e][k].was_off |= is.state == DESK_CANCELLED || is.state == DESK_POSTPONED;
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
        oracle->seen.contacts[c].groups != desk->contacts[c].groups ||
        oracle->seen.contacts[c].zone != desk->contacts[c].zone)
        oracle->people_since[c] = now;
    if (oracle->seen.contacts[c].language != desk->contacts[c].language)
        oracle->language_since[c] = now;
    oracle->seen.contacts[c].zone = desk->contacts[c].zone;
    oracle->seen.contacts[c].language = desk->contacts[c].language;
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

void oracle_read(struct oracle *oracle, const struct desk *desk, bool is_page_new,
                 struct instant now)
{
    const struct story *story = oracle->story;
    int rules[STORY_EVENTS_MAX], marks[STORY_EVENTS_MAX];
    bool is_another = oracle->seen.wording != desk->wording;
    if (is_another || !oracle->has_seen)
        oracle->settings_since = now;
    oracle->wording_since[desk->wording] = instant_min(oracle->wording_since[desk->wording], now);
    oracle->seen.wording = desk->wording;
    for (int e = 0; e < story->event_count; e++) {
        rules[e] = oracle->seen.events[e].rule;
        marks[e] = oracle->seen.events[e].mark;
        if ((!desk->is_calendar_half && !is_page_new) || desk->events[e].calendar > 0)
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
    issues_read(oracle, now);
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
        if (!oracle_is_over_grace(oracle->events[e].silent_from, now) ||
            !oracle_is_over_grace(oracle->well_since, now))
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

/* --- what must be ----------------------------------------------------------------------------- */

static bool has_heard(struct oracle *oracle, int e, int k, int c)
{
    const struct story *story = oracle->story;
    const struct desk_instance *now = &oracle->instances[e][k].now;
    const struct heard *told = &oracle->instances[e][k].told[c];
    enum story_zone zone = oracle->seen.contacts[c].zone;
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
                        desk_end(story, &oracle->instances[e][k].before, zone)))
        return true; /* past when it went, whatever was told of it */
    if (now->state == DESK_ABSENT &&
        (told->rule < 0 || story->rules[told->rule].vanished != STORY_VANISHED_CANCEL))
        return true; /* staff decide */
    /* By when: he could be told since `ready`; what begins before the patience ends is excused. */
    struct instant ready = instant_max(oracle->instances[e][k].since, oracle->well_since);
    ready = instant_max(ready, instant_max(oracle->people_since[c], told->at));
    ready = instant_max(ready, oracle->events[e].since[c].in);
    struct instant deadline = instant_add(ready, patience_usec);
    struct instant begins = desk_start(story, &told->as, zone);
    if (now->state == DESK_ALIVE)
        begins = instant_min(begins, desk_start(story, now, zone));
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
