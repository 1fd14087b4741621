/* room: model */
/* SPDX-License-Identifier: MIT */
/* Two roads: bytes as facts from a ledger, and bytes as what staff wrote in their calendar. */
#include <assert.h>
#include <string.h>

#include "model/facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct zones *zones;

static void read_back(struct arena *arena, const struct facts *facts)
{
    struct facts back;
    int r = facts_parse(arena, zones, facts->text, &back);
    assert(r == 0);
    assert(strcmp(back.text, facts->text) == 0 && strcmp(back.id, facts->id) == 0);
    assert(facts_differ(facts, &back) == 0);
}

/* The bytes, cut at LF LF, become title, place and link. */
static void write_down(struct arena *arena, struct text text)
{
    size_t first = text_find(text, TEXT("\n\n"));
    struct text rest = text_from(text, first + 2);
    size_t second = text_find(rest, TEXT("\n\n"));
    struct event event = {
        .summary = {.any = arena_copy_text(arena, text_slice(text, 0, first))},
        .location = {.in[LANGUAGE_JA] = arena_copy_text(arena, text_slice(rest, 0, second))},
        .link = arena_copy_text(arena, text_from(rest, second + 2)),
    };
    struct occurrence occurrence = {
        .event = &event, .when = {.start = {(int64_t)text.size}, .zone = zones_utc(zones)}};
    struct facts facts, again;
    if (facts_of(arena, &occurrence, &facts) != 0)
        return; /* larger than the arena */
    read_back(arena, &facts);
    /* What is clean stays as it is. */
    event.summary = facts.summary;
    event.location = facts.location;
    event.link = facts.link;
    if (facts_of(arena, &occurrence, &again) == 0)
        assert(strcmp(facts.text, again.text) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(1 << 22);
    struct facts facts;
    if (!zones)
        zones = zones_new(NULL);
    assert(arena && zones);
    struct text text = {(const char *)data, size};
    char *string = arena_copy_text(arena, text);
    if (string && facts_parse(arena, zones, string, &facts) == 0) {
        assert(strcmp(facts.text, string) == 0);
        read_back(arena, &facts);
    }
    write_down(arena, text);
    arena_free(arena);
    return 0;
}
