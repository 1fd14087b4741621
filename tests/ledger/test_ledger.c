/* SPDX-License-Identifier: MIT */
/* Opening, the lock, transactions, values. */
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/wait.h>

#include "rig.h"

TEST(values_survive_and_vanish)
{
    RIG rig;
    rig_init(&rig);
    const char *value = "?";
    BEGIN(rig);
    CHECK_INT(ledger_set(rig.ledger, "pause", "relais en panne — 停止中"), 0);
    CHECK_INT(ledger_set(rig.ledger, "pause", "autre"), 0);
    CHECK_INT(ledger_set(rig.ledger, "empty", ""), 0);
    COMMIT(rig);
    rig_reopen(&rig);
    CHECK_INT(ledger_get(rig.ledger, rig.arena, "pause", &value), 0);
    CHECK_STRING(value, "autre");
    CHECK_INT(ledger_get(rig.ledger, rig.arena, "empty", &value), 0);
    CHECK_STRING(value, "");
    BEGIN(rig);
    CHECK_INT(ledger_set(rig.ledger, "pause", NULL), 0);
    CHECK_INT(ledger_set(rig.ledger, "never there", NULL), 0);
    COMMIT(rig);
    CHECK_INT(ledger_get(rig.ledger, rig.arena, "pause", &value), 0);
    CHECK_STRING(value, NULL);
}

TEST(births_are_first_sights)
{
    RIG rig;
    rig_init(&rig);
    struct instant at = INSTANT_UNSET;
    BEGIN(rig);
    CHECK_INT(ledger_birth(rig.ledger, "step", "groupe-pays/invitation", DAY(1), &at), 0);
    CHECK(instant_equal(at, DAY(1)));
    CHECK_INT(ledger_birth(rig.ledger, "step", "groupe-pays/invitation", DAY(2), &at), 0);
    CHECK(instant_equal(at, DAY(1)));
    CHECK_INT(ledger_birth(rig.ledger, "list", "groupe-pays/invitation", DAY(3), &at), 0);
    CHECK(instant_equal(at, DAY(3)));
    struct named_births known;
    CHECK_INT(ledger_birth(rig.ledger, "step", "a", DAY(4), &at), 0);
    REQUIRE(ledger_births(rig.ledger, rig.arena, "step", &known) == 0);
    REQUIRE(known.count == 2);
    CHECK_STRING(known.items[0].name, "a");
    CHECK_STRING(known.items[1].name, "groupe-pays/invitation");
    CHECK(instant_equal(known.items[1].at, DAY(1)));
    CHECK_INT(ledger_forget_birth(rig.ledger, "step", "a"), 0);
    CHECK_INT(ledger_birth(rig.ledger, "step", "a", DAY(5), &at), 0);
    CHECK(instant_equal(at, DAY(5)));
    COMMIT(rig);
}

TEST(the_key_stays_and_is_one_of_a_kind)
{
    RIG rig, other;
    rig_init(&rig);
    rig_init(&other);
    uint8_t first[32], again[32], foreign[32];
    CHECK_INT(ledger_key(rig.ledger, first), 0);
    CHECK_INT(ledger_key(other.ledger, foreign), 0);
    rig_reopen(&rig);
    CHECK_INT(ledger_key(rig.ledger, again), 0);
    CHECK(memcmp(first, again, 32) == 0);
    CHECK(memcmp(first, foreign, 32) != 0);
}

TEST(nobody_else_may_read_the_file)
{
    RIG rig;
    rig_init(&rig);
    struct stat status;
    CHECK_INT(stat(rig.path, &status), 0);
    CHECK_INT(status.st_mode & 0777, 0600);
}

TEST(a_second_daemon_is_refused)
{
    RIG rig;
    rig_init(&rig);
    struct ledger *second = NULL;
    CHECK_INT(rig_open(&rig, LEDGER_DAEMON, &second), LEDGER_E_LOCKED);
    CHECK_INT(rig.flaws.count, 1);
    CHECK(second == NULL);
    rig.ledger = ledger_close(rig.ledger);
    CHECK_INT(rig_open(&rig, LEDGER_DAEMON, &second), 0);
    rig.ledger = second;
}

TEST(a_lock_dies_with_its_owner)
{
    RIG rig;
    rig_init(&rig);
    rig.ledger = ledger_close(rig.ledger);
    pid_t pid = fork();
    if (pid == 0) {
        struct ledger *child = NULL;
        _exit(rig_open(&rig, LEDGER_DAEMON, &child) ? 1 : 0); /* not closed */
    }
    int status = -1;
    REQUIRE(waitpid(pid, &status, 0) == pid);
    CHECK_INT(status, 0);
    CHECK_INT(rig_open(&rig, LEDGER_DAEMON, &rig.ledger), 0);
}

