/* SPDX-License-Identifier: MIT */
#include "app/issues.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/sources.h"
#include "calendar/recurring_days.h"
#include "plan/brakes.h"

const char issues_prefix[] = "newsletter/";
static const size_t memory_max_bytes = (size_t)256 << 20;
enum {
    BACK_DAYS = 70, /* closed days may move an hour so far, and what comes before it */
    AHEAD_DAYS = 40,
    LOOK_AGAIN_DAYS = 30,
    DAYS_MAX = 1000,
    NEXT_DAYS_MAX = 10 * 366,
};

LIST_TYPE(made_issues, struct issue *);

struct issues {
    struct issues_parts parts;
    const struct horizon *horizon;
    struct audiences *audiences;
    const struct instant *births;
    struct instant now;
    struct arena *memory;
    struct named_births words; /* what a human said, by keys of issues */
    struct made_issues made;   /* with their events */
};

int issues_new(const struct issues_parts *parts, struct issues **ret)
{
    struct issues *issues = calloc(1, sizeof *issues);
    if (!issues)
        return -ENOMEM;
    issues->parts = *parts;
    issues->memory = arena_new(memory_max_bytes);
    if (!issues->memory) {
        free(issues);
        return -ENOMEM;
    }
    *ret = issues;
    return 0;
}

struct issues *issues_free(struct issues *issues)
{
    if (issues)
        arena_free(issues->memory);
    free(issues);
    return NULL;
}

/* --- a human's word -------------------------------------------------------------------------- */

static const char words_kind[] = "issue";

int issues_say(struct ledger *ledger, const char *key, struct instant now, struct instant *ret_said)
{
    return ledger_birth(ledger, words_kind, key, now, ret_said);
}

struct instant issues_word(const struct issues *issues, const char *key)
{
    for (size_t i = 0; i < issues->words.count; i++)
        if (strcmp(issues->words.items[i].name, key) == 0)
            return issues->words.items[i].at;
    return INSTANT_UNSET;
}

/* "2026-12-01" of "newsletter/lettre/2026-12-01"; NULL: it is another newsletter's. */
static const char *label_of(const char *key, const char *newsletter)
{
    struct text name = text_of(newsletter), rest = text_of(key);
    if (!text_starts(rest, issues_prefix))
        return NULL;
    rest = text_from(rest, sizeof issues_prefix - 1);
    if (rest.size <= name.size || !text_equal(text_slice(rest, 0, name.size), name) ||
        rest.data[name.size] != '/')
        return NULL;
    rest = text_from(rest, name.size + 1);
    return rest.size && text_find_char(rest, '/') == rest.size ? rest.data : NULL;
}

bool issues_said(const struct issues *issues, size_t newsletter, struct civil_date from,
                 struct civil_date *ret_day, struct instant *ret_said)
{
    const char *name = issues->parts.settings->newsletters[newsletter].name;
    for (size_t i = 0; i < issues->words.count; i++) {
        const char *label = label_of(issues->words.items[i].name, name);
        if (!label || !civil_date_parse(text_of(label), ret_day) ||
            civil_date_compare(*ret_day, from) < 0)
            continue;
        *ret_said = issues->words.items[i].at;
        return true;
    }
    return false;
}

int issues_set_view(struct issues *issues, const struct horizon *horizon,
                    struct audiences *audiences, const struct instant *births, struct instant now)
{
    issues->horizon = horizon;
    issues->audiences = audiences;
    issues->births = births;
    issues->now = now;
    issues->made = (struct made_issues){0};
    issues->words = (struct named_births){0};
    arena_clear(issues->memory);
    return issues->parts.settings->newsletter_count
               ? ledger_births(issues->parts.ledger, issues->memory, words_kind, &issues->words)
               : 0;
}

/* --- one issue ------------------------------------------------------------------------------- */

