/* SPDX-License-Identifier: MIT */
/* explain_inside: what the files of explain share; nobody else includes it. */
#ifndef CONVIER_PLAN_EXPLAIN_INSIDE_H
#define CONVIER_PLAN_EXPLAIN_INSIDE_H

#include "plan/explain.h"
#include "plan/explain_words.h"

struct speech {
    struct arena *arena;
    const struct explain_question *question;
    struct explanation *lines;
    const struct occurrence *occurrence; /* NULL: vanished */
    const struct facts *facts;           /* NULL: never seen */
    const struct contact *contact;
    struct instant now;
    enum language language;
    bool is_concerned;
};

/* All return 0 or -ENOMEM; a text NULL stands for no memory. */
int explain_say_text(struct speech *speech, enum explain_topic topic, bool is_yes,
                     const char *text);
int explain_say(struct speech *speech, enum explain_topic topic, bool is_yes,
                enum sentence sentence, const char *const *values);
#define VALUES(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NO_VALUES   ((const char *const[]){NULL})

/* "2026-10-05 09:00 Europe/Paris"; the organisation's zone when none is given. */
const char *explain_moment(struct speech *speech, struct instant t, const struct zone *zone);
/* By the reader's clock, and the house's where it is another. */
const char *explain_due(struct speech *speech, struct instant t);
const char *explain_or_dash(const char *text);
const char *explain_step_of(struct speech *speech, const struct notice *notice);
bool explain_is_in(const struct membership *membership, size_t index);

int explain_say_who(struct speech *speech);
/* The contact's notices in the order of their hours. */
int explain_say_notices(struct speech *speech);
/* What is recorded and has not left. */
int explain_say_pending(struct speech *speech, bool *ret_any);

/* The rest of an explanation that is about an issue of a newsletter. */
int explain_issue(struct speech *speech);

#endif
