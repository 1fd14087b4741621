/* SPDX-License-Identifier: MIT */
#include "app/horizon.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "calendar/expansion.h"
#include "plan/match.h"

enum {
    WINDOW_BACK_DAYS = 60,   /* for thanks after a long conference, and late news of the past */
    WINDOW_AHEAD_DAYS = 460, /* at least; more when a step reaches further */
    WINDOW_SLACK_DAYS = 30,
    BEYOND_DAYS = 10 * 366,
};
static const size_t arena_max_bytes = (size_t)2 << 30;

struct horizon {
    const struct settings *settings;
    struct sources *sources;
    int64_t slack_usec;
    struct arena *arena;
    struct viewed *items;
    size_t *by_start;
    size_t count;
    struct instant anchor; /* the `now` of the last expansion */
    uint64_t generations;  /* sum over calendars */
    bool is_expanded;
};

int horizon_new(const struct settings *settings, struct sources *sources, int slack_days,
                struct horizon **ret)
{
    struct horizon *horizon = calloc(1, sizeof *horizon);
    if (!horizon)
        return -ENOMEM;
    horizon->settings = settings;
    horizon->sources = sources;
    horizon->slack_usec = (slack_days ? slack_days : WINDOW_SLACK_DAYS) * USEC_PER_DAY;
    *ret = horizon;
    return 0;
}

struct horizon *horizon_free(struct horizon *horizon)
{
    if (horizon)
        arena_free(horizon->arena);
    free(horizon);
    return NULL;
}

static int64_t reach_usec(const struct settings *settings)
{
    int64_t reach = (int64_t)WINDOW_AHEAD_DAYS * USEC_PER_DAY;
    for (size_t i = 0; i < settings->rule_count; i++)
        for (size_t j = 0; j < settings->rules[i].step_count; j++) {
            const struct step_settings *step = &settings->rules[i].steps[j];
            int64_t need = span_rough_usec(step->offset) + 2 * WINDOW_SLACK_DAYS * USEC_PER_DAY;
            if (!step->is_after && need > reach)
                reach = need;
        }
    for (size_t i = 0; i < settings->newsletter_count; i++) {
        int64_t covers = span_rough_usec(settings->newsletters[i].covers);
        int64_t need = covers + covers / 4 + 2 * WINDOW_SLACK_DAYS * USEC_PER_DAY;
        reach = need > reach ? need : reach;
    }
    return reach;
}

static uint64_t calendar_generations(const struct sources *sources)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < sources_count(sources); i++) {
        const struct source *source = sources_at(sources, i);
        if (source->kind == SOURCE_CALENDAR)
            sum += source->generation;
    }
    return sum;
}

static int compare_viewed(const void *a, const void *b)
{
    const struct viewed *x = a, *y = b;
    int order = strcmp(x->occurrence->key, y->occurrence->key);
    return order ? order : (x->source > y->source) - (x->source < y->source);
}

LIST_TYPE(vieweds, struct viewed);

/* All-day events begin as the organisation's day does. */
struct turn {
    struct instant start;
    size_t item;
};

static int compare_turns(const void *a, const void *b)
{
    const struct turn *x = a, *y = b;
    int order = instant_compare(x->start, y->start);
    return order ? order : (x->item > y->item) - (x->item < y->item);
}

static int order_by_start(const struct horizon *horizon, struct arena *arena,
                          const struct viewed *items, size_t count, size_t **ret)
{
    struct turn *turns = arena_alloc_array(arena, count + 1, sizeof *turns);
    *ret = arena_alloc_array(arena, count + 1, sizeof **ret);
    if (!turns || !*ret)
        return -ENOMEM;
    const struct zone *zone = horizon->settings->organisation.zone;
    for (size_t i = 0; i < count; i++)
        turns[i] = (struct turn){.start = when_start(&items[i].occurrence->when, zone), .item = i};
    if (count)
        qsort(turns, count, sizeof *turns, compare_turns);
    for (size_t i = 0; i < count; i++)
        (*ret)[i] = turns[i].item;
    return 0;
}

