/* SPDX-License-Identifier: MIT */
/* What an expression says about one contact, in words, and whom its groups miss. */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "contacts/audience_tree.h"
#include "contacts/intern.h"

enum { EXPLANATION_BYTES_MAX = 64 * 1024 };

static const struct {
    const char *before_not, *after_not, *and, *group, *named, *end;
} words[LANGUAGE_COUNT] = {
    [LANGUAGE_FR] = {"pas dans ", "", " et ", " (groupe)", " (audience : ", ")"},
    [LANGUAGE_JA] = {"", "以外", "、かつ ", "（グループ）", "（宛先：", "）"},
    [LANGUAGE_EN] = {"not ", "", " and ", " (group)", " (audience: ", ")"},
};

struct explainer {
    struct arena *arena;
    enum language language;
    const struct contact *contact;
    int8_t *answers; /* by node index: 1 yes, -1 no, 0 not asked */
    bool *said;      /* by node index: a named audience is told in full once */
    int error;
};

static bool holds(struct explainer *x, const struct node *node)
{
    int8_t *known = &x->answers[node->index];
    bool answer = false;

    if (*known)
        return *known > 0;
    switch (node->kind) {
    case NODE_NAMED:
        answer = holds(x, node->left);
        break;
    case NODE_NOT:
        answer = !holds(x, node->left);
        break;
    case NODE_AND:
        answer = holds(x, node->left) && holds(x, node->right);
        break;
    case NODE_OR:
        answer = holds(x, node->left) || holds(x, node->right);
        break;
    case NODE_MINUS:
        answer = holds(x, node->left) && !holds(x, node->right);
        break;
    default: {
        int r = audience_leaf_holds(x->arena, node, x->contact);
        x->error = r < 0 ? r : x->error;
        answer = r > 0;
    }
    }
    *known = answer ? 1 : -1;
    return answer;
}

static void say_word(const struct explainer *x, const struct node *node, bool is_in,
                     struct buf *buf)
{
    buf_add_string(buf, is_in ? "" : words[x->language].before_not);
    buf_add_string(buf, node->word);
    buf_add_string(buf, is_in ? "" : words[x->language].after_not);
}

static void say_leaf(struct explainer *x, const struct node *node, struct buf *buf)
{
    bool is_in = holds(x, node);

    if (node->kind == NODE_TEST) {
        /* A test that fails is told by its opposite: language != ja. */
        bool is_negated = node->is_negated != !is_in;
        const char *sign = node->test == TEST_EQUAL ? is_negated ? "!=" : "="
                           : is_negated             ? "!~"
                                                    : "~";
        buf_printf(buf, "%s %s \"%s\"", node->field_word, sign, node->word);
        return;
    }
    say_word(x, node, is_in, buf);
    if (is_in && node->kind == NODE_GROUP)
        buf_add_string(buf, words[x->language].group);
}

/* Why the node is what it is: of what would do, the first reason. */
static void say(struct explainer *x, const struct node *node, struct buf *buf)
{
    bool is_in = holds(x, node);

    switch (node->kind) {
    case NODE_NAMED:
        say_word(x, node, is_in, buf);
        if (x->said[node->left->index])
            return;
        x->said[node->left->index] = true;
        buf_add_string(buf, words[x->language].named);
        say(x, node->left, buf);
        buf_add_string(buf, words[x->language].end);
        return;
    case NODE_NOT:
        say(x, node->left, buf);
        return;
    case NODE_AND:
    case NODE_MINUS:
    case NODE_OR: {
        bool is_right_good =
            node->kind == NODE_MINUS ? !holds(x, node->right) : holds(x, node->right);
        bool needs_both = (node->kind == NODE_OR) != is_in;
        bool is_left_first = needs_both || holds(x, node->left) == is_in;
        if (is_left_first)
            say(x, node->left, buf);
        if (needs_both)
            buf_add_string(buf, words[x->language].and);
        if (needs_both || (!is_left_first && is_right_good == is_in))
            say(x, node->right, buf);
        return;
    }
    default:
        say_leaf(x, node, buf);
    }
}

