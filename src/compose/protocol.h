/* SPDX-License-Identifier: MIT */
/* protocol: civilities and the French titles that replace a name when one writes to their bearer.
 * A table, because usage is a list of cases.                                                     */
#ifndef CONVIER_COMPOSE_PROTOCOL_H
#define CONVIER_COMPOSE_PROTOCOL_H

#include "base/text.h"

enum gender { GENDER_UNKNOWN, GENDER_WOMAN, GENDER_MAN };

struct protocol_title {
    const char *function;    /* how the function column begins, masculine or common form */
    const char *woman, *man; /* "la Maire", "le Maire" */
    bool is_high;            /* closes with "haute considération" */
};

/* "Mme", "Madame", "Ms", "M.", "Monsieur", "Mr" …; 様 and the like tell nothing. */
enum gender protocol_gender(const char *title);

/* The title of a function ("Maire de Tours", "Députée"), or NULL. A feminine form tells the gender
 * when it was unknown.                                                                           */
const struct protocol_title *protocol_find(const char *function, enum gender *gender);

/* "Ms", "Mr", "Mrs", "Dr", "Prof." for what stands in a list, in any language; NULL = none. */
const char *protocol_english_title(const char *title);

#endif