TEST(a_command_works_beside_the_daemon)
{
    RIG rig;
    rig_init(&rig);
    struct ledger *command = NULL;
    const char *value = NULL;
    REQUIRE(rig_open(&rig, LEDGER_COMMAND, &command) == 0);
    CHECK_INT(ledger_begin(command), 0);
    CHECK_INT(ledger_set(command, "pause", "lunch"), 0);
    CHECK_INT(ledger_commit(command), 0);
    CHECK_INT(ledger_get(rig.ledger, rig.arena, "pause", &value), 0);
    CHECK_STRING(value, "lunch");
    /* It reads while the daemon writes, and sees only what was committed. */
    BEGIN(rig);
    CHECK_INT(ledger_set(rig.ledger, "pause", "unfinished"), 0);
    CHECK_INT(ledger_get(command, rig.arena, "pause", &value), 0);
    CHECK_STRING(value, "lunch");
    COMMIT(rig);
    CHECK_INT(ledger_get(command, rig.arena, "pause", &value), 0);
    CHECK_STRING(value, "unfinished");
    ledger_close(command);
}

TEST(a_command_without_a_ledger)
{
    RIG rig;
    rig_init(&rig);
    struct ledger *command = NULL;
    struct stat status;
    snprintf(rig.path, sizeof rig.path, "%s/none", rig.folder);
    CHECK_INT(rig_open(&rig, LEDGER_COMMAND, &command), LEDGER_E_ABSENT);
    CHECK(command == NULL);
    CHECK(stat(rig.path, &status) != 0); /* and none was made */
}

/* What was said before the first start is there when the daemon comes, and the file is its own. */
TEST(a_command_makes_the_ledger)
{
    RIG rig;
    rig_init(&rig);
    struct ledger *command = NULL, *daemon = NULL;
    bool is_suppressed = false;
    struct stat status;
    uid_t owner = geteuid() ? geteuid() : 65534;
    snprintf(rig.path, sizeof rig.path, "%s/new", rig.folder);
    REQUIRE(chown(rig.folder, owner, (gid_t)-1) == 0);
    REQUIRE(rig_open(&rig, LEDGER_CREATE, &command) == 0);
    CHECK_INT(ledger_begin(command), 0);
    CHECK_INT(ledger_suppress(command, "a@b.example", SUPPRESSED_STAFF, "by hand", DAY(0)), 0);
    CHECK_INT(ledger_commit(command), 0);
    static const char *const files[] = {"new", "new.lock", "new-wal", "new-shm"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/%s", rig.folder, files[i]);
        CHECK_ROW(files[i]);
        REQUIRE(stat(path, &status) == 0);
        CHECK_INT(status.st_uid, owner);
        CHECK_INT(status.st_mode & 0777, 0600);
    }
    CHECK_INT(rig_open(&rig, LEDGER_DAEMON, &daemon), 0); /* the command holds no lock */
    CHECK_INT(ledger_is_suppressed(daemon, "A@B.example", &is_suppressed), 0);
    CHECK(is_suppressed);
    ledger_close(command);
    command = NULL;
    REQUIRE(rig_open(&rig, LEDGER_CREATE, &command) == 0); /* the one that is there */
    CHECK_INT(ledger_is_suppressed(command, "a@b.example", &is_suppressed), 0);
    CHECK(is_suppressed);
    ledger_close(command);
    ledger_close(daemon);
}

TEST(two_writers_wait_for_each_other)
{
    RIG rig;
    rig_init(&rig);
    struct ledger *command = NULL;
    REQUIRE(rig_open(&rig, LEDGER_COMMAND, &command) == 0);
    REQUIRE(ledger_begin(command) == 0);
    CHECK_INT(ledger_set(command, "who", "command"), 0);
    CHECK_INT(ledger_begin(rig.ledger), -EBUSY); /* after the daemon's patience */
    CHECK_INT(ledger_commit(command), 0);
    CHECK_INT(ledger_begin(rig.ledger), 0);
    CHECK_INT(ledger_set(rig.ledger, "who", "daemon"), 0);
    CHECK_INT(ledger_commit(rig.ledger), 0);
    ledger_close(command);
}

