/* SPDX-License-Identifier: MIT */
/* A recursive descent over the grammar of the header. A word that stands where an operator must
 * stand cannot be a group, so the everyday words for | and - are understood there: `elus ou
 * presse`, `japon sauf presse`, `not presse`. "et" and "and" are not: staff mean both & and | by
 * them, so the message asks which. */
#include "contacts/audience_tree.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/unicode.h"
#include "contacts/address.h"
#include "contacts/audience_token.h"
#include "contacts/lexicon.h"

enum { DEPTH_MAX = 100, NODES_MAX = 10000 };

struct parser {
    struct arena *arena;
    const struct settings *named;
    const char **named_folded; /* the names of the settings' audiences */
    struct node **named_roots; /* their expressions, once parsed */
    bool *named_open;          /* being parsed: meeting it again is a circle */
    struct flaws *flaws;
    size_t *node_count;
    struct text rest;
    struct settings_place place; /* of the expression */
    int next_column, depth;
    struct token token; /* the one to look at */
};

static int parse_expression(struct parser *p, struct node **ret);

/* Columns are counted in the file where it is known where the expression stands in it. */
static int first_column(const struct settings_place *place)
{
    return place->file && place->column ? place->column : 1;
}

static struct settings_place place_at(const struct parser *p, int column)
{
    bool is_known = !p->place.file || p->place.column;
    return (struct settings_place){p->place.file, p->place.line, is_known ? column : 0};
}

__attribute__((format(printf, 4, 5))) static int fail(struct parser *p, int column,
                                                      const char *advice, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = arena_vprintf(p->arena, format, arguments);
    va_end(arguments);
    if (!text)
        return -ENOMEM;
    struct settings_place place = place_at(p, column);
    flaws_add_in(p->flaws, place.file, SEVERITY_ERROR, place.line, place.column, advice, "%s",
                 text);
    return p->flaws->is_out_of_memory ? -ENOMEM : AUDIENCE_E_MALFORMED;
}

static void advance(struct parser *p)
{
    p->token = audience_token_next(&p->rest, &p->next_column);
}

static struct token peek(const struct parser *p)
{
    struct text rest = p->rest;
    int column = p->next_column;
    return audience_token_next(&rest, &column);
}

static int new_node(struct parser *p, enum node_kind kind, struct node **ret)
{
    if (*p->node_count >= NODES_MAX)
        return fail(p, p->token.column, NULL, "the expression is too long");
    struct node *node = arena_alloc(p->arena, sizeof *node);
    if (!node)
        return -ENOMEM;
    node->kind = kind;
    node->index = (*p->node_count)++;
    node->place = place_at(p, p->token.column);
    *ret = node;
    return 0;
}

static bool is_word(const struct token *token, const char *const *words)
{
    for (; token->kind == TOKEN_WORD && *words; words++)
        if (text_is_nocase(token->text, *words))
            return true;
    return false;
}

static bool starts_operand(enum token_kind kind)
{
    return kind == TOKEN_WORD || kind == TOKEN_QUOTED || kind == TOKEN_OPEN || kind == TOKEN_NOT;
}

/* The token, where an operator is due, as an operator. */
static enum token_kind as_operator(const struct parser *p)
{
    static const char *const or_words[] = {"ou", "or", "または", "又は", NULL};
    static const char *const minus_words[] = {"sauf", "except",  "moins", "minus",
                                              "hors", "without", "除く",  NULL};
    if (p->token.kind != TOKEN_WORD)
        return p->token.kind;
    if (is_word(&p->token, or_words))
        return TOKEN_OR;
    return is_word(&p->token, minus_words) ? TOKEN_MINUS : TOKEN_WORD;
}

/* `not presse`: the word negates only when an operand follows it. */
static bool is_not(const struct parser *p)
{
    static const char *const not_words[] = {"not", "non", NULL};
    static const char *const operator_words[] = {"ou",     "or",    "et",    "and",  "sauf",
                                                 "except", "moins", "minus", "hors", "without",
                                                 "または", "又は",  "除く",  NULL};
    if (p->token.kind == TOKEN_NOT)
        return true;
    struct token next = peek(p);
    return is_word(&p->token, not_words) && starts_operand(next.kind) &&
           !is_word(&next, operator_words);
}

