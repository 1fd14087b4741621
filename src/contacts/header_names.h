/* SPDX-License-Identifier: MIT */
/* header_names: the column names that are understood. */
#ifndef CONVIER_CONTACTS_HEADER_NAMES_H
#define CONVIER_CONTACTS_HEADER_NAMES_H

#include "contacts/header.h"

/* Words that mean one thing or another according to the other columns. */
enum {
    WORD_NAME = COLUMN_COUNT + 1,
    WORD_TITLE,
    WORD_MEI,
    WORD_KATAGAKI,
    WORD_DEPARTEMENT,
    WORD_PAYER_GIVEN, /* of a ticket shop's export: who paid, beside who takes part */
    WORD_PAYER_FAMILY,
};

struct header_name {
    const char *squashed; /* folded loosely, letters and digits only */
    int column;           /* enum column or a word above */
    int rank;             /* 0 = the main one; higher ones stand in when it is empty */
};

extern const struct header_name header_names[];
extern const size_t header_name_count;

#endif
