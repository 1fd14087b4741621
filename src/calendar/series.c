/* SPDX-License-Identifier: MIT */
/* The set of one UID:
 *   instances = DTSTART + every RRULE + every RDATE, each once by instant (or day)
 *             - EXDATE and EXRULE, which take overrides with them
 *   each instance that an override names is replaced by it; an override that names none is kept
 *   (its rule may have been shortened since); after an override with RANGE=THISANDFUTURE the later
 *   instances take its words, its length and its shift on the wall clock.
 *
 * Rules run on the wall clock of DTSTART and each instance becomes an instant by itself: one in a
 * gap moves by the gap, one that occurs twice is the first, and a meeting at nine stays at nine. */
#include "calendar/series.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "calendar/master.h"
#include "calendar/repetition.h"
#include "calendar/stepper.h"

enum { DAY_SEC = 86400, MARGIN_SEC = 2 * DAY_SEC, SERIES_STEPS_MAX = 3000000 };

/* One instance as the rules put it. */
struct instance {
    int64_t key; /* its identity: seconds UTC, or days */
    int64_t wall_sec;
    const struct zone *zone;
    const struct extra *extra; /* an RDATE with a length of its own */
};
LIST_TYPE(instances, struct instance);

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static struct instant to_instant(const struct zone *zone, int64_t wall_sec, enum zone_fit *fit)
{
    return zone_to_instant(zone, civil_time_from_sec(wall_sec), fit);
}

/* Which instance an override means, in the terms of the master. */
static void bind_id(struct component *override, const struct component *master,
                    const struct zone *zone)
{
    struct replaced *id = override->replaces;
    bool is_day = master ? master->is_date : id->is_date;
    int64_t sec = id->sec;
    const struct zone *id_zone = id->zone;
    if (is_day) {
        bool is_midnight = sec % DAY_SEC == 0;
        if (id_zone && text_is(text_of(zone_name(id_zone)), "UTC") && !is_midnight)
            sec = civil_time_to_sec(zone_to_civil(zone, to_instant(id_zone, sec, NULL)));
        id->id = (struct recurrence_id){.kind = RECURRENCE_DATE,
                                        .date = civil_date_from_days(floor_div(sec, DAY_SEC))};
        return;
    }
    if (id->is_date) /* that day, at the master's hour */
        sec += master->start_sec - floor_div(master->start_sec, DAY_SEC) * DAY_SEC;
    if (!id_zone)
        id_zone = master ? master->zone : override->zone;
    id->id = (struct recurrence_id){.kind = RECURRENCE_INSTANT,
                                    .instant = to_instant(id_zone, sec, NULL)};
}

static int64_t key_of(struct recurrence_id id)
{
    return id.kind == RECURRENCE_DATE ? civil_date_to_days(id.date) : instant_sec(id.instant);
}

static int compare_overrides(const void *a, const void *b)
{
    const struct component *x = *(struct component *const *)a, *y = *(struct component *const *)b;
    int64_t key_x = key_of(x->replaces->id), key_y = key_of(y->replaces->id);
    if (key_x != key_y)
        return key_x < key_y ? -1 : 1;
    if (x == y)
        return 0;
    return master_is_newer(x, y) ? -1 : 1;
}

void series_assemble(struct component **components, size_t count, const struct zone *zone,
                     struct flaws *flaws, struct series *ret)
{
    size_t overrides = count;
    struct component *master = master_take(components, &overrides, flaws);
    for (size_t i = 0; i < overrides; i++)
        bind_id(components[i], master, zone);
    qsort(components, overrides, sizeof *components, compare_overrides);
    size_t kept = 0;
    for (size_t i = 0; i < overrides; i++)
        if (kept == 0 ||
            key_of(components[i]->replaces->id) != key_of(components[kept - 1]->replaces->id))
            components[kept++] = components[i];
    *ret = (struct series){master, components, kept};
}

/* What expansion works with. */
struct expansion {
    struct arena *arena, *scratch;
    const struct series *series;
    struct series_window *window;
    struct occurrences *occurrences;
    struct instances instances;
    int64_t steps_left; /* of this series */
    bool is_capped;
    const struct component *opened; /* the last one that an occurrence was made of … */
    const struct event *event;      /* … and what it says */
};

