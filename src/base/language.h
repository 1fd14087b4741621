/* SPDX-License-Identifier: MIT */
/* language: the three languages that a reader may have. */
#ifndef CONVIER_BASE_LANGUAGE_H
#define CONVIER_BASE_LANGUAGE_H

#include "base/text.h"

enum language { LANGUAGE_FR, LANGUAGE_JA, LANGUAGE_EN };
enum { LANGUAGE_COUNT = 3 };

const char *language_to_text(enum language language);          /* "fr", "ja", "en" (BCP 47) */
bool language_from_text(struct text text, enum language *ret); /* "fr", "FR", "fr-CA", "ja_JP" */
const char *language_comma(enum language language);            /* between the things of a list */

#endif
