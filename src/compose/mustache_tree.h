/* SPDX-License-Identifier: MIT */
/* mustache_tree: what a compiled template is made of; shared by the compiler, the renderer and the
 * checker of templates, nobody else.
 *
 * Standalone tags have already lost the blanks around them. Where blanks before a tag indent what
 * is put in its place (partials, parents, blocks) they stand in `indent`.                        */
#ifndef CONVIER_COMPOSE_MUSTACHE_TREE_H
#define CONVIER_COMPOSE_MUSTACHE_TREE_H

#include "base/list.h"
#include "compose/mustache.h"

enum node_kind {
    NODE_TEXT,
    NODE_VARIABLE,
    NODE_SECTION,
    NODE_INVERTED,
    NODE_PARTIAL,
    NODE_PARENT,
    NODE_BLOCK
};

struct node;
LIST_TYPE(nodes, struct node);

struct node {
    enum node_kind kind;
    bool is_raw;        /* VARIABLE: {{{x}}} or {{&x}} */
    bool is_dynamic;    /* PARTIAL, PARENT: the name is looked up in the data */
    bool is_standalone; /* PARTIAL, PARENT: indents each line; BLOCK: its opening tag was alone */
    struct text text;   /* TEXT: the text; else the name as written */
    struct text *path;  /* the name cut at its dots; no part for "." */
    size_t path_count;
    struct text indent;
    struct text inner_indent; /* BLOCK with is_standalone: what its first line is indented by */
    struct nodes children;    /* PARENT: only its blocks */
    const char *source;       /* of the flaws it was compiled with */
    int line, column;
};

struct mustache {
    struct nodes nodes;
};

/* Compiles a part of a file: flaws count lines and columns from these. */
int mustache_compile_at(struct arena *arena, struct text source, int line, int column,
                        struct flaws *flaws, const struct mustache **ret);

#endif
