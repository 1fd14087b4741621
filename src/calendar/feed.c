/* SPDX-License-Identifier: MIT */
/* Two readings of the same bytes. The first walks the whole stream, refuses what is not sound and
 * gathers what may stand anywhere in it (time zones, the calendar's name and zone); only then does
 * the second read events. So a feed that is cut off never gives half of its events, and a VTIMEZONE
 * behind its events still holds for them.
 *
 * libical is not used here. Its property parser drops values beyond 500 on a line, months 13 and
 * the TZID of RDATE without a word, and every one of its answers has to be checked again; the value
 * readers that do this check are shorter than the wrapping. tests/calendar and tests/bench hold it
 * as the rival and the oracle.                                                                   */
#include "calendar/feed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/unicode.h"
#include "calendar/doctor.h"
#include "calendar/line_charset.h"
#include "calendar/master.h"
#include "calendar/prose.h"
#include "calendar/series.h"
#include "calendar/stream.h"
#include "calendar/vtimezone.h"

enum { EVENTS_MAX = 300000, CALENDARS_MAX = 20000, SCRATCH_BYTES_MAX = 256 << 20 };
enum { PASSED_BYTES = 256 * 1024, SERIES_BYTES = 64 /* as long as the assembling of one takes */ };

/* One VCALENDAR. */
struct calendar {
    struct tzids tzids;
    const char *product;
    const struct zone *zone;
    struct component_options options;
};
LIST_TYPE(calendars, struct calendar);
LIST_TYPE(components, struct component *);
LIST_TYPE(series_list, struct series);
LIST_TYPE(set_asides, struct feed_set_aside);

struct feed {
    struct calendars calendars;
    struct series_list series;   /* by UID */
    struct set_asides set_aside; /* by UID */
    const struct zone *zone;
};

enum phase { PHASE_SURVEY, PHASE_EVENTS, PHASE_SORT, PHASE_ASSEMBLE };

/* The first walk. */
struct survey {
    struct vtimezone zone;
    int64_t zone_steps; /* left for all time zones of the file */
    size_t event_count; /* at least what the second walk will find */
};

struct feed_reading {
    struct text raw;
    struct arena *arena;
    struct arena *scratch; /* one component long */
    struct arena *kept;    /* as long as the reading */
    const struct feed_options *options;
    struct flaws *flaws;
    struct feed *feed;
    enum phase phase;
    struct stream stream; /* of the walk under way */
    struct contentline line;
    struct line_charset_votes votes;
    bool told_charset;
    struct survey survey;
    struct component_reader *reader; /* of the second walk */
    size_t calendar;                 /* VCALENDARs begun in it */
    size_t passed;                   /* bytes that on_passed heard of */
    struct components components;
    size_t at; /* the next component to assemble */
};

static int refuse(struct feed_reading *reading, int line, const char *text, const char *advice)
{
    flaws_add(reading->flaws, SEVERITY_ERROR, line, 0, advice, "%s; the whole file is refused",
              text);
    return FEED_E_MALFORMED;
}

static const char *const advice_export =
    "Export or fetch the calendar again; until then the last good copy stays in force";

/* What is no iCalendar at all, told in plain words. */
static int check_bytes(struct feed_reading *reading, struct text raw)
{
    const char *nul = raw.size ? memchr(raw.data, '\0', raw.size) : NULL;
    if (text_starts(raw, "\xff\xfe") || text_starts(raw, "\xfe\xff"))
        return refuse(reading, 1, "the file is written in UTF-16",
                      "Save it as UTF-8; until then the last good copy stays in force");
    if (nul) {
        int line = 1;
        for (const char *c = raw.data; c < nul; c++)
            line += *c == '\n';
        return refuse(reading, line, "the file holds a NUL byte: it is damaged or no text",
                      advice_export);
    }
    struct text start = text_trim(text_starts(raw, "\xef\xbb\xbf") ? text_from(raw, 3) : raw);
    if (start.size == 0)
        return refuse(reading, 0, "the file is empty", advice_export);
    if (text_starts(start, "<"))
        return refuse(reading, 1, "this is a web page (HTML or XML), not a calendar",
                      "The address may ask for a login or have moved: open it in a browser");
    return 0;
}

