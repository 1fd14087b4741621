/* SPDX-License-Identifier: MIT */
/* Erasing a person, letting go of the past, copying the whole. */
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>

#include "base/file.h"
#include "rig.h"

static void keep_sighting(struct rig *rig, const char *key, struct instant start, struct facts *ret)
{
    struct event event = {.uid = key, .summary.any = key};
    struct occurrence occurrence = {.key = key,
                                    .when = {.start = start,
                                             .end = instant_add(start, USEC_PER_HOUR),
                                             .zone = zones_utc(rig->zones)},
                                    .event = &event};
    if (facts_of(rig->arena, &occurrence, ret))
        abort();
    struct sighting sighting = {.occurrence = key,
                                .feed = "japon",
                                .first_seen = DAY(0),
                                .quiet_since = DAY(0),
                                .missing_since = INSTANT_UNSET,
                                .facts = ret};
    CHECK_INT(ledger_keep_sighting(rig->ledger, &sighting), 0);
}

static int64_t accept(struct rig *rig, const char *key, const char *step, const char *contact,
                      const struct facts *facts, const char *reply)
{
    struct outcome fine = rig_outcome(VERDICT_ACCEPTED, 250, reply);
    struct notice notice = rig_notice(key, step, contact, NOTICE_INVITATION);
    notice.facts = facts->id;
    int64_t id = rig_owe(rig, notice);
    CHECK_INT(ledger_claim(rig->ledger, id, "m@x", DAY(1)), 0);
    CHECK_INT(ledger_keep_bytes(rig->ledger, id, TEXT("To: jean.dupont@example.org\r\n")), 0);
    CHECK_INT(ledger_outcome(rig->ledger, id, &fine, INSTANT_UNSET, DAY(1)), 0);
    return id;
}

/* Does any file of the folder still contain the word? */
static bool folder_has(struct rig *rig, const char *word)
{
    static const char *const endings[] = {"", "-wal", "-shm", ".lock"};
    bool has = false;
    for (size_t i = 0; i < 4; i++) {
        char path[200];
        struct buf buf = BUF_INIT(64 << 20);
        snprintf(path, sizeof path, "%s%s", rig->path, endings[i]);
        if (file_read(path, &buf) == 0)
            has |= text_find(buf_text(&buf), text_of(word)) < buf.size;
        buf_done(&buf);
    }
    return has;
}

TEST(a_forgotten_person_leaves_no_trace)
{
    RIG rig;
    rig_init(&rig);
    struct facts facts;
    size_t rows = 0;
    BEGIN(rig);
    keep_sighting(&rig, "uid-1", DAY(20), &facts);
    accept(&rig, "uid-1", "invitation", "jean.dupont@example.org", &facts,
           "250 <jean.dupont@example.org> ok");
    accept(&rig, "uid-1", "invitation", "Jean.Dupont@example.org", &facts, "250 ok");
    accept(&rig, "uid-1", "invitation", "marie@example.org", &facts, "250 ok");
    struct notice notice =
        rig_notice("uid-1", "reminder-7d", "jean.dupont@example.org", NOTICE_REMINDER);
    int64_t flying = rig_owe(&rig, notice);
    CHECK_INT(ledger_claim(rig.ledger, flying, "m@x", DAY(1)), 0);
    CHECK_INT(ledger_keep_bytes(rig.ledger, flying, TEXT("To: jean.dupont@example.org\r\n")), 0);
    CHECK_INT(ledger_suppress(rig.ledger, "jean.dupont@example.org", SUPPRESSED_OPPOSED,
                              "jean.dupont@example.org wrote so", DAY(2)),
              0);
    COMMIT(rig);
    CHECK(folder_has(&rig, "dupont"));
    BEGIN(rig);
    CHECK_INT(ledger_forget(rig.ledger, "JEAN.dupont@example.org", &rows), 0);
    COMMIT(rig);
    CHECK(rows > 5);
    CHECK(!folder_has(&rig, "dupont")); /* while the daemon runs on */
    CHECK(!folder_has(&rig, "Dupont"));
    CHECK(folder_has(&rig, "marie"));

    struct history history;
    REQUIRE(ledger_history(rig.ledger, rig.arena, rig.zones, "uid-1", &history) == 0);
    REQUIRE(history.told_count == 1);
    REQUIRE(history.notice_count == 1);
    CHECK_STRING(history.told[0].contact, "marie@example.org");

    /* The outcome of what was in flight must not land on a newer notice. */
    struct outcome fine = rig_outcome(VERDICT_ACCEPTED, 250, "250 ok");
    BEGIN(rig);
    int64_t newer = rig_owe(&rig, rig_notice("uid-2", "x", "b@example.org", NOTICE_REMINDER));
    CHECK(newer != flying);
    CHECK_INT(ledger_outcome(rig.ledger, flying, &fine, INSTANT_UNSET, DAY(2)), 0);
    CHECK_INT(rig_find(&rig, newer).state, NOTICE_OWED);
    CHECK_INT(ledger_forget(rig.ledger, "nobody@example.org", &rows), 0);
    CHECK_INT(rows, 0);
    COMMIT(rig);
}

