/* SPDX-License-Identifier: MIT */
#include "base/flaw.h"

#include "check.h"

TEST(flaws_are_kept_up_to_a_number)
{
    CLEANUP_ARENA struct arena *arena = arena_new(1 << 22);
    struct flaws flaws;
    REQUIRE(arena != NULL);
    flaws_init(&flaws, arena, "a.csv");
    flaws_add(&flaws, SEVERITY_WARNING, 3, 0, NULL, "line %d is odd", 3);
    CHECK(!flaws_has_errors(&flaws));
    flaws_add(&flaws, SEVERITY_ERROR, 4, 7, "mend it", "line %d is broken", 4);
    CHECK(flaws_has_errors(&flaws));
    CHECK_STRING(flaws.items[1].text, "line 4 is broken");
    CHECK_STRING(flaws.items[1].advice, "mend it");
    CHECK_STRING(flaws.items[1].source, "a.csv");
    CHECK_INT(flaws.items[1].column, 7);
    for (int i = 0; i < FLAWS_MAX; i++)
        flaws_add(&flaws, SEVERITY_WARNING, i, 0, NULL, "again");
    CHECK_INT(flaws.count, FLAWS_MAX);
    CHECK_INT(flaws.dropped, 2);
    flaws_add(&flaws, SEVERITY_ERROR, 1, 0, NULL, "counted");
    flaws_drop(&flaws, SEVERITY_ERROR);
    CHECK_INT(flaws.dropped, 4);
    CHECK_INT(flaws.errors, 3);
    CHECK(!flaws.is_out_of_memory);
}

TEST(refused_memory_is_remembered)
{
    CLEANUP_ARENA struct arena *arena = arena_new(0);
    struct flaws flaws;
    REQUIRE(arena != NULL);
    flaws_init(&flaws, arena, NULL);
    flaws_add(&flaws, SEVERITY_ERROR, 1, 0, NULL, "x");
    CHECK(flaws.is_out_of_memory);
    CHECK_INT(flaws.count, 0);
}

CHECK_MAIN
