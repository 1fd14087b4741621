/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "base/text.h"
#include "model/notice.h"

#include "check.h"

TEST(texts_there_and_back)
{
    for (int i = 0; i < NOTICE_KIND_COUNT; i++) {
        enum notice_kind kind = NOTICE_KIND_COUNT;
        CHECK(notice_kind_from_text(text_of(notice_kind_to_text((enum notice_kind)i)), &kind));
        CHECK_INT(kind, i);
    }
    for (int i = 0; i < NOTICE_STATE_COUNT; i++) {
        enum notice_state state = NOTICE_STATE_COUNT;
        CHECK(notice_state_from_text(text_of(notice_state_to_text((enum notice_state)i)), &state));
        CHECK_INT(state, i);
    }
    enum notice_kind kind = NOTICE_THANKS;
    CHECK(!notice_kind_from_text(TEXT("Invitation"), &kind));
    CHECK(!notice_kind_from_text(TEXT(""), &kind));
    CHECK_INT(kind, NOTICE_THANKS);
}

/* What must never happen, whatever else the table says. */
TEST(transitions)
{
    for (int i = 0; i < NOTICE_STATE_COUNT; i++) {
        enum notice_state state = (enum notice_state)i;
        CHECK_ROW(notice_state_to_text(state));
        CHECK(!notice_may_become(state, state));
        CHECK(!notice_may_become(NOTICE_ACCEPTED, state)); /* sent is sent */
        CHECK(!notice_may_become(NOTICE_SUPERSEDED, state));
        CHECK(!notice_may_become(NOTICE_SUPPRESSED, state));
        if (state != NOTICE_CLAIMED) /* nothing leaves without a claim */
            CHECK(!notice_may_become(state, NOTICE_ACCEPTED));
        if (notice_state_is_final(state)) /* only a human's retry */
            for (int k = 0; k < NOTICE_STATE_COUNT; k++)
                CHECK(k == NOTICE_OWED || !notice_may_become(state, (enum notice_state)k));
    }
    CHECK(notice_may_become(NOTICE_OWED, NOTICE_CLAIMED));
    CHECK(notice_may_become(NOTICE_CLAIMED, NOTICE_ACCEPTED));
    CHECK(notice_may_become(NOTICE_CLAIMED, NOTICE_UNCERTAIN));
    CHECK(notice_may_become(NOTICE_DEFERRED, NOTICE_CLAIMED));
    CHECK(notice_may_become(NOTICE_HELD, NOTICE_OWED));
    CHECK(!notice_may_become(NOTICE_HELD, NOTICE_CLAIMED)); /* only after the human's word */
}

/* A copy outlives what it was made of, texts and all. */
TEST(copy)
{
    CLEANUP_ARENA struct arena *arena = arena_new(1 << 16);
    CLEANUP_ARENA struct arena *small = arena_new(64);
    char text[] = "a@b.example";
    struct notice copy, notice = {.id = 7,
                                  .occurrence = text,
                                  .step = text,
                                  .contact = text,
                                  .kind = NOTICE_REMINDER,
                                  .rule = text,
                                  .facts = text,
                                  .message_id = text,
                                  .zone = text,
                                  .attempts = 3};
    REQUIRE(arena && small && notice_copy(arena, &notice, &copy) == 0);
    text[0] = 'x';
    CHECK_INT(copy.id, 7);
    CHECK_INT(copy.kind, NOTICE_REMINDER);
    CHECK_INT(copy.attempts, 3);
    CHECK_STRING(copy.occurrence, "a@b.example");
    CHECK_STRING(copy.message_id, "a@b.example");
    CHECK_STRING(copy.zone, "a@b.example");
    CHECK(!copy.template_name && !copy.facts_before && !copy.reply);
    CHECK_INT(notice_copy(small, &notice, &copy), -ENOMEM);
}

CHECK_MAIN