static struct when when_of(const struct component *c, int64_t wall_sec, const struct zone *zone,
                           struct length length)
{
    struct when when = {.is_all_day = c->is_date};
    if (c->is_date) {
        int64_t day = floor_div(wall_sec, DAY_SEC);
        when.first_day = civil_date_from_days(day);
        when.end_day = civil_date_from_days(day + length.wall_sec / DAY_SEC);
        return when;
    }
    enum zone_fit fit;
    when.zone = zone;
    when.start = when.end = to_instant(zone, wall_sec, &fit);
    if (fit == ZONE_FIT_GAP)
        wall_sec = civil_time_to_sec(zone_to_civil(zone, when.start));
    if (length.wall_sec > 0)
        when.end = to_instant(zone, wall_sec + length.wall_sec, NULL);
    when.end = instant_add(when.end, length.exact_sec * USEC_PER_SEC);
    if (instant_before(when.end, when.start))
        when.end = when.start;
    return when;
}

static bool overlaps(const struct series_window *window, const struct when *when,
                     struct instant until)
{
    struct instant start = when_start(when, window->zone), end = when_end(when, window->zone);
    if (!instant_before(start, until))
        return false;
    return instant_equal(start, end) ? !instant_before(start, window->from)
                                     : instant_before(window->from, end);
}

static void inherit(struct words *words, const struct words *from)
{
    if (!words_in(words, LANGUAGE_FR))
        *words = *from;
}

/* A cancelled instance is often written with nothing but its id; people need its title, and rules
 * its categories.                                                                                */
static void inherit_words(struct event *event, const struct event *from)
{
    inherit(&event->summary, &from->summary);
    if (event->state != EVENT_CANCELLED)
        return;
    inherit(&event->location, &from->location);
    inherit(&event->description, &from->description);
    if (event->category_count == 0) {
        event->categories = from->categories;
        event->category_count = from->category_count;
    }
    if (!event->organiser_email) {
        event->organiser_email = from->organiser_email;
        event->organiser_name = from->organiser_name;
    }
}

/* What a component says, once for all of its occurrences. 0 or -ENOMEM. */
static int open_event(struct expansion *x, const struct component *c)
{
    const struct component *master = x->series->master;
    if (x->opened == c)
        return 0;
    struct event *event = arena_alloc(x->arena, sizeof *event);
    if (!event)
        return -ENOMEM;
    component_event(c, event);
    if (c != master && master) {
        struct event from;
        component_event(master, &from);
        inherit_words(event, &from);
    }
    x->opened = c;
    x->event = event;
    return 0;
}

static const char *make_key(struct arena *arena, const char *uid, struct recurrence_id id)
{
    char text[20];
    recurrence_id_format(id, text);
    size_t uid_size = strlen(uid), size = strlen(text);
    char *key = arena_alloc(arena, uid_size + size + 2);
    if (!key)
        return NULL;
    memcpy(key, uid, uid_size);
    key[uid_size] = '/';
    memcpy(key + uid_size + 1, text, size);
    return key;
}

/* Millions may come: on the heap the list leaves nothing behind when it grows. */
static struct occurrence *add_slot(struct occurrences *list)
{
    if (list->count == list->capacity) {
        size_t more = list->capacity ? list->capacity * 2 : 64;
        struct occurrence *moved = reallocarray(list->items, more, sizeof *moved);
        if (!moved)
            return NULL;
        list->items = moved;
        list->capacity = more;
    }
    return &list->items[list->count++];
}

static int add_occurrence(struct expansion *x, const struct component *c, struct recurrence_id id,
                          const struct when *when)
{
    bool is_alone = id.kind == RECURRENCE_NONE || c->replaces;
    if (!overlaps(x->window, when, is_alone ? x->window->alone_until : x->window->until))
        return 0;
    const char *key = id.kind == RECURRENCE_NONE ? c->uid : make_key(x->arena, c->uid, id);
    struct occurrence *occurrence = key ? add_slot(x->occurrences) : NULL;
    if (!occurrence || open_event(x, c))
        return -ENOMEM;
    *occurrence = (struct occurrence){
        .key = key, .id = id, .when = *when, .event = x->event, .state = x->event->state};
    return 0;
}

