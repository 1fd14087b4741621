/* SPDX-License-Identifier: MIT */
/* Every allocation fails once: the answer is -ENOMEM (or all went well), nothing leaks, nothing of
 * a failed message stays in out.                                                                 */
#include "torture.h"

#include "compose/mustache.h"
#include "fixture.h"

TEST(mustache)
{
    TORTURE(n)
    {
        struct arena *arena = arena_new(1 << 20);
        struct buf out = BUF_INIT(1 << 16);
        struct flaws flaws;
        const struct mustache *template_ = NULL;
        int r = arena ? 0 : -ENOMEM;
        flaws_init(&flaws, arena, "t");
        if (!r)
            r = mustache_compile(arena,
                                 TEXT("{{#a}}x {{b.c}}\n{{<p}}{{$q}}\n y\n{{/q}}{{/p}}{{/a}}"),
                                 &flaws, &template_);
        const struct value data = {.kind = VALUE_NULL};
        if (!r)
            r = mustache_render(template_, &data, ESCAPE_HTML, NULL, NULL, &out);
        CHECK(r == 0 || r == -ENOMEM);
        buf_done(&out);
        arena_free(arena);
    }
}

TEST(templates)
{
    struct fixture f;
    fixture_init(&f);
    fixture_shipped(&f);
    REQUIRE(fixture_compile(&f) == 0); /* ICU loads its tables once and never forgets a refusal */
    TORTURE(n)
    {
        struct arena *arena = arena_new(16 << 20);
        struct flaws flaws;
        struct composer *composer = NULL;
        flaws_init(&flaws, arena, "t");
        int r = arena ? composer_new(&f.settings, f.locale, f.sources, f.source_count, TEXT("k"),
                                     &flaws, &composer)
                      : -ENOMEM;
        CHECK(r == 0 || r == -ENOMEM);
        composer_free(composer);
        arena_free(arena);
    }
    fixture_done(&f);
}

/* With its mold made before: md4c 0.4.8 frees the address of a link twice when memory is refused
 * in the middle of it.                                                                           */
TEST(one_message)
{
    static const struct event event = {.uid = "u",
                                       .summary = {.any = "Réunion *x*"},
                                       .location = {.any = "Tours"},
                                       .description = {.any = "a\n- b\nhttps://a.example"},
                                       .link = "https://a.example/b"};
    struct fixture f;
    fixture_init(&f);
    fixture_shipped(&f);
    struct occurrence occurrence = {.key = "u",
                                    .when =
                                        fixture_timed(&f, "2026-10-05T14:00:00+02:00",
                                                      "2026-10-05T16:30:00+02:00", "Europe/Paris"),
                                    .event = &event};
    struct facts facts;
    REQUIRE(facts_of(f.arena, &occurrence, &facts) == 0);
    struct contact contact = fixture_contact(&f, LANGUAGE_JA);
    const struct notice notice = {
        .occurrence = "u", .step = "s", .contact = contact.email, .kind = NOTICE_INVITATION};
    const struct compose_request request = {.notice = &notice,
                                            .facts = &facts,
                                            .occurrence = &occurrence,
                                            .contact = &contact,
                                            .rule = &f.rule,
                                            .date = fixture_instant("2026-09-05T07:00:00Z"),
                                            .calendar = TEXT("BEGIN:VCALENDAR\r\n"),
                                            .calendar_method = "REQUEST"};
    struct buf warm = BUF_INIT(1 << 20);
    struct message message;
    REQUIRE(fixture_compile(&f) == 0);
    REQUIRE(composer_compose(f.composer, f.arena, &request, &warm, &message, &f.flaws) == 0);
    TORTURE(n)
    {
        struct arena *arena = arena_new(16 << 20);
        struct buf out = BUF_INIT(1 << 20);
        struct flaws flaws;
        flaws_init(&flaws, arena, "t");
        int r =
            arena ? composer_compose(f.composer, arena, &request, &out, &message, &flaws) : -ENOMEM;
        CHECK(r == 0 || r == -ENOMEM);
        CHECK(r ? !out.size : text_equal(buf_text(&out), buf_text(&warm)));
        buf_done(&out);
        arena_free(arena);
    }
    buf_done(&warm);
    fixture_done(&f);
}

CHECK_MAIN
