/* SPDX-License-Identifier: MIT */
/* What facts do when memory is refused. */
#include "model/facts.h"
#include "torture.h"

TEST(facts_without_memory)
{
    struct event event = {.summary = {.any = "Re\xCC\x81union", .in[LANGUAGE_JA] = "会合"},
                          .location = {.any = "Salle A\nNancy"},
                          .link = "https://b.example https://A.example/"};
    struct zones *zones = zones_new(NULL);
    struct arena *warm = arena_new(1 << 20);
    struct facts want, facts, back;
    REQUIRE(zones && warm);
    struct occurrence occurrence = {.event = &event,
                                    .when = {.zone = zones_find(zones, TEXT("Asia/Tokyo"))}};
    REQUIRE(facts_of(warm, &occurrence, &want) == 0);
    TORTURE(n)
    {
        struct arena *arena = arena_new(1 << 20);
        if (!arena)
            continue;
        int r = facts_of(arena, &occurrence, &facts);
        CHECK(r == -ENOMEM || (r == 0 && strcmp(facts.id, want.id) == 0));
        r = facts_parse(arena, zones, want.text, &back);
        CHECK(r == -ENOMEM || (r == 0 && strcmp(back.id, want.id) == 0));
        arena_free(arena);
    }
    arena_free(warm);
    zones_free(zones);
}

CHECK_MAIN
