/* SPDX-License-Identifier: MIT */
/* planner: decides, for one occurrence, which notices are owed now and which existing ones end.
 *
 * Pure: same inputs, same plan, same order. Recording the plan and planning again yields nothing
 * new. The conductor calls it for each occurrence of the window, and for each told occurrence that
 * is no longer in any feed; it adds the passes up and asks plan/brakes before anything is owed.
 *
 * Keys (notice.step): "invitation" for the first word, whichever step gave it; a step's own id for
 * the later ones and for save-the-dates; "change-N", "cancellation-N", "postponed-N",
 * "uninvited-N", and "invitation-N" or "reminder-7d-N" for what has to be said again, N being our
 * SEQUENCE. A notice that this planner took back (its reason is one of ours) never counts as said;
 * one that staff discarded does.
 *
 * The rule of a notice may be "#audience": an event with that mark that no rule is about.
 *
 * Never: sends, reads the clock, or asks the ledger (history is passed in).
 * See:   src/README.md, "the life of a notice".                                                  */
#ifndef CONVIER_PLAN_PLANNER_H
#define CONVIER_PLAN_PLANNER_H

#include "base/list.h"
#include "model/contact.h"
#include "model/history.h"
#include "model/settings.h"

/* When a rule's step was first seen by this ledger: about events that were there before it, it
 * never fires for hours before it. */
struct birth {
    const char *rule, *step; /* step: step_settings.id */
    struct instant at;
};

/* The same of a contact list: whoever comes with it is not invited by hours before it. A new line
 * in a list that was there is late, and invited at once.                                         */
struct list_birth {
    const char *source; /* as in contact.source */
    struct instant at;
};

struct holiday_calendar {
    const char *country;           /* "FR" */
    const struct civil_date *days; /* sorted */
    size_t count;
};

/* A non-urgent message that a contact got lately, for limits.per_contact; sorted by contact. */
struct recent_message {
    const char *contact;
    struct instant sent;
    bool may_join; /* given by this very pass under a rule with `merge`: others may join it */
};

/* Audiences as bits over contacts, in the order of the settings. */
struct rule_audience {
    struct membership rule;
    const struct membership *steps; /* one a step; bits NULL = the rule's own */
};

/* The different places where contacts live: step hours are reckoned once for each. Made once a pass
 * by planner_places_of; opaque to callers. */
struct place;
struct planner_places {
    const struct place *items;
    size_t count;
    const uint16_t *of; /* place of each contact of the list */
};

/* Constant during a pass. */
struct planner_input {
    struct instant now;
    const struct settings *settings;
    const struct contact_list *contacts;
    const struct rule_audience *audiences; /* settings->rule_count of them */
    struct membership suppressed;          /* opposed or dead: hear nothing */
    const struct birth *births;
    size_t birth_count;
    const struct list_birth *list_births;
    size_t list_birth_count;
    const struct holiday_calendar *holidays;
    size_t holiday_count;
    const struct recent_message *recent;
    size_t recent_count;
    const struct planner_places *places; /* of these contacts and holidays; NULL = made each time */
};

/* Is an #audience: mark what was meant? Whoever was told and is left out by one in doubt may be so
 * by mistake: he stays concerned.                                                                */
enum mark_doubt {
    MARK_SOUND,
    MARK_OF_NOBODY, /* it names a group that nobody has */
    MARK_MALFORMED, /* it does not parse: `marked` is nobody */
};

/* One occurrence and what is known of it. */
struct issue;
struct planner_subject {
    const struct occurrence *occurrence; /* NULL: in no healthy reading any more */
    const struct facts *facts;           /* of the occurrence; NULL with it */
    const struct membership *marked;     /* its #audience: mark, or NULL */
    const struct history *history;
    bool is_lost_with_most; /* vanished, and its calendar may be at fault (plan/brakes) */
    enum mark_doubt mark_doubt;
    const struct issue *issue; /* of a newsletter, instead of an occurrence (plan/newsletter) */
};

struct planned_notice {
    struct notice notice; /* state OWED (due now) or HELD; id 0 */
    size_t contact;       /* index in input->contacts */
    const char *reason;   /* why it exists, one English sentence for `why` and logs */
    bool is_urgent;       /* may leave in quiet hours; not counted by limits.per_contact */
    bool may_join;        /* its rule merges: with others of the pass it is one mail */
};

/* An existing notice that ends: superseded, expired or suppressed. */
struct planned_end {
    int64_t notice;
    enum notice_state state;
    const char *reason;
};

/* A contact is to be taken as told, without a message (#silencieux, cosmetic change). */
struct planned_told {
    const char *contact;
    const struct facts *facts;
};

/* A question to staff: nothing leaves about this until a human says so. */
struct planned_hold {
    const char *reason;
};

LIST_TYPE(planned_notices, struct planned_notice);
LIST_TYPE(planned_ends, struct planned_end);
LIST_TYPE(planned_tolds, struct planned_told);

struct plan {
    struct planned_notices notices; /* by contact, then step; due <= now, or HELD */
    /* Steps left out for good (limits.per_contact): to be recorded as SUPERSEDED with their reason,
     * so that they are explained and not asked for again.                                        */
    struct planned_notices drops;
    struct planned_ends ends;
    struct planned_tolds tolds;
    const char *hold_reason; /* of the notices in state HELD: one batch */
    int sequence;            /* to be kept in the sighting */
    struct instant next;     /* nothing here changes before, unless an input does; NEVER possible */
    const char *waits; /* why nothing leaves yet though something might ("settling until …") */
};

/* When the oldest list that has the contact was first seen; UNSET = it was always there. */
struct instant planner_list_birth(const struct planner_input *input, const struct contact *contact);

/* Hours before it do not invite the contact: the oldest list that has it is younger than them, and
 * than the occurrence. UNSET = all hours do. input->list_births suffices.                        */
struct instant planner_listed(const struct planner_input *input, const struct history *history,
                              const struct contact *contact);

/* input->contacts and input->holidays suffice. 0 or -ENOMEM. */
int planner_places_of(struct arena *arena, const struct planner_input *input,
                      struct planner_places *ret);

/* 0 or -ENOMEM. */
int planner_plan(struct arena *arena, const struct planner_input *input,
                 const struct planner_subject *subject, struct plan *ret_plan);

/* The same in slices, for a bounded time and a memory that does not grow with the notices: what is
 * common to all contacts first, for which an outline of the history suffices, then so many contacts
 * at a time, from planner_next on. `part` is the history of the addresses up to the contact after
 * them (the last part: of all that are left), or NULL when the subject's history has its rows.
 *
 * What planner_open makes lives in its arena, like everything of the plan that is no list. The
 * lists grow in the arena of planner_walk: whoever has taken what they hold may zero them and clear
 * that arena before the next call. input, subject and ret_plan are borrowed until the end.
 * `notices` and the others are whole, and `next` is right, when planner_has_more is false. */
struct planner;
int planner_open(struct arena *arena, const struct planner_input *input,
                 const struct planner_subject *subject, struct plan *ret_plan,
                 struct planner **ret);
bool planner_has_more(const struct planner *planner);
size_t planner_next(const struct planner *planner); /* index in input->contacts */
int planner_walk(struct planner *planner, struct arena *arena, size_t contacts_max,
                 const struct history *part);

#endif
