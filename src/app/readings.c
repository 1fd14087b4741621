/* SPDX-License-Identifier: MIT */
/* A reading is compared with the sightings of its calendar as two sorted lists. Only future
 * occurrences can go missing: what is past leaves the window without a word.                     */
#include "app/readings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "plan/churn.h"
#include "plan/sighting.h"

int readings_init(struct readings *readings, const struct settings *settings,
                  const struct sources *sources)
{
    readings->settle_usec = settings->limits.settle_usec;
    readings->count = sources_count(sources);
    readings->noted = calloc(readings->count + 1, sizeof *readings->noted);
    readings->before = calloc(readings->count + 1, sizeof *readings->before);
    return readings->noted && readings->before ? 0 : -ENOMEM;
}

void readings_done(struct readings *readings)
{
    free(readings->noted);
    free(readings->before);
    *readings = (struct readings){0};
}

void readings_forget(struct readings *readings)
{
    memcpy(readings->noted, readings->before, readings->count * sizeof *readings->noted);
}

LIST_TYPE(vieweds, const struct viewed *);

/* One reading of one calendar while it is compared. */
struct comparison {
    struct arena *arena;
    struct ledger *ledger;
    struct zones *zones;
    const struct horizon *horizon;
    size_t source;
    struct instant now;
    int64_t settle_usec;
    struct sightings known;     /* of the future, by key */
    struct sightings gone;      /* missing now */
    struct sightings long_gone; /* missing as it was before */
    struct sightings fresh;     /* never seen before */
    struct readings_report *report;
};

static int keep(struct comparison *c, const struct sighting *sighting)
{
    int r = ledger_keep_facts(c->ledger, sighting->facts);
    return r ? r : ledger_keep_sighting(c->ledger, sighting);
}

static int note_present(struct comparison *c, const struct sighting *before,
                        const struct viewed *viewed)
{
    struct sighting after;
    const struct facts *facts;
    int r = horizon_facts(c->arena, viewed, &facts);
    r = r ? r : sighting_present(before, viewed->occurrence, facts, c->settle_usec, c->now, &after);
    if (r <= 0)
        return r;
    if (before) {
        c->report->changed += facts_differ(before->facts, after.facts) != 0;
    } else {
        struct sighting *fresh = list_add(c->arena, &c->fresh);
        if (!fresh)
            return -ENOMEM;
        *fresh = after;
        c->report->first_seen++;
    }
    return keep(c, &after);
}

/* Not among the sightings of the future: new, or one whose last known date is past. */
static int note_unknown(struct comparison *c, const struct viewed *viewed)
{
    struct history history = {0};
    int r = ledger_history(c->ledger, c->arena, c->zones, viewed->occurrence->key, &history);
    if (r)
        return r;
    return note_present(c, history.has_sighting ? &history.sighting : NULL, viewed);
}

static bool knows_uid(const struct comparison *c, const char *uid)
{
    size_t size = strlen(uid), low = 0, high = c->known.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(c->known.items[middle].occurrence, uid) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < c->known.count; low++) {
        const char *key = c->known.items[low].occurrence;
        if (strncmp(key, uid, size) != 0)
            return false;
        if (key[size] == '\0' || key[size] == '/')
            return true;
    }
    return false;
}

/* What a flaw hides under a UID that nobody knows may be what is missing under its old one. */
static int find_hidden(struct comparison *c, const struct feed *feed, bool *ret_is_hidden)
{
    size_t count, title_count = 0;
    const struct feed_set_aside *items = feed_set_aside(feed, &count);
    struct words *titles = arena_alloc_array(c->arena, count + 1, sizeof *titles);
    if (!titles)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++)
        if (!knows_uid(c, items[i].uid))
            titles[title_count++] = items[i].title;
    return title_count ? churn_find_titles(c->arena, c->gone.items, c->gone.count, titles,
                                           title_count, ret_is_hidden)
                       : 0;
}

/* A series that was set aside for a flaw is silent, not absent. */
static bool is_set_aside(const struct comparison *c, const struct feed *feed, const char *key)
{
    if (feed_has_set_aside(feed, key))
        return true;
    const char *slash = strrchr(key, '/'); /* UID/RECURRENCE-ID; a UID may hold slashes too */
    const char *uid = slash ? arena_copy(c->arena, key, (size_t)(slash - key)) : NULL;
    return uid && feed_has_set_aside(feed, uid);
}

/* Missing from the window is not yet missing from the calendar: it may have moved years ahead. */
static int note_gone(struct comparison *c, const struct feed *feed)
{
    if (!c->gone.count)
        return 0;
    const char **keys = arena_alloc_array(c->arena, c->gone.count, sizeof *keys);
    bool *is_beyond = arena_alloc_array(c->arena, c->gone.count, sizeof *is_beyond);
    bool *is_hidden = arena_alloc_array(c->arena, c->gone.count, sizeof *is_hidden);
    if (!keys || !is_beyond || !is_hidden)
        return -ENOMEM;
    for (size_t i = 0; i < c->gone.count; i++)
        keys[i] = c->gone.items[i].occurrence;
    int r = horizon_is_beyond(c->horizon, c->source, keys, c->gone.count, c->now, is_beyond);
    r = r ? r : find_hidden(c, feed, is_hidden);
    size_t count = 0;
    for (size_t i = 0; !r && i < c->gone.count; i++) {
        struct sighting after;
        if (is_beyond[i] || is_hidden[i] || is_set_aside(c, feed, keys[i]))
            continue;
        (void)sighting_absent(&c->gone.items[i], c->now, &after);
        c->report->missing++;
        c->report->must_reread |= after.missing_reads < 2;
        c->gone.items[count++] = after;
        r = keep(c, &after);
    }
    c->gone.count = count;
    return r;
}

