/* SPDX-License-Identifier: MIT */
/* issues: the editions of newsletters, with what each tells; plan/newsletter says to whom. Owned by
 * the conductor, which brings its view up to date.                                               */
#ifndef CONVIER_APP_ISSUES_H
#define CONVIER_APP_ISSUES_H

#include "app/audiences.h"
#include "app/births.h"
#include "app/horizon.h"
#include "ledger/ledger.h"
#include "plan/newsletter.h"

enum { ISSUES_EVENTS_MAX = 100 }; /* in one issue, the nearest ones */

extern const char issues_prefix[]; /* "newsletter/": how all their keys begin */

struct issues;

/* Everything is borrowed. */
struct issues_parts {
    const struct settings *settings;
    struct zones *zones;
    struct sources *sources;
    struct ledger *ledger;
};
int issues_new(const struct issues_parts *parts, struct issues **ret);
struct issues *issues_free(struct issues *issues);

/* What issues are made of, until the next call, which ends all pointers to them. births: one for
 * each newsletter. Looks what a human said by now (issues_say). 0 or -errno.                     */
int issues_set_view(struct issues *issues, const struct horizon *horizon,
                    struct audiences *audiences, const struct instant *births, struct instant now);

/* A calendar that was never read; NULL: all were. */
const char *issues_unread(const struct issues *issues);

/* Those whose hour has come somewhere and whose use has not ended everywhere, by newsletter and
 * day; ret_next: when the next one begins (NEVER, or a moment to look again). None while a calendar
 * was never read: what it holds would be missing. 0 or -errno.                                   */
LIST_TYPE(issue_list, const struct issue *);
int issues_due(struct issues *issues, const struct planner_input *input, struct issue_list *ret,
               struct instant *ret_next);

/* The issue of a notice's key; NULL: no newsletter of the settings has such a name. */
int issues_find(struct issues *issues, const char *key, const struct issue **ret_or_null);

/* The next one of a newsletter whose hour has not come everywhere, but for one that a human let go
 * before; or one that waits for a calendar. NULL: its recurrence has ended. */
int issues_next(struct issues *issues, const struct planner_input *input, size_t newsletter,
                const struct issue **ret_or_null);

/* Another one of a newsletter, by its day ("2026-12-01") or the name of its file
 * ("2026-12-lettre"), which makes it one that is written by hand. */
int issues_named(struct issues *issues, size_t newsletter, const char *label,
                 const struct issue **ret);

/* Of a newsletter, by the same name: was it ever owed or let go, or is it a day to come? A file
 * that is written by hand and was not sent does not exist yet. */
int issues_exists(struct issues *issues, size_t newsletter, const char *label, bool *ret);
/* The newsletter of an issue that is written by hand, the longest name that fits; their number:
 * none is. */
size_t issues_newsletter_of(const struct settings *settings, const char *file);

/* When a human let an issue go; UNSET = nobody did. */
struct instant issues_word(const struct issues *issues, const char *key);
/* The same issue as if that was now. */
int issues_let_go(struct issues *issues, const struct issue *issue, const struct issue **ret);
/* A human's word, within a transaction: the issue leaves now, whatever its hour, and the daemon
 * obeys at its next pass. *ret_said: when it was first said; a second word changes nothing.      */
int issues_say(struct ledger *ledger, const char *key, struct instant now,
               struct instant *ret_said);
/* Was an issue of that day or later let go? */
bool issues_said(const struct issues *issues, size_t newsletter, struct civil_date from,
                 struct civil_date *ret_day, struct instant *ret_said);

/* One whose hour has come, and that waits for a calendar to come back, or for a human's word. */
struct stuck_issue {
    const char *key, *newsletter;
    const char *reason;   /* in English */
    struct instant until; /* then it will have lost its use */
};
LIST_TYPE(stuck_issues, struct stuck_issue);
int issues_note_stuck(struct arena *arena, const struct planner_input *input,
                      const struct issue *issue, const char *reason, struct stuck_issues *to);

/* The events that an issue leaving then tells a reader, by start. *ret is made in the arena. */
LIST_TYPE(told_events, const struct issue_event *);
int issues_told(struct arena *arena, const struct issue *issue, size_t reader,
                const struct zone *zone, struct instant leaves, struct told_events *ret);

#endif
