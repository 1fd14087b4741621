/* SPDX-License-Identifier: MIT */
/* showing: a mail that is composed to be looked at, in the form that the options ask for. */
#ifndef CONVIER_APP_SHOWING_H
#define CONVIER_APP_SHOWING_H

#include "app/house.h"

struct showing {
    struct house *house;
    struct arena *arena; /* borrowed */
    struct buf bytes;
    struct composed_parts parts;
    struct flaws flaws;
    json_t *json; /* with --json: what it is about, without its words; NULL = none, or no memory */
    int error;    /* of composing */
};

void showing_init(struct showing *showing, struct house *house, struct arena *arena);
void showing_done(struct showing *showing);

/* Composes it; `error` says how that went. */
void showing_compose(struct showing *showing, const struct compose_request *request);
/* The same for a notice that would leave then, recorded or not. */
void showing_notice(struct showing *showing, const struct notice *notice, struct instant leaves);
/* On stdout, with its flaws on stderr. An exit status. */
int showing_print(struct showing *showing);

#endif