/* Perhaps somebody heard that it does not take place, since it is missing. */
static bool is_end_told(const struct history *history, struct instant missing_since)
{
    for (size_t i = 0; i < history->notice_count; i++) {
        const struct notice *notice = &history->notices[i];
        bool has_left = notice->state == NOTICE_ACCEPTED || notice->state == NOTICE_CLAIMED ||
                        notice->may_be_known;
        if (notice->kind == NOTICE_CANCELLATION && has_left &&
            !instant_before(notice->due, missing_since))
            return true;
    }
    return false;
}

/* Not in silence alone. *next: of the notices, which are walked beside those who were told. */
static bool was_written_to(const struct history *history, const struct told *told, size_t *next)
{
    bool is_written_to = told->was_invited;
    for (; *next < history->notice_count; ++*next) {
        const struct notice *notice = &history->notices[*next];
        int order = strcmp(notice->contact, told->contact);
        if (order > 0)
            break;
        is_written_to |= order == 0 && notice->state == NOTICE_ACCEPTED;
    }
    return is_written_to;
}

/* Whoever was told of the old one counts as told of the new one, with the old facts: what differs
 * is then a change like any other. Once its end is told the new one is another event.           */
static int carry_over(struct comparison *c, struct sighting *from, const char *to)
{
    struct history history = {0};
    int r = ledger_history(c->ledger, c->arena, c->zones, from->occurrence, &history);
    if (r || is_end_told(&history, from->missing_since))
        return r;
    from->moved_to = to;
    r = ledger_keep_sighting(c->ledger, from);
    for (size_t i = 0, next = 0; !r && i < history.told_count; i++) {
        const struct told *told = &history.told[i];
        r = ledger_tell(c->ledger, to, told->contact, told->facts->id, told->sequence,
                        was_written_to(&history, told, &next), told->at);
    }
    return r;
}

/* A program that gives new UIDs at each export did not cancel and create: it moved. It may have
 * been away for a while in between.                                                              */
static int note_churn(struct comparison *c)
{
    struct churn_pairs pairs = {0};
    size_t lately = c->gone.count;
    for (size_t i = 0; c->fresh.count && i < c->long_gone.count; i++) {
        struct sighting *gone = list_add(c->arena, &c->gone);
        if (!gone)
            return -ENOMEM;
        *gone = c->long_gone.items[i];
    }
    int r = churn_pair(c->arena, c->gone.items, c->gone.count, lately, c->fresh.items,
                       c->fresh.count, &pairs);
    for (size_t i = 0; !r && i < pairs.count; i++)
        r = carry_over(c, &c->gone.items[pairs.items[i].gone],
                       c->fresh.items[pairs.items[i].fresh].occurrence);
    return r;
}

static int note_missing(struct comparison *c, const struct sighting *missing)
{
    struct sighting after;
    /* Another calendar may hold the same UID and speak for it. */
    if (horizon_find(c->horizon, missing->occurrence) || missing->moved_to)
        return 0;
    bool is_news = sighting_absent(missing, c->now, &after);
    struct sighting *gone = list_add(c->arena, is_news ? &c->gone : &c->long_gone);
    if (!gone)
        return -ENOMEM;
    *gone = *missing;
    return 0;
}

/* Those that no rule is about are followed, too: a rule of tomorrow must know what was there. */
static int compare_lists(struct comparison *c, const struct vieweds *viewed)
{
    const struct sightings *known = &c->known;
    int r = 0;
    size_t i = 0, k = 0;
    while (!r && (i < known->count || k < viewed->count)) {
        int order = i == known->count ? 1
                    : k == viewed->count
                        ? -1
                        : strcmp(known->items[i].occurrence, viewed->items[k]->occurrence->key);
        if (order < 0) {
            r = note_missing(c, &known->items[i++]);
            continue;
        }
        const struct viewed *here = viewed->items[k++];
        if (order == 0)
            r = note_present(c, &known->items[i++], here);
        else
            r = note_unknown(c, here);
    }
    return r;
}

static int note_source(struct comparison *c, const struct source *source)
{
    struct vieweds viewed = {0};
    size_t count;
    const struct viewed *items = horizon_items(c->horizon, &count);
    for (size_t i = 0; i < count; i++)
        if (items[i].source == c->source) {
            const struct viewed **slot = list_add(c->arena, &viewed);
            if (!slot)
                return -ENOMEM;
            *slot = &items[i];
        }
    int r = ledger_sightings(c->ledger, c->arena, c->zones, source->name, c->now, &c->known);
    r = r ? r : compare_lists(c, &viewed);
    r = r ? r : note_gone(c, source->feed);
    return r ? r : note_churn(c);
}

int readings_note(struct readings *readings, struct arena *arena, struct sources *sources,
                  const struct horizon *horizon, struct zones *zones, struct ledger *ledger,
                  struct instant now, struct readings_report *ret)
{
    *ret = (struct readings_report){0};
    memcpy(readings->before, readings->noted, readings->count * sizeof *readings->noted);
    for (size_t i = 0; i < readings->count; i++) {
        const struct source *source = sources_at(sources, i);
        if (source->kind != SOURCE_CALENDAR || source->readings == readings->noted[i])
            continue;
        struct comparison comparison = {.arena = arena,
                                        .ledger = ledger,
                                        .zones = zones,
                                        .horizon = horizon,
                                        .source = i,
                                        .now = now,
                                        .settle_usec = readings->settle_usec,
                                        .report = ret};
        int r = note_source(&comparison, source);
        if (r)
            return r;
        readings->noted[i] = source->readings;
    }
    return 0;
}
