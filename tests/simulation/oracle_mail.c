/* SPDX-License-Identifier: MIT */
/* What must never be said: each mail against what was to be read of calendars, lists and settings.
 */
#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "simulation/issues.h"
#include "simulation/letters.h"
#include "simulation/oracle.h"

/* limits.settle, prolonged as often as it may be (plan/sighting). */
static const int64_t settled_usec = 8 * USEC_PER_HOUR;
/* What follows an event serves for a week after the hour of its step: three working days are up to
 * a week later, with holidays and quiet hours. */
static const int64_t afterwards_usec = 15 * USEC_PER_DAY;

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
static struct instant last_use(const struct story *story, struct desk_instance instance,
                               enum story_zone zone)
{
    instance.day += instance.is_all_day;
    return desk_start(story, &instance, zone);
}

/* Nothing after it lost its use: by what the ledger promised, and by what the calendar says. */
static bool never_late(struct oracle *oracle, const struct notice *notice, struct instant at, int e,
                       int k, int c)
{
    const struct desk_instance *now = &oracle->instances[e][k].now;
    const struct desk_instance *before = &oracle->instances[e][k].before;
    const struct story *story = oracle->story;
    enum story_zone zone = oracle->seen.contacts[c].zone;
    bool is_new = !oracle_is_over_grace(oracle->instances[e][k].since, at);
    if (oracle_is_over_grace(notice->expires, at))
        return oracle_fail(oracle, "never-late", "%s %s to %s arrived after its use",
                           notice->occurrence, notice->step, notice->contact);
    struct instant last = last_use(story, *now, zone);
    if (is_new && before->state != DESK_ABSENT)
        last = instant_max(last, last_use(story, *before, zone));
    if (is_before_event(notice->kind) && now->state == DESK_ALIVE && oracle_is_over_grace(last, at))
        return oracle_fail(oracle, "never-late", "%s %s to %s arrived when it had begun",
                           notice->occurrence, notice->step, notice->contact);
    if (is_before_event(notice->kind) && now->state != DESK_ALIVE && !is_new)
        return oracle_fail(oracle, "never-late", "%s %s to %s: there is no such event any more",
                           notice->occurrence, notice->step, notice->contact);
    /* Deleted when it is over, it is thanked for all the same. */
    struct instant end = desk_end(story, now->state == DESK_ABSENT ? before : now, zone);
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
    if (!oracle_is_over_grace(oracle->opposed_since[c], at))
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
                  oracle_is_over_grace(oracle->events[e].doubtful_since, at);
    if (oracle->events[e].is_doubtful)
        return !is_new || oracle_fail(oracle, "never-to-strangers",
                                      "%s %s to %s, whom no mark that can be understood has",
                                      notice->occurrence, notice->step, notice->contact);
    if (notice->kind == NOTICE_UNINVITED || is_gone ||
        !oracle_is_over_grace(oracle->events[e].since[c].out, at))
        return true;
    return oracle_fail(oracle, "never-to-strangers", "%s %s to %s, who is not in the audience",
                       notice->occurrence, notice->step, notice->contact);
}

