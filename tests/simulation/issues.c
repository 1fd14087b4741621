/* SPDX-License-Identifier: MIT */
#include "simulation/issues.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/civil.h"

enum {
    /* An issue waits for closed days, for who has it first, for closed days again. */
    PATIENCE_DAYS = 12,
};

static const int64_t day_usec = 24 * USEC_PER_HOUR;

void issues_init(struct oracle *oracle, struct instant now)
{
    oracle->issues.known_since = INSTANT_NEVER;
    for (int c = 0; c < STORY_CONTACTS_MAX; c++)
        oracle->issues.since[c].out = oracle->issues.since[c].in = now;
}

void issues_read(struct oracle *oracle, struct instant now)
{
    const struct story_newsletter *newsletter = &oracle->story->newsletter;
    if (!newsletter->is_there)
        return;
    oracle->issues.known_since = instant_min(oracle->issues.known_since, now);
    for (int c = 0; c < oracle->story->contact_count; c++) {
        bool was_in = instant_equal(oracle->issues.since[c].out, INSTANT_NEVER);
        bool is_in = oracle->seen.contacts[c].is_there &&
                     story_in_set(&newsletter->readers, oracle->seen.contacts[c].groups);
        if (is_in && !was_in)
            oracle->issues.since[c].in = now;
        if (is_in)
            oracle->issues.since[c].out = INSTANT_NEVER;
        else if (was_in)
            oracle->issues.since[c].out = now;
    }
}

/* --- days ------------------------------------------------------------------------------------- */

static struct civil_date date_of(const struct story *story, int day)
{
    return civil_date_from_days(story->start.utc_usec / USEC_PER_DAY + day);
}

/* By arithmetic of its own. */
static bool is_issue_day(const struct story *story, int day)
{
    struct civil_date date = date_of(story, day);
    int weekday = (int)((civil_date_to_days(date) + 4) % 7); /* 0 = Sunday */
    return story->newsletter.is_weekly ? weekday == 4 : weekday == 2 && date.day <= 7;
}

static struct instant hour_of(const struct oracle *oracle, int day, int c)
{
    return story_local(oracle->story, oracle->seen.contacts[c].zone, day,
                       oracle->story->newsletter.hour, 0);
}

/* The day that an issue's key names; -1: none of this newsletter. */
static int day_of(const struct story *story, const char *key)
{
    static const char prefix[] = "newsletter/lettre/";
    struct civil_date date;
    if (strncmp(key, prefix, sizeof prefix - 1) != 0 ||
        !civil_date_parse(text_of(key + sizeof prefix - 1), &date))
        return -1;
    int64_t day = civil_date_to_days(date) - story->start.utc_usec / USEC_PER_DAY;
    return day >= 0 && day < STORY_DAYS && is_issue_day(story, (int)day) ? (int)day : -1;
}

/* --- a mail ----------------------------------------------------------------------------------- */

bool issues_mail(struct oracle *oracle, const struct notice *notice, struct instant at, int c)
{
    int day = day_of(oracle->story, notice->occurrence);
    if (day < 0)
        return oracle_fail(oracle, "issue-at-its-hour", "%s to %s: there is no such issue",
                           notice->occurrence, notice->contact);
    struct instant hour = hour_of(oracle, day, c);
    bool is_early = instant_before(at, hour) && oracle_is_over_grace(oracle->people_since[c], at);
    oracle->issues.has_come[day][c] = true;
    if (is_early || oracle_is_over_grace(notice->expires, at))
        return oracle_fail(oracle, "issue-at-its-hour", "%s to %s arrived %s", notice->occurrence,
                           notice->contact, is_early ? "before its hour" : "after its use");
    if (instant_before(hour, oracle->issues.known_since))
        return oracle_fail(oracle, "never-reaches-back", "%s to %s is of before the newsletter",
                           notice->occurrence, notice->contact);
    if (oracle_is_over_grace(oracle->issues.since[c].out, at))
        return oracle_fail(oracle, "never-to-strangers", "%s to %s, who is not in the audience",
                           notice->occurrence, notice->contact);
    return true;
}

/* --- what it tells ---------------------------------------------------------------------------- */

/* Is the title there, in small letters or in capitals, and whatever blank is in it? */
static bool has_title(const char *text, int e)
{
    static const char *const words[] = {"Rencontre", "RENCONTRE"};
    for (int i = 0; i < 2; i++)
        for (const char *at = text; (at = strstr(at, words[i])) != NULL;) {
            at += strlen(words[i]);
            const char *number = at;
            while (*number && !isdigit((unsigned char)*number) && number - at < 4)
                number++;
            if (number > at && *number == '0' + e)
                return true;
        }
    return false;
}

/* Does the instance begin in what the issue covers, give or take so much? */
static bool is_covered(const struct oracle *oracle, const struct desk_instance *instance, int day,
                       int c, int64_t slack_usec)
{
    const struct story *story = oracle->story;
    enum story_zone zone = oracle->seen.contacts[c].zone;
    struct civil_date end =
        civil_date_add_months(date_of(story, day), story->newsletter.covers_months);
    int last = (int)(civil_date_to_days(end) - story->start.utc_usec / USEC_PER_DAY);
    struct instant start = desk_start(story, instance, zone);
    struct instant from = instant_add(story_local(story, zone, day, 0, 0), -slack_usec);
    return !instant_before(start, from) &&
           instant_before(start, instant_add(story_local(story, zone, last, 0, 0), slack_usec));
}

