/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "plan/match.h"
#include "torture.h"

TEST(patterns)
{
    static const struct {
        const char *pattern, *text;
        bool want;
    } rows[] = {
        {"", "", true},           {"", "a", false},        {"*", "", true},
        {"*", "abc", true},       {"a*c", "abbbc", true},  {"a*c", "abbb", false},
        {"?", "é", true},         {"?", "東", true},       {"?", "", false},
        {"??", "東", false},      {"*b*", "abc", true},    {"*ab*ab", "abab", true},
        {"*ab*ab", "aba", false}, {"a?c*", "abcde", true}, {"rencontres*", "les rencontres", false},
        {"**a", "a", true},       {"a", "a ", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CHECK_ROW(rows[i].pattern);
        CHECK_INT(match_pattern(text_of(rows[i].pattern), text_of(rows[i].text)), rows[i].want);
    }
}

static const char *const categories[] = {"Réunion", "Groupe-pays\xc2\xa0Japon"};
static const struct event event = {.feed = "japon",
                                   .summary = {.any = "8es Rencontres franco-japonaises",
                                               .in = {[LANGUAGE_JA] = "第8回日仏自治体交流会議"}},
                                   .categories = categories,
                                   .category_count = 2};
static const struct occurrence rencontres = {.key = "u", .event = &event};

TEST(rules)
{
    static const struct {
        const char *title;
        struct rule_settings rule;
        enum match want;
    } rows[] = {
        {"nothing named", {.name = "r"}, MATCH_YES},
        {"category without case or accents", {.category = "REUNION  "}, MATCH_YES},
        {"second category", {.category = "groupe-pays japon"}, MATCH_YES},
        {"another category", {.category = "Rencontres"}, MATCH_CATEGORY},
        {"calendar", {.calendar = "japon"}, MATCH_YES},
        {"another calendar", {.calendar = "cuf"}, MATCH_CALENDAR},
        {"title", {.title = "*rencontres*"}, MATCH_YES},
        {"title in another language", {.title = "*交流会議*"}, MATCH_YES},
        {"another title", {.title = "Rencontres"}, MATCH_TITLE},
        {"all must match", {.category = "Réunion", .title = "Conseil*"}, MATCH_TITLE},
    };
    CLEANUP_ARENA struct arena *arena = arena_new(1 << 20);
    REQUIRE(arena != NULL);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum match got;
        CHECK_ROW(rows[i].title);
        REQUIRE(match_rule(arena, &rows[i].rule, &rencontres, &got) == 0);
        CHECK_INT(got, rows[i].want);
    }
}

TEST(any_rule_or_mark)
{
    struct rule_settings rule = {.calendar = "cuf"};
    struct settings settings = {.rules = &rule, .rule_count = 1};
    struct event plain = {.feed = "japon"};
    struct occurrence occurrence = {.key = "u", .event = &plain};
    CHECK(!match_any(&settings, &occurrence));
    plain.marks.audience = "elus";
    CHECK(match_any(&settings, &occurrence));
    plain.marks.audience = NULL;
    plain.feed = "cuf";
    CHECK(match_any(&settings, &occurrence));
}

/* Short of memory nothing is decided: the matched is never called unmatched, nor the other way
 * round, and match_any, which only spares work, says yes when it cannot know.                    */
TEST(memory_refused)
{
    static const struct {
        struct rule_settings rule;
        enum match want;
    } rows[] = {
        {{.title = "*交流会議*"}, MATCH_YES},
        {{.category = "groupe-pays japon", .title = "8es*"}, MATCH_YES},
        {{.category = "Rencontres"}, MATCH_CATEGORY},
        {{.title = "Conseil*"}, MATCH_TITLE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rule_settings rule = rows[i].rule;
        struct settings settings = {.rules = &rule, .rule_count = 1};
        int refused = 0;
        for (size_t bytes = 16; bytes < 1 << 12; bytes += 16) {
            enum match got = MATCH_YES;
            CLEANUP_ARENA struct arena *arena = arena_new(bytes);
            REQUIRE(arena != NULL);
            int r = match_rule(arena, &rule, &rencontres, &got);
            refused += r == -ENOMEM;
            CHECK(r == -ENOMEM || (r == 0 && got == rows[i].want));
        }
        CHECK(refused > 0);
        TORTURE(n)
        {
            bool is_any = match_any(&settings, &rencontres);
            CHECK(is_any || rows[i].want != MATCH_YES);
        }
    }
}

CHECK_MAIN
