/* SPDX-License-Identifier: MIT */
/* staff: what those who run the house (settings.staff) should hear, each matter once.
 *
 * A look compares what is so now (holds, sources, relay, pace) with what the ledger says that they
 * were told; what is new becomes a letter: one notice an address, which leaves, is deferred,
 * refused or uncertain like every other. So nothing is lost or told twice by a death in between:
 * a matter and its letter are one commit.
 *
 * A flood is impossible: while a letter has not left, further matters join it, and after
 * STAFF_LETTERS_A_DAY the next one waits until the first of them is a day old. What is no longer so
 * when its letter leaves is left out (staff_letter.h).                                           */
#ifndef CONVIER_APP_STAFF_H
#define CONVIER_APP_STAFF_H

#include "app/issues.h"
#include "app/sources.h"
#include "ledger/ledger.h"

enum { STAFF_LETTERS_A_DAY = 12, STAFF_FLAWS_EVERY_MIN = 60, STAFF_TROUBLE_MIN = 120 };
enum { STAFF_STOP_MIN = 60, STAFF_OWN_TROUBLE_MIN = 10, STAFF_EXPIRING_HOURS = 24 };

struct staff;

int staff_new(const struct settings *settings, struct zones *zones, struct staff **ret);
struct staff *staff_free(struct staff *staff);

/* --- news: what no other room remembers; each may ask for a look --------------------------------
 */
/* For a while the program itself could not work (disk full, no memory); now it does again. */
void staff_note_own_trouble(struct staff *staff, const char *what, struct instant since);
/* Templates that were refused; NULL = they are sound. The flaws live until the next word of them.
 */
void staff_note_templates(struct staff *staff, const struct flaws *flaws_or_null);
/* One relay refuses (login, quota); messages pass to the next. */
void staff_note_fallback(struct staff *staff, const char *from, const char *to, const char *why);

/* --- the look -----------------------------------------------------------------------------------
 */
struct staff_view {
    struct ledger *ledger;
    const struct sources *sources;
    const char *failure; /* why the relay takes nothing; NULL = it does, or nobody knows */
    struct instant failing_since, failed_last;
    enum smtp_stage failing_at;
    bool is_refused; /* … by login or quota: a human must act */
    bool is_proven;  /* a message was accepted since the start, or since the failure */
    const struct stuck_issues *stuck; /* of the last pass; NULL: it could not tell */
};
/* Something may have changed: the next staff_look looks. */
void staff_touch(struct staff *staff);
/* Is there a reason to look? */
int staff_must_look(struct staff *staff, const struct staff_view *view, struct instant now,
                    bool *ret);
/* Looks, and writes what is new in a transaction of its own: 0 or -errno
 * (nothing was written, and the next look does it). Nothing without settings.staff.              */
int staff_look(struct staff *staff, const struct staff_view *view, struct instant now);
/* When the next look has something to do if nothing happens; NEVER. */
struct instant staff_next(const struct staff *staff);

#endif
