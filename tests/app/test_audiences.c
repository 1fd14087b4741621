/* SPDX-License-Identifier: MIT */
#include "app/audiences.h"

#include <string.h>

#include "check.h"

/* Every expression is looked at, and what is wrong with a named one is told once. */
TEST(checking)
{
    static const struct audience_settings named[] = {
        {"unused", "a | & b", 3}, {"shared", "nobody", 4}, {"circle", "circle", 5}};
    static const struct step_settings steps[] = {{.audience = "shared - ("}, {.audience = "all"}};
    static const struct rule_settings rules[] = {
        {.audience = "shared", .line = 7, .steps = steps, .step_count = 2},
        {.audience = "shared | a", .line = 8}};
    static const struct newsletter_settings newsletters[] = {{.audience = "all", .canary = "!"}};
    static const struct settings settings = {.audiences = named,
                                             .audience_count = 3,
                                             .rules = rules,
                                             .rule_count = 2,
                                             .newsletters = newsletters,
                                             .newsletter_count = 1};
    static const struct {
        int line;
        const char *words;
    } want[] = {
        {3, "missing before this sign"},
        {4, "nobody is in the group \"nobody\""},
        {5, "circle"},
        {7, "missing at the end"},
        {8, "group \"a\""},
        {0, "missing at the end"},
    };
    CLEANUP_ARENA struct arena *arena = arena_new(1 << 20);
    struct contact_list list = {0};
    struct flaws flaws;
    flaws_init(&flaws, arena, "convier.cfg");
    REQUIRE(audiences_check(arena, &settings, &list, &flaws) == 0);
    REQUIRE(flaws.count == sizeof want / sizeof *want);
    for (size_t i = 0; i < flaws.count; i++) {
        CHECK_ROW(flaws.items[i].text);
        CHECK_INT(flaws.items[i].line, want[i].line);
        CHECK(strstr(flaws.items[i].text, want[i].words));
    }
    flaws_init(&flaws, arena, "convier.cfg");
    REQUIRE(audiences_check(arena, &settings, NULL, &flaws) == 0);
    CHECK_INT(flaws.count, 4); /* no list: nothing about groups */
}

CHECK_MAIN
