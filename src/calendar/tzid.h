/* SPDX-License-Identifier: MIT */
/* tzid: which zone a TZID means.
 *
 * In this order: the system's own name in any case; the end of a path; a Windows name, one that
 * programs are known to write or a fixed offset; the file's VTIMEZONE; looser names and spellings;
 * a city in an Outlook label; the calendar's own zone. Everything but an exact name is a guess and
 * gives one warning a TZID, and so does a VTIMEZONE that contradicts the name above it.          */
#ifndef CONVIER_CALENDAR_TZID_H
#define CONVIER_CALENDAR_TZID_H

#include "base/contentline.h"
#include "base/flaw.h"
#include "base/locale.h"
#include "base/zone.h"

struct tzid_entry {
    struct text name;           /* normalised */
    const struct zone *zone;    /* what it means; NULL = not asked yet */
    const struct zone *written; /* its VTIMEZONE in the file, or NULL */
    const char *location;       /* X-LIC-LOCATION of the VTIMEZONE, or NULL */
};

LIST_TYPE(tzid_entries, struct tzid_entry);

struct tzids {
    struct arena *arena; /* receives the names */
    struct zones *zones;
    struct locale *locale;
    const struct zone *fallback; /* X-WR-TIMEZONE, else the feed's */
    struct flaws *flaws;
    const char *advice;          /* how to choose another time zone: a literal */
    struct tzid_entries entries; /* few: one a zone */
    size_t last;                 /* found last time */
};

/* Tells of a VTIMEZONE; zone may be NULL when it could not be read. 0 or -ENOMEM. */
int tzids_define(struct tzids *tzids, struct text raw_name, const struct zone *zone,
                 struct text location);

/* Whether a VTIMEZONE of that TZID was told of: the first one holds. */
bool tzids_is_defined(struct tzids *tzids, struct text raw_name);

/* Whether a VTIMEZONE has an empty TZID, as Exchange may write for UTC: then an empty one means it.
 */
bool tzids_has_nameless(const struct tzids *tzids);

/* The zone of a TZID, never NULL on 0; place is for the warning. 0 or -ENOMEM. */
int tzids_find(struct tzids *tzids, struct text raw_name, struct contentline_place place,
               const struct zone **ret);

/* A zone by a name alone, as X-WR-TIMEZONE gives it. NULL = unknown. */
const struct zone *tzid_named(struct zones *zones, struct locale *locale, struct text name);

#endif
