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
#include "calendar/prose.h"
#include "calendar/series.h"
#include "calendar/shift_jis.h"
#include "calendar/stream.h"
#include "calendar/vtimezone.h"

enum { EVENTS_MAX = 300000, CALENDARS_MAX = 1000, SCRATCH_BYTES_MAX = 256 << 20 };
enum { PASSED_BYTES = 256 * 1024 };

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

struct reading {
    struct arena *arena;
    struct arena *scratch; /* one component long */
    struct arena *kept;    /* as long as the reading */
    const struct feed_options *options;
    struct flaws *flaws;
    struct feed *feed;
    struct contentline line;
    bool told_charset;
};

static int refuse(struct reading *reading, int line, const char *text, const char *advice)
{
    flaws_add(reading->flaws, SEVERITY_ERROR, line, 0, advice, "%s; the whole file is refused",
              text);
    return FEED_E_MALFORMED;
}

static const char *const advice_export =
    "Export or fetch the calendar again; until then the last good copy stays in force";

/* What is no iCalendar at all, told in plain words. */
static int check_bytes(struct reading *reading, struct text raw)
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

/* A line that is no UTF-8 is Shift_JIS or Windows-1252, unless other characters in it are sound
 * UTF-8.
 */
static int decode_line(struct reading *reading, const struct stream *stream, struct text *raw)
{
    bool is_ascii = true;
    for (size_t i = 0; i < raw->size && is_ascii; i++)
        is_ascii = (unsigned char)raw->data[i] < 0x80;
    if (is_ascii || text_is_utf8(*raw))
        return 0;
    const char *charset = "windows-1252", *complaint = "the text is not UTF-8; it is read as "
                                                       "Windows-1252";
    if (shift_jis_is_likely(*raw)) {
        charset = "CP932";
        complaint = "the text is not UTF-8; it is read as Shift_JIS";
    } else {
        bool has_utf8 = false;
        for (struct text rest = *raw; rest.size > 0 && !has_utf8;) {
            uint32_t rune = text_next_rune(&rest);
            has_utf8 = rune >= 0x80 && rune != 0xfffd;
        }
        if (has_utf8) {
            charset = "UTF-8";
            complaint = "a character is broken here; a question mark stands for it";
        }
    }
    if (!reading->told_charset) {
        reading->line.line = stream->line;
        reading->line.raw = *raw;
        reading->line.physical = stream->reader.physical;
        struct contentline_place place =
            contentline_place_of(&reading->line, text_from(*raw, text_utf8_error(*raw)));
        flaws_add(reading->flaws, SEVERITY_WARNING, place.line, place.column,
                  "Export the calendar as UTF-8", "%s", complaint);
    }
    reading->told_charset = true;
    size_t malformed;
    int r = unicode_decode(reading->scratch, *raw, charset, raw, &malformed);
    return r < 0 ? r : 0;
}

static int parse_line(struct reading *reading, const struct stream *stream)
{
    struct text raw = stream->raw;
    int r = decode_line(reading, stream, &raw);
    if (r)
        return r;
    contentline_parse(raw, stream->line, &reading->line);
    if (raw.data == stream->raw.data) /* the places of a decoded line are not known */
        reading->line.physical = stream->reader.physical;
    return 0;
}

static int begin_calendar(struct reading *reading)
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

static int keep_words(struct reading *reading, struct text raw, const char **ret)
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

static void set_zone(struct reading *reading, struct calendar *calendar, struct text value)
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

static int calendar_line(struct reading *reading, struct calendar *calendar)
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

struct survey {
    struct reading *reading;
    struct stream stream;
    struct vtimezone zone;
    int64_t zone_steps; /* left for all time zones of the file */
    size_t event_count;
};

static int survey_begin(struct survey *survey)
{
    enum stream_component inner = stream_inner(&survey->stream);
    if (inner == STREAM_CALENDAR) {
        if (survey->reading->feed->calendars.count == CALENDARS_MAX)
            return refuse(survey->reading, survey->stream.line, "too many calendars in one file",
                          NULL);
        return begin_calendar(survey->reading);
    }
    if (inner == STREAM_EVENT && ++survey->event_count > EVENTS_MAX)
        return refuse(survey->reading, survey->stream.line, "more events than can be read",
                      "Export a shorter period");
    if (inner == STREAM_ZONE) {
        arena_clear(survey->reading->scratch);
        vtimezone_init(&survey->zone, survey->reading->scratch);
    }
    if ((inner == STREAM_STANDARD || inner == STREAM_DAYLIGHT) &&
        stream_outer(&survey->stream) == STREAM_ZONE)
        return vtimezone_open(&survey->zone, inner == STREAM_DAYLIGHT);
    return 0;
}

