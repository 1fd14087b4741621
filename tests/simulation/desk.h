/* SPDX-License-Identifier: MIT */
/* desk: what the staff of a story has written by now, and the files that hold it. */
#ifndef CONVIER_TESTS_SIMULATION_DESK_H
#define CONVIER_TESTS_SIMULATION_DESK_H

#include "simulation/story.h"

struct desk_event {
    bool is_written, is_cancelled, is_mangled, has_capital, is_silent, is_postponed;
    int day, hour, place, text, rule, calendar;
    int mark; /* enum story_mark */
    enum story_zone zone;
    int exports; /* each gives another UID */
    int instance_hours[STORY_INSTANCES_MAX];
    bool is_instance_cancelled[STORY_INSTANCES_MAX], is_instance_excluded[STORY_INSTANCES_MAX];
    int rest, rest_days; /* from this instance on, moved so far; 0: none */
};

struct desk {
    struct desk_event events[STORY_EVENTS_MAX];
    struct {
        bool is_there;
        unsigned groups;
        enum story_zone zone;
        int language;
    } contacts[STORY_CONTACTS_MAX];
    bool is_calendar_half, is_list_half;
    bool is_calendar_gone; /* then it counts as half, too */
    int wording;           /* of the rules */
};

void desk_init(const struct story *story, struct desk *ret);
/* What an act changes on the desk. Acts about people, relay and host change nothing there. */
void desk_apply(const struct story *story, const struct act *act, struct desk *desk);

enum { DESK_FILES = 7 };
#define DESK_WEB "https://"
/* The files: settings, calendars, lists, holidays; empty = it is gone; NULL = the story has no such
 * file. A name that begins with DESK_WEB is an address. */
const char *desk_file(const struct story *story, const struct desk *desk, int file,
                      struct buf *out);
/* Is a list, or all of them, what staff meant it to be? */
bool desk_list_is_good(const struct story *story, const struct desk *desk, int list);
bool desk_lists_are_good(const struct story *story, const struct desk *desk);
const struct story_wording *desk_wording(const struct story *story, const struct desk *desk,
                                         int event);

/* One instance of an event as the calendar has it. */
enum desk_state { DESK_ABSENT, DESK_ALIVE, DESK_CANCELLED, DESK_POSTPONED };
struct desk_instance {
    enum desk_state state;
    bool is_all_day;
    int day, hour, minute;     /* on the clocks of the event */
    int days;                  /* all-day */
    struct instant start, end; /* timed */
    int place;
};
struct desk_instance desk_instance(const struct story *story, const struct desk *desk, int event,
                                   int instance);
/* Day and hour of an instance, as the series has it or as it was moved. */
void desk_hour(const struct story *story, const struct desk_event *event, int e, int k,
               bool is_moved, int *ret_day, int *ret_hour);
/* The override that moves an instance and the following ones may be replaced by another one. */
bool desk_rest_is_there(const struct desk_event *event);
/* What a reader can tell apart, and must be told of. */
bool desk_same(const struct desk_instance *a, const struct desk_instance *b);
/* For a contact: an all-day event begins at midnight in the zone where he lives. */
struct instant desk_start(const struct story *story, const struct desk_instance *instance,
                          enum story_zone zone);
struct instant desk_end(const struct story *story, const struct desk_instance *instance,
                        enum story_zone zone);

/* The ledger's key of an occurrence, read: false when the story has no such thing. */
bool desk_find(const struct story *story, const char *key, int *ret_event, int *ret_instance);
void desk_address(int contact, char ret[40]);
int desk_contact(const struct story *story, const char *address); /* -1: nobody */

#endif
