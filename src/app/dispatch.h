/* SPDX-License-Identifier: MIT */
/* dispatch: the second half of the way: due notice → compose → record claimed → send → verdict →
 * record outcome. Owned by the conductor.
 *
 * A claim is committed before the courier sees the message, an outcome after: a crash in between
 * leaves `claimed`, which the next start settles as uncertain.                                   */
#ifndef CONVIER_APP_DISPATCH_H
#define CONVIER_APP_DISPATCH_H

#include "app/conductor.h"
#include "app/outage.h"
#include "plan/reason_words.h"

struct dispatch;

/* Why sending is paused after refusals that are our own fault; letters to staff still leave. */
#define DISPATCH_PAUSE reason_sentence(REASON_PAUSED_REFUSED, LANGUAGE_EN)

int dispatch_new(const struct conductor_parts *parts, struct dispatch **ret);
struct dispatch *dispatch_free(struct dispatch *dispatch);
void dispatch_set_composer(struct dispatch *dispatch, struct composer *composer);

/* What notices are composed from: valid until the next call. */
void dispatch_set_view(struct dispatch *dispatch, const struct horizon *horizon,
                       const struct contact_list *contacts, struct issues *issues);

enum dispatch_scope { DISPATCH_ALL, DISPATCH_STAFF };
int dispatch_send(struct dispatch *dispatch, enum dispatch_scope scope, struct instant now,
                  size_t *ret_sent);
int dispatch_outcome(struct dispatch *dispatch, void *token, const struct outcome *outcome,
                     struct instant now);
/* Which occurrence a message in hand is about. */
const char *dispatch_occurrence(const void *token, size_t i); /* NULL: it tells no more of them */
int dispatch_flush(struct dispatch *dispatch);
/* Once sending is paused, what has not begun to leave does not; once a human says go on, the queue
 * rests no longer. */
void dispatch_mind_pause(struct dispatch *dispatch, bool is_paused);
void dispatch_stop(struct dispatch *dispatch);
size_t dispatch_in_hand(const struct dispatch *dispatch);
/* More may be composed now; it says nothing of whether more is due. */
bool dispatch_has_room(const struct dispatch *dispatch, struct instant now);
/* When a stopped queue tries again (network, login), UNSET = it is not stopped. */
struct instant dispatch_resumes(const struct dispatch *dispatch);
const char *dispatch_stopped(const struct dispatch *dispatch);
/* Who opens the house may begin one. */
struct outage *dispatch_outage(struct dispatch *dispatch);

int dispatch_request(struct dispatch *dispatch, struct arena *arena, const struct notice *notice,
                     struct instant now, struct compose_request *ret);

#endif
