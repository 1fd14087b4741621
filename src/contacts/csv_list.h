/* SPDX-License-Identifier: MIT */
/* csv_list: a contact list in CSV. */
#ifndef CONVIER_CONTACTS_CSV_LIST_H
#define CONVIER_CONTACTS_CSV_LIST_H

#include "contacts/contact_builder.h"

/* Fills ret_guess and, through the builder, its rows. 0, CONTACTS_E_REFUSED or -ENOMEM. */
int csv_list_read(struct contact_builder *builder, struct text raw,
                  struct contact_guess *ret_guess);

#endif
