/* SPDX-License-Identifier: MIT */
/* header: what the columns of a list mean, by their names in French, Japanese or English and in the
 * exports of Outlook, Google Contacts and Thunderbird.                                           */
#ifndef CONVIER_CONTACTS_HEADER_H
#define CONVIER_CONTACTS_HEADER_H

#include "contacts/cell.h"

enum column {
    COLUMN_EMAIL,
    COLUMN_NAME,
    COLUMN_GIVEN,
    COLUMN_FAMILY,
    COLUMN_TITLE,
    COLUMN_FUNCTION,
    COLUMN_ORGANISATION,
    COLUMN_DEPARTMENT,
    COLUMN_LANGUAGE,
    COLUMN_ZONE,
    COLUMN_COUNTRY,
    COLUMN_GROUPS,
    COLUMN_CC,
    COLUMN_SALUTATION,
    COLUMN_FREE, /* contact.fields.NAME */
};
enum { COLUMN_COUNT = COLUMN_FREE };

struct header_column {
    const char *name; /* as written; "" = unnamed, its cells are not read */
    enum column column;
    int rank; /* among columns of one meaning, the filled one with the lowest rank wins */
};

struct header {
    struct header_column *items;
    size_t count;
    size_t known_count; /* columns that are not free */
    bool has[COLUMN_COUNT];
    bool is_email_guessed; /* no column is called so; one only sounds like it */
    bool is_title_vague;   /* "Title" without a column for the function: may be either */
    const char *producer;  /* "Outlook (fr)" …; NULL = none that is known */
};

/* Reads a row as a header. Cells are cleaned. 0 or -ENOMEM; ret->has[COLUMN_EMAIL] tells whether it
 * is one.                                                                                        */
int header_read(struct arena *arena, struct cell *cells, size_t count, struct header *ret);

/* The meaning of one column name, COLUMN_FREE when it has none; NULL-safe memory: -ENOMEM < 0. */
int header_find(struct arena *arena, struct text name);

#endif
