/* SPDX-License-Identifier: MIT */
/* Compiling a template: one walk over the source, a stack of open tags, a tree in the arena.
 *
 * Blanks are the difficult half of the specification. A tag that is alone on its line takes the
 * line with it. A parent is alone when only blanks precede its opening tag and follow its closing
 * one, whatever lies between. Text inside a parent but outside its blocks is dropped, so a block's
 * tags may share their lines with the parent's. The indentation of a block given to a parent is
 * taken away here (dedent) and put back by the renderer where the block is expanded.             */
#include <errno.h>
#include <string.h>

#include "compose/mustache_tree.h"

enum { DEPTH_MAX = 100, DELIMITER_BYTES_MAX = 16, PATH_PARTS_MAX = 32, NODES_MAX = 100000 };

struct compiler {
    struct arena *arena;
    struct flaws *flaws;
    struct text source;
    size_t at;         /* what is before has been compiled */
    size_t counted;    /* lines are counted up to here */
    size_t line_start; /* offset of the line there */
    int line;
    size_t measured; /* columns of the line are counted up to here */
    int column;      /* of the character there */
    size_t node_count;
    char open_delimiter[DELIMITER_BYTES_MAX + 1], close_delimiter[DELIMITER_BYTES_MAX + 1];
    struct node *stack[DEPTH_MAX];
    size_t depth;
    struct nodes root;
};

struct tag {
    size_t start, end; /* offsets of the delimiters' outer edges */
    char sigil;        /* '\0' for a plain variable */
    struct text name;
    int line, column;
};

static int refuse(struct compiler *c, int line, int column, const char *text, struct text name)
{
    flaws_add(c->flaws, SEVERITY_ERROR, line, column, NULL, "%s%s%.*s", text, name.size ? " " : "",
              (int)name.size, name.data);
    return c->flaws->is_out_of_memory ? -ENOMEM : MUSTACHE_E_MALFORMED;
}

/* Of an offset on the line that was counted last, and not before the one asked for last. */
static int column_of(struct compiler *c, size_t offset)
{
    if (c->measured < c->line_start) {
        c->measured = c->line_start;
        c->column = 1;
    }
    struct text between = text_slice(c->source, c->measured, offset - c->measured);
    while (between.size) {
        (void)text_next_rune(&between); /* only counted */
        c->column++;
    }
    c->measured = offset;
    return c->column;
}

