/* SPDX-License-Identifier: MIT */
/* feed: an iCalendar stream (RFC 5545) read into series, and series into occurrences.
 *
 * Pure: bytes in, values out. What is wrong is told as flaws with physical line numbers: an error
 * says that a series was set aside, a warning that a guess was made.                             */
#ifndef CONVIER_CALENDAR_FEED_H
#define CONVIER_CALENDAR_FEED_H

#include "base/arena.h"
#include "base/flaw.h"
#include "base/locale.h"
#include "model/event.h"

struct feed; /* lives in the arena given to feed_parse */

struct feed_options {
    const char *name;   /* of the calendar; goes into event.feed */
    const char *source; /* goes into event.source */
    struct zones *zones;
    struct locale *locale;   /* for Windows zone names */
    const struct zone *zone; /* for floating times when the file has no X-WR-TIMEZONE */
    bool is_zone_pinned;     /* `zone` stands above X-WR-TIMEZONE (`occurrences --zone`) */
    const char *category;    /* for events without one, or NULL */
    /* Called now and then: the first `size` bytes of raw will not be looked at again. NULL: nobody
     * wants to know. */
    void (*on_passed)(void *context, size_t size);
    void *context;
};

enum { FEED_E_MALFORMED = 1 }; /* refused whole: truncated, not iCalendar, …; the flaws say why */

/* raw need not outlive the call. 0, FEED_E_MALFORMED or a negative errno. */
int feed_parse(struct arena *arena, struct text raw, const struct feed_options *options,
               struct flaws *flaws, struct feed **ret_feed);

/* The same some lines or events at a time, as many as about max_bytes hold: *ret_feed is set with
 * *ret_is_done. All that is given is borrowed until the close, which accepts NULL and returns it.
 */
struct feed_reading;
int feed_open(struct arena *arena, struct text raw, const struct feed_options *options,
              struct flaws *flaws, struct feed_reading **ret);
int feed_step(struct feed_reading *reading, size_t max_bytes, struct feed **ret_feed,
              bool *ret_is_done);
struct feed_reading *feed_close(struct feed_reading *reading);

const char *feed_product(const struct feed *feed); /* PRODID, or NULL: which program wrote it */
size_t feed_event_count(const struct feed *feed);
const struct zone *feed_zone(const struct feed *feed); /* X-WR-TIMEZONE, else options->zone */

/* Calls visit with each component, or with each that has a mark #audience:, until it gives
 * something other than 0, which is returned. */
enum feed_visit { FEED_VISIT_ALL, FEED_VISIT_MARKED };
int feed_visit(const struct feed *feed, enum feed_visit which,
               int (*visit)(void *context, const struct event *), void *context);

/* Whether the series was set aside for a flaw: its absence says nothing about the event. */
bool feed_has_set_aside(const struct feed *feed, const char *uid);

/* All series that were, by UID. */
struct feed_set_aside {
    const char *uid;
    struct words title; /* what of it could be read */
};
const struct feed_set_aside *feed_set_aside(const struct feed *feed, size_t *ret_count);

/* What its occurrences come from; see calendar/expansion. */
struct series;
const struct series *feed_series(const struct feed *feed, size_t *ret_count);

#endif