/* Whatever changed a moment ago may still be told as it was. */
static bool may_tell(const struct oracle *oracle, int e, int day, int c, struct instant at)
{
    if (oracle_is_over_grace(oracle->events[e].silent_from, at) ||
        oracle_is_over_grace(oracle->events[e].since[c].out, at))
        return false;
    for (int k = 0; k < oracle->story->events[e].instances; k++) {
        const struct desk_instance *now = &oracle->instances[e][k].now;
        struct instant end = desk_end(oracle->story, now, oracle->seen.contacts[c].zone);
        if (!oracle_is_over_grace(oracle->instances[e][k].since, at) ||
            (now->state == DESK_ALIVE && is_covered(oracle, now, day, c, 0) &&
             !oracle_is_over_grace(end, at)))
            return true;
    }
    return false;
}

/* Is there an instance that the issue has to tell: unchanged since, and far from all edges? */
static bool must_tell(const struct oracle *oracle, int e, int day, int c, struct instant since)
{
    struct instant known =
        instant_max(oracle->events[e].since[c].in, oracle->events[e].doubtful_since);
    struct instant last = instant_add(hour_of(oracle, day, c), PATIENCE_DAYS * day_usec);
    if (oracle->is_aside[e] || oracle->events[e].is_doubtful || oracle->seen.events[e].is_silent ||
        !instant_equal(oracle->events[e].since[c].out, INSTANT_NEVER) ||
        !instant_before(instant_max(known, oracle->events[e].silent_until), since))
        return false;
    for (int k = 0; k < oracle->story->events[e].instances; k++) {
        const struct desk_instance *now = &oracle->instances[e][k].now;
        if (now->state == DESK_ALIVE && instant_before(oracle->instances[e][k].since, since) &&
            instant_before(last, desk_start(oracle->story, now, oracle->seen.contacts[c].zone)) &&
            is_covered(oracle, now, day, c, -day_usec))
            return true;
    }
    return false;
}

bool issues_text(struct oracle *oracle, const struct notice *notice, struct instant at,
                 const char *text)
{
    int day = day_of(oracle->story, notice->occurrence);
    int c = desk_contact(oracle->story, notice->contact), told = 0;
    if (day < 0 || c < 0 || !oracle_is_over_grace(oracle->people_since[c], at))
        return true;
    for (int e = 0; e < oracle->story->event_count; e++) {
        bool is_told = has_title(text, e);
        told += is_told;
        if (is_told && !may_tell(oracle, e, day, c, at))
            return oracle_fail(oracle, "issue-is-true", "%s to %s tells event %d",
                               notice->occurrence, notice->contact, e);
        if (!is_told && must_tell(oracle, e, day, c, instant_add(at, -day_usec)))
            return oracle_fail(oracle, "issue-is-true", "%s to %s does not tell event %d",
                               notice->occurrence, notice->contact, e);
    }
    return told || oracle_fail(oracle, "issue-is-true", "%s to %s tells nothing",
                               notice->occurrence, notice->contact);
}

/* --- what must come --------------------------------------------------------------------------- */

/* Nothing but the calendar, the list and the hour decides. */
static bool is_sure(const struct story *story)
{
    return story->hold_above == STORY_HOLD_ABOVE && story->hold_share == 100 &&
           !story->per_contact_days && !story->per_hour && !story->discards;
}

/* Did anything vanish that would be to come? Of a calendar that lost most, an issue waits. */
static bool is_loss(const struct oracle *oracle, struct instant since, int c)
{
    for (int e = 0; e < oracle->story->event_count; e++)
        for (int k = 0; k < oracle->story->events[e].instances; k++) {
            const struct desk_instance *before = &oracle->instances[e][k].before;
            if (oracle->instances[e][k].now.state == DESK_ABSENT && before->state != DESK_ABSENT &&
                instant_before(since,
                               desk_end(oracle->story, before, oracle->seen.contacts[c].zone)))
                return true;
        }
    return false;
}

static bool must_come(const struct oracle *oracle, int day, int c)
{
    struct instant since = instant_add(hour_of(oracle, day, c), -day_usec);
    struct instant stable = instant_max(oracle->well_since, oracle->people_since[c]);
    stable =
        instant_max(stable, instant_max(oracle->issues.known_since, oracle->issues.since[c].in));
    if (!instant_before(stable, since) ||
        !instant_equal(oracle->issues.since[c].out, INSTANT_NEVER) ||
        !instant_equal(oracle->opposed_since[c], INSTANT_NEVER) || is_loss(oracle, since, c))
        return false;
    for (int e = 0; e < oracle->story->event_count; e++)
        if (must_tell(oracle, e, day, c, since))
            return true;
    return false;
}

bool issues_come(struct oracle *oracle,
                 bool (*has_excuse)(void *context, const char *occurrence, int contact),
                 void *context)
{
    const struct story *story = oracle->story;
    bool is_known = oracle->has_seen && story->newsletter.is_there && is_sure(story);
    for (; oracle->issues.judged < STORY_DAYS; oracle->issues.judged++) {
        int day = oracle->issues.judged;
        if (instant_before(oracle->now, story_local(story, STORY_PARIS, day + PATIENCE_DAYS, 0, 0)))
            break;
        for (int c = 0; c < story->contact_count && is_known && is_issue_day(story, day); c++) {
            char key[40] = "newsletter/lettre/";
            civil_date_format(date_of(story, day), key + strlen(key));
            if (!oracle->issues.has_come[day][c] && must_come(oracle, day, c) &&
                !has_excuse(context, key, c))
                return oracle_fail(oracle, "issue-comes", "%s never came to contact %d", key, c);
        }
    }
    return true;
}
