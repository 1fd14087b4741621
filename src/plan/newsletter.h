/* SPDX-License-Identifier: MIT */
/* newsletter: whom an issue is owed to now, and which events it tells each of its readers. Pure.
 *
 * An issue is one edition: the newsletter and the day that its recurrence names, or words that
 * staff wrote by hand, which leave at a human's word alone and are never empty. To the planner it
 * stands where an occurrence would (planner_subject.issue); its notices have the one step "issue"
 * and no facts. It leaves at the newsletter's hour on each reader's own clock, later where that is
 * quiet, and never when that hour had passed before the newsletter, or the reader's list, was
 * known. A reader for whom it has nothing to tell is left out for good. Where a human said that it
 * leaves now, it waits for nothing but the morning, and the brakes.
 *
 * Where a few have it first, the others wait until the last of those really has had it for a while,
 * wherever they live, which takes the rows of all of them in the history; when it came to none of
 * the few, the others' is held.
 *
 * While a calendar has lost most of what was to come, an issue waits, unless a human said since
 * that it leaves now: it would leave half empty, and for those with nothing left to hear it would
 * be gone.
 *
 * It tells an event that has a title, is not cancelled, postponed or #silencieux, begins on the
 * issue's day (or when a human said so) or later, before the end of what the newsletter covers,
 * both on the reader's clock, and is not over when it leaves. */
#ifndef CONVIER_PLAN_NEWSLETTER_H
#define CONVIER_PLAN_NEWSLETTER_H

#include "plan/planner.h"

struct issue_event {
    const struct occurrence *occurrence;
    const struct facts *facts;
    struct membership readers; /* whom it concerns; bits NULL = nobody */
};

struct issue {
    const char *key; /* of its notices: "newsletter/lettre/2026-12-01" */
    const struct newsletter_settings *newsletter;
    const char *template_name;
    bool is_written; /* by hand: it says something without any event */
    struct civil_date day;
    struct instant born; /* when the newsletter was first seen */
    struct membership audience;
    struct membership canary; /* who of them has it first; bits NULL: all at once */
    const struct issue_event *events;
    size_t event_count;
    struct instant ready; /* before it some event may still be under edit */
    const char *lost;     /* a calendar that is not believed (plan/brakes): it waits; or NULL */
    struct instant lost_since; /* a human's word from then on takes it as it is */
    struct instant lost_until; /* the first event that it lost is over: it may be believed then */
    struct instant word; /* a human said then that it leaves now; UNSET = it has its own hour */
    bool is_unsaid;      /* nobody did: it is written by hand, and looked at as if at that moment */
};

/* The step of its notices. */
extern const char newsletter_step[];

/* As people name an issue of a newsletter: its day ("2026-12-01") or its file ("2026-12-lettre").
 */
const char *newsletter_label(const struct issue *issue);

/* Whom an event concerns: the readers whom a rule about it has in its audience, or those of its
 * #audience: mark; where the newsletter says which events it is about (category, calendar, title),
 * all its readers, or those of the mark. audiences: one for each rule; marked may be NULL. 0 or
 * -ENOMEM.                                                                                       */
int newsletter_readers(struct arena *arena, const struct settings *settings,
                       const struct rule_audience *audiences, const struct issue *issue,
                       const struct occurrence *occurrence, const struct membership *marked,
                       struct membership *ret);

/* Does the issue that leaves then tell the event to this reader, by the clocks of his zone? */
bool newsletter_tells(const struct issue *issue, const struct issue_event *event, size_t reader,
                      const struct zone *zone, struct instant leaves);

/* Its first and its last hour on plan, over all places where contacts live, and when it has lost
 * its use everywhere, however late those have it who have it first; its events do not matter.
 * input->places may be NULL. 0 or -ENOMEM, here and below.                                       */
struct issue_span {
    struct instant first, last, end;
    struct instant lapse; /* unless it leaves before, it has lost its use by then */
};
int newsletter_span(struct arena *arena, const struct planner_input *input,
                    const struct issue *issue, struct issue_span *ret);
/* Its hour for one reader. */
int newsletter_leaves(struct arena *arena, const struct planner_input *input,
                      const struct issue *issue, size_t reader, struct instant *ret);

#endif
