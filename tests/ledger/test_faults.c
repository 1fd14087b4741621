/* SPDX-License-Identifier: MIT */
/* The disk says no, memory says no, the process dies: at every single step, one after the other.
 *
 * The same small day of a daemon is lived again and again while call n to the file system (or to
 * malloc) fails, for every n until none fails any more. Whatever was committed must be there after
 * it, nothing of what was undone may be, and a new attempt must succeed once there is room.      */
#include <errno.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>

#include "rig.h"
#include "starve.h"

/* --- a file system that fails on demand ------------------------------------------------------ */

enum failure { FAIL_FULL, FAIL_IO, FAIL_SYNC, FAIL_HALF };
static const char *const failure_names[] = {"disk full", "I/O error", "sync error", "half a write"};

static struct fault_plan {
    bool is_armed;
    bool is_lasting; /* every call from n on fails, until disarmed */
    enum failure failure;
    int countdown;
    int failed;
} fault;

static sqlite3_vfs *real_vfs;
static sqlite3_vfs faulty_vfs;
static sqlite3_io_methods real_methods;

static bool fails_now(bool is_sync)
{
    if (!fault.is_armed || is_sync != (fault.failure == FAIL_SYNC))
        return false;
    if (fault.countdown > 0 && --fault.countdown > 0)
        return false;
    if (fault.failed && !fault.is_lasting)
        return false;
    fault.failed++;
    return true;
}

static int faulty_write(sqlite3_file *file, const void *data, int size, sqlite3_int64 offset)
{
    if (!fails_now(false))
        return real_methods.xWrite(file, data, size, offset);
    if (fault.failure == FAIL_HALF)
        (void)real_methods.xWrite(file, data, size / 2, offset);
    return fault.failure == FAIL_IO ? SQLITE_IOERR_WRITE : SQLITE_FULL;
}

static int faulty_sync(sqlite3_file *file, int flags)
{
    return fails_now(true) ? SQLITE_IOERR_FSYNC : real_methods.xSync(file, flags);
}

/* Databases and logs have methods of their own, which write and sync alike. */
static const sqlite3_io_methods *disguise(const sqlite3_io_methods *real)
{
    static struct {
        const sqlite3_io_methods *real;
        sqlite3_io_methods ours;
    } pairs[8];
    for (size_t i = 0; i < 8; i++) {
        if (!pairs[i].real) {
            pairs[i].real = real;
            pairs[i].ours = real_methods = *real;
            pairs[i].ours.xWrite = faulty_write;
            pairs[i].ours.xSync = faulty_sync;
        }
        if (pairs[i].real == real)
            return &pairs[i].ours;
    }
    abort();
}

static int faulty_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
    (void)vfs;
    int r = real_vfs->xOpen(real_vfs, name, file, flags, out);
    if (r == SQLITE_OK && file->pMethods)
        file->pMethods = disguise(file->pMethods);
    return r;
}

static void install_vfs(void)
{
    if (real_vfs)
        return;
    sqlite3_initialize();
    real_vfs = sqlite3_vfs_find(NULL);
    faulty_vfs = *real_vfs;
    faulty_vfs.zName = "faulty";
    faulty_vfs.xOpen = faulty_open;
    sqlite3_vfs_register(&faulty_vfs, 1);
}

/* --- a day ---------------------------------------------------------------------------------------
 */

enum { PEOPLE = 12, GROUPS = 4 };

/* What the ledger has confirmed; written only after a commit returned 0. */
struct truth {
    bool is_owed[GROUPS], is_claimed[GROUPS], is_settled[GROUPS];
};

static const struct facts day_facts = {.id = "0123456789abcdef",
                                       .text = "never parsed: told is not asked here"};

static void contact_name(int i, char ret[32])
{
    snprintf(ret, 32, "p%d@example.org", i);
}

static int owe_group(struct ledger *ledger, int group)
{
    int r = ledger_begin(ledger);
    if (!r)
        r = ledger_keep_facts(ledger, &day_facts);
    for (int i = 0; r >= 0 && i < PEOPLE; i++) {
        char step[16], contact[32];
        snprintf(step, sizeof step, "step-%d", group);
        contact_name(i, contact);
        struct notice notice = rig_notice("uid-1", step, contact, NOTICE_REMINDER);
        notice.facts = day_facts.id;
        r = ledger_owe(ledger, &notice, "because", DAY(1), NULL);
    }
    if (r == LEDGER_E_EXISTS)
        r = 0;
    if (!r)
        return ledger_commit(ledger);
    ledger_rollback(ledger);
    return r;
}

