/* SPDX-License-Identifier: MIT */
/* unicode: what needs the Unicode tables (ICU): normal forms, case folding, widths, charsets.
 * Texts in and out are UTF-8 unless said; results live in the arena. NULL return = -ENOMEM. */
#ifndef CONVIER_BASE_UNICODE_H
#define CONVIER_BASE_UNICODE_H

#include "base/arena.h"
#include "base/buf.h"

/* NFC (UAX #15). Malformed bytes become U+FFFD, and so does NUL, here and in the fold. */
char *unicode_nfc(struct arena *arena, struct text text);

/* For comparing words that people typed: NFKC, case folded, without accents ("Élus" ~ "elus"; kana
 * keep their marks), runs of blanks (NBSP and ideographic space too) made one space, trimmed. */
char *unicode_fold_loose(struct arena *arena, struct text text);

/* One code point without case (simple folding), for comparisons that allocate nothing. */
uint32_t unicode_fold_rune(uint32_t rune);

/* Columns on a terminal or in a plain-text mail: 2 for East Asian wide and full-width, 0 for
 * combining marks, else 1 (UAX #11).                                                             */
int unicode_width(uint32_t rune);
size_t unicode_text_width(struct text text);

/* Decodes bytes of a named charset ("windows-1252", "CP932", "UTF-16" with BOM, "EUC-JP",
 * "ISO-2022-JP" …) into UTF-8. Malformed sequences become U+FFFD and are counted.
 * 0, UNICODE_E_CHARSET (unknown name), or -ENOMEM.                                               */
enum { UNICODE_E_CHARSET = 1 };
int unicode_decode(struct arena *arena, struct text bytes, const char *charset,
                   struct text *ret_utf8, size_t *ret_malformed);

/* The same piece by piece, wherever the bytes are cut: the text is appended to `out`, the count is
 * of all pieces so far. Opening tells of an unknown name, adding returns 0 or -ENOMEM; the close
 * accepts NULL.                                                                                  */
struct unicode_decoder;
int unicode_decoder_open(const char *charset, struct unicode_decoder **ret);
int unicode_decoder_add(struct unicode_decoder *decoder, struct text bytes, bool is_last,
                        struct buf *out);
size_t unicode_decoder_malformed(const struct unicode_decoder *decoder);
void unicode_decoder_close(struct unicode_decoder *decoder);

#endif
