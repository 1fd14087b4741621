/* SPDX-License-Identifier: MIT */
/* event: what staff wrote in their calendar, as people read it.
 *
 * An event is one VEVENT component (a master or an override) with marks and markup already taken
 * out of its words. An occurrence is one instance of a series; it points to the component whose
 * words hold for it. Strings are NUL-terminated NFC UTF-8 without control characters other than
 * newline (in description and location); NULL = absent. All live in the arena of the feed. */
#ifndef CONVIER_MODEL_EVENT_H
#define CONVIER_MODEL_EVENT_H

#include "base/language.h"
#include "base/zone.h"

/* A text that may exist in several languages: SUMMARY;LANGUAGE=ja, or [ja] … in a description. */
struct words {
    const char *any;                /* without a language; used when the reader's own is missing */
    const char *in[LANGUAGE_COUNT]; /* NULL where missing */
};
const char *words_in(const struct words *words, enum language language); /* NULL when none at all */

/* When something takes place. Timed: start and end are set, zone is the zone it was written in.
 * All-day: civil dates only, never converted; end_day is exclusive (RFC 5545 3.6.1).             */
struct when {
    bool is_all_day;
    struct instant start, end;
    const struct zone *zone; /* NULL when all-day */
    struct civil_date first_day, end_day;
};

enum event_state { EVENT_ALIVE, EVENT_TENTATIVE, EVENT_POSTPONED, EVENT_CANCELLED };
const char *event_state_to_text(enum event_state state); /* "alive" … */

/* House marks (#silencieux, #urgent, #reporté, #audience: …), removed from the words. */
struct marks {
    bool is_silent;
    bool is_urgent;
    const char *audience; /* expression, or NULL */
    int line;             /* where the audience stands, for flaws */
};

struct attachment_link {
    const char *url;
    const char *label; /* file name or NULL */
};

struct event {
    const char *uid;
    struct words summary, location, description;
    const char *link; /* where to join on line */
    const char *url;  /* the event's page */
    const char *const *categories;
    size_t category_count;
    enum event_state state;
    const char *organiser_name, *organiser_email;
    const struct attachment_link *attachments;
    size_t attachment_count;
    bool has_geo;
    double latitude, longitude;
    struct marks marks;
    int64_t sequence;   /* the feed's own, only a hint */
    const char *feed;   /* name of the calendar in the settings */
    const char *source; /* file or address */
    int line;           /* of its BEGIN:VEVENT */
};

/* RECURRENCE-ID as an identity: the instant or the local date at which the rule put the instance,
 * whatever it was moved to. A single event has none.                                             */
enum recurrence_kind { RECURRENCE_NONE, RECURRENCE_INSTANT, RECURRENCE_DATE };
struct recurrence_id {
    struct instant instant;
    struct civil_date date;
    enum recurrence_kind kind;
};

struct occurrence {
    const char *key; /* UID, or UID + "/" + recurrence id as below: the identity in the ledger */
    struct recurrence_id id;
    struct when when;
    const struct event *event; /* never NULL */
    enum event_state state;    /* EVENT_CANCELLED for a cancelled override, even in a live series */
};

/* "20261005T070000Z" or "20261005", NUL-terminated, "" for a single event. */
void recurrence_id_format(struct recurrence_id id, char ret[20]);

/* The first and last moment that matters in a zone: for all-day events local midnight of the first
 * day and of end_day in `zone`; for timed ones start and end whatever the zone.                  */
struct instant when_start(const struct when *when, const struct zone *zone);
struct instant when_end(const struct when *when, const struct zone *zone);
/* The civil day on which it starts: in its own zone if timed. */
struct civil_date when_day(const struct when *when);
bool when_equal(const struct when *a, const struct when *b); /* same moments; zones do not count */

#endif
