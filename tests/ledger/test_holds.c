/* SPDX-License-Identifier: MIT */
/* Batches that wait for a human's word. */
#include "rig.h"

static int64_t owe_held(struct rig *rig, int64_t hold, const char *step, const char *contact,
                        struct instant expires)
{
    struct notice notice = rig_notice("uid-1", step, contact, NOTICE_REMINDER);
    notice.state = NOTICE_HELD;
    notice.hold = hold;
    notice.expires = expires;
    return rig_owe(rig, notice);
}

TEST(a_hold_says_what_it_holds)
{
    RIG rig;
    rig_init(&rig);
    int64_t hold = 0, empty = 0;
    struct holds holds;
    BEGIN(rig);
    CHECK_INT(ledger_hold(rig.ledger, "300 messages in a pass", DAY(1), &hold), 0);
    owe_held(&rig, hold, "reminder-7d", "a@example.org", DAY(5));
    owe_held(&rig, hold, "reminder-1d", "a@example.org", DAY(8));
    owe_held(&rig, hold, "reminder-7d", "b@example.org", DAY(6));
    CHECK_INT(ledger_hold(rig.ledger, "a calendar vanished", DAY(2), &empty), 0);
    COMMIT(rig);
    REQUIRE(ledger_holds(rig.ledger, rig.arena, &holds) == 0);
    REQUIRE(holds.count == 2);
    CHECK_INT(holds.items[0].id, hold);
    CHECK_STRING(holds.items[0].reason, "300 messages in a pass");
    CHECK(instant_equal(holds.items[0].created, DAY(1)));
    CHECK(instant_equal(holds.items[0].expires, DAY(8)));
    CHECK_INT(holds.items[0].messages, 3);
    CHECK_INT(holds.items[0].contacts, 2);
    CHECK_INT(holds.items[1].id, empty);
    CHECK_INT(holds.items[1].messages, 0);
    CHECK(instant_equal(holds.items[1].expires, INSTANT_UNSET));
    struct ledger_counts counts;
    CHECK_INT(ledger_counts(rig.ledger, &counts), 0);
    CHECK_INT(counts.holds, 2);
    CHECK_INT(counts.states[NOTICE_HELD], 3);
}

TEST(approved_leaves_and_discarded_does_not)
{
    RIG rig;
    rig_init(&rig);
    int64_t good = 0, bad = 0;
    size_t count = 0;
    struct notices due;
    struct holds holds;
    BEGIN(rig);
    CHECK_INT(ledger_hold(rig.ledger, "good", DAY(1), &good), 0);
    CHECK_INT(ledger_hold(rig.ledger, "bad", DAY(1), &bad), 0);
    struct instant closed;
    CHECK_INT(ledger_hold_closed(rig.ledger, good, &closed), 0);
    CHECK(instant_equal(closed, INSTANT_UNSET));
    int64_t a = owe_held(&rig, good, "x", "a@example.org", DAY(5));
    int64_t b = owe_held(&rig, good, "x", "b@example.org", DAY(5));
    int64_t c = owe_held(&rig, bad, "y", "a@example.org", DAY(5));
    CHECK_INT(ledger_move(rig.ledger, b, NOTICE_SUPERSEDED, "cancelled meanwhile", DAY(1)), 0);
    COMMIT(rig);
    CHECK_INT(ledger_due(rig.ledger, rig.arena, DAY(2), 9, &due), 0);
    CHECK_INT(due.count, 0);
    BEGIN(rig);
    CHECK_INT(ledger_approve(rig.ledger, good, DAY(2), &count), 0);
    CHECK_INT(count, 1);
    CHECK_INT(ledger_discard(rig.ledger, bad, DAY(2), &count), 0);
    CHECK_INT(count, 1);
    CHECK_INT(ledger_hold_closed(rig.ledger, good, &closed), 0);
    CHECK(instant_equal(closed, DAY(2)));
    CHECK_INT(ledger_hold_closed(rig.ledger, 77, &closed), 0);
    CHECK(instant_equal(closed, INSTANT_UNSET));
    CHECK_INT(ledger_approve(rig.ledger, good, DAY(2), &count), LEDGER_E_ABSENT);
    CHECK_INT(ledger_discard(rig.ledger, good, DAY(2), &count), LEDGER_E_ABSENT);
    CHECK_INT(ledger_approve(rig.ledger, 77, DAY(2), &count), LEDGER_E_ABSENT);
    COMMIT(rig);
    CHECK_INT(rig_find(&rig, a).state, NOTICE_OWED);
    CHECK_INT(rig_find(&rig, b).state, NOTICE_SUPERSEDED);
    CHECK_INT(rig_find(&rig, c).state, NOTICE_SUPERSEDED);
    CHECK_INT(ledger_due(rig.ledger, rig.arena, DAY(2), 9, &due), 0);
    CHECK_INT(due.count, 1);
    CHECK_INT(ledger_holds(rig.ledger, rig.arena, &holds), 0);
    CHECK_INT(holds.count, 0);
}

