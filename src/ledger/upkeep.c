/* SPDX-License-Identifier: MIT */
/* upkeep: erasing a person, letting go of the past, copying the whole. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/query.h"
#include "ledger/schema.h"

/* --- erasing --------------------------------------------------------------------------------- */

/* Runs one statement with an id; adds up the rows it took away. */
static int erase(struct ledger *ledger, const char *sql, int64_t parameter, size_t *rows)
{
    struct query q = query_start(ledger, sql);
    query_int(&q, parameter);
    int r = query_run(&q);
    if (!r)
        *rows += (size_t)sqlite3_changes(ledger->db);
    return r;
}

static int erase_all(struct ledger *ledger, const char *const *sqls, size_t count,
                     int64_t parameter, size_t *rows)
{
    int r = 0;
    for (size_t i = 0; !r && i < count; i++)
        r = erase(ledger, sqls[i], parameter, rows);
    return r;
}

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* An open hold without any notice is a question of its own: one that loses its last notice here has
 * nothing left to ask.                                                                           */
static const char person_holds_sql[] =
    "UPDATE hold SET closed = created WHERE closed IS NULL"
    " AND id IN (SELECT hold FROM notice WHERE contact = ?1)"
    " AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.hold = hold.id AND n.contact <> ?1)";
static const char notice_hold_sql[] =
    "UPDATE hold SET closed = created WHERE closed IS NULL"
    " AND id = (SELECT hold FROM notice WHERE id = ?1)"
    " AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.hold = hold.id AND n.id <> ?1)";

static const char *const person_sqls[] = {
    "DELETE FROM life WHERE notice IN (SELECT id FROM notice WHERE contact = ?)",
    "DELETE FROM message WHERE notice IN (SELECT id FROM notice WHERE contact = ?)",
    "DELETE FROM notice WHERE contact = ?",
    "DELETE FROM told WHERE contact = ?",
    "DELETE FROM contact WHERE id = ?",
};

/* One address may stand there in several spellings of its letter case. */
static int find_spelling(struct ledger *ledger, const char *address, int64_t *ret_id)
{
    struct query q = query_start(ledger, "SELECT id FROM contact WHERE lower(address) = lower(?)");
    query_string(&q, address);
    int64_t id = query_row(&q) ? query_int_at(&q, 0) : 0;
    int r = query_end(&q);
    if (!r)
        *ret_id = id;
    return r;
}

static int forget_suppression(struct ledger *ledger, const char *address, size_t *rows)
{
    uint8_t hash[DIGEST_BYTES];
    int r = ledger_hash_address(ledger, address, hash);
    if (r)
        return r == -E2BIG ? 0 : r;
    struct query q =
        query_start(ledger, "DELETE FROM suppression WHERE hash = ? AND reason = 'dead'");
    query_bytes(&q, hash, sizeof hash);
    r = query_run(&q);
    if (r)
        return r;
    *rows += (size_t)sqlite3_changes(ledger->db);
    q = query_start(ledger, "UPDATE suppression SET address = NULL, text = NULL"
                            " WHERE hash = ? AND address IS NOT NULL");
    query_bytes(&q, hash, sizeof hash);
    r = query_run(&q);
    if (!r)
        *rows += (size_t)sqlite3_changes(ledger->db);
    return r;
}

int ledger_forget(struct ledger *ledger, const char *address, size_t *ret_rows)
{
    size_t rows = 0, holds = 0;
    int64_t id = 0;
    int r = ledger_may_change(ledger);
    if (r)
        return r;
    r = ledger_wipe(ledger);
    while (!r) {
        r = find_spelling(ledger, address, &id);
        if (r || !id)
            break;
        r = erase(ledger, person_holds_sql, id, &holds);
        r = r ? r : erase_all(ledger, person_sqls, COUNT(person_sqls), id, &rows);
    }
    if (!r)
        r = forget_suppression(ledger, address, &rows);
    if (!r && ret_rows)
        *ret_rows = rows;
    return ledger_changed(ledger, r);
}