/* To take what one may not look at for an empty ledger would be to say that nothing was sent. */
TEST(what_cannot_be_seen_is_not_absent)
{
    static const enum ledger_mode modes[] = {LEDGER_MEMORY, LEDGER_QUESTION, LEDGER_COMMAND};
    struct arena *arena = arena_new(1 << 20);
    struct flaws flaws;
    struct ledger *ledger = NULL;
    REQUIRE(arena);
    flaws_init(&flaws, arena, "ledger.db");
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        CHECK_INT(ledger_open("/dev/null/ledger.db", modes[i], DAY(0), &flaws, &ledger), -ENOTDIR);
    arena_free(arena);
}

TEST(memory_is_a_copy)
{
    RIG rig;
    rig_init(&rig);
    struct ledger *memory = NULL;
    const char *value = NULL;
    uint8_t key[32], copy_key[32];
    BEGIN(rig);
    CHECK_INT(ledger_set(rig.ledger, "pause", "true"), 0);
    COMMIT(rig);
    REQUIRE(rig_open(&rig, LEDGER_MEMORY, &memory) == 0); /* the daemon has it open */
    CHECK_INT(ledger_get(memory, rig.arena, "pause", &value), 0);
    CHECK_STRING(value, "true");
    CHECK_INT(ledger_begin(memory), 0);
    CHECK_INT(ledger_set(memory, "pause", "imagined"), 0);
    CHECK_INT(ledger_commit(memory), 0);
    CHECK_INT(ledger_get(rig.ledger, rig.arena, "pause", &value), 0);
    CHECK_STRING(value, "true");
    ledger_key(rig.ledger, key);
    ledger_key(memory, copy_key);
    CHECK(memcmp(key, copy_key, 32) == 0);
    ledger_close(memory);

    snprintf(rig.path, sizeof rig.path, "%s/none", rig.folder);
    REQUIRE(rig_open(&rig, LEDGER_MEMORY, &memory) == 0);
    CHECK_INT(ledger_get(memory, rig.arena, "pause", &value), 0);
    CHECK_STRING(value, NULL);
    ledger_close(memory);
    struct stat status;
    CHECK(stat(rig.path, &status) != 0);
}

TEST(rollback_and_close_keep_nothing)
{
    RIG rig;
    rig_init(&rig);
    const char *value = NULL;
    BEGIN(rig);
    CHECK_INT(ledger_set(rig.ledger, "a", "1"), 0);
    ledger_rollback(rig.ledger);
    ledger_rollback(rig.ledger); /* nothing to do */
    BEGIN(rig);
    CHECK_INT(ledger_set(rig.ledger, "b", "1"), 0);
    rig_reopen(&rig);
    CHECK_INT(ledger_get(rig.ledger, rig.arena, "a", &value), 0);
    CHECK_STRING(value, NULL);
    CHECK_INT(ledger_get(rig.ledger, rig.arena, "b", &value), 0);
    CHECK_STRING(value, NULL);
}

/* --- what may lie there instead of a ledger --------------------------------------------------- */

static void spoil_file(const char *path, off_t at, const char *bytes, size_t size)
{
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    if (fd < 0 || pwrite(fd, bytes, size, at) != (ssize_t)size)
        abort();
    close(fd);
}

static void make_database(const char *path, const char *sql)
{
    sqlite3 *db;
    if (sqlite3_open(path, &db) || sqlite3_exec(db, sql, NULL, NULL, NULL))
        abort();
    sqlite3_close(db);
}

TEST(strange_files_are_refused_with_words)
{
    static const struct {
        const char *title, *sql; /* NULL: not even a database */
        int want;
    } rows[] = {
        {"another program's database", "CREATE TABLE mail(id)", LEDGER_E_DAMAGED},
        {"another program's mark", "PRAGMA application_id=77", LEDGER_E_DAMAGED},
        {"from the future", "PRAGMA application_id=1131376246; PRAGMA user_version=999",
         LEDGER_E_NEWER},
        {"words", NULL, LEDGER_E_DAMAGED},
    };
    static const enum ledger_mode modes[] = {LEDGER_DAEMON, LEDGER_COMMAND, LEDGER_MEMORY};
    RIG rig;
    rig_init(&rig);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t m = 0; m < 3; m++) {
            struct ledger *ledger = NULL;
            size_t flaws = rig.flaws.count;
            CHECK_ROW(rows[i].title);
            snprintf(rig.path, sizeof rig.path, "%s/strange-%zu-%zu", rig.folder, i, m);
            if (rows[i].sql)
                make_database(rig.path, rows[i].sql);
            else
                for (off_t at = 0; at < 4096; at += 16)
                    spoil_file(rig.path, at, "Bonjour bonjour!", 16);
            CHECK_INT(rig_open(&rig, modes[m], &ledger), rows[i].want);
            CHECK(ledger == NULL);
            CHECK_INT(rig.flaws.count, flaws + 1);
        }
}

