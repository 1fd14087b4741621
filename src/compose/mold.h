/* SPDX-License-Identifier: MIT */
/* mold: a mail laid out once for all readers who differ only in their personal words.
 *
 * The parts hold holes (compose/personal); the plain part also held blocks (compose/held). Molds
 * are found by everything else that shows in a mail, so a mold can never serve a request that it
 * was not made for.                                                                              */
#ifndef CONVIER_COMPOSE_MOLD_H
#define CONVIER_COMPOSE_MOLD_H

#include "compose/composer.h"
#include "compose/personal.h"
#include "compose/several.h"

enum mold_part {
    MOLD_SUBJECT,
    MOLD_HTML,
    MOLD_HTML_ENCODED, /* where lines can be encoded one by one */
    MOLD_TEXT,
    MOLD_LIST_ID, /* header values that all its readers share */
    MOLD_FEEDBACK_ID,
    MOLD_PART_COUNT
};

struct mold {
    struct buf key;
    uint64_t last_use; /* 0 = empty */
    struct buf parts[MOLD_PART_COUNT];
};

enum { MOLDS_MAX = 32 };

struct molds {
    struct mold items[MOLDS_MAX];
    struct buf asked; /* the key that is looked for */
    uint64_t uses;
};

void molds_init(struct molds *molds, size_t part_bytes_max);
void molds_done(struct molds *molds);

/* What a mold depends on. */
struct mold_input {
    const struct compose_request *request;
    const struct several *several;
    const void *template_;        /* its address is its identity */
    const struct personal *holes; /* which words the reader has */
    bool has_fields;              /* templates show columns of the contact list */
};

/* The mold for an input, and whether it was there; a new one is empty, in place of the one that
 * was not used for longest, and forgotten again by molds_drop when it cannot be made.
 * 0 or -ENOMEM.                                                                                  */
int molds_get(struct molds *molds, const struct mold_input *input, struct mold **ret,
              bool *ret_is_made);
void molds_drop(struct mold *mold);
/* Is there one already? 0 or -ENOMEM. */
int molds_has(struct molds *molds, const struct mold_input *input, bool *ret);

#endif
