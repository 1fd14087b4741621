/* SPDX-License-Identifier: MIT */
#include "compose/salutation.h"

#include "check.h"

static struct contact one(const struct person *person, const char *organisation)
{
    return (struct contact){
        .person = *person, .people = person, .person_count = 1, .organisation = organisation};
}

TEST(openings)
{
    static const struct {
        const char *title;
        enum language language;
        struct person person;
        const char *organisation, *want, *country;
    } rows[] = {
        {"mayor",
         LANGUAGE_FR,
         {.name = "A B", .title = "Mme", .function = "Maire"},
         "Tours",
         "Madame la Maire,"},
        {"mayor, her own word",
         LANGUAGE_FR,
         {.title = "Mme", .function = "Maire", .salutation = "Madame le Maire,"},
         NULL,
         "Madame le Maire,"},
        {"mayor of",
         LANGUAGE_FR,
         {.title = "M.", .function = "Maire de Nancy"},
         NULL,
         "Monsieur le Maire,"},
        {"deputy mayor",
         LANGUAGE_FR,
         {.title = "Mme", .function = "Adjointe au maire"},
         NULL,
         "Madame l’Adjointe au maire,"},
        {"feminine function tells",
         LANGUAGE_FR,
         {.function = "Présidente"},
         NULL,
         "Madame la Présidente,"},
        {"masculine form tells nothing",
         LANGUAGE_FR,
         {.function = "Président"},
         NULL,
         "Madame, Monsieur,"},
        {"word inside a word",
         LANGUAGE_FR,
         {.title = "M.", .function = "Mairie annexe"},
         NULL,
         "Monsieur,"},
        {"civility in full", LANGUAGE_FR, {.title = "madame"}, NULL, "Madame,"},
        {"plain", LANGUAGE_FR, {.title = "M", .name = "Jean Petit"}, NULL, "Monsieur,"},
        {"nobody", LANGUAGE_FR, {0}, "Mairie de Tours", "Madame, Monsieur,"},
        {"Japanese reader in French",
         LANGUAGE_FR,
         {.name = "田中 太郎", .title = "様"},
         NULL,
         "Madame, Monsieur,"},
        {"kanji",
         LANGUAGE_JA,
         {.given = "太郎", .family = "田中", .function = "国際課長"},
         "熊本市",
         "熊本市\n国際課長\n田中 太郎 様"},
        {"professor", LANGUAGE_JA, {.name = "山田 花子", .title = "先生"}, NULL, "山田 花子 先生"},
        {"already honoured", LANGUAGE_JA, {.name = "山田 花子 様"}, NULL, "山田 花子 様"},
        {"French civility",
         LANGUAGE_JA,
         {.name = "Claire Martin", .title = "Mme"},
         "Ville de Tours",
         "Ville de Tours\nClaire Martin 様"},
        {"office", LANGUAGE_JA, {0}, "熊本市国際課", "熊本市国際課 御中"},
        {"office with 御中", LANGUAGE_JA, {0}, "熊本市国際課 御中", "熊本市国際課 御中"},
        {"office as a function",
         LANGUAGE_JA,
         {.function = "国際課"},
         "熊本市",
         "熊本市\n国際課 御中"},
        {"nobody at all", LANGUAGE_JA, {0}, NULL, "ご担当者様"},
        {"function only", LANGUAGE_JA, {.function = "国際課長"}, "熊本市", "熊本市\nご担当者様"},
        {"Ms",
         LANGUAGE_EN,
         {.name = "Keiko Tanaka", .family = "Tanaka", .title = "Ms"},
         NULL,
         "Dear Ms Tanaka,"},
        {"Mme",
         LANGUAGE_EN,
         {.given = "Claire", .family = "Martin", .title = "Mme"},
         NULL,
         "Dear Ms Martin,"},
        {"no title", LANGUAGE_EN, {.given = "Taro", .family = "Tanaka"}, NULL, "Dear Taro Tanaka,"},
        {"a name alone", LANGUAGE_EN, {.name = "Mary Byrne"}, NULL, "Dear Mary Byrne,"},
        {"a name with its title, where the family comes last",
         LANGUAGE_EN,
         {.name = "Mary Byrne", .title = "Ms"},
         NULL,
         "Dear Ms Byrne,",
         "IE"},
        {"a name with its title, anywhere",
         LANGUAGE_EN,
         {.name = "Tanaka Hanako", .title = "Ms"},
         NULL,
         "Dear Tanaka Hanako,"},
        {"a name with its title, where the family comes first",
         LANGUAGE_EN,
         {.name = "Tanaka Hanako", .title = "Ms"},
         NULL,
         "Dear Tanaka Hanako,",
         "JP"},
        {"a family in capitals",
         LANGUAGE_EN,
         {.name = "TANAKA Hanako", .title = "Ms"},
         NULL,
         "Dear Ms TANAKA,",
         "JP"},
        {"a family of two words in capitals",
         LANGUAGE_EN,
         {.name = "Jean DE LA FONTAINE", .title = "M."},
         NULL,
         "Dear Mr DE LA FONTAINE,"},
        {"a family before a comma",
         LANGUAGE_EN,
         {.name = "Byrne, Mary", .title = "Ms"},
         NULL,
         "Dear Ms Byrne,"},
        {"all in capitals",
         LANGUAGE_EN,
         {.name = "MARY BYRNE", .title = "Ms"},
         NULL,
         "Dear MARY BYRNE,"},
        {"three words",
         LANGUAGE_EN,
         {.name = "Mary Anne Byrne", .title = "Ms"},
         NULL,
         "Dear Mary Anne Byrne,",
         "IE"},
        {"a doctor stays one",
         LANGUAGE_EN,
         {.name = "Mary Anne Byrne", .title = "Dr"},
         NULL,
         "Dear Dr Mary Anne Byrne,"},
        {"a title alone", LANGUAGE_EN, {.title = "Ms"}, "CLAIR", "Dear Sir or Madam,"},
        {"a given name alone", LANGUAGE_EN, {.given = "Mary", .title = "Ms"}, NULL, "Dear Mary,"},
        {"様 and 御中 never together",
         LANGUAGE_JA,
         {.name = "田中 太郎", .function = "課長様"},
         "熊本市 御中",
         "熊本市\n課長\n田中 太郎 様"},
        {"各位 takes no 様", LANGUAGE_JA, {.name = "関係者各位"}, NULL, "関係者各位"},
        {"nobody in English", LANGUAGE_EN, {0}, "CLAIR", "Dear Sir or Madam,"},
        {"own English word",
         LANGUAGE_EN,
         {.salutation = "Dear Lord Mayor"},
         NULL,
         "Dear Lord Mayor,"},
    };
    struct arena *arena = arena_new(1 << 20);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct contact contact = one(&rows[i].person, rows[i].organisation);
        CHECK_ROW(rows[i].title);
        contact.country = rows[i].country;
        CHECK_STRING(salutation_opening(arena, &contact, rows[i].language), rows[i].want);
    }
    arena_free(arena);
}

