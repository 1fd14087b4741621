/* SPDX-License-Identifier: MIT */
/* The life of a notice: owed, claimed, settled; and the order in which notices leave. */
#include <errno.h>

#include "rig.h"

TEST(a_notice_is_owed_once)
{
    RIG rig;
    rig_init(&rig);
    struct notice notice = rig_notice("uid-1", "invitation", "a@example.org", NOTICE_INVITATION);
    notice.template_name = "gala";
    notice.facts = "00112233aabbccdd";
    notice.facts_before = "ffeeddccbbaa9988";
    notice.sequence = 3;
    notice.language = LANGUAGE_JA;
    notice.zone = "Asia/Tokyo";
    int64_t id = 0, other = 0;
    BEGIN(rig);
    CHECK_INT(ledger_owe(rig.ledger, &notice, "30 days before", DAY(1), &id), 0);
    CHECK_INT(ledger_owe(rig.ledger, &notice, "again", DAY(2), &other), LEDGER_E_EXISTS);
    COMMIT(rig); /* EXISTS spoils nothing */
    CHECK(id > 0);
    CHECK_INT(other, 0);
    rig_reopen(&rig);
    BEGIN(rig);
    CHECK_INT(ledger_owe(rig.ledger, &notice, "again", DAY(2), &other), LEDGER_E_EXISTS);
    COMMIT(rig);

    struct notice got = rig_find(&rig, id);
    CHECK_STRING(got.occurrence, "uid-1");
    CHECK_STRING(got.step, "invitation");
    CHECK_STRING(got.contact, "a@example.org");
    CHECK_INT(got.kind, NOTICE_INVITATION);
    CHECK_INT(got.state, NOTICE_OWED);
    CHECK_STRING(got.rule, "groupe-pays");
    CHECK_STRING(got.template_name, "gala");
    CHECK_STRING(got.facts, "00112233aabbccdd");
    CHECK_STRING(got.facts_before, "ffeeddccbbaa9988");
    CHECK_INT(got.sequence, 3);
    CHECK(instant_equal(got.due, DAY(1)));
    CHECK(instant_equal(got.expires, DAY(10)));
    CHECK(instant_equal(got.next_try, INSTANT_UNSET));
    CHECK(instant_equal(got.sent, INSTANT_UNSET));
    CHECK_INT(got.attempts, 0);
    CHECK_INT(got.hold, 0);
    CHECK_STRING(got.message_id, NULL);
    CHECK(instant_equal(got.claimed, INSTANT_UNSET));
    CHECK_STRING(got.reply, NULL);
    CHECK_INT(got.language, LANGUAGE_JA);
    CHECK_STRING(got.zone, "Asia/Tokyo");
}

