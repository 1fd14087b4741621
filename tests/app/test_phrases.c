/* SPDX-License-Identifier: MIT */
/* What commands say to people is whole in the three languages. */
#include "app/headings.h"
#include "app/house.h"

#include "check.h"

static size_t count_values(const char *sentence)
{
    size_t count = 0;
    for (struct text rest = text_of(sentence); rest.size;) {
        size_t at = text_find(rest, TEXT("%s"));
        count += at < rest.size;
        rest = at < rest.size ? text_from(rest, at + 2) : (struct text){"", 0};
    }
    return count;
}

TEST(every_phrase_has_three_languages)
{
    for (int i = 0; i < PHRASE_COUNT; i++) {
        enum phrase words = (enum phrase)i;
        const char *several = phrase_counted(words, 2, LANGUAGE_EN);
        CHECK_ROW(phrase(words, LANGUAGE_EN));
        for (int k = 0; k < LANGUAGE_COUNT; k++) {
            enum language language = (enum language)k;
            const char *one = phrase(words, language);
            const char *more = phrase_counted(words, 2, language);
            REQUIRE(!string_is_empty(one));
            CHECK_INT(count_values(one), count_values(phrase(words, LANGUAGE_EN)));
            CHECK(!several == !more);
            CHECK_INT(count_values(more), count_values(several));
        }
    }
}

TEST(every_column_has_three_languages)
{
    struct arena *arena = arena_new(1 << 20);
    REQUIRE(arena != NULL);
    for (int k = 0; k < LANGUAGE_COUNT; k++)
        for (int i = 0; i < HEADING_COUNT; i++) {
            struct report_table table;
            const enum heading heading = (enum heading)i;
            headings_begin(&table, arena, (enum language)k, &heading, 1);
            REQUIRE(table.cells.count == 1);
            CHECK(!string_is_empty(table.cells.items[0].text));
        }
    arena_free(arena);
}

/* Refused settings have no language: what is said of them is English. */
TEST(counting)
{
    struct settings settings = {.organisation = {.language = LANGUAGE_FR}};
    struct house house = {.arena = arena_new(1 << 16)};
    const char *const values[] = {"CSV", "UTF-8", NULL};
    REQUIRE(house.arena != NULL);
    CHECK_STRING(house_phrase_counted(&house, PHRASE_ERRORS, 0, NULL), "0 errors");
    house.settings = &settings;
    CHECK_STRING(house_phrase_counted(&house, PHRASE_ERRORS, 0, NULL), "0 erreur");
    CHECK_STRING(house_phrase_counted(&house, PHRASE_ROWS_READ, 1, values), "1 ligne, CSV, UTF-8");
    CHECK_STRING(house_phrase_counted(&house, PHRASE_ROWS_READ, 2, values), "2 lignes, CSV, UTF-8");
    settings.organisation.language = LANGUAGE_JA;
    CHECK_STRING(house_phrase_counted(&house, PHRASE_ROWS_READ, 1, values), "1 行、CSV、UTF-8");
    CHECK_STRING(house_phrase(&house, PHRASE_HOLIDAYS, NULL), "祝日");
    arena_free(house.arena);
}

CHECK_MAIN