TEST(shared_mailboxes_name_their_people)
{
    static const struct person people[] = {
        {.name = "Claire Martin", .family = "Martin", .title = "Mme", .function = "Maire"},
        {.name = "Jean Petit", .family = "Petit", .title = "M.", .function = "Directeur général"},
        {.name = "Dominique Roux", .family = "Roux"},
    };
    struct arena *arena = arena_new(1 << 20);
    struct contact contact = {.person = people[0],
                              .people = people,
                              .person_count = 2,
                              .organisation = "Mairie de Tours"};
    CHECK_STRING(salutation_opening(arena, &contact, LANGUAGE_FR),
                 "Madame la Maire, Monsieur le Directeur général,");
    CHECK_STRING(salutation_opening(arena, &contact, LANGUAGE_EN), "Dear Ms Martin and Mr Petit,");
    CHECK_STRING(salutation_opening(arena, &contact, LANGUAGE_JA),
                 "Mairie de Tours\nMaire\nClaire Martin 様\nDirecteur général\nJean Petit 様");
    contact.person_count = 3; /* one of unknown gender: nobody is guessed */
    CHECK_STRING(salutation_opening(arena, &contact, LANGUAGE_FR), "Mesdames, Messieurs,");
    arena_free(arena);
}

TEST(the_closing_repeats_the_call)
{
    struct arena *arena = arena_new(1 << 20);
    const struct person mayor = {.title = "Mme", .function = "Maire"}, clerk = {.title = "M."};
    struct contact contact = one(&mayor, NULL);
    CHECK_STRING(salutation_closing(arena, &contact, LANGUAGE_FR),
                 "Je vous prie d’agréer, Madame la Maire, l’expression de ma haute considération.");
    contact = one(&clerk, NULL);
    CHECK_STRING(salutation_closing(arena, &contact, LANGUAGE_FR),
                 "Je vous prie d’agréer, Monsieur, l’expression de ma considération distinguée.");
    CHECK_STRING(salutation_closing(arena, &contact, LANGUAGE_JA),
                 "何卒よろしくお願い申し上げます。");
    const struct person known = {.name = "Mary Byrne", .title = "Ms"}, nobody = {0};
    contact = one(&known, NULL);
    CHECK_STRING(salutation_closing(arena, &contact, LANGUAGE_EN), "Yours sincerely,");
    contact = one(&nobody, "CLAIR"); /* Dear Sir or Madam */
    CHECK_STRING(salutation_closing(arena, &contact, LANGUAGE_EN), "Yours faithfully,");
    arena_free(arena);
}

CHECK_MAIN