TEST(an_empty_file_becomes_a_ledger)
{
    RIG rig;
    rig_init(&rig);
    struct ledger *ledger = NULL;
    snprintf(rig.path, sizeof rig.path, "%s/empty", rig.folder);
    spoil_file(rig.path, 0, "", 0);
    CHECK_INT(rig_open(&rig, LEDGER_DAEMON, &ledger), 0);
    ledger_close(ledger);
}

/* A daemon died before it wrote anything, and a command is the first to come. */
TEST(a_command_finishes_an_empty_file)
{
    RIG rig;
    rig_init(&rig);
    struct ledger *command = NULL, *daemon = NULL;
    snprintf(rig.path, sizeof rig.path, "%s/empty", rig.folder);
    spoil_file(rig.path, 0, "", 0);
    REQUIRE(rig_open(&rig, LEDGER_COMMAND, &command) == 0);
    /* It worked under the lock, which it gave back. */
    CHECK_INT(rig_open(&rig, LEDGER_DAEMON, &daemon), 0);
    ledger_close(daemon);
    ledger_close(command);
}

/* As somebody who may only read, which root always may do more than. */
static int read_as_nobody(struct rig *rig)
{
    struct ledger *ledger = NULL;
    const char *value = NULL;
    if (geteuid() == 0 && setresuid(65534, 65534, 65534))
        return 77;
    int r = rig_open(rig, LEDGER_MEMORY, &ledger);
    if (r)
        return r < 0 ? -r : 1;
    r = ledger_get(ledger, rig->arena, "pause", &value);
    bool is_right = r == 0 && string_equal(value, "a word");
    ledger_close(ledger);
    return is_right ? 0 : 2;
}

static int ask_nobody(struct rig *rig)
{
    int status;
    pid_t child = fork();
    if (child == 0)
        _exit(read_as_nobody(rig));
    REQUIRE(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* On a disk where nobody may write, not even SQLite's shared memory; the name would mean something
 * else in an address. */
TEST(what_may_only_be_read_is_read)
{
    RIG rig;
    rig_init(&rig);
    char path[128], wal[200];
    BEGIN(rig);
    REQUIRE(ledger_set(rig.ledger, "pause", "a word") == 0);
    COMMIT(rig);
    rig.ledger = ledger_close(rig.ledger);
    snprintf(path, sizeof path, "%s/50%%41?b#c", rig.folder);
    REQUIRE(rename(rig.path, path) == 0);
    memcpy(rig.path, path, sizeof path);
    REQUIRE(chmod(rig.path, 0444) == 0 && chmod(rig.folder, 0555) == 0);
    CHECK_INT(ask_nobody(&rig), 0);
    /* With a log beside it the file is not all. */
    REQUIRE(chmod(rig.folder, 0755) == 0);
    snprintf(wal, sizeof wal, "%s-wal", rig.path);
    spoil_file(wal, 0, "", 0);
    REQUIRE(chmod(rig.folder, 0555) == 0);
    CHECK(ask_nobody(&rig) != 0);
    REQUIRE(chmod(rig.folder, 0755) == 0 && unlink(wal) == 0);
}

TEST(damage_is_found_at_start)
{
    RIG rig;
    rig_init(&rig);
    BEGIN(rig);
    for (int i = 0; i < 500; i++) {
        char name[32];
        snprintf(name, sizeof name, "p%03d@example.org", i);
        rig_owe(&rig, rig_notice("uid-1", "invitation", name, NOTICE_INVITATION));
    }
    COMMIT(rig);
    rig.ledger = ledger_close(rig.ledger);
    struct stat status;
    REQUIRE(stat(rig.path, &status) == 0);
    char noise[8192];
    memset(noise, 0x5A, sizeof noise);
    spoil_file(rig.path, status.st_size / 2 / 4096 * 4096, noise, sizeof noise);
    struct ledger *ledger = NULL;
    CHECK_INT(rig_open(&rig, LEDGER_DAEMON, &ledger), LEDGER_E_DAMAGED);
    CHECK_INT(rig.flaws.count, 1);
    CHECK(ledger == NULL);
}

TEST(a_missing_folder_is_the_systems_fault)
{
    RIG rig;
    rig_init(&rig);
    struct ledger *ledger = NULL;
    snprintf(rig.path, sizeof rig.path, "%s/no/such/folder", rig.folder);
    CHECK_INT(rig_open(&rig, LEDGER_DAEMON, &ledger), -ENOENT);
    CHECK_INT(rig_open(&rig, LEDGER_COMMAND, &ledger), LEDGER_E_ABSENT);
}

CHECK_MAIN