/* The instance of DTSTART (or of the override itself): its end is known as an instant. */
static struct when own_when(const struct component *c)
{
    struct when when = when_of(c, c->start_sec, c->zone, c->length);
    if (!c->is_date && c->end.utc_usec != INSTANT_UNSET.utc_usec &&
        !instant_before(c->end, when.start))
        when.end = c->end;
    return when;
}

static bool is_excluded(const struct component *master, int64_t key, int64_t wall_sec)
{
    return master && master->repetition &&
           repetition_excludes(master->repetition, master->is_date, key, wall_sec);
}

/* Whether an override replaces the instance. */
static bool is_overridden(const struct series *series, int64_t key)
{
    size_t low = 0, high = series->override_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (key_of(series->overrides[middle]->replaces->id) <= key)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 && key_of(series->overrides[low - 1]->replaces->id) == key;
}

/* The last THISANDFUTURE at or before the instance, or NULL. */
static const struct component *find_range(const struct series *series, int64_t key)
{
    const struct component *range = NULL;
    for (size_t i = 0; i < series->override_count; i++) {
        if (key_of(series->overrides[i]->replaces->id) > key)
            break;
        if (series->overrides[i]->replaces->is_range)
            range = series->overrides[i];
    }
    return range;
}

/* By how much a THISANDFUTURE override moves the instances after it, on the wall clock. */
static int64_t range_shift(const struct series *series, const struct component *range)
{
    int64_t id_sec;
    if (range->replaces->id.kind == RECURRENCE_DATE)
        id_sec = civil_date_to_days(range->replaces->id.date) * DAY_SEC;
    else
        id_sec =
            civil_time_to_sec(zone_to_civil(series->master->zone, range->replaces->id.instant));
    return range->start_sec - id_sec;
}

static int add_instance(struct expansion *x, int64_t wall_sec, const struct zone *zone,
                        const struct extra *extra, struct instant last)
{
    const struct component *master = x->series->master;
    int64_t key = floor_div(wall_sec, DAY_SEC);
    if (!master->is_date) {
        struct instant t = to_instant(zone, wall_sec, NULL);
        if (instant_before(last, t))
            return 0;
        key = instant_sec(t);
    }
    struct instance *slot = list_add(x->scratch, &x->instances);
    if (!slot)
        return -ENOMEM;
    *slot = (struct instance){key, wall_sec, zone, extra};
    return 0;
}

/* The stretch of wall clock in which an instance may start that reaches the window. */
static void wall_window(const struct expansion *x, int64_t *ret_from, int64_t *ret_until)
{
    const struct series *series = x->series;
    const struct component *master = series->master;
    int64_t before = master->length.wall_sec + master->length.exact_sec, after = 0;
    for (size_t i = 0; i < series->override_count; i++) {
        const struct component *range = series->overrides[i];
        if (!range->replaces->is_range)
            continue;
        int64_t shift = range_shift(series, range);
        int64_t length = range->length.wall_sec + range->length.exact_sec;
        if (shift + length > before)
            before = shift + length;
        if (-shift > after)
            after = -shift;
    }
    *ret_from = instant_sec(x->window->from) - before - MARGIN_SEC;
    *ret_until = instant_sec(x->window->until) + after + MARGIN_SEC;
}

static int run_rule(struct expansion *x, const struct bound_rule *bound, bool wants_start,
                    struct wall_times *times)
{
    const struct component *master = x->series->master;
    struct stepper stepper = {.start_sec = master->start_sec,
                              .is_date = master->is_date,
                              .last_sec = bound->last_sec,
                              .wants_start = wants_start,
                              .max_times = 2 * SERIES_INSTANCES_MAX,
                              .steps_left = &x->steps_left};
    wall_window(x, &stepper.from_sec, &stepper.until_sec);
    int r = stepper_run(x->scratch, bound->rule, &stepper, times);
    x->is_capped |= r == STEPPER_E_TOO_MANY;
    return r < 0 ? r : 0;
}

