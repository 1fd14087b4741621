/* SPDX-License-Identifier: MIT */
/* pass: one occurrence while it is planned; what the files of this room share. Not for others. */
#ifndef CONVIER_PLAN_PASS_H
#define CONVIER_PLAN_PASS_H

#include "plan/planner.h"
#include "plan/reason_words.h"
#include "plan/steps.h"

/* A rule that is about the occurrence, in the order of the settings. */
struct pass_rule {
    const struct rule_settings *rule;
    struct membership audience;     /* bits NULL: nobody */
    const struct membership *steps; /* narrower ones by index in the rule, or NULL */
};

/* A step of one of these rules. */
struct pass_step {
    const struct pass_rule *rule;
    const struct step_settings *step;
    size_t index;        /* in its rule */
    struct instant born; /* hours before it never fire; UNSET = no birth known */
    const char *first_word_reason, *step_reason; /* made at the first notice */
};

/* When the steps fall at one place: by leave, latest first. */
struct place_step {
    struct pass_step *step;
    struct step_time time;
    bool is_blocked; /* the step is younger than this hour, and than the event */
};
struct pass_place {
    struct place place;
    struct instant start, end; /* of the occurrence */
    struct place_step *steps;  /* pass->step_count of them */
    struct step_time issue[2]; /* of a newsletter instead: for the others, for who has it first */
};

enum {
    REARM_DAYS = 14,      /* a date that moved further makes reminders new again */
    URGENT_HOURS = 72,    /* news this close to the event need not wait for office hours */
    LATE_MINUTES = 10,    /* a daemon that wakes within them is not late */
    IN_HAND_SECONDS = 60, /* when to look again at a message that is being sent */
    POSTPONED_DAYS = 30,  /* how long the end of a postponed event is news */
};

/* Those who have an issue first, as far as the others are concerned. */
enum canary_state {
    CANARY_HAS_IT,  /* or will at their hour, or there is none */
    CANARY_AWAITED, /* no mail to them has left yet, and one may */
    CANARY_FAILED,  /* none of them had it, and none will */
};

struct pass {
    struct arena *keep;  /* lives as long as the plan */
    struct arena *arena; /* of the slice: lists, keys */
    const struct planner_input *input;
    const struct planner_subject *subject;
    const struct history *history;
    struct plan *plan;

    const struct issue *issue;           /* instead of an occurrence and all that follows */
    enum canary_state canary;            /* of the issue */
    const struct occurrence *occurrence; /* NULL: vanished */
    const struct facts *facts;           /* as it is now, or was last seen */
    struct instant first_seen;           /* when it was first read */
    enum event_state state;              /* EVENT_CANCELLED for what vanished for good */
    bool is_silent, is_urgent;
    bool is_settled;   /* may speak */
    bool is_undecided; /* vanished, but perhaps only for a moment: nothing changes */
    bool is_over;      /* vanished because it is past */
    bool is_moved;     /* vanished: another occurrence took its place */
    struct instant ready;
    unsigned mask; /* fields whose change is told */
    int sequence;

    struct pass_rule *rules;
    size_t rule_count;
    struct pass_step *steps;
    size_t step_count;
    struct pass_place *places;
    size_t place_count;
};

/* One contact of the list with all that is known of it and the occurrence. */
struct guest {
    const struct contact *contact;
    size_t index;
    const struct told *told; /* NULL: never told */
    const struct notice *notices;
    size_t notice_count;
    struct pass_place *place;
    const struct pass_rule *rule; /* the first whose audience has it; NULL = not concerned */
    struct instant listed;        /* planner_listed: hours before it open nothing */
    bool is_suppressed;

    /* What it believes, from told and from what the relay accepted (plan/guest.c). */
    bool is_uninvited, is_cancelled, has_only_date;
    bool is_in_hand;             /* a message is being sent right now */
    bool is_uncertain;           /* a message may have arrived, and is tried again */
    bool may_know;               /* one may have arrived, whatever became of it since: as long as
                                    the event is to come, its end is news */
    bool may_think_off;          /* a later word that it is off may have arrived */
    struct instant uninvited_at; /* UNSET = not */
};

/* --- guest.c --- */
void guest_read(const struct pass *pass, struct guest *guest);
/* Owed in some way, and nobody has it in hand. */
bool notice_is_pending(const struct notice *notice);
/* False for who was told in silence alone: such a one does not wait for what vanished. A message
 * under another UID counts; to whom nothing was told, so does whatever was owed.                */
