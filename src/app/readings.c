/* SPDX-License-Identifier: MIT */
/* A reading is compared with the sightings of its calendar as two sorted lists. Only future
 * occurrences can go missing: what is past leaves the window without a word.                     */
#include "app/readings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "plan/churn.h"
#include "plan/sighting.h"

LIST_TYPE(vieweds, const struct viewed *);
LIST_TYPE(keys, const char *);

enum phase {
    PHASE_COMPARE, /* what is there and what was, part by part */
    PHASE_FAR,     /* what is gone may have moved beyond the window */
    PHASE_PAIR,    /* or come again under another name */
    PHASE_MOVED,   /* written: those */
    PHASE_GONE,    /* the rest of what is gone */
    PHASE_FRESH,   /* the rest of what is new */
    PHASE_DONE,
};

/* One reading of one calendar while it is compared and written down. */
struct noting {
    struct arena *arena;
    struct ledger *ledger;
    struct zones *zones;
    const struct horizon *horizon;
    const struct sources *sources;
    const struct source *source;
    size_t index;     /* of the source */
    uint64_t reading; /* which of its readings; an address may confirm it meanwhile */
    struct instant now;
    int64_t settle_usec;
    enum phase phase;
    struct vieweds viewed; /* by key */
    size_t at;             /* the next of them; then of what is written */
    const char *after;     /* the last key that was compared */
    struct keys known;     /* of the future, by key */
    struct sightings gone; /* missing now, then those that were missing before */
    size_t lately;         /* how many are missing now */
    struct sightings long_gone;
    struct sightings fresh; /* never seen before, or not since they moved away */
    struct expansion *far;
    struct flaws far_flaws;
    bool *is_beyond, *is_gone_kept, *is_fresh_kept;
    struct churn_pairs pairs;
    struct readings_report *report;
};

int readings_init(struct readings *readings, const struct settings *settings,
                  const struct sources *sources)
{
    readings->settle_usec = settings->limits.settle_usec;
    readings->count = sources_count(sources);
    readings->noted = calloc(readings->count + 1, sizeof *readings->noted);
    readings->before = calloc(readings->count + 1, sizeof *readings->before);
    return readings->noted && readings->before ? 0 : -ENOMEM;
}

static void drop_noting(struct readings *readings)
{
    if (readings->noting)
        expansion_close(readings->noting->far);
    free(readings->noting);
    readings->noting = NULL;
}

void readings_done(struct readings *readings)
{
    drop_noting(readings);
    free(readings->noted);
    free(readings->before);
    *readings = (struct readings){0};
}

void readings_forget(struct readings *readings)
{
    drop_noting(readings);
    readings->is_begun = false;
    memcpy(readings->noted, readings->before, readings->count * sizeof *readings->noted);
}

static int keep(struct noting *c, const struct sighting *sighting)
{
    int r = ledger_keep_facts(c->ledger, sighting->facts);
    return r ? r : ledger_keep_sighting(c->ledger, sighting);
}

static int note_present(struct noting *c, const struct sighting *before,
                        const struct viewed *viewed)
{
    struct sighting after;
    const struct facts *facts;
    int r = horizon_facts(c->arena, viewed, &facts);
    r = r ? r : sighting_present(before, viewed->occurrence, facts, c->settle_usec, c->now, &after);
    if (r <= 0)
        return r;
    if (before)
        c->report->changed += facts_differ(before->facts, after.facts) != 0;
    else
        c->report->first_seen++;
    /* A name that was given up for another is as good as new when it comes back. */
    if (!before || before->moved_to) {
        struct sighting *fresh = list_add(c->arena, &c->fresh);
        if (!fresh)
            return -ENOMEM;
        *fresh = after;
        return 0; /* kept when it is known whether it takes the place of another */
    }
    return keep(c, &after);
}

