/* SPDX-License-Identifier: MIT */
#include "app/source_parse.h"

#include <errno.h>
#include <stdlib.h>

#include "app/audiences.h"
#include "calendar/expansion.h"

enum { HOLIDAY_DAYS_MAX = 4000 };

static void on_passed(void *bytes, size_t size)
{
    buf_spend(bytes, size);
}

struct mark_check {
    const struct settings *settings;
    struct flaws *flaws;
};

/* A mark that nobody understands invites nobody: said where the calendar is read. */
static int check_mark(void *context, const struct event *event)
{
    struct mark_check *check = context;
    return audiences_check_mark(check->flaws->arena, check->settings, NULL, event, check->flaws);
}

static int parse_calendar(const struct source_context *context, struct source *source,
                          struct arena *arena, struct text bytes, struct flaws *flaws)
{
    const struct calendar_settings *c = &context->settings->calendars[source->index];
    struct feed_options options = {.name = c->name,
                                   .source = c->source,
                                   .zones = context->zones,
                                   .locale = context->locale,
                                   .zone = c->zone,
                                   .is_zone_pinned = c->is_zone_pinned,
                                   .category = c->category,
                                   .on_passed = context->spent ? on_passed : NULL,
                                   .context = context->spent};
    struct feed *feed;
    int r = feed_parse(arena, bytes, &options, flaws, &feed);
    r = r ? r
          : feed_visit(feed, FEED_VISIT_MARKED, check_mark,
                       &(struct mark_check){context->settings, flaws});
    if (r == 0)
        source->feed = feed;
    return r;
}

static int parse_contacts(const struct source_context *context, struct source *source,
                          struct arena *arena, struct text bytes, struct flaws *flaws)
{
    const struct settings *settings = context->settings;
    struct contact_options options = {.source = source->location,
                                      .list = &settings->contacts[source->index],
                                      .language = settings->organisation.language,
                                      .zone = settings->organisation.zone,
                                      .zones = context->zones,
                                      .locale = context->locale,
                                      .on_passed = context->spent ? on_passed : NULL,
                                      .context = context->spent};
    struct contact_rows rows = {0};
    struct contact_guess guess = {0};
    int r = contact_reader_parse(arena, bytes, &options, flaws, &rows, &guess);
    if (r == 0) {
        source->rows = rows;
        source->guess = guess;
    }
    return r;
}

static int compare_days(const void *a, const void *b)
{
    return civil_date_compare(*(const struct civil_date *)a, *(const struct civil_date *)b);
}

/* A holiday calendar is an .ics like any other; its all-day occurrences are the closed days. */
static int parse_holidays(const struct source_context *context, struct source *source,
                          struct arena *arena, struct text bytes, struct flaws *flaws)
{
    const struct holiday_settings *h = &context->settings->holidays[source->index];
    struct feed_options options = {.name = h->country,
                                   .source = h->source,
                                   .zones = context->zones,
                                   .locale = context->locale,
                                   .zone = context->settings->organisation.zone,
                                   .on_passed = context->spent ? on_passed : NULL,
                                   .context = context->spent};
    struct feed *feed;
    int r = feed_parse(arena, bytes, &options, flaws, &feed);
    if (r)
        return r;
    struct occurrences occurrences = {0};
    r = expansion_run(arena, feed, instant_add(context->now, -400 * USEC_PER_DAY),
                    instant_add(context->now, 1500 * USEC_PER_DAY), flaws, &occurrences);
    if (r)
        return r;
    struct civil_date *days = arena_alloc_array(arena, HOLIDAY_DAYS_MAX, sizeof *days);
    if (!days)
        return -ENOMEM;
    size_t count = 0;
    for (size_t i = 0; i < occurrences.count; i++) {
        const struct occurrence *o = &occurrences.items[i];
        if (o->state == EVENT_CANCELLED)
            continue;
        struct civil_date day = when_day(&o->when);
        struct civil_date end = o->when.is_all_day ? o->when.end_day : civil_date_add_days(day, 1);
        for (; civil_date_compare(day, end) < 0 && count < HOLIDAY_DAYS_MAX;
             day = civil_date_add_days(day, 1))
            days[count++] = day;
    }
    qsort(days, count, sizeof *days, compare_days);
    source->holidays =
        (struct holiday_calendar){.country = h->country, .days = days, .count = count};
    return 0;
}

int source_parse(const struct source_context *context, struct source *source, struct arena *arena,
                 struct text bytes, struct flaws *flaws)
{
    switch (source->kind) {
    case SOURCE_CALENDAR:
        return parse_calendar(context, source, arena, bytes, flaws);
    case SOURCE_CONTACTS:
        return parse_contacts(context, source, arena, bytes, flaws);
    default:
        return parse_holidays(context, source, arena, bytes, flaws);
    }
}