const char *audience_explain(struct arena *arena, const struct audience *audience,
                             const struct contact *contact, enum language language, bool *ret_is_in)
{
    CLEANUP_BUF struct buf buf = BUF_INIT(EXPLANATION_BYTES_MAX);
    struct explainer x = {
        .arena = arena,
        .contact = contact,
        .language = language,
        .answers = arena_alloc(arena, audience->node_count),
        .said = arena_alloc(arena, audience->node_count),
    };

    if (!x.answers || !x.said)
        return NULL;
    bool is_in = holds(&x, audience->root);
    say(&x, audience->root, &buf);
    if (x.error || buf_error(&buf) == -ENOMEM)
        return NULL;
    *ret_is_in = is_in;
    return arena_copy_text(arena, buf_text(&buf));
}

struct checker {
    struct arena *arena;
    const struct contact_list *list;
    const struct settings *named;
    struct intern groups; /* folded → as written */
    const char **names;   /* the keys of groups */
    size_t name_count;
    bool *seen; /* by node index: named audiences are looked at once */
    struct flaws *flaws;
};

static void collect_groups(struct checker *c)
{
    const char *const *last = NULL;

    for (size_t i = 0; i < c->list->count; i++) {
        const struct contact *contact = c->list->items[i];
        if (contact->groups == last)
            continue;
        last = contact->groups;
        for (size_t k = 0; k < contact->group_count; k++) {
            struct intern_slot *slot =
                intern_get(c->arena, &c->groups, text_of(contact->groups[k]));
            if (!slot) {
                c->flaws->is_out_of_memory = true;
                return;
            }
            if (!slot->value)
                slot->value = contact_group_name(contact, k);
        }
    }
    c->names = arena_alloc_array(c->arena, c->groups.count, sizeof *c->names);
    if (!c->names) {
        c->flaws->is_out_of_memory = true;
        return;
    }
    for (size_t i = 0; i < c->groups.capacity; i++)
        if (c->groups.slots[i].key.data)
            c->names[c->name_count++] = c->groups.slots[i].key.data;
}

/* The named audience that may be meant, or NULL. */
static const char *nearest_audience(struct checker *c, const char *word)
{
    size_t count = c->named ? c->named->audience_count : 0;
    const char **names = arena_alloc_array(c->arena, count + 1, sizeof *names);

    for (size_t i = 0; names && i < count; i++)
        names[i] = c->named->audiences[i].name;
    return names ? text_nearest(text_of(word), names, count) : NULL;
}

static bool has_address(const struct contact_list *list, const char *email)
{
    if (contact_list_find(list, email) < list->count)
        return true;
    for (size_t i = 0; i < list->count; i++) /* the local part in another case */
        if (strcasecmp(list->items[i]->email, email) == 0)
            return true;
    return false;
}

static void check_group(struct checker *c, const struct node *node)
{
    struct intern_slot *slot = intern_get(c->arena, &c->groups, text_of(node->folded));

    if (!slot) {
        c->flaws->is_out_of_memory = true;
        return;
    }
    if (slot->value)
        return;
    const char *nearest = text_nearest(text_of(node->folded), c->names, c->name_count);
    if (nearest) /* it is there: this adds nothing */
        nearest = intern_get(c->arena, &c->groups, text_of(nearest))->value;
    else
        nearest = nearest_audience(c, node->word);
    flaws_add_in(c->flaws, node->place.file, SEVERITY_WARNING, node->place.line, node->place.column,
                 nearest ? "groups stand in the contact list's column groups"
                         : "put it into the contact list's column groups, or take it out here",
                 "nobody is in the group \"%s\"%s%s%s", node->word,
                 nearest ? "; did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
}

static void check(struct checker *c, const struct node *node)
{
    if (!node || c->seen[node->index])
        return;
    c->seen[node->index] = true;
    if (node->kind == NODE_GROUP) {
        check_group(c, node);
    } else if (node->kind == NODE_ADDRESS) {
        if (!has_address(c->list, node->folded))
            flaws_add_in(c->flaws, node->place.file, SEVERITY_WARNING, node->place.line,
                         node->place.column, NULL, "no contact has this address");
    } else {
        check(c, node->left);
        check(c, node->right);
    }
}

void audience_check(struct arena *arena, const struct audience *audience,
                    const struct contact_list *list, struct flaws *flaws)
{
    struct checker c = {
        .arena = arena,
        .list = list,
        .named = audience->named,
        .seen = arena_alloc(arena, audience->node_count),
        .flaws = flaws,
    };

    if (!c.seen) {
        flaws->is_out_of_memory = true;
        return;
    }
    collect_groups(&c);
    if (!flaws->is_out_of_memory)
        check(&c, audience->root);
}
