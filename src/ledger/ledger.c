/* SPDX-License-Identifier: MIT */
/* Opening, the lock, and transactions.
 *
 * One daemon writes notices (flock on PATH.lock); commands read beside it and write a little. In
 * WAL mode readers never wait; two writers wait for each other at BEGIN IMMEDIATE, for as long as
 * the busy time-out, and never in the middle of a transaction.
 *
 * A change that fails with an errno undoes the whole open transaction at once and the ledger
 * refuses further changes until a new one begins: what is committed was complete, always. What
 * was committed before stays: each commit is synced to the disk before it returns.              */
#include "ledger/ledger.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "ledger/query.h"
#include "ledger/schema.h"

enum { BUSY_MSEC_DAEMON = 2000, BUSY_MSEC_COMMAND = 10000, BACKUP_PAGES_ALL = -1 };

/* auto_vacuum takes effect on an empty file only, before its first page is written: the room that
 * a purge leaves can then be given back, a little at a time.                                     */
static const char pragmas[] = "PRAGMA auto_vacuum=INCREMENTAL;"
                              "PRAGMA synchronous=FULL;"
                              "PRAGMA temp_store=MEMORY;"
                              "PRAGMA trusted_schema=OFF;"
                              "PRAGMA cache_size=-4096;"
                              "PRAGMA journal_size_limit=16777216;";

static void complain(struct flaws *flaws, const char *advice, const char *text)
{
    if (flaws)
        flaws_add(flaws, SEVERITY_ERROR, 0, 0, advice, "%s", text);
}

/* --- lock ------------------------------------------------------------------------------------ */

/* What root makes is for whoever owns the folder: the daemon must be able to open it. When it
 * cannot be given away the daemon will say so.                                                   */
static void give_to_owner(int fd, const char *path)
{
    struct stat folder;
    char *copy = geteuid() == 0 ? strdup(path) : NULL;
    if (copy && stat(dirname(copy), &folder) == 0)
        (void)!fchown(fd, folder.st_uid, folder.st_gid);
    free(copy);
}

static int take_lock(const char *path, int *ret)
{
    char *name;
    if (asprintf(&name, "%s.lock", path) < 0)
        return -ENOMEM;
    int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    int r = fd < 0 ? -errno : 0;
    free(name);
    if (r)
        return r;
    give_to_owner(fd, path);
    while (flock(fd, LOCK_EX | LOCK_NB)) {
        if (errno == EINTR)
            continue;
        r = errno == EWOULDBLOCK ? LEDGER_E_LOCKED : -errno;
        close(fd);
        return r;
    }
    *ret = fd;
    return 0;
}

/* --- opening --------------------------------------------------------------------------------- */

/* Ours, of a version that we know? An empty file is version 0. */
static int check_version(struct ledger *ledger, struct flaws *flaws, int *ret_version)
{
    int64_t application = 0, version = 0, tables = 0;
    int r = query_pragma(ledger->db, "PRAGMA application_id", &application);
    if (!r)
        r = query_pragma(ledger->db, "PRAGMA user_version", &version);
    if (!r)
        r = query_pragma(ledger->db, "SELECT count(*) FROM sqlite_schema", &tables);
    if (r)
        return r;
    if (application != SCHEMA_APPLICATION && (tables || version || application)) {
        complain(flaws, "name another file in the setting `state`",
                 "this file is a database of another program");
        return LEDGER_E_DAMAGED;
    }
    if (version > SCHEMA_VERSION) {
        complain(flaws, "install that version again, or start from a backup made before it",
                 "the ledger was written by a newer version of convier");
        return LEDGER_E_NEWER;
    }
    *ret_version = (int)version;
    return 0;
}

static int check_integrity(struct ledger *ledger, struct flaws *flaws)
{
    sqlite3_stmt *stmt;
    int r = sqlite3_prepare_v2(ledger->db, "PRAGMA quick_check(1)", -1, &stmt, NULL);
    if (r != SQLITE_OK)
        return query_error(ledger->db, r);
    r = sqlite3_step(stmt);
    const char *verdict = r == SQLITE_ROW ? (const char *)sqlite3_column_text(stmt, 0) : NULL;
    int error = query_error(ledger->db, r);
    if (!error && !verdict)
        error = -ENOMEM;
    if (!error && strcmp(verdict, "ok") != 0) {
        complain(flaws, "put it aside and restore the last backup; nothing is sent meanwhile",
                 "the ledger is damaged");
        error = LEDGER_E_DAMAGED;
    }
    sqlite3_finalize(stmt);
    return error;
}

/* -1: not there. */
static off_t size_of(const char *path, const char *suffix)
{
    char *name;
    struct stat status;
    if (asprintf(&name, "%s%s", path, suffix) < 0)
        return -1;
    off_t size = stat(name, &status) == 0 ? status.st_size : -1;
    free(name);
    return size;
}

