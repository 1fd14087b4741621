/* SPDX-License-Identifier: MIT */
/* Whoever still types has not finished: edits of the text, too, make a new event or a change wait.
 * But a program that writes the hour of its export into each description must not silence an event
 * for ever: the text alone prolongs the wait for a while after an edit that matters, and never
 * begins one. Facts, marks and categories matter.                                                */
#include "plan/sighting.h"

#include <string.h>

#include "base/digest.h"

enum {
    MISSING_READS_ENOUGH = 2, /* absent twice is all that anybody asks: no row at each reading */
    PROLONGED_MAX = 6,        /* settle windows */
    PARTS_MAX = 64,
    HALF = (FACTS_ID_BYTES - 1) / 2,
};

struct parts {
    struct text items[PARTS_MAX];
    size_t count;
};

static void add_part(struct parts *parts, const char *text)
{
    if (parts->count < PARTS_MAX)
        parts->items[parts->count++] = text_of(text);
}

static int take_half(const struct parts *parts, char *ret)
{
    uint8_t digest[DIGEST_BYTES];
    int r = digest_parts(parts->items, parts->count, digest);
    if (!r)
        digest_hex(digest, HALF / 2, ret);
    return r;
}

/* First half: to whom and how it is announced; second half: the text. */
static int take_wording(const struct event *event, char ret[FACTS_ID_BYTES])
{
    struct parts address = {.count = 0}, text = {.count = 0};
    add_part(&address, event->marks.audience);
    add_part(&address, event->marks.is_silent ? "silent" : NULL);
    for (size_t i = 0; i < event->category_count; i++)
        add_part(&address, event->categories[i]);
    add_part(&text, event->description.any);
    for (int i = 0; i < LANGUAGE_COUNT; i++)
        add_part(&text, event->description.in[i]);
    add_part(&text, event->url);
    for (size_t i = 0; i < event->attachment_count; i++)
        add_part(&text, event->attachments[i].url);
    int r = take_half(&address, ret);
    return r ? r : take_half(&text, ret + HALF);
}

static void stir(struct sighting *after, const struct sighting *before, int64_t settle_usec,
                 struct instant now)
{
    bool was_known = *before->wording;
    bool matters = !string_equal(before->facts->id, after->facts->id) ||
                   (was_known && memcmp(before->wording, after->wording, HALF) != 0);
    struct instant limit = instant_add(before->restless_since, PROLONGED_MAX * settle_usec);
    if (matters)
        after->restless_since = now;
    if (matters ||
        (was_known && !string_equal(before->wording, after->wording) && instant_before(now, limit)))
        after->quiet_since = now;
}

int sighting_present(const struct sighting *before, const struct occurrence *occurrence,
                     const struct facts *facts, int64_t settle_usec, struct instant now,
                     struct sighting *ret)
{
    struct sighting after = {
        .occurrence = occurrence->key,
        .first_seen = now,
        .quiet_since = now,
        .restless_since = now,
    };
    if (before)
        after = *before;
    after.feed = occurrence->event->feed;
    after.missing_since = INSTANT_UNSET;
    after.missing_reads = 0;
    after.moved_to = NULL;
    after.facts = facts;
    int r = take_wording(occurrence->event, after.wording);
    if (r)
        return r;
    if (before)
        stir(&after, before, settle_usec, now);
    *ret = after;
    return !before || before->missing_reads || before->moved_to ||
           !string_equal(before->facts->id, facts->id) ||
           !string_equal(before->wording, after.wording) || !string_equal(before->feed, after.feed);
}

bool sighting_absent(const struct sighting *before, struct instant now, struct sighting *ret)
{
    *ret = *before;
    if (before->missing_reads >= MISSING_READS_ENOUGH)
        return false;
    ret->missing_reads++;
    if (before->missing_reads == 0)
        ret->missing_since = now;
    return true;
}