/* Whoever only asks may know none. */
static struct instant birth_of(const struct issues *issues, size_t newsletter)
{
    return issues->births ? issues->births[newsletter] : INSTANT_UNSET;
}

static bool is_set(struct instant t)
{
    return t.utc_usec != INSTANT_UNSET.utc_usec;
}

/* All but its events. label: its day, or the name of a file written by hand, which leaves at a word
 * alone: until then it is looked at as if that came now. */
static int begin(struct issues *issues, size_t newsletter, const char *label, struct issue *ret)
{
    const struct newsletter_settings *settings = &issues->parts.settings->newsletters[newsletter];
    const struct newsletter_audience *audience =
        &audiences_newsletters(issues->audiences)[newsletter];
    *ret = (struct issue){
        .key = arena_printf(issues->memory, "%s%s/%s", issues_prefix, settings->name, label),
        .newsletter = settings,
        .template_name = settings->template_name,
        .born = birth_of(issues, newsletter),
        .audience = audience->readers,
        .canary = audience->canary,
        .ready = INSTANT_UNSET,
    };
    if (!ret->key)
        return -ENOMEM;
    ret->word = issues_word(issues, ret->key);
    ret->is_written = !civil_date_parse(text_of(label), &ret->day);
    if (!ret->is_written)
        return 0;
    ret->template_name = ret->key + strlen(ret->key) - strlen(label);
    ret->is_unsaid = !is_set(ret->word);
    ret->word = ret->is_unsaid ? issues->now : ret->word;
    ret->day = zone_to_civil(issues->parts.settings->organisation.zone, ret->word).date;
    return 0;
}

static int begin_day(struct issues *issues, size_t newsletter, struct civil_date day,
                     struct issue *ret)
{
    char label[11];
    civil_date_format(day, label);
    return begin(issues, newsletter, label, ret);
}

/* Could it be told, wherever its reader lives? */
static bool is_in_reach(const struct issue *issue, const struct when *when)
{
    enum { MARGIN_DAYS = 10 };
    int64_t covers = span_rough_usec(issue->newsletter->covers);
    struct instant day = instant_from_sec(civil_time_to_sec(civil_time_at(issue->day, 0, 0)));
    struct instant from = day;
    if (is_set(issue->word))
        from = instant_min(day, issue->word);
    struct instant start =
        when->is_all_day ? instant_from_sec(civil_time_to_sec(civil_time_at(when->first_day, 0, 0)))
                         : when->start;
    return !instant_before(start, instant_add(from, -2 * USEC_PER_DAY)) &&
           instant_before(start,
                          instant_add(day, covers + covers / 4 + MARGIN_DAYS * USEC_PER_DAY));
}

/* Half-typed events are told by no mail. */
static int note_edit(struct issues *issues, struct issue *issue, const char *key)
{
    struct instant quiet;
    int r = ledger_quiet_since(issues->parts.ledger, key, &quiet);
    if (!r && is_set(quiet))
        issue->ready = instant_max(issue->ready,
                                   instant_add(quiet, issues->parts.settings->limits.settle_usec));
    return r;
}

LIST_TYPE(issue_events, struct issue_event);

static int add_event(struct issues *issues, struct issue *issue, const struct viewed *viewed,
                     struct issue_events *events)
{
    const struct membership *marked;
    enum mark_doubt doubt;
    struct membership readers;
    int r = audiences_marked(issues->audiences, viewed->occurrence->event, &marked, &doubt);
    r = r ? r
          : newsletter_readers(issues->memory, issues->parts.settings,
                               audiences_rules(issues->audiences), issue, viewed->occurrence,
                               marked, &readers);
    if (r || !readers.bits)
        return r;
    struct issue_event *event = list_add(issues->memory, events);
    if (!event)
        return -ENOMEM;
    event->occurrence = viewed->occurrence;
    event->readers = readers;
    r = horizon_facts(issues->memory, viewed, &event->facts);
    return r ? r : note_edit(issues, issue, viewed->occurrence->key);
}

