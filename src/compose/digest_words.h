/* SPDX-License-Identifier: MIT */
/* digest_words: what a mail about several events says of their number, kinds and titles. Results
 * are static or live in the arena; NULL when memory is refused.                                  */
#ifndef CONVIER_COMPOSE_DIGEST_WORDS_H
#define CONVIER_COMPOSE_DIGEST_WORDS_H

#include "compose/several.h"

/* "trois", "3", "three"; in letters up to twelve, in the feminine in French (rencontres). */
const char *digest_words_count(struct arena *arena, size_t count, enum language language);
const char *digest_words_count_capital(struct arena *arena, size_t count, enum language language);
/* "Rappel", 再度のご案内, "Reminder" */
const char *digest_words_kind(enum notice_kind kind, enum language language);
/* For a subject, each once: "A, B et C"; "A, B et 3 autres" when they would be too many. */
const char *digest_words_titles(struct arena *arena, const struct several *several,
                                enum language language);

#endif
