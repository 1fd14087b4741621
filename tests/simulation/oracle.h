/* SPDX-License-Identifier: MIT */
/* oracle: an independent account of what may and must be said, and whether it was.
 *
 * It knows the story, the desk and when all was well; it calls neither the planner nor anything
 * else that decides. It is generous where rules leave room (a grace of minutes for what was in
 * hand, days for news to arrive), and strict beyond. Each invariant is one function; the first that
 * does not hold is kept with its words. */
#ifndef CONVIER_TESTS_SIMULATION_ORACLE_H
#define CONVIER_TESTS_SIMULATION_ORACLE_H

#include "model/notice.h"
#include "simulation/desk.h"

struct heard {
    bool is_told;
    struct desk_instance as; /* what the last mail could say */
    struct instant at;
    enum notice_kind kind;
    int exports; /* the UID's number */
    int rule;    /* what vanished is told under the rule that told it; -1: that of the mark */
};

struct oracle {
    const struct story *story;
    struct desk seen; /* what the program could last read */
    bool has_seen;
    bool is_aside[STORY_EVENTS_MAX]; /* broken on the desk: the program waits until it is mended */
    struct instant now;
    struct instant well_since;                       /* NEVER: something is wrong now */
    struct instant people_since[STORY_CONTACTS_MAX]; /* nothing changed about whom since */
    struct instant language_since[STORY_CONTACTS_MAX];
    struct instant wording_since[STORY_WORDINGS];     /* first read; NEVER */
    struct instant settings_since;                    /* the wording in force */
    struct instant opposed_since[STORY_CONTACTS_MAX]; /* NEVER: not opposed */
    struct {
        struct desk_instance now, before; /* before: until the last edit */
        struct instant changed, since; /* since: news of it could leave, aside meanwhile or not */
        bool was_off;                  /* cancelled or postponed, once */
        struct heard told[STORY_CONTACTS_MAX];
    } instances[STORY_EVENTS_MAX][STORY_INSTANCES_MAX];
    struct {
        struct instant first_seen;                /* in the calendar; NEVER */
        struct instant silent_from, silent_until; /* NEVER and UNSET: was never silent */
        struct {
            struct instant from, until; /* the last silence in which the program could plan */
        } silence;
        bool is_doubtful; /* its mark #audience: means nobody: who was told stays concerned */
        struct instant doubtful_since;
        struct {
            struct instant out; /* not in the audience; NEVER: belongs */
            struct instant in;  /* in the audience, or another one */
        } since[STORY_CONTACTS_MAX];
    } events[STORY_EVENTS_MAX];
    struct {
        struct instant known_since; /* NEVER: not yet */
        struct {
            struct instant out, in; /* as of events */
        } since[STORY_CONTACTS_MAX];
        bool has_come[STORY_DAYS][STORY_CONTACTS_MAX]; /* the issue of that day */
        int judged;                                    /* days before it are */
    } issues;                                          /* of the newsletter; see issues.h */
    const char *broken; /* name of the invariant that did not hold, or NULL */
    char words[400];
};

void oracle_init(struct oracle *oracle, const struct story *story, struct instant now);

/* --- what happened ---------------------------------------------------------------------------- */
/* The program runs and has had a turn since the desk last changed; is_page_new: but it has not yet
 * downloaded the first calendar.                                                                 */
void oracle_read(struct oracle *oracle, const struct desk *desk, bool is_page_new,
                 struct instant now);
/* Is all well: program, relay, disk, network, no pause, files whole? Asked at each step; a jump of
 * the clock is told as trouble.                                                                  */
void oracle_well(struct oracle *oracle, bool is_well, struct instant now);
void oracle_oppose(struct oracle *oracle, int contact, bool is_opposed, struct instant now);

/* --- invariants: false when one is broken now ------------------------------------------------ */
/* A mail that a relay took for a notice. times: how often its notice was taken, with this one;
 * was_uncertain: whether the ledger ever said that nobody knew; may_know: whether it says so of
 * another message to the contact about the occurrence.                                           */
bool oracle_mail(struct oracle *oracle, const struct notice *notice, struct instant at, int times,
                 bool was_uncertain, bool may_know);
/* The same mail again: the language that it says it is in. */
bool oracle_language(struct oracle *oracle, const struct notice *notice, struct instant at,
                     const char *language);
/* At every step: everyone who must have heard by now has. has_excuse says whether the ledger knows
 * why somebody could not be told (refused by the relay, discarded by staff).                     */
bool oracle_hears(struct oracle *oracle,
                  bool (*has_excuse)(void *context, int event, int instance, int contact),
                  void *context);
/* One notice of the ledger with the states of its life. */
bool oracle_life(struct oracle *oracle, const struct notice *notice,
                 const enum notice_state *states, size_t count, int times_taken, bool is_over);

/* Long enough ago for what was in hand then; NEVER is not. */
bool oracle_is_over_grace(struct instant since, struct instant at);
bool oracle_fail(struct oracle *oracle, const char *invariant, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
