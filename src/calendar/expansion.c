/* SPDX-License-Identifier: MIT */
#include "calendar/expansion.h"

#include <errno.h>
#include <stdlib.h>

#include "calendar/series.h"

enum { SCRATCH_BYTES_MAX = 256 << 20, SERIES_SHARE = 4 /* so many without any are like one */ };

struct expansion {
    struct arena *arena, *scratch;
    const struct feed *feed;
    struct series_window window;
    size_t at; /* next series */
    struct occurrences found;
};

struct place {
    int64_t start_usec;
    const struct occurrence *occurrence;
};

static int compare_places(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->start_usec != y->start_usec)
        return x->start_usec < y->start_usec ? -1 : 1;
    return strcmp(x->occurrence->key, y->occurrence->key);
}

/* By start, then key; into the arena. */
static int sort(struct expansion *expansion, struct occurrences *ret)
{
    const struct occurrences *list = &expansion->found;
    *ret = (struct occurrences){0};
    if (list->count == 0)
        return 0;
    struct place *places = malloc(list->count * sizeof *places);
    struct occurrence *sorted = arena_alloc_array(expansion->arena, list->count, sizeof *sorted);
    if (!places || !sorted) {
        free(places);
        return -ENOMEM;
    }
    for (size_t i = 0; i < list->count; i++)
        places[i] = (struct place){
            when_start(&list->items[i].when, expansion->window.zone).utc_usec, &list->items[i]};
    qsort(places, list->count, sizeof *places, compare_places);
    for (size_t i = 0; i < list->count; i++)
        sorted[i] = *places[i].occurrence;
    free(places);
    *ret = (struct occurrences){sorted, list->count, list->count};
    return 0;
}

int expansion_open(struct arena *arena, const struct feed *feed, struct instant from,
                   struct instant until, struct flaws *flaws, struct expansion **ret)
{
    struct expansion *expansion = calloc(1, sizeof *expansion);
    if (!expansion)
        return -ENOMEM;
    *expansion = (struct expansion){.arena = arena,
                                    .scratch = arena_new(SCRATCH_BYTES_MAX),
                                    .feed = feed,
                                    .window = {.from = from,
                                               .until = until,
                                               .alone_until = until,
                                               .zone = feed_zone(feed),
                                               .steps_left = INT64_C(60000000),
                                               .instances_left = INT64_C(2000000),
                                               .flaws = flaws}};
    if (!expansion->scratch) {
        expansion_close(expansion);
        return -ENOMEM;
    }
    *ret = expansion;
    return 0;
}

void expansion_look_ahead(struct expansion *expansion, struct instant alone_until)
{
    expansion->window.alone_until = instant_max(expansion->window.until, alone_until);
}

int expansion_step(struct expansion *expansion, size_t max, struct occurrences *ret,
                   bool *ret_is_done)
{
    struct occurrences *found = &expansion->found;
    size_t count, before = found->count, from = expansion->at;
    const struct series *series = feed_series(expansion->feed, &count);
    int r = 0;
    bool is_found = from == count;
    while (!r && expansion->at < count &&
           found->count - before + (expansion->at - from) / SERIES_SHARE < max)
        r = series_expand(expansion->arena, expansion->scratch, &series[expansion->at++],
                          &expansion->window, found);
    /* Sorting looks at all of them: a step of its own, unless they are few. */
    *ret_is_done = !r && expansion->at == count && (is_found || found->count < max);
    return *ret_is_done ? sort(expansion, ret) : r;
}

struct expansion *expansion_close(struct expansion *expansion)
{
    if (!expansion)
        return NULL;
    arena_free(expansion->scratch);
    free(expansion->found.items);
    free(expansion);
    return NULL;
}

int expansion_run(struct arena *arena, const struct feed *feed, struct instant from,
                  struct instant until, struct flaws *flaws, struct occurrences *ret)
{
    struct expansion *expansion = NULL;
    bool is_done = false;
    int r = expansion_open(arena, feed, from, until, flaws, &expansion);
    while (!r && !is_done)
        r = expansion_step(expansion, SIZE_MAX, ret, &is_done);
    expansion_close(expansion);
    return r;
}