/* Not among the sightings of the future: new, or one whose last known date is past. */
static int note_unknown(struct noting *c, const struct viewed *viewed)
{
    struct history history = {0};
    int r = ledger_history(c->ledger, c->arena, c->zones, viewed->occurrence->key, &history);
    if (r)
        return r;
    return note_present(c, history.has_sighting ? &history.sighting : NULL, viewed);
}

static bool knows_uid(const struct noting *c, const char *uid)
{
    size_t size = strlen(uid), low = 0, high = c->known.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(c->known.items[middle], uid) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < c->known.count; low++) {
        const char *key = c->known.items[low];
        if (strncmp(key, uid, size) != 0)
            return false;
        if (key[size] == '\0' || key[size] == '/')
            return true;
    }
    return false;
}

/* What a flaw hides under a UID that nobody knows may be what is missing under its old one. */
static int find_hidden(struct noting *c, const struct feed *feed, bool *ret_is_hidden)
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

static bool has_aside(const struct noting *c, const char *uid)
{
    for (size_t i = 0; i < sources_count(c->sources); i++) {
        const struct source *source = sources_at(c->sources, i);
        if (source->kind == SOURCE_CALENDAR && source->feed &&
            feed_has_set_aside(source->feed, uid))
            return true;
    }
    return false;
}

/* A series that was set aside for a flaw is silent, not absent, whichever calendar holds it now. */
static bool is_set_aside(const struct noting *c, const char *key)
{
    const char *slash = strrchr(key, '/'); /* UID/RECURRENCE-ID; a UID may hold slashes too */
    const char *uid = slash ? arena_copy(c->arena, key, (size_t)(slash - key)) : NULL;
    return has_aside(c, key) || (uid && has_aside(c, uid));
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, ((const struct sighting *)b)->occurrence);
}

/* Missing from the window is not yet missing from the calendar: it may have moved years ahead. */
static int look_far(struct noting *c, size_t max)
{
    struct occurrences found = {0};
    bool is_done = false;
    int r = 0;
    if (!c->is_beyond)
        c->is_beyond = arena_alloc_array(c->arena, c->gone.count + 1, sizeof *c->is_beyond);
    if (!c->is_beyond)
        return -ENOMEM;
    if (c->gone.count && !c->far)
        r = horizon_open_far(c->horizon, c->arena, c->index, c->now, &c->far_flaws, &c->far);
    if (!r && c->far)
        r = expansion_step(c->far, max, &found, &is_done);
    if (r || (c->far && !is_done))
        return r;
    c->far = expansion_close(c->far);
    for (size_t i = 0; i < found.count; i++) {
        const struct sighting *gone = bsearch(&found.items[i].key, c->gone.items, c->gone.count,
                                              sizeof *c->gone.items, compare_names);
        if (gone)
            c->is_beyond[gone - c->gone.items] = true;
    }
    c->phase = PHASE_PAIR;
    return 0;
}