bool guest_was_written_to(const struct guest *guest);
/* Is it still to come, and does it not end in this very pass? */
bool guest_awaits(const struct pass *pass, const struct guest *guest, const struct notice *notice);
/* The last notice of a step ("reminder-7d" and its later forms "reminder-7d-2") that was not void;
 * NULL = none. */
const struct notice *guest_last(const struct pass *pass, const struct guest *guest,
                                const char *step);
/* A key of the step that no notice has: base itself if it may be bare, "base-SEQUENCE",
 * "base-SEQUENCE-2" …; NULL = no memory.                                                         */
const char *guest_new_key(const struct pass *pass, const struct guest *guest, const char *base,
                          bool may_be_bare);
/* Is there a reminder that is due by now and still of use, later than the one of the notice? */
bool guest_has_later_step(const struct pass *pass, const struct guest *guest,
                          const struct notice *notice);
bool guest_is_in_step(const struct guest *guest, const struct pass_step *step);

/* --- concern.c: what is owed to one guest; 0 or -ENOMEM --- */
int concern_guest(struct pass *pass, struct guest *guest);

/* --- newsletter.c: an issue; ret: is anybody to be looked at? 0 or -ENOMEM --- */
int newsletter_open(struct pass *pass, const struct planner_places *places, bool *ret_has_guests);
int newsletter_guest(struct pass *pass, const struct guest *guest);

/* --- ending.c: what ends of what was owed --- */
/* Why a pending notice ends now, and how; NULL = it stands. */
const char *ending_of(const struct pass *pass, const struct guest *guest,
                      const struct notice *notice, enum notice_state *ret_state);
int ending_guest(struct pass *pass, const struct guest *guest);
int ending_add(struct pass *pass, const struct notice *notice, enum notice_state state,
               const char *reason);

/* --- change.c --- */
enum news {
    NEWS_NONE,
    NEWS_CHANGE,
    NEWS_CANCELLATION,
    NEWS_POSTPONED,
    NEWS_INVITATION, /* it takes place after all, or has a date again */
};
enum news change_news(const struct pass *pass, const struct guest *guest);
/* The start and the end that the guest reckons with, who must have been told. */
struct span_of_event change_believed(const struct guest *guest);
/* Our SEQUENCE for the facts as they are. */
int change_sequence(const struct pass *pass);
/* When news leave and until when they are news. */
struct news_time {
    struct instant leave, expires;
    bool is_urgent;
};
struct news_time change_time(const struct pass *pass, const struct guest *guest, enum news news);
/* The same for any news that count until `expires` and turn urgent as `nearest` comes close. */
struct news_time change_time_before(const struct pass *pass, const struct guest *guest,
                                    struct instant nearest, struct instant expires);

/* --- leave.c: from the hour at which something is due to the one at which it leaves --- */
struct instant leave_at(const struct pass *pass, const struct guest *guest, struct instant due,
                        struct instant expires, bool is_urgent);
/* The same for a pass that is never late. */
struct instant leave_on_time(const struct pass *pass, const struct guest *guest, struct instant due,
                             struct instant expires, bool is_urgent);
/* limits.per_contact: the first moment at which the contact may get one more. */
struct instant leave_after_cap(const struct pass *pass, const struct guest *guest, bool may_join,
                               struct instant t);
void pass_wake(struct pass *pass, struct instant t);

/* --- reason.c: sentences of plan/reason_words with the values of a pass; NULL = no memory --- */
const char *reason_text(enum reason reason); /* one without values */
bool reason_is(enum reason reason, const char *text);
bool reason_is_ours(const char *text); /* false for NULL */
const char *reason_of_first_word(struct pass *pass, const struct pass_step *step);
const char *reason_of_step(struct pass *pass, const struct pass_step *step);
const char *reason_of_issue(struct pass *pass);
const char *reason_of_loss(struct pass *pass);
const char *reason_of_canary(struct pass *pass, enum reason why);
const char *reason_of_news(struct pass *pass, enum news news, unsigned fields);
const char *reason_of_wait(struct pass *pass, enum reason why, struct instant until);
const char *reason_of_absence(struct pass *pass);
const char *reason_of_hold(struct pass *pass);

#endif
