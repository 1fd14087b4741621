/* SPDX-License-Identifier: MIT */
/* Every allocation fails once, over lists of each format: the answer is -ENOMEM (or all went well),
 * nothing leaks, and nobody is lost: a list is read whole or not at all.                         */
#include "torture.h"

#include "contacts/audience.h"
#include "fixture.h"

enum { LIST_BYTES_MAX = 1 << 20 };

static const char *const lists[] = {"card.vcf", "fr.csv",   "fr1252.csv", "jis.csv",
                                    "sep.csv",  "sjis.csv", "utf16.csv",  "utf8.csv"};

static int read_and_merge(const struct fixture *f, struct text raw, size_t *ret_count)
{
    struct arena *arena = arena_new(16 << 20);
    struct contact_rows rows = {0};
    struct contact_list list = {0};
    struct contact_guess guess;
    struct flaws flaws;
    flaws_init(&flaws, arena, "list");
    int r = arena ? contact_reader_parse(arena, raw, &f->options, &flaws, &rows, &guess) : -ENOMEM;
    if (!r)
        r = contact_reader_merge(arena, &rows, 1, &flaws, &list);
    *ret_count = r ? 0 : list.count;
    arena_free(arena);
    return r;
}

TEST(lists_of_real_programs)
{
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        CLEANUP_BUF struct buf raw = BUF_INIT(LIST_BYTES_MAX);
        struct fixture f = fixture_new();
        size_t whole, count;
        char path[256];
        CHECK_ROW(lists[i]);
        snprintf(path, sizeof path, CONVIER_TESTS "/fuzz/corpus/contacts/%s", lists[i]);
        REQUIRE(file_read(path, &raw) == 0);
        int sound = read_and_merge(&f, buf_text(&raw), &whole);
        REQUIRE(sound == 0 || sound == CONTACTS_E_REFUSED);
        TORTURE(n)
        {
            int r = read_and_merge(&f, buf_text(&raw), &count);
            CHECK(r == sound || r == -ENOMEM);
            CHECK_INT(count, r ? 0 : whole);
        }
        fixture_done(&f);
    }
}

static const char *const expressions[] = {
    "japon & (elus | services) - presse",
    "!presse & language = ja | organisation ~ \"Nancy\"",
    "bureau - jeanne@nancy.example",
    "all - (a | b | c | d | e | f | g | h)",
};

static int parse_and_evaluate(const char *expression, const struct settings *named,
                              const struct contact_list *list, size_t *ret_members)
{
    struct arena *arena = arena_new(1 << 20);
    struct audience *audience = NULL;
    struct membership members = {0};
    struct flaws flaws;
    bool is_in = false;
    flaws_init(&flaws, arena, "audience");
    int r = arena ? audience_parse(arena, expression, named, (struct settings_place){.line = 1},
                                   &flaws, &audience)
                  : -ENOMEM;
    r = r ? r : audience_evaluate(arena, audience, list, &members);
    *ret_members = 0;
    for (size_t i = 0; !r && i < list->count; i++)
        *ret_members += membership_has(&members, i);
    if (!r && !audience_explain(arena, audience, list->items[0], LANGUAGE_EN, &is_in))
        r = -ENOMEM;
    arena_free(arena);
    return r;
}

TEST(audiences)
{
    static const struct audience_settings names[] = {
        {.name = "bureau", .expression = "japon | elus", .place = {.line = 1}}};
    static const struct settings named = {.audiences = names, .audience_count = 1};
    struct fixture f = fixture_new();
    struct contact_list list =
        fixture_list(&f, "email,groups,language\njeanne@nancy.example,\"japon,elus\",fr\n"
                         "tanaka@kanazawa.example,japon,ja\nmary@press.example,presse,en\n");
    for (size_t i = 0; i < sizeof expressions / sizeof expressions[0]; i++) {
        size_t whole, members;
        CHECK_ROW(expressions[i]);
        REQUIRE(parse_and_evaluate(expressions[i], &named, &list, &whole) == 0);
        TORTURE(n)
        {
            int r = parse_and_evaluate(expressions[i], &named, &list, &members);
            CHECK(r == 0 || r == -ENOMEM);
            CHECK_INT(members, r && members == 0 ? 0 : whole);
        }
    }
    fixture_done(&f);
}

CHECK_MAIN