/* step: 0 claims, 1 accepts */
static int push_group(struct rig *rig, struct ledger *ledger, int group, int step)
{
    char name[16];
    struct notices notices;
    struct notice_filter filter = {.occurrence = "uid-1"};
    struct outcome fine = rig_outcome(VERDICT_ACCEPTED, 250, "250 2.0.0 Ok: queued as 0123456789");
    snprintf(name, sizeof name, "step-%d", group);
    int r = ledger_notices(ledger, rig->arena, &filter, &notices);
    if (!r)
        r = ledger_begin(ledger);
    for (size_t i = 0; !r && i < notices.count; i++) {
        const struct notice *notice = &notices.items[i];
        if (!string_equal(notice->step, name))
            continue;
        if (step == 0 && notice->state == NOTICE_OWED)
            r = ledger_claim(ledger, notice->id, notice->contact, DAY(1));
        if (step == 0 && !r)
            r = ledger_keep_bytes(ledger, notice->id, TEXT("Subject: the very bytes\r\n\r\n"));
        if (step == 1 && notice->state == NOTICE_CLAIMED)
            r = ledger_outcome(ledger, notice->id, &fine, INSTANT_UNSET, DAY(2));
    }
    if (!r)
        return ledger_commit(ledger);
    ledger_rollback(ledger);
    return r;
}

static int live_day(struct rig *rig, struct ledger *ledger, struct truth *truth)
{
    for (int group = 0; group < GROUPS; group++) {
        int r = owe_group(ledger, group);
        if (r)
            return r;
        truth->is_owed[group] = true;
        r = push_group(rig, ledger, group, 0);
        if (r)
            return r;
        truth->is_claimed[group] = true;
        r = push_group(rig, ledger, group, 1);
        if (r)
            return r;
        truth->is_settled[group] = true;
    }
    return 0;
}

/* All of a group moved together, at least as far as was confirmed and one commit further at most.
 */
static void check_truth(struct rig *rig, struct ledger *ledger, const struct truth *truth)
{
    struct notices notices;
    struct notice_filter filter = {0};
    REQUIRE(ledger_notices(ledger, rig->arena, &filter, &notices) == 0);
    for (int group = 0; group < GROUPS; group++) {
        size_t states[NOTICE_STATE_COUNT] = {0}, total = 0;
        char step[16];
        snprintf(step, sizeof step, "step-%d", group);
        for (size_t i = 0; i < notices.count; i++)
            if (string_equal(notices.items[i].step, step)) {
                states[notices.items[i].state]++;
                total++;
                struct notice_facts life;
                REQUIRE(ledger_life(ledger, rig->arena, notices.items[i].id, &life) == 0);
                REQUIRE(life.count > 0);
                CHECK_INT(life.items[life.count - 1].state, notices.items[i].state);
            }
        CHECK(total == 0 || total == PEOPLE);
        CHECK(total == 0 || states[NOTICE_OWED] == PEOPLE || states[NOTICE_CLAIMED] == PEOPLE ||
              states[NOTICE_ACCEPTED] == PEOPLE);
        if (truth->is_owed[group])
            CHECK_INT(total, PEOPLE);
        if (truth->is_claimed[group])
            CHECK_INT(states[NOTICE_OWED], 0);
        if (truth->is_settled[group])
            CHECK_INT(states[NOTICE_ACCEPTED], PEOPLE);
    }
}

static bool is_known_error(int r)
{
    return r == -ENOSPC || r == -EIO || r == -ENOMEM;
}

/* One turn: the day with fault n, then the same ledger goes on, then it is opened again. Returns
 * whether the fault happened at all.                                                             */
static bool live_with_fault(enum failure failure, bool is_lasting, int n)
{
    RIG rig;
    struct truth truth = {0};
    rig_init(&rig);
    fault = (struct fault_plan){
        .is_armed = true, .is_lasting = is_lasting, .failure = failure, .countdown = n};
    int r = live_day(&rig, rig.ledger, &truth);
    bool has_failed = fault.failed;
    if (r)
        CHECK(is_known_error(r));
    else if (!has_failed)
        CHECK(truth.is_settled[GROUPS - 1]);
    fault.is_armed = false;

    /* The same daemon, room made. */
    check_truth(&rig, rig.ledger, &truth);
    CHECK_INT(live_day(&rig, rig.ledger, &truth), 0);
    check_truth(&rig, rig.ledger, &truth);
    rig_reopen(&rig); /* checks the file's integrity */
    check_truth(&rig, rig.ledger, &truth);
    struct ledger_counts counts;
    CHECK_INT(ledger_counts(rig.ledger, &counts), 0);
    CHECK_INT(counts.states[NOTICE_ACCEPTED], PEOPLE * GROUPS);
    return has_failed;
}

TEST(every_write_fails_once)
{
    install_vfs();
    for (int failure = FAIL_FULL; failure <= FAIL_HALF; failure++)
        for (int lasting = 0; lasting < 2; lasting++) {
            int n = 1;
            CHECK_ROW(failure_names[failure]);
            while (live_with_fault((enum failure)failure, lasting, n))
                n++;
            CHECK(n > 8); /* the fault was really there */
        }
}

