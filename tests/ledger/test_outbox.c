/* SPDX-License-Identifier: MIT */
/* The same bytes again: what a killed daemon had in hand, and what may not be trusted of it. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "rig.h"

static const char *const addresses[] = {"a@ok.test", "b@ok.test", "c@ok.test", "d@ok.test"};
enum { COUNT = 4 };

#define MUST(condition)                                                                            \
    do {                                                                                           \
        if (!(condition))                                                                          \
            abort();                                                                               \
    } while (0)

static char buffer[300000];

static struct text bytes_of(size_t size, char fill)
{
    memset(buffer, fill, size);
    return (struct text){buffer, size};
}

static int64_t outbox_size(const struct rig *rig)
{
    char path[200];
    struct stat status;
    snprintf(path, sizeof path, "%s.outbox", rig->path);
    return stat(path, &status) ? -1 : (int64_t)status.st_size;
}

static void claim(struct rig *rig, int64_t id, struct text bytes)
{
    MUST(ledger_claim(rig->ledger, id, "id@sender.test", DAY(2)) == 0);
    MUST(ledger_stash_bytes(rig->ledger, id, bytes) == 0);
}

/* Lives a piece of a daemon's life in a child that is killed at its end, then opens the ledger
 * again. */
static void live_and_die(struct rig *rig, const int64_t *ids,
                         void (*live)(struct rig *rig, const int64_t *ids))
{
    int status;
    rig->ledger = ledger_close(rig->ledger);
    pid_t child = fork();
    if (child == 0) {
        MUST(rig_open(rig, LEDGER_DAEMON, &rig->ledger) == 0);
        live(rig, ids);
        kill(getpid(), SIGKILL);
    }
    MUST(child > 0 && waitpid(child, &status, 0) == child);
    MUST(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    MUST(rig_open(rig, LEDGER_DAEMON, &rig->ledger) == 0);
}

static size_t settle(struct rig *rig)
{
    size_t count = 0;
    MUST(ledger_begin(rig->ledger) == 0);
    MUST(ledger_settle_claims(rig->ledger, DAY(3), &count) == 0);
    MUST(ledger_commit(rig->ledger) == 0);
    return count;
}

static struct text find_bytes(struct rig *rig, int64_t id)
{
    struct text bytes = {0};
    MUST(ledger_find_bytes(rig->ledger, rig->arena, id, &bytes) == 0);
    return bytes;
}

static void owe_all(struct rig *rig, int64_t ids[COUNT])
{
    MUST(ledger_begin(rig->ledger) == 0);
    for (int i = 0; i < COUNT; i++)
        ids[i] = rig_owe(rig, rig_notice("meeting", "invitation", addresses[i], NOTICE_INVITATION));
    MUST(ledger_commit(rig->ledger) == 0);
}

static const size_t sizes[COUNT] = {1, 4056, 4057, 300000}; /* of a unit, and around its edge */

static void claim_all(struct rig *rig, const int64_t *ids)
{
    MUST(ledger_begin(rig->ledger) == 0);
    for (int i = 0; i < COUNT; i++)
        claim(rig, ids[i], bytes_of(sizes[i], (char)('a' + i)));
    MUST(ledger_commit(rig->ledger) == 0);
}

TEST(survive_kill)
{
    RIG rig;
    int64_t ids[COUNT];
    rig_init(&rig);
    owe_all(&rig, ids);
    live_and_die(&rig, ids, claim_all);
    CHECK(outbox_size(&rig) > 0);
    CHECK(settle(&rig) == COUNT);
    for (int i = 0; i < COUNT; i++) {
        struct text found = find_bytes(&rig, ids[i]);
        CHECK(found.size == sizes[i]);
        CHECK(found.size && found.data[0] == 'a' + i && found.data[found.size - 1] == 'a' + i);
        CHECK(rig_find(&rig, ids[i]).state == NOTICE_UNCERTAIN);
    }
    CHECK(outbox_size(&rig) == 0); /* messages are personal */
}

static void settle_and_claim(struct rig *rig, const int64_t *ids)
{
    struct outcome accepted = rig_outcome(VERDICT_ACCEPTED, 250, "ok");
    MUST(ledger_begin(rig->ledger) == 0);
    claim(rig, ids[0], bytes_of(100, 'x'));
    MUST(ledger_commit(rig->ledger) == 0 && ledger_begin(rig->ledger) == 0);
    MUST(ledger_outcome(rig->ledger, ids[0], &accepted, INSTANT_UNSET, DAY(2)) == 0);
    claim(rig, ids[1], bytes_of(100, 'y'));
}

static void settle_claim_and_commit(struct rig *rig, const int64_t *ids)
{
    settle_and_claim(rig, ids);
    MUST(ledger_commit(rig->ledger) == 0);
}

/* One transaction takes an outcome down and puts new bytes in: killed before its commit, both
 * messages must be as they were; after it, the new ones are there.                               */
TEST(keep_place_until_commit)
{
    for (int is_committed = 0; is_committed < 2; is_committed++) {
        RIG rig;
        int64_t ids[COUNT];
        rig_init(&rig);
        owe_all(&rig, ids);
        live_and_die(&rig, ids, is_committed ? settle_claim_and_commit : settle_and_claim);
        CHECK(settle(&rig) == 1);
        struct text of_first = find_bytes(&rig, ids[0]), of_second = find_bytes(&rig, ids[1]);
        CHECK(of_first.size == (is_committed ? 0 : 100));
        CHECK(of_second.size == (is_committed ? 100 : 0));
        CHECK(is_committed || of_first.data[0] == 'x');
    }
}

static void settle_in_vain(struct rig *rig, const int64_t *ids)
{
    struct outcome accepted = rig_outcome(VERDICT_ACCEPTED, 250, "ok");
    MUST(ledger_begin(rig->ledger) == 0);
    claim(rig, ids[0], bytes_of(100, 'x'));
    MUST(ledger_commit(rig->ledger) == 0 && ledger_begin(rig->ledger) == 0);
    MUST(ledger_outcome(rig->ledger, ids[0], &accepted, INSTANT_UNSET, DAY(2)) == 0);
    ledger_rollback(rig->ledger);
    MUST(ledger_begin(rig->ledger) == 0 && ledger_commit(rig->ledger) == 0);
    MUST(ledger_begin(rig->ledger) == 0);
    claim(rig, ids[1], bytes_of(100, 'y'));
    MUST(ledger_commit(rig->ledger) == 0);
}

/* What was settled in a transaction that came to nothing is in hand as before, whatever is
 * committed after it.                                                                            */
TEST(keep_place_after_a_rollback)
{
    RIG rig;
    int64_t ids[COUNT];
    rig_init(&rig);
    owe_all(&rig, ids);
    live_and_die(&rig, ids, settle_in_vain);
    CHECK(settle(&rig) == 2);
    struct text of_first = find_bytes(&rig, ids[0]);
    CHECK(of_first.size == 100 && of_first.data[0] == 'x');
    CHECK(find_bytes(&rig, ids[1]).size == 100);
}

static void claim_defer_claim(struct rig *rig, const int64_t *ids)
{
    struct outcome deferred = rig_outcome(VERDICT_DEFERRED, 451, "later");
    MUST(ledger_begin(rig->ledger) == 0);
    claim(rig, ids[1], bytes_of(9000, 'k'));
    claim(rig, ids[0], bytes_of(9000, '1'));
    MUST(ledger_commit(rig->ledger) == 0 && ledger_begin(rig->ledger) == 0);
    MUST(ledger_outcome(rig->ledger, ids[0], &deferred, DAY(2), DAY(2)) == 0);
    claim(rig, ids[0], bytes_of(7000, '2'));
    MUST(ledger_commit(rig->ledger) == 0);
}

/* Deferred and claimed again with other bytes: the last claim counts. */
TEST(newest_claim_counts)
{
    RIG rig;
    int64_t ids[COUNT];
    rig_init(&rig);
    owe_all(&rig, ids);
    live_and_die(&rig, ids, claim_defer_claim);
    CHECK(settle(&rig) == 2);
    struct text found = find_bytes(&rig, ids[0]);
    CHECK(found.size == 7000 && found.data[0] == '2');
    CHECK(find_bytes(&rig, ids[1]).size == 9000);
}

static void claim_two(struct rig *rig, const int64_t *ids)
{
    MUST(ledger_begin(rig->ledger) == 0);
    claim(rig, ids[0], bytes_of(9000, 'x'));
    claim(rig, ids[1], bytes_of(9000, 'y'));
    MUST(ledger_commit(rig->ledger) == 0);
}

/* A power cut may leave a page of the outbox old: then the message is composed again. */
TEST(distrust_torn_record)
{
    RIG rig;
    int64_t ids[COUNT];
    char path[200];
    rig_init(&rig);
    owe_all(&rig, ids);
    live_and_die(&rig, ids, claim_two);
    snprintf(path, sizeof path, "%s.outbox", rig.path);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    REQUIRE(fd >= 0);
    REQUIRE(pwrite(fd, "old page", 8, 5000) == 8);
    close(fd);
    CHECK(settle(&rig) == 2);
    CHECK(find_bytes(&rig, ids[0]).size == 0);
    CHECK(find_bytes(&rig, ids[1]).size == 9000);
}

static void claim_one(struct rig *rig, const int64_t *ids)
{
    MUST(ledger_begin(rig->ledger) == 0);
    claim(rig, ids[0], bytes_of(500, 'x'));
    MUST(ledger_commit(rig->ledger) == 0);
}

/* Whoever was forgotten while no daemon ran is not revived by what lay in the outbox. */
TEST(forgotten_stays_forgotten)
{
    RIG rig;
    int64_t ids[COUNT];
    struct ledger *command = NULL;
    rig_init(&rig);
    owe_all(&rig, ids);
    live_and_die(&rig, ids, claim_one);
    rig.ledger = ledger_close(rig.ledger);
    REQUIRE(rig_open(&rig, LEDGER_COMMAND, &command) == 0);
    CHECK(ledger_begin(command) == 0 && ledger_forget(command, addresses[0], NULL) == 0);
    CHECK(ledger_commit(command) == 0);
    ledger_close(command);
    rig_reopen(&rig);
    CHECK(settle(&rig) == 0);
    CHECK(find_bytes(&rig, ids[0]).size == 0);
    CHECK(outbox_size(&rig) == 0);
}

/* An undone start takes nothing away: the next one finds the same. */
TEST(settled_again_after_an_undone_start)
{
    RIG rig;
    int64_t ids[COUNT];
    rig_init(&rig);
    owe_all(&rig, ids);
    live_and_die(&rig, ids, claim_one);
    BEGIN(rig);
    CHECK_INT(ledger_settle_claims(rig.ledger, DAY(3), NULL), 0);
    ledger_rollback(rig.ledger);
    BEGIN(rig);
    CHECK_INT(ledger_set(rig.ledger, "something", "else"), 0);
    COMMIT(rig);
    CHECK(settle(&rig) == 1);
    CHECK_INT(find_bytes(&rig, ids[0]).size, 500);
}

/* Its disk is full, or so it seems: bytes that are not there are not said to be. */
TEST(no_room_for_the_bytes)
{
    RIG rig;
    int64_t ids[COUNT];
    struct rlimit before, small = {.rlim_cur = 1 << 20, .rlim_max = RLIM_INFINITY};
    rig_init(&rig);
    owe_all(&rig, ids);
    REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
    small.rlim_max = before.rlim_max;
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    BEGIN(rig);
    REQUIRE(ledger_claim(rig.ledger, ids[0], "id@sender.test", DAY(2)) == 0);
    for (int i = 1; i < COUNT; i++)
        claim(&rig, ids[i], bytes_of(sizeof buffer, 'x'));
    REQUIRE(setrlimit(RLIMIT_FSIZE, &small) == 0);
    int r = ledger_stash_bytes(rig.ledger, ids[0], bytes_of(sizeof buffer, 'x'));
    REQUIRE(setrlimit(RLIMIT_FSIZE, &before) == 0);
    signal(SIGXFSZ, handler);
    CHECK_INT(r, -EFBIG);
    ledger_rollback(rig.ledger);
    CHECK_INT(rig_find(&rig, ids[1]).state, NOTICE_OWED);
}

/* Side by side, without a gap: the file is as small as the most that was in hand. */
TEST(many_lie_close_together)
{
    enum { MANY = 200, UNIT = 4096 };
    RIG rig;
    char address[32];
    rig_init(&rig);
    BEGIN(rig);
    for (int i = 0; i < MANY; i++) {
        snprintf(address, sizeof address, "p%d@ok.test", i);
        int64_t id = rig_owe(&rig, rig_notice("meeting", "invitation", address, NOTICE_INVITATION));
        claim(&rig, id, bytes_of(4000, 'x'));
    }
    COMMIT(rig);
    CHECK(outbox_size(&rig) > (MANY - 1) * UNIT && outbox_size(&rig) <= MANY * UNIT);
}

TEST(places_are_used_again)
{
    RIG rig;
    int64_t ids[COUNT];
    struct outcome accepted = rig_outcome(VERDICT_ACCEPTED, 250, "ok");
    rig_init(&rig);
    owe_all(&rig, ids);
    BEGIN(rig);
    claim(&rig, ids[0], bytes_of(9000, 'x'));
    COMMIT(rig);
    int64_t size = outbox_size(&rig);
    CHECK(size >= 9000 && size < 3 * 4096);
    BEGIN(rig);
    claim(&rig, ids[1], bytes_of(9000, 'x'));
    ledger_rollback(rig.ledger); /* its place is free again */
    BEGIN(rig);
    claim(&rig, ids[2], bytes_of(9000, 'x'));
    COMMIT(rig);
    CHECK(outbox_size(&rig) < 6 * 4096);
    BEGIN(rig);
    CHECK(ledger_outcome(rig.ledger, ids[0], &accepted, INSTANT_UNSET, DAY(2)) == 0);
    COMMIT(rig);
    CHECK(outbox_size(&rig) > 0);
    BEGIN(rig);
    CHECK(ledger_move(rig.ledger, ids[2], NOTICE_OWED, "the relay took nothing", DAY(2)) == 0);
    COMMIT(rig);
    CHECK(outbox_size(&rig) == 0);
}

CHECK_MAIN
