/* SPDX-License-Identifier: MIT */
/* lexicon: the words that people write for a language, a country, a time zone or a civility. */
#ifndef CONVIER_CONTACTS_LEXICON_H
#define CONVIER_CONTACTS_LEXICON_H

#include "base/arena.h"
#include "base/language.h"
#include "base/locale.h"
#include "base/zone.h"

enum lexicon_fit {
    LEXICON_EXACT,   /* no doubt about it: "fr", "Français", "日本語", "Europe/Paris", "FR" */
    LEXICON_GUESSED, /* understood: "francophone", "Tokyo", "Japon" */
    LEXICON_UNKNOWN
};

/* Each returns an enum lexicon_fit, or -ENOMEM; ret is set unless it is unknown. */
int lexicon_language(struct arena *arena, struct text text, enum language *ret);
/* ret: two upper-case letters (ISO 3166-1 alpha-2), a literal or in the arena. */
int lexicon_country(struct arena *arena, struct text text, const char **ret);
/* locale may be NULL: then Windows' names and the zones of countries are not understood. */
int lexicon_zone(struct arena *arena, struct text text, struct zones *zones, struct locale *locale,
                 const struct zone **ret);

/* "M.", "Madame", "Dr", "様" …: a civility and nothing else. */
bool lexicon_is_civility(struct text text);

/* What a spreadsheet shows where a formula failed: #N/A, #VALEUR!, Err:502. */
bool lexicon_is_cell_error(struct text text);

/* Has the text kana or kanji in it? */
bool lexicon_is_japanese(struct text text);

#endif
