/* SPDX-License-Identifier: MIT */
/* Properties come in any order, so their values are gathered first, as written, and read together
 * at END:VEVENT: a floating EXDATE is on DTSTART's clock, a UTC UNTIL ends a rule of days by the
 * calendar's date, X-MICROSOFT-CDO-ALLDAYEVENT turns zoned midnights into days.
 *
 * What would move, lose or add an instance (DTSTART, DTEND before it, RRULE, RDATE, EXDATE,
 * RECURRENCE-ID) breaks the component and with it its series; everything else is a warning.      */
#include "calendar/component.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "calendar/event_words.h"
#include "calendar/repetition.h"

enum { VALUES_MAX = 20000, RULES_MAX = 50, DAY_SEC = 86400 };

struct component_reader {
    struct arena *arena, *scratch;
    struct zones *zones;
    struct flaws *flaws;
    struct pool pool;
    struct event_words *words;
    int64_t probe_steps; /* left for asking whether rules are possible */
    struct rules_met rules_met;

    /* of the component that is being read */
    struct tzids *tzids;
    const struct component_options *options;
    int line;
    bool is_broken, is_range, is_all_day_marked, has_duration;
    const char *uid;
    struct moment start, end, id, stamp;
    struct duration duration;
    struct repetition_draft repetition;
    int64_t sequence;
    enum event_state state;
    struct contentline_place broken_place; /* why it is broken: told when its title is known */
    char broken_text[256];
};

int component_reader_new(struct arena *arena, struct arena *scratch, struct zones *zones,
                         struct flaws *flaws, struct component_reader **ret)
{
    struct component_reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return -ENOMEM;
    reader->arena = arena;
    reader->scratch = scratch;
    reader->zones = zones;
    reader->flaws = flaws;
    reader->probe_steps = 20000000;
    pool_init(&reader->pool, arena);
    int r = event_words_new(arena, scratch, &reader->pool, flaws, &reader->words);
    if (r) {
        component_reader_free(reader);
        return r;
    }
    *ret = reader;
    return 0;
}

struct component_reader *component_reader_free(struct component_reader *reader)
{
    if (!reader)
        return NULL;
    event_words_free(reader->words);
    pool_done(&reader->pool);
    free(reader);
    return NULL;
}

void component_begin(struct component_reader *reader, int line, struct tzids *tzids,
                     const struct component_options *options)
{
    arena_clear(reader->scratch);
    struct component_reader fresh = {.arena = reader->arena,
                                     .scratch = reader->scratch,
                                     .zones = reader->zones,
                                     .flaws = reader->flaws,
                                     .pool = reader->pool,
                                     .words = reader->words,
                                     .probe_steps = reader->probe_steps,
                                     .rules_met = reader->rules_met,
                                     .tzids = tzids,
                                     .options = options,
                                     .line = line};
    *reader = fresh;
    event_words_begin(reader->words);
}

/* The series is set aside; the first reason is told. */
static void reject(struct component_reader *reader, struct contentline_place place,
                   const char *format, ...) __attribute__((format(printf, 3, 4)));

static void reject(struct component_reader *reader, struct contentline_place place,
                   const char *format, ...)
{
    if (reader->is_broken)
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reader->broken_text, sizeof reader->broken_text, format, arguments);
    va_end(arguments);
    reader->broken_place = place;
    reader->is_broken = true;
}

static void tell_why_broken(struct component_reader *reader, const char *title)
{
    struct text shown = text_of(title ? title : "");
    size_t size = shown.size < 60 ? shown.size : 60;
    while (size > 0 && !text_is_utf8(text_slice(shown, 0, size)))
        size--;
    flaws_add(reader->flaws, SEVERITY_ERROR, reader->broken_place.line, reader->broken_place.column,
              reader->options->advice, "%s; the event%s%.*s%s and its whole series are set aside",
              reader->broken_text, size ? " \"" : "", (int)size, shown.data, size ? "\"" : "");
}

static void warn(struct component_reader *reader, struct contentline_place place,
                 const char *format, ...) __attribute__((format(printf, 3, 4)));

static void warn(struct component_reader *reader, struct contentline_place place,
                 const char *format, ...)
{
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    flaws_add(reader->flaws, SEVERITY_WARNING, place.line, place.column, NULL, "%s", text);
}

/* The event as a whole. */
static struct contentline_place whole(const struct component_reader *reader)
{
    return (struct contentline_place){.line = reader->line};
}

static int shown(struct text text)
{
    return text.size < 40 ? (int)text.size : 40;
}

