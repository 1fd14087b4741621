/* SPDX-License-Identifier: MIT */
/* The opposition list. */
#include "rig.h"

static struct membership members_of(struct rig *rig, const char *const *emails, size_t count)
{
    struct contact *contacts = arena_alloc_array(rig->arena, count, sizeof *contacts);
    const struct contact **items = arena_alloc_array(rig->arena, count, sizeof *items);
    for (size_t i = 0; i < count; i++) {
        contacts[i].email = emails[i];
        items[i] = &contacts[i];
    }
    struct contact_list list = {items, count};
    struct suppressed *suppressed = NULL;
    if (rig_suppressed(rig, &list, NULL, &suppressed))
        abort();
    return suppressed->members;
}

static const char *const emails[] = {"Jean.Dupont@example.org", "a@example.org", "b@example.org",
                                     "c@example.org"};

TEST(case_makes_no_other_person)
{
    RIG rig;
    rig_init(&rig);
    CHECK_INT(members_of(&rig, emails, 4).bits[0], 0);
    BEGIN(rig);
    CHECK_INT(
        ledger_suppress(rig.ledger, "jean.dupont@EXAMPLE.org", SUPPRESSED_OPPOSED, "mail", DAY(1)),
        0);
    CHECK_INT(ledger_suppress(rig.ledger, "c@example.org", SUPPRESSED_DEAD, "550 5.1.1", DAY(2)),
              0);
    COMMIT(rig);
    struct membership members = members_of(&rig, emails, 4);
    CHECK_INT(members.count, 4);
    CHECK_INT(members.bits[0], 1 << 0 | 1 << 3);
    CHECK_INT(members_of(&rig, emails, 0).count, 0);
    char endless[600] = {0};
    memset(endless, 'a', sizeof endless - 1);
    const struct {
        const char *address;
        bool is_suppressed;
    } rows[] = {{"Jean.Dupont@example.org", true}, {"b@example.org", false}, {endless, false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool is_suppressed;
        CHECK_INT(ledger_is_suppressed(rig.ledger, rows[i].address, &is_suppressed), 0);
        CHECK_INT(is_suppressed, rows[i].is_suppressed);
    }
}

TEST(what_was_found_holds_until_somebody_is_suppressed_or_freed)
{
    RIG rig;
    rig_init(&rig);
    const struct contact a = {.email = "a@example.org"}, b = {.email = "b@example.org"};
    const struct contact *items[] = {&a, &b};
    const struct contact_list list = {items, 2};
    struct suppressed *found = NULL, *before;
    static const struct {
        const char *suppress, *free, *forget;
        uint64_t bits;
    } rows[] = {
        {.bits = 0},
        {.suppress = "a@example.org", .bits = 1},
        {.suppress = "x@example.org", .bits = 1}, /* in no list */
        {.forget = "a@example.org", .bits = 1},   /* by its hash */
        {.suppress = "b@example.org", .bits = 3},
        {.free = "a@example.org", .bits = 2},
        {.free = "x@example.org", .suppress = "a@example.org", .bits = 3}, /* as many as before */
        {.free = "a@example.org", .bits = 2},
        {.free = "b@example.org", .bits = 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t erased;
        before = found;
        BEGIN(rig);
        if (rows[i].free)
            CHECK_INT(ledger_unsuppress(rig.ledger, rows[i].free), 0);
        if (rows[i].suppress)
            CHECK_INT(
                ledger_suppress(rig.ledger, rows[i].suppress, SUPPRESSED_OPPOSED, "x", DAY(1)), 0);
        if (rows[i].forget)
            CHECK_INT(ledger_forget(rig.ledger, rows[i].forget, &erased), 0);
        COMMIT(rig);
        REQUIRE(rig_suppressed(&rig, &list, before, &found) == 0);
        CHECK_INT(found->members.bits[0], rows[i].bits);
        CHECK(found != before);
        before = found;
        REQUIRE(rig_suppressed(&rig, &list, before, &found) == 0);
        CHECK(found == before);
    }
}

TEST(the_list_says_why)
{
    RIG rig;
    rig_init(&rig);
    struct suppressions list;
    BEGIN(rig);
    CHECK_INT(ledger_suppress(rig.ledger, "b@example.org", SUPPRESSED_DEAD, "550", DAY(1)), 0);
    CHECK_INT(ledger_suppress(rig.ledger, "a@example.org", SUPPRESSED_STAFF, NULL, DAY(2)), 0);
    COMMIT(rig);
    REQUIRE(ledger_suppressions(rig.ledger, rig.arena, &list) == 0);
    REQUIRE(list.count == 2);
    CHECK_STRING(list.items[0].address, "a@example.org");
    CHECK_INT(list.items[0].reason, SUPPRESSED_STAFF);
    CHECK_STRING(list.items[0].text, NULL);
    CHECK_STRING(list.items[1].address, "b@example.org");
    CHECK_INT(list.items[1].reason, SUPPRESSED_DEAD);
    CHECK_STRING(list.items[1].text, "550");
    CHECK(instant_equal(list.items[1].at, DAY(1)));
    struct ledger_counts counts;
    CHECK_INT(ledger_counts(rig.ledger, &counts), 0);
    CHECK_INT(counts.suppressions, 2);
}

TEST(the_stronger_word_stays)
{
    static const struct {
        const char *title;
        enum suppression_reason first, then, want;
    } rows[] = {
        {"a bounce does not hide a refusal", SUPPRESSED_OPPOSED, SUPPRESSED_DEAD,
         SUPPRESSED_OPPOSED},
        {"a refusal outweighs a bounce", SUPPRESSED_DEAD, SUPPRESSED_OPPOSED, SUPPRESSED_OPPOSED},
        {"staff outweigh a bounce", SUPPRESSED_DEAD, SUPPRESSED_STAFF, SUPPRESSED_STAFF},
        {"a refusal outweighs staff", SUPPRESSED_STAFF, SUPPRESSED_OPPOSED, SUPPRESSED_OPPOSED},
        {"staff do not hide a refusal", SUPPRESSED_OPPOSED, SUPPRESSED_STAFF, SUPPRESSED_OPPOSED},
        {"a bounce does not hide staff", SUPPRESSED_STAFF, SUPPRESSED_DEAD, SUPPRESSED_STAFF},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        RIG rig;
        rig_init(&rig);
        struct suppressions list;
        CHECK_ROW(rows[i].title);
        BEGIN(rig);
        CHECK_INT(ledger_suppress(rig.ledger, "a@x.org", rows[i].first, "first", DAY(1)), 0);
        CHECK_INT(ledger_suppress(rig.ledger, "A@x.org", rows[i].then, "then", DAY(2)), 0);
        COMMIT(rig);
        REQUIRE(ledger_suppressions(rig.ledger, rig.arena, &list) == 0);
        REQUIRE(list.count == 1);
        CHECK_INT(list.items[0].reason, rows[i].want);
        CHECK_STRING(list.items[0].text, rows[i].want == rows[i].first ? "first" : "then");
    }
}

TEST(unsuppress)
{
    RIG rig;
    rig_init(&rig);
    BEGIN(rig);
    CHECK_INT(ledger_unsuppress(rig.ledger, "a@example.org"), LEDGER_E_ABSENT);
    CHECK_INT(ledger_suppress(rig.ledger, "a@example.org", SUPPRESSED_OPPOSED, "x", DAY(1)), 0);
    CHECK_INT(ledger_unsuppress(rig.ledger, "A@Example.Org"), 0);
    COMMIT(rig);
    CHECK_INT(members_of(&rig, emails, 4).bits[0], 0);
}

TEST(an_opposition_outlives_its_person)
{
    RIG rig;
    rig_init(&rig);
    struct suppressions list;
    BEGIN(rig);
    CHECK_INT(
        ledger_suppress(rig.ledger, "jean.dupont@example.org", SUPPRESSED_OPPOSED, "words", DAY(1)),
        0);
    CHECK_INT(ledger_suppress(rig.ledger, "b@example.org", SUPPRESSED_DEAD, "550", DAY(1)), 0);
    CHECK_INT(ledger_forget(rig.ledger, "Jean.Dupont@example.org", NULL), 0);
    CHECK_INT(ledger_forget(rig.ledger, "b@example.org", NULL), 0);
    COMMIT(rig);
    rig_reopen(&rig);
    REQUIRE(ledger_suppressions(rig.ledger, rig.arena, &list) == 0);
    REQUIRE(list.count == 1); /* a dead mailbox said nothing that must outlive it */
    CHECK_STRING(list.items[0].address, NULL);
    CHECK_STRING(list.items[0].text, NULL);
    CHECK_INT(members_of(&rig, emails, 4).bits[0], 1);
    /* Neither a bounce nor a second request brings the address back. */
    BEGIN(rig);
    CHECK_INT(
        ledger_suppress(rig.ledger, "jean.dupont@example.org", SUPPRESSED_OPPOSED, "again", DAY(3)),
        0);
    COMMIT(rig);
    REQUIRE(ledger_suppressions(rig.ledger, rig.arena, &list) == 0);
    CHECK_STRING(list.items[0].address, NULL);
    BEGIN(rig);
    CHECK_INT(ledger_unsuppress(rig.ledger, "JEAN.DUPONT@example.org"), 0);
    COMMIT(rig);
    CHECK_INT(members_of(&rig, emails, 4).bits[0], 0);
}

TEST(many_contacts_and_word_limits)
{
    enum { MANY = 200 };
    static char names[MANY][32];
    const char *list[MANY];
    RIG rig;
    rig_init(&rig);
    BEGIN(rig);
    for (int i = 0; i < MANY; i++) {
        snprintf(names[i], sizeof names[i], "p%03d@example.org", i);
        list[i] = names[i];
        if (i % 3 == 0)
            CHECK_INT(ledger_suppress(rig.ledger, names[i], SUPPRESSED_OPPOSED, "x", DAY(1)), 0);
        if (i % 6 == 0)
            CHECK_INT(ledger_forget(rig.ledger, names[i], NULL), 0);
    }
    COMMIT(rig);
    struct membership members = members_of(&rig, list, MANY);
    for (size_t i = 0; i < MANY; i++) {
        CHECK_ROW(names[i]);
        CHECK_INT(membership_has(&members, i), i % 3 == 0);
    }
}

CHECK_MAIN
