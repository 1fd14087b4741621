/* SPDX-License-Identifier: MIT */
/* forms: the JSON objects of COMMANDS, one function a noun. Keys are published: more may be added,
 * none renamed. Each returns NULL when memory is refused (report_json then says so). */
#ifndef CONVIER_APP_FORMS_H
#define CONVIER_APP_FORMS_H

#include <jansson.h>

#include "app/together.h"
#include "ledger/ledger.h"
#include "model/contact.h"
#include "model/event.h"

json_t *forms_occurrence(const struct occurrence *occurrence);
json_t *forms_contact(const struct contact *contact);
/* A notice that would leave at `due`; occurrence may be NULL when it is gone. `together`: what its
 * mail tells besides, NULL = not known. */
json_t *forms_planned(const struct notice *notice, const struct occurrence *occurrence,
                      const struct zone *zone, const struct together *together);
json_t *forms_who(const struct notice *notice, const struct occurrence *occurrence,
                  const char *state, const struct zone *zone, const struct together *together);
/* facts: what each of the notices tells, or NULL. list: the contact list that is asked about. */
json_t *forms_hold(const struct hold *hold, const struct notices *notices,
                   const struct facts *const *facts, const char *list, const struct zone *zone);

/* What names a notice for ever: "OCCURRENCE|STEP|CONTACT"; NULL without memory. */
char *forms_key(struct arena *arena, const struct notice *notice);

/* RFC 3339 in a zone; JSON null for UNSET and NEVER. */
json_t *forms_instant(struct instant t, const struct zone *zone);
/* The title for tables: without language, else the first there is; "" for none. */
const char *forms_plain(const struct words *words);
/* "2026-10-05 09:00" or "2026-10-03 – 10-06" for tables. */
const char *forms_when(struct arena *arena, const struct when *when, const struct zone *zone);
const char *forms_moment(struct arena *arena, struct instant t, const struct zone *zone);

#endif