static int read_moment(struct component_reader *reader, const struct contentline *line,
                       struct moment *ret)
{
    const struct zone *zone;
    struct stamp stamp;
    struct text value;
    if (ret->is_set) {
        warn(reader, contentline_place_of(line, line->name),
             "%.*s stands twice; the first one holds", shown(line->name), line->name.data);
        return 0;
    }
    int r = moment_read_zone(reader->tzids, line, &zone, &value);
    if (r)
        return r;
    struct contentline_place place = contentline_place_of(line, value);
    if (!moment_read_stamp(reader->flaws, value, line, place, &stamp))
        reject(reader, place, "%.*s is no date or time: \"%.*s\"", shown(line->name),
               line->name.data, shown(value), value.data);
    else
        *ret = moment_on(reader->zones, stamp, zone, place);
    return 0;
}

static int read_start(struct component_reader *reader, const struct contentline *line)
{
    return read_moment(reader, line, &reader->start);
}

static int read_end(struct component_reader *reader, const struct contentline *line)
{
    if (text_trim(line->value).size == 0) {
        warn(reader, contentline_place_of(line, line->value), "DTEND is empty and ignored");
        return 0;
    }
    return read_moment(reader, line, &reader->end);
}

static int read_id(struct component_reader *reader, const struct contentline *line)
{
    const struct contentline_parameter *range = contentline_find(line, "RANGE");
    if (range && text_is_nocase(range->value, "THISANDFUTURE"))
        reader->is_range = true;
    else if (range)
        reject(reader, contentline_place_of(line, range->value), "RANGE=%.*s is not known",
               shown(range->value), range->value.data);
    return read_moment(reader, line, &reader->id);
}

static int read_duration(struct component_reader *reader, const struct contentline *line)
{
    struct text value = text_trim(line->value);
    char days[16];
    reader->has_duration = duration_parse(value, &reader->duration);
    if (!reader->has_duration && text_starts_nocase(value, "PT") && value.size < sizeof days) {
        int size = snprintf(days, sizeof days, "P%.*s", (int)value.size - 2, value.data + 2);
        reader->has_duration = duration_parse((struct text){days, (size_t)size}, &reader->duration);
        if (reader->has_duration) /* as Synology writes it */
            warn(reader, contentline_place_of(line, line->value), "DURATION:%.*s is read as %s",
                 shown(value), value.data, days);
    }
    if (!reader->has_duration)
        reject(reader, contentline_place_of(line, line->value), "DURATION is none: \"%.*s\"",
               shown(line->value), line->value.data);
    else if (reader->duration.days < 0 || reader->duration.sec < 0)
        reject(reader, contentline_place_of(line, line->value), "DURATION is negative");
    return 0;
}

static int read_rule_into(struct component_reader *reader, const struct contentline *line,
                          struct rules_read *list)
{
    const char *complaint;
    struct rule rule;
    if (text_trim(line->value).size == 0) {
        warn(reader, contentline_place_of(line, line->value), "an empty %.*s is ignored",
             shown(line->name), line->name.data);
        return 0;
    }
    if (list->count >= RULES_MAX) {
        reject(reader, contentline_place_of(line, line->value), "more than %d rules", RULES_MAX);
        return 0;
    }
    int r = rule_parse(reader->scratch, line->value, &rule, &complaint);
    if (r == RULE_E_MALFORMED)
        reject(reader, contentline_place_of(line, line->value), "%.*s: %s", shown(line->name),
               line->name.data, complaint);
    if (r)
        return r < 0 ? r : 0;
    if (complaint)
        warn(reader, contentline_place_of(line, line->value), "%.*s: %s", shown(line->name),
             line->name.data, complaint);
    struct rule_read *slot = list_add(reader->scratch, list);
    if (!slot)
        return -ENOMEM;
    *slot = (struct rule_read){rule, contentline_place_of(line, line->value)};
    return 0;
}

static int read_rule(struct component_reader *reader, const struct contentline *line)
{
    return read_rule_into(reader, line, &reader->repetition.rules);
}

static int read_exclusion_rule(struct component_reader *reader, const struct contentline *line)
{
    return read_rule_into(reader, line, &reader->repetition.exclusion_rules);
}

