/* SPDX-License-Identifier: MIT */
/* explain: why one contact hears, or does not hear, about one occurrence, or of one issue of a
 * newsletter, in whole sentences. Pure.
 *
 * The planner itself is asked what comes next: the answer is what would happen, not what another
 * piece of code believes.                                                                        */
#ifndef CONVIER_PLAN_EXPLAIN_H
#define CONVIER_PLAN_EXPLAIN_H

#include "plan/planner.h"

enum explain_topic {
    EXPLAIN_WHO,  /* the contact: language, zone, and where they come from */
    EXPLAIN_WHAT, /* the event: as it was last read */
    EXPLAIN_RULE, /* which rules are about it, which let the contact in */
    EXPLAIN_PAST, /* what was told and sent, and what the relay said */
    EXPLAIN_NEXT, /* what comes next and when, or why nothing does */
};
struct explain_line {
    enum explain_topic topic;
    bool is_yes; /* EXPLAIN_RULE: this rule speaks to the contact; EXPLAIN_NEXT: something comes */
    const char *text;
};
LIST_TYPE(explanation, struct explain_line);

struct explain_question {
    const struct planner_input *input;
    const struct planner_subject *subject;
    size_t contact;         /* index in input->contacts */
    enum language language; /* of the sentences */
    /* For each rule (of an issue: the newsletter alone), in what part of its audience the contact
     * is or is not (audience_explain); the array or any of its items may be NULL. */
    const char *const *audience_words;
    /* Asked last for what comes next, where occurrences depend on each other (limits.per_contact);
     * may end what input points to, but for settings. NULL = explain_next. Texts in the arena.   */
    int (*foresee)(void *context, struct arena *arena, bool *ret_found, struct planned_notice *ret);
    void *foresee_context;
};

/* 0 or -ENOMEM. Lines come in the order of the topics. */
int explain_why(struct arena *arena, const struct explain_question *question,
                struct explanation *ret);

/* The next notice that the contact would get about the occurrence if nothing changes, searched from
 * the question's now on: true and *ret, or false.                                                */
int explain_next(struct arena *arena, const struct explain_question *question, bool *ret_found,
                 struct planned_notice *ret);

#endif