/* END:VTIMEZONE. One that costs too much is none: its name and the next guesses decide. */
static int survey_zone(struct survey *survey)
{
    struct reading *reading = survey->reading;
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
        flaws_add(reading->flaws, SEVERITY_WARNING, survey->stream.closed.line, 0, NULL,
                  "the VTIMEZONE \"%.*s\"%s changes its clock too often and is ignored",
                  name.size < 60 ? (int)name.size : 60, name.data,
                  survey->zone_steps > 0 ? "" : ", as those after it,");
    else if (!zone)
        flaws_add(reading->flaws, SEVERITY_WARNING, survey->stream.closed.line, 0, NULL,
                  "this VTIMEZONE describes no time zone");
    return tzids_define(tzids, name, zone, survey->zone.location);
}

static int survey_end(struct survey *survey)
{
    enum stream_component closed = survey->stream.closed.component;
    if (closed == STREAM_STANDARD || closed == STREAM_DAYLIGHT)
        vtimezone_close(&survey->zone);
    bool is_zone = closed == STREAM_ZONE && stream_inner(&survey->stream) == STREAM_CALENDAR;
    return is_zone ? survey_zone(survey) : 0;
}

static int survey_line(struct survey *survey)
{
    struct reading *reading = survey->reading;
    struct calendars *calendars = &reading->feed->calendars;
    enum stream_component inner = stream_inner(&survey->stream);
    bool is_zone =
        inner == STREAM_ZONE || ((inner == STREAM_STANDARD || inner == STREAM_DAYLIGHT) &&
                                 stream_outer(&survey->stream) == STREAM_ZONE);
    if (survey->stream.depth == 0) {
        flaws_add(reading->flaws, SEVERITY_WARNING, survey->stream.line, 0, NULL,
                  "this line stands outside the calendar and is ignored");
        return 0;
    }
    if (inner != STREAM_CALENDAR && !is_zone)
        return 0;
    int r = parse_line(reading, &survey->stream);
    if (r || reading->line.is_malformed)
        return r;
    return is_zone ? vtimezone_line(&survey->zone, &reading->line)
                   : calendar_line(reading, &calendars->items[calendars->count - 1]);
}

/* The first reading. *ret_event_count is at least what the second one will find. */
static int survey_run(struct reading *reading, struct text raw, size_t *ret_event_count)
{
    struct survey survey = {.reading = reading, .zone_steps = VTIMEZONE_STEPS_MAX};
    enum stream_step step = STREAM_BEGIN;
    int r = 0;
    stream_init(&survey.stream, raw);
    while (r == 0 && step != STREAM_DONE) {
        r = stream_next(&survey.stream, &step);
        if (r == STREAM_E_BROKEN)
            r = refuse(reading, survey.stream.line, survey.stream.complaint, advice_export);
        else if (r == 0 && step == STREAM_BEGIN)
            r = survey_begin(&survey);
        else if (r == 0 && step == STREAM_END)
            r = survey_end(&survey);
        else if (r == 0 && step == STREAM_LINE)
            r = survey_line(&survey);
    }
    stream_done(&survey.stream);
    if (r == 0 && reading->feed->calendars.count == 0)
        r = refuse(reading, 1, "no VCALENDAR: this is no calendar", advice_export);
    *ret_event_count = survey.event_count;
    return r;
}

static bool is_in_event(const struct stream *stream)
{
    return stream_inner(stream) == STREAM_EVENT && stream_outer(stream) == STREAM_CALENDAR;
}

/* One step of the second reading; *calendar counts the VCALENDARs begun. */
static int read_step(struct reading *reading, struct stream *stream, enum stream_step step,
                     struct component_reader *reader, size_t *calendar,
                     struct components *components)
{
    int r = 0;
    if (step == STREAM_BEGIN && stream_inner(stream) == STREAM_CALENDAR) {
        ++*calendar;
    } else if (step == STREAM_BEGIN && is_in_event(stream)) {
        struct calendar *own = &reading->feed->calendars.items[*calendar - 1];
        component_begin(reader, stream->line, &own->tzids, &own->options);
    } else if (step == STREAM_LINE && is_in_event(stream)) {
        r = parse_line(reading, stream);
        if (r == 0)
            r = component_line(reader, &reading->line);
    } else if (step == STREAM_LOST && is_in_event(stream)) {
        component_lost_line(reader, stream->raw, stream->line);
    } else if (step == STREAM_END && stream->closed.component == STREAM_EVENT) {
        struct component **slot = list_add(reading->kept, components);
        r = slot ? component_finish(reader, slot) : -ENOMEM;
    }
    return r;
}

/* Tells whoever gave the bytes how far they have been read, before the next step. */
static void tell_passed(const struct reading *reading, struct text raw, const struct stream *stream,
                        size_t *passed)
{
    size_t at = raw.size - stream->reader.rest.size;
    if (!reading->options->on_passed || at - *passed < PASSED_BYTES)
        return;
    *passed = at;
    reading->options->on_passed(reading->options->context, at);
}

