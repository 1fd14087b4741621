/* SPDX-License-Identifier: MIT */
/* audience_tree: what the parser builds and the evaluator walks; private to audience*.c. */
#ifndef CONVIER_CONTACTS_AUDIENCE_TREE_H
#define CONVIER_CONTACTS_AUDIENCE_TREE_H

#include "contacts/audience.h"
#include "contacts/header.h"

enum node_kind {
    NODE_ALL,
    NODE_GROUP,
    NODE_ADDRESS,
    NODE_TEST,
    NODE_NAMED, /* left = the named audience's expression */
    NODE_OR,
    NODE_AND,
    NODE_MINUS,
    NODE_NOT, /* of left */
};

enum test_operator { TEST_EQUAL, TEST_CONTAINS };

struct node {
    enum node_kind kind;
    struct node *left, *right;
    size_t index; /* of the node in its audience */
    struct settings_place place;
    const char *word;   /* group, address, value or audience as written */
    const char *folded; /* group and value: unicode_fold_loose */
    /* NODE_TEST */
    enum column field;      /* COLUMN_FREE: field_name */
    const char *field_word; /* as written */
    const char *field_name; /* folded; only for own columns */
    enum test_operator test;
    bool is_negated;        /* != and !~ */
    enum language language; /* language = … */
    const char *country;    /* country = …, upper case */
};

struct audience {
    struct node *root;
    size_t node_count;
    const struct settings *named; /* whose audiences it may use, or NULL */
};

/* Does a leaf (group, address, test) hold for a contact? -ENOMEM, 0, 1. */
int audience_leaf_holds(struct arena *arena, const struct node *leaf,
                        const struct contact *contact);

#endif