/* A daemon that is killed by the fault instead: what lies on the disk is enough. */
TEST(a_crash_after_any_failed_write)
{
    install_vfs();
    bool has_failed = true;
    for (int n = 1; has_failed; n++) {
        RIG rig;
        int pipes[2];
        struct truth truth = {0};
        rig_init(&rig);
        rig.ledger = ledger_close(rig.ledger);
        REQUIRE(pipe(pipes) == 0);
        pid_t pid = fork();
        if (pid == 0) {
            struct ledger *ledger;
            if (rig_open(&rig, LEDGER_DAEMON, &ledger))
                _exit(2);
            fault = (struct fault_plan){.is_armed = true, .is_lasting = true, .countdown = n};
            int r = live_day(&rig, ledger, &truth);
            if (write(pipes[1], &truth, sizeof truth) != sizeof truth)
                _exit(2);
            _exit(r ? 1 : 0); /* without closing anything */
        }
        int status = 0;
        close(pipes[1]);
        REQUIRE(read(pipes[0], &truth, sizeof truth) == sizeof truth);
        close(pipes[0]);
        REQUIRE(waitpid(pid, &status, 0) == pid);
        REQUIRE(WIFEXITED(status) && WEXITSTATUS(status) < 2);
        has_failed = WEXITSTATUS(status) == 1;
        REQUIRE(rig_open(&rig, LEDGER_DAEMON, &rig.ledger) == 0);
        check_truth(&rig, rig.ledger, &truth);
        CHECK_INT(live_day(&rig, rig.ledger, &truth), 0);
    }
}

TEST(a_refused_ledger_stays_refused_until_begin)
{
    install_vfs();
    RIG rig;
    rig_init(&rig);
    const char *value = NULL;
    BEGIN(rig);
    CHECK_INT(ledger_set(rig.ledger, "before", "1"), 0);
    COMMIT(rig);
    BEGIN(rig);
    CHECK_INT(ledger_set(rig.ledger, "lost", "1"), 0);
    fault = (struct fault_plan){.is_armed = true, .is_lasting = true, .countdown = 1};
    CHECK_INT(ledger_commit(rig.ledger), -ENOSPC);
    CHECK_INT(ledger_set(rig.ledger, "after", "1"), -ENOSPC);
    CHECK_INT(ledger_commit(rig.ledger), -ENOSPC);
    CHECK_INT(ledger_get(rig.ledger, rig.arena, "before", &value), 0); /* questions are answered */
    CHECK_STRING(value, "1");
    fault.is_armed = false;
    CHECK_INT(ledger_set(rig.ledger, "after", "1"), -ENOSPC); /* room alone is not enough */
    BEGIN(rig);
    CHECK_INT(ledger_set(rig.ledger, "again", "1"), 0);
    COMMIT(rig);
    CHECK_INT(ledger_get(rig.ledger, rig.arena, "lost", &value), 0);
    CHECK_STRING(value, NULL);
    CHECK_INT(ledger_get(rig.ledger, rig.arena, "again", &value), 0);
    CHECK_STRING(value, "1");
}

/* --- memory --------------------------------------------------------------------------------------
 */

TEST(every_allocation_of_the_engine_fails_once)
{
    fault.is_armed = false;
    for (int n = 1, has_failed = 1; has_failed; n += 1 + n / 40) {
        RIG rig;
        struct truth truth = {0};
        rig_init(&rig);
        rig_reopen(&rig); /* no statement is prepared yet */
        memory_countdown = n;
        int r = live_day(&rig, rig.ledger, &truth);
        has_failed = memory_countdown == 0;
        memory_countdown = 0;
        CHECK(r == 0 || r == -ENOMEM);
        check_truth(&rig, rig.ledger, &truth);
        CHECK_INT(live_day(&rig, rig.ledger, &truth), 0);
        check_truth(&rig, rig.ledger, &truth);
    }
}

TEST(opening_without_memory)
{
    for (int n = 1, r = 1; r; n++) {
        RIG rig;
        rig_init(&rig);
        rig.ledger = ledger_close(rig.ledger);
        memory_countdown = n;
        r = rig_open(&rig, LEDGER_DAEMON, &rig.ledger);
        if (memory_countdown)
            CHECK_INT(r, 0);
        memory_countdown = 0;
        if (r)
            CHECK_INT(r, -ENOMEM);
        ledger_close(rig.ledger);
        rig.ledger = NULL;
        CHECK_INT(rig_open(&rig, LEDGER_DAEMON, &rig.ledger), 0);
        if (n > 2000)
            break;
    }
}

/* --- kill -9
 * --------------------------------------------------------------------------------------- */