static bool find_named(const struct parser *p, const char *folded, size_t *ret_index)
{
    for (size_t i = 0; p->named && i < p->named->audience_count; i++) {
        if (strcmp(p->named_folded[i], folded) == 0) {
            *ret_index = i;
            return true;
        }
    }
    return false;
}

static int parse_whole(struct parser *p, struct node **ret);

/* The expression behind a name, parsed once. */
static int parse_named(struct parser *p, size_t index, struct node *node)
{
    const struct audience_settings *settings = &p->named->audiences[index];

    if (p->named_open[index])
        return fail(p, node->place.column, "an audience cannot be a part of itself",
                    "the audience \"%s\" goes round in a circle", settings->name);
    if (!p->named_roots[index]) {
        struct parser inner = *p;
        inner.rest = text_of(settings->expression);
        inner.place = settings->place;
        inner.next_column = first_column(&settings->place);
        p->named_open[index] = true;
        int r = parse_whole(&inner, &p->named_roots[index]);
        p->named_open[index] = false;
        if (r)
            return r;
    }
    node->kind = NODE_NAMED;
    node->left = p->named_roots[index];
    return 0;
}

/* A word that is no test: all, a named audience, an address or a group. */
static int parse_name(struct parser *p, struct node *node)
{
    static const char *const all_words[] = {"all",       "tous", "toutes", "everyone",
                                            "everybody", "全員", "*",      NULL};
    size_t index;

    node->word = arena_copy_text(p->arena, p->token.text);
    node->folded = node->word ? unicode_fold_loose(p->arena, p->token.text) : NULL;
    if (!node->folded)
        return -ENOMEM;
    if (!*node->folded)
        return fail(p, p->token.column, NULL, "the name of a group is empty");
    if (is_word(&p->token, all_words)) {
        node->kind = NODE_ALL;
        return 0;
    }
    if (find_named(p, node->folded, &index))
        return parse_named(p, index, node);
    if (!memchr(p->token.text.data, '@', p->token.text.size))
        return 0;
    struct cell cell = cell_copy(p->arena, p->token.text, 0);
    struct address address;
    int r = cell.data ? address_parse(p->arena, &cell, &address) : -ENOMEM;
    if (r < 0)
        return r;
    if (r)
        return fail(p, p->token.column, NULL, "the address %s",
                    r == ADDRESS_E_INVALID ? address.problem : "is empty");
    node->kind = NODE_ADDRESS;
    node->folded = address.email;
    return 0;
}

static const char *const field_names[] = {
    "email",      "name",     "family", "given",   "function", "title",  "organisation",
    "department", "language", "zone",   "country", "group",    "fields",
};