/* Leaves those that are gone indeed. */
static int sift_gone(struct noting *c)
{
    const struct feed *feed = c->source->feed;
    bool *is_hidden = arena_alloc_array(c->arena, c->gone.count + 1, sizeof *is_hidden);
    int r = is_hidden ? 0 : -ENOMEM;
    if (!r && c->gone.count)
        r = find_hidden(c, feed, is_hidden);
    for (size_t i = 0; !r && i < c->gone.count; i++) {
        const struct sighting *gone = &c->gone.items[i];
        if (c->is_beyond[i] || is_hidden[i] || is_set_aside(c, gone->occurrence))
            continue;
        struct sighting after;
        (void)sighting_absent(gone, c->now, &after);
        c->report->missing++;
        c->report->must_reread |= after.missing_reads < 2;
        c->gone.items[c->lately++] = after;
    }
    c->gone.count = c->lately;
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
 * is then a change like any other, of the entry that his calendar has. Once its end is told the new
 * one is another event.                                                                          */
static int carry_over(struct noting *c, struct sighting *from, struct sighting *to)
{
    struct history history = {0};
    int r = ledger_history(c->ledger, c->arena, c->zones, from->occurrence, &history);
    if (r || is_end_told(&history, from->missing_since))
        return r;
    from->moved_to = to->occurrence;
    to->known_as = from->known_as ? from->known_as : from->occurrence;
    r = ledger_keep_sighting(c->ledger, from);
    r = r ? r : ledger_keep_sighting(c->ledger, to);
    for (size_t i = 0, next = 0; !r && i < history.told_count; i++) {
        const struct told *told = &history.told[i];
        r = ledger_tell(c->ledger, to->occurrence, told->contact, told->facts->id, told->sequence,
                        was_written_to(&history, told, &next), told->at);
    }
    return r;
}

/* A program that gives new UIDs at each export did not cancel and create: it moved. It may have
 * been away for a while in between.                                                              */
static int pair(struct noting *c)
{
    int r = sift_gone(c);
    for (size_t i = 0; !r && c->fresh.count && i < c->long_gone.count; i++) {
        struct sighting *gone = list_add(c->arena, &c->gone);
        if (!gone)
            return -ENOMEM;
        *gone = c->long_gone.items[i];
    }
    c->is_gone_kept = arena_alloc_array(c->arena, c->gone.count + 1, sizeof *c->is_gone_kept);
    c->is_fresh_kept = arena_alloc_array(c->arena, c->fresh.count + 1, sizeof *c->is_fresh_kept);
    if (!r && (!c->is_gone_kept || !c->is_fresh_kept))
        return -ENOMEM;
    c->phase = PHASE_MOVED;
    c->at = 0;
    return r ? r
             : churn_pair(c->arena, c->gone.items, c->gone.count, c->lately, c->fresh.items,
                          c->fresh.count, &c->pairs);
}

/* Both at once: if the program dies between two of them, the next reading finds the same pairs
 * among the rest. */
static int write_moved(struct noting *c, size_t i)
{
    const struct churn_pair *pair = &c->pairs.items[i];
    struct sighting *gone = &c->gone.items[pair->gone];
    struct sighting *fresh = &c->fresh.items[pair->fresh];
    int r = pair->gone < c->lately ? keep(c, gone) : 0;
    r = r ? r : keep(c, fresh);
    c->is_gone_kept[pair->gone] = c->is_fresh_kept[pair->fresh] = true;
    return r ? r : carry_over(c, gone, fresh);
}

/* The next of those that this phase writes. */
static int write_next(struct noting *c)
{
    size_t count = c->phase == PHASE_MOVED  ? c->pairs.count
                   : c->phase == PHASE_GONE ? c->lately
                                            : c->fresh.count;
    size_t i = c->at++;
    if (i >= count) {
        c->phase++;
        c->at = 0;
        return 0;
    }
    if (c->phase == PHASE_MOVED)
        return write_moved(c, i);
    if (c->phase == PHASE_GONE)
        return c->is_gone_kept[i] ? 0 : keep(c, &c->gone.items[i]);
    return c->is_fresh_kept[i] ? 0 : keep(c, &c->fresh.items[i]);
}

static int note_missing(struct noting *c, const struct sighting *missing)
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

static int note_known(struct noting *c, const struct sighting *known)
{
    const char **key = list_add(c->arena, &c->known);
    if (!key)
        return -ENOMEM;
    *key = known->occurrence;
    return 0;
}

/* A part of both lists. Those that no rule is about are followed, too: a rule of tomorrow must know
 * what was there. */
static int compare_part(struct noting *c, size_t max)
{
    const struct vieweds *all = &c->viewed;
    const char *limit =
        all->count - c->at > max ? all->items[c->at + max - 1]->occurrence->key : NULL;
    struct sightings known;
    int r = ledger_sightings_part(c->ledger, c->arena, c->zones, c->source->name, c->now, max,
                                  limit, &c->after, &known);
    for (size_t i = 0; !r;) {
        const struct viewed *viewed = c->at < all->count ? all->items[c->at] : NULL;
        if (viewed && c->after && strcmp(viewed->occurrence->key, c->after) > 0)
            viewed = NULL;
        if (i == known.count && !viewed)
            break;
        int order = i == known.count ? 1
                    : !viewed        ? -1
                                     : strcmp(known.items[i].occurrence, viewed->occurrence->key);
        c->at += order >= 0;
        r = order > 0 ? note_unknown(c, viewed) : note_known(c, &known.items[i]);
        if (!r && order < 0)
            r = note_missing(c, &known.items[i]);
        if (!r && order == 0)
            r = note_present(c, &known.items[i], viewed);
        i += order <= 0;
    }
    if (!c->after)
        c->phase = PHASE_FAR;
    return r;
}

static int view_source(struct noting *c)
{
    size_t count;
    const struct viewed *items = horizon_items(c->horizon, &count);
    for (size_t i = 0; i < count; i++)
        if (items[i].source == c->index) {
            const struct viewed **slot = list_add(c->arena, &c->viewed);
            if (!slot)
                return -ENOMEM;
            *slot = &items[i];
        }
    return 0;
}

static int open_noting(struct readings *readings, const struct readings_view *view, size_t i,
                       struct instant now)
{
    struct noting *c = readings->noting = calloc(1, sizeof *c);
    if (!c)
        return -ENOMEM;
    *c = (struct noting){.arena = view->arena,
                         .ledger = view->ledger,
                         .zones = view->zones,
                         .horizon = view->horizon,
                         .sources = view->sources,
                         .source = sources_at(view->sources, i),
                         .index = i,
                         .reading = sources_at(view->sources, i)->readings,
                         .now = now,
                         .settle_usec = readings->settle_usec,
                         .after = "",
                         .report = &readings->report};
    return view_source(c);
}

static int step_noting(struct noting *c, size_t max)
{
    enum { SHARE = 8 }; /* so many comparisons are as much work as what is written */
    int r = 0;
    if (c->phase == PHASE_COMPARE)
        return compare_part(c, max);
    if (c->phase == PHASE_FAR)
        return look_far(c, max);
    if (c->phase == PHASE_PAIR)
        return pair(c);
    for (size_t i = 0; !r && c->phase < PHASE_DONE && i <= max / SHARE; i++)
        r = write_next(c);
    return r;
}

/* The calendars of which a reading is not noted. */
static bool find_next(const struct readings *readings, const struct sources *sources, size_t *ret)
{
    for (size_t i = 0; i < readings->count; i++) {
        const struct source *source = sources_at(sources, i);
        *ret = i;
        if (source->kind == SOURCE_CALENDAR && source->readings != readings->noted[i])
            return true;
    }
    return false;
}

int readings_step(struct readings *readings, const struct readings_view *view, struct instant now,
                  size_t max, struct readings_report *ret, bool *ret_is_done)
{
    size_t i;
    int r = 0;
    if (!readings->is_begun) {
        readings->report = (struct readings_report){0};
        memcpy(readings->before, readings->noted, readings->count * sizeof *readings->noted);
        readings->is_begun = true;
    }
    if (!readings->noting && find_next(readings, view->sources, &i))
        r = open_noting(readings, view, i, now);
    struct noting *noting = readings->noting;
    if (!r && noting)
        r = step_noting(noting, max);
    if (r) {
        readings_forget(readings);
        return r;
    }
    if (noting && noting->phase == PHASE_DONE) {
        readings->noted[noting->index] = noting->reading;
        drop_noting(readings);
    }
    *ret_is_done = !readings->noting && !find_next(readings, view->sources, &i);
    readings->is_begun = !*ret_is_done;
    *ret = readings->report;
    return 0;
}