/* A child sends for ever; it tells each commit through a pipe that outlives it. It is killed at a
 * random moment; a new one settles the claims and goes on. Every notice that was told accepted
 * stays accepted, and every one ends accepted exactly once.                                      */
static void work_until_killed(struct rig *rig, int report)
{
    struct ledger *ledger;
    if (rig_open(rig, LEDGER_DAEMON, &ledger) || ledger_begin(ledger) ||
        ledger_settle_claims(ledger, DAY(2), NULL) || ledger_commit(ledger))
        _exit(2);
    for (;;) {
        struct notices due;
        struct outcome fine = rig_outcome(VERDICT_ACCEPTED, 250, "250 ok");
        if (ledger_due(ledger, rig->arena, DAY(3), 7, &due))
            _exit(2);
        if (!due.count)
            _exit(0);
        if (ledger_begin(ledger))
            _exit(2);
        for (size_t i = 0; i < due.count; i++)
            if (ledger_claim(ledger, due.items[i].id, due.items[i].contact, DAY(3)))
                _exit(2);
        if (ledger_commit(ledger) || ledger_begin(ledger))
            _exit(2);
        for (size_t i = 0; i < due.count; i++)
            if (ledger_outcome(ledger, due.items[i].id, &fine, INSTANT_UNSET, DAY(3)))
                _exit(2);
        if (ledger_commit(ledger))
            _exit(2);
        for (size_t i = 0; i < due.count; i++)
            if (write(report, &due.items[i].id, sizeof(int64_t)) != sizeof(int64_t))
                _exit(2);
        arena_clear(rig->arena);
    }
}

TEST(killed_at_random_moments)
{
    enum { MANY = 1500, KILLS_MAX = 400 };
    static bool was_told[MANY + 2];
    fault.is_armed = false;
    RIG rig;
    rig_init(&rig);
    BEGIN(rig);
    for (int i = 0; i < MANY; i++) {
        char contact[32];
        contact_name(i, contact);
        rig_owe(&rig, rig_notice("uid-1", "x", contact, NOTICE_REMINDER));
    }
    COMMIT(rig);
    rig.ledger = ledger_close(rig.ledger);
    unsigned seed = 12345;
    bool is_done = false;
    int kills = 0, told = 0;
    while (!is_done && kills < KILLS_MAX) {
        int pipes[2], status;
        REQUIRE(pipe(pipes) == 0);
        pid_t pid = fork();
        if (pid == 0) {
            close(pipes[0]);
            work_until_killed(&rig, pipes[1]);
        }
        close(pipes[1]);
        /* A life is as long as what it gets done, on whatever machine: it dies some moments
         * after it told so many. */
        seed = seed * 1103515245u + 12345u;
        int enough = told + (int)(seed / 65536 % 32);
        int64_t id;
        bool is_killed = false;
        for (;;) {
            if (!is_killed && told >= enough) {
                usleep(seed / 256 % 4000);
                kill(pid, SIGKILL);
                is_killed = true;
            }
            if (read(pipes[0], &id, sizeof id) != sizeof id)
                break;
            REQUIRE(id > 0 && id <= MANY);
            CHECK(!was_told[id]); /* nobody settles what is settled */
            was_told[id] = true;
            told++;
        }
        close(pipes[0]);
        REQUIRE(waitpid(pid, &status, 0) == pid);
        REQUIRE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
        is_done = !WIFSIGNALED(status);
        kills += !is_done;
    }
    REQUIRE(rig_open(&rig, LEDGER_DAEMON, &rig.ledger) == 0);
    struct notices notices;
    struct notice_filter filter = {0};
    REQUIRE(ledger_notices(rig.ledger, rig.arena, &filter, &notices) == 0);
    REQUIRE(notices.count == MANY);
    for (size_t i = 0; i < MANY; i++) {
        const struct notice *notice = &notices.items[i];
        struct notice_facts life;
        int claims = 0, doubts = 0, accepted = 0;
        REQUIRE(ledger_life(rig.ledger, rig.arena, notice->id, &life) == 0);
        for (size_t k = 0; k < life.count; k++) {
            claims += life.items[k].state == NOTICE_CLAIMED;
            doubts += life.items[k].state == NOTICE_UNCERTAIN;
            accepted += life.items[k].state == NOTICE_ACCEPTED;
        }
        CHECK(!was_told[notice->id] || accepted == 1);
        CHECK(accepted <= 1);
        CHECK(claims - doubts <= 1); /* each claim that was cut short was declared uncertain */
        CHECK_INT(claims, notice->attempts);
        if (claims)
            CHECK_STRING(notice->message_id, notice->contact);
        if (is_done)
            CHECK_INT(notice->state, NOTICE_ACCEPTED);
    }
    CHECK(kills > 0);
    CHECK(told > 0);
}

CHECK_MAIN
