/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include "base/list.h"
#include "check.h"

TEST(zeroed_and_aligned)
{
    struct arena *arena = arena_new(1 << 20);
    REQUIRE(arena != NULL);
    for (size_t size = 0; size < 300; size++) {
        char *memory = arena_alloc(arena, size);
        REQUIRE(memory != NULL);
        CHECK((uintptr_t)memory % 16 == 0);
        for (size_t i = 0; i < size; i++)
            CHECK(memory[i] == 0);
        memset(memory, 'x', size); /* the next one must not see it */
    }
    arena_free(arena);
}

TEST(maximum)
{
    struct arena *arena = arena_new(100000);
    REQUIRE(arena != NULL);
    CHECK(arena_alloc(arena, 100001) == NULL);
    CHECK(arena_alloc(arena, SIZE_MAX) == NULL);
    CHECK(arena_alloc_array(arena, SIZE_MAX / 2, 4) == NULL);
    CHECK(arena_copy(arena, "", SIZE_MAX) == NULL);
    size_t got = 0;
    while (arena_alloc(arena, 100))
        got += 100;
    CHECK(got > 60000 && got <= 100000);
    arena_clear(arena);
    CHECK_INT(arena_bytes(arena), 0);
    CHECK(arena_alloc(arena, 100) != NULL); /* the same memory again */
    arena_free(arena);
    CHECK(arena_free(NULL) == NULL);
}

TEST(rewind)
{
    struct arena *arena = arena_new(1 << 20);
    REQUIRE(arena != NULL);
    const char *kept = arena_copy_string(arena, "kept");
    size_t bytes = arena_bytes(arena);
    struct arena_mark mark = arena_mark(arena);
    for (int turn = 0; turn < 50; turn++) {
        for (int i = 0; i < 40; i++) /* over several chunks */
            REQUIRE(arena_alloc(arena, 1000) != NULL);
        REQUIRE(arena_alloc(arena, 30000 + (size_t)turn) != NULL);
        arena_rewind(arena, mark);
        CHECK_INT(arena_bytes(arena), bytes);
        CHECK_STRING(kept, "kept");
    }
    arena_free(arena);
}

TEST(text_helpers)
{
    struct arena *arena = arena_new(1 << 20);
    REQUIRE(arena != NULL);
    CHECK_STRING(arena_copy(arena, "abc", 2), "ab");
    CHECK_STRING(arena_copy_text(arena, (struct text){NULL, 0}), "");
    CHECK(arena_copy_string(arena, NULL) == NULL);
    CHECK_STRING(arena_printf(arena, "%s-%d", "a", 7), "a-7");
    CHECK_STRING(arena_printf(arena, "%s", ""), "");
    arena_clear(arena);
    memset(arena_alloc(arena, 4096), 'x', 4096); /* memory that was used before */
    arena_clear(arena);
    CHECK_STRING(arena_copy(arena, "abc", 2), "ab");
    CHECK_STRING(arena_copy(arena, NULL, 0), "");
    CHECK_STRING(arena_printf(arena, "%d", 7), "7");
    arena_free(arena);
}

LIST_TYPE(numbers, int);

TEST(lists_keep_their_items)
{
    struct arena *arena = arena_new(1 << 20);
    struct numbers numbers = {0};
    REQUIRE(arena != NULL);
    for (int i = 0; i < 1000; i++) {
        int *slot = list_add(arena, &numbers);
        REQUIRE(slot != NULL);
        CHECK_INT(*slot, 0);
        *slot = i;
    }
    CHECK_INT(numbers.count, 1000);
    for (int i = 0; i < 1000; i++)
        CHECK_INT(numbers.items[i], i);
    numbers.count = 0; /* used again: the slot is zeroed all the same */
    CHECK_INT(*list_add(arena, &numbers), 0);
    arena_free(arena);
}

TEST(lists_with_room_do_not_move)
{
    struct arena *arena = arena_new(16 * 1024);
    struct numbers numbers = {0};
    REQUIRE(arena && list_reserve(arena, &numbers, 0) && !numbers.items);
    REQUIRE(
        list_reserve(arena, &numbers, 3000)); /* with what is left behind it would be too much */
    const int *first = numbers.items;
    for (int i = 0; i < 3000; i++)
        REQUIRE(list_add(arena, &numbers));
    CHECK(numbers.items == first && numbers.count == 3000);
    numbers = (struct numbers){0};
    CHECK(!list_reserve(arena, &numbers, 3000) && !numbers.capacity);
    arena_free(arena);
}

TEST(lists_say_when_memory_is_refused)
{
    struct arena *arena = arena_new(16 * 1024);
    struct numbers numbers = {0};
    size_t count = 0;
    REQUIRE(arena != NULL);
    while (list_add(arena, &numbers))
        count++;
    CHECK(count >= 1024 && numbers.count == count);
    arena_free(arena);
}

CHECK_MAIN