/* A ledger at work is marked as one with a log, a backup as one without: a log beside a backup is
 * what a killed daemon left, of the ledger that stood there before. SQLite would play it into the
 * backup at the first look, and make of the two a ledger that has forgotten what it sent and that
 * it ought to ask. */
static int check_log(const char *path, sqlite3 *db, struct flaws *flaws)
{
    enum { WRITE_VERSION = 18, WITHOUT_LOG = 1 }; /* SQLite's file format, 1.3.3 */
    unsigned char head[WRITE_VERSION + 1];
    sqlite3_file *file = NULL;
    if (size_of(path, "-wal") <= 0 || size_of(path, "") <= 0 ||
        sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK ||
        file->pMethods->xRead(file, head, sizeof head, 0) != SQLITE_OK ||
        head[WRITE_VERSION] != WITHOUT_LOG)
        return 0;
    complain(flaws, "remove ledger.db-wal and ledger.db-shm beside it; nothing is sent meanwhile",
             "this ledger is a backup, and the log of another one lies beside it");
    return LEDGER_E_DAMAGED;
}

static int load_key(struct ledger *ledger)
{
    struct query q = query_start(ledger, "SELECT value FROM secret WHERE name = 'key'");
    bool is_there = query_row(&q);
    if (is_there) {
        struct text key = query_bytes_at(&q, 0);
        if (key.size == sizeof ledger->key)
            memcpy(ledger->key, key.data, sizeof ledger->key);
        else
            query_fail(&q, -EBADMSG);
    }
    int r = query_end(&q);
    return r ? r : is_there ? 0 : -ENOENT;
}

/* The key is made with the ledger and lives as long as it. */
static int make_key(struct ledger *ledger, struct instant now)
{
    int r = load_key(ledger);
    if (r != -ENOENT)
        return r;
    uint8_t key[DIGEST_BYTES];
    r = digest_random(key, sizeof key);
    if (!r)
        r = ledger_begin(ledger);
    if (r)
        return r;
    struct query q = query_start(ledger, "INSERT INTO secret(name, value) VALUES('key', ?)");
    query_bytes(&q, key, sizeof key);
    struct instant born;
    r = ledger_changed(ledger, query_run(&q));
    if (!r)
        r = ledger_birth(ledger, "ledger", "ledger", now, &born);
    if (!r)
        r = ledger_commit(ledger);
    return r ? r : load_key(ledger);
}

static void set_patience(struct ledger *ledger)
{
    sqlite3_busy_timeout(ledger->db,
                         ledger->mode == LEDGER_DAEMON ? BUSY_MSEC_DAEMON : BUSY_MSEC_COMMAND);
}