TEST(many_are_owed_at_once)
{
    RIG rig;
    rig_init(&rig);
    BEGIN(rig);
    int64_t old =
        rig_owe(&rig, rig_notice("uid-1", "invitation", "b@example.org", NOTICE_INVITATION));
    COMMIT(rig);
    struct notice notices[] = {
        rig_notice("uid-1", "invitation", "a@example.org", NOTICE_INVITATION),
        rig_notice("uid-1", "invitation", "b@example.org", NOTICE_INVITATION), /* is there */
        rig_notice("uid-1", "invitation", "c@example.org", NOTICE_INVITATION),
        rig_notice("uid-1", "reminder-7d", "c@example.org", NOTICE_REMINDER),
        rig_notice("uid-1", "invitation", "a@example.org", NOTICE_INVITATION), /* twice */
    };
    enum { COUNT = sizeof notices / sizeof notices[0] };
    static const char *const reasons[COUNT] = {"one", "two", "three", "four", "five"};
    struct owed owed[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        owed[i] = (struct owed){&notices[i], reasons[i]};
    notices[2].zone = "Asia/Tokyo";
    notices[3].state = NOTICE_HELD;
    size_t added = 0;
    BEGIN(rig);
    CHECK_INT(ledger_hold(rig.ledger, "too many", DAY(2), &notices[3].hold), 0);
    CHECK_INT(ledger_owe_all(rig.ledger, owed, COUNT, DAY(2), &added), 0);
    CHECK_INT(added, 3);
    CHECK_INT(ledger_owe_all(rig.ledger, owed, COUNT, DAY(3), &added), 0);
    CHECK_INT(added, 0);
    CHECK_INT(ledger_owe_all(rig.ledger, NULL, 0, DAY(3), &added), 0);
    CHECK_INT(added, 0);
    COMMIT(rig);

    static const struct {
        const char *contact, *step, *zone, *reason;
        enum notice_state state;
    } rows[] = {
        {"a@example.org", "invitation", "Europe/Paris", "one", NOTICE_OWED},
        {"b@example.org", "invitation", "Europe/Paris", "because", NOTICE_OWED},
        {"c@example.org", "invitation", "Asia/Tokyo", "three", NOTICE_OWED},
        {"c@example.org", "reminder-7d", "Europe/Paris", "four", NOTICE_HELD},
    };
    struct notices found = {0};
    CHECK_INT(ledger_notices(rig.ledger, rig.arena, &(struct notice_filter){0}, &found), 0);
    REQUIRE(found.count == sizeof rows / sizeof rows[0]);
    for (size_t i = 0; i < found.count; i++) {
        const struct notice *got = &found.items[i];
        struct notice_facts life = {0};
        CHECK_STRING(got->contact, rows[i].contact);
        CHECK_STRING(got->step, rows[i].step);
        CHECK_STRING(got->zone, rows[i].zone);
        CHECK_INT(got->state, rows[i].state);
        CHECK_INT(got->hold, rows[i].state == NOTICE_HELD ? notices[3].hold : 0);
        CHECK_INT(ledger_life(rig.ledger, rig.arena, got->id, &life), 0);
        REQUIRE(life.count == 1);
        CHECK_INT(life.items[0].state, rows[i].state);
        CHECK_STRING(life.items[0].text, rows[i].reason);
        CHECK(got->id == old ? i == 1 : got->id > old);
    }
    BEGIN(rig); /* ids are in the order of the rows, and none is given twice */
    int64_t id = rig_owe(&rig, rig_notice("uid-2", "invitation", "a@example.org", 0));
    COMMIT(rig);
    CHECK(found.items[0].id < found.items[2].id && found.items[2].id < found.items[3].id);
    CHECK(found.items[3].id < id);
}

TEST(each_part_of_the_key_counts)
{
    RIG rig;
    rig_init(&rig);
    BEGIN(rig);
    rig_owe(&rig, rig_notice("uid-1", "invitation", "a@example.org", NOTICE_INVITATION));
    rig_owe(&rig, rig_notice("uid-1/20261005", "invitation", "a@example.org", NOTICE_INVITATION));
    rig_owe(&rig, rig_notice("uid-1", "reminder-7d", "a@example.org", NOTICE_REMINDER));
    rig_owe(&rig, rig_notice("uid-1", "invitation", "b@example.org", NOTICE_INVITATION));
    COMMIT(rig);
    struct ledger_counts counts;
    CHECK_INT(ledger_counts(rig.ledger, &counts), 0);
    CHECK_INT(counts.states[NOTICE_OWED], 4);
    CHECK(instant_equal(counts.last_accepted, INSTANT_UNSET));
}

TEST(names_of_a_rolled_back_group_are_not_remembered)
{
    RIG rig;
    rig_init(&rig);
    BEGIN(rig);
    rig_owe(&rig, rig_notice("uid-gone", "invitation", "a@example.org", NOTICE_INVITATION));
    ledger_rollback(rig.ledger);
    BEGIN(rig);
    rig_owe(&rig, rig_notice("uid-other", "invitation", "a@example.org", NOTICE_INVITATION));
    int64_t id =
        rig_owe(&rig, rig_notice("uid-gone", "reminder", "b@example.org", NOTICE_REMINDER));
    COMMIT(rig);
    CHECK_STRING(rig_find(&rig, id).occurrence, "uid-gone");
    struct notices notices;
    struct notice_filter filter = {.occurrence = "uid-other"};
    CHECK_INT(ledger_notices(rig.ledger, rig.arena, &filter, &notices), 0);
    CHECK_INT(notices.count, 1);
}

/* The same message leaves again, and its reader's side drops the twin; when it leaves in another,
 * the bytes of the first are forgotten.                                                          */
TEST(perhaps_arrived_leaves_again)
{
    RIG rig;
    rig_init(&rig);
    BEGIN(rig);
    int64_t id =
        rig_owe(&rig, rig_notice("uid-1", "invitation", "a@example.org", NOTICE_INVITATION));
    CHECK_INT(ledger_claim(rig.ledger, id, "first@convier", DAY(1)), 0);
    struct outcome silence = rig_outcome(VERDICT_UNCERTAIN, 0, "");
    struct text bytes;
    CHECK_INT(ledger_outcome(rig.ledger, id, &silence, DAY(2), DAY(1)), 0);
    CHECK_INT(ledger_keep_bytes(rig.ledger, id, TEXT("about three")), 0);
    CHECK_INT(ledger_claim(rig.ledger, id, "first@convier", DAY(2)), 0);
    CHECK_INT(ledger_find_bytes(rig.ledger, rig.arena, id, &bytes), 0);
    CHECK(text_is(bytes, "about three"));
    CHECK_INT(ledger_outcome(rig.ledger, id, &silence, DAY(3), DAY(2)), 0);
    CHECK_INT(ledger_claim(rig.ledger, id, "second@convier", DAY(3)), 0);
    CHECK_INT(ledger_find_bytes(rig.ledger, rig.arena, id, &bytes), 0);
    CHECK_INT(bytes.size, 0);
    COMMIT(rig);
    CHECK_STRING(rig_find(&rig, id).message_id, "second@convier");
}

/* What told a notice may have told others; what never left has no mail. */
TEST(sent_with_others)
{
    RIG rig;
    struct notices sent = {0};
    rig_init(&rig);
    BEGIN(rig);
    int64_t one = rig_owe(&rig, rig_notice("uid-1", "change-1", "a@example.org", NOTICE_CHANGE));
    int64_t two = rig_owe(&rig, rig_notice("uid-2", "change-1", "a@example.org", NOTICE_CHANGE));
    int64_t alone = rig_owe(&rig, rig_notice("uid-2", "change-1", "b@example.org", NOTICE_CHANGE));
    rig_owe(&rig, rig_notice("uid-1", "change-2", "a@example.org", NOTICE_CHANGE));
    rig_owe(&rig, rig_notice("uid-3", "change-1", "a@example.org", NOTICE_CHANGE));
    CHECK_INT(ledger_claim(rig.ledger, one, "both@convier", DAY(1)), 0);
    CHECK_INT(ledger_claim(rig.ledger, two, "both@convier", DAY(1)), 0);
    CHECK_INT(ledger_claim(rig.ledger, alone, "alone@convier", DAY(1)), 0);
    COMMIT(rig);
    CHECK_INT(ledger_sent_with(rig.ledger, rig.arena, "uid-1", &sent), 0);
    REQUIRE(sent.count == 1);
    CHECK_STRING(sent.items[0].occurrence, "uid-2");
    CHECK_STRING(sent.items[0].contact, "a@example.org");
    CHECK_STRING(sent.items[0].message_id, "both@convier");
    sent = (struct notices){0};
    CHECK_INT(ledger_sent_with(rig.ledger, rig.arena, "uid-3", &sent), 0);
    CHECK_INT(sent.count, 0);
}

/* What one person has waiting, whatever it is about. */
TEST(due_to_one)
{
    RIG rig;
    struct notices due;
    rig_init(&rig);
    BEGIN(rig);
    (void)rig_owe(&rig, rig_notice("uid-1", "invitation", "a@example.org", NOTICE_INVITATION));
    (void)rig_owe(&rig, rig_notice("uid-2", "reminder-1d", "a@example.org", NOTICE_REMINDER));
    (void)rig_owe(&rig, rig_notice("uid-1", "invitation", "b@example.org", NOTICE_INVITATION));
    int64_t gone =
        rig_owe(&rig, rig_notice("uid-3", "invitation", "a@example.org", NOTICE_INVITATION));
    CHECK_INT(ledger_move(rig.ledger, gone, NOTICE_SUPERSEDED, "why", DAY(1)), 0);
    COMMIT(rig);
    CHECK_INT(ledger_due_to(rig.ledger, rig.arena, "a@example.org", DAY(1), &due), 0);
    REQUIRE(due.count == 2);
    CHECK_STRING(due.items[0].occurrence, "uid-2"); /* a reminder's lane is faster */
    CHECK_STRING(due.items[1].occurrence, "uid-1");
    CHECK_INT(ledger_due_to(rig.ledger, rig.arena, "a@example.org", DAY(0), &due), 0);
    CHECK_INT(due.count, 0);
    CHECK_INT(ledger_due_to(rig.ledger, rig.arena, "nobody@example.org", DAY(1), &due), 0);
    CHECK_INT(due.count, 0);
    const struct instant last = {DAY(10).utc_usec - 1};
    CHECK_INT(ledger_due_to(rig.ledger, rig.arena, "a@example.org", last, &due), 0);
    CHECK_INT(due.count, 2);
    CHECK_INT(ledger_due_to(rig.ledger, rig.arena, "a@example.org", DAY(10), &due), 0);
    CHECK_INT(due.count, 0); /* expires <= now */
}

TEST(accepted_after_a_stumble)
{
    RIG rig;
    rig_init(&rig);
    BEGIN(rig);
    int64_t id =
        rig_owe(&rig, rig_notice("uid-1", "invitation", "a@example.org", NOTICE_INVITATION));
    CHECK_INT(ledger_claim(rig.ledger, id, "first@convier", DAY(1)), 0);
    struct outcome later = rig_outcome(VERDICT_DEFERRED, 451, "4.7.1 Greylisted");
    CHECK_INT(ledger_outcome(rig.ledger, id, &later, DAY(2), DAY(1)), 0);
    COMMIT(rig);
    struct notice got = rig_find(&rig, id);
    CHECK_INT(got.state, NOTICE_DEFERRED);
    CHECK(instant_equal(got.next_try, DAY(2)));
    CHECK_STRING(got.reply, "451 4.7.1 Greylisted");

    BEGIN(rig);
    CHECK_INT(ledger_claim(rig.ledger, id, "second@convier", DAY(2)), 0);
    struct outcome fine = rig_outcome(VERDICT_ACCEPTED, 250, "2.0.0 Ok: queued as 42");
    CHECK_INT(ledger_outcome(rig.ledger, id, &fine, INSTANT_UNSET, DAY(3)), 0);
    COMMIT(rig);
    got = rig_find(&rig, id);
    CHECK_INT(got.state, NOTICE_ACCEPTED);
    CHECK_STRING(got.message_id, "second@convier"); /* the first one surely did not arrive */
    CHECK(instant_equal(got.claimed, DAY(1)));
    CHECK_INT(got.attempts, 2);
    CHECK(instant_equal(got.sent, DAY(3)));
    CHECK(instant_equal(got.next_try, INSTANT_UNSET));
    CHECK_STRING(got.reply, "250 2.0.0 Ok: queued as 42");

    static const struct {
        enum notice_state state;
        const char *text;
        int day;
    } want[] = {{NOTICE_OWED, "because", 1},
                {NOTICE_CLAIMED, NULL, 1},
                {NOTICE_DEFERRED, "451 4.7.1 Greylisted", 1},
                {NOTICE_CLAIMED, NULL, 2},
                {NOTICE_ACCEPTED, "250 2.0.0 Ok: queued as 42", 3}};
    struct notice_facts life;
    REQUIRE(ledger_life(rig.ledger, rig.arena, id, &life) == 0);
    REQUIRE(life.count == 5);
    for (size_t i = 0; i < 5; i++) {
        CHECK_INT(life.items[i].state, want[i].state);
        CHECK_STRING(life.items[i].text, want[i].text);
        CHECK(instant_equal(life.items[i].at, DAY(want[i].day)));
    }
    struct ledger_counts counts;
    CHECK_INT(ledger_counts(rig.ledger, &counts), 0);
    CHECK(instant_equal(counts.last_accepted, DAY(3)));
}

/* Brings a new notice into a state by lawful ways. */
static int64_t reach(struct rig *rig, const char *step, enum notice_state state)
{
    int64_t id = rig_owe(rig, rig_notice("uid-1", step, "a@example.org", NOTICE_REMINDER));
    static const enum verdict verdicts[] = {[NOTICE_ACCEPTED] = VERDICT_ACCEPTED,
                                            [NOTICE_DEFERRED] = VERDICT_DEFERRED,
                                            [NOTICE_REFUSED] = VERDICT_REFUSED,
                                            [NOTICE_UNCERTAIN] = VERDICT_UNCERTAIN};
    switch (state) {
    case NOTICE_OWED:
        break;
    case NOTICE_CLAIMED:
        CHECK_INT(ledger_claim(rig->ledger, id, "m@x", DAY(1)), 0);
        break;
    case NOTICE_ACCEPTED:
    case NOTICE_DEFERRED:
    case NOTICE_REFUSED:
    case NOTICE_UNCERTAIN: {
        struct outcome outcome = rig_outcome(verdicts[state], 0, "words");
        CHECK_INT(ledger_claim(rig->ledger, id, "m@x", DAY(1)), 0);
        CHECK_INT(ledger_outcome(rig->ledger, id, &outcome, DAY(1), DAY(1)), 0);
        break;
    }
    default:
        CHECK_INT(ledger_move(rig->ledger, id, state, "words", DAY(1)), 0);
    }
    return id;
}

/* Every pair of states: the ledger says what the one table says, and a refusal changes nothing. */
TEST(every_transition)
{
    RIG rig;
    rig_init(&rig);
    for (int from = 0; from < NOTICE_STATE_COUNT; from++)
        for (int to = 0; to < NOTICE_STATE_COUNT; to++) {
            char step[32];
            struct outcome outcome = rig_outcome(to == NOTICE_ACCEPTED   ? VERDICT_ACCEPTED
                                                 : to == NOTICE_DEFERRED ? VERDICT_DEFERRED
                                                 : to == NOTICE_REFUSED  ? VERDICT_REFUSED
                                                                         : VERDICT_UNCERTAIN,
                                                 0, "reply");
            snprintf(step, sizeof step, "%s-%s", notice_state_to_text((enum notice_state)from),
                     notice_state_to_text((enum notice_state)to));
            CHECK_ROW(step);
            BEGIN(rig);
            int64_t id = reach(&rig, step, (enum notice_state)from);
            struct notice_facts before, after;
            REQUIRE(ledger_life(rig.ledger, rig.arena, id, &before) == 0);
            int r = to == NOTICE_CLAIMED ? ledger_claim(rig.ledger, id, "m@x", DAY(2))
                    : to == NOTICE_ACCEPTED || to == NOTICE_DEFERRED || to == NOTICE_REFUSED ||
                            to == NOTICE_UNCERTAIN
                        ? ledger_outcome(rig.ledger, id, &outcome, DAY(3), DAY(2))
                        : ledger_move(rig.ledger, id, (enum notice_state)to, "r", DAY(2));
            bool may = notice_may_become((enum notice_state)from, (enum notice_state)to);
            CHECK_INT(r, may ? 0 : LEDGER_E_TRANSITION);
            COMMIT(rig);
            CHECK_INT(rig_find(&rig, id).state, may ? to : from);
            REQUIRE(ledger_life(rig.ledger, rig.arena, id, &after) == 0);
            CHECK_INT(after.count, before.count + (may ? 1 : 0));
        }
}

TEST(what_is_not_there)
{
    RIG rig;
    rig_init(&rig);
    struct outcome fine = rig_outcome(VERDICT_ACCEPTED, 250, "250 ok");
    struct notice_facts life;
    struct text bytes;
    BEGIN(rig);
    CHECK_INT(ledger_claim(rig.ledger, 99, "m@x", DAY(1)), LEDGER_E_ABSENT);
    CHECK_INT(ledger_outcome(rig.ledger, 99, &fine, INSTANT_UNSET, DAY(1)), 0);
    CHECK_INT(ledger_move(rig.ledger, 99, NOTICE_EXPIRED, "x", DAY(1)), 0);
    CHECK_INT(ledger_keep_bytes(rig.ledger, 99, TEXT("x")), 0);
    COMMIT(rig);
    CHECK_INT(ledger_find_bytes(rig.ledger, rig.arena, 99, &bytes), 0);
    CHECK_INT(bytes.size, 0);
    CHECK_INT(ledger_life(rig.ledger, rig.arena, 99, &life), 0);
    CHECK_INT(life.count, 0);
}

/* The last that the relay took, of this occurrence and this contact, before the moment. */
TEST(what_a_mail_follows)
{
    RIG rig;
    rig_init(&rig);
    static const struct {
        const char *occurrence, *step, *contact, *message_id;
        enum verdict verdict;
        int day;
    } mails[] = {
        {"a", "save-the-date", "x@ex.org", "first@ex", VERDICT_ACCEPTED, 2},
        {"a", "invitation", "x@ex.org", "second@ex", VERDICT_ACCEPTED, 4},
        {"a", "reminder", "x@ex.org", "refused@ex", VERDICT_REFUSED, 5},
        {"a", "invitation", "y@ex.org", "other-reader@ex", VERDICT_ACCEPTED, 5},
        {"b", "invitation", "x@ex.org", "other-event@ex", VERDICT_ACCEPTED, 5},
    };
    static const struct {
        const char *title, *occurrence, *contact, *want;
        int day;
    } rows[] = {
        {"nothing yet", "a", "x@ex.org", NULL, 1},
        {"the very moment is not before", "a", "x@ex.org", NULL, 2},
        {"the first", "a", "x@ex.org", "first@ex", 3},
        {"the last that was taken", "a", "x@ex.org", "second@ex", 9},
        {"another reader", "a", "y@ex.org", "other-reader@ex", 9},
        {"another event", "b", "x@ex.org", "other-event@ex", 9},
        {"nobody", "a", "z@ex.org", NULL, 9},
        {"no event", "z", "x@ex.org", NULL, 9},
    };
    BEGIN(rig);
    for (size_t i = 0; i < sizeof mails / sizeof *mails; i++) {
        int64_t id = rig_owe(&rig, rig_notice(mails[i].occurrence, mails[i].step, mails[i].contact,
                                              NOTICE_INVITATION));
        struct outcome outcome = rig_outcome(mails[i].verdict, 250, "x");
        REQUIRE(ledger_claim(rig.ledger, id, mails[i].message_id, DAY(mails[i].day)) == 0);
        REQUIRE(ledger_outcome(rig.ledger, id, &outcome, INSTANT_UNSET, DAY(mails[i].day)) == 0);
    }
    COMMIT(rig);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *got = "unset";
        CHECK_ROW(rows[i].title);
        CHECK_INT(ledger_last_message(rig.ledger, rig.arena, rows[i].occurrence, rows[i].contact,
                                      DAY(rows[i].day), &got),
                  0);
        CHECK_STRING(got, rows[i].want);
    }
}