/* --- the past -------------------------------------------------------------------------------- */

/* An occurrence that ended before the instant, of which nothing is under way and nobody heard
 * since. A feed that still tells of it is none of our concern: the planner's window has passed it.
 */
static const char past_sql[] =
    "SELECT id FROM occurrence o"
    " WHERE NOT EXISTS (SELECT 1 FROM sighting WHERE occurrence = o.id AND ends >= ?1)"
    " AND NOT EXISTS (SELECT 1 FROM told WHERE occurrence = o.id AND at >= ?1)"
    " AND NOT EXISTS (SELECT 1 FROM notice WHERE occurrence = o.id AND (due >= ?1 OR sent >= ?1"
    " OR state IN ('owed', 'held', 'claimed', 'deferred', 'uncertain'))) LIMIT 1";

static const char *const notice_sqls[] = {
    "DELETE FROM life WHERE notice = ?",
    "DELETE FROM message WHERE notice = ?",
    "DELETE FROM notice WHERE id = ?",
};

static const char *const occurrence_sqls[] = {
    "DELETE FROM told WHERE occurrence = ?",
    "DELETE FROM sighting WHERE occurrence = ?",
    "DELETE FROM occurrence WHERE id = ?",
};

static const char *const leftover_sqls[] = {
    "DELETE FROM hold WHERE closed < ? AND id NOT IN"
    " (SELECT hold FROM notice WHERE hold IS NOT NULL)",
    /* What is still so stays known (app/staff_matters); one that is closed has a '/' in its key. */
    "DELETE FROM matter WHERE at < ? AND (key GLOB '*/*' OR NOT (key GLOB 'trouble:*'"
    " OR key GLOB 'flaw:*' OR key IN ('stopped', 'paused')))",
    "DELETE FROM letter WHERE due < ?",
    "DELETE FROM suppression WHERE at < ? AND reason = 'dead'",
    "UPDATE suppression SET address = NULL, text = NULL WHERE at < ? AND address IS NOT NULL",
    "DELETE FROM contact WHERE ? IS NOT NULL AND id NOT IN"
    " (SELECT contact FROM notice UNION SELECT contact FROM told)",
    "DELETE FROM facts WHERE ? IS NOT NULL AND id NOT IN (SELECT facts FROM sighting"
    " UNION SELECT facts FROM told"
    " UNION SELECT facts FROM notice WHERE facts IS NOT NULL"
    " UNION SELECT facts_before FROM notice WHERE facts_before IS NOT NULL)",
};

static int find_past(struct ledger *ledger, struct instant before, int64_t *ret_id)
{
    struct query q = query_start(ledger, past_sql);
    query_int(&q, before.utc_usec);
    *ret_id = query_row(&q) ? query_int_at(&q, 0) : 0;
    return query_end(&q);
}

enum { PURGE_NOTICES_MAX = 400 }; /* a call, so that nobody waits long */

/* At most max of its notices; the occurrence itself when they were the last. */
static int purge_occurrence(struct ledger *ledger, int64_t occurrence, size_t max,
                            size_t *ret_notices, size_t *rows)
{
    int64_t ids[PURGE_NOTICES_MAX];
    size_t count = 0;
    struct query q = query_start(ledger, "SELECT id FROM notice WHERE occurrence = ? LIMIT ?");
    query_int(&q, occurrence);
    query_int(&q, (int64_t)max);
    while (query_row(&q) && count < max)
        ids[count++] = query_int_at(&q, 0);
    int r = query_end(&q);
    for (size_t i = 0; !r && i < count; i++) {
        r = erase(ledger, notice_hold_sql, ids[i], rows);
        r = r ? r : erase_all(ledger, notice_sqls, COUNT(notice_sqls), ids[i], rows);
    }
    if (!r && count < max)
        r = erase_all(ledger, occurrence_sqls, COUNT(occurrence_sqls), occurrence, rows);
    *ret_notices = count;
    return r;
}

