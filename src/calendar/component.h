/* SPDX-License-Identifier: MIT */
/* component: one VEVENT (RFC 5545 3.6.1), a master or an override, with all that people read of it
 * and all that calendar/series needs to place it in time.                                        */
#ifndef CONVIER_CALENDAR_COMPONENT_H
#define CONVIER_CALENDAR_COMPONENT_H

#include "base/contentline.h"
#include "calendar/packed_event.h"
#include "calendar/pool.h"
#include "calendar/rule.h"
#include "calendar/tzid.h"
#include "model/event.h"

/* How long it takes: first on the wall clock (or in days), then exactly. */
struct length {
    int64_t wall_sec;
    int64_t exact_sec;
};

/* An RDATE. */
struct extra {
    int64_t wall_sec;
    const struct zone *zone;
    bool has_length;
    struct length length;
};

/* An EXDATE: an instant, or a whole local day. */
struct exclusion {
    bool is_day;
    int64_t day; /* since 1970 */
    struct instant instant;
};

/* An RRULE with its end in the terms of the event. */
struct bound_rule {
    const struct rule *rule; /* many events share one */
    int64_t last_sec;        /* wall; no instance starts later */
    struct instant last;     /* the same as an instant; NEVER unless UNTIL was in UTC */
};

struct repetition {
    struct bound_rule *rules, *exclusion_rules; /* RRULE, EXRULE (RFC 2445) */
    size_t rule_count, exclusion_rule_count;
    struct extra *extras;
    size_t extra_count;
    struct exclusion *exclusions;
    size_t exclusion_count;
    const char *complaint;          /* why it is refused, NULL = it is not: a literal */
    struct contentline_place place; /* of the complaint */
};

/* Which instance an override replaces. */
struct replaced {
    int64_t sec;             /* RECURRENCE-ID as written, on the clock of zone */
    const struct zone *zone; /* NULL = floating: the master's clock */
    bool is_date;            /* it was a DATE */
    bool is_range;           /* RANGE=THISANDFUTURE */
    struct recurrence_id id; /* in the master's terms, once the series is assembled */
};

struct component_options {
    const char *feed, *source, *category; /* as in feed_options */
    const char *advice;                   /* how to mend an event: a literal */
    const struct zone *zone;              /* for floating times */
    bool is_cancelled;                    /* METHOD:CANCEL stands above */
};

struct component {
    const char *uid;
    const struct packed_event *event;        /* all but what stands beside it here */
    const struct component_options *options; /* of its calendar: feed and source */
    int32_t sequence;
    int line;                /* of its BEGIN:VEVENT */
    bool is_date;            /* an all-day event */
    bool is_startless;       /* an override without a DTSTART: when its instance is */
    bool is_marked;          /* #audience: */
    bool is_broken;          /* its series is set aside; only uid and line are sure */
    const struct zone *zone; /* of the start; for an all-day event that of the calendar */
    int64_t start_sec;       /* wall clock; midnight of the first day when all-day */
    struct length length;
    struct instant end;        /* of DTSTART's own instance, UNSET when `length` tells it as well */
    struct instant stamp;      /* DTSTAMP, UNSET when missing */
    struct replaced *replaces; /* NULL = a master */
    struct repetition *repetition; /* NULL = nothing repeats */
};

/* What it says to people. */
void component_event(const struct component *component, struct event *ret);

/* Reads one component after another. */
struct component_reader;

int component_reader_new(struct arena *arena, struct arena *scratch, struct zones *zones,
                         struct flaws *flaws, struct component_reader **ret);
struct component_reader *component_reader_free(struct component_reader *reader);

/* BEGIN:VEVENT at `line`. tzids stay in use until component_finish, the options as long as what it
 * gives.                                                                                         */
void component_begin(struct component_reader *reader, int line, struct tzids *tzids,
                     const struct component_options *options);
/* A property directly inside it. 0 or -ENOMEM. */
int component_line(struct component_reader *reader, const struct contentline *line);
/* A line that was too long; head is its beginning. */
void component_lost_line(struct component_reader *reader, struct text head, int line);
/* END:VEVENT. *ret is never NULL on 0, but may be broken. 0 or -ENOMEM. */
int component_finish(struct component_reader *reader, struct component **ret);

#endif
