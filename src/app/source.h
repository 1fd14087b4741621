/* SPDX-License-Identifier: MIT */
/* source: one calendar, contact list or holiday calendar, and what it says. */
#ifndef CONVIER_APP_SOURCE_H
#define CONVIER_APP_SOURCE_H

#include "base/flaw.h"
#include "calendar/feed.h"
#include "contacts/contact_reader.h"
#include "model/settings.h"
#include "plan/planner.h"

enum source_kind { SOURCE_CALENDAR, SOURCE_CONTACTS, SOURCE_HOLIDAYS };
enum { SOURCE_KIND_COUNT = 3 };
const char *source_kind_to_text(enum source_kind kind); /* "calendar" … */

struct source {
    enum source_kind kind;
    size_t index;         /* in the settings' list of its kind */
    const char *name;     /* calendar's name, country; of a list its label */
    const char *location; /* path or address: the latter may hold a secret, so it is never shown */
    const char *label;    /* what people are shown instead */
    bool is_remote;
    int64_t every_usec; /* remote: between two downloads */

    bool is_good;         /* a copy is in force */
    bool is_coming;       /* another one is being read, or about to be */
    bool is_from_copy;    /* … read from STATE/copies, nothing healthy was seen since the start */
    uint64_t readings;    /* healthy readings since the start, changed or not */
    uint64_t generation;  /* +1 whenever the content in force changed */
    struct instant tried; /* last reading or download, healthy or not; UNSET = never */
    struct instant good;  /* last healthy one; of a copy from an earlier start: when it was made */
    const char *trouble;  /* why the last reading was refused; NULL = it was healthy */
    int failures;         /* in a row */
    const char *etag, *last_modified; /* remote: of the copy in force */
    struct flaws flaws;               /* of the last reading */

    /* What the copy in force says, by kind. */
    const struct feed *feed;
    struct contact_rows rows;
    struct contact_guess guess;
    struct holiday_calendar holidays;
};

/* Those that the settings name: calendars, then contact lists, then holidays; unread, unlabelled.
 */
size_t source_count(const struct settings *settings);
struct source source_at(const struct settings *settings, size_t i);

/* The path; of an address its host, without the login before it and without what follows, which may
 * be a secret, and what tells it from others there. To be freed; NULL = no memory. What no settings
 * file names was typed by whoever reads the answer, who may see it again.                        */
char *source_label(const struct source *source, const struct settings *settings);
/* https://user@host/path as "https://host/…"; to be freed. */
char *source_hidden(const char *address);

/* Why a reading with these flaws was refused, as one line; in the arena. */
const char *source_trouble_of(struct arena *arena, const struct flaws *flaws);

#endif
