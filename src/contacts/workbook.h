/* SPDX-License-Identifier: MIT */
/* workbook: a contact list in a spreadsheet: the first sheet of an .xlsx (ECMA-376) or .ods
 * (OpenDocument 1.2) file.                                                                       */
#ifndef CONVIER_CONTACTS_WORKBOOK_H
#define CONVIER_CONTACTS_WORKBOOK_H

#include "contacts/contact_builder.h"

/* The reading of one; lives in builder->reading. Fills guess and, through the builder, its rows. */
struct workbook;
/* Opens the archive in raw, which is borrowed until the close, and tells the kind. 0,
 * CONTACTS_E_REFUSED or -ENOMEM. */
int workbook_open(struct contact_builder *builder, struct text raw, struct contact_guess *guess,
                  struct workbook **ret);
/* Reads on until about max_bytes were inflated or copied into cells. Memory is bounded whatever the
 * archive claims to hold. */
int workbook_step(struct workbook *book, size_t max_bytes, bool *ret_is_done);
void workbook_close(struct workbook *book); /* accepts NULL */

#endif
