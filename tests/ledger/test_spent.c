/* SPDX-License-Identifier: MIT */
/* What was handed to the relay, however the run ended. */
#include "rig.h"

#define AFTER(usec) instant_add(DAY(1), (usec))

static size_t spent_since(struct rig *rig, struct instant since)
{
    struct spendings list;
    size_t count = 0;
    REQUIRE(ledger_spent(rig->ledger, rig->arena, since, &list) == 0);
    for (size_t i = 0; i < list.count; i++)
        count += list.items[i].count;
    return count;
}

TEST(groups_of_one_second_are_one_row)
{
    RIG rig;
    struct spendings list;
    rig_init(&rig);
    BEGIN(rig);
    CHECK_INT(ledger_spend(rig.ledger, 3, AFTER(100)), 0);
    CHECK_INT(ledger_spend(rig.ledger, 4, AFTER(USEC_PER_SEC - 1)), 0);
    CHECK_INT(ledger_spend(rig.ledger, 5, AFTER(USEC_PER_SEC)), 0);
    COMMIT(rig);
    REQUIRE(ledger_spent(rig.ledger, rig.arena, AFTER(200), &list) == 0);
    REQUIRE(list.count == 2);
    CHECK(instant_equal(list.items[0].at, DAY(1)));
    CHECK_INT(list.items[0].count, 7);
    CHECK(instant_equal(list.items[1].at, AFTER(USEC_PER_SEC)));
    CHECK_INT(spent_since(&rig, AFTER(USEC_PER_SEC)), 5);
    CHECK_INT(spent_since(&rig, AFTER(2 * USEC_PER_SEC)), 0);
}

TEST(only_what_did_not_leave_comes_back)
{
    RIG rig;
    rig_init(&rig);
    BEGIN(rig);
    CHECK_INT(ledger_spend(rig.ledger, 3, DAY(1)), 0);
    CHECK_INT(ledger_spend(rig.ledger, 4, DAY(2)), 0);
    CHECK_INT(ledger_return(rig.ledger, 2, DAY(1)), 0);
    CHECK_INT(spent_since(&rig, DAY(1)), 5);
    CHECK_INT(spent_since(&rig, DAY(2)), 4);
    CHECK_INT(ledger_return(rig.ledger, 9, DAY(1)), 0); /* more than there is */
    CHECK_INT(ledger_return(rig.ledger, 9, DAY(0)), 0); /* of a time that is forgotten */
    CHECK_INT(spent_since(&rig, DAY(0)), 4);
    COMMIT(rig);
}

/* The claim and its price are one: what was not committed was not handed over, what was counts
 * though nobody wrote down an outcome, and though the person is erased. */
TEST(a_claim_counts_without_an_outcome)
{
    RIG rig;
    size_t count = 0;
    rig_init(&rig);
    BEGIN(rig);
    int64_t id =
        rig_owe(&rig, rig_notice("uid-1", "invitation", "a@example.org", NOTICE_INVITATION));
    CHECK_INT(ledger_claim(rig.ledger, id, "id@convier", DAY(1)), 0);
    CHECK_INT(ledger_spend(rig.ledger, 1, DAY(1)), 0);
    COMMIT(rig);
    BEGIN(rig);
    CHECK_INT(ledger_spend(rig.ledger, 1, DAY(1)), 0);
    rig_reopen(&rig);
    BEGIN(rig);
    CHECK_INT(ledger_settle_claims(rig.ledger, DAY(1), &count), 0);
    CHECK_INT(count, 1);
    CHECK_INT(ledger_forget(rig.ledger, "a@example.org", &count), 0);
    COMMIT(rig);
    CHECK_INT(spent_since(&rig, DAY(1)), 1);
}

TEST(it_does_not_grow)
{
    RIG rig;
    struct spendings list;
    rig_init(&rig);
    BEGIN(rig);
    for (int i = 0; i < 500; i++)
        CHECK_INT(ledger_spend(rig.ledger, 1, AFTER(i * USEC_PER_HOUR)), 0);
    COMMIT(rig);
    REQUIRE(ledger_spent(rig.ledger, rig.arena, DAY(0), &list) == 0);
    CHECK_INT(list.count, 49);
}

/* A clock that was a year ahead for a while must not hold back a year's mails. */
TEST(what_a_clock_ahead_wrote_goes)
{
    RIG rig;
    rig_init(&rig);
    BEGIN(rig);
    CHECK_INT(ledger_spend(rig.ledger, 9, DAY(366)), 0);
    CHECK_INT(ledger_spend(rig.ledger, 2, DAY(2)), 0);
    CHECK_INT(ledger_spend(rig.ledger, 1, DAY(1)), 0);
    COMMIT(rig);
    CHECK_INT(spent_since(&rig, DAY(1)), 3);
}

CHECK_MAIN