/* DTSTART counts as the first of COUNT; of several rules, for those that name it. */
static int add_rules(struct expansion *x)
{
    const struct component *master = x->series->master;
    const struct repetition *repetition = master->repetition;
    bool is_one_of_several = repetition->rule_count > 1;
    int r = 0;
    for (size_t i = 0; i < repetition->rule_count && r == 0; i++) {
        const struct bound_rule *bound = &repetition->rules[i];
        struct wall_times times = {0};
        r = run_rule(x, bound, is_one_of_several, &times);
        for (size_t k = 0; k < times.count && r == 0; k++)
            r = add_instance(x, times.items[k], master->zone, NULL, bound->last);
    }
    return r;
}

/* An UNTIL before DTSTART: how Atlassian writes a deleted series. */
static bool starts_after_end(const struct component *master)
{
    const struct repetition *repetition = master->repetition;
    bool is_over = repetition->rule_count > 0;
    for (size_t i = 0; i < repetition->rule_count; i++) {
        const struct bound_rule *bound = &repetition->rules[i];
        bool is_after = master->start_sec > bound->last_sec;
        if (!master->is_date && !is_after)
            is_after =
                instant_before(bound->last, to_instant(master->zone, master->start_sec, NULL));
        is_over &= is_after;
    }
    return is_over;
}

/* Of equal instances, one with a length of its own says most, then the rule's. */
static int rank(const struct instance *instance)
{
    if (!instance->extra)
        return 1;
    return instance->extra->has_length ? 0 : 2;
}

static int compare_instances(const void *a, const void *b)
{
    const struct instance *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return rank(x) - rank(y);
}

