/* SPDX-License-Identifier: MIT */
/* Kinds and states of notices have words of their own in each language. */
#include "check.h"
#include "plan/notice_words.h"

#include "base/text.h"

TEST(every_kind_and_state_has_a_word)
{
    for (int language = 0; language < LANGUAGE_COUNT; language++) {
        enum language in = (enum language)language;
        for (int i = 0; i < NOTICE_KIND_COUNT; i++) {
            enum notice_kind kind = (enum notice_kind)i;
            CHECK_ROW(notice_kind_to_text(kind));
            CHECK(!string_is_empty(notice_words_kind(kind, in)));
            for (int k = 0; k < i; k++)
                CHECK(!string_equal(notice_words_kind(kind, in),
                                    notice_words_kind((enum notice_kind)k, in)));
        }
        for (int i = 0; i < NOTICE_STATE_COUNT; i++) {
            enum notice_state state = (enum notice_state)i;
            CHECK_ROW(notice_state_to_text(state));
            CHECK(!string_is_empty(notice_words_state(state, in)));
            CHECK(!string_is_empty(notice_words_told(state, in)));
            for (int k = 0; k < i; k++)
                CHECK(!string_equal(notice_words_state(state, in),
                                    notice_words_state((enum notice_state)k, in)));
        }
    }
}

/* Tables of an English house have the words that --json has. */
TEST(english_is_the_ledgers)
{
    for (int i = 0; i < NOTICE_KIND_COUNT; i++)
        CHECK_STRING(notice_words_kind((enum notice_kind)i, LANGUAGE_EN),
                     notice_kind_to_text((enum notice_kind)i));
    for (int i = 0; i < NOTICE_STATE_COUNT; i++)
        CHECK_STRING(notice_words_state((enum notice_state)i, LANGUAGE_EN),
                     notice_state_to_text((enum notice_state)i));
}

TEST(counted)
{
    static const struct {
        enum language language;
        const char *want;
    } rows[] = {
        {LANGUAGE_FR, "0 refusé, 1 accepté, 2 retenus, 3 à envoyer, 2 oppositions"},
        {LANGUAGE_JA, "拒否 0 通、送信済み 1 通、保留 2 通、送信待ち 3 通、配信停止 2 通"},
        {LANGUAGE_EN, "0 refused, 1 accepted, 2 held, 3 owed, 2 suppressed"},
    };
    struct arena *arena = arena_new(1 << 16);
    REQUIRE(arena != NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        enum language language = rows[i].language;
        const char *said = notice_words_count(arena, "", NOTICE_REFUSED, 0, language);
        said = notice_words_count(arena, said, NOTICE_ACCEPTED, 1, language);
        said = notice_words_count(arena, said, NOTICE_HELD, 2, language);
        said = notice_words_count(arena, said, NOTICE_OWED, 3, language);
        said = notice_words_count(arena, said, NOTICE_SUPPRESSED, 2, language);
        CHECK_STRING(said, rows[i].want);
    }
    CHECK_STRING(notice_words_count(arena, NULL, NOTICE_OWED, 1, LANGUAGE_EN), NULL);
    arena_free(arena);
}

CHECK_MAIN