static int read_dates(struct component_reader *reader, const struct contentline *line,
                      struct dateds *list)
{
    const struct zone *zone;
    struct text rest;
    int r = moment_read_zone(reader->tzids, line, &zone, &rest);
    if (r)
        return r;
    struct contentline_place place = contentline_place_of(line, rest);
    while (rest.data) {
        struct text item = text_trim(text_split(&rest, ','));
        struct period period = {0};
        if (item.size == 0)
            continue;
        bool is_period = text_find_char(item, '/') < item.size;
        if (is_period ? !period_parse(item, &period)
                      : !moment_read_stamp(reader->flaws, item, line, place, &period.start)) {
            reject(reader, contentline_place_of(line, item), "%.*s holds what is no date: \"%.*s\"",
                   shown(line->name), line->name.data, shown(item), item.data);
            return 0;
        }
        if (list->count >= VALUES_MAX) {
            reject(reader, place, "more than %d dates", VALUES_MAX);
            return 0;
        }
        struct dated *slot = list_add(reader->scratch, list);
        if (!slot)
            return -ENOMEM;
        slot->start = moment_on(reader->zones, period.start, zone, place);
        slot->is_period = is_period;
        slot->has_duration = period.has_duration;
        slot->duration = period.duration;
        if (is_period && !period.has_duration)
            slot->end = moment_on(reader->zones, period.end, zone, place);
    }
    return 0;
}

static int read_extras(struct component_reader *reader, const struct contentline *line)
{
    return read_dates(reader, line, &reader->repetition.extras);
}

static int read_exclusions(struct component_reader *reader, const struct contentline *line)
{
    return read_dates(reader, line, &reader->repetition.exclusions);
}

static int read_uid(struct component_reader *reader, const struct contentline *line)
{
    char uid[512];
    size_t size = 0;
    struct text value = text_trim(line->value);
    for (size_t i = 0; i < value.size && size < sizeof uid; i++)
        if ((unsigned char)value.data[i] >= 0x20 && value.data[i] != 0x7f)
            uid[size++] = value.data[i];
    if (value.size > sizeof uid)
        warn(reader, contentline_place_of(line, line->value), "the UID is cut at %zu bytes",
             sizeof uid);
    while (size > 0 && !text_is_utf8((struct text){uid, size}))
        size--;
    if (reader->uid || size == 0)
        return 0;
    reader->uid = pool_copy(&reader->pool, (struct text){uid, size});
    return reader->uid ? 0 : -ENOMEM;
}

static int read_sequence(struct component_reader *reader, const struct contentline *line)
{
    if (!text_number(text_trim(line->value), 0, INT32_MAX, &reader->sequence))
        warn(reader, contentline_place_of(line, line->value),
             "SEQUENCE is no number and is read as 0");
    return 0;
}

static int read_stamp(struct component_reader *reader, const struct contentline *line)
{
    struct stamp stamp;
    if (stamp_parse(line->value, &stamp))
        reader->stamp = moment_on(reader->zones, stamp, NULL, (struct contentline_place){0});
    return 0;
}

static int read_status(struct component_reader *reader, const struct contentline *line)
{
    struct text value = text_trim(line->value);
    if (text_is_nocase(value, "CANCELLED") || text_is_nocase(value, "CANCELED"))
        reader->state = EVENT_CANCELLED;
    else if (text_is_nocase(value, "TENTATIVE"))
        reader->state = EVENT_TENTATIVE;
    else if (value.size > 0 && !text_is_nocase(value, "CONFIRMED"))
        warn(reader, contentline_place_of(line, line->value),
             "STATUS:%.*s is not known and ignored", shown(value), value.data);
    return 0;
}

static int read_all_day_mark(struct component_reader *reader, const struct contentline *line)
{
    reader->is_all_day_marked = text_is_nocase(text_trim(line->value), "TRUE");
    return 0;
}

/* In order of how often they stand in files. */
static const struct {
    struct value_name name;
    bool is_vital; /* losing it breaks the series */
    int (*read)(struct component_reader *, const struct contentline *);
} properties[] = {
    {VALUE_NAME("UID"), true, read_uid},
    {VALUE_NAME("DTSTART"), true, read_start},
    {VALUE_NAME("DTEND"), true, read_end},
    {VALUE_NAME("DTSTAMP"), false, read_stamp},
    {VALUE_NAME("SEQUENCE"), false, read_sequence},
    {VALUE_NAME("STATUS"), false, read_status},
    {VALUE_NAME("RRULE"), true, read_rule},
    {VALUE_NAME("EXDATE"), true, read_exclusions},
    {VALUE_NAME("RECURRENCE-ID"), true, read_id},
    {VALUE_NAME("RDATE"), true, read_extras},
    {VALUE_NAME("DURATION"), true, read_duration},
    {VALUE_NAME("EXRULE"), true, read_exclusion_rule},
    {VALUE_NAME("X-MICROSOFT-CDO-ALLDAYEVENT"), false, read_all_day_mark},
    {VALUE_NAME("X-FUNAMBOL-ALLDAY"), false, read_all_day_mark},
};

