/* SPDX-License-Identifier: MIT */
/* requests: from a notice to everything that its mail is composed of: facts, contact, occurrence,
 * rule and calendar object. What many notices of a campaign share is looked up once.             */
#ifndef CONVIER_APP_REQUESTS_H
#define CONVIER_APP_REQUESTS_H

#include "app/conductor.h"

struct requests;

int requests_new(const struct conductor_parts *parts, struct requests **ret);
struct requests *requests_free(struct requests *requests);

/* What requests point into: valid until the next call. */
void requests_set_view(struct requests *requests, const struct horizon *horizon,
                       const struct contact_list *contacts, struct issues *issues);

/* The request points into the arena, the view, and what is remembered: it lives until the next
 * call. now: the Date of a message that was never claimed. REQUESTS_E_GONE: the notice's contact or
 * facts are known no more; it cannot be composed. REQUESTS_E_EMPTY: its issue has nothing left to
 * tell. REQUESTS_E_LOST: it may have, since a calendar is not believed; a human's word goes before.
 * REQUESTS_E_OFF: see requests_ask_off. */
enum {
    REQUESTS_E_GONE = 101,
    REQUESTS_E_EMPTY = 103,
    REQUESTS_E_LOST = 104,
    REQUESTS_E_OFF = 105,
};
int requests_make(struct requests *requests, struct arena *arena, const struct notice *notice,
                  struct instant now, struct compose_request *ret);

/* What is owed may speak of an event that staff have just deleted; what may have arrived, and is
 * tried again, also of one that they called off. REQUESTS_E_OFF: it does, and nobody knows yet
 * whether that stays so. What stays true of an event that is off, and what was never owed, may
 * leave. */
int requests_ask_off(struct requests *requests, const struct notice *notice, struct instant now);

/* One mail about several notices of one contact: the first is the request's own, the others are its
 * items.                                                                                         */
int requests_make_several(struct requests *requests, struct arena *arena,
                          const struct notices *notices, struct instant now,
                          struct compose_request *ret);

/* Before the first of a kind leaves, its calendar object is read by an independent parser; a second
 * time it costs nothing. REQUESTS_E_UNSOUND: flaws say why.                                      */
enum { REQUESTS_E_UNSOUND = 102 };
int requests_check(struct requests *requests, struct arena *arena,
                   const struct compose_request *request, struct flaws *flaws);

#endif