/* Told once a file. */
static void tell_charset(struct feed_reading *reading, struct text raw, const char *complaint)
{
    struct contentline *line = &reading->line;
    if (reading->told_charset)
        return;
    line->line = reading->stream.line;
    line->raw = raw;
    line->physical = reading->stream.reader.physical;
    size_t at = text_utf8_error(raw); /* none in ISO-2022-JP */
    struct contentline_place place = contentline_place_of(
        line, text_from(raw, at < raw.size ? at : text_find_char(raw, '\x1b')));
    flaws_add(reading->flaws, SEVERITY_WARNING, place.line, place.column,
              "Export the calendar as UTF-8", "%s", complaint);
    reading->told_charset = true;
}

static int parse_line(struct feed_reading *reading)
{
    struct text raw = reading->stream.raw;
    const char *complaint, *charset = line_charset_of(&reading->votes, raw, &complaint);
    size_t malformed;
    if (charset) {
        tell_charset(reading, raw, complaint);
        int r = unicode_decode(reading->scratch, raw, charset, &raw, &malformed);
        if (r < 0)
            return r;
    }
    contentline_parse(raw, reading->stream.line, &reading->line);
    if (!charset) /* the places of a decoded line are not known */
        reading->line.physical = reading->stream.reader.physical;
    return 0;
}

static int begin_calendar(struct feed_reading *reading)
{
    const struct feed_options *options = reading->options;
    struct calendar *calendar = list_add(reading->arena, &reading->feed->calendars);
    if (!calendar)
        return -ENOMEM;
    *calendar = (struct calendar){.zone = options->zone,
                                  .tzids = {.arena = reading->kept,
                                            .zones = options->zones,
                                            .locale = options->locale,
                                            .fallback = options->zone,
                                            .advice = doctor_zone_advice(NULL),
                                            .flaws = reading->flaws},
                                  .options = {.feed = options->name,
                                              .source = options->source,
                                              .category = options->category,
                                              .advice = doctor_advice(NULL),
                                              .zone = options->zone}};
    return 0;
}

static int keep_words(struct feed_reading *reading, struct text raw, const char **ret)
{
    struct buf plain = BUF_INIT(4096), clean = BUF_INIT(4096);
    if (*ret)
        return 0;
    prose_unescape(text_slice(raw, 0, 1024), &plain);
    prose_clean(buf_text(&plain), false, &clean);
    if (clean.size > 0)
        *ret = unicode_nfc(reading->arena, buf_text(&clean));
    int r = clean.size > 0 && !*ret ? -ENOMEM : 0;
    buf_done(&plain);
    buf_done(&clean);
    return r;
}

static void set_zone(struct feed_reading *reading, struct calendar *calendar, struct text value)
{
    const struct feed_options *options = reading->options;
    value = text_trim(value);
    if (value.size == 0 || options->is_zone_pinned)
        return;
    const struct zone *zone = tzid_named(options->zones, options->locale, value);
    struct contentline_place place = contentline_place_of(&reading->line, value);
    if (zone)
        calendar->zone = calendar->tzids.fallback = calendar->options.zone = zone;
    else
        flaws_add(reading->flaws, SEVERITY_WARNING, place.line, place.column, NULL,
                  "the calendar's time zone \"%.*s\" is not known; %s stands for it",
                  value.size < 60 ? (int)value.size : 60, value.data, zone_name(options->zone));
}

static int calendar_line(struct feed_reading *reading, struct calendar *calendar)
{
    const struct contentline *line = &reading->line;
    if (text_is_nocase(line->name, "PRODID")) {
        int r = keep_words(reading, line->value, &calendar->product);
        calendar->options.advice = doctor_advice(calendar->product);
        calendar->tzids.advice = doctor_zone_advice(calendar->product);
        return r;
    }
    if (text_is_nocase(line->name, "X-WR-TIMEZONE") || text_is_nocase(line->name, "TIMEZONE-ID"))
        set_zone(reading, calendar, line->value);
    else if (text_is_nocase(line->name, "METHOD"))
        calendar->options.is_cancelled = text_is_nocase(text_trim(line->value), "CANCEL");
    return 0;
}

static int survey_begin(struct feed_reading *reading)
{
    struct survey *survey = &reading->survey;
    const struct stream *stream = &reading->stream;
    enum stream_component inner = stream_inner(stream);
    if (inner == STREAM_CALENDAR) {
        if (reading->feed->calendars.count == CALENDARS_MAX)
            return refuse(reading, stream->line, "too many calendars in one file", NULL);
        return begin_calendar(reading);
    }
    if (inner == STREAM_EVENT && ++survey->event_count > EVENTS_MAX)
        return refuse(reading, stream->line, "more events than can be read",
                      "Export a shorter period");
    if (inner == STREAM_ZONE) {
        arena_clear(reading->scratch);
        vtimezone_init(&survey->zone, reading->scratch);
    }
    if ((inner == STREAM_STANDARD || inner == STREAM_DAYLIGHT) &&
        stream_outer(stream) == STREAM_ZONE)
        return vtimezone_open(&survey->zone, inner == STREAM_DAYLIGHT);
    return 0;
}