int component_line(struct component_reader *reader, const struct contentline *line)
{
    if (line->is_malformed) {
        warn(reader, contentline_place_of(line, line->raw),
             "this line is no property and is ignored: \"%.*s\"", shown(line->raw), line->raw.data);
        return 0;
    }
    for (size_t i = 0; i < sizeof properties / sizeof *properties; i++)
        if (value_name_is(properties[i].name, line->name))
            return properties[i].read(reader, line);
    return event_words_line(reader->words, line);
}

void component_lost_line(struct component_reader *reader, struct text head, int line)
{
    size_t size = 0;
    while (size < head.size && !strchr(":; ", head.data[size]))
        size++;
    struct text name = text_slice(head, 0, size);
    for (size_t i = 0; i < sizeof properties / sizeof *properties; i++)
        if (properties[i].is_vital && value_name_is(properties[i].name, name)) {
            reject(reader, (struct contentline_place){.line = line},
                   "%s is longer than a line may be", properties[i].name.data);
            return;
        }
    warn(reader, (struct contentline_place){.line = line}, "%.*s is too long and ignored",
         shown(name), name.data);
}

static bool is_all_day(const struct component_reader *reader)
{
    const struct moment *start = &reader->start, *end = &reader->end;
    if (start->stamp.is_date || !reader->is_all_day_marked)
        return start->stamp.is_date;
    struct civil_time from = start->stamp.time, until = end->stamp.time;
    if (start->stamp.is_utc) {
        from = zone_to_civil(reader->options->zone, zone_to_instant(start->zone, from, NULL));
        until = zone_to_civil(reader->options->zone,
                              zone_to_instant(start->zone, end->is_set ? until : from, NULL));
        if (moment_is_midnight(start->stamp.time))
            return true;
    }
    return moment_is_midnight(from) &&
           (!end->is_set || end->stamp.is_date || moment_is_midnight(until));
}

static void place_days(struct component_reader *reader, struct component *c)
{
    int64_t first = moment_day(&reader->start, reader->options->zone), end = first + 1;
    c->start_sec = first * DAY_SEC;
    if (reader->end.is_set) {
        end = moment_day(&reader->end, reader->options->zone);
        if (!reader->end.stamp.is_date && !reader->end.stamp.is_utc &&
            !moment_is_midnight(reader->end.stamp.time))
            end++;
        if (end < first)
            reject(reader, reader->end.place, "DTEND is before DTSTART");
        if (end == first) {
            if (reader->end.stamp.is_date)
                warn(reader, reader->end.place, "DTEND is DTSTART itself; read as one day");
            end = first + 1;
        }
    } else if (reader->has_duration) {
        int64_t days = reader->duration.days + (reader->duration.sec + DAY_SEC - 1) / DAY_SEC;
        end = first + (days > 0 ? days : 1);
    }
    c->length.wall_sec = (end - first) * DAY_SEC;
}

static void place_times(struct component_reader *reader, struct component *c)
{
    const struct moment *end = &reader->end;
    struct instant start = zone_to_instant(c->zone, reader->start.stamp.time, NULL);
    c->start_sec = civil_time_to_sec(reader->start.stamp.time);
    if (!end->is_set) {
        if (reader->has_duration) {
            c->length.wall_sec = reader->duration.days * DAY_SEC;
            c->length.exact_sec = reader->duration.sec;
        }
        return;
    }
    if (end->stamp.is_date)
        warn(reader, end->place, "DTEND is a date although DTSTART has a time");
    const struct zone *end_zone = end->zone ? end->zone : c->zone;
    struct instant t = zone_to_instant(end_zone, end->stamp.time, NULL);
    if (instant_before(t, start)) {
        reject(reader, end->place, "DTEND is before DTSTART");
        return;
    }
    c->end = t;
    c->length.wall_sec = moment_wall(end, c->zone) - c->start_sec;
    if (c->length.wall_sec < 0) /* a clock that goes back in between */
        c->length = (struct length){.exact_sec = instant_diff(t, start) / USEC_PER_SEC};
}

