/* SPDX-License-Identifier: MIT */
/* audience: set expressions over contacts: `japon & (elus | services) - presse`, `language = ja`,
 * `organisation ~ "Nancy"`, an address, `all`, a named audience of the settings. Pure.
 *
 *     expression = term { ("|" | "-") term }      `-` takes away; left to right
 *     term       = factor { "&" factor }
 *     factor     = "!" factor | "(" expression ")" | test | group | address | "all"            */
#ifndef CONVIER_CONTACTS_AUDIENCE_H
#define CONVIER_CONTACTS_AUDIENCE_H

#include "base/arena.h"
#include "base/flaw.h"
#include "model/contact.h"
#include "model/settings.h"

struct audience; /* compiled; lives in the arena */

enum { AUDIENCE_E_MALFORMED = 1 }; /* the flaw points at the character (column, 1-based) */

/* named: the settings' audiences, which an expression may use; they may use each other but not in
 * a circle, and must live as long as the audience. place: of the expression, for flaws: without a
 * file they are of flaws->source, and their columns count in the expression.                     */
int audience_parse(struct arena *arena, const char *expression, const struct settings *named,
                   struct settings_place place, struct flaws *flaws, struct audience **ret);

/* ret->bits is allocated in the arena. */
int audience_evaluate(struct arena *arena, const struct audience *audience,
                      const struct contact_list *list, struct membership *ret);

/* Names of groups in the expression that nobody in the list has, with the nearest existing one. */
void audience_check(struct arena *arena, const struct audience *audience,
                    const struct contact_list *list, struct flaws *flaws);

/* In words, which part of the expression let the contact in or kept it out: "japon (group) and
 * not presse", in the language. For `why`. NULL = no memory.                                     */
const char *audience_explain(struct arena *arena, const struct audience *audience,
                             const struct contact *contact, enum language language,
                             bool *ret_is_in);

#endif
