/* SPDX-License-Identifier: MIT */
/* csv_list: a contact list in CSV. */
#ifndef CONVIER_CONTACTS_CSV_LIST_H
#define CONVIER_CONTACTS_CSV_LIST_H

#include "contacts/contact_builder.h"

/* The reading of one; lives in builder->reading. Fills guess and, through the builder, its rows. */
struct csv_list;
/* Finds out how the cells of the text are divided, which is a part of raw or was decoded from it. 0
 * or -ENOMEM. */
int csv_list_open(struct contact_builder *builder, struct text raw, struct text text,
                  struct contact_guess *guess, struct csv_list **ret);
/* Reads rows until about max_bytes are behind. */
int csv_list_step(struct csv_list *list, size_t max_bytes, bool *ret_is_done);

#endif