/* What nobody refers to any more; when that is gone, too, the room that it all took. */
static int purge_leftovers(struct ledger *ledger, struct instant before, size_t *rows)
{
    int64_t pages = 0, left = 0;
    int r = erase_all(ledger, leftover_sqls, COUNT(leftover_sqls), before.utc_usec, rows);
    if (r || *rows)
        return r;
    r = query_pragma(ledger->db, "PRAGMA freelist_count", &pages);
    if (r || !pages)
        return r;
    struct query q = query_start(ledger, "PRAGMA incremental_vacuum(1000)");
    r = query_run(&q);
    if (!r)
        r = query_pragma(ledger->db, "PRAGMA freelist_count", &left);
    *rows += pages > left ? (size_t)(pages - left) : 0;
    return r;
}

int ledger_purge(struct ledger *ledger, struct instant before, size_t *ret_rows)
{
    size_t left = PURGE_NOTICES_MAX, rows = 0;
    int64_t occurrence = 1;
    int r = ledger_may_change(ledger);
    if (r)
        return r;
    r = ledger_wipe(ledger);
    while (!r && left) {
        size_t notices = 0;
        r = find_past(ledger, before, &occurrence);
        if (r || !occurrence)
            break;
        r = purge_occurrence(ledger, occurrence, left, &notices, &rows);
        left -= notices;
        left -= left > 0; /* one without notices is work, too */
    }
    if (!r && !rows)
        r = purge_leftovers(ledger, before, &rows);
    ledger_forget_names(ledger);
    if (!r && ret_rows)
        *ret_rows = rows;
    return ledger_changed(ledger, r);
}

/* --- backup ---------------------------------------------------------------------------------- */

static bool is_same_file(const char *a, const char *b)
{
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static int sync_folder(const char *path)
{
    char *copy = strdup(path);
    if (!copy)
        return -ENOMEM;
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int r = fd < 0 || fsync(fd) ? -errno : 0;
    if (fd >= 0)
        close(fd);
    free(copy);
    return r;
}

/* Copies in one step, as of one moment. The copy is an ordinary single file, no WAL beside it. */
static int copy_to(struct ledger *ledger, const char *path)
{
    sqlite3 *to = NULL;
    int r = query_error(
        NULL,
        sqlite3_open_v2(path, &to,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL));
    if (!r)
        r = query_exec(to, "PRAGMA synchronous=FULL");
    if (!r) {
        sqlite3_backup *backup = sqlite3_backup_init(to, "main", ledger->db, "main");
        int step = backup ? sqlite3_backup_step(backup, -1) : sqlite3_errcode(to);
        int finish = backup ? sqlite3_backup_finish(backup) : SQLITE_OK;
        r = query_error(to, finish != SQLITE_OK ? finish : step);
    }
    if (!r)
        r = query_exec(to, "PRAGMA journal_mode=DELETE");
    sqlite3_close(to);
    return r;
}

int ledger_backup(struct ledger *ledger, const char *path)
{
    char *part;
    if (is_same_file(ledger->path, path))
        return -EINVAL;
    if (asprintf(&part, "%s.part", path) < 0)
        return -ENOMEM;
    (void)unlink(part); /* of an earlier attempt; the open below tells if it could not go */
    int fd = open(part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    int r = fd < 0 ? -errno : 0;
    if (fd >= 0)
        close(fd);
    if (!r) {
        r = copy_to(ledger, part);
        if (!r && rename(part, path))
            r = -errno;
        if (r)
            (void)unlink(part); /* half a copy is worth nothing */
    }
    if (!r)
        r = sync_folder(path);
    free(part);
    return r;
}

void ledger_rest(struct ledger *ledger)
{
    (void)sqlite3_db_release_memory(ledger->db); /* says only that there was something */
}