/* --- order ----------------------------------------------------------------------------------- */

TEST(lanes_then_hours_then_age)
{
    static const struct {
        const char *step;
        enum notice_kind kind;
        int due, useful_hours; /* 0 = for long */
    } rows[] = {
        /* in the order in which they must leave */
        {"cancellation-1", NOTICE_CANCELLATION, 2},
        {"uninvited-1", NOTICE_UNINVITED, 2},
        {"postponed-1", NOTICE_POSTPONED, 1},
        {"change-1", NOTICE_CHANGE, 2},
        {"reminder-0d", NOTICE_REMINDER, 2, 16},
        {"reminder-7d", NOTICE_REMINDER, 1},
        {"reminder-1d", NOTICE_REMINDER, 2, 24},
        {"invitation", NOTICE_INVITATION, 1},
        {"thanks", NOTICE_THANKS, 1},
        {"save-the-date", NOTICE_SAVE_THE_DATE, 2},
        {"issue", NOTICE_NEWSLETTER, 0},
    };
    enum { ROWS = sizeof rows / sizeof *rows };
    static const int written[ROWS] = {10, 7, 0, 1, 8, 5, 9, 6, 4, 2, 3};
    RIG rig;
    rig_init(&rig);
    BEGIN(rig);
    for (size_t i = 0; i < ROWS; i++) {
        int row = written[i];
        struct notice notice = rig_notice("uid-1", rows[row].step, "a@example.org", rows[row].kind);
        notice.due = DAY(rows[row].due);
        if (rows[row].useful_hours)
            notice.expires = instant_add(notice.due, rows[row].useful_hours * USEC_PER_HOUR);
        rig_owe(&rig, notice);
    }
    COMMIT(rig);
    struct notices due;
    struct instant evening = instant_add(DAY(2), 15 * USEC_PER_HOUR);
    REQUIRE(ledger_due(rig.ledger, rig.arena, evening, 100, &due) == 0);
    REQUIRE(due.count == ROWS);
    for (size_t i = 0; i < ROWS; i++)
        CHECK_STRING(due.items[i].step, rows[i].step);
    REQUIRE(ledger_due(rig.ledger, rig.arena, DAY(3), 3, &due) == 0);
    REQUIRE(due.count == 3);
    CHECK_STRING(due.items[2].step, "postponed-1");
    CHECK_INT(ledger_due(rig.ledger, rig.arena, DAY(3), 0, &due), 0);
    CHECK_INT(due.count, 0);
}