static int open_file(struct ledger *ledger, int flags, struct flaws *flaws)
{
    int r = sqlite3_open_v2(ledger->path, &ledger->db,
                            flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    if (r != SQLITE_OK)
        return query_error(ledger->db, r);
    set_patience(ledger);
    r = owing_register(ledger);
    return r ? r : check_log(ledger->path, ledger->db, flaws);
}

/* A new file is readable by its owner only, before the first byte is in it. */
static int create_file(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    give_to_owner(fd, path);
    close(fd);
    return 0;
}

static int open_outbox(struct ledger *ledger)
{
    char *name;
    if (asprintf(&name, "%s.outbox", ledger->path) < 0)
        return -ENOMEM;
    int r = outbox_open(name, &ledger->outbox);
    free(name);
    return r;
}

static int open_daemon(struct ledger *ledger, struct flaws *flaws)
{
    int version = 0;
    int r = take_lock(ledger->path, &ledger->lock);
    if (r == LEDGER_E_LOCKED)
        complain(flaws, "stop the other one first", "another daemon is at work on this ledger");
    if (!r)
        r = create_file(ledger->path);
    if (!r)
        r = open_file(ledger, SQLITE_OPEN_READWRITE, flaws);
    if (!r)
        r = check_version(ledger, flaws, &version);
    if (!r)
        r = query_exec(ledger->db, pragmas);
    if (!r)
        r = query_exec(ledger->db, "PRAGMA journal_mode=WAL");
    if (!r && version)
        r = check_integrity(ledger, flaws);
    if (!r && version < SCHEMA_VERSION)
        r = schema_migrate(ledger->db, version);
    return r ? r : open_outbox(ledger);
}

/* Beside a daemon the file has today's form; without one a command may be the first after an
 * upgrade, and brings it up to date under the lock.                                              */
static int open_command(struct ledger *ledger, struct flaws *flaws)
{
    int version = 0;
    struct stat status;
    int r = stat(ledger->path, &status) ? -errno : 0;
    if (r == -ENOENT)
        r = ledger->mode == LEDGER_CREATE ? create_file(ledger->path) : LEDGER_E_ABSENT;
    r = r ? r : open_file(ledger, SQLITE_OPEN_READWRITE, flaws);
    if (!r)
        r = check_version(ledger, flaws, &version);
    if (!r)
        r = query_exec(ledger->db, pragmas);
    if (r || version == SCHEMA_VERSION)
        return r;
    int lock = -1;
    r = take_lock(ledger->path, &lock);
    if (r == LEDGER_E_LOCKED && version == 0)
        return LEDGER_E_ABSENT; /* a daemon is just making it */
    if (r == LEDGER_E_LOCKED)
        complain(flaws, "restart the daemon",
                 "the daemon at work on this ledger is of an older version");
    if (!r)
        r = check_version(ledger, flaws, &version); /* somebody may have been faster */
    if (!r)
        r = query_exec(ledger->db, "PRAGMA journal_mode=WAL");
    if (!r && version < SCHEMA_VERSION)
        r = schema_migrate(ledger->db, version);
    if (lock >= 0)
        close(lock);
    return r;
}

/* A file that nobody has open may lie where we cannot write, not even SQLite's shared memory: read
 * it as one that does not change.                                                                */
static int open_unwritable(const char *path, sqlite3 **ret)
{
    if (size_of(path, "-wal") >= 0)
        return -EACCES;
    struct buf escaped = BUF_INIT(16 * 1024);
    buf_add_string(&escaped, "file:");
    for (const char *c = path; *c; c++)
        if (strchr("%?#", *c))
            buf_printf(&escaped, "%%%02X", (unsigned char)*c);
        else
            buf_add_char(&escaped, *c);
    buf_add_string(&escaped, "?immutable=1");
    int r = buf_error(&escaped);
    if (!r)
        r = query_error(NULL, sqlite3_open_v2(escaped.data, ret,
                                              SQLITE_OPEN_READONLY | SQLITE_OPEN_URI |
                                                  SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                                              NULL));
    buf_done(&escaped);
    return r;
}

static int copy_into(sqlite3 *to, sqlite3 *from)
{
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
    if (!backup)
        return query_error(to, sqlite3_errcode(to));
    int step = sqlite3_backup_step(backup, BACKUP_PAGES_ALL);
    int finish = sqlite3_backup_finish(backup);
    return query_error(to, finish != SQLITE_OK ? finish : step);
}

static int open_memory(struct ledger *ledger, struct flaws *flaws)
{
    struct stat status;
    int version = 0;
    int r = query_error(
        NULL,
        sqlite3_open_v2(":memory:", &ledger->db,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL));
    r = r ? r : owing_register(ledger);
    bool is_there = stat(ledger->path, &status) == 0;
    if (!r && !is_there && errno != ENOENT) /* else what cannot be seen would count as unsent */
        r = -errno;
    if (!r && is_there && status.st_size > 0) {
        sqlite3 *file = NULL;
        r = query_error(NULL, sqlite3_open_v2(ledger->path, &file,
                                              SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX |
                                                  SQLITE_OPEN_EXRESCODE,
                                              NULL));
        r = r ? r : check_log(ledger->path, file, flaws);
        if (!r) {
            sqlite3_busy_timeout(file, BUSY_MSEC_COMMAND);
            r = copy_into(ledger->db, file);
        }
        sqlite3_close(file);
        if (r < 0 && r != -ENOMEM && r != -EBADMSG && !open_unwritable(ledger->path, &file)) {
            r = copy_into(ledger->db, file);
            sqlite3_close(file);
        }
    }
    if (!r)
        r = check_version(ledger, flaws, &version);
    if (!r)
        r = query_exec(ledger->db, "PRAGMA temp_store=MEMORY;PRAGMA trusted_schema=OFF");
    if (!r && version < SCHEMA_VERSION)
        r = schema_migrate(ledger->db, version);
    return r;
}

/* A question is asked most urgently when the disk is full or lets nothing be written. */
static int open_question(struct ledger *ledger, struct flaws *flaws)
{
    int r = open_command(ledger, flaws);
    if (r >= 0 || r == -ENOMEM || r == -EBADMSG)
        return r;
    query_drop_all(ledger);
    sqlite3_close(ledger->db);
    ledger->db = NULL;
    return open_memory(ledger, flaws) ? r : 0;
}

/* One thread, and nobody reads SQLite's statistics: without them and their locks every statement is
 * cheaper. Refused, without harm, when SQLite is already at work in this process.               */
static void lighten_engine(void)
{
    (void)sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

int ledger_open(const char *path, enum ledger_mode mode, struct instant now, struct flaws *flaws,
                struct ledger **ret)
{
    struct ledger *ledger = calloc(1, sizeof *ledger);
    if (!ledger)
        return -ENOMEM;
    lighten_engine();
    ledger->mode = mode;
    ledger->lock = -1;
    ledger->path = strdup(path);
    int r = !ledger->path             ? -ENOMEM
            : mode == LEDGER_DAEMON   ? open_daemon(ledger, flaws)
            : mode == LEDGER_MEMORY   ? open_memory(ledger, flaws)
            : mode == LEDGER_QUESTION ? open_question(ledger, flaws)
                                      : open_command(ledger, flaws);
    if (!r)
        r = make_key(ledger, now);
    if (r == -EBADMSG) {
        complain(flaws, "put it aside and restore the last backup; nothing is sent meanwhile",
                 "the ledger cannot be read: it is damaged, or no ledger at all");
        r = LEDGER_E_DAMAGED;
    }
    if (r)
        ledger_close(ledger);
    else
        *ret = ledger;
    return r;
}

struct ledger *ledger_close(struct ledger *ledger)
{
    if (!ledger)
        return NULL;
    ledger_rollback(ledger);
    query_drop_all(ledger);
    sqlite3_close(ledger->db);
    outbox_close(ledger->outbox);
    if (ledger->lock >= 0)
        close(ledger->lock);
    free(ledger->occurrence.name);
    free(ledger->path);
    explicit_bzero(ledger->key, sizeof ledger->key);
    free(ledger);
    return NULL;
}

/* --- transactions ---------------------------------------------------------------------------- */

static int simple(struct ledger *ledger, const char *sql)
{
    struct query q = query_start(ledger, sql);
    return query_run(&q);
}

static void stop_wiping(struct ledger *ledger)
{
    if (ledger->wipes)
        (void)query_exec(ledger->db, "PRAGMA secure_delete=OFF"); /* else it is only slower */
    ledger->wipes = false;
}

static void undo(struct ledger *ledger)
{
    /* After a full disk or an I/O error SQLite has often rolled back by itself; a rollback that
     * fails leaves nothing committed either. */
    if (!sqlite3_get_autocommit(ledger->db))
        (void)query_exec(ledger->db, "ROLLBACK");
    ledger->is_open = false;
    if (ledger->outbox)
        outbox_undone(ledger->outbox);
    stop_wiping(ledger);
    ledger_forget_names(ledger);
}

int ledger_begin(struct ledger *ledger)
{
    assert(!ledger->is_open);
    int r = simple(ledger, "BEGIN IMMEDIATE");
    if (r)
        return r;
    ledger_forget_names(ledger); /* a command may have erased some since */
    ledger->is_open = true;
    ledger->spoilt = 0;
    return 0;
}

/* A reader may stand in the way: then the next commit tries again, and nobody waits. What was asked
 * for is done and durable whatever comes of this.                                                */
static void clean_log(struct ledger *ledger)
{
    int64_t is_busy = 1;
    sqlite3_busy_timeout(ledger->db, 0);
    if (!query_pragma(ledger->db, "PRAGMA wal_checkpoint(TRUNCATE)", &is_busy) && !is_busy)
        ledger->owes_checkpoint = false;
    set_patience(ledger);
}

int ledger_commit(struct ledger *ledger)
{
    if (ledger->spoilt)
        return ledger->spoilt;
    assert(ledger->is_open);
    int r = ledger_changed(ledger, simple(ledger, "COMMIT"));
    ledger->is_open = false;
    if (!r && ledger->outbox)
        outbox_committed(ledger->outbox);
    if (!r && ledger->wipes)
        ledger->owes_checkpoint = true;
    stop_wiping(ledger);
    if (!r && ledger->owes_checkpoint)
        clean_log(ledger);
    return r;
}

int ledger_wipe(struct ledger *ledger)
{
    ledger->wipes = true;
    return query_exec(ledger->db, "PRAGMA secure_delete=ON");
}

void ledger_rollback(struct ledger *ledger)
{
    if (ledger->is_open)
        undo(ledger);
    ledger->spoilt = 0;
}

int ledger_may_change(struct ledger *ledger)
{
    if (ledger->spoilt)
        return ledger->spoilt;
    assert(ledger->is_open);
    return 0;
}

int ledger_changed(struct ledger *ledger, int r)
{
    if (r < 0 && !ledger->spoilt) {
        undo(ledger);
        ledger->spoilt = r;
    }
    return r;
}

int ledger_read_begin(struct ledger *ledger, bool *ret_is_mine)
{
    *ret_is_mine = sqlite3_get_autocommit(ledger->db);
    return *ret_is_mine ? simple(ledger, "BEGIN") : 0;
}

int ledger_read_end(struct ledger *ledger, bool is_mine, int r)
{
    int end = is_mine ? simple(ledger, "COMMIT") : 0;
    return r ? r : end;
}
