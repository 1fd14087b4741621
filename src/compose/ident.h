/* SPDX-License-Identifier: MIT */
/* ident: the names that a message goes by, all derived from what it is, so that the same notice
 * always has the same ones. Results live in the arena; NULL when memory is refused.              */
#ifndef CONVIER_COMPOSE_IDENT_H
#define CONVIER_COMPOSE_IDENT_H

#include "base/arena.h"
#include "model/notice.h"

enum { IDENT_TOKEN_CHARS = 16, LOCAL_PART_MAX = 64 };

/* "…@domain" without brackets: one per mail (the keys of its notices, in any order), and one per
 * event and contact that heads the References of all mails about it.                             */
const char *ident_message_id(struct arena *arena, const struct notice *const *notices, size_t count,
                             const char *domain);
/* The same for a mail that is about no notice; purpose tells kinds of mail apart. */
const char *ident_message_id_of(struct arena *arena, const char *purpose, const char *key,
                                const char *contact, const char *domain);
const char *ident_thread_root(struct arena *arena, const char *occurrence, const char *contact,
                              const char *domain);

/* A signed token for a plus-address: hard to forge, lower case, the same for the same words.
 * purpose: "unsubscribe" (contact, list) or "bounce" (message id, "").                           */
const char *ident_token(struct arena *arena, struct text key, const char *purpose, const char *a,
                        const char *b);

/* "local+token@domain"; the address as it is when the local part would grow beyond 64 (RFC 5321
 * 4.5.3.1.1).                                                                                    */
const char *ident_subaddress(struct arena *arena, const char *address, const char *token);

/* A few lower-case letters and digits for a text, for places that want short words. */
const char *ident_short(struct arena *arena, const char *label, const char *text);

/* Lower-case ASCII letters, digits and hyphens of a name; ident_short when nothing is left. */
const char *ident_slug(struct arena *arena, const char *name);

#endif
