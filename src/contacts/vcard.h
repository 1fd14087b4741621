/* SPDX-License-Identifier: MIT */
/* vcard: contacts from vCards 2.1, 3.0 (RFC 2426) and 4.0 (RFC 6350), several in a file. */
#ifndef CONVIER_CONTACTS_VCARD_H
#define CONVIER_CONTACTS_VCARD_H

#include "contacts/contact_builder.h"

/* 0, CONTACTS_E_REFUSED or -ENOMEM. */
int vcard_read(struct contact_builder *builder, struct text raw, struct contact_guess *ret_guess);

#endif
