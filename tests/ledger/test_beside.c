/* SPDX-License-Identifier: MIT */
/* Commands beside a daemon that sends: neither loses what the other wrote, neither is stopped. */
#include <sys/wait.h>

#include "rig.h"

enum { NOTICES = 200, HOLDS = 10 };

#define MUST(condition)                                                                            \
    do {                                                                                           \
        if (!(condition))                                                                          \
            abort();                                                                               \
    } while (0)

/* A human at work: approves every hold, pauses and resumes, opposes, forgets. */
static void command(struct rig *rig, const int64_t *holds)
{
    struct ledger *ledger = NULL;
    char address[32];
    size_t count;
    MUST(rig_open(rig, LEDGER_COMMAND, &ledger) == 0);
    for (int i = 0; i < HOLDS; i++) {
        snprintf(address, sizeof address, "x%d@ok.test", i);
        MUST(ledger_begin(ledger) == 0);
        MUST(ledger_approve(ledger, holds[i], DAY(2), &count) == 0 && count == 1);
        MUST(ledger_set(ledger, "pause", i % 2 ? NULL : "a word") == 0);
        MUST(ledger_suppress(ledger, address, SUPPRESSED_OPPOSED, "letter", DAY(2)) == 0);
        MUST(ledger_commit(ledger) == 0);
        snprintf(address, sizeof address, "p%d@ok.test", NOTICES - 1 - i);
        MUST(ledger_begin(ledger) == 0);
        MUST(ledger_forget(ledger, address, &count) == 0);
        MUST(ledger_commit(ledger) == 0);
    }
    ledger_close(ledger);
}

/* One group as the daemon does it: what is due is asked in the transaction that claims it. */
static size_t send_group(struct rig *rig, size_t max)
{
    struct outcome accepted = rig_outcome(VERDICT_ACCEPTED, 250, "ok");
    struct notices due = {0};
    arena_clear(rig->arena);
    MUST(ledger_begin(rig->ledger) == 0);
    MUST(ledger_due(rig->ledger, rig->arena, DAY(2), max, &due) == 0);
    for (size_t i = 0; i < due.count; i++) {
        MUST(ledger_claim(rig->ledger, due.items[i].id, "id@sender.test", DAY(2)) == 0);
        MUST(ledger_stash_bytes(rig->ledger, due.items[i].id, TEXT("bytes")) == 0);
    }
    MUST(ledger_commit(rig->ledger) == 0);
    MUST(ledger_begin(rig->ledger) == 0); /* some of them may be erased by now */
    for (size_t i = 0; i < due.count; i++)
        MUST(ledger_outcome(rig->ledger, due.items[i].id, &accepted, INSTANT_UNSET, DAY(2)) == 0);
    MUST(ledger_commit(rig->ledger) == 0);
    return due.count;
}

TEST(commands_while_sending)
{
    RIG rig;
    char address[32];
    int64_t holds[HOLDS];
    struct ledger_counts counts;
    struct suppressions opposed = {0};
    int status;
    rig_init(&rig);
    BEGIN(rig);
    for (int i = 0; i < NOTICES; i++) {
        snprintf(address, sizeof address, "p%d@ok.test", i);
        rig_owe(&rig, rig_notice("meeting", "invitation", address, NOTICE_INVITATION));
    }
    for (int i = 0; i < HOLDS; i++) {
        snprintf(address, sizeof address, "h%d@ok.test", i);
        struct notice held = rig_notice("meeting", "invitation", address, NOTICE_INVITATION);
        REQUIRE(ledger_hold(rig.ledger, "look first", DAY(1), &holds[i]) == 0);
        held.state = NOTICE_HELD;
        held.hold = holds[i];
        rig_owe(&rig, held);
    }
    COMMIT(rig);
    rig.ledger = ledger_close(rig.ledger); /* no connection may be carried over a fork */
    pid_t child = fork();
    if (child == 0) {
        command(&rig, holds);
        _exit(0);
    }
    REQUIRE(child > 0);
    REQUIRE(rig_open(&rig, LEDGER_DAEMON, &rig.ledger) == 0);
    while (waitpid(child, &status, WNOHANG) == 0)
        send_group(&rig, 7);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    while (send_group(&rig, 7))
        continue;
    REQUIRE(ledger_counts(rig.ledger, &counts) == 0);
    /* Everybody was written to, the approved too; the forgotten left no row. */
    CHECK_INT(counts.states[NOTICE_ACCEPTED], NOTICES);
    CHECK_INT(counts.states[NOTICE_CLAIMED] + counts.states[NOTICE_OWED], 0);
    CHECK_INT(counts.states[NOTICE_HELD], 0);
    REQUIRE(ledger_suppressions(rig.ledger, rig.arena, &opposed) == 0);
    CHECK_INT(opposed.count, HOLDS);
}

/* A notice that a command moved or erased after the question may not be claimed, which is no error
 * of the group. */
TEST(moved_between_question_and_claim)
{
    RIG rig;
    struct ledger *other = NULL;
    struct notices due = {0};
    rig_init(&rig);
    BEGIN(rig);
    rig_owe(&rig, rig_notice("meeting", "invitation", "a@ok.test", NOTICE_INVITATION));
    rig_owe(&rig, rig_notice("meeting", "invitation", "b@ok.test", NOTICE_INVITATION));
    rig_owe(&rig, rig_notice("meeting", "invitation", "c@ok.test", NOTICE_INVITATION));
    COMMIT(rig);
    REQUIRE(ledger_due(rig.ledger, rig.arena, DAY(2), 9, &due) == 0);
    REQUIRE(due.count == 3);
    REQUIRE(rig_open(&rig, LEDGER_COMMAND, &other) == 0);
    CHECK_INT(ledger_begin(other), 0);
    CHECK_INT(ledger_move(other, due.items[0].id, NOTICE_SUPPRESSED, "opposed", DAY(2)), 0);
    CHECK_INT(ledger_forget(other, due.items[1].contact, NULL), 0);
    CHECK_INT(ledger_commit(other), 0);
    ledger_close(other);
    BEGIN(rig);
    CHECK_INT(ledger_claim(rig.ledger, due.items[0].id, "m@x", DAY(2)), LEDGER_E_TRANSITION);
    CHECK_INT(ledger_claim(rig.ledger, due.items[1].id, "m@x", DAY(2)), LEDGER_E_ABSENT);
    CHECK_INT(ledger_claim(rig.ledger, due.items[2].id, "m@x", DAY(2)), 0);
    COMMIT(rig);
    CHECK_INT(rig_find(&rig, due.items[2].id).state, NOTICE_CLAIMED);
}

CHECK_MAIN