TEST(due_says_only_what_may_leave)
{
    static const enum notice_state leaving[] = {NOTICE_OWED, NOTICE_DEFERRED, NOTICE_UNCERTAIN};
    RIG rig;
    rig_init(&rig);
    BEGIN(rig);
    for (int state = 0; state < NOTICE_STATE_COUNT; state++)
        reach(&rig, notice_state_to_text((enum notice_state)state), (enum notice_state)state);
    struct notice notice = rig_notice("uid-2", "early", "a@example.org", NOTICE_REMINDER);
    notice.due = DAY(5);
    rig_owe(&rig, notice);
    notice = rig_notice("uid-2", "late", "a@example.org", NOTICE_REMINDER);
    notice.expires = DAY(4);
    rig_owe(&rig, notice);
    int64_t hold = 0;
    CHECK_INT(ledger_hold(rig.ledger, "many", DAY(1), &hold), 0);
    notice = rig_notice("uid-2", "owed in an open hold", "a@example.org", NOTICE_REMINDER);
    notice.hold = hold;
    rig_owe(&rig, notice);
    int64_t patient = rig_owe(&rig, rig_notice("uid-3", "x", "a@example.org", NOTICE_REMINDER));
    struct outcome later = rig_outcome(VERDICT_DEFERRED, 451, "later");
    CHECK_INT(ledger_claim(rig.ledger, patient, "m@x", DAY(1)), 0);
    CHECK_INT(ledger_outcome(rig.ledger, patient, &later, DAY(6), DAY(1)), 0);
    COMMIT(rig);

    struct notices due;
    REQUIRE(ledger_due(rig.ledger, rig.arena, DAY(4), 100, &due) == 0);
    REQUIRE(due.count == 3);
    for (size_t i = 0; i < 3; i++)
        CHECK_INT(due.items[i].state, leaving[i]);
    /* one microsecond matters */
    struct instant instant = {DAY(6).utc_usec - 1};
    REQUIRE(ledger_due(rig.ledger, rig.arena, instant, 100, &due) == 0);
    CHECK_INT(due.count, 4); /* "early" too, "late" no more */
    REQUIRE(ledger_due(rig.ledger, rig.arena, DAY(6), 100, &due) == 0);
    CHECK_INT(due.count, 5);
    REQUIRE(ledger_due(rig.ledger, rig.arena, DAY(10), 100, &due) == 0);
    CHECK_INT(due.count, 0); /* expires <= now */
}

