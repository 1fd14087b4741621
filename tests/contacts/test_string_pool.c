/* SPDX-License-Identifier: MIT */
#include "contacts/string_pool.h"

#include <string.h>

#include "check.h"

TEST(keeping_and_sharing)
{
    CLEANUP_ARENA struct arena *arena = arena_new((size_t)64 << 20);
    struct string_pool *pool = arena_alloc(arena, sizeof *pool);
    pool->arena = arena;
    const char *a = string_pool_keep(pool, TEXT("Nancy")),
               *b = string_pool_keep(pool, TEXT("Nancy"));
    CHECK_STRING(a, "Nancy");
    CHECK(b == a + 6); /* side by side */
    const char *c = string_pool_share(pool, TEXT("Ville de Nancy"));
    CHECK(string_pool_share(pool, TEXT("Ville de Nancy")) == c);
    CHECK_STRING(string_pool_share(pool, TEXT("Ville de Nanc")), "Ville de Nanc");
    CHECK_STRING(string_pool_share(pool, TEXT("")), "");
    CHECK_STRING(c, "Ville de Nancy");
}

/* A NUL in a cell is no end to compare at: what was kept before it may be shorter. */
TEST(sharing_beside_a_nul)
{
    CLEANUP_ARENA struct arena *arena = arena_new((size_t)64 << 20);
    struct string_pool *pool = arena_alloc(arena, sizeof *pool);
    static char bytes[3000] = "Nancy";
    char *word = arena_alloc(arena, sizeof bytes + 1);
    memcpy(word, bytes, 5);
    pool->arena = arena;
    for (size_t i = 0; i < STRING_POOL_RECENT; i++)
        pool->recent[i] = word;
    const char *kept = string_pool_share(pool, (struct text){bytes, sizeof bytes});
    CHECK(kept && kept != word);
}

/* Any size, whatever is left of a block; and no more memory than they take. */
TEST(many_sizes)
{
    CLEANUP_ARENA struct arena *arena = arena_new((size_t)64 << 20);
    struct string_pool *pool = arena_alloc(arena, sizeof *pool);
    static char bytes[8000];
    const char *kept[8000];
    size_t total = 0;
    pool->arena = arena;
    memset(bytes, 'x', sizeof bytes);
    for (size_t i = 0; i < 8000; i++) {
        size_t size = i * 37 % 8000;
        kept[i] = string_pool_keep(pool, (struct text){bytes, size});
        REQUIRE(kept[i]);
        total += size + 1;
    }
    for (size_t i = 0; i < 8000; i++)
        CHECK(strlen(kept[i]) == i * 37 % 8000);
    CHECK(arena_bytes(arena) < total + total / 8);
}

CHECK_MAIN
