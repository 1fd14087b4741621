/* SPDX-License-Identifier: MIT */
/* table: rows of cells, from a CSV text or a sheet, into contacts by the names of their columns. */
#ifndef CONVIER_CONTACTS_TABLE_H
#define CONVIER_CONTACTS_TABLE_H

#include "contacts/contact_builder.h"

/* The header is looked for in this many of the first rows that are not blank. */
enum { TABLE_HEADER_ROWS_MAX = 12 };

struct table {
    struct contact_builder *builder;
    struct header header; /* count 0 until it is found */
    size_t seen_count;    /* rows before it that were not blank */
    int first_line;       /* of the first of them */
    size_t first_cells;   /* cells in it */
    bool first_has_address;
    struct draft draft;
};

void table_init(struct table *table, struct contact_builder *builder);
/* 0 or -ENOMEM. Cells may be changed. */
int table_add(struct table *table, int line, struct cell *cells, size_t count);
/* Was there any row that is not blank? */
static inline bool table_has_rows(const struct table *table)
{
    return table->header.count || table->seen_count;
}
/* 0, CONTACTS_E_REFUSED (no header; a flaw says so) or -ENOMEM. */
int table_finish(struct table *table);

#endif
