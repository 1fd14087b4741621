/* SPDX-License-Identifier: MIT */
/* markdown_inline: what both Markdown writers ask of md4c's events. */
#ifndef CONVIER_COMPOSE_MARKDOWN_INLINE_H
#define CONVIER_COMPOSE_MARKDOWN_INLINE_H

#include <md4c.h>

#include "base/buf.h"
#include "base/language.h"

enum {
    MARKDOWN_FLAGS = MD_FLAG_NOHTML | MD_FLAG_TABLES | MD_FLAG_NOINDENTEDCODEBLOCKS,
    LINE_SEPARATOR = 0x2028,
};

/* Adds the plain text of one text event: entities decoded, soft breaks as blanks, hard breaks as
 * U+2028; raw HTML cannot occur.                                                                 */
void inline_text(struct buf *out, MD_TEXTTYPE type, struct text text);
/* The same of an attribute (address or title of a link). */
void inline_attribute(struct buf *out, const MD_ATTRIBUTE *attribute);

/* A paragraph ":::ja" begins words of another language, ":::" ends them: true for either. */
bool inline_language_mark(struct text paragraph, bool *ret_begins, enum language *ret_language);

/* A paragraph ":::center 記" or ":::right 以上": where its words stand, all in one line. */
enum inline_place { INLINE_CENTER, INLINE_RIGHT };
bool inline_place_mark(struct text paragraph, enum inline_place *ret_place, struct text *ret_words);

/* http, https, mailto, tel; no blanks or controls. */
bool inline_link_is_safe(struct text address);

/* Finds the first http(s) address in a text: false when there is none. Punctuation that ends a
 * sentence is not part of it, nor are Japanese characters that follow without a blank.           */
bool inline_find_link(struct text text, size_t *ret_start, size_t *ret_size);

#endif
