/* SPDX-License-Identifier: MIT */
/* salutation: how to address the people behind a mailbox, in the language of the mail.
 *
 * The contact list's own formula always wins. French: the function of elected people and high
 * officials ("Madame la Maire"), else the civility, else "Madame, Monsieur"; the closing repeats it
 * word for word. Japanese: 宛名 lines, family name first, 様, 御中 for an office, ご担当者様 when
 * nobody is known. English: "Dear Ms Tanaka". Never "Dear ,". Results live in the arena; NULL when
 * memory is refused.                                                                             */
#ifndef CONVIER_COMPOSE_SALUTATION_H
#define CONVIER_COMPOSE_SALUTATION_H

#include "base/arena.h"
#include "model/contact.h"

/* The opening line: "Madame la Maire,"; "田中 太郎 様" with organisation and title above, one a
 * line; "Dear Ms Tanaka,". */
const char *salutation_opening(struct arena *arena, const struct contact *contact,
                               enum language language);
/* The same words inside a sentence, without the comma: "Madame la Maire", "田中様", "Ms Tanaka". */
const char *salutation_call(struct arena *arena, const struct contact *contact,
                            enum language language);
/* The courteous end: "Je vous prie d’agréer, Madame la Maire, …", 何卒よろしくお願い申し上げます。,
 * "Yours sincerely,".                                                                            */
const char *salutation_closing(struct arena *arena, const struct contact *contact,
                               enum language language);
/* A person's name as printed in the language: "Mme Claire Martin", "田中 太郎 様", "Ms Keiko
 * Tanaka"; the function when there is no name; "" when nothing is known. */
const char *salutation_person(struct arena *arena, const struct person *person,
                              enum language language);

#endif
