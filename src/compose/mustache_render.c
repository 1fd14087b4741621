/* SPDX-License-Identifier: MIT */
/* Rendering a template: a walk over the tree with a stack of values.
 *
 * Indentation belongs to lines of templates, never to lines inside values: it is owed at the start
 * of each template line and paid by the first thing written there.
 * Blocks: each parent adds a frame of arguments; the outermost frame that names a block wins, and
 * its content sees only the frames outside of it, so that no block can expand into itself.
 * Partials may call each other: their depth and the total number of steps are bounded. */

#include "compose/mustache_tree.h"

enum { PARTIALS_DEPTH_MAX = 100, NESTING_MAX = 1000, STEPS_MAX = 20 * 1000 * 1000 };

struct scope {
    const struct value *value;
    const struct scope *outer;
};

struct arguments {
    const struct node *parent;
    const struct arguments *outer;
};

/* The blanks owed at each line start: those of the places that this was put into. */
struct indent {
    struct text blanks;
    const struct indent *outer;
};

struct renderer {
    const struct mustache_options *options;
    struct buf *out;
    bool is_line_start;
    int partial_depth, nesting;
    int64_t steps;
};

struct place {
    const struct scope *scope;
    const struct arguments *arguments;
    const struct indent *indent;
};

static int render_nodes(struct renderer *r, const struct nodes *nodes, struct place place);

static const struct value *map_find(const struct value *map, struct text name)
{
    if (map->kind == VALUE_MAP)
        for (size_t i = 0; i < map->count; i++)
            if (text_equal(map->names[i], name))
                return &map->items[i];
    return NULL;
}

/* The first part of a name is searched up the stack, the others strictly inside it. */
static const struct value *find_value(const struct node *node, const struct scope *scope)
{
    const struct value *value = NULL;
    if (!node->path_count)
        return scope->value;
    for (; scope && !value; scope = scope->outer)
        value = map_find(scope->value, node->path[0]);
    for (size_t i = 1; value && i < node->path_count; i++)
        value = map_find(value, node->path[i]);
    return value;
}

/* False: absent, null, false, the empty text, the empty list. */
static bool is_true(const struct value *value)
{
    if (!value)
        return false;
    switch (value->kind) {
    case VALUE_NULL:
        return false;
    case VALUE_BOOL:
        return value->truth;
    case VALUE_TEXT:
        return value->text.size > 0;
    case VALUE_LIST:
        return value->count > 0;
    case VALUE_MAP:
        return true;
    }
    return false;
}

static struct text text_of_value(const struct value *value)
{
    if (value && value->kind == VALUE_TEXT)
        return value->text;
    if (value && value->kind == VALUE_BOOL)
        return value->truth ? TEXT("true") : TEXT("false");
    return TEXT("");
}

static void pay_indent(struct renderer *r, const struct indent *indent)
{
    if (!indent)
        return;
    pay_indent(r, indent->outer);
    buf_add_text(r->out, indent->blanks);
}

static void start_line(struct renderer *r, struct place place)
{
    if (r->is_line_start) {
        pay_indent(r, place.indent);
        r->is_line_start = false;
    }
}

static void render_text(struct renderer *r, struct text text, struct place place)
{
    if (!place.indent) {
        buf_add_text(r->out, text);
        r->is_line_start = text.size && text.data[text.size - 1] == '\n';
        return;
    }
    while (text.size) {
        size_t end = text_find_char(text, '\n');
        bool is_whole = end < text.size;
        start_line(r, place);
        buf_add_text(r->out, text_slice(text, 0, is_whole ? end + 1 : end));
        r->is_line_start = is_whole;
        text = text_from(text, is_whole ? end + 1 : end);
    }
}

static int render_variable(struct renderer *r, const struct node *node, struct place place)
{
    const struct value *value = find_value(node, place.scope);
    struct text text = text_of_value(value);

    start_line(r, place);
    if (!text.size && r->options->on_empty) {
        const struct mustache_hole hole = {node->text, node->source, node->line, node->column};
        r->options->on_empty(r->options->context, &hole);
    }
    if (node->is_raw)
        buf_add_text(r->out, text);
    else
        mustache_escape(text, r->options->escape, r->out);
    return 0;
}