/* That somebody is not expected any more is only told to who is not: least of all for a slip. */
static bool never_sent_away(struct oracle *oracle, const struct notice *notice, struct instant at,
                            int e, int c)
{
    bool is_doubtful =
        oracle->events[e].is_doubtful && oracle_is_over_grace(oracle->events[e].doubtful_since, at);
    bool belongs = instant_equal(oracle->events[e].since[c].out, INSTANT_NEVER) &&
                   oracle_is_over_grace(oracle->events[e].since[c].in, at);
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
    if (!is_news || !oracle_is_over_grace(from, at) ||
        instant_before(oracle->instances[e][k].changed, from) ||
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

/* --- settings that came later ----------------------------------------------------------------- */

/* Since when the program knows a step of a rule. */
static struct instant birth_of(const struct oracle *oracle, int rule, const struct story_step *step)
{
    struct instant born = INSTANT_NEVER;
    for (int w = 0; w < STORY_WORDINGS; w++) {
        const struct story_wording *wording = &oracle->story->rules[rule].wordings[w];
        for (int i = 0; i < wording->step_count && !wording->is_absent; i++)
            if (wording->steps[i].kind == step->kind && wording->steps[i].unit == step->unit &&
                wording->steps[i].days == step->days)
                born = instant_min(born, oracle->wording_since[w]);
    }
    return born;
}

/* On the clocks of the zone. */
static int first_day(const struct story *story, const struct desk_instance *instance,
                     enum story_zone zone)
{
    int day = instance->day - 1;
    while (!instance->is_all_day && day < instance->day + 1 &&
           !instant_before(instance->start, story_local(story, zone, day + 1, 0, 0)))
        day++;
    return instance->is_all_day ? instance->day : day;
}

/* Its hour before an event, by the calendar's arithmetic. false: working days, or the day itself.
 */
static bool hour_of(const struct oracle *oracle, const struct story_step *step, int rule, int e,
                    int k, int c, struct instant *ret)
{
    const struct story *story = oracle->story;
    const struct desk_instance *instance = &oracle->instances[e][k].now;
    enum story_zone zone = oracle->seen.contacts[c].zone;
    if (step->kind == STORY_THANKS || step->unit == STORY_WORKING_DAYS || !step->days)
        return false;
    if (story->rules[rule].is_event_zone)
        zone = instance->is_all_day ? STORY_PARIS : oracle->seen.events[e].zone;
    int64_t first = story->start.utc_usec / USEC_PER_DAY;
    struct civil_date day = civil_date_from_days(first + first_day(story, instance, zone));
    day = step->unit == STORY_MONTHS ? civil_date_add_months(day, -step->days)
                                     : civil_date_add_days(day, -step->days);
    *ret = story_local(story, zone, (int)(civil_date_to_days(day) - first), step->hour, 0);
    return true;
}

/* Did the hour of the step pass before it was in the settings, with the event in the calendar? */
static bool is_of_the_past(const struct oracle *oracle, const struct story_step *step, int rule,
                           int e, int k, int c)
{
    struct instant hour, born = birth_of(oracle, rule, step);
    return instant_before(oracle->events[e].first_seen, born) &&
           hour_of(oracle, step, rule, e, k, c, &hour) && instant_before(hour, born);
}

static bool is_step_of(const struct story_step *step, const struct notice *notice)
{
    static const enum notice_kind kinds[] = {NOTICE_SAVE_THE_DATE, NOTICE_INVITATION,
                                             NOTICE_REMINDER, NOTICE_THANKS};
    static const char *const units[] = {"d", "wd", "m"};
    char id[40];
    snprintf(id, sizeof id, "-%d%s", step->days, units[step->unit]);
    const char *at = strstr(notice->step, id);
    return notice->kind == kinds[step->kind] && at && (!at[strlen(id)] || at[strlen(id)] == '-');
}

/* What came into the settings does not make up for hours before it: neither the step itself, nor a
 * first word to somebody whom no other step had opened the event to. That an event takes place
 * after all is news, also to those from whom it was kept. */
static bool never_reaches_back(struct oracle *oracle, const struct notice *notice,
                               struct instant at, int e, int k, int c)
{
    int rule = rule_of(notice);
    bool is_first = is_before_event(notice->kind) && notice->kind != NOTICE_REMINDER;
    bool is_justified = false, is_past = false;
    struct instant since = instant_max(oracle->settings_since, oracle->instances[e][k].since);
    since = instant_max(since, oracle->people_since[c]);
    if (rule < 0 || !is_before_event(notice->kind) || oracle->seen.events[e].exports ||
        oracle->instances[e][k].now.state != DESK_ALIVE || !oracle_is_over_grace(since, at) ||
        (is_first && (oracle->instances[e][k].told[c].is_told || oracle->instances[e][k].was_off)))
        return true;
    const struct story_wording *wording =
        &oracle->story->rules[rule].wordings[oracle->seen.wording];
    for (int i = 0; i < wording->step_count; i++) {
        const struct story_step *step = &wording->steps[i];
        struct instant hour;
        bool is_back = is_of_the_past(oracle, step, rule, e, k, c);
        bool may_be_due = !hour_of(oracle, step, rule, e, k, c, &hour) ||
                          instant_before(hour, instant_add(at, 7 * USEC_PER_DAY));
        is_justified |= step->kind != STORY_THANKS && !is_back && may_be_due;
        is_past |= is_back && is_step_of(step, notice);
    }
    if (is_first ? is_justified : !is_past)
        return true;
    return oracle_fail(oracle, "never-reaches-back", "%s %s to %s, by a step that came later",
                       notice->occurrence, notice->step, notice->contact);
}

bool oracle_language(struct oracle *oracle, const struct notice *notice, struct instant at,
                     const char *language)
{
    static const char *const languages[] = {"fr", "ja", "en"};
    int c = desk_contact(oracle->story, notice->contact);
    if (c < 0 || !oracle_is_over_grace(oracle->language_since[c], at) ||
        strcmp(languages[oracle->seen.contacts[c].language], language) == 0)
        return true;
    return oracle_fail(oracle, "in-their-language", "%s %s to %s is in %s", notice->occurrence,
                       notice->step, notice->contact, language);
}

/* --- a mail ----------------------------------------------------------------------------------- */

bool oracle_mail(struct oracle *oracle, const struct notice *notice, struct instant at, int times,
                 bool was_uncertain, bool may_know)
{
    int e, k, c = desk_contact(oracle->story, notice->contact);
    if (notice->kind == NOTICE_STAFF && strcmp(notice->contact, LETTERS_ADDRESS) == 0)
        return never_twice(oracle, notice, times, was_uncertain);
    if (notice->kind == NOTICE_NEWSLETTER && c >= 0)
        return never_twice(oracle, notice, times, was_uncertain) &&
               never_to_the_opposed(oracle, notice, at, c) && issues_mail(oracle, notice, at, c);
    if (c < 0 || !desk_find(oracle->story, notice->occurrence, &e, &k))
        return oracle_fail(oracle, "never-to-strangers", "%s to %s: nobody knows what this is",
                           notice->occurrence, notice->contact);
    bool holds = never_twice(oracle, notice, times, was_uncertain) &&
                 never_late(oracle, notice, at, e, k, c) &&
                 never_to_the_opposed(oracle, notice, at, c) &&
                 never_to_strangers(oracle, notice, at, e, k, c) &&
                 never_sent_away(oracle, notice, at, e, c) &&
                 never_under_silence(oracle, notice, at, e, k) &&
                 never_reaches_back(oracle, notice, at, e, k, c) &&
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
