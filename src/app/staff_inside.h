/* SPDX-License-Identifier: MIT */
/* staff_inside: what the files of staff share; nobody else includes it. */
#ifndef CONVIER_APP_STAFF_INSIDE_H
#define CONVIER_APP_STAFF_INSIDE_H

#include "app/staff.h"

enum { STAFF_WORDS_BYTES = 256, STAFF_LINES_MAX = 20 };

/* What a look found out: TELL goes into a letter, NOTE only remembers since when it is so, DROP
 * forgets, CLOSE lets the letter go on with it and frees its key.                                */
enum act_verb { ACT_TELL, ACT_NOTE, ACT_DROP, ACT_CLOSE };
struct act {
    enum act_verb verb;
    struct matter matter;
};
LIST_TYPE(acts, struct act);

struct staff {
    const struct settings *settings;
    struct zones *zones;
    struct arena *arena; /* of a look */
    bool is_touched;
    struct instant next;
    int64_t last_hold;
    struct instant failed_last;
    bool was_proven;
    /* News. */
    char own_trouble[STAFF_WORDS_BYTES]; /* "" = none to tell */
    struct instant own_since;
    const struct flaws *templates;
    char from[STAFF_WORDS_BYTES], to[STAFF_WORDS_BYTES], why[STAFF_WORDS_BYTES]; /* from "": none */
    /* Flaws that were looked through: a digest for each source, then for the templates. */
    uint64_t *flaws_seen;
    size_t flaws_count;
    struct instant pace_at; /* no look at the pace before */
};

struct look {
    struct staff *staff;
    const struct staff_view *view;
    struct arena *arena;
    struct instant now;
    enum language language;
    int64_t open;            /* the letter that has not begun to leave; 0 = none */
    struct instant open_due; /* may leave then */
    struct acts acts;
};

/* --- what looks have in common; 0 or -errno --- */
int look_add(struct look *look, enum act_verb verb, const struct matter *matter);
int look_find(struct look *look, const char *key, const struct matter **ret_or_null);
/* It is no longer so: a letter that has not begun to leave need not tell it. */
int look_end(struct look *look, const struct matter *known);
void look_again(struct look *look, struct instant at); /* then, at the latest */

/* Asks everything; nothing is written. staff->next becomes when the answer may be another. */
int staff_matters_find(struct look *look);
int staff_issues_find(struct look *look); /* of it: issues that wait for a calendar */

#endif