/* What stands before = or ~. */
static int read_field(struct parser *p, struct node *node)
{
    struct text word = p->token.text;

    node->field_word = arena_copy_text(p->arena, word);
    if (!node->field_word)
        return -ENOMEM;
    node->field = COLUMN_FREE;
    if (text_starts_nocase(word, "contact.")) /* as templates have it */
        word = text_from(word, sizeof "contact." - 1);
    if (text_starts_nocase(word, "fields.") || text_starts_nocase(word, "field.")) {
        word = text_from(word, text_find_char(word, '.') + 1);
        node->field_name = unicode_fold_loose(p->arena, word);
        if (!node->field_name)
            return -ENOMEM;
        if (*node->field_name)
            return 0;
    } else {
        int column = header_find(p->arena, word);
        if (column < 0)
            return column;
        node->field = (enum column)column;
        if (column != COLUMN_FREE && column != COLUMN_CC && column != COLUMN_SALUTATION)
            return 0;
    }
    const char *nearest = text_nearest(word, field_names, sizeof field_names / sizeof *field_names);
    return fail(p, p->token.column, "a column of your own is written fields.NAME",
                "there is no field \"%s\"%s%s%s", node->field_word,
                nearest ? "; did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
}

/* The value as the field understands it. */
static int read_value(struct parser *p, struct node *node)
{
    bool is_exact = node->test == TEST_EQUAL && p->token.text.size;

    node->word = arena_copy_text(p->arena, p->token.text);
    node->folded = node->word ? unicode_fold_loose(p->arena, p->token.text) : NULL;
    if (!node->folded)
        return -ENOMEM;
    if (node->field == COLUMN_LANGUAGE) {
        int fit = lexicon_language(p->arena, p->token.text, &node->language);
        if (fit < 0)
            return fit;
        if (fit == LEXICON_UNKNOWN)
            return fail(p, p->token.column, "write fr, ja or en",
                        "\"%s\" is no language that a contact may have", node->word);
    } else if (node->field == COLUMN_COUNTRY && is_exact) {
        int fit = lexicon_country(p->arena, p->token.text, &node->country);
        if (fit < 0)
            return fit;
        if (fit == LEXICON_UNKNOWN)
            return fail(p, p->token.column, "write the two letters of ISO 3166: FR, JP",
                        "the country \"%s\" is not known", node->word);
    }
    return 0;
}

static bool is_test(enum token_kind kind)
{
    return kind >= TOKEN_EQUAL && kind <= TOKEN_CONTAINS_NOT;
}

static int parse_test(struct parser *p, struct node *node)
{
    int r = read_field(p, node);
    if (r)
        return r;
    advance(p);
    node->kind = NODE_TEST;
    node->test =
        p->token.kind == TOKEN_EQUAL || p->token.kind == TOKEN_UNEQUAL ? TEST_EQUAL : TEST_CONTAINS;
    node->is_negated = p->token.kind == TOKEN_UNEQUAL || p->token.kind == TOKEN_CONTAINS_NOT;
    advance(p);
    if (p->token.kind != TOKEN_WORD && p->token.kind != TOKEN_QUOTED)
        return fail(p, p->token.column,
                    "write a word, or words in quotes: organisation ~ \"Nancy\"",
                    "the value that %s is compared with is missing", node->field_word);
    r = read_value(p, node);
    if (!r)
        advance(p);
    return r;
}

static int parse_bracket(struct parser *p, struct node **ret)
{
    int column = p->token.column;

    advance(p);
    int r = parse_expression(p, ret);
    if (r)
        return r;
    if (p->token.kind == TOKEN_END)
        return fail(p, column, NULL, "this bracket is not closed");
    assert(p->token.kind == TOKEN_CLOSE); /* parse_expression refuses all else */
    advance(p);
    return 0;
}

static int refuse_operand(struct parser *p)
{
    int column = p->token.column;

    switch (p->token.kind) {
    case TOKEN_END:
        return fail(p, column, "japon & (elus | services) - presse", "%s",
                    column == first_column(&p->place) ? "the expression is empty"
                                                      : "a group is missing at the end");
    case TOKEN_OPEN_QUOTE:
        return fail(p, column, NULL, "this quote is not closed");
    case TOKEN_CLOSE:
        return fail(p, column, NULL, "a group is missing before this bracket");
    default:
        return fail(p, column, "japon & (elus | services) - presse",
                    "a group is missing before this sign");
    }
}

static int parse_factor(struct parser *p, struct node **ret)
{
    if (p->depth >= DEPTH_MAX)
        return fail(p, p->token.column, NULL, "the brackets are nested too deep");
    if (p->token.kind == TOKEN_OPEN) {
        p->depth++;
        int r = parse_bracket(p, ret);
        p->depth--;
        return r;
    }
    if (!starts_operand(p->token.kind))
        return refuse_operand(p);
    int r = new_node(p, NODE_GROUP, ret);
    if (r)
        return r;
    if (is_not(p)) {
        (*ret)->kind = NODE_NOT;
        advance(p);
        p->depth++;
        r = parse_factor(p, &(*ret)->left);
        p->depth--;
        return r;
    }
    if (is_test(peek(p).kind))
        return parse_test(p, *ret);
    r = parse_name(p, *ret);
    if (!r)
        advance(p);
    return r;
}

/* left OPERATOR right, where p->token is the operator. */
static int parse_pair(struct parser *p, enum node_kind kind,
                      int (*parse_right)(struct parser *, struct node **), struct node **ret)
{
    struct node *pair = NULL;

    int r = new_node(p, kind, &pair);
    if (r)
        return r;
    pair->left = *ret;
    advance(p);
    r = parse_right(p, &pair->right);
    *ret = pair;
    return r;
}

static int parse_term(struct parser *p, struct node **ret)
{
    int r = parse_factor(p, ret);
    while (!r && p->token.kind == TOKEN_AND)
        r = parse_pair(p, NODE_AND, parse_factor, ret);
    return r;
}

/* What stands behind a complete term and is no operator. */
static int refuse_rest(struct parser *p)
{
    static const char *const and_words[] = {"et", "and", "かつ", NULL};
    int column = p->token.column;

    if (is_word(&p->token, and_words))
        return fail(p, column, "write & for those in both, | for those in either",
                    "\"%.*s\" may mean two things", (int)p->token.text.size, p->token.text.data);
    switch (p->token.kind) {
    case TOKEN_COMMA:
        return fail(p, column, "write | for those in either group, & for those in both",
                    "a comma is no operator");
    case TOKEN_OPEN_QUOTE:
        return fail(p, column, NULL, "this quote is not closed");
    case TOKEN_WORD:
    case TOKEN_QUOTED:
    case TOKEN_OPEN:
    case TOKEN_NOT:
        return fail(p, column,
                    "write |, & or - between groups, and names that have blanks in quotes",
                    "an operator is missing before this");
    case TOKEN_CLOSE:
        return fail(p, column, NULL, "this bracket was never opened");
    default:
        return fail(p, column, "language = ja, organisation ~ \"Nancy\"",
                    "a comparison must have the name of a field before it");
    }
}

static int parse_expression(struct parser *p, struct node **ret)
{
    int r = parse_term(p, ret);

    while (!r) {
        enum token_kind operator= as_operator(p);
        if (operator!= TOKEN_OR && operator!= TOKEN_MINUS)
            break;
        r = parse_pair(p, operator== TOKEN_OR ? NODE_OR : NODE_MINUS, parse_term, ret);
    }
    if (r || p->token.kind == TOKEN_END || (p->token.kind == TOKEN_CLOSE && p->depth))
        return r;
    return refuse_rest(p);
}

static int parse_whole(struct parser *p, struct node **ret)
{
    struct text text = p->rest;

    if (!text_is_utf8(text))
        return fail(p, first_column(&p->place) + (int)text_utf8_error(text), NULL,
                    "the expression is not UTF-8");
    int depth = p->depth;
    p->depth = 0;
    advance(p);
    int r = parse_expression(p, ret);
    p->depth = depth;
    return r;
}

int audience_parse(struct arena *arena, const char *expression, const struct settings *named,
                   struct settings_place place, struct flaws *flaws, struct audience **ret)
{
    size_t named_count = named ? named->audience_count : 0;
    struct audience *audience = arena_alloc(arena, sizeof *audience);
    struct parser p = {
        .arena = arena,
        .named = named,
        .named_folded = arena_alloc_array(arena, named_count, sizeof *p.named_folded),
        .named_roots = arena_alloc_array(arena, named_count, sizeof *p.named_roots),
        .named_open = arena_alloc_array(arena, named_count, sizeof *p.named_open),
        .flaws = flaws,
        .rest = text_of(expression),
        .place = place,
        .next_column = first_column(&place),
    };

    if (!audience || !p.named_folded || !p.named_roots || !p.named_open)
        return -ENOMEM;
    for (size_t i = 0; i < named_count; i++)
        if (!(p.named_folded[i] = unicode_fold_loose(arena, text_of(named->audiences[i].name))))
            return -ENOMEM;
    audience->named = named;
    p.node_count = &audience->node_count;
    int r = parse_whole(&p, &audience->root);
    if (!r)
        *ret = audience;
    return r;
}
