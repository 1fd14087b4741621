/* SPDX-License-Identifier: MIT */
/* Each source owns two arenas: one for the copy in force, one for the words of its last reading
 * (flaws, trouble). A new reading is parsed into a fresh arena, and only a healthy one takes the
 * place of the old; so a refusal can leave nothing half changed.                                 */
#include "app/sources.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "app/copies.h"
#include "app/merging.h"
#include "app/source_parse.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/log.h"

enum { SOURCE_BYTES_MAX = 256 * 1024 * 1024 };
static const size_t copy_arena_bytes = (size_t)4 << 30, note_arena_bytes = (size_t)64 << 20;

struct stamp { /* tells a changed file from an unchanged one */
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified;
};

struct retired {
    struct retired *next;
    struct arena *copy;
};

struct held_source {
    struct source public; /* first: sources_at hands it out */
    struct arena *copy, *notes;
    struct retired *retired; /* copies before: views may point into them until they are made anew */
    struct stamp stamp;
    uint8_t digest[DIGEST_BYTES]; /* of the bytes in force */
    /* What was said about the copy in force, while `notes` speak of a later reading that failed or
     * nothing was read yet. NULL: they speak of it. */
    struct arena *copy_notes;
    struct flaws copy_flaws;
    char *etag, *last_modified;
};

struct sources {
    const struct settings *settings;
    struct zones *zones;
    struct locale *locale;
    bool may_keep;
    sources_judge judge;
    void *judge_context;
    struct held_source *items;
    size_t count;

    struct merging merged, merging; /* the latter takes the place of the former */
    struct holiday_calendar *holidays;
};

static void add_source(struct sources *sources, enum source_kind kind, size_t index,
                       const char *name, const char *location, bool is_remote, int64_t every_usec)
{
    sources->items[sources->count++].public = (struct source){.kind = kind,
                                                              .index = index,
                                                              .name = name,
                                                              .location = location,
                                                              .is_remote = is_remote,
                                                              .every_usec = every_usec,
                                                              .tried = INSTANT_UNSET,
                                                              .good = INSTANT_UNSET};
}

int sources_new(const struct settings *settings, struct zones *zones, struct locale *locale,
                bool may_keep, struct sources **ret)
{
    size_t count = settings->calendar_count + settings->contacts_count + settings->holiday_count;
    struct sources *sources = calloc(1, sizeof *sources);
    if (!sources)
        return -ENOMEM;
    sources->settings = settings;
    sources->zones = zones;
    sources->locale = locale;
    sources->items = calloc(count + 1, sizeof *sources->items);
    sources->holidays = calloc(settings->holiday_count + 1, sizeof *sources->holidays);
    sources->may_keep = may_keep;
    if (!sources->items || !sources->holidays) {
        sources_free(sources);
        return -ENOMEM;
    }
    for (size_t i = 0; i < settings->calendar_count; i++) {
        const struct calendar_settings *c = &settings->calendars[i];
        add_source(sources, SOURCE_CALENDAR, i, c->name, c->source, c->is_remote, c->every_usec);
    }
    for (size_t i = 0; i < settings->contacts_count; i++) {
        const struct contacts_settings *c = &settings->contacts[i];
        add_source(sources, SOURCE_CONTACTS, i, c->source, c->source, c->is_remote, c->every_usec);
    }
    for (size_t i = 0; i < settings->holiday_count; i++) {
        const struct holiday_settings *h = &settings->holidays[i];
        add_source(sources, SOURCE_HOLIDAYS, i, h->country, h->source, false, 0);
    }
    *ret = sources;
    return 0;
}

struct sources *sources_free(struct sources *sources)
{
    if (!sources)
        return NULL;
    sources_release(sources);
    for (size_t i = 0; i < sources->count; i++) {
        arena_free(sources->items[i].copy);
        arena_free(sources->items[i].notes);
        arena_free(sources->items[i].copy_notes);
        free(sources->items[i].etag);
        free(sources->items[i].last_modified);
    }
    merging_drop(&sources->merged);
    merging_drop(&sources->merging);
    free(sources->items);
    free(sources->holidays);
    free(sources);
    return NULL;
}

void sources_set_judge(struct sources *sources, sources_judge judge_, void *context)
{
    sources->judge = judge_;
    sources->judge_context = context;
}

void sources_retry(struct sources *sources)
{
    for (size_t i = 0; i < sources->count; i++)
        if (sources->items[i].public.trouble)
            sources->items[i].stamp = (struct stamp){0};
}

void sources_release(struct sources *sources)
{
    for (size_t i = 0; i < sources->count; i++)
        while (sources->items[i].retired) {
            struct retired *retired = sources->items[i].retired;
            sources->items[i].retired = retired->next;
            arena_free(retired->copy);
            free(retired);
        }
}

