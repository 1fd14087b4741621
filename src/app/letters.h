/* SPDX-License-Identifier: MIT */
/* letters: the messages in hand, from their claim until their outcome is written down.
 *
 * A letter owns a copy of its message; composing leaves nothing else behind, so that hundreds of
 * them stay small. The bytes, most of it, may go before the letter. Letters that are dropped are
 * used again.                                                                                    */
#ifndef CONVIER_APP_LETTERS_H
#define CONVIER_APP_LETTERS_H

#include "base/arena.h"
#include "ledger/ledger.h"
#include "model/message.h"
#include "model/notice.h"
#include "model/outcome.h"

struct letter_notice {
    int64_t id;
    int attempts; /* with this one */
    const char *occurrence;
};

struct letter {
    struct letter *next;
    struct arena *arena;
    struct letter_notice *notices; /* what it tells: at least one, several when merged */
    size_t notice_count;
    bool is_to_staff;
    struct message message;
    char *bytes;            /* of the message */
    struct instant claimed; /* and counted against the relay's limits */
    struct outcome outcome; /* while it waits to be written down */
    struct instant told;    /* when the outcome came */
};

struct letters {
    struct letter *idle;
};

void letters_done(struct letters *letters); /* frees the idle ones; more may be taken */

/* A letter that tells these notices and carries a copy of the message; NULL: no memory. */
struct letter *letters_take(struct letters *letters, const struct notices *notices,
                            const struct message *message);
/* Nobody needs the bytes of the message any more. */
void letters_lighten(struct letter *letter);
void letters_drop(struct letters *letters, struct letter *letter);

#endif
