/* SPDX-License-Identifier: MIT */
/* audiences: the expressions of rules, steps and events, worked out over the contacts in force. */
#ifndef CONVIER_APP_AUDIENCES_H
#define CONVIER_APP_AUDIENCES_H

#include "base/flaw.h"
#include "contacts/audience.h"
#include "plan/planner.h"

struct audiences;

enum {
    AUDIENCES_E_MALFORMED = 1
}; /* an expression of the settings does not parse; the flaws say */

/* Evaluates every rule, step and newsletter; settings and list are borrowed for life. */
int audiences_new(const struct settings *settings, const struct contact_list *list,
                  struct flaws *flaws, struct audiences **ret);
struct audiences *audiences_free(struct audiences *audiences);

const struct rule_audience *audiences_rules(const struct audiences *audiences);
/* Of the newsletters, in the order of the settings. */
struct newsletter_audience {
    struct membership readers, canary; /* canary.bits NULL = none is given */
};
const struct newsletter_audience *audiences_newsletters(const struct audiences *audiences);
/* Of an event's #audience: mark; each expression is worked out once. A malformed one lets nobody in
 * (nothing leaves to the wrong people), which is logged then; so is a group that nobody has. Both
 * are doubtful. *ret is NULL without a mark.                                                     */
int audiences_marked(struct audiences *audiences, const struct event *event,
                     const struct membership **ret, enum mark_doubt *ret_doubt);
/* What is wrong with an event's #audience: mark, at its line of the calendar: that it does not
 * parse; or with a list, if it does, the groups that nobody in it has. 0 or -errno.             */
int audiences_check_mark(struct arena *arena, const struct settings *settings,
                         const struct contact_list *list, const struct event *event,
                         struct flaws *flaws);
/* Every expression of the settings, whether a rule needs it or not: what does not parse, and with a
 * list the groups that nobody in it has, and what nobody is in. 0 or -ENOMEM.                    */
int audiences_check(struct arena *arena, const struct settings *settings,
                    const struct contact_list *list, struct flaws *flaws);
/* The compiled expression of a rule, and of a newsletter's readers, for `why`. */
const struct audience *audiences_of_rule(const struct audiences *audiences, size_t rule);
const struct audience *audiences_of_newsletter(const struct audiences *audiences,
                                               size_t newsletter);

#endif