TEST(next_is_when_something_can_change)
{
    RIG rig;
    rig_init(&rig);
    struct instant next;
    CHECK_INT(ledger_next(rig.ledger, DAY(0), &next), 0);
    CHECK(instant_equal(next, INSTANT_NEVER));
    BEGIN(rig);
    int64_t id = rig_owe(&rig, rig_notice("uid-1", "x", "a@example.org", NOTICE_REMINDER));
    COMMIT(rig);
    CHECK_INT(ledger_next(rig.ledger, DAY(0), &next), 0);
    CHECK(instant_equal(next, DAY(1))); /* due */
    CHECK_INT(ledger_next(rig.ledger, DAY(2), &next), 0);
    CHECK(instant_equal(next, DAY(10))); /* expiry */
    struct outcome later = rig_outcome(VERDICT_DEFERRED, 451, "later");
    BEGIN(rig);
    CHECK_INT(ledger_claim(rig.ledger, id, "m@x", DAY(2)), 0);
    COMMIT(rig);
    CHECK_INT(ledger_next(rig.ledger, DAY(2), &next), 0);
    CHECK(instant_equal(next, INSTANT_NEVER)); /* in hand: its outcome comes by itself */
    BEGIN(rig);
    CHECK_INT(ledger_outcome(rig.ledger, id, &later, DAY(5), DAY(2)), 0);
    COMMIT(rig);
    CHECK_INT(ledger_next(rig.ledger, DAY(2), &next), 0);
    CHECK(instant_equal(next, DAY(5)));
}

