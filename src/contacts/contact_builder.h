/* SPDX-License-Identifier: MIT */
/* contact_builder: one row or card, already cut into cells, into a contact.
 *
 * What the formats have in common: the address is checked, words are understood, defaults filled
 * in, and what is wrong is told once, at the cell where it stands.                               */
#ifndef CONVIER_CONTACTS_CONTACT_BUILDER_H
#define CONVIER_CONTACTS_CONTACT_BUILDER_H

#include "contacts/contact_reader.h"
#include "contacts/header.h"
#include "contacts/intern.h"
#include "contacts/string_pool.h"

enum { DRAFT_EMAILS_MAX = 8, DRAFT_GROUPS_MAX = 32, DRAFT_CC_MAX = 8 };
enum { CONTACT_CC_MAX = 10, CONTACT_GROUPS_MAX = 200 };

struct draft_field {
    const char *name;
    struct cell cell;
};

struct draft {
    int line;
    struct cell values[COLUMN_COUNT]; /* all but emails, groups and cc, which may be several */
    struct cell emails[DRAFT_EMAILS_MAX], groups[DRAFT_GROUPS_MAX], cc[DRAFT_CC_MAX];
    size_t email_count, group_count, cc_count;
    struct draft_field *fields;
    size_t field_count;
    bool is_title_vague; /* it is a function unless it is a known civility */
};

/* What a contact's groups point to. */
struct group_set {
    const char *const *groups;
    size_t count;
};

/* Something that happened on many rows and is told once. */
struct tally {
    size_t count;
    int line; /* of the first */
};

/* Three lifetimes: what a contact points to lives in `arena`, what is needed until the list is read
 * in `reading`, and the cells of a row in `row`, which the readers clear after each.             */
struct contact_builder {
    struct arena *arena, *reading, *row;
    const struct contact_options *options;
    struct flaws *flaws;
    struct contact_rows *rows;
    const char *source; /* in the arena */
    /* Turns the place of a cell into a line and a column. */
    void (*locate)(const void *context, size_t place, int *ret_line, int *ret_column);
    const void *context;
    bool places_are_bytes; /* offsets: a byte further on is a place further on */
    bool is_address_book;  /* an export of everything: contacts without address are usual */
    /* private */
    struct string_pool strings; /* in the arena */
    struct intern languages, zones, countries, group_cells, group_names, domains;
    struct group_set list_groups;
    struct tally no_language, no_address, far_zone;
};

/* The arenas, options, flaws, rows, locate, context and the flags are set by the caller. */
int contact_builder_init(struct contact_builder *builder);
/* Adds a contact, or a flaw; keeps no cell. 0 or -ENOMEM. */
int contact_builder_add(struct contact_builder *builder, struct draft *draft);
/* A flaw at a cell; for the parts of the builder. */
void contact_builder_tell(struct contact_builder *builder, const struct cell *cell,
                          enum severity severity, const char *advice, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* Tells what was counted. */
int contact_builder_finish(struct contact_builder *builder);

#endif
