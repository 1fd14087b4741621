/* SPDX-License-Identifier: MIT */
/* story: one organisation and all that happens to it, drawn from a seed before anything runs.
 *
 * What is drawn is data: acts in the order of their hours. So a story can be told again without
 * some of its acts, which is how a failure is made short (see simulate.c).                       */
#ifndef CONVIER_TESTS_SIMULATION_STORY_H
#define CONVIER_TESTS_SIMULATION_STORY_H

#include <stddef.h>

#include "base/buf.h"
#include "base/instant.h"

enum {
    STORY_DAYS = 400,
    STORY_LAST_EVENT_DAY = 320, /* what begins after it would have no time to end its life */
    STORY_CALM_DAYS = 20,       /* a stretch in which nothing happens: what was foretold comes */
    STORY_CONTACTS_MAX = 10,
    STORY_GROUPS = 4,
    STORY_RULES_MAX = 3,
    STORY_STEPS_MAX = 5,
    STORY_EVENTS_MAX = 10,
    STORY_INSTANCES_MAX = 4,
    STORY_ACTS_MAX = 400,
    STORY_HOLD_ABOVE = 300, /* more than there ever are */
};

/* A set of contacts by their groups: a & b, a | b, a - b, or everybody. */
enum story_set { STORY_ALL, STORY_AND, STORY_OR, STORY_WITHOUT, STORY_GROUP };

struct story_step {
    enum { STORY_SAVE_THE_DATE, STORY_INVITATION, STORY_REMINDER, STORY_THANKS } kind;
    enum { STORY_DAYS_BEFORE, STORY_WORKING_DAYS, STORY_MONTHS } unit;
    int days, hour; /* days: of the unit */
};

/* A rule as staff may have it at a time. */
struct story_wording {
    bool is_absent; /* taken out of the settings */
    enum story_set set;
    int a, b; /* groups */
    struct story_step steps[STORY_STEPS_MAX];
    int step_count;
};

enum { STORY_WORDINGS = 3 }; /* the settings of the first day, others, and the first with an edit */

struct story_rule {
    struct story_wording wordings[STORY_WORDINGS];
    enum { STORY_VANISHED_HOLD, STORY_VANISHED_CANCEL, STORY_VANISHED_IGNORE } vanished;
    bool tells_removed, merges, is_event_zone;
};

/* What comes on its own days, whatever the events do. */
struct story_newsletter {
    bool is_there;
    bool is_weekly;               /* on Thursdays; else on the first Tuesday of the month */
    struct story_wording readers; /* of it only the set and whether it is absent */
    int hour, covers_months, useful_days;
    int canary, canary_hours; /* the group that has it first; 0 hours: all at once */
};

enum story_zone { STORY_PARIS, STORY_TOKYO, STORY_ZONES };

struct story_contact {
    enum story_zone zone;
    int language; /* 0 fr, 1 ja, 2 en */
    unsigned groups;
    bool is_there; /* from the first day */
};

/* What the mark #audience: of an event says. */
enum story_mark {
    STORY_MARK_NONE,
    STORY_MARK_GROUP,                                    /* the first of STORY_GROUPS */
    STORY_MARK_NOBODY = STORY_MARK_GROUP + STORY_GROUPS, /* a group that is in no list */
    STORY_MARK_BROKEN,                                   /* it does not parse */
};

struct story_event {
    int rule;
    enum story_zone zone;
    bool is_all_day;
    int day, hour, minute, hours; /* of the first instance, counted from the story's first day */
    int days;                     /* of an all-day event */
    int instances;                /* weekly; 1 = not recurring */
    bool is_dated;                /* its instances are written one by one (RDATE) */
    int calendar;                 /* in which it is first written */
    bool is_urgent;
};

