/* SPDX-License-Identifier: MIT */
#include "compose/template_check.h"

#include <stdio.h>

#include "compose/mustache_tree.h"

enum { NAME_BYTES_MAX = 256 };

/* The sections around a tag: their full names, so that {{url}} inside
 * {{#event.attachments}} is event.attachments.url.                                               */
struct around {
    struct text name;
    const struct around *outer;
};

static struct text joined(char room[NAME_BYTES_MAX], struct text outer, struct text name)
{
    int size = snprintf(room, NAME_BYTES_MAX, "%.*s.%.*s", (int)outer.size, outer.data,
                        (int)name.size, name.data);
    return (struct text){room, size < 0 || size >= NAME_BYTES_MAX ? 0 : (size_t)size};
}

/* The full name of a tag, written to room when it is found inside a section; empty = unknown. */
static struct text resolve(const struct template_check *check, const struct around *around,
                           struct text name, char room[NAME_BYTES_MAX])
{
    if (text_is(name, "."))
        return around ? around->name : name;
    for (; around; around = around->outer) {
        struct text full = joined(room, around->name, name);
        if (full.size && check->has_variable(full))
            return full;
    }
    return check->has_variable(name) ? name : (struct text){0};
}

static void tell_unknown(const struct template_check *check, const struct node *node)
{
    const char *nearest = check->nearest_variable(node->text);
    flaws_add(check->flaws, SEVERITY_ERROR, node->line, node->column,
              "the variables are listed in templates/README.md",
              nearest ? "no variable is called \"%.*s\"; did you mean \"%s\"?"
                      : "no variable is called \"%.*s\"%s",
              (int)node->text.size, node->text.data, nearest ? nearest : "");
}

static void check_nodes(const struct template_check *check, const struct nodes *nodes,
                        const struct around *around);

static void check_node(const struct template_check *check, const struct node *node,
                       const struct around *around)
{
    char room[NAME_BYTES_MAX];
    bool is_template = node->kind == NODE_PARTIAL || node->kind == NODE_PARENT;

    if (is_template && !node->is_dynamic) {
        if (!check->find_partial(check->context, node->text))
            flaws_add(check->flaws, SEVERITY_ERROR, node->line, node->column,
                      "partials stand in the folder partials/, one file for each language",
                      "there is no partial \"%.*s\"", (int)node->text.size, node->text.data);
    } else if (node->kind != NODE_TEXT && node->kind != NODE_BLOCK) {
        struct text full = resolve(check, around, node->text, room);
        if (!full.size)
            tell_unknown(check, node);
        struct around inner = {full.size ? full : node->text, around};
        check_nodes(check, &node->children, node->kind == NODE_SECTION ? &inner : around);
        return;
    }
    check_nodes(check, &node->children, around);
}

static void check_nodes(const struct template_check *check, const struct nodes *nodes,
                        const struct around *around)
{
    for (size_t i = 0; i < nodes->count; i++)
        check_node(check, &nodes->items[i], around);
}

void template_check(const struct template_check *check, const struct mustache *template_)
{
    check_nodes(check, &template_->nodes, NULL);
}
