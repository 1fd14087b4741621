/* SPDX-License-Identifier: MIT */
/* personal: the words of a mail that belong to one reader, and the holes that stand for them while
 * a mail is made for all.
 *
 * Readers of one campaign who share a language, a zone and the event differ only in these words.
 * So a mail is laid out once with holes (characters that no language has), and the holes are
 * filled for each reader.                                                                        */
#ifndef CONVIER_COMPOSE_PERSONAL_H
#define CONVIER_COMPOSE_PERSONAL_H

#include "base/arena.h"
#include "base/buf.h"
#include "model/contact.h"

#define PERSONAL_WORDS(X)                                                                          \
    X(OPENING, "contact.opening")                                                                  \
    X(CALL, "contact.call")                                                                        \
    X(CLOSING, "contact.closing")                                                                  \
    X(NAME, "contact.name")                                                                        \
    X(GIVEN, "contact.given")                                                                      \
    X(FAMILY, "contact.family")                                                                    \
    X(TITLE, "contact.title")                                                                      \
    X(FUNCTION, "contact.function")                                                                \
    X(ORGANISATION, "contact.organisation")                                                        \
    X(DEPARTMENT, "contact.department")                                                            \
    X(EMAIL, "contact.email")                                                                      \
    X(LEAVE_ADDRESS, "unsubscribe.address")                                                        \
    X(LEAVE_TOKEN, "unsubscribe.url")

#define PERSONAL_ROW(name, variable) PERSONAL_##name,
enum personal_word { PERSONAL_WORDS(PERSONAL_ROW) PERSONAL_COUNT };
#undef PERSONAL_ROW

struct personal {
    const char *words[PERSONAL_COUNT]; /* NULL or "" = the reader has none */
};

/* All but the two LEAVE words, which the envelope knows. 0 or -ENOMEM. */
int personal_of(struct arena *arena, const struct contact *contact, struct personal *ret);

/* The variable of a template that shows a word. */
const char *personal_variable(enum personal_word word);

/* A hole: one character, NUL-terminated. */
const char *personal_hole(enum personal_word word);
/* Finds the first hole in a text: false when there is none. */
bool personal_find_hole(struct text text, size_t *ret_start, enum personal_word *ret_word);
enum { PERSONAL_HOLE_BYTES = 4 };

/* Copies a text with its holes filled; escaped for HTML (line ends become <br>), or plain. */
void personal_fill_html(struct buf *out, struct text text, const struct personal *personal);
void personal_fill_plain(struct buf *out, struct text text, const struct personal *personal);

#endif