size_t sources_count(const struct sources *sources)
{
    return sources->count;
}

const struct source *sources_at(const struct sources *sources, size_t i)
{
    assert(i < sources->count);
    return &sources->items[i].public;
}

/* --- one reading -------------------------------------------------------------------------------
 */

/* Why a reading was refused, as one line: the last error, for rows and events that are merely left
 * out come before it.                                                                            */
static const char *trouble_of(struct arena *notes, const struct flaws *flaws)
{
    for (size_t i = flaws->count; i-- > 0;) {
        const struct flaw *flaw = &flaws->items[i];
        if (flaw->severity != SEVERITY_ERROR)
            continue;
        return flaw->line ? arena_printf(notes, "line %d: %s", flaw->line, flaw->text)
                          : arena_copy_string(notes, flaw->text);
    }
    return "refused";
}

/* 0 with its verdict in *ret_reason; -errno. */
static int judge(struct sources *sources, const struct source *before, const struct source *after,
                 struct arena *notes, const uint8_t digest[DIGEST_BYTES], const char **ret_reason)
{
    char hex[2 * DIGEST_BYTES + 1];
    *ret_reason = NULL;
    if (!sources->judge || after->kind != SOURCE_CONTACTS || !before->is_good)
        return 0;
    digest_hex(digest, DIGEST_BYTES, hex);
    return sources->judge(sources->judge_context, notes, before, after->rows.count, hex,
                          ret_reason);
}

/* A later reading speaks: what was said about the copy in force is put aside. */
static void replace_notes(struct held_source *held, struct arena *notes)
{
    if (held->public.is_good && !held->copy_notes) {
        held->copy_notes = held->notes;
        held->copy_flaws = held->public.flaws;
    } else {
        arena_free(held->notes);
    }
    held->notes = notes;
}

/* Bytes that would be the copy in force. */
struct offer {
    struct text bytes;
    struct buf *spent; /* what they lie in, when they may be lost as they are read, or NULL */
    uint8_t digest[DIGEST_BYTES];
    bool is_ours; /* a copy of ours, which nobody has to judge */
    struct instant now;
};

/* Makes the bytes the copy in force, or tells what is wrong with them. */
static int read_bytes(struct sources *sources, struct held_source *held, const struct offer *offer)
{
    struct source *source = &held->public;
    struct source next = *source;
    struct arena *arena = arena_new(copy_arena_bytes), *notes = arena_new(note_arena_bytes);
    struct retired *retired = calloc(1, sizeof *retired);
    struct flaws flaws;
    int r = -ENOMEM;

    if (!arena || !notes || !retired)
        goto out;
    flaws_init(&flaws, notes, source->location);
    r = source_parse(&(struct source_context){sources->settings, sources->zones, sources->locale,
                                              offer->now, offer->spent},
                     &next, arena, offer->bytes, &flaws);
    const char *waits = NULL;
    if (r == 0 && !offer->is_ours)
        r = judge(sources, source, &next, notes, offer->digest, &waits);
    if (r < 0)
        goto out;
    next.tried = offer->now;
    next.flaws = flaws;
    if (r > 0 || waits) { /* the world's fault: the old copy stays in force */
        replace_notes(held, notes);
        next.trouble = waits ? waits : trouble_of(notes, &flaws);
        next.failures++;
        next.feed = source->feed;
        next.rows = source->rows;
        next.guess = source->guess;
        next.holidays = source->holidays;
    } else {
        next.trouble = NULL;
        next.failures = 0;
        next.good = offer->now;
        next.is_good = true;
        next.readings++;
        next.generation++;
        if (held->copy) {
            retired->copy = held->copy;
            retired->next = held->retired;
            held->retired = retired;
            retired = NULL;
        }
        held->copy = arena;
        arena = NULL;
        memcpy(held->digest, offer->digest, DIGEST_BYTES);
        arena_free(held->copy_notes);
        held->copy_notes = NULL;
        arena_free(held->notes);
        held->notes = notes;
    }
    notes = NULL;
    *source = next;
    r = 0;
out:
    free(retired);
    arena_free(arena);
    arena_free(notes);
    return r;
}

/* --- last good copies --------------------------------------------------------------------------
 */