/* The same doubt as about what vanished; whoever said since that the issue leaves knows of it. */
static int note_loss(struct issues *issues, struct issue *issue)
{
    const char *only = issue->newsletter->calendar;
    int r = 0;
    for (size_t i = 0; i < issues->parts.settings->calendar_count && !r && !issue->lost; i++) {
        const char *name = issues->parts.settings->calendars[i].name;
        struct instant since = INSTANT_UNSET, over;
        size_t kept = 0, lost = 0;
        if (!only || strcmp(only, name) == 0)
            r = ledger_missing_since(issues->parts.ledger, name, issues->now, &since, &over);
        if (r || !is_set(since) || !instant_before(issue->word, since))
            continue;
        r = ledger_loss(issues->parts.ledger, name, since, &kept, &lost);
        issue->lost = brakes_calendar_is_lost(kept, lost) ? name : NULL;
        issue->lost_since = since;
        issue->lost_until = over;
    }
    return r;
}

static int make(struct issues *issues, const struct issue *like, const struct issue **ret)
{
    struct issue *issue = arena_alloc(issues->memory, sizeof *issue);
    struct issue **slot = issue ? list_add(issues->memory, &issues->made) : NULL;
    struct issue_events events = {0};
    size_t count;
    const struct viewed *items = horizon_items(issues->horizon, &count);
    if (!slot)
        return -ENOMEM;
    *slot = issue;
    *issue = *like;
    int r = note_loss(issues, issue);
    for (size_t i = 0; i < count && !r; i++) {
        const struct viewed *viewed = &items[horizon_by_start(issues->horizon)[i]];
        if (is_in_reach(issue, &viewed->occurrence->when))
            r = add_event(issues, issue, viewed, &events);
    }
    issue->events = events.items;
    issue->event_count = events.count;
    if (r)
        issues->made.count--;
    *ret = issue;
    return r;
}

static int get(struct issues *issues, const struct issue *like, const struct issue **ret)
{
    for (size_t i = 0; i < issues->made.count; i++)
        if (strcmp(issues->made.items[i]->key, like->key) == 0) {
            *ret = issues->made.items[i];
            return 0;
        }
    return make(issues, like, ret);
}

int issues_find(struct issues *issues, const char *key, const struct issue **ret_or_null)
{
    const struct settings *settings = issues->parts.settings;
    *ret_or_null = NULL;
    for (size_t i = 0; i < settings->newsletter_count; i++) {
        const char *label = label_of(key, settings->newsletters[i].name);
        if (label)
            return issues_named(issues, i, label, ret_or_null);
    }
    return 0;
}

int issues_named(struct issues *issues, size_t newsletter, const char *label,
                 const struct issue **ret)
{
    struct issue issue;
    int r = begin(issues, newsletter, label, &issue);
    return r ? r : get(issues, &issue, ret);
}

int issues_let_go(struct issues *issues, const struct issue *issue, const struct issue **ret)
{
    struct issue like = *issue;
    like.word = issues->now;
    like.lost = NULL;
    int r = make(issues, &like, ret);
    for (size_t i = 0; !r && i < issues->made.count; i++)
        if (issues->made.items[i] == issue)
            issues->made.items[i] = issues->made.items[--issues->made.count];
    return r;
}

/* "2026-12-lettre" is an issue of "lettre". */
static bool is_issue_of(const char *file, const char *newsletter)
{
    size_t size = strlen(file), tail = strlen(newsletter);
    return size > tail + 1 && file[size - tail - 1] == '-' &&
           strcmp(file + size - tail, newsletter) == 0;
}

size_t issues_newsletter_of(const struct settings *settings, const char *file)
{
    size_t found = settings->newsletter_count;
    for (size_t i = 0; i < settings->newsletter_count; i++) {
        const char *own = settings->newsletters[i].name;
        if (is_issue_of(file, own) && (found == settings->newsletter_count ||
                                       strlen(own) > strlen(settings->newsletters[found].name)))
            found = i;
    }
    return found;
}