static int view_source(struct horizon *horizon, struct arena *arena, size_t i, struct instant from,
                       struct instant until, struct vieweds *items)
{
    const struct source *source = sources_at(horizon->sources, i);
    struct occurrences occurrences = {0};
    struct flaws flaws;
    flaws_init(&flaws, arena, source->location);
    int r = expansion_run(arena, source->feed, from, until, &flaws, &occurrences);
    if (r)
        return r;
    for (size_t k = 0; k < occurrences.count; k++) {
        const struct occurrence *occurrence = &occurrences.items[k];
        struct viewed *viewed = list_add(arena, items);
        if (!viewed)
            return -ENOMEM;
        *viewed = (struct viewed){.occurrence = occurrence, .source = i};
        if (!match_any(horizon->settings, occurrence))
            continue;
        struct facts *facts = arena_alloc(arena, sizeof *facts);
        r = facts ? facts_of(arena, occurrence, facts) : -ENOMEM;
        if (r)
            return r;
        viewed->facts = facts;
    }
    return 0;
}

int horizon_refresh(struct horizon *horizon, struct instant now, bool *ret_changed)
{
    uint64_t generations = calendar_generations(horizon->sources);
    int64_t slid = horizon->is_expanded ? instant_diff(now, horizon->anchor) : 0;
    bool is_fresh = horizon->is_expanded && generations == horizon->generations &&
                    slid < horizon->slack_usec && slid > -WINDOW_SLACK_DAYS * USEC_PER_DAY;
    if (ret_changed)
        *ret_changed = !is_fresh;
    if (is_fresh)
        return 0;

    struct arena *arena = arena_new(arena_max_bytes);
    struct vieweds items = {0};
    struct instant from = instant_add(now, -WINDOW_BACK_DAYS * USEC_PER_DAY);
    struct instant until = instant_add(now, reach_usec(horizon->settings) + horizon->slack_usec);
    int r = arena ? 0 : -ENOMEM;
    for (size_t i = 0; !r && i < sources_count(horizon->sources); i++)
        if (sources_at(horizon->sources, i)->feed)
            r = view_source(horizon, arena, i, from, until, &items);
    if (r) {
        arena_free(arena);
        return r;
    }
    if (items.count)
        qsort(items.items, items.count, sizeof *items.items, compare_viewed);
    size_t kept = 0;
    for (size_t i = 0; i < items.count; i++)
        if (!kept || strcmp(items.items[kept - 1].occurrence->key, items.items[i].occurrence->key))
            items.items[kept++] = items.items[i];
    size_t *by_start;
    r = order_by_start(horizon, arena, items.items, kept, &by_start);
    if (r) {
        arena_free(arena);
        return r;
    }

    arena_free(horizon->arena);
    horizon->arena = arena;
    horizon->items = items.items;
    horizon->by_start = by_start;
    horizon->count = kept;
    horizon->anchor = now;
    horizon->generations = generations;
    horizon->is_expanded = true;
    return 0;
}

const struct viewed *horizon_items(const struct horizon *horizon, size_t *ret_count)
{
    *ret_count = horizon->count;
    return horizon->items;
}

const size_t *horizon_by_start(const struct horizon *horizon)
{
    return horizon->by_start;
}

static int compare_key(const void *key, const void *item)
{
    return strcmp(key, ((const struct viewed *)item)->occurrence->key);
}

const struct viewed *horizon_find(const struct horizon *horizon, const char *key)
{
    return horizon->count
               ? bsearch(key, horizon->items, horizon->count, sizeof *horizon->items, compare_key)
               : NULL;
}

int horizon_facts(struct arena *arena, const struct viewed *viewed, const struct facts **ret)
{
    *ret = viewed->facts;
    if (viewed->facts)
        return 0;
    struct facts *facts = arena_alloc(arena, sizeof *facts);
    *ret = facts;
    return facts ? facts_of(arena, viewed->occurrence, facts) : -ENOMEM;
}

int horizon_is_beyond(const struct horizon *horizon, size_t source, const char *const *keys,
                      size_t count, struct instant now, bool *ret_found)
{
    const struct source *s = sources_at(horizon->sources, source);
    memset(ret_found, 0, count * sizeof *ret_found);
    if (!s->feed || !count)
        return 0;
    CLEANUP_ARENA struct arena *arena = arena_new(arena_max_bytes);
    struct occurrences occurrences = {0};
    struct flaws flaws;
    if (!arena)
        return -ENOMEM;
    flaws_init(&flaws, arena, s->location);
    int r = expansion_run(arena, s->feed, instant_add(now, -BEYOND_DAYS * USEC_PER_DAY),
                          instant_add(now, BEYOND_DAYS * USEC_PER_DAY), &flaws, &occurrences);
    if (r)
        return r;
    for (size_t i = 0; i < occurrences.count; i++)
        for (size_t k = 0; k < count; k++)
            ret_found[k] |= strcmp(occurrences.items[i].key, keys[k]) == 0;
    return 0;
}