/* --- bytes, expiry, start ----------------------------------------------------------------------
 */

TEST(bytes_live_until_it_is_settled)
{
    static const char raw[] = "Subject: x\r\n\r\nzero\0inside\r\n";
    static const struct {
        const char *title;
        enum verdict verdict;
        bool are_kept;
    } rows[] = {{"accepted", VERDICT_ACCEPTED, false},
                {"refused", VERDICT_REFUSED, false},
                {"deferred", VERDICT_DEFERRED, true},
                {"uncertain", VERDICT_UNCERTAIN, true}};
    RIG rig;
    rig_init(&rig);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct text bytes = {raw, sizeof raw - 1}, got = {0};
        struct outcome outcome = rig_outcome(rows[i].verdict, 0, "x");
        CHECK_ROW(rows[i].title);
        BEGIN(rig);
        int64_t id =
            rig_owe(&rig, rig_notice("uid-1", rows[i].title, "a@example.org", NOTICE_REMINDER));
        CHECK_INT(ledger_claim(rig.ledger, id, "m@x", DAY(1)), 0);
        CHECK_INT(ledger_keep_bytes(rig.ledger, id, bytes), 0);
        CHECK_INT(ledger_keep_bytes(rig.ledger, id, TEXT("other")), 0); /* the first ones stay */
        COMMIT(rig);
        CHECK_INT(ledger_find_bytes(rig.ledger, rig.arena, id, &got), 0);
        CHECK(text_equal(got, bytes));
        BEGIN(rig);
        CHECK_INT(ledger_outcome(rig.ledger, id, &outcome, DAY(2), DAY(1)), 0);
        COMMIT(rig);
        CHECK_INT(ledger_find_bytes(rig.ledger, rig.arena, id, &got), 0);
        CHECK_INT(got.size, rows[i].are_kept ? bytes.size : 0);
        if (!rows[i].are_kept)
            continue;
        BEGIN(rig);
        CHECK_INT(ledger_move(rig.ledger, id, NOTICE_EXPIRED, "too late", DAY(3)), 0);
        COMMIT(rig);
        CHECK_INT(ledger_find_bytes(rig.ledger, rig.arena, id, &got), 0);
        CHECK_INT(got.size, 0);
    }
}

TEST(expiry_ends_what_waits)
{
    RIG rig;
    rig_init(&rig);
    int64_t ids[NOTICE_STATE_COUNT];
    size_t count = 99;
    BEGIN(rig);
    for (int state = 0; state < NOTICE_STATE_COUNT; state++)
        ids[state] =
            reach(&rig, notice_state_to_text((enum notice_state)state), (enum notice_state)state);
    CHECK_INT(ledger_expire(rig.ledger, (struct instant){DAY(10).utc_usec - 1}, &count), 0);
    CHECK_INT(count, 0);
    CHECK_INT(ledger_expire(rig.ledger, DAY(10), &count), 0);
    CHECK_INT(count, 4);
    COMMIT(rig);
    for (int state = 0; state < NOTICE_STATE_COUNT; state++) {
        CHECK_ROW(notice_state_to_text((enum notice_state)state));
        bool waits = state == NOTICE_OWED || state == NOTICE_HELD || state == NOTICE_DEFERRED ||
                     state == NOTICE_UNCERTAIN;
        CHECK_INT(rig_find(&rig, ids[state]).state, waits ? NOTICE_EXPIRED : state);
    }
}

TEST(many_claims_are_settled_at_start)
{
    enum { MANY = 700 }; /* more than a batch */
    RIG rig;
    rig_init(&rig);
    size_t count = 0;
    BEGIN(rig);
    for (int i = 0; i < MANY; i++) {
        char contact[32];
        snprintf(contact, sizeof contact, "p%d@example.org", i);
        int64_t id = rig_owe(&rig, rig_notice("uid-1", "x", contact, NOTICE_REMINDER));
        CHECK_INT(ledger_claim(rig.ledger, id, contact, DAY(1)), 0);
    }
    COMMIT(rig);
    rig_reopen(&rig);
    BEGIN(rig);
    CHECK_INT(ledger_settle_claims(rig.ledger, DAY(2), &count), 0);
    CHECK_INT(count, MANY);
    CHECK_INT(ledger_settle_claims(rig.ledger, DAY(2), &count), 0);
    CHECK_INT(count, 0);
    COMMIT(rig);
    struct notices due;
    REQUIRE(ledger_due(rig.ledger, rig.arena, DAY(2), MANY * 2, &due) == 0);
    REQUIRE(due.count == MANY);
    for (size_t i = 0; i < MANY; i++) {
        CHECK_INT(due.items[i].state, NOTICE_UNCERTAIN);
        CHECK_STRING(due.items[i].message_id, due.items[i].contact);
        CHECK(instant_equal(due.items[i].next_try, DAY(2)));
    }
}

