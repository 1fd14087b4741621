/* SPDX-License-Identifier: MIT */
/* Sets are bits, one a contact, so that & | - ! cost a word for 64 people. What is asked of a
 * contact is asked once for all that share the answer: contacts of one list share their arrays of
 * groups, and equal texts are folded and compared once (intern). A named audience that is used
 * twice is evaluated once.                                                                       */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/unicode.h"
#include "contacts/audience_tree.h"
#include "contacts/intern.h"

struct evaluator {
    struct arena *arena;
    const struct contact_list *list;
    size_t word_count;
    uint64_t **named; /* by node index: the bits of a named audience's expression */
    uint32_t *set_of; /* contact → index of its set of groups; NULL until a group is asked for */
    const struct contact **sets; /* a contact that has the set */
    size_t set_count;
};

static bool contact_has_group(const struct contact *contact, const char *folded)
{
    size_t low = 0, high = contact->group_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(contact->groups[middle], folded);
        if (order == 0)
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

/* unicode_fold_loose, without the trip through ICU for plain ASCII. NULL = no memory. */
static const char *fold(struct arena *arena, const char *value)
{
    size_t size = strlen(value), to = 0;
    char *folded;

    for (size_t i = 0; i < size; i++)
        if (value[i] & 0x80)
            return unicode_fold_loose(arena, (struct text){value, size});
    folded = arena_alloc(arena, size + 1);
    for (size_t i = 0; folded && i < size; i++)
        if (!char_is_blank(value[i]))
            folded[to++] = char_lower(value[i]);
        else if (to && folded[to - 1] != ' ')
            folded[to++] = ' ';
    if (folded && to && folded[to - 1] == ' ')
        folded[to - 1] = '\0';
    return folded;
}

/* Compares a text as the test wants it: 0, 1, -ENOMEM. */
static int value_matches(struct arena *arena, const struct node *test, const char *value)
{
    if (!value)
        return test->test == TEST_EQUAL && !*test->folded; /* organisation = "" */
    struct arena_mark mark = arena_mark(arena);
    const char *folded = fold(arena, value);
    int answer = !folded                    ? -ENOMEM
                 : test->test == TEST_EQUAL ? strcmp(folded, test->folded) == 0
                                            : strstr(folded, test->folded) != NULL;
    arena_rewind(arena, mark);
    return answer;
}

static const char *person_value(const struct person *person, enum column field)
{
    switch (field) {
    case COLUMN_NAME:
        return person->name;
    case COLUMN_GIVEN:
        return person->given;
    case COLUMN_FAMILY:
        return person->family;
    case COLUMN_TITLE:
        return person->title;
    default:
        return person->function;
    }
}

static int people_match(struct arena *arena, const struct node *test, const struct contact *contact)
{
    int answer = 0;
    for (size_t i = 0; i < contact->person_count && !answer; i++)
        answer = value_matches(arena, test, person_value(&contact->people[i], test->field));
    return answer;
}

static int groups_match(struct arena *arena, const struct node *test, const struct contact *contact)
{
    int answer = test->test == TEST_EQUAL && !*test->folded && !contact->group_count;
    for (size_t i = 0; i < contact->group_count && !answer; i++)
        answer = value_matches(arena, test, contact->groups[i]);
    return answer;
}

static int fields_match(struct arena *arena, const struct node *test, const struct contact *contact)
{
    for (size_t i = 0; i < contact->field_count; i++) {
        struct arena_mark mark = arena_mark(arena);
        const char *name = fold(arena, contact->fields[i].name);
        bool is_it = name && strcmp(name, test->field_name) == 0;
        arena_rewind(arena, mark);
        if (!name)
            return -ENOMEM;
        if (is_it)
            return value_matches(arena, test, contact->fields[i].value);
    }
    return value_matches(arena, test, NULL);
}

static int test_holds(struct arena *arena, const struct node *test, const struct contact *contact)
{
    switch (test->field) {
    case COLUMN_EMAIL:
        return value_matches(arena, test, contact->email);
    case COLUMN_ORGANISATION:
        return value_matches(arena, test, contact->organisation);
    case COLUMN_DEPARTMENT:
        return value_matches(arena, test, contact->department);
    case COLUMN_LANGUAGE:
        return contact->language == test->language;
    case COLUMN_COUNTRY:
        if (test->country)
            return contact->country && strcmp(contact->country, test->country) == 0;
        return value_matches(arena, test, contact->country);
    case COLUMN_ZONE:
        return value_matches(arena, test, zone_name(contact->zone));
    case COLUMN_GROUPS:
        return groups_match(arena, test, contact);
    case COLUMN_FREE:
        return fields_match(arena, test, contact);
    default:
        return people_match(arena, test, contact);
    }
}

int audience_leaf_holds(struct arena *arena, const struct node *leaf, const struct contact *contact)
{
    switch (leaf->kind) {
    case NODE_ALL:
        return 1;
    case NODE_GROUP:
        return contact_has_group(contact, leaf->folded);
    case NODE_ADDRESS:
        return strcasecmp(contact->email, leaf->folded) == 0;
    default: {
        int answer = test_holds(arena, leaf, contact);
        return answer < 0 ? answer : answer != leaf->is_negated;
    }
    }
}

static void set_bit(uint64_t *bits, size_t index)
{
    bits[index / 64] |= UINT64_C(1) << (index % 64);
}

struct group_key {
    const char *const *groups;
    size_t count;
};

/* The number of the contact's set of groups, a new one when it is met for the first time. */
static int number_set(struct evaluator *e, struct intern *seen, const struct contact *contact,
                      uint32_t *ret)
{
    struct group_key key = {contact->groups, contact->group_count};
    struct intern_slot *slot =
        intern_get(e->arena, seen, (struct text){(const char *)&key, sizeof key});

    if (!slot)
        return -ENOMEM;
    if (!slot->value) {
        slot->key.data = arena_copy(e->arena, (const char *)&key, sizeof key);
        if (!slot->key.data)
            return -ENOMEM;
        slot->value = &e->sets[e->set_count];
        e->sets[e->set_count++] = contact;
    }
    *ret = (uint32_t)((const struct contact *const *)slot->value - e->sets);
    return 0;
}

/* Numbers the distinct sets of groups. Equal arrays count as one set; arrays with equal content
 * need not, that only costs time. A small cache answers for the sets that come again and again. */
static int number_sets(struct evaluator *e)
{
    enum { CACHE_SIZE = 1024 };
    struct {
        struct group_key key;
        uint32_t set;
        bool is_used;
    } *cache = arena_alloc_array(e->arena, CACHE_SIZE, sizeof *cache);
    struct intern seen = {0};

    e->set_of = arena_alloc_array(e->arena, e->list->count, sizeof *e->set_of);
    e->sets = arena_alloc_array(e->arena, e->list->count, sizeof *e->sets);
    if (!cache || !e->set_of || !e->sets)
        return -ENOMEM;
    for (size_t i = 0; i < e->list->count; i++) {
        const struct contact *contact = e->list->items[i];
        size_t at = ((uintptr_t)contact->groups >> 4) * UINT64_C(0x9E3779B97F4A7C15) >> 54;
        if (!cache[at].is_used || cache[at].key.groups != contact->groups ||
            cache[at].key.count != contact->group_count) {
            int r = number_set(e, &seen, contact, &cache[at].set);
            if (r)
                return r;
            cache[at].key = (struct group_key){contact->groups, contact->group_count};
            cache[at].is_used = true;
        }
        e->set_of[i] = cache[at].set;
    }
    return 0;
}

/* A question about groups alone: asked of each set, spread over the contacts. */
static int evaluate_sets(struct evaluator *e, const struct node *leaf, uint64_t *bits)
{
    if (!e->set_of) {
        int r = number_sets(e);
        if (r)
            return r;
    }
    uint8_t *answers = arena_alloc(e->arena, e->set_count + 1);
    if (!answers)
        return -ENOMEM;
    for (size_t i = 0; i < e->set_count; i++) {
        int answer = audience_leaf_holds(e->arena, leaf, e->sets[i]);
        if (answer < 0)
            return answer;
        answers[i] = (uint8_t)answer;
    }
    for (size_t i = 0; i < e->list->count; i++)
        bits[i / 64] |= (uint64_t)answers[e->set_of[i]] << (i % 64);
    return 0;
}

static int evaluate_address(struct evaluator *e, const struct node *leaf, uint64_t *bits)
{
    size_t index = contact_list_find(e->list, leaf->folded);

    if (index < e->list->count) {
        set_bit(bits, index);
        return 0;
    }
    for (size_t i = 0; i < e->list->count; i++) /* the local part in another case */
        if (strcasecmp(e->list->items[i]->email, leaf->folded) == 0)
            set_bit(bits, i);
    return 0;
}

/* The one text that the test looks at, for tests that look at one. */
static const char *single_value(const struct node *test, const struct contact *contact)
{
    switch (test->field) {
    case COLUMN_ORGANISATION:
        return contact->organisation;
    case COLUMN_DEPARTMENT:
        return contact->department;
    case COLUMN_ZONE:
        return zone_name(contact->zone);
    case COLUMN_FUNCTION:
    case COLUMN_TITLE:
        return contact->person_count == 1 ? person_value(contact->people, test->field) : NULL;
    default:
        return NULL;
    }
}

static int evaluate_test(struct evaluator *e, const struct node *leaf, uint64_t *bits)
{
    static const char yes, no;
    struct intern answers = {0};

    for (size_t i = 0; i < e->list->count; i++) {
        const struct contact *contact = e->list->items[i];
        const char *value = single_value(leaf, contact);
        struct intern_slot *slot = NULL;
        int answer;
        if (value && !(slot = intern_get(e->arena, &answers, text_of(value))))
            return -ENOMEM;
        if (slot && slot->value) {
            answer = slot->value == &yes;
        } else {
            answer = audience_leaf_holds(e->arena, leaf, contact);
            if (answer < 0)
                return answer;
            if (slot)
                slot->value = answer ? &yes : &no;
        }
        if (answer)
            set_bit(bits, i);
    }
    return 0;
}

static void fill(struct evaluator *e, uint64_t *bits)
{
    for (size_t i = 0; i < e->word_count; i++)
        bits[i] = UINT64_MAX;
    if (e->list->count % 64)
        bits[e->word_count - 1] = (UINT64_C(1) << (e->list->count % 64)) - 1;
}

static int evaluate(struct evaluator *e, const struct node *node, uint64_t **ret);

static int combine(struct evaluator *e, const struct node *node, uint64_t *bits)
{
    uint64_t *left, *right = NULL;

    int r = evaluate(e, node->left, &left);
    if (!r && node->right)
        r = evaluate(e, node->right, &right);
    for (size_t i = 0; i < e->word_count && !r; i++)
        bits[i] = node->kind == NODE_AND   ? left[i] & right[i]
                  : node->kind == NODE_OR  ? left[i] | right[i]
                  : node->kind == NODE_NOT ? bits[i] & ~left[i]
                                           : left[i] & ~right[i];
    return r;
}

static int evaluate(struct evaluator *e, const struct node *node, uint64_t **ret)
{
    if (node->kind == NODE_NAMED) {
        uint64_t **known = &e->named[node->left->index];
        int r = *known ? 0 : evaluate(e, node->left, known);
        *ret = *known;
        return r;
    }
    uint64_t *bits = arena_alloc_array(e->arena, e->word_count + 1, sizeof *bits);
    if (!bits)
        return -ENOMEM;
    *ret = bits;
    switch (node->kind) {
    case NODE_ALL:
        fill(e, bits);
        return 0;
    case NODE_GROUP:
        return evaluate_sets(e, node, bits);
    case NODE_ADDRESS:
        return evaluate_address(e, node, bits);
    case NODE_TEST:
        return node->field == COLUMN_GROUPS ? evaluate_sets(e, node, bits)
                                            : evaluate_test(e, node, bits);
    case NODE_NOT:
        fill(e, bits);
        return combine(e, node, bits);
    default:
        return combine(e, node, bits);
    }
}

int audience_evaluate(struct arena *arena, const struct audience *audience,
                      const struct contact_list *list, struct membership *ret)
{
    struct evaluator e = {
        .list = list,
        .word_count = (list->count + 63) / 64,
    };
    uint64_t *result = arena_alloc_array(arena, e.word_count + 1, sizeof *result), *bits = NULL;
    struct arena_mark mark = arena_mark(arena); /* what follows is scratch */

    if (!result)
        return -ENOMEM;
    e.arena = arena;
    e.named = arena_alloc_array(arena, audience->node_count, sizeof *e.named);
    int r = e.named ? evaluate(&e, audience->root, &bits) : -ENOMEM;
    if (!r) {
        if (e.word_count)
            memcpy(result, bits, e.word_count * sizeof *result);
        *ret = (struct membership){.bits = result, .count = list->count};
    }
    arena_rewind(arena, mark);
    return r;
}
