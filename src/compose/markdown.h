/* SPDX-License-Identifier: MIT */
/* markdown: the Markdown of templates (CommonMark with tables, by md4c) as a mail needs it, twice:
 * HTML with inline styles, and plain text wrapped for reading.
 *
 * Beyond CommonMark: a table of two columns whose head is empty is a list of facts ("label :
 * value"); a link alone with the title "button" is a button; a paragraph
 * with links of the title "html" is left out of the text; paragraphs ":::ja" and ":::" enclose
 * words of another language, ":::center x" and ":::right x" place theirs; U+2028 is a line break
 * anywhere, also in a cell. Raw HTML shows as it is typed; images give their alternative text; a
 * link may lead to http, https, mailto and tel only; http addresses in text become links. */
#ifndef CONVIER_COMPOSE_MARKDOWN_H
#define CONVIER_COMPOSE_MARKDOWN_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/language.h"

enum { MARKDOWN_BYTES_MAX = 1 << 20 };
enum { MARKDOWN_COLUMNS = 72, MARKDOWN_COLUMNS_JA = 70 }; /* 35 full-width characters */

struct markdown_style {
    enum language language;
    const char *accent; /* "#1f4e79": links, buttons, rules */
    bool is_small;      /* for the foot of a mail */
};

/* The colour when it is "#rgb" or "#rrggbb" and dark enough for white text on it; else ours. */
const char *markdown_accent(const char *colour);

/* Both add to out: 0 or a negative errno (-EFBIG beyond MARKDOWN_BYTES_MAX). */
int markdown_html(struct text source, const struct markdown_style *style, struct buf *out);
/* Lines where personal words are still holes are held (compose/held). */
int markdown_text(struct text source, enum language language, struct buf *out);
size_t markdown_columns(enum language language);

/* A calendar's description, plain text or light Markdown, as Markdown that keeps its lines and
 * cannot swallow what follows it. In the arena; NULL when memory is refused.                     */
char *markdown_from_description(struct arena *arena, const char *description);

#endif