TEST(a_refusal_may_be_owed_again)
{
    RIG rig;
    rig_init(&rig);
    BEGIN(rig);
    int64_t id = reach(&rig, "x", NOTICE_REFUSED);
    CHECK_INT(ledger_move(rig.ledger, id, NOTICE_OWED, "retry", DAY(2)), 0);
    COMMIT(rig);
    struct notices due;
    REQUIRE(ledger_due(rig.ledger, rig.arena, DAY(2), 9, &due) == 0);
    REQUIRE(due.count == 1);
    CHECK_INT(due.items[0].id, id);
    CHECK_INT(due.items[0].attempts, 1);
}

/* --- questions ---------------------------------------------------------------------------------
 */

TEST(filters)
{
    RIG rig;
    rig_init(&rig);
    int64_t hold = 0;
    BEGIN(rig);
    CHECK_INT(ledger_hold(rig.ledger, "many", DAY(1), &hold), 0);
    static const char *const occurrences[] = {"uid-b", "uid-a"};
    static const char *const contacts[] = {"z@example.org", "a@example.org"};
    for (int o = 0; o < 2; o++)
        for (int c = 0; c < 2; c++) {
            struct notice later =
                rig_notice(occurrences[o], "reminder-1d", contacts[c], NOTICE_REMINDER);
            later.due = DAY(4);
            rig_owe(&rig, later);
            struct notice held =
                rig_notice(occurrences[o], "reminder-7d", contacts[c], NOTICE_REMINDER);
            held.state = NOTICE_HELD;
            held.hold = hold;
            rig_owe(&rig, held);
        }
    COMMIT(rig);
    static const struct instant third = {INT64_C(1790000000000000) + 3 * USEC_PER_DAY};
    static const struct {
        const char *title;
        struct notice_filter filter;
        size_t want;
        const char *first_occurrence, *first_contact, *first_step;
    } rows[] = {
        {"all", {0}, 8, "uid-a", "a@example.org", "reminder-7d"},
        {"limited", {.max = 3}, 3, "uid-a", "a@example.org", "reminder-7d"},
        {"occurrence", {.occurrence = "uid-b"}, 4, "uid-b", "a@example.org", "reminder-7d"},
        {"contact", {.contact = "z@example.org"}, 4, "uid-a", "z@example.org", "reminder-7d"},
        {"both",
         {.occurrence = "uid-b", .contact = "z@example.org"},
         2,
         "uid-b",
         "z@example.org",
         "reminder-7d"},
        {"state",
         {.has_state = true, .state = NOTICE_OWED},
         4,
         "uid-a",
         "a@example.org",
         "reminder-1d"},
        {"held",
         {.has_state = true, .state = NOTICE_HELD, .contact = "a@example.org"},
         2,
         "uid-a",
         "a@example.org",
         "reminder-7d"},
        {"hold", {.hold = 1}, 4, "uid-a", "a@example.org", "reminder-7d"},
        {"step", {.step = "reminder-1d"}, 4, "uid-a", "a@example.org", "reminder-1d"},
        {"due", {.due_by = &third}, 4, "uid-a", "a@example.org", "reminder-7d"},
        {"nobody", {.contact = "n@example.org"}, 0, NULL, NULL, NULL},
        {"nothing", {.occurrence = "uid"}, 0, NULL, NULL, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct notices got;
        CHECK_ROW(rows[i].title);
        CHECK_INT(ledger_notices(rig.ledger, rig.arena, &rows[i].filter, &got), 0);
        CHECK_INT(got.count, rows[i].want);
        if (got.count && rows[i].want) {
            CHECK_STRING(got.items[0].occurrence, rows[i].first_occurrence);
            CHECK_STRING(got.items[0].contact, rows[i].first_contact);
            CHECK_STRING(got.items[0].step, rows[i].first_step);
        }
    }
}

struct heard {
    char contacts[64]; /* first letters, in order */
    size_t stop_at;
};

static int hear(void *context, const struct notice *notice)
{
    struct heard *heard = context;
    size_t count = strlen(heard->contacts);
    CHECK_STRING(notice->step, "invitation");
    CHECK_STRING(notice->occurrence, "uid-1");
    CHECK_INT(notice->state, NOTICE_OWED);
    heard->contacts[count] = notice->contact[0];
    return count + 1 == heard->stop_at ? 7 : 0;
}

TEST(a_batch_is_walked)
{
    RIG rig;
    rig_init(&rig);
    BEGIN(rig);
    static const char *const contacts[] = {"z@x.example", "a@x.example", "m@x.example",
                                           "b@x.example"};
    int64_t ids[4];
    for (size_t i = 0; i < 4; i++)
        ids[i] = rig_owe(&rig, rig_notice("uid-1", "invitation", contacts[i], NOTICE_INVITATION));
    rig_owe(&rig, rig_notice("uid-1", "reminder-7d", contacts[0], NOTICE_REMINDER));
    rig_owe(&rig, rig_notice("uid-2", "invitation", contacts[0], NOTICE_INVITATION));
    CHECK_INT(ledger_claim(rig.ledger, ids[2], "m@x", DAY(2)), 0); /* owed no more */
    COMMIT(rig);
    struct notice first = rig_find(&rig, ids[0]);
    struct heard all = {0}, two = {0}, stopped = {.stop_at = 1}, early = {0};
    CHECK_INT(ledger_visit_batch(rig.ledger, rig.arena, &first, DAY(2), 0, hear, &all), 0);
    CHECK_STRING(all.contacts, "zab");
    CHECK_INT(ledger_visit_batch(rig.ledger, rig.arena, &first, DAY(2), 2, hear, &two), 0);
    CHECK_STRING(two.contacts, "za");
    CHECK_INT(ledger_visit_batch(rig.ledger, rig.arena, &first, DAY(2), 0, hear, &stopped), 7);
    CHECK_STRING(stopped.contacts, "z");
    CHECK_INT(ledger_visit_batch(rig.ledger, rig.arena, &first, DAY(0), 0, hear, &early), 0);
    CHECK_STRING(early.contacts, "");
}

TEST(recent_messages_and_pacing)
{
    static const struct {
        const char *contact;
        enum notice_kind kind;
        int sent;
    } rows[] = {{"b@example.org", NOTICE_REMINDER, 3},     {"a@example.org", NOTICE_INVITATION, 4},
                {"a@example.org", NOTICE_NEWSLETTER, 2},   {"c@example.org", NOTICE_CHANGE, 4},
                {"c@example.org", NOTICE_CANCELLATION, 4}, {"a@example.org", NOTICE_THANKS, 1}};
    RIG rig;
    rig_init(&rig);
    struct outcome fine = rig_outcome(VERDICT_ACCEPTED, 250, "250 ok");
    BEGIN(rig);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t id = rig_owe(&rig, rig_notice("uid-1", notice_kind_to_text(rows[i].kind),
                                              rows[i].contact, rows[i].kind));
        CHECK_INT(ledger_claim(rig.ledger, id, "m@x", DAY(1)), 0);
        CHECK_INT(ledger_outcome(rig.ledger, id, &fine, INSTANT_UNSET, DAY(rows[i].sent)), 0);
    }
    COMMIT(rig);
    struct recent_sents sents;
    REQUIRE(ledger_recent(rig.ledger, rig.arena, DAY(2), &sents) == 0);
    REQUIRE(sents.count == 3);
    CHECK_STRING(sents.items[0].contact, "a@example.org");
    CHECK(instant_equal(sents.items[0].sent, DAY(2)));
    CHECK_STRING(sents.items[1].contact, "a@example.org");
    CHECK_STRING(sents.items[2].contact, "b@example.org");
    /* What waits counts from the moment at which it was due. */
    BEGIN(rig);
    (void)rig_owe(&rig, rig_notice("uid-2", "reminder-1d", "d@example.org", NOTICE_REMINDER));
    COMMIT(rig);
    REQUIRE(ledger_recent(rig.ledger, rig.arena, DAY(1), &sents) == 0);
    CHECK_INT(sents.count, 5);
    REQUIRE(ledger_recent(rig.ledger, rig.arena, (struct instant){DAY(1).utc_usec + 1}, &sents) ==
            0);
    CHECK_INT(sents.count, 3);
}

