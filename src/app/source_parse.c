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

struct source_parse {
    struct source_context context;
    struct arena *arena;
    struct flaws *flaws;
    struct feed_options feed_options;
    struct feed_reading *feed; /* one of them */
    struct contact_options contact_options;
    struct contact_reading *contacts;
};

static int open_feed(struct source_parse *parse, struct feed_options options)
{
    const struct source_context *context = &parse->context;
    options.zones = context->zones;
    options.locale = context->locale;
    options.on_passed = on_passed;
    options.context = context->spent;
    parse->feed_options = options;
    return feed_open(parse->arena, buf_text(context->spent), &parse->feed_options, parse->flaws,
                     &parse->feed);
}

static int open_calendar(struct source_parse *parse, const struct source *source)
{
    const struct calendar_settings *c = &parse->context.settings->calendars[source->index];
    return open_feed(parse, (struct feed_options){.name = c->name,
                                                  .source = source->label,
                                                  .zone = c->zone,
                                                  .is_zone_pinned = c->is_zone_pinned,
                                                  .category = c->category});
}

/* A holiday calendar is an .ics like any other. */
static int open_holidays(struct source_parse *parse, const struct source *source)
{
    const struct settings *settings = parse->context.settings;
    const struct holiday_settings *h = &settings->holidays[source->index];
    return open_feed(parse, (struct feed_options){.name = h->country,
                                                  .source = source->label,
                                                  .zone = settings->organisation.zone});
}

static int open_contacts(struct source_parse *parse, const struct source *source)
{
    const struct source_context *context = &parse->context;
    const struct settings *settings = context->settings;
    parse->contact_options = (struct contact_options){.source = source->label,
                                                      .list = &settings->contacts[source->index],
                                                      .language = settings->organisation.language,
                                                      .zone = settings->organisation.zone,
                                                      .zones = context->zones,
                                                      .locale = context->locale,
                                                      .on_passed = on_passed,
                                                      .context = context->spent};
    return contact_reader_open(parse->arena, buf_text(context->spent), &parse->contact_options,
                               parse->flaws, &parse->contacts);
}

static int compare_days(const void *a, const void *b)
{
    return civil_date_compare(*(const struct civil_date *)a, *(const struct civil_date *)b);
}

/* The all-day occurrences of the calendar are the closed days. */
static int end_holidays(struct source_parse *parse, const struct feed *feed, struct source *source)
{
    struct arena *arena = parse->arena;
    struct instant now = parse->context.now;
    struct occurrences occurrences = {0};
    int r = expansion_run(arena, feed, instant_add(now, -400 * USEC_PER_DAY),
                          instant_add(now, 1500 * USEC_PER_DAY), parse->flaws, &occurrences);
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
    source->holidays = (struct holiday_calendar){
        .country = parse->context.settings->holidays[source->index].country,
        .days = days,
        .count = count};
    return 0;
}

static int end_calendar(struct source_parse *parse, const struct feed *feed, struct source *source)
{
    int r = feed_visit(feed, FEED_VISIT_MARKED, check_mark,
                       &(struct mark_check){parse->context.settings, parse->flaws});
    if (!r)
        source->feed = feed;
    return r;
}

static int step_feed(struct source_parse *parse, size_t max_bytes, struct source *source,
                     bool *ret_is_done)
{
    struct feed *feed;
    int r = feed_step(parse->feed, max_bytes, &feed, ret_is_done);
    if (r || !*ret_is_done)
        return r;
    return source->kind == SOURCE_CALENDAR ? end_calendar(parse, feed, source)
                                           : end_holidays(parse, feed, source);
}

static int step_contacts(struct source_parse *parse, size_t max_bytes, struct source *source,
                         bool *ret_is_done)
{
    struct contact_rows rows = {0};
    struct contact_guess guess = {0};
    int r = contact_reader_step(parse->contacts, max_bytes, &rows, &guess, ret_is_done);
    if (!r && *ret_is_done) {
        source->rows = rows;
        source->guess = guess;
    }
    return r;
}

int source_parse_open(const struct source_context *context, const struct source *source,
                      struct arena *arena, struct flaws *flaws, struct source_parse **ret)
{
    struct source_parse *parse = calloc(1, sizeof *parse);
    if (!parse)
        return -ENOMEM;
    *parse = (struct source_parse){.context = *context, .arena = arena, .flaws = flaws};
    int r = source->kind == SOURCE_CALENDAR   ? open_calendar(parse, source)
            : source->kind == SOURCE_CONTACTS ? open_contacts(parse, source)
                                              : open_holidays(parse, source);
    if (r)
        source_parse_close(parse);
    else
        *ret = parse;
    return r;
}

int source_parse_step(struct source_parse *parse, size_t max_bytes, struct source *source,
                      bool *ret_is_done)
{
    return parse->feed ? step_feed(parse, max_bytes, source, ret_is_done)
                       : step_contacts(parse, max_bytes, source, ret_is_done);
}

struct source_parse *source_parse_close(struct source_parse *parse)
{
    if (!parse)
        return NULL;
    feed_close(parse->feed);
    contact_reader_close(parse->contacts);
    free(parse);
    return NULL;
}