static size_t purge_all(struct rig *rig, struct instant before)
{
    size_t total = 0, rows = 1;
    for (int turns = 0; rows; turns++) {
        REQUIRE(turns < 100);
        BEGIN(*rig);
        CHECK_INT(ledger_purge(rig->ledger, before, &rows), 0);
        COMMIT(*rig);
        total += rows;
    }
    return total;
}

TEST(the_past_goes_and_the_present_stays)
{
    enum { OLD = 40 }; /* more than a call takes */
    RIG rig;
    rig_init(&rig);
    struct facts old, new, unsettled, recent;
    const struct facts *found = NULL;
    int64_t hold = 0;
    size_t count = 0;
    BEGIN(rig);
    for (int i = 0; i < OLD; i++) {
        char key[16], contact[32];
        snprintf(key, sizeof key, "old-%d", i);
        snprintf(contact, sizeof contact, "old%d@example.org", i);
        keep_sighting(&rig, key, DAY(2), &old);
        accept(&rig, key, "invitation", contact, &old, "250 ok");
        accept(&rig, key, "invitation", "both@example.org", &old, "250 ok");
    }
    keep_sighting(&rig, "new", DAY(50), &new);
    accept(&rig, "new", "invitation", "both@example.org", &new, "250 ok");
    keep_sighting(&rig, "unsettled", DAY(2), &unsettled);
    int64_t waiting = rig_owe(&rig, rig_notice("unsettled", "x", "w@example.org", NOTICE_REMINDER));
    keep_sighting(&rig, "recent", DAY(2), &recent);
    CHECK_INT(ledger_tell(rig.ledger, "recent", "r@example.org", recent.id, 0, false, DAY(30)), 0);
    CHECK_INT(ledger_hold(rig.ledger, "closed", DAY(1), &hold), 0);
    CHECK_INT(ledger_discard(rig.ledger, hold, DAY(1), &count), 0);
    CHECK_INT(ledger_hold(rig.ledger, "open", DAY(1), &hold), 0);
    CHECK_INT(ledger_suppress(rig.ledger, "d@example.org", SUPPRESSED_DEAD, "550", DAY(1)), 0);
    CHECK_INT(ledger_suppress(rig.ledger, "o@example.org", SUPPRESSED_OPPOSED, "mail", DAY(1)), 0);
    CHECK_INT(ledger_suppress(rig.ledger, "n@example.org", SUPPRESSED_OPPOSED, "mail", DAY(30)), 0);
    COMMIT(rig);

    CHECK_INT(purge_all(&rig, DAY(1)), 0);
    CHECK(purge_all(&rig, DAY(25)) > OLD * 4);
    struct history history;
    REQUIRE(ledger_history(rig.ledger, rig.arena, rig.zones, "old-7", &history) == 0);
    CHECK(!history.has_sighting && !history.told_count && !history.notice_count);
    CHECK(!folder_has(&rig, "old7@example.org"));
    REQUIRE(ledger_history(rig.ledger, rig.arena, rig.zones, "new", &history) == 0);
    CHECK(history.has_sighting && history.told_count == 1 && history.notice_count == 1);
    REQUIRE(ledger_history(rig.ledger, rig.arena, rig.zones, "recent", &history) == 0);
    CHECK(history.has_sighting && history.told_count == 1);
    CHECK_INT(rig_find(&rig, waiting).state, NOTICE_OWED);
    CHECK_INT(ledger_find_facts(rig.ledger, rig.arena, rig.zones, old.id, &found), 0);
    CHECK(found == NULL);
    CHECK_INT(ledger_find_facts(rig.ledger, rig.arena, rig.zones, new.id, &found), 0);
    CHECK(found != NULL);
    struct holds holds;
    CHECK_INT(ledger_holds(rig.ledger, rig.arena, &holds), 0);
    CHECK_INT(holds.count, 1);
    struct suppressions list;
    REQUIRE(ledger_suppressions(rig.ledger, rig.arena, &list) == 0);
    REQUIRE(list.count == 2);
    CHECK_STRING(list.items[0].address, "n@example.org");
    CHECK_STRING(list.items[1].address, NULL);
}

