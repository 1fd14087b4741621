/* SPDX-License-Identifier: MIT */
/* Each part's onsets are written on the clock before the change, so they are stepped like any rule
 * and then become instants by TZOFFSETFROM. From 1900 (Outlook's parts begin in 1601) to 2100: a
 * rule without end holds for the calendars of this century.
 *
 * Steps count the work: each day that a rule looks at, each onset (which is sorted and kept), each
 * zone (which is compared with those before it). Two yearly rules cost 63,000.                   */
#include "calendar/vtimezone.h"

#include <errno.h>
#include <stdlib.h>

#include "calendar/stepper.h"

#define FIRST_SEC INT64_C(-2208988800) /* 1900-01-01 */
#define END_SEC   INT64_C(4102444800)  /* 2100-01-01 */
enum { OBSERVANCES_MAX = 600, RULES_MAX = 8, ONSETS_MAX = 2000 };
enum { ZONE_STEPS_MAX = 2000000, ZONE_STEPS = 20000, ONSET_STEPS = 64 };

struct observance {
    bool is_daylight;
    bool has_start, has_from, has_to;
    struct stamp start;
    int32_t from_sec, to_sec;
    const char *abbreviation;
    struct rule rules[RULES_MAX];
    size_t rule_count;
    struct wall_times dates; /* RDATE */
};

LIST_TYPE(transitions, struct zone_transition);

void vtimezone_init(struct vtimezone *v, struct arena *scratch)
{
    *v = (struct vtimezone){.arena = scratch};
}

int vtimezone_open(struct vtimezone *v, bool is_daylight)
{
    v->open = NULL;
    if (v->observances.count >= OBSERVANCES_MAX)
        return 0;
    v->open = list_add(v->arena, &v->observances);
    if (!v->open)
        return -ENOMEM;
    v->open->is_daylight = is_daylight;
    return 0;
}

void vtimezone_close(struct vtimezone *v)
{
    v->open = NULL;
}

/* UTC-OFFSET: "+0100", "-033000". */
static bool parse_utc_offset(struct text text, int32_t *ret)
{
    text = text_trim(text);
    int64_t hours, minutes, seconds = 0;
    if ((text.size != 5 && text.size != 7) || (text.data[0] != '+' && text.data[0] != '-') ||
        !text_number(text_slice(text, 1, 2), 0, 23, &hours) ||
        !text_number(text_slice(text, 3, 2), 0, 59, &minutes) ||
        (text.size == 7 && !text_number(text_slice(text, 5, 2), 0, 59, &seconds)))
        return false;
    int64_t sec = hours * 3600 + minutes * 60 + seconds;
    *ret = (int32_t)(text.data[0] == '-' ? -sec : sec);
    return true;
}

static int add_dates(struct vtimezone *v, struct text value)
{
    for (struct text rest = value; rest.data && v->open->dates.count < ONSETS_MAX;) {
        struct text item = text_split(&rest, ',');
        struct stamp stamp;
        if (!stamp_parse(text_slice(item, 0, text_find_char(item, '/')), &stamp))
            continue;
        int64_t *slot = list_add(v->arena, &v->open->dates);
        if (!slot)
            return -ENOMEM;
        *slot = civil_time_to_sec(stamp.time);
    }
    return 0;
}

static int add_rule(struct vtimezone *v, struct text value)
{
    const char *complaint;
    if (v->open->rule_count >= RULES_MAX)
        return 0;
    int r = rule_parse(v->arena, value, &v->open->rules[v->open->rule_count], &complaint);
    if (r < 0)
        return r;
    v->open->rule_count += r == 0;
    return 0;
}

int vtimezone_line(struct vtimezone *v, const struct contentline *line)
{
    struct observance *open = v->open;
    if (!open) {
        struct text *target = text_is_nocase(line->name, "TZID")             ? &v->name
                              : text_is_nocase(line->name, "X-LIC-LOCATION") ? &v->location
                                                                             : NULL;
        if (!target)
            return 0;
        const char *copy = arena_copy_text(v->arena, line->value);
        *target = (struct text){copy, copy ? line->value.size : 0};
        return copy ? 0 : -ENOMEM;
    }
    if (text_is_nocase(line->name, "DTSTART"))
        open->has_start = stamp_parse(line->value, &open->start);
    else if (text_is_nocase(line->name, "TZOFFSETFROM"))
        open->has_from = parse_utc_offset(line->value, &open->from_sec);
    else if (text_is_nocase(line->name, "TZOFFSETTO"))
        open->has_to = parse_utc_offset(line->value, &open->to_sec);
    else if (text_is_nocase(line->name, "RRULE"))
        return add_rule(v, line->value);
    else if (text_is_nocase(line->name, "RDATE"))
        return add_dates(v, line->value);
    else if (text_is_nocase(line->name, "TZNAME") && line->value.size < 32) {
        open->abbreviation = arena_copy_text(v->arena, line->value);
        return open->abbreviation ? 0 : -ENOMEM;
    }
    return 0;
}

