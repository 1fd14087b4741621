/* SPDX-License-Identifier: MIT */
#include "compose/protocol.h"

#include <string.h>

static bool is_one_of(struct text word, const char *const *words, size_t count)
{
    for (size_t i = 0; word.size && i < count; i++)
        if (char_lower(words[i][0]) == char_lower(word.data[0]) && text_is_nocase(word, words[i]))
            return true;
    return false;
}

static struct text without_dot(const char *title)
{
    struct text word = text_trim(text_of(title));
    while (word.size && word.data[word.size - 1] == '.')
        word.size--;
    return word;
}

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum gender protocol_gender(const char *title)
{
    static const char *const women[] = {"Mme",  "Madame", "Mlle", "Mademoiselle", "Ms", "Mrs",
                                        "Miss", "女史",   "F"};
    static const char *const men[] = {"M", "Mr", "Monsieur", "Mister", "H"};
    struct text word = without_dot(title);
    if (is_one_of(word, women, COUNT(women)))
        return GENDER_WOMAN;
    if (is_one_of(word, men, COUNT(men)))
        return GENDER_MAN;
    return GENDER_UNKNOWN;
}

const char *protocol_english_title(const char *title)
{
    static const struct {
        const char *written, *english;
    } rows[] = {
        {"Mme", "Ms"},          {"Madame", "Ms"},  {"Mlle", "Ms"},
        {"Mademoiselle", "Ms"}, {"Ms", "Ms"},      {"Mrs", "Mrs"},
        {"Miss", "Miss"},       {"M", "Mr"},       {"Monsieur", "Mr"},
        {"Mr", "Mr"},           {"Dr", "Dr"},      {"Docteur", "Dr"},
        {"Pr", "Prof."},        {"Prof", "Prof."}, {"Professeur", "Prof."},
        {"Professor", "Prof."},
    };
    struct text word = without_dot(title);
    for (size_t i = 0; word.size && i < COUNT(rows); i++)
        if (text_is_nocase(word, rows[i].written))
            return rows[i].english;
    return NULL;
}

/* Longest first where one begins another. The feminine forms that differ stand in rows of their
 * own, so that they are recognised too.                                                          */
static const struct protocol_title titles[] = {
    {"Premier ministre", "la Première ministre", "le Premier ministre", true},
    {"Première ministre", "la Première ministre", "le Premier ministre", true},
    {"Ministre", "la Ministre", "le Ministre", true},
    {"Secrétaire d’État", "la Secrétaire d’État", "le Secrétaire d’État", true},
    {"Secrétaire d'État", "la Secrétaire d’État", "le Secrétaire d’État", true},
    {"Ambassadrice", "l’Ambassadrice", "l’Ambassadeur", true},
    {"Ambassadeur", "l’Ambassadrice", "l’Ambassadeur", true},
    {"Consule générale", "la Consule générale", "le Consul général", true},
    {"Consul général", "la Consule générale", "le Consul général", true},
    {"Consule", "la Consule", "le Consul", false},
    {"Consul", "la Consule", "le Consul", false},
    {"Sénatrice", "la Sénatrice", "le Sénateur", true},
    {"Sénateur", "la Sénatrice", "le Sénateur", true},
    {"Députée", "la Députée", "le Député", true},
    {"Député", "la Députée", "le Député", true},
    {"Préfète", "la Préfète", "le Préfet", true},
    {"Préfet", "la Préfète", "le Préfet", true},
    {"Sous-préfète", "la Sous-Préfète", "le Sous-Préfet", true},
    {"Sous-préfet", "la Sous-Préfète", "le Sous-Préfet", true},
    {"Vice-présidente", "la Vice-Présidente", "le Vice-Président", true},
    {"Vice-président", "la Vice-Présidente", "le Vice-Président", true},
    {"Présidente", "la Présidente", "le Président", true},
    {"Président", "la Présidente", "le Président", true},
    {"Maire-adjointe", "la Maire-Adjointe", "le Maire-Adjoint", true},
    {"Maire adjointe", "la Maire-Adjointe", "le Maire-Adjoint", true},
    {"Maire-adjoint", "la Maire-Adjointe", "le Maire-Adjoint", true},
    {"Maire adjoint", "la Maire-Adjointe", "le Maire-Adjoint", true},
    {"Mairesse", "la Maire", "le Maire", true},
    {"Maire", "la Maire", "le Maire", true},
    {"Adjointe au maire", "l’Adjointe au maire", "l’Adjoint au maire", true},
    {"Adjoint au maire", "l’Adjointe au maire", "l’Adjoint au maire", true},
    {"Adjointe à la maire", "l’Adjointe à la maire", "l’Adjoint à la maire", true},
    {"Adjoint à la maire", "l’Adjointe à la maire", "l’Adjoint à la maire", true},
    {"Conseillère", "la Conseillère", "le Conseiller", true},
    {"Conseiller municipal", "la Conseillère", "le Conseiller", true},
    {"Conseiller départemental", "la Conseillère", "le Conseiller", true},
    {"Conseiller régional", "la Conseillère", "le Conseiller", true},
    {"Conseiller métropolitain", "la Conseillère", "le Conseiller", true},
    {"Rectrice", "la Rectrice", "le Recteur", true},
    {"Recteur", "la Rectrice", "le Recteur", true},
    {"Directrice générale", "la Directrice générale", "le Directeur général", false},
    {"Directeur général", "la Directrice générale", "le Directeur général", false},
    {"Directrice", "la Directrice", "le Directeur", false},
    {"Directeur", "la Directrice", "le Directeur", false},
};

/* Does the function begin with the title as whole words? */
static bool begins_with(struct text function, const char *title)
{
    if (!function.size || char_lower(function.data[0]) != char_lower(title[0]) ||
        !text_starts_nocase(function, title))
        return false;
    size_t size = strlen(title);
    if (function.size == size)
        return true;
    unsigned char next = (unsigned char)function.data[size];
    return next == ' ' || next == ',' || next == '(' || next == '/' || next == ';' ||
           next == '\n' || (next == 0xC2 && (unsigned char)function.data[size + 1] == 0xA0);
}

const struct protocol_title *protocol_find(const char *function, enum gender *gender)
{
    static const char *const feminine[] = {
        "Première",        "Ambassadrice",   "Consule",      "Sénatrice",
        "Députée",         "Préfète",        "Sous-préfète", "Présidente",
        "Vice-présidente", "Maire-adjointe", "Mairesse",     "Maire adjointe",
        "Adjointe",        "Conseillère",    "Rectrice",     "Directrice",
    };
    struct text words = text_trim(text_of(function));
    for (size_t i = 0; i < COUNT(feminine) && *gender == GENDER_UNKNOWN; i++)
        if (begins_with(words, feminine[i]))
            *gender = GENDER_WOMAN;
    for (size_t i = 0; i < COUNT(titles); i++)
        if (begins_with(words, titles[i].function))
            return &titles[i];
    return NULL;
}