TEST(a_purge_gives_room_back)
{
    enum { MANY = 3000 };
    RIG rig;
    rig_init(&rig);
    struct facts old;
    struct stat before, after;
    BEGIN(rig);
    keep_sighting(&rig, "old", DAY(2), &old);
    for (int i = 0; i < MANY; i++) {
        char contact[32];
        snprintf(contact, sizeof contact, "old%d@example.org", i);
        accept(&rig, "old", "invitation", contact, &old, "250 ok");
    }
    COMMIT(rig);
    rig_reopen(&rig); /* what was in the log is in the file */
    REQUIRE(stat(rig.path, &before) == 0);
    CHECK(purge_all(&rig, DAY(25)) > MANY * 5);
    rig_reopen(&rig);
    REQUIRE(stat(rig.path, &after) == 0);
    CHECK(after.st_size < before.st_size / 4);
}

/* Every reference of every table leads somewhere. */
static int64_t broken_references(const char *path)
{
    sqlite3 *db;
    sqlite3_stmt *stmt;
    int64_t broken = 0;
    if (sqlite3_open(path, &db) ||
        sqlite3_prepare_v2(db, "PRAGMA foreign_key_check", -1, &stmt, NULL))
        abort();
    while (sqlite3_step(stmt) == SQLITE_ROW)
        broken++;
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return broken;
}

TEST(references_hold_after_erasing)
{
    RIG rig;
    rig_init(&rig);
    struct facts old, new;
    BEGIN(rig);
    keep_sighting(&rig, "old", DAY(2), &old);
    keep_sighting(&rig, "new", DAY(50), &new);
    accept(&rig, "old", "invitation", "a@example.org", &old, "250 ok");
    accept(&rig, "new", "invitation", "a@example.org", &new, "250 ok");
    accept(&rig, "new", "invitation", "b@example.org", &new, "250 ok");
    CHECK_INT(ledger_forget(rig.ledger, "b@example.org", NULL), 0);
    COMMIT(rig);
    purge_all(&rig, DAY(25));
    CHECK_INT(broken_references(rig.path), 0);

    /* The same connection meets the erased names again. */
    BEGIN(rig);
    accept(&rig, "old", "invitation", "c@example.org", &new, "250 ok");
    COMMIT(rig);
    CHECK(purge_all(&rig, DAY(25)) > 0);
    BEGIN(rig);
    int64_t again = rig_owe(&rig, rig_notice("old", "x", "c@example.org", NOTICE_REMINDER));
    COMMIT(rig);
    CHECK_INT(broken_references(rig.path), 0);
    CHECK_STRING(rig_find(&rig, again).contact, "c@example.org");
    CHECK_STRING(rig_find(&rig, again).occurrence, "old");
}

static void set(struct rig *rig, const char *value)
{
    BEGIN(*rig);
    CHECK_INT(ledger_set(rig->ledger, "pause", value), 0);
    COMMIT(*rig);
}

TEST(a_backup_is_a_whole_ledger)
{
    RIG rig;
    rig_init(&rig);
    struct facts facts;
    char backup[128], wal[160];
    struct stat status;
    snprintf(backup, sizeof backup, "%s/backup", rig.folder);
    snprintf(wal, sizeof wal, "%s-wal", backup);
    BEGIN(rig);
    keep_sighting(&rig, "uid-1", DAY(20), &facts);
    int64_t id = accept(&rig, "uid-1", "invitation", "a@example.org", &facts, "250 ok");
    COMMIT(rig);
    /* A command makes it while the daemon is at work, here even within a transaction. */
    struct ledger *command = NULL;
    REQUIRE(rig_open(&rig, LEDGER_COMMAND, &command) == 0);
    BEGIN(rig);
    rig_owe(&rig, rig_notice("uid-1", "unfinished", "a@example.org", NOTICE_REMINDER));
    CHECK_INT(ledger_backup(command, backup), 0);
    CHECK_INT(ledger_backup(command, backup), 0); /* over the older one */
    ledger_rollback(rig.ledger);
    CHECK_INT(ledger_backup(command, rig.path), -EINVAL);
    ledger_close(command);
    REQUIRE(stat(backup, &status) == 0);
    CHECK_INT(status.st_mode & 0777, 0600);
    CHECK(stat(wal, &status) != 0);

    uint8_t key[32], copied[32];
    ledger_key(rig.ledger, key);
    ledger_close(rig.ledger);
    snprintf(rig.path, sizeof rig.path, "%s", backup);
    REQUIRE(rig_open(&rig, LEDGER_DAEMON, &rig.ledger) == 0);
    CHECK_INT(rig_find(&rig, id).state, NOTICE_ACCEPTED);
    struct ledger_counts counts;
    CHECK_INT(ledger_counts(rig.ledger, &counts), 0);
    CHECK_INT(counts.states[NOTICE_OWED], 0);
    ledger_key(rig.ledger, copied);
    CHECK(memcmp(key, copied, 32) == 0);
}

