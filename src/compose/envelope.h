/* SPDX-License-Identifier: MIT */
/* envelope: who a message comes from and goes to, the names it bears, and the header fields that
 * say so.                                                                                        */
#ifndef CONVIER_COMPOSE_ENVELOPE_H
#define CONVIER_COMPOSE_ENVELOPE_H

#include "compose/composer.h"
#include "compose/mold.h"
#include "compose/several.h"

struct envelope {
    const char *message_id; /* ids without brackets */
    const char **thread;    /* References: a root for each event, then the mail that it follows */
    size_t thread_count;
    const char *envelope_from, *envelope_id;
    const char *list_id;       /* "groupe-pays.example.org" */
    const char *leave_address; /* with its token, where the mailbox takes one */
    const char *leave_token, *leave_mailto;
    const char *leave_page; /* where a POST unsubscribes, or NULL */
    const char *boundary;
};

/* 0 or -ENOMEM. */
int envelope_of(struct arena *arena, const struct settings *settings, struct text token_key,
                const struct compose_request *request, const struct several *several,
                struct envelope *ret);

/* The names that all readers of a mail share. */
int envelope_list_id(struct arena *arena, const struct settings *settings,
                     const struct compose_request *request, struct buf *out);
int envelope_feedback_id(struct arena *arena, const struct settings *settings,
                         const struct compose_request *request, struct buf *out);
/* What kind of mail it is, in one word: its notice's, or "digest". */
const char *envelope_kind(const struct compose_request *request);

/* The address that stops these mails, for readers: the page of the settings, else a mailto: with
 * the token in its subject too. Also of holes.                                                   */
const char *envelope_leave_url(struct arena *arena, const struct sender_settings *sender,
                               const char *address, const char *token);

/* Everything before Content-Type. */
void envelope_headers(struct buf *out, const struct settings *settings,
                      const struct compose_request *request, const struct several *several,
                      const struct envelope *envelope, const struct mold *mold,
                      const char *subject);

/* Recipients of the message: the contact, then assistants; those beyond the maximum and unsafe
 * addresses are left out.                                                                        */
void envelope_recipients(const struct contact *contact, struct message *message);

#endif