TEST(a_hold_with_nothing_left_asks_nothing)
{
    RIG rig;
    rig_init(&rig);
    int64_t hold = 0;
    size_t count = 0;
    struct holds holds;
    BEGIN(rig);
    CHECK_INT(ledger_hold(rig.ledger, "too slow", DAY(1), &hold), 0);
    owe_held(&rig, hold, "x", "a@example.org", DAY(5));
    CHECK_INT(ledger_expire(rig.ledger, DAY(5), &count), 0);
    COMMIT(rig);
    CHECK_INT(count, 1);
    CHECK_INT(ledger_holds(rig.ledger, rig.arena, &holds), 0);
    CHECK_INT(holds.count, 0);
    BEGIN(rig);
    CHECK_INT(ledger_approve(rig.ledger, hold, DAY(6), &count), LEDGER_E_ABSENT);
    CHECK_INT(ledger_discard(rig.ledger, hold, DAY(6), &count), LEDGER_E_ABSENT);
    COMMIT(rig);
}

TEST(a_hold_without_notices_is_answered)
{
    RIG rig;
    rig_init(&rig);
    int64_t hold = 0;
    size_t count = 7;
    BEGIN(rig);
    CHECK_INT(ledger_hold(rig.ledger, "the contact list shrank", DAY(1), &hold), 0);
    CHECK_INT(ledger_approve(rig.ledger, hold, DAY(2), &count), 0);
    COMMIT(rig);
    CHECK_INT(count, 0);
}

TEST(the_uncertain_may_wait_too)
{
    RIG rig;
    rig_init(&rig);
    int64_t hold = 0;
    size_t count = 0;
    struct outcome lost = rig_outcome(VERDICT_UNCERTAIN, 0, "connection lost after the final dot");
    BEGIN(rig);
    int64_t id = rig_owe(&rig, rig_notice("uid-1", "x", "a@example.org", NOTICE_REMINDER));
    CHECK_INT(ledger_claim(rig.ledger, id, "m@x", DAY(1)), 0);
    CHECK_INT(ledger_keep_bytes(rig.ledger, id, TEXT("the very bytes")), 0);
    CHECK_INT(ledger_outcome(rig.ledger, id, &lost, DAY(1), DAY(1)), 0);
    CHECK_INT(ledger_hold(rig.ledger, "perhaps already there", DAY(1), &hold), 0);
    CHECK_INT(ledger_put_on_hold(rig.ledger, id, hold, "waits", DAY(1)), 0);
    CHECK_INT(ledger_put_on_hold(rig.ledger, id, hold, "twice", DAY(1)), LEDGER_E_TRANSITION);
    COMMIT(rig);
    CHECK_INT(rig_find(&rig, id).hold, hold);
    BEGIN(rig);
    CHECK_INT(ledger_approve(rig.ledger, hold, DAY(2), &count), 0);
    COMMIT(rig);
    struct notices due;
    REQUIRE(ledger_due(rig.ledger, rig.arena, DAY(2), 9, &due) == 0);
    REQUIRE(due.count == 1);
    CHECK_STRING(due.items[0].message_id, "m@x");
    /* Whoever approves may still send a twin: it must be the same message. */
    struct text bytes;
    CHECK_INT(ledger_find_bytes(rig.ledger, rig.arena, id, &bytes), 0);
    CHECK(text_is(bytes, "the very bytes"));
}

CHECK_MAIN