/* END:VTIMEZONE. One that costs too much is none: its name and the next guesses decide. */
static int survey_zone(struct feed_reading *reading)
{
    struct survey *survey = &reading->survey;
    struct calendars *calendars = &reading->feed->calendars;
    struct tzids *tzids = &calendars->items[calendars->count - 1].tzids;
    struct text name = survey->zone.name;
    const struct zone *zone;
    if (tzids_is_defined(tzids, name) || survey->zone_steps <= 0)
        return 0;
    int r = vtimezone_finish(&survey->zone, reading->options->zones, &survey->zone_steps, &zone);
    if (r < 0)
        return r;
    if (r == VTIMEZONE_E_TOO_MUCH)
        flaws_add(reading->flaws, SEVERITY_WARNING, reading->stream.closed.line, 0, NULL,
                  "the VTIMEZONE \"%.*s\"%s changes its clock too often and is ignored",
                  name.size < 60 ? (int)name.size : 60, name.data,
                  survey->zone_steps > 0 ? "" : ", as those after it,");
    else if (!zone)
        flaws_add(reading->flaws, SEVERITY_WARNING, reading->stream.closed.line, 0, NULL,
                  "this VTIMEZONE describes no time zone");
    return tzids_define(tzids, name, zone, survey->zone.location);
}

static int survey_end(struct feed_reading *reading)
{
    enum stream_component closed = reading->stream.closed.component;
    if (closed == STREAM_STANDARD || closed == STREAM_DAYLIGHT)
        vtimezone_close(&reading->survey.zone);
    bool is_zone = closed == STREAM_ZONE && stream_inner(&reading->stream) == STREAM_CALENDAR;
    return is_zone ? survey_zone(reading) : 0;
}

static int survey_line(struct feed_reading *reading)
{
    const struct stream *stream = &reading->stream;
    struct calendars *calendars = &reading->feed->calendars;
    enum stream_component inner = stream_inner(stream);
    bool is_zone =
        inner == STREAM_ZONE || ((inner == STREAM_STANDARD || inner == STREAM_DAYLIGHT) &&
                                 stream_outer(stream) == STREAM_ZONE);
    if (stream->depth == 0) {
        flaws_add(reading->flaws, SEVERITY_WARNING, stream->line, 0, NULL,
                  "this line stands outside the calendar and is ignored");
        return 0;
    }
    if (inner != STREAM_CALENDAR && !is_zone)
        return 0;
    int r = parse_line(reading);
    if (r || reading->line.is_malformed)
        return r;
    return is_zone ? vtimezone_line(&reading->survey.zone, &reading->line)
                   : calendar_line(reading, &calendars->items[calendars->count - 1]);
}

static int begin_events(struct feed_reading *reading)
{
    struct components *components = &reading->components;
    if (reading->feed->calendars.count == 0)
        return refuse(reading, 1, "no VCALENDAR: this is no calendar", advice_export);
    reading->feed->zone = reading->feed->calendars.items[0].zone;
    components->capacity = reading->survey.event_count;
    components->items =
        arena_alloc_array(reading->kept, components->capacity, sizeof *components->items);
    int r = components->items ? 0 : -ENOMEM;
    r = r ? r
          : component_reader_new(reading->arena, reading->scratch, reading->options->zones,
                                 reading->flaws, &reading->reader);
    stream_done(&reading->stream);
    stream_init(&reading->stream, reading->raw);
    reading->phase = PHASE_EVENTS;
    return r;
}

static int survey_step(struct feed_reading *reading)
{
    enum stream_step step;
    int r = stream_next(&reading->stream, &step);
    if (r == STREAM_E_BROKEN)
        return refuse(reading, reading->stream.line, reading->stream.complaint, advice_export);
    if (r)
        return r;
    switch (step) {
    case STREAM_BEGIN:
        return survey_begin(reading);
    case STREAM_END:
        return survey_end(reading);
    case STREAM_LINE:
        line_charset_vote(&reading->votes, reading->stream.raw);
        return survey_line(reading);
    case STREAM_LOST:
        break;
    case STREAM_DONE:
        return begin_events(reading);
    }
    return 0;
}

static bool is_in_event(const struct stream *stream)
{
    return stream_inner(stream) == STREAM_EVENT && stream_outer(stream) == STREAM_CALENDAR;
}