static void count_lines(struct compiler *c, size_t offset)
{
    for (; c->counted < offset; c->counted++)
        if (c->source.data[c->counted] == '\n') {
            c->line++;
            c->line_start = c->counted + 1;
        }
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Start of the blanks before offset when nothing else precedes it on its line; else SIZE_MAX. */
static size_t line_begin(const struct compiler *c, size_t offset)
{
    while (offset > 0 && is_blank(c->source.data[offset - 1]))
        offset--;
    return offset == 0 || c->source.data[offset - 1] == '\n' ? offset : SIZE_MAX;
}

/* End of the line (after its line end) when only blanks follow offset; else SIZE_MAX. */
static size_t line_finish(const struct compiler *c, size_t offset)
{
    while (offset < c->source.size && is_blank(c->source.data[offset]))
        offset++;
    if (offset == c->source.size)
        return offset;
    if (c->source.data[offset] == '\r' && offset + 1 < c->source.size)
        offset++;
    return c->source.data[offset] == '\n' ? offset + 1 : SIZE_MAX;
}

static struct nodes *current(struct compiler *c)
{
    return c->depth ? &c->stack[c->depth - 1]->children : &c->root;
}

static bool is_in_parent(const struct compiler *c)
{
    return c->depth && c->stack[c->depth - 1]->kind == NODE_PARENT;
}

static int add_node(struct compiler *c, struct node node, struct node **ret)
{
    if (c->node_count++ >= NODES_MAX)
        return refuse(c, node.line, node.column, "too many tags", TEXT(""));
    struct node *slot = list_add(c->arena, current(c));
    if (!slot)
        return -ENOMEM;
    *slot = node;
    *ret = slot;
    return 0;
}

static int add_text(struct compiler *c, size_t start, size_t end)
{
    struct node *node;
    if (start >= end || is_in_parent(c))
        return 0;
    struct text text = text_slice(c->source, start, end - start);
    return add_node(c, (struct node){.kind = NODE_TEXT, .text = text, .line = c->line}, &node);
}

static int cut_name(struct compiler *c, const struct tag *tag, struct node *node)
{
    struct text parts[PATH_PARTS_MAX];
    struct text rest = tag->name;

    node->text = tag->name;
    if (text_is(rest, "."))
        return 0;
    while (rest.data) {
        if (node->path_count == PATH_PARTS_MAX)
            return refuse(c, tag->line, tag->column, "too many dots in", tag->name);
        parts[node->path_count++] = text_split(&rest, '.');
    }
    node->path = arena_alloc_array(c->arena, node->path_count, sizeof *node->path);
    if (!node->path)
        return -ENOMEM;
    memcpy(node->path, parts, node->path_count * sizeof *parts);
    return 0;
}

/* Reads {{=<% %>=}}. */
static int set_delimiters(struct compiler *c, const struct tag *tag)
{
    struct text name = tag->name;
    size_t cut = 0;
    while (cut < name.size && !char_is_blank(name.data[cut]))
        cut++;
    struct text open = text_slice(name, 0, cut), close = text_trim(text_from(name, cut));
    bool is_sound = open.size && close.size && open.size <= DELIMITER_BYTES_MAX &&
                    close.size <= DELIMITER_BYTES_MAX && text_find_char(open, '=') == open.size &&
                    text_find_char(close, '=') == close.size;
    for (size_t i = 0; i < close.size; i++)
        is_sound = is_sound && !char_is_blank(close.data[i]);
    if (!is_sound)
        return refuse(c, tag->line, tag->column,
                      "delimiters must be two words without \"=\":", name);
    memcpy(c->open_delimiter, open.data, open.size);
    c->open_delimiter[open.size] = '\0';
    memcpy(c->close_delimiter, close.data, close.size);
    c->close_delimiter[close.size] = '\0';
    return 0;
}

/* Reads the tag that starts at offset. */
static int read_tag(struct compiler *c, size_t start, struct tag *ret)
{
    struct text open = text_of(c->open_delimiter), close = text_of(c->close_delimiter);
    size_t at = start + open.size;
    char sigil = at < c->source.size ? c->source.data[at] : '\0';
    char ending[DELIMITER_BYTES_MAX + 2];

    count_lines(c, start);
    *ret = (struct tag){.start = start, .line = c->line, .column = column_of(c, start)};
    if (sigil && strchr("#^/>!&{=<$", sigil)) {
        ret->sigil = sigil;
        at++;
    }
    size_t extra = ret->sigil == '{' || ret->sigil == '=' ? 1 : 0;
    if (extra)
        ending[0] = ret->sigil == '{' ? '}' : '=';
    memcpy(ending + extra, close.data, close.size);
    struct text want = {ending, close.size + extra};
    size_t size = text_find(text_from(c->source, at), want);
    if (at + size >= c->source.size)
        return refuse(c, ret->line, ret->column, "this tag is never closed", TEXT(""));
    ret->name = text_trim(text_slice(c->source, at, size));
    ret->end = at + size + want.size;
    return 0;
}

static bool name_has_blank(struct text name)
{
    for (size_t i = 0; i < name.size; i++)
        if (char_is_blank(name.data[i]))
            return true;
    return false;
}

static int check_name(struct compiler *c, struct tag *tag, bool *ret_is_dynamic)
{
    *ret_is_dynamic = false;
    if ((tag->sigil == '>' || tag->sigil == '<') && text_starts(tag->name, "*")) {
        *ret_is_dynamic = true;
        tag->name = text_trim(text_from(tag->name, 1));
    }
    if (!tag->name.size)
        return refuse(c, tag->line, tag->column, "this tag has no name", TEXT(""));
    if (name_has_blank(tag->name))
        return refuse(c, tag->line, tag->column, "a name has no spaces:", tag->name);
    return 0;
}

static enum node_kind kind_of(char sigil)
{
    switch (sigil) {
    case '#':
        return NODE_SECTION;
    case '^':
        return NODE_INVERTED;
    case '>':
        return NODE_PARTIAL;
    case '<':
        return NODE_PARENT;
    case '$':
        return NODE_BLOCK;
    default:
        return NODE_VARIABLE;
    }
}

/* Takes an indentation away from the lines of a tree; what is shorter loses what it has. */
static struct text without(struct text blanks, struct text indent)
{
    size_t common = 0;
    while (common < blanks.size && common < indent.size &&
           blanks.data[common] == indent.data[common])
        common++;
    return text_from(blanks, common);
}

/* A text may hold several lines: each becomes a node, so that each can lose its own blanks. */
static int dedent_text(struct compiler *c, struct nodes *out, const struct node *node,
                       struct text indent, bool *is_line_start)
{
    struct text rest = node->text;
    while (rest.size) {
        size_t end = text_find_char(rest, '\n');
        struct text line = text_slice(rest, 0, end < rest.size ? end + 1 : end);
        rest = text_from(rest, line.size);
        struct node *slot = list_add(c->arena, out);
        if (!slot)
            return -ENOMEM;
        *slot = *node;
        slot->text = *is_line_start ? without(line, indent) : line;
        *is_line_start = line.data[line.size - 1] == '\n';
    }
    return 0;
}

static int dedent(struct compiler *c, struct nodes *nodes, struct text indent, bool *is_line_start)
{
    struct nodes out = {0};
    for (size_t i = 0; i < nodes->count; i++) {
        struct node *node = &nodes->items[i];
        if (node->kind == NODE_TEXT) {
            int r = dedent_text(c, &out, node, indent, is_line_start);
            if (r)
                return r;
            continue;
        }
        struct node *slot = list_add(c->arena, &out);
        if (!slot)
            return -ENOMEM;
        *slot = *node;
        slot->indent = without(node->indent, indent);
        slot->inner_indent = without(node->inner_indent, indent);
        /* Standalone tags leave the next line at its start; others stand in the middle of one. */
        if (node->kind != NODE_SECTION && node->kind != NODE_INVERTED && node->kind != NODE_BLOCK)
            *is_line_start = node->is_standalone;
        else if (node->is_standalone)
            *is_line_start = true;
        int r = node->kind == NODE_PARENT ? 0 : dedent(c, &slot->children, indent, is_line_start);
        if (r)
            return r;
    }
    *nodes = out;
    return 0;
}

/* The blanks that start the first line of a block's content. */
static struct text first_blanks(const struct compiler *c, size_t start)
{
    size_t end = start;
    while (end < c->source.size && is_blank(c->source.data[end]))
        end++;
    return text_slice(c->source, start, end - start);
}

static int open_tag(struct compiler *c, const struct tag *tag, struct node node)
{
    struct node *added;
    bool is_block = node.kind == NODE_BLOCK;
    if (c->depth == DEPTH_MAX)
        return refuse(c, tag->line, tag->column, "too many tags inside each other at", tag->name);
    if (is_in_parent(c) && !is_block)
        /* Kept off the tree, but its end tag must still match. */
        node.kind = NODE_SECTION;

    size_t begin = line_begin(c, tag->start), finish = line_finish(c, tag->end);
    bool is_first = begin != SIZE_MAX || is_in_parent(c);
    size_t text_end = tag->start, next = tag->end;
    if (node.kind == NODE_PARENT) {
        /* Whether it stands alone is known at its closing tag; its blanks wait in indent. */
        if (begin != SIZE_MAX && begin >= c->at) {
            node.indent = text_slice(c->source, begin, tag->start - begin);
            node.is_standalone = true;
            text_end = begin;
        }
    } else if (is_first && finish != SIZE_MAX) {
        if (begin != SIZE_MAX && begin >= c->at)
            text_end = begin;
        next = finish;
        node.is_standalone = true;
        node.indent = text_slice(c->source, text_end, tag->start - text_end);
        node.inner_indent = is_block ? first_blanks(c, next) : (struct text){0};
    } else if (is_block && begin != SIZE_MAX) {
        node.indent = text_slice(c->source, begin, tag->start - begin);
    }
    int r = add_text(c, c->at, text_end);
    if (!r)
        r = add_node(c, node, &added);
    if (r)
        return r;
    c->stack[c->depth++] = added;
    c->at = next;
    return 0;
}

/* A parent that turned out not to stand alone gets its blanks back as text before it. */
static int settle_parent(struct compiler *c, bool is_alone)
{
    struct nodes *into = current(c);
    struct node *parent = &into->items[into->count - 1];
    size_t kept = 0;

    for (size_t i = 0; i < parent->children.count; i++)
        if (parent->children.items[i].kind == NODE_BLOCK)
            parent->children.items[kept++] = parent->children.items[i];
    parent->children.count = kept;
    if (is_alone || !parent->is_standalone)
        return 0;
    struct node moved = *parent;
    *parent = (struct node){.kind = NODE_TEXT, .text = moved.indent, .line = moved.line};
    moved.is_standalone = false;
    moved.indent = (struct text){0};
    struct node *again;
    return add_node(c, moved, &again);
}

static int close_tag(struct compiler *c, const struct tag *tag)
{
    if (!c->depth)
        return refuse(c, tag->line, tag->column, "nothing is open that this closes:", tag->name);
    struct node *node = c->stack[c->depth - 1];
    if (!text_equal(node->text, tag->name)) {
        flaws_add(c->flaws, SEVERITY_ERROR, tag->line, tag->column, NULL,
                  "%.*s is closed here, but %.*s of line %d is still open", (int)tag->name.size,
                  tag->name.data, (int)node->text.size, node->text.data, node->line);
        return c->flaws->is_out_of_memory ? -ENOMEM : MUSTACHE_E_MALFORMED;
    }
    size_t begin = line_begin(c, tag->start), finish = line_finish(c, tag->end);
    bool ends_in_parent = c->depth > 1 && c->stack[c->depth - 2]->kind == NODE_PARENT;
    bool is_alone = finish != SIZE_MAX && (begin != SIZE_MAX || ends_in_parent);
    size_t text_end = tag->start, next = tag->end;
    int r;

    if (begin != SIZE_MAX && begin >= c->at && (finish != SIZE_MAX || ends_in_parent))
        text_end = begin;
    r = add_text(c, c->at, text_end);
    if (r)
        return r;
    c->depth--;
    if (node->kind == NODE_PARENT) {
        is_alone = finish != SIZE_MAX && node->is_standalone;
        r = settle_parent(c, is_alone);
    } else if (node->kind == NODE_BLOCK && ends_in_parent && node->is_standalone) {
        bool is_line_start = true;
        r = dedent(c, &node->children, node->inner_indent, &is_line_start);
    }
    if (r)
        return r;
    c->at = is_alone ? finish : next;
    return 0;
}

/* A tag without content of its own: variable, partial, comment, delimiters. */
static int place_tag(struct compiler *c, const struct tag *tag, struct node node)
{
    bool may_stand_alone = tag->sigil == '>' || tag->sigil == '!' || tag->sigil == '=';
    size_t begin = line_begin(c, tag->start), finish = line_finish(c, tag->end);
    bool is_alone = may_stand_alone && begin != SIZE_MAX && begin >= c->at && finish != SIZE_MAX;
    int r = add_text(c, c->at, is_alone ? begin : tag->start);
    struct node *added;

    if (r)
        return r;
    if (tag->sigil == '=') {
        r = set_delimiters(c, tag);
    } else if (tag->sigil != '!' && !is_in_parent(c)) {
        node.is_standalone = is_alone;
        if (is_alone)
            node.indent = text_slice(c->source, begin, tag->start - begin);
        r = add_node(c, node, &added);
    }
    if (!r)
        c->at = is_alone ? finish : tag->end;
    return r;
}

static int compile_tag(struct compiler *c, size_t start)
{
    struct tag tag;
    int r = read_tag(c, start, &tag);
    if (r)
        return r;
    struct node node = {.kind = kind_of(tag.sigil),
                        .is_raw = tag.sigil == '{' || tag.sigil == '&',
                        .source = c->flaws->source,
                        .line = tag.line,
                        .column = tag.column};
    if (tag.sigil != '!' && tag.sigil != '=') {
        r = check_name(c, &tag, &node.is_dynamic);
        if (!r)
            r = cut_name(c, &tag, &node);
        if (r)
            return r;
    }
    switch (tag.sigil) {
    case '#':
    case '^':
    case '<':
    case '$':
        return open_tag(c, &tag, node);
    case '/':
        return close_tag(c, &tag);
    default:
        return place_tag(c, &tag, node);
    }
}

int mustache_compile_at(struct arena *arena, struct text source, int line, int column,
                        struct flaws *flaws, const struct mustache **ret)
{
    struct compiler c = {.arena = arena,
                         .flaws = flaws,
                         .line = line,
                         .column = column,
                         .open_delimiter = "{{",
                         .close_delimiter = "}}"};
    struct mustache *template_ = arena_alloc(arena, sizeof *template_);
    /* Nodes point into the source, so the arena keeps its own. */
    char *copy = arena_copy_text(arena, source);
    if (!template_ || !copy)
        return -ENOMEM;
    c.source = (struct text){copy, source.size};
    for (;;) {
        struct text rest = text_from(c.source, c.at);
        size_t size = text_find(rest, text_of(c.open_delimiter));
        int r = size == rest.size ? add_text(&c, c.at, source.size) : compile_tag(&c, c.at + size);
        if (r)
            return r;
        if (size == rest.size)
            break;
    }
    if (c.depth) {
        const struct node *open = c.stack[c.depth - 1];
        return refuse(&c, open->line, open->column, "this is never closed:", open->text);
    }
    template_->nodes = c.root;
    *ret = template_;
    return 0;
}

int mustache_compile(struct arena *arena, struct text source, struct flaws *flaws,
                     const struct mustache **ret)
{
    return mustache_compile_at(arena, source, 1, 1, flaws, ret);
}
