/* SPDX-License-Identifier: MIT */
/* contact: a person or office who can be written to.
 *
 * One contact per address; several people may share a mailbox. Strings are NUL-terminated NFC UTF-8
 * without control characters; NULL = absent. All live in the arena of the contact list. */
#ifndef CONVIER_MODEL_CONTACT_H
#define CONVIER_MODEL_CONTACT_H

#include "base/language.h"
#include "base/zone.h"

struct person {
    const char *name; /* as to be printed; built from given and family when not given */
    const char *given;
    const char *family;
    const char *title;      /* civility: "Mme", "M.", "様" … as written */
    const char *function;   /* "Maire", "国際課長" */
    const char *salutation; /* whole call formula that overrides the built one */
};

struct contact_field {
    const char *name; /* column header as written */
    const char *value;
};

struct contact {
    const char *email;    /* lower-case A-label domain; the identity. Local part as written */
    struct person person; /* the first of people */
    const struct person *people; /* everyone behind the mailbox, at least one; in file order */
    const char *organisation, *department, *country; /* country: ISO 3166 two letters, upper case */
    const struct zone *zone;                         /* never NULL */
    const char *const *groups; /* folded (unicode_fold_loose), sorted, unique; for comparing.
                                  Behind them stand the same ones as first written */
    const char *const *cc;     /* addresses of assistants */
    const struct contact_field *fields;
    const char *source;               /* the first list that has it */
    const char *const *other_sources; /* the lists behind it that have it, too */
    const char *language_reason;      /* "column", "list", "organisation": for `why` */
    const char *zone_reason;          /* "column", "country FR", "list", "organisation" */
    int line;
    uint16_t person_count, group_count, cc_count, field_count, other_source_count;
    enum language language;
};

/* A group as the list first wrote it: for people to read. */
static inline const char *contact_group_name(const struct contact *contact, size_t i)
{
    return contact->groups[contact->group_count + i];
}

/* Sorted by email (bytes), unique. A list of pointers: lists are made anew more often than the
 * contacts in them.                                                                              */
struct contact_list {
    const struct contact *const *items;
    size_t count;
};

/* The index of an address (any case in the domain), or count when absent. */
size_t contact_list_find(const struct contact_list *list, const char *email);

/* Who belongs to an audience: one bit for each contact of a list, in its order. */
struct membership {
    uint64_t *bits; /* (count + 63) / 64 words */
    size_t count;
};
static inline bool membership_has(const struct membership *m, size_t index)
{
    return m->bits[index / 64] >> (index % 64) & 1;
}

#endif