static int read_copy(struct sources *sources, struct held_source *held, struct instant now)
{
    CLEANUP_BUF struct buf bytes = BUF_INIT(SOURCE_BYTES_MAX);
    struct instant at;

    if (held->public.is_good ||
        copies_find(sources->settings->state, held->public.location, &bytes, &at))
        return 0;
    struct offer offer = {.bytes = buf_text(&bytes), .spent = &bytes, .is_ours = true, .now = now};
    struct source before = held->public;
    struct arena *notes = held->notes;
    held->notes = NULL;
    int r = digest_parts(&offer.bytes, 1, offer.digest);
    r = r ? r : read_bytes(sources, held, &offer);
    /* Not a reading of the world: its words, times and counts stay what they were. */
    if (held->public.is_good) {
        held->copy_notes = held->notes;
        held->copy_flaws = held->public.flaws;
    } else {
        arena_free(held->notes);
    }
    held->notes = notes;
    held->public.is_from_copy = held->public.is_good;
    held->public.readings = before.readings;
    held->public.tried = before.tried;
    held->public.good = held->public.is_good ? at : before.good;
    held->public.trouble = before.trouble;
    held->public.flaws = before.flaws;
    held->public.failures = before.failures;
    return r;
}

int sources_read_copies(struct sources *sources, struct instant now)
{
    int r = 0;
    for (size_t i = 0; sources->settings->state && i < sources->count && !r; i++)
        r = read_copy(sources, &sources->items[i], now);
    return r;
}

/* --- where bytes come from ---------------------------------------------------------------------
 */

/* Without them the next download is a whole one, so memory that is refused costs no more. */
static void keep_tags(struct held_source *held, const char *etag, const char *last_modified)
{
    free(held->etag);
    free(held->last_modified);
    held->public.etag = held->etag = etag ? strdup(etag) : NULL;
    held->public.last_modified = held->last_modified = last_modified ? strdup(last_modified) : NULL;
}

/* The world holds what is in force. */
static int confirm(struct sources *sources, size_t i, struct instant now)
{
    struct held_source *held = &sources->items[i];
    bool was_told = held->copy_notes != NULL;
    const char *waits;

    sources_unchanged(sources, i, now);
    /* Another version may have made the judge ask a question, which is moot now. */
    return was_told
               ? judge(sources, &held->public, &held->public, held->notes, held->digest, &waits)
               : 0;
}

static int take_offer(struct sources *sources, size_t i, struct offer *offer, const char *etag,
                      const char *last_modified)
{
    struct held_source *held = &sources->items[i];
    int r = digest_parts(&offer->bytes, 1, offer->digest);
    if (r)
        return r;
    if (held->public.is_good && memcmp(offer->digest, held->digest, DIGEST_BYTES) == 0) {
        keep_tags(held, etag, last_modified);
        return confirm(sources, i, offer->now);
    }
    if (sources->may_keep)
        copies_prepare(sources->settings->state, held->public.location, held->public.name,
                       offer->bytes);
    r = read_bytes(sources, held, offer);
    bool is_sound = !r && !held->public.trouble;
    if (sources->may_keep)
        copies_settle(sources->settings->state, held->public.location, is_sound);
    if (!is_sound)
        return r;
    held->public.is_from_copy = false;
    keep_tags(held, etag, last_modified);
    return 0;
}

int sources_offer(struct sources *sources, size_t i, struct text bytes, const char *etag,
                  const char *last_modified, struct instant now)
{
    struct offer offer = {.bytes = bytes, .now = now};
    return take_offer(sources, i, &offer, etag, last_modified);
}

void sources_unchanged(struct sources *sources, size_t i, struct instant now)
{
    struct held_source *held = &sources->items[i];
    struct source *source = &held->public;
    if (held->copy_notes) {
        arena_free(held->notes);
        held->notes = held->copy_notes;
        held->copy_notes = NULL;
        source->flaws = held->copy_flaws;
    }
    source->is_from_copy = false;
    source->tried = now;
    source->good = now;
    source->trouble = NULL;
    source->failures = 0;
    source->readings++;
}

int sources_failed(struct sources *sources, size_t i, const char *why, struct instant now)
{
    struct held_source *held = &sources->items[i];
    struct arena *notes = arena_new(note_arena_bytes);
    const char *trouble = notes ? arena_copy_string(notes, why) : NULL;
    if (!trouble) {
        arena_free(notes);
        return -ENOMEM;
    }
    replace_notes(held, notes);
    flaws_init(&held->public.flaws, notes, held->public.location);
    flaws_add(&held->public.flaws, SEVERITY_ERROR, 0, 0, NULL, "%s", why);
    held->public.trouble = trouble;
    held->public.tried = now;
    held->public.failures++;
    return 0;
}

static bool stamp_of(const char *path, struct stamp *ret)
{
    struct stat st;
    if (stat(path, &st) < 0)
        return false;
    *ret = (struct stamp){st.st_dev, st.st_ino, st.st_size, st.st_mtim};
    return true;
}