/* Tells whoever gave the bytes how far they have been read, before the next step. */
static void tell_passed(struct feed_reading *reading)
{
    size_t at = reading->raw.size - reading->stream.reader.rest.size;
    if (!reading->options->on_passed || at - reading->passed < PASSED_BYTES)
        return;
    reading->passed = at;
    reading->options->on_passed(reading->options->context, at);
}

static int event_step(struct feed_reading *reading)
{
    const struct stream *stream = &reading->stream;
    struct component_reader *reader = reading->reader;
    enum stream_step step;
    int r = stream_next(&reading->stream, &step);
    if (r)
        return r;
    if (step == STREAM_DONE) {
        reading->phase = PHASE_SORT;
    } else if (step == STREAM_BEGIN && stream_inner(stream) == STREAM_CALENDAR) {
        ++reading->calendar;
    } else if (step == STREAM_BEGIN && is_in_event(stream)) {
        struct calendar *own = &reading->feed->calendars.items[reading->calendar - 1];
        component_begin(reader, stream->line, &own->tzids, &own->options);
    } else if (step == STREAM_LINE && is_in_event(stream)) {
        r = parse_line(reading);
        if (r == 0)
            r = component_line(reader, &reading->line);
    } else if (step == STREAM_LOST && is_in_event(stream)) {
        component_lost_line(reader, stream->raw, stream->line);
    } else if (step == STREAM_END && stream->closed.component == STREAM_EVENT) {
        struct component **slot = list_add(reading->kept, &reading->components);
        r = slot ? component_finish(reader, slot) : -ENOMEM;
    }
    tell_passed(reading);
    return r;
}

static int compare_components(const void *a, const void *b)
{
    const struct component *x = *(struct component *const *)a, *y = *(struct component *const *)b;
    int order = strcmp(x->uid, y->uid);
    return order ? order : (x->line > y->line) - (x->line < y->line);
}

/* Moves the list of overrides to the arena that stays; most series have none. */
static int keep_overrides(struct arena *arena, struct series *series)
{
    if (series->override_count == 0) {
        series->overrides = NULL;
        return 0;
    }
    struct component **overrides =
        arena_alloc_array(arena, series->override_count, sizeof *overrides);
    if (!overrides)
        return -ENOMEM;
    memcpy(overrides, series->overrides, series->override_count * sizeof *overrides);
    series->overrides = overrides;
    return 0;
}

static int put_aside(struct feed_reading *reading, struct component *const *all, size_t count)
{
    struct feed_set_aside *slot = list_add(reading->arena, &reading->feed->set_aside);
    if (!slot)
        return -ENOMEM;
    slot->uid = all[0]->uid;
    for (size_t i = 0; i < count && !words_in(&slot->title, LANGUAGE_FR); i++) {
        struct event event;
        component_event(all[i], &event);
        slot->title = event.summary;
    }
    return 0;
}

static int sort_components(struct feed_reading *reading)
{
    struct components *components = &reading->components;
    struct feed *feed = reading->feed;
    reading->phase = PHASE_ASSEMBLE;
    if (components->count == 0)
        return 0;
    qsort(components->items, components->count, sizeof *components->items, compare_components);
    feed->series.items =
        arena_alloc_array(reading->arena, components->count, sizeof *feed->series.items);
    feed->series.capacity = components->count;
    return feed->series.items ? 0 : -ENOMEM;
}

/* Those of the next UID; a series with a broken component is set aside whole. */
static int assemble_next(struct feed_reading *reading)
{
    struct feed *feed = reading->feed;
    struct component **all = reading->components.items;
    size_t start = reading->at, end = start;
    bool is_broken = false;
    for (; end < reading->components.count && strcmp(all[end]->uid, all[start]->uid) == 0; end++)
        is_broken |= all[end]->is_broken;
    reading->at = end;
    if (is_broken || master_is_refused(all + start, end - start, reading->flaws))
        return put_aside(reading, all + start, end - start);
    struct series *series = &feed->series.items[feed->series.count++];
    series_assemble(all + start, end - start, feed->zone, reading->flaws, series);
    return keep_overrides(reading->arena, series);
}

