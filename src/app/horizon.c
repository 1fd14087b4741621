/* SPDX-License-Identifier: MIT */
#include "app/horizon.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "plan/match.h"

enum {
    WINDOW_BACK_DAYS = 60,   /* at least, for late news of the past; more when a step comes later */
    WINDOW_AHEAD_DAYS = 460, /* at least; more when a step reaches further. Of what recurs: an event
                                that was put off by years is news at once */
    WINDOW_SLACK_DAYS = 30,
    BEYOND_DAYS = 10 * 366,
};
static const size_t arena_max_bytes = (size_t)2 << 30;

LIST_TYPE(vieweds, struct viewed);

struct view {
    struct arena *arena; /* NULL: there is none */
    struct vieweds items;
    size_t *by_start;
    struct instant anchor; /* the `now` of its expansion */
    uint64_t generations;  /* sum over calendars */
};

enum phase { PHASE_EXPAND, PHASE_SORT, PHASE_ORDER, PHASE_DONE };

/* A view on its way. */
struct making {
    struct view view;
    enum phase phase;
    struct instant from, until;
    size_t source; /* under way */
    struct flaws flaws;
    struct expansion *expansion; /* of it; NULL: not begun, or done */
    struct occurrences found;    /* then */
    size_t at;                   /* the next of them */
};

