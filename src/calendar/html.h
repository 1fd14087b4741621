/* SPDX-License-Identifier: MIT */
/* html: what calendar programs put into descriptions, made into plain text. */
#ifndef CONVIER_CALENDAR_HTML_H
#define CONVIER_CALENDAR_HTML_H

#include "base/buf.h"

/* Whether a text is HTML although it claims to be plain, as Google's descriptions are. */
bool html_is_in(struct text text);

/* Adds the text of HTML: paragraphs and breaks as line ends, list items with a dash, links as
 * "words (address)"; scripts, styles and comments are left out. Where no tag breaks lines, those of
 * the text stay.                                                                                 */
void html_to_text(struct text html, struct buf *out);

#endif
