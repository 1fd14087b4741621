/* SPDX-License-Identifier: MIT */
/* calendars: feeds for tests, and their occurrences as lines of text:
 *     2026-10-05T09:00:00+02:00 2026-10-05T10:00:00+02:00 key state title
 * All-day events show dates. Flaws follow the parse as "LINE severity text".                     */
#ifndef CONVIER_TESTS_CALENDAR_CALENDARS_H
#define CONVIER_TESTS_CALENDAR_CALENDARS_H

#include "base/buf.h"
#include "calendar/expansion.h"
#include "calendar/feed.h"
#include "check.h"

struct calendars_fixture {
    struct arena *arena;
    struct zones *zones;
    struct locale *locale;
    struct flaws flaws;
    struct feed *feed;
    int result;
};

static inline void calendars_init(struct calendars_fixture *f)
{
    *f = (struct calendars_fixture){.arena = arena_new(SIZE_MAX), .zones = zones_new(NULL)};
    if (!f->arena || !f->zones || locale_new(&f->locale))
        abort();
    flaws_init(&f->flaws, f->arena, "test.ics");
}

static inline void calendars_done(struct calendars_fixture *f)
{
    locale_free(f->locale);
    zones_free(f->zones);
    arena_free(f->arena);
}

/* Parses; zone is the feed's own. */
static inline int calendars_parse(struct calendars_fixture *f, struct text raw, const char *zone)
{
    struct feed_options options = {.name = "test",
                                   .source = "test.ics",
                                   .zones = f->zones,
                                   .locale = f->locale,
                                   .zone = zones_find(f->zones, text_of(zone))};
    if (!options.zone)
        abort();
    return f->result = feed_parse(f->arena, raw, &options, &f->flaws, &f->feed);
}

static inline struct instant calendars_instant(const char *rfc3339)
{
    struct instant t;
    if (!instant_parse_rfc3339(text_of(rfc3339), &t))
        abort();
    return t;
}

static inline struct occurrences calendars_expand(struct calendars_fixture *f, const char *from,
                                                  const char *until)
{
    struct occurrences list = {0};
    if (expansion_run(f->arena, f->feed, calendars_instant(from), calendars_instant(until),
                      &f->flaws, &list))
        abort();
    return list;
}

/* "2026-10-05T09:00:00+02:00" or "2026-10-05". */
static inline void calendars_show_start(const struct when *when, char ret[32])
{
    if (when->is_all_day)
        civil_date_format(when->first_day, ret);
    else
        zone_format_rfc3339(when->zone, when->start, ret);
}

static inline void calendars_show_end(const struct when *when, char ret[32])
{
    if (when->is_all_day)
        civil_date_format(when->end_day, ret);
    else
        zone_format_rfc3339(when->zone, when->end, ret);
}

/* One line an occurrence, in the arena. */
static inline const char *calendars_show(struct calendars_fixture *f, struct occurrences list)
{
    struct buf out = BUF_INIT(1 << 24);
    for (size_t i = 0; i < list.count; i++) {
        char start[32], end[32];
        const struct occurrence *o = &list.items[i];
        calendars_show_start(&o->when, start);
        calendars_show_end(&o->when, end);
        const char *title = words_in(&o->event->summary, LANGUAGE_FR);
        buf_printf(&out, "%s %s %s %s %s\n", start, end, o->key, event_state_to_text(o->state),
                   title ? title : "-");
    }
    const char *copy = arena_copy_text(f->arena, buf_text(&out));
    buf_done(&out);
    return copy;
}

static inline const char *calendars_flaws(struct calendars_fixture *f)
{
    struct buf out = BUF_INIT(1 << 20);
    for (size_t i = 0; i < f->flaws.count; i++)
        buf_printf(&out, "%d %s %s\n", f->flaws.items[i].line,
                   f->flaws.items[i].severity == SEVERITY_ERROR ? "error" : "warning",
                   f->flaws.items[i].text);
    const char *copy = arena_copy_text(f->arena, buf_text(&out));
    buf_done(&out);
    return copy;
}

#endif