static int compare_keys(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Takes away what EXRULEs give; DTSTART only where their pattern names it. */
static int exclude_by_rules(struct expansion *x)
{
    const struct repetition *repetition = x->series->master->repetition;
    for (size_t i = 0; i < repetition->exclusion_rule_count; i++) {
        struct wall_times times = {0};
        int r = run_rule(x, &repetition->exclusion_rules[i], true, &times);
        if (r)
            return r;
        size_t kept = 0;
        for (size_t k = 0; k < x->instances.count; k++)
            if (times.count == 0 || !bsearch(&x->instances.items[k].wall_sec, times.items,
                                             times.count, sizeof *times.items, compare_keys))
                x->instances.items[kept++] = x->instances.items[k];
        x->instances.count = kept;
    }
    return 0;
}

static int gather_instances(struct expansion *x)
{
    const struct component *master = x->series->master;
    const struct repetition *repetition = master->repetition;
    int r = starts_after_end(master)
                ? 0
                : add_instance(x, master->start_sec, master->zone, NULL, INSTANT_NEVER);
    if (r == 0)
        r = add_rules(x);
    for (size_t i = 0; i < repetition->extra_count && r == 0; i++) {
        const struct extra *extra = &repetition->extras[i];
        r = add_instance(x, extra->wall_sec, extra->zone, extra, INSTANT_NEVER);
    }
    if (r)
        return r;
    bool is_sorted = true;
    for (size_t i = 1; i < x->instances.count && is_sorted; i++)
        is_sorted = x->instances.items[i - 1].key < x->instances.items[i].key;
    if (!is_sorted)
        qsort(x->instances.items, x->instances.count, sizeof *x->instances.items,
              compare_instances);
    return exclude_by_rules(x);
}

static struct when instance_when(const struct series *series, const struct instance *instance,
                                 const struct component *range)
{
    const struct component *master = series->master;
    if (range) {
        int64_t wall = instance->wall_sec + range_shift(series, range);
        return when_of(range, wall, range->zone, range->length);
    }
    if (instance->extra && instance->extra->has_length)
        return when_of(master, instance->wall_sec, instance->zone, instance->extra->length);
    if (instance->wall_sec == master->start_sec && instance->zone == master->zone)
        return own_when(master);
    return when_of(master, instance->wall_sec, instance->zone, master->length);
}

static int add_instances(struct expansion *x)
{
    const struct series *series = x->series;
    const struct component *master = series->master;
    bool has_range = false;
    for (size_t i = 0; i < series->override_count; i++)
        has_range |= series->overrides[i]->replaces->is_range;
    size_t before = x->occurrences->count;
    int64_t allowed = x->window->instances_left < SERIES_INSTANCES_MAX ? x->window->instances_left
                                                                       : SERIES_INSTANCES_MAX;
    for (size_t i = 0; i < x->instances.count; i++) {
        const struct instance *instance = &x->instances.items[i];
        if (i > 0 && instance->key == x->instances.items[i - 1].key)
            continue;
        if (is_excluded(master, instance->key, instance->wall_sec) ||
            is_overridden(series, instance->key))
            continue;
        const struct component *range = has_range ? find_range(series, instance->key) : NULL;
        struct when when = instance_when(series, instance, range);
        struct recurrence_id id = {.kind = RECURRENCE_INSTANT,
                                   .instant = instant_from_sec(instance->key)};
        if (master->is_date)
            id = (struct recurrence_id){.kind = RECURRENCE_DATE,
                                        .date = civil_date_from_days(instance->key)};
        if (x->occurrences->count - before >= (size_t)allowed) {
            x->is_capped |= overlaps(x->window, &when, x->window->until);
            continue;
        }
        int r = add_occurrence(x, range ? range : master, id, &when);
        if (r)
            return r;
    }
    x->window->instances_left -= (int64_t)(x->occurrences->count - before);
    return 0;
}

static int add_overrides(struct expansion *x)
{
    const struct series *series = x->series;
    const struct component *master = series->master;
    for (size_t i = 0; i < series->override_count; i++) {
        const struct component *override = series->overrides[i];
        int64_t key = key_of(override->replaces->id), wall = key * DAY_SEC;
        if (master && !master->is_date)
            wall = civil_time_to_sec(zone_to_civil(master->zone, override->replaces->id.instant));
        if (is_excluded(master, key, wall))
            continue;
        struct when when = override->is_startless && master
                               ? when_of(master, wall, master->zone, master->length)
                               : own_when(override);
        int r = add_occurrence(x, override, override->replaces->id, &when);
        if (r)
            return r;
    }
    return 0;
}

/* A master that does not repeat is one occurrence without an id, unless an override names it. */
static int add_single(struct expansion *x)
{
    const struct component *master = x->series->master;
    struct when when = own_when(master);
    int64_t key = master->is_date ? floor_div(master->start_sec, DAY_SEC) : instant_sec(when.start);
    if (is_overridden(x->series, key) || is_excluded(master, key, master->start_sec))
        return 0;
    return add_occurrence(x, master, (struct recurrence_id){0}, &when);
}

static bool repeats(const struct component *master)
{
    return master->repetition &&
           master->repetition->rule_count + master->repetition->extra_count > 0;
}

int series_expand(struct arena *arena, struct arena *scratch, const struct series *series,
                  struct series_window *window, struct occurrences *occurrences)
{
    struct expansion x = {.arena = arena,
                          .scratch = scratch,
                          .series = series,
                          .window = window,
                          .occurrences = occurrences};
    int r = 0;
    if (series->master && repeats(series->master)) {
        int64_t allowed =
            window->steps_left < SERIES_STEPS_MAX ? window->steps_left : SERIES_STEPS_MAX;
        x.steps_left = allowed;
        arena_clear(scratch);
        r = gather_instances(&x);
        window->steps_left -= allowed - x.steps_left;
        if (r == 0)
            r = add_instances(&x);
    } else if (series->master) {
        r = add_single(&x);
    }
    if (r == 0)
        r = add_overrides(&x);
    if (r == 0 && x.is_capped)
        flaws_add(window->flaws, SEVERITY_WARNING, series->master->line, 0,
                  "Ask for a shorter period, or give the series fewer occurrences",
                  "the series has too many occurrences in this period; only the first ones count");
    return r;
}
