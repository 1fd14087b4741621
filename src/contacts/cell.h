/* SPDX-License-Identifier: MIT */
/* cell: the value of one table cell or vCard property on its way into a contact.
 *
 * The bytes lie in a buffer of the reader that lives as long as the contacts, and are changed in
 * place where that is enough: a contact list is read without a copy a value.                     */
#ifndef CONVIER_CONTACTS_CELL_H
#define CONVIER_CONTACTS_CELL_H

#include "base/arena.h"

struct cell {
    char *data; /* data[size] is a NUL and belongs to the cell; NULL = absent */
    size_t size;
    size_t place; /* where it stands, for flaws; only the reader that made the cell knows how */
};

static inline struct text cell_text(const struct cell *cell)
{
    return (struct text){cell->size ? cell->data : "", cell->size};
}

/* A cell over a copy of the text in the arena; data is NULL when memory is refused. */
struct cell cell_copy(struct arena *arena, struct text text, size_t place);

/* Makes the value fit for a model string: NFC, blanks of any kind trimmed at both ends, control
 * characters and line breaks turned into one space, invisible marks (zero-width space, BOM, soft
 * hyphen, direction marks) taken out. 0 or -ENOMEM.                                              */
int cell_clean(struct arena *arena, struct cell *cell);

/* The value as a model string: NULL when empty. */
static inline const char *cell_string(const struct cell *cell)
{
    return cell->size ? cell->data : NULL;
}

#endif