static int render_section(struct renderer *r, const struct node *node, struct place place)
{
    const struct value *value = find_value(node, place.scope);
    if (!is_true(value))
        return 0;
    struct scope inner = {.value = value, .outer = place.scope};
    struct place within = {&inner, place.arguments, place.indent};
    if (value->kind != VALUE_LIST)
        return render_nodes(r, &node->children, within);
    for (size_t i = 0; i < value->count; i++) {
        inner.value = &value->items[i];
        int e = render_nodes(r, &node->children, within);
        if (e)
            return e;
    }
    return 0;
}

static const struct mustache *find_template(struct renderer *r, const struct node *node,
                                            struct place place)
{
    struct text name = node->is_dynamic ? text_of_value(find_value(node, place.scope)) : node->text;
    return name.size && r->options->find ? r->options->find(r->options->context, name) : NULL;
}

/* A partial, or a parent with its arguments: both put another template here. */
static int render_template(struct renderer *r, const struct node *node, struct place place)
{
    const struct mustache *template_ = find_template(r, node, place);
    struct indent indent = {node->indent, place.indent};
    struct arguments arguments = {node, place.arguments};
    if (!template_)
        return 0;
    if (r->partial_depth == PARTIALS_DEPTH_MAX)
        return MUSTACHE_E_TOO_DEEP;
    if (node->is_standalone) {
        place.indent = node->indent.size ? &indent : place.indent;
    } else {
        start_line(r, place);
        place.indent = NULL;
    }
    if (node->kind == NODE_PARENT)
        place.arguments = &arguments;
    r->partial_depth++;
    int e = render_nodes(r, &template_->nodes, place);
    r->partial_depth--;
    return e;
}

static const struct node *find_argument(const struct arguments *arguments, struct text name,
                                        const struct arguments **ret_frame)
{
    if (!arguments)
        return NULL;
    const struct node *found = find_argument(arguments->outer, name, ret_frame);
    for (size_t i = 0; !found && i < arguments->parent->children.count; i++)
        if (text_equal(arguments->parent->children.items[i].text, name)) {
            found = &arguments->parent->children.items[i];
            *ret_frame = arguments;
        }
    return found;
}

static int render_block(struct renderer *r, const struct node *node, struct place place)
{
    const struct arguments *frame = NULL;
    const struct node *given = find_argument(place.arguments, node->text, &frame);
    if (!given)
        return render_nodes(r, &node->children, place);
    /* A standalone opening tag has lost its blanks: its content says how far to indent. */
    struct text blanks = !node->is_standalone      ? node->indent
                         : node->inner_indent.size ? node->inner_indent
                                                   : node->indent;
    struct indent indent = {blanks, place.indent};
    if (blanks.size)
        place.indent = &indent;
    place.arguments = frame->outer;
    return render_nodes(r, &given->children, place);
}

static int render_node(struct renderer *r, const struct node *node, struct place place)
{
    switch (node->kind) {
    case NODE_TEXT:
        render_text(r, node->text, place);
        return 0;
    case NODE_VARIABLE:
        return render_variable(r, node, place);
    case NODE_SECTION:
        return render_section(r, node, place);
    case NODE_INVERTED:
        return is_true(find_value(node, place.scope)) ? 0 : render_nodes(r, &node->children, place);
    case NODE_PARTIAL:
    case NODE_PARENT:
        return render_template(r, node, place);
    case NODE_BLOCK:
        return render_block(r, node, place);
    }
    return 0;
}

static int render_nodes(struct renderer *r, const struct nodes *nodes, struct place place)
{
    int e = 0;
    if (++r->nesting > NESTING_MAX)
        return MUSTACHE_E_TOO_DEEP;
    for (size_t i = 0; i < nodes->count && !e; i++) {
        if (++r->steps > STEPS_MAX || buf_error(r->out))
            e = r->steps > STEPS_MAX ? MUSTACHE_E_TOO_DEEP : buf_error(r->out);
        else
            e = render_node(r, &nodes->items[i], place);
    }
    r->nesting--;
    return e;
}

int mustache_render_with(const struct mustache *template_, const struct value *data,
                         const struct mustache_options *options, struct buf *out)
{
    struct renderer r = {.options = options, .out = out, .is_line_start = true};
    struct scope scope = {.value = data};
    int e = render_nodes(&r, &template_->nodes, (struct place){.scope = &scope});
    return e ? e : buf_error(out);
}

int mustache_render(const struct mustache *template_, const struct value *data,
                    enum mustache_escape escape, mustache_find find, void *context, struct buf *out)
{
    const struct mustache_options options = {.escape = escape, .find = find, .context = context};
    return mustache_render_with(template_, data, &options, out);
}