/* --- those that are due ---------------------------------------------------------------------- */

const char *issues_unread(const struct issues *issues)
{
    for (size_t i = 0; i < sources_count(issues->parts.sources); i++) {
        const struct source *source = sources_at(issues->parts.sources, i);
        if (source->kind == SOURCE_CALENDAR && !source->feed)
            return source->name;
    }
    return NULL;
}

static struct civil_date first_day(const struct issues *issues, size_t newsletter)
{
    const struct newsletter_settings *settings = &issues->parts.settings->newsletters[newsletter];
    return settings->has_since ? settings->since
                               : zone_to_civil(issues->parts.settings->organisation.zone,
                                               birth_of(issues, newsletter))
                                     .date;
}

static int days_of(struct issues *issues, size_t newsletter, struct civil_date from,
                   struct civil_date until, size_t max, struct civil_days *ret)
{
    const struct newsletter_settings *settings = &issues->parts.settings->newsletters[newsletter];
    return recurring_days(issues->memory, settings->every, first_day(issues, newsletter), from,
                          until, max, ret);
}

static struct civil_date today_of(const struct issues *issues, const struct planner_input *input)
{
    return zone_to_civil(issues->parts.settings->organisation.zone, input->now).date;
}

/* Where the search for issues begins: none before can be of use. */
static struct civil_date oldest_day(const struct issues *issues, const struct planner_input *input,
                                    size_t newsletter)
{
    const struct newsletter_settings *settings = &issues->parts.settings->newsletters[newsletter];
    int64_t back = span_rough_usec(settings->useful) + span_rough_usec(settings->canary_delay);
    return civil_date_add_days(today_of(issues, input), -BACK_DAYS - 2 * back / USEC_PER_DAY);
}

static bool has_key(const struct issue_list *list, const char *key)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i]->key, key) == 0)
            return true;
    return false;
}

static int add_if_due(struct issues *issues, const struct planner_input *input,
                      const struct issue *issue, struct issue_list *ret, struct instant *ret_next)
{
    struct issue_span span;
    int r = newsletter_span(issues->memory, input, issue, &span);
    if (r || !instant_before(input->now, span.end) || has_key(ret, issue->key))
        return r;
    if (instant_before(input->now, span.first)) {
        *ret_next = instant_min(*ret_next, span.first);
        return 0;
    }
    const struct issue **slot = list_add(issues->memory, ret);
    return slot ? get(issues, issue, slot) : -ENOMEM;
}

/* By its days, then by a human's word. */
static int add_due(struct issues *issues, const struct planner_input *input, size_t newsletter,
                   struct issue_list *ret, struct instant *ret_next)
{
    const char *name = issues->parts.settings->newsletters[newsletter].name;
    struct civil_date until = civil_date_add_days(today_of(issues, input), AHEAD_DAYS);
    struct civil_days days = {0};
    struct issue issue;
    int r =
        days_of(issues, newsletter, oldest_day(issues, input, newsletter), until, DAYS_MAX, &days);
    for (size_t i = 0; i < days.count && !r; i++) {
        r = begin_day(issues, newsletter, days.items[i], &issue);
        r = r ? r : add_if_due(issues, input, &issue, ret, ret_next);
    }
    for (size_t i = 0; i < issues->words.count && !r; i++) {
        const char *label = label_of(issues->words.items[i].name, name);
        r = label ? begin(issues, newsletter, label, &issue) : 0;
        r = r || !label ? r : add_if_due(issues, input, &issue, ret, ret_next);
    }
    return r;
}