static void place(struct component_reader *reader, struct component *c)
{
    struct moment *start = &reader->start;
    if (!start->is_set && reader->id.is_set && !reader->is_broken) {
        if (reader->state != EVENT_CANCELLED)
            warn(reader, whole(reader), "DTSTART is missing; read as the RECURRENCE-ID");
        *start = reader->id;
        c->is_startless = true;
    }
    if (!start->is_set) {
        reject(reader, whole(reader), "DTSTART is missing");
        return;
    }
    if (reader->end.is_set && reader->has_duration)
        warn(reader, reader->end.place, "DTEND and DURATION stand together; DTEND holds");
    c->is_date = is_all_day(reader);
    c->zone = start->zone && !c->is_date ? start->zone : reader->options->zone;
    if (c->is_date)
        place_days(reader, c);
    else
        place_times(reader, c);
}

static int bind_repetition(struct component_reader *reader, struct component *c)
{
    struct repetition_binding binding = {.arena = reader->arena,
                                         .scratch = reader->scratch,
                                         .calendar_zone = reader->options->zone,
                                         .utc = zones_utc(reader->zones),
                                         .probe_steps = &reader->probe_steps,
                                         .rules_met = &reader->rules_met};
    if (c->replaces && reader->repetition.rules.count == 0)
        return 0; /* one that repeats may be the series itself: see calendar/master */
    if (c->replaces && !moment_is_same(&reader->id, &reader->start, reader->options->zone)) {
        warn(reader, whole(reader), "an exception cannot repeat; its RRULE is ignored");
        return 0;
    }
    int r = repetition_bind(&binding, &reader->repetition, c, &c->repetition);
    if (r == REPETITION_E_REFUSED && !c->replaces)
        reject(reader, binding.place, "%s", binding.complaint);
    return r == REPETITION_E_REFUSED ? 0 : r;
}

/* RFC 5545 wants a UID. Without one, title and start are the identity: another start is another
 * event, which is why staff are told.                                                            */
static int settle_uid(struct component_reader *reader, const struct event *event,
                      struct component *c)
{
    char hex[33], uid[48];
    uint8_t digest[DIGEST_BYTES];
    c->uid = reader->uid;
    if (reader->uid)
        return 0;
    char start[32];
    snprintf(start, sizeof start, "%lld", (long long)c->start_sec);
    struct text parts[] = {text_of(words_in(&event->summary, LANGUAGE_FR)), text_of(start)};
    int r = digest_parts(parts, 2, digest);
    if (r)
        return r;
    digest_hex(digest, 16, hex);
    snprintf(uid, sizeof uid, "no-uid-%s", hex);
    c->uid = pool_keep(&reader->pool, text_of(uid));
    warn(reader, whole(reader), "the event has no UID; it is known by its title and start");
    return c->uid ? 0 : -ENOMEM;
}

static int settle_words(struct component_reader *reader, struct component *c)
{
    struct event event = {.state = reader->options->is_cancelled ? EVENT_CANCELLED : reader->state};
    int r = event_words_finish(reader->words, reader->options->category, &event);
    if (r == 0)
        r = settle_uid(reader, &event, c);
    if (r)
        return r;
    if (reader->is_broken)
        tell_why_broken(reader, words_in(&event.summary, LANGUAGE_FR));
    c->is_marked = event.marks.audience != NULL;
    c->event = packed_event_new(reader->arena, &event);
    return c->event ? 0 : -ENOMEM;
}

int component_finish(struct component_reader *reader, struct component **ret)
{
    struct component *c = arena_alloc(reader->arena, sizeof *c);
    if (!c)
        return -ENOMEM;
    c->line = reader->line;
    c->options = reader->options;
    c->sequence = (int32_t)reader->sequence;
    c->end = INSTANT_UNSET;
    c->stamp = reader->stamp.is_set && !reader->stamp.stamp.is_date
                   ? zone_to_instant(zones_utc(reader->zones), reader->stamp.stamp.time, NULL)
                   : INSTANT_UNSET;
    if (reader->id.is_set) {
        c->replaces = arena_alloc(reader->arena, sizeof *c->replaces);
        if (!c->replaces)
            return -ENOMEM;
        c->replaces->sec = civil_time_to_sec(reader->id.stamp.time);
        c->replaces->zone = reader->id.zone;
        c->replaces->is_date = reader->id.stamp.is_date;
        c->replaces->is_range = reader->is_range;
    }
    place(reader, c);
    int r = reader->is_broken ? 0 : bind_repetition(reader, c);
    if (r == 0)
        r = settle_words(reader, c);
    c->is_broken = reader->is_broken;
    *ret = c;
    return r;
}

void component_event(const struct component *component, struct event *ret)
{
    packed_event_open(component->event, ret);
    ret->uid = component->uid;
    ret->line = component->line;
    ret->sequence = component->sequence;
    ret->feed = component->options->feed;
    ret->source = component->options->source;
}
