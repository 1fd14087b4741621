/* SPDX-License-Identifier: MIT */
/* contact_words: the cells of a draft whose words must be understood (language, country, zone,
 * groups), with the defaults of the list and the organisation. Part of contact_builder.          */
#ifndef CONVIER_CONTACTS_CONTACT_WORDS_H
#define CONVIER_CONTACTS_CONTACT_WORDS_H

#include "contacts/contact_builder.h"

/* Each returns 0 or -ENOMEM; what is not understood is told, and the default taken. */
int contact_words_init(struct contact_builder *builder);
int contact_words_language(struct contact_builder *builder, struct draft *draft,
                           struct contact *contact);
/* The country too. */
int contact_words_zone(struct contact_builder *builder, struct draft *draft,
                       struct contact *contact);
int contact_words_groups(struct contact_builder *builder, struct draft *draft,
                         struct contact *contact);

#endif