static int read_events(struct reading *reading, struct text raw, struct components *components)
{
    struct stream stream;
    struct component_reader *reader;
    enum stream_step step = STREAM_BEGIN;
    size_t calendar = 0, passed = 0;
    int r = component_reader_new(reading->arena, reading->scratch, reading->options->zones,
                                 reading->flaws, &reader);
    if (r)
        return r;
    components->items =
        arena_alloc_array(reading->kept, components->capacity, sizeof *components->items);
    if (!components->items)
        r = -ENOMEM;
    stream_init(&stream, raw);
    while (r == 0 && step != STREAM_DONE) {
        r = stream_next(&stream, &step);
        if (r == 0)
            r = read_step(reading, &stream, step, reader, &calendar, components);
        tell_passed(reading, raw, &stream, &passed);
    }
    stream_done(&stream);
    component_reader_free(reader);
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

static int put_aside(struct reading *reading, struct component *const *all, size_t count)
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

/* Groups by UID; a series with a broken component is set aside whole. */
static int assemble(struct reading *reading, struct components *components)
{
    struct feed *feed = reading->feed;
    struct component **all = components->items;
    if (components->count == 0)
        return 0;
    qsort(all, components->count, sizeof *all, compare_components);
    feed->series.items =
        arena_alloc_array(reading->arena, components->count, sizeof *feed->series.items);
    if (!feed->series.items)
        return -ENOMEM;
    feed->series.capacity = components->count;
    for (size_t start = 0, end = 0; start < components->count; start = end) {
        bool is_broken = false;
        for (; end < components->count && strcmp(all[end]->uid, all[start]->uid) == 0; end++)
            is_broken |= all[end]->is_broken;
        if (is_broken) {
            if (put_aside(reading, all + start, end - start))
                return -ENOMEM;
            continue;
        }
        struct series *series = &feed->series.items[feed->series.count++];
        series_assemble(all + start, end - start, feed->zone, reading->flaws, series);
        if (keep_overrides(reading->arena, series))
            return -ENOMEM;
    }
    return 0;
}

int feed_parse(struct arena *arena, struct text raw, const struct feed_options *options,
               struct flaws *flaws, struct feed **ret_feed)
{
    struct reading reading = {.arena = arena, .options = options, .flaws = flaws};
    struct components components = {0};
    reading.feed = arena_alloc(arena, sizeof *reading.feed);
    reading.scratch = arena_new(SCRATCH_BYTES_MAX);
    reading.kept = arena_new(SCRATCH_BYTES_MAX);
    int r = reading.feed && reading.scratch && reading.kept ? 0 : -ENOMEM;
    if (r == 0)
        r = check_bytes(&reading, raw);
    if (r == 0)
        r = survey_run(&reading, raw, &components.capacity);
    if (r == 0) {
        reading.feed->zone = reading.feed->calendars.items[0].zone;
        r = read_events(&reading, raw, &components);
    }
    if (r == 0)
        r = assemble(&reading, &components);
    arena_free(reading.scratch);
    arena_free(reading.kept);
    if (r == 0 && flaws->is_out_of_memory)
        r = -ENOMEM;
    if (r == 0)
        *ret_feed = reading.feed;
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
static int sort(const struct feed *feed, struct arena *arena, const struct occurrences *list,
                struct occurrences *ret)
{
    *ret = (struct occurrences){0};
    if (list->count == 0)
        return 0;
    struct place *places = malloc(list->count * sizeof *places);
    struct occurrence *sorted = arena_alloc_array(arena, list->count, sizeof *sorted);
    if (!places || !sorted) {
        free(places);
        return -ENOMEM;
    }
    for (size_t i = 0; i < list->count; i++)
        places[i] =
            (struct place){when_start(&list->items[i].when, feed->zone).utc_usec, &list->items[i]};
    qsort(places, list->count, sizeof *places, compare_places);
    for (size_t i = 0; i < list->count; i++)
        sorted[i] = *places[i].occurrence;
    free(places);
    *ret = (struct occurrences){sorted, list->count, list->count};
    return 0;
}

int feed_expand(struct arena *arena, const struct feed *feed, struct instant from,
                struct instant until, struct flaws *flaws, struct occurrences *ret)
{
    struct series_window window = {.from = from,
                                   .until = until,
                                   .zone = feed->zone,
                                   .steps_left = INT64_C(60000000),
                                   .instances_left = INT64_C(2000000),
                                   .flaws = flaws};
    struct occurrences found = {0};
    struct arena *scratch = arena_new(SCRATCH_BYTES_MAX);
    int r = scratch ? 0 : -ENOMEM;
    for (size_t i = 0; i < feed->series.count && r == 0; i++)
        r = series_expand(arena, scratch, &feed->series.items[i], &window, &found);
    arena_free(scratch);
    if (r == 0)
        r = sort(feed, arena, &found, ret);
    free(found.items);
    return r;
}
