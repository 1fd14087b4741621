/* SPDX-License-Identifier: MIT */
/* Each source owns two arenas: one for the copy in force, one for the words of its last reading
 * (flaws, trouble). A new reading is parsed into a fresh arena, and only a healthy one takes the
 * place of the old; so a refusal can leave nothing half changed.                                 */
#include "app/sources.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/copies.h"
#include "app/intake.h"
#include "app/merging.h"
#include "base/log.h"

enum { RESTARTS_MAX = 3 }; /* of a file that never rests: then it is taken as it was read */

struct retired {
    struct retired *next;
    struct arena *copy;
};

struct held_source {
    struct source public; /* first: sources_at hands it out */
    struct arena *copy, *notes;
    struct retired *retired; /* copies before: views may point into them until they are made anew */
    struct intake *intake;   /* the reading under way, or NULL */
    int restarts;            /* of it, since the file changed */
    struct stamp stamp;
    uint8_t digest[DIGEST_BYTES]; /* of the bytes in force */
    /* What was said about the copy in force, while `notes` speak of a later reading that failed or
     * nothing was read yet. NULL: they speak of it. */
    struct arena *copy_notes;
    struct flaws copy_flaws;
    char *label, *etag, *last_modified;
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

static bool add_source(struct sources *sources, const struct source *source)
{
    struct held_source *held = &sources->items[sources->count++];
    held->label = source_label(source, sources->settings);
    held->public = *source;
    held->public.label = held->label;
    if (!source->name)
        held->public.name = held->label;
    return held->label;
}

int sources_new(const struct settings *settings, struct zones *zones, struct locale *locale,
                bool may_keep, struct sources **ret)
{
    size_t count = source_count(settings);
    struct sources *sources = calloc(1, sizeof *sources);
    if (!sources)
        return -ENOMEM;
    sources->settings = settings;
    sources->zones = zones;
    sources->locale = locale;
    sources->items = calloc(count + 1, sizeof *sources->items);
    sources->holidays = calloc(settings->holiday_count + 1, sizeof *sources->holidays);
    sources->may_keep = may_keep;
    bool is_full = sources->items && sources->holidays;
    for (size_t i = 0; i < count && is_full; i++) {
        const struct source source = source_at(settings, i);
        is_full = add_source(sources, &source);
    }
    if (!is_full) {
        sources_free(sources);
        return -ENOMEM;
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
        intake_close(sources->items[i].intake);
        arena_free(sources->items[i].copy);
        arena_free(sources->items[i].notes);
        arena_free(sources->items[i].copy_notes);
        free(sources->items[i].label);
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

/* They stay in force: the world's fault, or somebody must look first. */
static void refuse(struct held_source *held, struct intake *intake, const char *why,
                   struct instant now)
{
    struct source *source = &held->public;
    replace_notes(held, intake->notes);
    intake->notes = NULL;
    source->flaws = intake->flaws;
    source->trouble = why ? why : source_trouble_of(held->notes, &source->flaws);
    source->tried = now;
    source->failures++;
}

static int put_in_force(struct held_source *held, struct intake *intake, struct instant now)
{
    struct retired *retired = calloc(1, sizeof *retired);
    struct source next = intake->next;
    if (!retired)
        return -ENOMEM;
    next.flaws = intake->flaws;
    next.trouble = NULL;
    next.failures = 0;
    next.tried = next.good = now;
    next.is_good = true;
    next.readings = held->public.readings + 1;
    next.generation = held->public.generation + 1;
    if (held->copy) {
        *retired = (struct retired){held->retired, held->copy};
        held->retired = retired;
    } else {
        free(retired);
    }
    held->copy = intake->arena;
    memcpy(held->digest, intake->digest, DIGEST_BYTES);
    arena_free(held->copy_notes);
    held->copy_notes = NULL;
    arena_free(held->notes);
    held->notes = intake->notes;
    intake->arena = intake->notes = NULL;
    held->public = next;
    return 0;
}

/* --- last good copies --------------------------------------------------------------------------
 */

static struct source_context context_of(const struct sources *sources, struct instant now)
{
    return (struct source_context){sources->settings, sources->zones, sources->locale, now, NULL};
}

/* At once, and nobody has to judge it. */
static int take_copy(struct sources *sources, struct held_source *held, struct buf *bytes,
                     struct instant now)
{
    const struct source_context context = context_of(sources, now);
    struct intake *intake = NULL;
    bool is_done = false;
    int r = intake_open_bytes(bytes, NULL, NULL, &intake);
    while (!r && !intake->is_loaded)
        r = intake_load(intake, SIZE_MAX);
    r = r ? r : intake_begin(intake, &context, &held->public, NULL);
    while (!r && !is_done)
        r = intake_step(intake, SIZE_MAX, &is_done);
    if (r > 0)
        refuse(held, intake, NULL, now);
    else if (!r)
        r = put_in_force(held, intake, now);
    intake_close(intake);
    return r < 0 ? r : 0;
}

static int read_copy(struct sources *sources, struct held_source *held, struct instant now)
{
    CLEANUP_BUF struct buf bytes = BUF_INIT(INTAKE_BYTES_MAX);
    struct instant at;

    if (held->public.is_good ||
        copies_find(sources->settings->state, held->public.location, &bytes, &at))
        return 0;
    struct source before = held->public;
    struct arena *notes = held->notes;
    held->notes = NULL;
    int r = take_copy(sources, held, &bytes, now);
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

static void keep_tags(struct held_source *held, struct intake *intake)
{
    free(held->etag);
    free(held->last_modified);
    held->public.etag = held->etag = intake->etag;
    held->public.last_modified = held->last_modified = intake->last_modified;
    intake->etag = intake->last_modified = NULL;
}

/* What was under way is forgotten, and begins anew. */
static void drop(struct sources *sources, struct held_source *held)
{
    if (held->intake && sources->may_keep)
        copies_settle(sources->settings->state, held->public.location, false);
    held->intake = intake_close(held->intake);
}

static void finish(struct held_source *held)
{
    if (held->intake && !held->public.is_remote)
        held->stamp = held->intake->stamp;
    held->intake = intake_close(held->intake);
    held->restarts = 0;
    held->public.is_coming = false;
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
    struct arena *notes = arena_new(INTAKE_NOTE_BYTES_MAX);
    const char *trouble = notes ? arena_copy_string(notes, why) : NULL;
    if (!trouble) {
        arena_free(notes);
        return -ENOMEM;
    }
    replace_notes(held, notes);
    flaws_init(&held->public.flaws, notes, held->public.label);
    const char *hint = held->public.is_remote ? NULL : "look at the path and at who may read it";
    flaws_add(&held->public.flaws, SEVERITY_ERROR, 0, 0, hint, "%s", why);
    held->public.trouble = trouble;
    held->public.tried = now;
    held->public.failures++;
    return 0;
}

void sources_look(struct sources *sources, bool all)
{
    for (size_t i = 0; i < sources->count; i++) {
        struct held_source *held = &sources->items[i];
        struct stamp stamp = stamp_of(held->public.location);
        bool was_read = held->public.tried.utc_usec != INSTANT_UNSET.utc_usec;
        if (!held->public.is_remote &&
            (all || !was_read || !stamp.inode || !stamp_equal(&stamp, &held->stamp)))
            held->public.is_coming = true;
    }
}

int sources_offer(struct sources *sources, size_t i, struct buf *bytes, const char *etag,
                  const char *last_modified)
{
    struct held_source *held = &sources->items[i];
    struct intake *intake;
    int r = intake_open_bytes(bytes, etag, last_modified, &intake);
    if (r)
        return r;
    drop(sources, held);
    held->intake = intake;
    held->public.is_coming = true;
    return 0;
}

bool sources_are_coming(const struct sources *sources)
{
    for (size_t i = 0; i < sources->count; i++)
        if (sources->items[i].public.is_coming)
            return true;
    return false;
}

/* --- the steps of a reading --------------------------------------------------------------------
 */

/* Loaded: what is in force already is not parsed again. */
static int begin_parse(struct sources *sources, size_t i, struct instant now)
{
    struct held_source *held = &sources->items[i];
    const struct source_context context = context_of(sources, now);
    if (held->public.is_good && memcmp(held->intake->digest, held->digest, DIGEST_BYTES) == 0) {
        finish(held);
        return confirm(sources, i, now);
    }
    return intake_begin(held->intake, &context, &held->public,
                        sources->may_keep ? sources->settings->state : NULL);
}

static bool has_changed(const struct held_source *held)
{
    struct stamp stamp = stamp_of(held->public.location);
    return !held->public.is_remote && held->restarts < RESTARTS_MAX &&
           !stamp_equal(&stamp, &held->intake->stamp);
}

/* One that cannot be read is the source's trouble; memory is ours. */
static int fail_file(struct sources *sources, size_t i, int r, struct instant now)
{
    struct held_source *held = &sources->items[i];
    held->stamp = (struct stamp){0};
    if (r == -ENOMEM)
        return r;
    finish(held);
    return sources_failed(sources, i, strerror(-r), now);
}

static int begin_file(struct sources *sources, size_t i, struct instant now)
{
    struct held_source *held = &sources->items[i];
    const char *location = held->public.location;
    struct stamp stamp = stamp_of(location);
    /* At a start, without having its bytes in memory beside what the copy said. */
    if (held->public.is_from_copy && copies_is_same(sources->settings->state, location)) {
        held->stamp = stamp;
        held->public.is_coming = false;
        return confirm(sources, i, now);
    }
    int r = intake_open_file(location, &held->intake);
    return r ? fail_file(sources, i, r, now) : 0;
}

static int load(struct sources *sources, size_t i, size_t max_bytes, struct instant now)
{
    struct intake *intake = sources->items[i].intake;
    int r = intake_load(intake, max_bytes);
    if (r)
        return fail_file(sources, i, r, now);
    return intake->is_loaded ? begin_parse(sources, i, now) : 0;
}

/* All was parsed, or refused (r > 0). */
static int settle(struct sources *sources, struct held_source *held, int r, struct instant now)
{
    struct intake *intake = held->intake;
    const char *waits = NULL;
    if (!r)
        r = judge(sources, &held->public, &intake->next, intake->notes, intake->digest, &waits);
    if (r < 0)
        return r;
    bool is_sound = !r && !waits;
    r = is_sound ? put_in_force(held, intake, now) : 0;
    if (r)
        return r;
    if (is_sound)
        keep_tags(held, intake);
    else
        refuse(held, intake, waits, now);
    if (sources->may_keep)
        copies_settle(sources->settings->state, held->public.location, is_sound);
    held->public.is_from_copy &= !is_sound;
    finish(held);
    return 0;
}

static int step(struct sources *sources, size_t i, size_t max_bytes, struct instant now)
{
    struct held_source *held = &sources->items[i];
    bool is_done = false;
    if (held->intake && has_changed(held)) {
        drop(sources, held);
        held->restarts++;
    }
    int r = !held->intake             ? begin_file(sources, i, now)
            : held->intake->is_loaded ? intake_step(held->intake, max_bytes, &is_done)
                                      : load(sources, i, max_bytes, now);
    if (r > 0 || is_done)
        r = settle(sources, held, r, now);
    if (r >= 0)
        return r;
    /* Nothing of it happened. What was offered does not come a second time by itself: for want of
     * memory it is as good as a failed download. */
    drop(sources, held);
    if (!held->public.is_remote)
        return r;
    finish(held);
    return sources_failed(sources, i, strerror(-r), now);
}

int sources_step(struct sources *sources, size_t max_bytes, struct instant now)
{
    for (size_t i = 0; i < sources->count; i++)
        if (sources->items[i].public.is_coming)
            return step(sources, i, max_bytes, now);
    return 0;
}

int sources_read(struct sources *sources, struct instant now)
{
    int r = 0;
    while (!r && sources_are_coming(sources))
        r = sources_step(sources, SIZE_MAX, now);
    return r;
}

int sources_read_files(struct sources *sources, bool all, struct instant now)
{
    sources_look(sources, all);
    return sources_read(sources, now);
}
/* --- what they say together --------------------------------------------------------------------
 */

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