struct horizon {
    const struct settings *settings;
    struct sources *sources;
    int64_t slack_usec;
    struct view view;
    struct making making;
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

static void drop_making(struct horizon *horizon)
{
    expansion_close(horizon->making.expansion);
    arena_free(horizon->making.view.arena);
    horizon->making = (struct making){0};
}

struct horizon *horizon_free(struct horizon *horizon)
{
    if (horizon) {
        drop_making(horizon);
        arena_free(horizon->view.arena);
    }
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

/* What is over is kept as long as a step may speak of it. */
static int64_t back_usec(const struct settings *settings)
{
    int64_t back = (int64_t)WINDOW_BACK_DAYS * USEC_PER_DAY;
    for (size_t i = 0; i < settings->rule_count; i++)
        for (size_t j = 0; j < settings->rules[i].step_count; j++) {
            const struct step_settings *step = &settings->rules[i].steps[j];
            int64_t need = span_rough_usec(step->offset) + span_rough_usec(step->useful) +
                           2 * WINDOW_SLACK_DAYS * USEC_PER_DAY;
            if (step->is_after && need > back)
                back = need;
        }
    return back;
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

static int order_by_start(const struct horizon *horizon, struct view *view)
{
    size_t count = view->items.count;
    struct turn *turns = arena_alloc_array(view->arena, count + 1, sizeof *turns);
    view->by_start = arena_alloc_array(view->arena, count + 1, sizeof *view->by_start);
    if (!turns || !view->by_start)
        return -ENOMEM;
    const struct zone *zone = horizon->settings->organisation.zone;
    for (size_t i = 0; i < count; i++)
        turns[i] = (struct turn){.start = when_start(&view->items.items[i].occurrence->when, zone),
                                 .item = i};
    if (count)
        qsort(turns, count, sizeof *turns, compare_turns);
    for (size_t i = 0; i < count; i++)
        view->by_start[i] = turns[i].item;
    return 0;
}

/* By key; of those that several calendars have, the first. */
static void sort_by_key(struct vieweds *items)
{
    size_t kept = 0;
    if (items->count)
        qsort(items->items, items->count, sizeof *items->items, compare_viewed);
    for (size_t i = 0; i < items->count; i++)
        if (!kept ||
            strcmp(items->items[kept - 1].occurrence->key, items->items[i].occurrence->key))
            items->items[kept++] = items->items[i];
    items->count = kept;
}

static int view_one(const struct horizon *horizon, struct making *making,
                    const struct occurrence *occurrence)
{
    struct arena *arena = making->view.arena;
    struct viewed *viewed = list_add(arena, &making->view.items);
    if (!viewed)
        return -ENOMEM;
    *viewed = (struct viewed){.occurrence = occurrence, .source = making->source};
    if (!match_any(horizon->settings, occurrence))
        return 0;
    struct facts *facts = arena_alloc(arena, sizeof *facts);
    int r = facts ? facts_of(arena, occurrence, facts) : -ENOMEM;
    viewed->facts = facts;
    return r;
}

static int open_source(struct making *making, const struct source *source)
{
    flaws_init(&making->flaws, making->view.arena, source->label);
    making->found = (struct occurrences){0};
    making->at = 0;
    int r = expansion_open(making->view.arena, source->feed, making->from, making->until,
                           &making->flaws, &making->expansion);
    if (!r)
        expansion_look_ahead(making->expansion,
                             instant_add(making->from, BEYOND_DAYS * USEC_PER_DAY));
    return r;
}

/* A part of the calendar under way: its occurrences are found, then viewed. */
static int step_source(const struct horizon *horizon, struct making *making, size_t max)
{
    const struct source *source = sources_at(horizon->sources, making->source);
    bool is_done = false;
    int r = 0;
    if (!source->feed) {
        making->source++;
        return 0;
    }
    if (!making->expansion && !making->found.items)
        r = open_source(making, source);
    if (!r && making->expansion) {
        r = expansion_step(making->expansion, max, &making->found, &is_done);
        if (is_done)
            making->expansion = expansion_close(making->expansion);
    }
    for (; !r && making->at < making->found.count && max; making->at++, max--)
        r = view_one(horizon, making, &making->found.items[making->at]);
    if (!r && !making->expansion && making->at == making->found.count) {
        making->found = (struct occurrences){0};
        making->source++;
    }
    return r;
}

static bool is_fresh(const struct horizon *horizon, const struct view *view, struct instant now)
{
    int64_t slid = instant_diff(now, view->anchor);
    return view->arena && view->generations == calendar_generations(horizon->sources) &&
           slid < horizon->slack_usec && slid > -WINDOW_SLACK_DAYS * USEC_PER_DAY;
}

static int begin_making(struct horizon *horizon, struct instant now)
{
    struct making *making = &horizon->making;
    drop_making(horizon);
    making->view = (struct view){.arena = arena_new(arena_max_bytes),
                                 .anchor = now,
                                 .generations = calendar_generations(horizon->sources)};
    making->from = instant_add(now, -back_usec(horizon->settings));
    making->until = instant_add(now, reach_usec(horizon->settings) + horizon->slack_usec);
    return making->view.arena ? 0 : -ENOMEM;
}

static int step(struct horizon *horizon, size_t max)
{
    struct making *making = &horizon->making;
    switch (making->phase) {
    case PHASE_EXPAND:
        if (making->source < sources_count(horizon->sources))
            return step_source(horizon, making, max);
        making->phase = PHASE_SORT;
        break;
    case PHASE_SORT:
        sort_by_key(&making->view.items);
        making->phase = PHASE_ORDER;
        break;
    case PHASE_ORDER:
        making->phase = PHASE_DONE;
        return order_by_start(horizon, &making->view);
    case PHASE_DONE:
        break;
    }
    return 0;
}

int horizon_prepare(struct horizon *horizon, struct instant now, size_t max, bool *ret_is_done)
{
    struct making *making = &horizon->making;
    int r = 0;
    *ret_is_done = is_fresh(horizon, &horizon->view, now);
    if (*ret_is_done)
        return 0;
    if (!is_fresh(horizon, &making->view, now))
        r = begin_making(horizon, now);
    /* Few occurrences are one step, as all are without a limit. */
    do
        r = r ? r : step(horizon, max);
    while (!r && making->phase != PHASE_DONE && making->view.items.count < max &&
           !making->expansion);
    if (r)
        drop_making(horizon);
    *ret_is_done = making->phase == PHASE_DONE;
    return r;
}

int horizon_refresh(struct horizon *horizon, struct instant now, bool *ret_changed)
{
    bool is_done = false;
    int r = 0;
    if (ret_changed)
        *ret_changed = !is_fresh(horizon, &horizon->view, now);
    while (!r && !is_done)
        r = horizon_prepare(horizon, now, SIZE_MAX, &is_done);
    if (r || is_fresh(horizon, &horizon->view, now))
        return r;
    arena_free(horizon->view.arena);
    horizon->view = horizon->making.view;
    horizon->making = (struct making){0};
    return 0;
}

const struct viewed *horizon_items(const struct horizon *horizon, size_t *ret_count)
{
    *ret_count = horizon->view.items.count;
    return horizon->view.items.items;
}

const size_t *horizon_by_start(const struct horizon *horizon)
{
    return horizon->view.by_start;
}

static int compare_key(const void *key, const void *item)
{
    return strcmp(key, ((const struct viewed *)item)->occurrence->key);
}

const struct viewed *horizon_find(const struct horizon *horizon, const char *key)
{
    const struct vieweds *items = &horizon->view.items;
    return items->count
               ? bsearch(key, items->items, items->count, sizeof *items->items, compare_key)
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

int horizon_open_far(const struct horizon *horizon, struct arena *arena, size_t source,
                     struct instant now, struct flaws *flaws, struct expansion **ret)
{
    const struct source *s = sources_at(horizon->sources, source);
    flaws_init(flaws, arena, s->label);
    return expansion_open(arena, s->feed, instant_add(now, -BEYOND_DAYS * USEC_PER_DAY),
                          instant_add(now, BEYOND_DAYS * USEC_PER_DAY), flaws, ret);
}