int feed_open(struct arena *arena, struct text raw, const struct feed_options *options,
              struct flaws *flaws, struct feed_reading **ret)
{
    struct feed_reading *reading = calloc(1, sizeof *reading);
    if (!reading)
        return -ENOMEM;
    *reading = (struct feed_reading){.raw = raw,
                                     .arena = arena,
                                     .options = options,
                                     .flaws = flaws,
                                     .feed = arena_alloc(arena, sizeof *reading->feed),
                                     .scratch = arena_new(SCRATCH_BYTES_MAX),
                                     .kept = arena_new(SCRATCH_BYTES_MAX),
                                     .survey = {.zone_steps = VTIMEZONE_STEPS_MAX}};
    stream_init(&reading->stream, raw);
    int r = reading->feed && reading->scratch && reading->kept ? 0 : -ENOMEM;
    r = r ? r : check_bytes(reading, raw);
    if (r) {
        feed_close(reading);
        return r;
    }
    *ret = reading;
    return 0;
}

/* One piece of work, and how many bytes it stands for. */
static int take_step(struct feed_reading *reading, size_t *ret_bytes)
{
    size_t before = reading->stream.reader.rest.size;
    enum phase phase = reading->phase;
    int r = 0;
    switch (phase) {
    case PHASE_SURVEY:
        r = survey_step(reading);
        break;
    case PHASE_EVENTS:
        r = event_step(reading);
        break;
    case PHASE_SORT:
        r = sort_components(reading);
        break;
    case PHASE_ASSEMBLE:
        before = reading->stream.reader.rest.size + SERIES_BYTES;
        r = assemble_next(reading);
        break;
    }
    /* What comes between two walks looks at the whole: a step of its own. */
    *ret_bytes =
        phase == reading->phase ? before - reading->stream.reader.rest.size : reading->raw.size;
    return r;
}

int feed_step(struct feed_reading *reading, size_t max_bytes, struct feed **ret_feed,
              bool *ret_is_done)
{
    int r = 0;
    *ret_is_done = false;
    for (size_t bytes; !r && max_bytes; max_bytes -= bytes < max_bytes ? bytes : max_bytes) {
        if (reading->phase == PHASE_ASSEMBLE && reading->at == reading->components.count) {
            *ret_is_done = true;
            break;
        }
        r = take_step(reading, &bytes);
    }
    if (!r && reading->flaws->is_out_of_memory)
        r = -ENOMEM;
    if (!r && *ret_is_done)
        *ret_feed = reading->feed;
    return r;
}

struct feed_reading *feed_close(struct feed_reading *reading)
{
    if (!reading)
        return NULL;
    stream_done(&reading->stream);
    component_reader_free(reading->reader);
    arena_free(reading->scratch);
    arena_free(reading->kept);
    free(reading);
    return NULL;
}

int feed_parse(struct arena *arena, struct text raw, const struct feed_options *options,
               struct flaws *flaws, struct feed **ret_feed)
{
    struct feed_reading *reading = NULL;
    bool is_done = false;
    int r = feed_open(arena, raw, options, flaws, &reading);
    while (!r && !is_done)
        r = feed_step(reading, SIZE_MAX, ret_feed, &is_done);
    feed_close(reading);
    return r;
}

const char *feed_product(const struct feed *feed)
{
    return feed->calendars.items[0].product;
}

size_t feed_event_count(const struct feed *feed)
{
    return feed->series.count;
}

const struct zone *feed_zone(const struct feed *feed)
{
    return feed->zone;
}

int feed_visit(const struct feed *feed, enum feed_visit which,
               int (*visit)(void *context, const struct event *), void *context)
{
    int r = 0;
    for (size_t i = 0; i < feed->series.count && !r; i++) {
        const struct series *series = &feed->series.items[i];
        for (size_t k = 0; k <= series->override_count && !r; k++) {
            const struct component *c =
                k < series->override_count ? series->overrides[k] : series->master;
            struct event event;
            if (!c || (which == FEED_VISIT_MARKED && !c->is_marked))
                continue;
            component_event(c, &event);
            r = visit(context, &event);
        }
    }
    return r;
}

static int compare_uid(const void *uid, const void *item)
{
    return strcmp(uid, ((const struct feed_set_aside *)item)->uid);
}

bool feed_has_set_aside(const struct feed *feed, const char *uid)
{
    return feed->set_aside.count > 0 && bsearch(uid, feed->set_aside.items, feed->set_aside.count,
                                                sizeof *feed->set_aside.items, compare_uid);
}

const struct feed_set_aside *feed_set_aside(const struct feed *feed, size_t *ret_count)
{
    *ret_count = feed->set_aside.count;
    return feed->set_aside.items;
}

const struct series *feed_series(const struct feed *feed, size_t *ret_count)
{
    *ret_count = feed->series.count;
    return feed->series.items;
}
