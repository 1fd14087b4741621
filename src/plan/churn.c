/* SPDX-License-Identifier: MIT */
/* Both sides are sorted by title and time; a title's group is then small, and is paired in rounds,
 * the surest likeness first. Then the same by UID with those that are left. Cancelled ones take no
 * part: they tell for themselves.                                                                */
#include "plan/churn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/unicode.h"

enum { SERIES_DAYS_MAX = 31 };

struct candidate {
    const char *name; /* of its group */
    const struct sighting *sighting;
    size_t index;
    bool is_late;
    bool *is_taken;
};
typedef bool likeness(const struct candidate *gone, const struct candidate *fresh);

/* One of the two lists to be paired. */
struct pool {
    const struct sighting *items;
    size_t count, lately;
    bool *is_taken;
};

struct side {
    struct candidate *items;
    size_t count;
};

static int64_t day_of(const struct candidate *c)
{
    return civil_date_to_days(when_day(&c->sighting->facts->when));
}

static int64_t moment_of(const struct candidate *c)
{
    const struct when *when = &c->sighting->facts->when;
    return when->is_all_day ? civil_date_to_days(when->first_day) * USEC_PER_DAY
                            : when->start.utc_usec;
}

static int compare_candidates(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    if (!order)
        order = (moment_of(x) > moment_of(y)) - (moment_of(x) < moment_of(y));
    return order ? order : strcmp(x->sighting->occurrence, y->sighting->occurrence);
}

static const char *any_title(const struct words *summary)
{
    const char *title = summary->any;
    for (int i = 0; i < LANGUAGE_COUNT && !title; i++)
        title = summary->in[i];
    return title;
}

/* *ret: NULL without a title. */
static int fold_title(struct arena *arena, const struct words *summary, const char **ret)
{
    const char *title = any_title(summary);
    *ret = NULL;
    if (string_is_empty(title))
        return 0;
    *ret = unicode_fold_loose(arena, text_of(title));
    return *ret ? 0 : -ENOMEM;
}

/* *ret: the size of UID in "UID" and in "UID/RECURRENCE-ID"; a UID may hold slashes, too. */
static size_t uid_size(const char *key)
{
    enum { DATE_SIZE = 8, INSTANT_SIZE = 16 };
    const char *slash = strrchr(key, '/');
    size_t size = strlen(key), digits = slash ? strspn(slash + 1, "0123456789") : 0;
    size_t rest = slash ? strlen(slash + 1) : 0;
    bool is_id = digits == DATE_SIZE && (rest == DATE_SIZE || rest == INSTANT_SIZE);
    return is_id ? size - rest - 1 : size;
}

typedef int name_of(struct arena *arena, const struct sighting *sighting, const char **ret);

static int title_of(struct arena *arena, const struct sighting *sighting, const char **ret)
{
    return fold_title(arena, &sighting->facts->summary, ret);
}

static int uid_of(struct arena *arena, const struct sighting *sighting, const char **ret)
{
    *ret = arena_copy(arena, sighting->occurrence, uid_size(sighting->occurrence));
    return *ret ? 0 : -ENOMEM;
}

/* Those that are not taken and have a name. */
static int side_of(struct arena *arena, const struct pool *pool, name_of *name, struct side *ret)
{
    ret->count = 0;
    ret->items = arena_alloc_array(arena, pool->count + 1, sizeof *ret->items);
    if (!ret->items)
        return -ENOMEM;
    for (size_t i = 0; i < pool->count; i++) {
        struct candidate candidate = {.sighting = &pool->items[i],
                                      .index = i,
                                      .is_late = i >= pool->lately,
                                      .is_taken = &pool->is_taken[i]};
        if (pool->is_taken[i])
            continue;
        if (name(arena, candidate.sighting, &candidate.name))
            return -ENOMEM;
        if (candidate.name)
            ret->items[ret->count++] = candidate;
    }
    if (ret->count)
        qsort(ret->items, ret->count, sizeof *ret->items, compare_candidates);
    return 0;
}

static bool is_cancelled(const struct candidate *c)
{
    return c->sighting->facts->state == EVENT_CANCELLED;
}

/* What was cancelled is not what takes place in its stead. */
static bool is_same_end(const struct candidate *a, const struct candidate *b)
{
    return is_cancelled(a) == is_cancelled(b);
}

static bool has_same_time(const struct candidate *a, const struct candidate *b)
{
    return when_equal(&a->sighting->facts->when, &b->sighting->facts->when);
}

static bool is_same_time(const struct candidate *a, const struct candidate *b)
{
    return is_same_end(a, b) && has_same_time(a, b);
}

static bool is_same_day(const struct candidate *a, const struct candidate *b)
{
    return is_same_end(a, b) && day_of(a) == day_of(b);
}

