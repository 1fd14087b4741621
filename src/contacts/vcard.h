/* SPDX-License-Identifier: MIT */
/* vcard: contacts from vCards 2.1, 3.0 (RFC 2426) and 4.0 (RFC 6350), several in a file. */
#ifndef CONVIER_CONTACTS_VCARD_H
#define CONVIER_CONTACTS_VCARD_H

#include "contacts/contact_builder.h"

/* The reading of a file of them; lives in builder->reading, but for what vcard_close frees (it
 * accepts NULL). Fills guess and, through the builder, its rows. */
struct vcard;
/* The text is no UTF-16; guess->charset, that of the file, is corrected when values are not UTF-8.
 * 0 or -ENOMEM. */
int vcard_open(struct contact_builder *builder, struct text text, struct contact_guess *guess,
               struct vcard **ret);
/* Reads lines until about max_bytes are behind. 0 or -ENOMEM. */
int vcard_step(struct vcard *vcard, size_t max_bytes, bool *ret_is_done);
void vcard_close(struct vcard *vcard);

#endif