static bool stamp_equal(const struct stamp *a, const struct stamp *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           a->modified.tv_sec == b->modified.tv_sec && a->modified.tv_nsec == b->modified.tv_nsec;
}

static int read_file(struct sources *sources, size_t i, bool all, struct instant now)
{
    struct held_source *held = &sources->items[i];
    struct stamp stamp = {0};
    bool is_there = stamp_of(held->public.location, &stamp);
    bool was_read = held->public.tried.utc_usec != INSTANT_UNSET.utc_usec;
    if (is_there && was_read && !all && stamp_equal(&stamp, &held->stamp))
        return 0;
    /* At a start, without having its bytes in memory beside what the copy said. */
    if (held->public.is_from_copy &&
        copies_is_same(sources->settings->state, held->public.location)) {
        held->stamp = stamp;
        return confirm(sources, i, now);
    }
    CLEANUP_BUF struct buf bytes = BUF_INIT(SOURCE_BYTES_MAX);
    int r = file_read(held->public.location, &bytes);
    if (r == -ENOMEM)
        return r;
    if (r) {
        held->stamp = (struct stamp){0};
        return sources_failed(sources, i, strerror(-r), now);
    }
    struct offer offer = {.bytes = buf_text(&bytes), .spent = &bytes, .now = now};
    r = take_offer(sources, i, &offer, NULL, NULL);
    /* What could not be taken in for want of memory is new at the next look, too. */
    held->stamp = r ? (struct stamp){0} : stamp;
    return r;
}

int sources_read_files(struct sources *sources, bool all, struct instant now)
{
    for (size_t i = 0; i < sources->count; i++) {
        if (sources->items[i].public.is_remote)
            continue;
        int r = read_file(sources, i, all, now);
        if (r)
            return r;
    }
    return 0;
}

/* --- what they say together --------------------------------------------------------------------
 */

void source_label(const struct source *source, char ret[SOURCE_LABEL_BYTES])
{
    struct text location = text_of(source->location);
    size_t start = text_find(location, TEXT("://"));
    if (!source->is_remote || start == location.size) {
        snprintf(ret, SOURCE_LABEL_BYTES, "%s", source->location);
        return;
    }
    struct text host = text_from(location, start + 3);
    host.size = strcspn(host.data, "/?#");
    size_t at = text_find_char(host, '@'); /* a login may stand before it */
    host = text_from(host, at < host.size ? at + 1 : 0);
    snprintf(ret, SOURCE_LABEL_BYTES, "%.*s://%.*s/\u2026", (int)start, location.data,
             (int)host.size, host.data);
}

bool sources_has_contacts(const struct sources *sources)
{
    bool has_list = false;
    for (size_t i = 0; i < sources->count; i++) {
        const struct source *source = &sources->items[i].public;
        if (source->kind != SOURCE_CONTACTS)
            continue;
        if (!source->is_good)
            return false;
        has_list = true;
    }
    return has_list;
}

uint64_t sources_contacts_generation(const struct sources *sources)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < sources->count; i++)
        if (sources->items[i].public.kind == SOURCE_CONTACTS)
            sum += sources->items[i].public.generation;
    return sum;
}

int sources_merge(struct sources *sources, size_t rows_max, bool *ret_is_done)
{
    uint64_t generation = sources_contacts_generation(sources);
    bool is_done = merging_is_done(&sources->merged, generation) ||
                   merging_is_done(&sources->merging, generation);
    int r = is_done ? 0 : merging_step(&sources->merging, sources, rows_max);
    *ret_is_done = is_done || sources->merging.is_done;
    return r;
}

int sources_contacts(struct sources *sources, const struct contact_list **ret,
                     struct flaws **ret_flaws)
{
    bool is_done = false;
    int r = 0;
    while (!r && !is_done)
        r = sources_merge(sources, SIZE_MAX, &is_done);
    if (r)
        return r;
    if (!merging_is_done(&sources->merged, sources_contacts_generation(sources))) {
        merging_drop(&sources->merged);
        sources->merged = sources->merging;
        sources->merging = (struct merging){0};
    }
    *ret = &sources->merged.list;
    if (ret_flaws)
        *ret_flaws = &sources->merged.flaws;
    return 0;
}

const struct holiday_calendar *sources_holidays(struct sources *sources, size_t *ret_count)
{
    size_t count = 0;
    for (size_t i = 0; i < sources->count; i++)
        if (sources->items[i].public.kind == SOURCE_HOLIDAYS && sources->items[i].public.is_good)
            sources->holidays[count++] = sources->items[i].public.holidays;
    *ret_count = count;
    return sources->holidays;
}
