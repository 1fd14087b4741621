/* SPDX-License-Identifier: MIT */
/* sources: everything that is read while the daemon lives (calendars, contact lists, holidays),
 * each with its last good copy.
 *
 * A reading that is refused (truncated, not a calendar, no address column …) changes nothing: the
 * last good copy stays in force, in memory and in STATE/copies for the next start, and the trouble
 * is told with file and line. Local files are read when sources_look finds that they changed; for
 * addresses somebody downloads the bytes and offers them. Both take some steps: until the last of
 * them the old copy is the one in force, and a file that changes meanwhile is read from its start.
 */
#ifndef CONVIER_APP_SOURCES_H
#define CONVIER_APP_SOURCES_H

#include "app/source.h"
#include "base/buf.h"
#include "base/locale.h"

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
/* Asks for the reading of each local file that changed since its last one (by inode, size and
 * mtime), or of all when `all`: a reading counts even when the bytes are the same.               */
void sources_look(struct sources *sources, bool all);
/* Files in trouble are taken for changed by the next sources_look. */
void sources_retry(struct sources *sources);
/* Bytes for one source, from wherever, to be read by the next steps. They are taken over, which
 * leaves an empty buf; etag and last_modified may be NULL. 0 or -ENOMEM. */
int sources_offer(struct sources *sources, size_t i, struct buf *bytes, const char *etag,
                  const char *last_modified);
/* Is there anything to be read? */
bool sources_are_coming(const struct sources *sources);
/* Reads about max_bytes more of it. 0 or -errno of our own resources, after which it is still to be
 * read; a file that cannot be read is that source's trouble. */
int sources_step(struct sources *sources, size_t max_bytes, struct instant now);
/* Both at once, for those who can wait: what is coming; each local file that changed. */
int sources_read(struct sources *sources, struct instant now);
int sources_read_files(struct sources *sources, bool all, struct instant now);
/* The address answered "not modified": a healthy reading. */
void sources_unchanged(struct sources *sources, size_t i, struct instant now);
/* It could not be fetched, and why. */
int sources_failed(struct sources *sources, size_t i, const char *why, struct instant now);

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
