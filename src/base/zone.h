/* SPDX-License-Identifier: MIT */
/* zone: what the clocks of a place show, from the system's TZif files (RFC 8536, RFC 9636).
 *
 * `struct zones` is the set of all zones seen so far; it reads a file at the first question about
 * a name and again when the file has changed (zones_refresh). A `const struct zone *` stays valid
 * as long as its set: refreshing changes what it answers, never its address.
 * Not for several threads.                                                                       */
#ifndef CONVIER_BASE_ZONE_H
#define CONVIER_BASE_ZONE_H

#include "base/civil.h"

struct zones;
struct zone;

struct zone_state {
    int32_t offset_sec; /* local minus UTC */
    bool is_dst;
    const char *abbreviation; /* "CEST"; lives as long as the zone, until a refresh */
};

/* directory: NULL = $TZDIR's usual place, /usr/share/zoneinfo. NULL when memory is refused. */
struct zones *zones_new(const char *directory);
struct zones *zones_free(struct zones *zones);

/* By exact IANA name first, then in any case ("europe/paris"); "UTC+05:30" as zones_fixed names it.
 * NULL: no such zone, an unsafe name (anything but [A-Za-z0-9_+/-], "..", an absolute path) or a
 * file that is not a sound TZif.                                                                 */
const struct zone *zones_find(struct zones *zones, struct text name);
const struct zone *zones_utc(struct zones *zones); /* never NULL; there without a file */
/* A fixed offset within ±18 h, named "UTC+05:30"; NULL outside the range or without memory. */
const struct zone *zones_fixed(struct zones *zones, int32_t offset_sec);

/* A zone made of transitions that somebody else knows (a VTIMEZONE). Adds it to the set under a
 * name that zones_find never finds; the same name and content give the same zone. transitions are
 * in ascending order; before the first one `initial` holds; after the last one the last holds.
 * Offsets of 26 h or more, which no clock has, are cut to just below. NULL without memory.       */
struct zone_transition {
    int64_t utc_sec;
    int32_t offset_sec;
    bool is_dst;
    const char *abbreviation; /* may be NULL */
};
const struct zone *zones_custom(struct zones *zones, const char *name,
                                struct zone_transition initial,
                                const struct zone_transition *transitions, size_t count);

/* Looks again at the files (at most one stat a zone) and reads those that changed.
 * Returns the number of zones whose answers changed.                                             */
size_t zones_refresh(struct zones *zones);

const char *zone_name(const struct zone *zone); /* IANA spelling */
struct zone_state zone_state_at(const struct zone *zone, struct instant t);
struct civil_time zone_to_civil(const struct zone *zone, struct instant t);
/* RFC 5545 3.3.5: a time that occurs twice is the first; a time in a gap is read with the offset
 * before the gap. ret_kind may be NULL.                                                          */
enum zone_fit { ZONE_FIT_ONCE, ZONE_FIT_TWICE, ZONE_FIT_GAP };
struct instant zone_to_instant(const struct zone *zone, struct civil_time time,
                               enum zone_fit *ret_fit);
/* The first change of offset or daylight flag strictly after t, within 400 years; false: none. */
bool zone_next_transition(const struct zone *zone, struct instant t, struct instant *ret);

/* "2026-10-05T09:00:00+02:00" (RFC 3339); "Z" for UTC itself. 26 bytes with NUL. */
void zone_format_rfc3339(const struct zone *zone, struct instant t, char ret[32]);
/* RFC 3339, date and time with offset or Z, fraction ignored beyond microseconds. */
bool instant_parse_rfc3339(struct text text, struct instant *ret);

#endif
