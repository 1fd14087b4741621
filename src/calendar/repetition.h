/* SPDX-License-Identifier: MIT */
/* repetition: RRULE, EXRULE, RDATE and EXDATE as read, put into the terms of their event: its
 * clock, its days, its end. */
#ifndef CONVIER_CALENDAR_REPETITION_H
#define CONVIER_CALENDAR_REPETITION_H

#include "calendar/component.h"
#include "calendar/moment.h"

/* One value of RDATE or EXDATE. */
struct dated {
    struct moment start, end;
    bool is_period, has_duration;
    struct duration duration;
};

LIST_TYPE(dateds, struct dated);
struct rule_read {
    struct rule rule;
    struct contentline_place place; /* of its value */
};
LIST_TYPE(rules_read, struct rule_read);

struct repetition_draft {
    struct rules_read rules, exclusion_rules;
    struct dateds extras, exclusions;
};

/* The rules that were met last: calendars say the same few again and again. */
enum { RULES_MET = 32 };
struct rules_met {
    const struct rule *items[RULES_MET];
    size_t next;
};

struct repetition_binding {
    struct arena *arena, *scratch;
    const struct zone *calendar_zone, *utc;
    int64_t *probe_steps; /* left for asking whether rules are possible */
    struct rules_met *rules_met;
    const char *complaint;          /* after REPETITION_E_REFUSED */
    struct contentline_place place; /* of it */
};

enum { REPETITION_E_REFUSED = 1 };

/* Gives the placed component c what the draft says. Empty drafts give NULL; one that is refused
 * says why. 0, REPETITION_E_REFUSED or -ENOMEM.                                                  */
int repetition_bind(struct repetition_binding *b, const struct repetition_draft *draft,
                    const struct component *c, struct repetition **ret);

/* Whether an EXDATE takes away the instance at wall_sec of its clock. key is its instant in
 * seconds, which counts when the event is not one of days. */
bool repetition_excludes(const struct repetition *repetition, bool is_date, int64_t key,
                         int64_t wall_sec);

#endif
