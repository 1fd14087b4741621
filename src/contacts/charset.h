/* SPDX-License-Identifier: MIT */
/* charset: which encoding a contact list was saved in, and its text as UTF-8.
 *
 * Told by a BOM, by being strict UTF-8, else guessed among what French and Japanese offices write:
 * windows-1252, CP932 (Shift_JIS), EUC-JP, ISO-2022-JP.                                          */
#ifndef CONVIER_CONTACTS_CHARSET_H
#define CONVIER_CONTACTS_CHARSET_H

#include "base/arena.h"
#include "base/flaw.h"
#include "base/language.h"

enum { CHARSET_E_UNREADABLE = 1 }; /* unknown name in the settings, or no text: a flaw was added */

/* The decoding of a list; lives in the arena, but for what the close frees (it accepts NULL).
 * pinned: the settings' charset, or NULL. language: decides when nothing else does. All that is
 * given is borrowed until the close. 0 or -ENOMEM.                                               */
struct charset_decoding;
int charset_open(struct arena *arena, struct text raw, const char *pinned, enum language language,
                 struct flaws *flaws, struct charset_decoding **ret);
/* Looks at, or decodes, about max_bytes more. *ret_name is a literal, or pinned, as soon as it is
 * known. The text comes with *ret_is_done and without BOM; it points into raw when nothing had to
 * be changed, else it lives until the close. 0, CHARSET_E_UNREADABLE or -ENOMEM. */
int charset_step(struct charset_decoding *decoding, size_t max_bytes, struct text *ret_text,
                 const char **ret_name, bool *ret_is_done);
void charset_close(struct charset_decoding *decoding);

/* The guess alone, for text without BOM that is not UTF-8; ret_is_sure is false when only the
 * language decided.                                                                              */
const char *charset_guess(struct text raw, enum language language, bool *ret_is_sure);

#endif
