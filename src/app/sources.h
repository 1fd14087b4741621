/* SPDX-License-Identifier: MIT */
/* sources: everything that is read while the daemon lives (calendars, contact lists, holidays),
 * each with its last good copy.
 *
 * A reading that is refused (truncated, not a calendar, no address column …) changes nothing: the
 * last good copy stays in force, in memory and in STATE/copies for the next start, and the trouble
 * is told with file and line. Local files are read by sources_read_files; for addresses somebody
 * downloads the bytes and offers them.                                                           */
#ifndef CONVIER_APP_SOURCES_H
#define CONVIER_APP_SOURCES_H

#include "base/flaw.h"
#include "base/locale.h"
#include "calendar/feed.h"
#include "contacts/contact_reader.h"
#include "model/settings.h"
#include "plan/planner.h"

enum source_kind { SOURCE_CALENDAR, SOURCE_CONTACTS, SOURCE_HOLIDAYS };

struct source {
    enum source_kind kind;
    size_t index;         /* in the settings' list of its kind */
    const char *name;     /* calendar's name, country, or the path */
    const char *location; /* path or address */
    bool is_remote;
    int64_t every_usec; /* remote: between two downloads */

    bool is_good;         /* a copy is in force */
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

struct sources;

/* Nothing is read yet. settings, zones and locale are borrowed. may_keep: healthy readings become
 * last good copies in STATE/copies (only the daemon's do). */
int sources_new(const struct settings *settings, struct zones *zones, struct locale *locale,
                bool may_keep, struct sources **ret);
struct sources *sources_free(struct sources *sources);

/* Asked before a sound contact list takes the place of the one in force. *ret_reason (in notes):
 * why it must wait, which becomes the source's trouble; NULL: it may. digest: hex, of its bytes. */
typedef int (*sources_judge)(void *context, struct arena *notes, const struct source *source,
                             size_t rows, const char *digest, const char **ret_reason);
void sources_set_judge(struct sources *sources, sources_judge judge, void *context);

size_t sources_count(const struct sources *sources);
const struct source *sources_at(const struct sources *sources, size_t i);

/* What the copy before the one in force said lives on until this: call it when every view of the
 * sources (horizon, contacts, audiences) has been made anew.                                     */
void sources_release(struct sources *sources);

/* Takes last good copies from STATE/copies for sources that have none in force yet. */
int sources_read_copies(struct sources *sources, struct instant now);
/* Reads each local file that changed since its last reading (by inode, size and mtime), or all when
 * `all`: a reading counts even when the bytes are the same. 0 or -errno of our own resources; a
 * file that cannot be read is that source's trouble. */
int sources_read_files(struct sources *sources, bool all, struct instant now);
/* Files in trouble are read again by the next sources_read_files, changed or not. */
void sources_retry(struct sources *sources);
/* Bytes for one source, from wherever; etag and last_modified may be NULL. */
int sources_offer(struct sources *sources, size_t i, struct text bytes, const char *etag,
                  const char *last_modified, struct instant now);
/* The address answered "not modified": a healthy reading. */
void sources_unchanged(struct sources *sources, size_t i, struct instant now);
/* It could not be fetched, and why. */
int sources_failed(struct sources *sources, size_t i, const char *why, struct instant now);

/* A name for logs: the path, or an address without what follows its host, which may be a secret. */
enum { SOURCE_LABEL_BYTES = 256 };
void source_label(const struct source *source, char ret[SOURCE_LABEL_BYTES]);

/* Every contact list has a copy in force: without that no audience is true. */
bool sources_has_contacts(const struct sources *sources);
/* All lists merged; remade when one changed. The pointer holds until the next reading. */
int sources_contacts(struct sources *sources, const struct contact_list **ret,
                     struct flaws **ret_flaws);
/* Does a part of the work of the next sources_contacts, which takes long for long lists: some rows,
 * until *ret_is_done. */
int sources_merge(struct sources *sources, size_t rows_max, bool *ret_is_done);
uint64_t sources_contacts_generation(const struct sources *sources);
/* Holiday calendars in force; count of them. */
const struct holiday_calendar *sources_holidays(struct sources *sources, size_t *ret_count);

#endif
