/* SPDX-License-Identifier: MIT */
/* country: ISO 3166-1 codes by the names that French, Japanese and English people write. */
#ifndef CONVIER_CONTACTS_COUNTRY_H
#define CONVIER_CONTACTS_COUNTRY_H

/* folded: as unicode_fold_loose leaves it. Two upper-case letters, or NULL. */
const char *country_find(const char *folded);

#endif
