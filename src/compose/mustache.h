/* SPDX-License-Identifier: MIT */
/* mustache: the template language of mustache.github.io (specification 1.3 with inheritance and
 * dynamic names), compiled once and rendered many times. Pure.                                   */
#ifndef CONVIER_COMPOSE_MUSTACHE_H
#define CONVIER_COMPOSE_MUSTACHE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/flaw.h"

struct mustache; /* a compiled template; lives in the arena */

/* A tree of values, as JSON has them; made by whoever has the data. */
enum value_kind { VALUE_NULL, VALUE_BOOL, VALUE_TEXT, VALUE_LIST, VALUE_MAP };
struct value {
    enum value_kind kind;
    bool truth;                /* BOOL */
    struct text text;          /* TEXT; numbers are text as written in the data */
    const struct value *items; /* LIST, MAP */
    const struct text *names;  /* MAP: one for each item */
    size_t count;
};

enum mustache_escape { ESCAPE_HTML, ESCAPE_MARKDOWN, ESCAPE_NONE };

/* Gives the text of a partial or parent by name; an absent one renders as nothing. */
typedef const struct mustache *(*mustache_find)(void *context, struct text name);

enum { MUSTACHE_E_MALFORMED = 1, MUSTACHE_E_TOO_DEEP = 2 };
int mustache_compile(struct arena *arena, struct text source, struct flaws *flaws,
                     const struct mustache **ret);
/* MUSTACHE_E_TOO_DEEP: more than 100 partials or parents inside each other, or more steps than any
 * mail takes. out's error tells of size.                                                         */
int mustache_render(const struct mustache *template_, const struct value *data,
                    enum mustache_escape escape, mustache_find find, void *context,
                    struct buf *out);

/* Where a variable tag stands that found nothing to write. */
struct mustache_hole {
    struct text name;   /* as the tag has it */
    const char *source; /* that its template was compiled with (flaws->source) */
    int line, column;
};

/* The same with more to say. on_empty hears of every variable tag whose value is absent, null or
 * empty, in the order of writing.                                                                */
struct mustache_options {
    enum mustache_escape escape;
    mustache_find find;                                                /* may be NULL */
    void (*on_empty)(void *context, const struct mustache_hole *hole); /* may be NULL */
    void *context;
};
int mustache_render_with(const struct mustache *template_, const struct value *data,
                         const struct mustache_options *options, struct buf *out);

void mustache_escape(struct text text, enum mustache_escape escape, struct buf *out);

#endif