static void copy_file(const char *from, const char *to, const char *suffix)
{
    char a[200], b[200];
    struct buf bytes = BUF_INIT(1 << 22);
    snprintf(a, sizeof a, "%s%s", from, suffix);
    snprintf(b, sizeof b, "%s%s", to, suffix);
    REQUIRE(file_read(a, &bytes) == 0 && file_write(b, buf_text(&bytes), 0600) == 0);
    buf_done(&bytes);
}

/* A daemon that was killed left its log; whoever copies a backup over the ledger alone would wake a
 * mixture of both that sends again what it sent. */
TEST(a_backup_under_another_log_is_refused)
{
    static const enum ledger_mode modes[] = {LEDGER_DAEMON, LEDGER_COMMAND, LEDGER_MEMORY};
    RIG rig;
    rig_init(&rig);
    struct ledger *ledger = NULL;
    char killed[160], backup[160], log[200];
    const char *value = NULL;
    snprintf(killed, sizeof killed, "%s", rig.path);
    snprintf(backup, sizeof backup, "%s/backup", rig.folder);
    set(&rig, "on monday");
    REQUIRE(ledger_backup(rig.ledger, backup) == 0);
    set(&rig, "on tuesday");
    snprintf(rig.path, sizeof rig.path, "%s/restored", rig.folder);
    copy_file(backup, rig.path, "");
    copy_file(killed, rig.path, "-wal");
    for (size_t i = 0; i < 3; i++) {
        CHECK_INT(rig_open(&rig, modes[i], &ledger), LEDGER_E_DAMAGED);
        REQUIRE(rig.flaws.count == i + 1);
        CHECK(strstr(rig.flaws.items[i].text, "the log of another one"));
        CHECK(strstr(rig.flaws.items[i].advice, "remove ledger.db-wal"));
    }
    snprintf(log, sizeof log, "%s-wal", rig.path);
    REQUIRE(unlink(log) == 0);
    for (size_t i = 3; i-- > 0;) { /* the daemon last: from then on it has a log of its own */
        REQUIRE(rig_open(&rig, modes[i], &ledger) == 0);
        CHECK_INT(ledger_get(ledger, rig.arena, "pause", &value), 0);
        CHECK_STRING(value, "on monday");
        if (i)
            ledger = ledger_close(ledger);
    }
    struct ledger *command = NULL;
    CHECK_INT(rig_open(&rig, LEDGER_COMMAND, &command), 0);
    ledger_close(command);
    ledger_close(ledger);
}

TEST(a_backup_that_cannot_be_is_told)
{
    RIG rig;
    rig_init(&rig);
    char path[128];
    snprintf(path, sizeof path, "%s/no/folder/backup", rig.folder);
    CHECK_INT(ledger_backup(rig.ledger, path), -ENOENT);
    /* A folder stands where it should go: nothing of it stays. */
    snprintf(path, sizeof path, "%s/backup", rig.folder);
    REQUIRE(mkdir(path, 0700) == 0);
    CHECK_INT(ledger_backup(rig.ledger, path), -EISDIR);
    snprintf(path, sizeof path, "%s/backup.part", rig.folder);
    CHECK(access(path, F_OK) != 0);
}

/* The lowest number that the next open would get. */
static int next_descriptor(void)
{
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    close(fd);
    return fd;
}

TEST(a_backup_leaves_nothing_open)
{
    RIG rig;
    rig_init(&rig);
    char path[128];
    int before = next_descriptor();
    snprintf(path, sizeof path, "%s/backup", rig.folder);
    CHECK_INT(ledger_backup(rig.ledger, path), 0);
    CHECK_INT(next_descriptor(), before);
}

/* What is no address was never written to. */
TEST(nobody_has_so_long_an_address)
{
    RIG rig;
    rig_init(&rig);
    size_t rows = 9;
    char address[5000];
    memset(address, 'a', sizeof address);
    memcpy(address + sizeof address - 9, "@x.test", 8);
    BEGIN(rig);
    CHECK_INT(ledger_forget(rig.ledger, address, &rows), 0);
    COMMIT(rig);
    CHECK_INT(rows, 0);
}

CHECK_MAIN
