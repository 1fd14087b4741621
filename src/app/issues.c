/* SPDX-License-Identifier: MIT */
#include "app/issues.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "app/sources.h"
#include "calendar/recurring_days.h"

static const char prefix[] = "newsletter/";
static const size_t memory_max_bytes = (size_t)256 << 20;
enum {
    BACK_DAYS = 70, /* closed days may move an hour so far, and what comes before it */
    AHEAD_DAYS = 40,
    LOOK_AGAIN_DAYS = 30,
    DAYS_MAX = 1000,
    NEXT_DAYS_MAX = 10 * 366,
};

LIST_TYPE(made_issues, struct issue *);

/* What a human said last of a newsletter; said UNSET = nothing. */
struct word {
    struct civil_date day;
    struct instant said;
};

struct issues {
    struct issues_parts parts;
    const struct horizon *horizon;
    struct audiences *audiences;
    const struct instant *births;
    struct word *words; /* one for each newsletter */
    struct arena *memory;
    struct made_issues made; /* with their events */
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

static const char *word_name(struct arena *arena, const struct newsletter_settings *newsletter)
{
    return arena_printf(arena, "%s%s", prefix, newsletter->name);
}

int issues_say(struct ledger *ledger, const struct newsletter_settings *newsletter,
               struct civil_date day, struct instant now)
{
    enum { WORD_BYTES_MAX = 64 << 10 };
    CLEANUP_ARENA struct arena *arena = arena_new(WORD_BYTES_MAX);
    char text[11];
    civil_date_format(day, text);
    const char *name = arena ? word_name(arena, newsletter) : NULL;
    const char *value = name ? arena_printf(arena, "%s %" PRId64, text, now.utc_usec) : NULL;
    return value ? ledger_set(ledger, name, value) : -ENOMEM;
}

int issues_word(struct ledger *ledger, struct arena *arena,
                const struct newsletter_settings *newsletter, struct civil_date *ret_day,
                struct instant *ret_or_unset)
{
    const char *name = word_name(arena, newsletter), *value = NULL;
    int64_t usec;
    *ret_or_unset = INSTANT_UNSET;
    int r = name ? ledger_get(ledger, arena, name, &value) : -ENOMEM;
    struct text rest = text_of(value), day = text_split(&rest, ' ');
    if (!r && value && civil_date_parse(day, ret_day) && text_number(rest, 1, INT64_MAX, &usec))
        *ret_or_unset = (struct instant){usec};
    return r;
}

int issues_set_view(struct issues *issues, const struct horizon *horizon,
                    struct audiences *audiences, const struct instant *births)
{
    const struct settings *settings = issues->parts.settings;
    issues->horizon = horizon;
    issues->audiences = audiences;
    issues->births = births;
    issues->made = (struct made_issues){0};
    arena_clear(issues->memory);
    issues->words =
        arena_alloc_array(issues->memory, settings->newsletter_count + 1, sizeof *issues->words);
    int r = issues->words ? 0 : -ENOMEM;
    for (size_t i = 0; i < settings->newsletter_count && !r; i++)
        r = issues_word(issues->parts.ledger, issues->memory, &settings->newsletters[i],
                        &issues->words[i].day, &issues->words[i].said);
    return r;
}

/* --- one issue ------------------------------------------------------------------------------- */

/* Whoever only asks may know none. */
static struct instant birth_of(const struct issues *issues, size_t newsletter)
{
    return issues->births ? issues->births[newsletter] : INSTANT_UNSET;
}

static bool has_word(const struct issues *issues, size_t newsletter, struct civil_date day)
{
    const struct word *word = &issues->words[newsletter];
    return word->said.utc_usec != INSTANT_UNSET.utc_usec && civil_date_compare(word->day, day) == 0;
}

/* All but its events. */
static int begin(struct issues *issues, size_t newsletter, struct civil_date day, struct issue *ret)
{
    const struct newsletter_settings *settings = &issues->parts.settings->newsletters[newsletter];
    const struct newsletter_audience *audience =
        &audiences_newsletters(issues->audiences)[newsletter];
    char text[11];
    civil_date_format(day, text);
    *ret = (struct issue){
        .key = arena_printf(issues->memory, "%s%s/%s", prefix, settings->name, text),
        .newsletter = settings,
        .day = day,
        .born = birth_of(issues, newsletter),
        .audience = audience->readers,
        .canary = audience->canary,
        .ready = INSTANT_UNSET,
        .word = has_word(issues, newsletter, day) ? issues->words[newsletter].said : INSTANT_UNSET};
    return ret->key ? 0 : -ENOMEM;
}

/* Could it be told, wherever its reader lives? */
static bool is_in_reach(const struct issue *issue, const struct when *when)
{
    enum { MARGIN_DAYS = 10 };
    int64_t covers = span_rough_usec(issue->newsletter->covers);
    struct instant day = instant_from_sec(civil_time_to_sec(civil_time_at(issue->day, 0, 0)));
    struct instant from = day;
    if (issue->word.utc_usec != INSTANT_UNSET.utc_usec)
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
    if (!r && quiet.utc_usec != INSTANT_UNSET.utc_usec)
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
    int r = 0;
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
    const char *slash = strrchr(key, '/');
    struct civil_date day;
    struct issue issue;
    *ret_or_null = NULL;
    if (!text_starts(text_of(key), prefix) || !civil_date_parse(text_of(slash + 1), &day))
        return 0;
    struct text name = {key + sizeof prefix - 1, (size_t)(slash - key) - (sizeof prefix - 1)};
    if (slash < key + sizeof prefix - 1)
        return 0;
    for (size_t i = 0; i < settings->newsletter_count; i++)
        if (text_is(name, settings->newsletters[i].name)) {
            int r = begin(issues, i, day, &issue);
            return r ? r : get(issues, &issue, ret_or_null);
        }
    return 0;
}

/* --- those that are due ---------------------------------------------------------------------- */

static bool has_calendars(const struct sources *sources)
{
    for (size_t i = 0; i < sources_count(sources); i++) {
        const struct source *source = sources_at(sources, i);
        if (source->kind == SOURCE_CALENDAR && !source->feed)
            return false;
    }
    return true;
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

static int add_if_due(struct issues *issues, const struct planner_input *input, size_t newsletter,
                      struct civil_date day, struct issue_list *ret, struct instant *ret_next)
{
    struct issue issue;
    struct issue_span span;
    int r = begin(issues, newsletter, day, &issue);
    r = r ? r : newsletter_span(issues->memory, input, &issue, &span);
    if (r || !instant_before(input->now, span.end))
        return r;
    if (instant_before(input->now, span.first)) {
        *ret_next = instant_min(*ret_next, span.first);
        return 0;
    }
    const struct issue **slot = list_add(issues->memory, ret);
    return slot ? get(issues, &issue, slot) : -ENOMEM;
}

static int add_due(struct issues *issues, const struct planner_input *input, size_t newsletter,
                   struct issue_list *ret, struct instant *ret_next)
{
    const struct word *word = &issues->words[newsletter];
    struct civil_date from = oldest_day(issues, input, newsletter);
    struct civil_date until = civil_date_add_days(today_of(issues, input), AHEAD_DAYS);
    struct civil_days days = {0};
    bool is_beyond =
        word->said.utc_usec != INSTANT_UNSET.utc_usec && civil_date_compare(word->day, until) >= 0;
    int r = days_of(issues, newsletter, from, until, DAYS_MAX, &days);
    for (size_t i = 0; i < days.count && !r; i++)
        r = add_if_due(issues, input, newsletter, days.items[i], ret, ret_next);
    return r || !is_beyond ? r : add_if_due(issues, input, newsletter, word->day, ret, ret_next);
}

int issues_due(struct issues *issues, const struct planner_input *input, struct issue_list *ret,
               struct instant *ret_next)
{
    size_t count = issues->parts.settings->newsletter_count;
    *ret = (struct issue_list){0};
    *ret_next = INSTANT_NEVER;
    if (!count || !has_calendars(issues->parts.sources))
        return 0;
    *ret_next = instant_add(input->now, LOOK_AGAIN_DAYS * USEC_PER_DAY);
    int r = 0;
    for (size_t i = 0; i < count && !r; i++)
        r = add_due(issues, input, i, ret, ret_next);
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
        r = begin(issues, newsletter, days.items[i], &issue);
        r = r ? r : newsletter_span(issues->memory, input, &issue, &span);
        if (!r && instant_before(input->now, span.last) && !has_word(issues, newsletter, issue.day))
            return get(issues, &issue, ret_or_null);
    }
    return r;
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