static bool is_same_series(const struct candidate *a, const struct candidate *b)
{
    const char *x = a->sighting->occurrence, *y = b->sighting->occurrence;
    const char *x_end = strrchr(x, '/'), *y_end = strrchr(y, '/');
    int64_t days = day_of(b) - day_of(a);
    return is_same_end(a, b) && !a->is_late && x_end && y_end && x_end - x == y_end - y &&
           memcmp(x, y, (size_t)(x_end - x)) == 0 && days <= SERIES_DAYS_MAX &&
           days >= -SERIES_DAYS_MAX;
}

/* Nothing took its place, but it is there again to say that it is off. */
static bool is_called_off(const struct candidate *a, const struct candidate *b)
{
    return !is_cancelled(a) && is_cancelled(b) && has_same_time(a, b);
}

/* Moments ascend on both sides, so the search for one starts within reach of the last. */
static int pair_group(struct arena *arena, struct side gone, struct side fresh,
                      likeness *const *likenesses, struct churn_pairs *ret)
{
    for (size_t round = 0; likenesses[round]; round++) {
        size_t from = 0;
        for (size_t i = 0; i < gone.count; i++) {
            if (*gone.items[i].is_taken)
                continue;
            while (from < fresh.count &&
                   day_of(&fresh.items[from]) < day_of(&gone.items[i]) - SERIES_DAYS_MAX)
                from++;
            for (size_t k = from; k < fresh.count; k++) {
                if (day_of(&fresh.items[k]) > day_of(&gone.items[i]) + SERIES_DAYS_MAX)
                    break;
                if (*fresh.items[k].is_taken || !likenesses[round](&gone.items[i], &fresh.items[k]))
                    continue;
                struct churn_pair *pair = list_add(arena, ret);
                if (!pair)
                    return -ENOMEM;
                *pair = (struct churn_pair){gone.items[i].index, fresh.items[k].index};
                *gone.items[i].is_taken = *fresh.items[k].is_taken = true;
                break;
            }
        }
    }
    return 0;
}

static struct side group_at(const struct side *side, size_t start)
{
    size_t end = start;
    while (end < side->count && strcmp(side->items[end].name, side->items[start].name) == 0)
        end++;
    return (struct side){side->items + start, end - start};
}

static int pair_by(struct arena *arena, name_of *name, likeness *const *likenesses,
                   const struct pool *gone, const struct pool *fresh, struct churn_pairs *ret)
{
    struct side old, new;
    int r = side_of(arena, gone, name, &old);
    r = r ? r : side_of(arena, fresh, name, &new);
    for (size_t i = 0, k = 0; !r && i < old.count && k < new.count;) {
        int order = strcmp(old.items[i].name, new.items[k].name);
        struct side a = group_at(&old, i), b = group_at(&new, k);
        if (order == 0)
            r = pair_group(arena, a, b, likenesses, ret);
        i += order <= 0 ? a.count : 0;
        k += order >= 0 ? b.count : 0;
    }
    return r;
}

/* Another hour renames all instances of a series; its title may have been edited with it. */
int churn_pair(struct arena *arena, const struct sighting *gone, size_t gone_count, size_t lately,
               const struct sighting *fresh, size_t fresh_count, struct churn_pairs *ret)
{
    static likeness *const of_title[] = {is_same_time, is_same_day, is_same_series, is_called_off,
                                         NULL},
                           *const of_uid[] = {is_same_day, NULL};
    bool *is_taken = arena_alloc_array(arena, gone_count + fresh_count + 1, sizeof *is_taken);
    const struct pool old = {gone, gone_count, lately, is_taken},
                      new = {fresh, fresh_count, fresh_count, is_taken + gone_count};
    *ret = (struct churn_pairs){0};
    if (!gone_count || !fresh_count)
        return 0;
    if (!is_taken)
        return -ENOMEM;
    int r = pair_by(arena, title_of, of_title, &old, &new, ret);
    return r ? r : pair_by(arena, uid_of, of_uid, &old, &new, ret);
}

static int compare_titles(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int churn_find_titles(struct arena *arena, const struct sighting *gone, size_t gone_count,
                      const struct words *titles, size_t title_count, bool *ret_has)
{
    const char **folded = arena_alloc_array(arena, title_count + 1, sizeof *folded), *title;
    size_t count = 0;
    int r = folded ? 0 : -ENOMEM;
    for (size_t i = 0; !r && i < title_count; i++) {
        r = fold_title(arena, &titles[i], &folded[count]);
        count += !r && folded[count];
    }
    if (!r && count)
        qsort(folded, count, sizeof *folded, compare_titles);
    for (size_t i = 0; !r && i < gone_count; i++) {
        r = fold_title(arena, &gone[i].facts->summary, &title);
        ret_has[i] =
            !r && title && count && bsearch(&title, folded, count, sizeof *folded, compare_titles);
    }
    return r;
}
