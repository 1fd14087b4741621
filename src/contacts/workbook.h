/* SPDX-License-Identifier: MIT */
/* workbook: a contact list in a spreadsheet: the first sheet of an .xlsx (ECMA-376) or .ods
 * (OpenDocument 1.2) file.                                                                       */
#ifndef CONVIER_CONTACTS_WORKBOOK_H
#define CONVIER_CONTACTS_WORKBOOK_H

#include "contacts/contact_builder.h"

/* 0, CONTACTS_E_REFUSED or -ENOMEM. Memory is bounded whatever the archive claims to hold. */
int workbook_read(struct contact_builder *builder, struct text raw,
                  struct contact_guess *ret_guess);

#endif