static int add_onset(struct vtimezone *v, const struct observance *o, int64_t wall_sec,
                     int64_t *steps_left, struct transitions *all)
{
    *steps_left -= ONSET_STEPS;
    if (*steps_left <= 0)
        return VTIMEZONE_E_TOO_MUCH;
    struct zone_transition *slot = list_add(v->arena, all);
    if (!slot)
        return -ENOMEM;
    *slot = (struct zone_transition){.utc_sec = wall_sec - o->from_sec,
                                     .offset_sec = o->to_sec,
                                     .is_dst = o->is_daylight,
                                     .abbreviation = o->abbreviation};
    return 0;
}

static int add_onsets(struct vtimezone *v, const struct observance *o, int64_t *steps_left,
                      struct transitions *all)
{
    int64_t start_sec = civil_time_to_sec(o->start.time);
    struct wall_times times = o->dates;
    int r = add_onset(v, o, start_sec, steps_left, all);
    for (size_t i = 0; i < o->rule_count && r == 0; i++) {
        const struct rule *rule = &o->rules[i];
        struct stepper stepper = {.start_sec = start_sec,
                                  .last_sec = INT64_MAX,
                                  .from_sec = FIRST_SEC,
                                  .until_sec = END_SEC,
                                  .max_times = ONSETS_MAX,
                                  .steps_left = steps_left};
        if (rule->has_until)
            stepper.last_sec =
                civil_time_to_sec(rule->until.time) + (rule->until.is_date  ? 86399
                                                       : rule->until.is_utc ? o->from_sec
                                                                            : 0);
        r = stepper_run(v->arena, rule, &stepper, &times);
        r = r > 0 ? 0 : r;
    }
    for (size_t i = 0; i < times.count && r == 0; i++)
        r = add_onset(v, o, times.items[i], steps_left, all);
    return r;
}

static int compare_transitions(const void *a, const void *b)
{
    const struct zone_transition *x = a, *y = b;
    return (x->utc_sec > y->utc_sec) - (x->utc_sec < y->utc_sec);
}

/* The onsets of all parts that are whole; *ret_first is the earliest part, NULL without any. */
static int add_parts(struct vtimezone *v, int64_t *steps_left, struct transitions *all,
                     const struct observance **ret_first, bool *ret_is_utc)
{
    *ret_first = NULL;
    *ret_is_utc = true;
    for (size_t i = 0; i < v->observances.count; i++) {
        const struct observance *o = &v->observances.items[i];
        if (!o->has_start || !o->has_from || !o->has_to)
            continue;
        if (!*ret_first || civil_time_compare(o->start.time, (*ret_first)->start.time) < 0)
            *ret_first = o;
        *ret_is_utc &= o->from_sec == 0 && o->to_sec == 0;
        int r = add_onsets(v, o, steps_left, all);
        if (r)
            return r;
    }
    return 0;
}

int vtimezone_finish(struct vtimezone *v, struct zones *zones, int64_t *steps_left,
                     const struct zone **ret)
{
    struct transitions all = {0};
    const struct observance *first;
    bool is_utc;
    int64_t allowed = *steps_left < ZONE_STEPS_MAX ? *steps_left : ZONE_STEPS_MAX;
    int64_t left = allowed - ZONE_STEPS;
    *ret = NULL;
    int r = left > 0 ? add_parts(v, &left, &all, &first, &is_utc) : VTIMEZONE_E_TOO_MUCH;
    *steps_left -= allowed - left;
    if (r)
        return r;
    if (!first || v->name.size == 0) {
        *ret = first && is_utc ? zones_utc(zones) : NULL; /* Exchange may leave it nameless */
        return 0;
    }
    qsort(all.items, all.count, sizeof *all.items, compare_transitions);
    size_t kept = 0;
    for (size_t i = 0; i < all.count; i++)
        if (kept == 0 || all.items[i].utc_sec != all.items[kept - 1].utc_sec)
            all.items[kept++] = all.items[i];
    struct zone_transition initial = {.offset_sec = first->from_sec};
    const char *name = arena_copy_text(v->arena, v->name);
    if (!name)
        return -ENOMEM;
    *ret = zones_custom(zones, name, initial, all.items, kept);
    return *ret ? 0 : -ENOMEM;
}