int issues_due(struct issues *issues, const struct planner_input *input, struct issue_list *ret,
               struct instant *ret_next)
{
    size_t count = issues->parts.settings->newsletter_count;
    *ret = (struct issue_list){0};
    *ret_next = INSTANT_NEVER;
    if (!count || issues_unread(issues))
        return 0;
    *ret_next = instant_add(input->now, LOOK_AGAIN_DAYS * USEC_PER_DAY);
    int r = 0;
    for (size_t i = 0; i < count && !r; i++)
        r = add_due(issues, input, i, ret, ret_next);
    return r;
}

/* Has nobody anything of it yet because a calendar is not believed? */
static int waits(struct issues *issues, const struct issue *like, bool *ret)
{
    struct issue issue = *like;
    struct notices notices = {0};
    int r = note_loss(issues, &issue);
    if (!r && issue.lost)
        r = ledger_notices(issues->parts.ledger, issues->memory,
                           &(struct notice_filter){.occurrence = issue.key, .max = 1}, &notices);
    *ret = issue.lost && !notices.count;
    return r;
}

int issues_exists(struct issues *issues, size_t newsletter, const char *label, bool *ret)
{
    struct notices notices = {0};
    struct civil_days days = {0};
    struct issue issue;
    int r = begin(issues, newsletter, label, &issue);
    r = r ? r
          : ledger_notices(issues->parts.ledger, issues->memory,
                           &(struct notice_filter){.occurrence = issue.key, .max = 1}, &notices);
    *ret = notices.count || is_set(issues_word(issues, r ? "" : issue.key));
    if (r || *ret || issue.is_written || !issues->births)
        return r;
    r = days_of(issues, newsletter, issue.day, civil_date_add_days(issue.day, 1), 1, &days);
    *ret = days.count > 0;
    return r;
}

int issues_next(struct issues *issues, const struct planner_input *input, size_t newsletter,
                const struct issue **ret_or_null)
{
    struct civil_date from = oldest_day(issues, input, newsletter);
    struct civil_date until = civil_date_add_days(today_of(issues, input), NEXT_DAYS_MAX);
    struct civil_days days = {0};
    *ret_or_null = NULL;
    int r = days_of(issues, newsletter, from, until, DAYS_MAX, &days);
    for (size_t i = 0; i < days.count && !r; i++) {
        struct issue issue;
        struct issue_span span;
        bool is_next;
        r = begin_day(issues, newsletter, days.items[i], &issue);
        r = r ? r : newsletter_span(issues->memory, input, &issue, &span);
        is_next = instant_before(input->now, span.last);
        if (!r && !is_next && instant_before(input->now, span.end))
            r = waits(issues, &issue, &is_next);
        if (!r && is_next && !is_set(issue.word))
            return get(issues, &issue, ret_or_null);
    }
    return r;
}

int issues_note_stuck(struct arena *arena, const struct planner_input *input,
                      const struct issue *issue, const char *reason, struct stuck_issues *to)
{
    struct issue_span span;
    int r = newsletter_span(arena, input, issue, &span);
    struct stuck_issue *stuck = r ? NULL : list_add(arena, to);
    if (!stuck)
        return r ? r : -ENOMEM;
    *stuck = (struct stuck_issue){.key = arena_copy_string(arena, issue->key),
                                  .newsletter = issue->newsletter->name,
                                  .reason = arena_copy_string(arena, reason),
                                  .until = span.lapse};
    return stuck->key && stuck->reason ? 0 : -ENOMEM;
}

/* --- what it tells --------------------------------------------------------------------------- */

int issues_told(struct arena *arena, const struct issue *issue, size_t reader,
                const struct zone *zone, struct instant leaves, struct told_events *ret)
{
    *ret = (struct told_events){0};
    for (size_t i = 0; i < issue->event_count && ret->count < ISSUES_EVENTS_MAX; i++) {
        if (!newsletter_tells(issue, &issue->events[i], reader, zone, leaves))
            continue;
        const struct issue_event **slot = list_add(arena, ret);
        if (!slot)
            return -ENOMEM;
        *slot = &issue->events[i];
    }
    return 0;
}
