/* SPDX-License-Identifier: MIT */
/* charset_guess: the part of charset that looks at bytes to tell an old encoding. */
#ifndef CONVIER_CONTACTS_CHARSET_GUESS_H
#define CONVIER_CONTACTS_CHARSET_GUESS_H

#include "contacts/charset.h"

/* Are there the escape sequences of ISO-2022-JP? */
bool charset_has_jis_escape(struct text raw);

/* The byte order of UTF-16 without BOM, told by where the zeros of its ASCII characters stand:
 * "UTF-16LE", "UTF-16BE", or NULL when it is no UTF-16.                                          */
const char *charset_guess_utf16(struct text raw);

#endif
