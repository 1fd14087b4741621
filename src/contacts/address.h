/* SPDX-License-Identifier: MIT */
/* address: an e-mail address as people type it, checked and brought to the one form that Convier
 * keeps: local part as written, domain in lower case, A-labels for international domains.
 *
 * See: RFC 5321 4.1.2 and 4.5.3.1 (syntax, sizes), RFC 5891 (IDN).                               */
#ifndef CONVIER_CONTACTS_ADDRESS_H
#define CONVIER_CONTACTS_ADDRESS_H

#include "contacts/cell.h"

enum { ADDRESS_E_NONE = 1, ADDRESS_E_INVALID };

struct address {
    const char *email;
    const char *name;    /* what stood before <…>, or NULL */
    struct cell others;  /* what follows a first address in the same cell; usually empty */
    const char *repair;  /* what was put right ("the comma at its end"), or NULL */
    const char *problem; /* ADDRESS_E_INVALID: why, as the end of "the address …" */
    size_t at;           /* ADDRESS_E_INVALID: where in the cell, in bytes */
};

/* Takes the cell's bytes, and may change them. 0, ADDRESS_E_NONE (empty, "-", "n/a"),
 * ADDRESS_E_INVALID or -ENOMEM.                                                                  */
int address_parse(struct arena *arena, struct cell *cell, struct address *ret);

/* The well-known mail domain that this one is a slip of the finger away from, or NULL. */
const char *address_likely_domain(const char *domain);

#endif
