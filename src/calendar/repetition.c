/* SPDX-License-Identifier: MIT */
#include "calendar/repetition.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "calendar/stepper.h"

enum { DAY_SEC = 86400 };

/* The first complaint holds. */
static void refuse(struct repetition_binding *b, struct contentline_place place,
                   const char *complaint)
{
    if (b->complaint)
        return;
    b->complaint = complaint;
    b->place = place;
}

static int copy_numbers(struct arena *arena, struct rule_numbers *numbers)
{
    if (numbers->count == 0)
        return 0;
    int16_t *items = arena_alloc_array(arena, numbers->count, sizeof *items);
    if (!items)
        return -ENOMEM;
    memcpy(items, numbers->items, numbers->count * sizeof *items);
    numbers->items = items;
    return 0;
}

/* Copies a rule and its lists from scratch to the arena that stays; NULL = no memory. */
static const struct rule *copy_rule(struct arena *arena, const struct rule *from)
{
    struct rule *rule = arena_alloc(arena, sizeof *rule);
    if (!rule)
        return NULL;
    *rule = *from;
    if (rule->nth_count > 0) {
        struct rule_nth *nths = arena_alloc_array(arena, rule->nth_count, sizeof *nths);
        if (!nths)
            return NULL;
        memcpy(nths, from->nths, rule->nth_count * sizeof *nths);
        rule->nths = nths;
    }
    if (copy_numbers(arena, &rule->weeks) || copy_numbers(arena, &rule->year_days) ||
        copy_numbers(arena, &rule->positions))
        return NULL;
    return rule;
}

/* The same rule met before, or a copy; NULL = no memory. */
static const struct rule *keep_rule(struct repetition_binding *b, const struct rule *from)
{
    struct rules_met *met = b->rules_met;
    for (size_t i = 0; i < RULES_MET && met->items[i]; i++)
        if (rule_equal(met->items[i], from))
            return met->items[i];
    const struct rule *rule = copy_rule(b->arena, from);
    if (rule)
        met->items[met->next++ % RULES_MET] = rule;
    return rule;
}

/* UNTIL in the event's terms: for days a date, else a second of its clock or an instant. */
static void bind_until(const struct repetition_binding *b, const struct component *c,
                       struct bound_rule *bound)
{
    const struct rule *rule = bound->rule;
    bound->last_sec = INT64_MAX;
    bound->last = INSTANT_NEVER;
    if (!rule->has_until)
        return;
    struct moment until = {.stamp = rule->until, .is_set = true};
    struct civil_time time = rule->until.time;
    if (rule->until.is_utc)
        until.zone = b->utc;
    if (c->is_date && time.hour == 23 && time.minute == 59) { /* "all of that day", in UTC, too */
        bound->last_sec = civil_date_to_days(time.date) * DAY_SEC;
    } else if (c->is_date) {
        bound->last_sec = moment_day(&until, b->calendar_zone) * DAY_SEC;
    } else if (rule->until.is_date) {
        bound->last_sec = civil_time_to_sec(rule->until.time) + DAY_SEC - 1;
    } else if (rule->until.is_utc) {
        bound->last = zone_to_instant(until.zone, rule->until.time, NULL);
        bound->last_sec = moment_wall(&until, c->zone) + DAY_SEC; /* `last` decides */
    } else {
        bound->last_sec = civil_time_to_sec(rule->until.time);
    }
}

static int bind_rules(struct repetition_binding *b, const struct component *c,
                      const struct rules_read *read, struct bound_rule **ret, size_t *ret_count)
{
    if (read->count == 0)
        return 0;
    struct bound_rule *bound = arena_alloc_array(b->arena, read->count, sizeof *bound);
    if (!bound)
        return -ENOMEM;
    for (size_t i = 0; i < read->count && !b->complaint; i++) {
        bool is_possible = true;
        bound[i].rule = keep_rule(b, &read->items[i].rule);
        if (!bound[i].rule)
            return -ENOMEM;
        if (c->is_date && bound[i].rule->frequency == FREQUENCY_HOURLY)
            refuse(b, read->items[i].place, "an event of whole days repeats every hour");
        if (stepper_is_possible(b->scratch, bound[i].rule, c->start_sec, c->is_date, b->probe_steps,
                                &is_possible))
            return -ENOMEM;
        if (!is_possible)
            refuse(b, read->items[i].place, "the rule of repetition never comes true");
        bind_until(b, c, &bound[i]);
    }
    *ret = bound;
    *ret_count = read->count;
    return 0;
}

/* A date in UTC is shown on the event's clock, where that says it without doubt. */
static void show_on_clock(struct extra *extra, const struct zone *zone)
{
    struct instant t = zone_to_instant(extra->zone, civil_time_from_sec(extra->wall_sec), NULL);
    struct civil_time shown_time = zone_to_civil(zone, t);
    if (!instant_equal(zone_to_instant(zone, shown_time, NULL), t))
        return;
    extra->zone = zone;
    extra->wall_sec = civil_time_to_sec(shown_time);
}