/* What leaves at one time in one mail counts once; what is still on its way counts already. */
TEST(recent_messages_are_mails)
{
    static const struct {
        const char *occurrence, *contact, *message_id;
        enum notice_state state;
    } rows[] = {{"uid-1", "a@example.org", "m1@x", NOTICE_ACCEPTED},
                {"uid-2", "a@example.org", "m1@x", NOTICE_ACCEPTED},
                {"uid-3", "a@example.org", "m2@x", NOTICE_ACCEPTED},
                {"uid-1", "b@example.org", "m1@x", NOTICE_ACCEPTED},
                {"uid-2", "b@example.org", NULL, NOTICE_OWED},
                {"uid-1", "c@example.org", NULL, NOTICE_HELD},
                {"uid-1", "d@example.org", NULL, NOTICE_SUPERSEDED}};
    RIG rig;
    rig_init(&rig);
    struct outcome fine = rig_outcome(VERDICT_ACCEPTED, 250, "250 ok");
    BEGIN(rig);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct notice notice =
            rig_notice(rows[i].occurrence, "invitation", rows[i].contact, NOTICE_INVITATION);
        notice.due = DAY(3);
        notice.state = rows[i].state == NOTICE_HELD ? NOTICE_HELD : NOTICE_OWED;
        if (notice.state == NOTICE_HELD)
            CHECK_INT(ledger_hold(rig.ledger, "why", DAY(3), &notice.hold), 0);
        int64_t id = rig_owe(&rig, notice);
        if (rows[i].message_id) {
            CHECK_INT(ledger_claim(rig.ledger, id, rows[i].message_id, DAY(3)), 0);
            CHECK_INT(ledger_outcome(rig.ledger, id, &fine, INSTANT_UNSET, DAY(3)), 0);
        } else if (rows[i].state == NOTICE_SUPERSEDED) {
            CHECK_INT(ledger_move(rig.ledger, id, NOTICE_SUPERSEDED, "why", DAY(3)), 0);
        }
    }
    COMMIT(rig);
    struct recent_sents sents;
    char got[16] = "";
    REQUIRE(ledger_recent(rig.ledger, rig.arena, DAY(2), &sents) == 0);
    for (size_t i = 0; i < sents.count && i < 15; i++)
        got[i] = sents.items[i].contact[0];
    CHECK_STRING(got, "aabbc");
    REQUIRE(ledger_recent(rig.ledger, rig.arena, DAY(4), &sents) == 0);
    CHECK_INT(sents.count, 0);
}

CHECK_MAIN