/* who: an event or a contact; a, b: see each. */
#define STORY_ACTS(X)                                                                              \
    X(ADD, "writes event %d into the calendar")                                                    \
    X(MOVE, "moves event %d by %d days and %d hours")                                              \
    X(ZONE, "puts event %d on the clocks of the other country")                                    \
    X(PLACE, "gives event %d another place")                                                       \
    X(TITLE, "corrects a capital in the title of event %d")                                        \
    X(TEXT, "writes another text for event %d")                                                    \
    X(RULE, "gives event %d the category of rule %d")                                              \
    X(SILENCE, "marks event %d #silencieux")                                                       \
    X(SPEAK, "takes the mark #silencieux from event %d")                                           \
    X(POSTPONE, "marks event %d #reporté")                                                         \
    X(DATE, "takes the mark #reporté from event %d")                                               \
    X(MARK, "gives event %d the mark #audience: number %d")                                        \
    X(CHURN, "the calendar program gives event %d another UID")                                    \
    X(SHIFT, "drags event %d into the other calendar")                                             \
    X(CANCEL, "cancels event %d")                                                                  \
    X(REVIVE, "takes back the cancellation of event %d")                                           \
    X(REMOVE, "deletes event %d from the calendar")                                                \
    X(MOVE_INSTANCE, "event %d, instance %d: moves it by %d hours")                                \
    X(CANCEL_INSTANCE, "event %d, instance %d: cancels it")                                        \
    X(MOVE_REST, "event %d, instance %d and those that follow: moves them by %d days")             \
    X(EXCLUDE_INSTANCE, "event %d, instance %d: takes it out of the series")                       \
    X(MANGLE, "breaks the date of event %d")                                                       \
    X(HEAL, "mends the date of event %d")                                                          \
    X(HALF_SAVE, "saves the calendar by half (or it is gone: %d)")                                 \
    X(FULL_SAVE, "saves the calendar whole again")                                                 \
    X(HALF_LIST, "saves an empty contact list")                                                    \
    X(FULL_LIST, "saves the contact list whole again")                                             \
    X(JOIN, "writes contact %d into the list")                                                     \
    X(LEAVE, "takes contact %d out of the list")                                                   \
    X(REGROUP, "gives contact %d the groups %d")                                                   \
    X(EMIGRATE, "gives contact %d the clocks of the other country")                                \
    X(LANGUAGE, "gives contact %d the language %d")                                                \
    X(OPPOSE, "contact %d opposes")                                                                \
    X(ACCEPT, "contact %d takes the opposition back")                                              \
    X(FORGET, "contact %d is erased")                                                              \
    X(RETRY, "tries again what was refused or lost its use")                                       \
    X(PAUSE, "pauses sending")                                                                     \
    X(RESUME, "resumes sending")                                                                   \
    X(RELAY_DOWN, "the relay cannot be reached")                                                   \
    X(RELAY_DEFERS, "the relay defers contact %d")                                                 \
    X(RELAY_REFUSES, "the relay refuses contact %d")                                               \
    X(RELAY_BUSY, "the relay answers 421")                                                         \
    X(RELAY_FORGETS, "the relay takes a message and closes without a word")                        \
    X(RELAY_CUTS, "the relay cuts connections in the middle of a message")                         \
    X(RELAY_STALLS, "the relay falls silent")                                                      \
    X(RELAY_SOUND, "the relay is sound again")                                                     \
    X(SETTINGS, "puts the settings number %d into force")                                          \
    X(RESTART, "the program is restarted")                                                         \
    X(KILL, "the program is killed; it starts again %d minutes later")                             \
    X(POWER_CUT, "the power fails; the program starts again %d minutes later")                     \
    X(DOOM, "the program dies at the %dth moment from now (after it: %d)")                         \
    X(OFF, "the machine is switched off")                                                          \
    X(ON, "the machine is switched on")                                                            \
    X(JUMP, "the clock jumps by %d minutes")                                                       \
    X(DISK_FULL, "the disk is full")                                                               \
    X(DISK_BROKEN, "the disk gives errors")                                                        \
    X(DISK_SOUND, "the disk is sound again")

#define STORY_ENUM(name, text) ACT_##name,
enum act_kind { STORY_ACTS(STORY_ENUM) ACT_COUNT };
#undef STORY_ENUM

struct act {
    int64_t at_sec; /* from the start of the story */
    enum act_kind kind;
    int who, a, b;
    bool is_dropped; /* by the shrinker */
};

struct story {
    uint64_t seed;
    struct instant start; /* a midnight, UTC */
    struct story_contact contacts[STORY_CONTACTS_MAX];
    int contact_count;
    struct story_rule rules[STORY_RULES_MAX];
    int rule_count;
    struct story_newsletter newsletter;
    struct story_event events[STORY_EVENTS_MAX];
    int event_count;
    int settle_minutes[STORY_WORDINGS];
    int hold_above, hold_share, per_contact_days, quiet;
    int slice_asks; /* a pass takes several turns, see stage_set_slices; 0 = one */
    int keep_days;  /* 0: as it comes */
    int per_hour;   /* the relay's pace; 0: none */
    int calendars;  /* 1 or 2; half-saved is the first */
    int lists;      /* the same */
    bool holds_uncertain, has_pipelining, discards, has_second_relay, has_staff;
    bool is_web;  /* the first calendar is downloaded */
    int calm_day; /* first of STORY_CALM_DAYS without acts */
    struct act acts[STORY_ACTS_MAX];
    int act_count;
};

void story_draw(uint64_t seed, struct story *ret);
bool story_in_set(const struct story_wording *wording, unsigned groups);
struct instant story_time(const struct story *story, int64_t sec);
/* The instant of an hour on the clocks of a zone; its own arithmetic, not the program's. */
struct instant story_local(const struct story *story, enum story_zone zone, int day, int hour,
                           int minute);
const char *story_zone_name(enum story_zone zone);
enum story_zone story_other_zone(enum story_zone zone);
void story_print(const struct story *story, struct buf *out); /* what is not dropped, for people */

#endif