static bool bind_extra(struct repetition_binding *b, const struct component *c,
                       const struct dated *from, struct extra *extra)
{
    if (c->is_date) {
        extra->wall_sec = moment_day(&from->start, b->calendar_zone) * DAY_SEC;
        extra->zone = c->zone;
    } else if (from->start.stamp.is_date) { /* that day, at the hour of DTSTART */
        int64_t clock = ((c->start_sec % DAY_SEC) + DAY_SEC) % DAY_SEC;
        extra->wall_sec = civil_time_to_sec(from->start.stamp.time) + clock;
        extra->zone = c->zone;
    } else {
        extra->zone = from->start.zone ? from->start.zone : c->zone;
        extra->wall_sec = civil_time_to_sec(from->start.stamp.time);
        if (from->start.stamp.is_utc)
            show_on_clock(extra, c->zone);
    }
    if (!from->is_period || c->is_date)
        return true;
    extra->has_length = true;
    if (from->has_duration) {
        extra->length.wall_sec = from->duration.days * DAY_SEC;
        extra->length.exact_sec = from->duration.sec;
    } else {
        extra->length.wall_sec = moment_wall(&from->end, extra->zone) - extra->wall_sec;
    }
    return extra->length.wall_sec >= 0 && extra->length.exact_sec >= 0;
}

static int bind_extras(struct repetition_binding *b, const struct component *c,
                       const struct dateds *read, struct repetition *repetition)
{
    size_t count = read->count;
    if (count == 0)
        return 0;
    repetition->extras = arena_alloc_array(b->arena, count, sizeof *repetition->extras);
    if (!repetition->extras)
        return -ENOMEM;
    repetition->extra_count = count;
    for (size_t i = 0; i < count; i++)
        if (!bind_extra(b, c, &read->items[i], &repetition->extras[i]))
            refuse(b, read->items[i].start.place, "an RDATE ends before it starts");
    return 0;
}

static int compare_exclusions(const void *a, const void *b)
{
    const struct exclusion *x = a, *y = b;
    if (x->is_day != y->is_day)
        return x->is_day ? 1 : -1;
    if (x->is_day)
        return (x->day > y->day) - (x->day < y->day);
    return instant_compare(x->instant, y->instant);
}

static int bind_exclusions(struct repetition_binding *b, const struct component *c,
                           const struct dateds *read, struct repetition *repetition)
{
    size_t count = read->count;
    if (count == 0)
        return 0;
    struct exclusion *all = arena_alloc_array(b->arena, count, sizeof *all);
    if (!all)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++) {
        const struct moment *moment = &read->items[i].start;
        all[i].is_day = c->is_date || moment->stamp.is_date;
        if (all[i].is_day)
            all[i].day = moment_day(moment, b->calendar_zone);
        else
            all[i].instant =
                zone_to_instant(moment->zone ? moment->zone : c->zone, moment->stamp.time, NULL);
    }
    qsort(all, count, sizeof *all, compare_exclusions);
    repetition->exclusions = all;
    repetition->exclusion_count = count;
    return 0;
}

int repetition_bind(struct repetition_binding *b, const struct repetition_draft *draft,
                    const struct component *c, struct repetition **ret)
{
    *ret = NULL;
    if (draft->rules.count + draft->exclusion_rules.count + draft->extras.count +
            draft->exclusions.count ==
        0)
        return 0;
    struct repetition *repetition = arena_alloc(b->arena, sizeof *repetition);
    if (!repetition)
        return -ENOMEM;
    int r = bind_rules(b, c, &draft->rules, &repetition->rules, &repetition->rule_count);
    if (r == 0)
        r = bind_rules(b, c, &draft->exclusion_rules, &repetition->exclusion_rules,
                       &repetition->exclusion_rule_count);
    if (r == 0)
        r = bind_extras(b, c, &draft->extras, repetition);
    if (r == 0)
        r = bind_exclusions(b, c, &draft->exclusions, repetition);
    repetition->complaint = b->complaint;
    repetition->place = b->place;
    *ret = repetition;
    return r == 0 && b->complaint ? REPETITION_E_REFUSED : r;
}

/* They are sorted: instants first, then days. */
static bool excludes_instant(const struct repetition *repetition, int64_t sec)
{
    const struct exclusion *all = repetition->exclusions;
    size_t low = 0, high = repetition->exclusion_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (!all[middle].is_day && instant_sec(all[middle].instant) < sec)
            low = middle + 1;
        else
            high = middle;
    }
    return low < repetition->exclusion_count && !all[low].is_day &&
           instant_sec(all[low].instant) == sec;
}

static bool excludes_day(const struct repetition *repetition, int64_t day)
{
    const struct exclusion *all = repetition->exclusions;
    size_t low = 0, high = repetition->exclusion_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (!all[middle].is_day || all[middle].day < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low < repetition->exclusion_count && all[low].is_day && all[low].day == day;
}

bool repetition_excludes(const struct repetition *repetition, bool is_date, int64_t key,
                         int64_t wall_sec)
{
    int64_t day = wall_sec / DAY_SEC - (wall_sec % DAY_SEC < 0);
    return (!is_date && excludes_instant(repetition, key)) || excludes_day(repetition, day);
}
