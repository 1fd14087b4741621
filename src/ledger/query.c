/* SPDX-License-Identifier: MIT */
#include "ledger/query.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

int query_error(sqlite3 *db, int result)
{
    int system_error = db ? sqlite3_system_errno(db) : 0;

    switch (result) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return 0;
    case SQLITE_IOERR_NOMEM:
        return -ENOMEM;
    }
    switch (result & 0xFF) {
    case SQLITE_NOMEM:
        return -ENOMEM;
    case SQLITE_FULL:
        return -ENOSPC;
    case SQLITE_IOERR:
        /* A full disk shows as an I/O error where SQLite grows its shared memory. */
        return system_error == ENOSPC || system_error == EDQUOT ? -ENOSPC : -EIO;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return -EBUSY;
    case SQLITE_READONLY:
        return -EROFS;
    case SQLITE_CANTOPEN:
        return system_error ? -system_error : -EIO;
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return -EACCES;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return -EBADMSG;
    case SQLITE_TOOBIG:
        return -E2BIG;
    case SQLITE_CONSTRAINT:
        return -EINVAL;
    default:
        return -EIO;
    }
}

static size_t slot_of(const char *sql)
{
    return (size_t)((uintptr_t)sql * UINT64_C(0x9E3779B97F4A7C15) >> 32) % STATEMENTS_MAX;
}

struct query query_start(struct ledger *ledger, const char *sql)
{
    struct query q = {.ledger = ledger};
    size_t slot = slot_of(sql);

    for (int tries = 0; ledger->statements[slot].sql && ledger->statements[slot].sql != sql;
         tries++) {
        assert(tries < STATEMENTS_MAX);
        slot = (slot + 1) % STATEMENTS_MAX;
    }
    struct kept_statement *kept = &ledger->statements[slot];
    if (!kept->sql) {
        int r =
            sqlite3_prepare_v3(ledger->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &kept->stmt, NULL);
        if (r != SQLITE_OK) {
            q.error = query_error(ledger->db, r);
            return q;
        }
        kept->sql = sql;
    }
    q.stmt = kept->stmt;
    return q;
}

static void bound(struct query *q, int result)
{
    if (!q->error)
        q->error = query_error(q->ledger->db, result);
}

void query_int(struct query *q, int64_t value)
{
    if (!q->error)
        bound(q, sqlite3_bind_int64(q->stmt, ++q->bound, value));
}

static void bind_null(struct query *q)
{
    if (!q->error)
        bound(q, sqlite3_bind_null(q->stmt, ++q->bound));
}

void query_id(struct query *q, int64_t id)
{
    if (id)
        query_int(q, id);
    else
        bind_null(q);
}

void query_string(struct query *q, const char *value_or_null)
{
    if (!value_or_null)
        bind_null(q);
    else if (!q->error)
        bound(q, sqlite3_bind_text(q->stmt, ++q->bound, value_or_null, -1, SQLITE_STATIC));
}

void query_bytes(struct query *q, const void *data, size_t size)
{
    if (!q->error)
        bound(q, sqlite3_bind_blob64(q->stmt, ++q->bound, data, size, SQLITE_STATIC));
}

void query_instant(struct query *q, struct instant value)
{
    if (instant_equal(value, INSTANT_UNSET))
        bind_null(q);
    else
        query_int(q, value.utc_usec);
}

bool query_row(struct query *q)
{
    if (q->error)
        return false;
    int r = sqlite3_step(q->stmt);
    if (r == SQLITE_ROW)
        return true;
    q->error = query_error(q->ledger->db, r);
    return false;
}

int64_t query_int_at(struct query *q, int column)
{
    return sqlite3_column_int64(q->stmt, column);
}

bool query_is_null_at(struct query *q, int column)
{
    return sqlite3_column_type(q->stmt, column) == SQLITE_NULL;
}

struct instant query_instant_at(struct query *q, int column)
{
    return query_is_null_at(q, column) ? INSTANT_UNSET : (struct instant){query_int_at(q, column)};
}

struct text query_bytes_at(struct query *q, int column)
{
    bool is_null = query_is_null_at(q, column);
    const char *data = sqlite3_column_blob(q->stmt, column);
    size_t size = (size_t)sqlite3_column_bytes(q->stmt, column);
    if (!data && size && !is_null)
        query_fail(q, -ENOMEM);
    return data ? (struct text){data, size} : (struct text){"", 0};
}

const char *query_string_at(struct query *q, int column)
{
    if (query_is_null_at(q, column))
        return NULL;
    const char *string = (const char *)sqlite3_column_text(q->stmt, column);
    if (!string)
        query_fail(q, -ENOMEM);
    return string;
}

const char *query_copy_at(struct query *q, struct arena *arena, int column)
{
    const char *string = query_string_at(q, column);
    const char *copy = arena_copy_string(arena, string);
    if (string && !copy)
        query_fail(q, -ENOMEM);
    return copy;
}

void query_fail(struct query *q, int error)
{
    if (!q->error)
        q->error = error;
}

int query_end(struct query *q)
{
    if (q->stmt) {
        /* reset repeats the error of the last step, which is already in q->error. */
        (void)sqlite3_reset(q->stmt);
        (void)sqlite3_clear_bindings(q->stmt);
        q->stmt = NULL;
    }
    return q->error;
}

int query_run(struct query *q)
{
    while (query_row(q))
        continue;
    return query_end(q);
}

int query_exec(sqlite3 *db, const char *sql)
{
    return query_error(db, sqlite3_exec(db, sql, NULL, NULL, NULL));
}

int query_pragma(sqlite3 *db, const char *sql, int64_t *ret)
{
    sqlite3_stmt *stmt;
    int r = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
    if (r != SQLITE_OK)
        return query_error(db, r);
    r = sqlite3_step(stmt);
    if (r == SQLITE_ROW)
        *ret = sqlite3_column_int64(stmt, 0);
    int error = query_error(db, r);
    sqlite3_finalize(stmt);
    return error;
}

void query_drop_all(struct ledger *ledger)
{
    for (size_t i = 0; i < STATEMENTS_MAX; i++)
        sqlite3_finalize(ledger->statements[i].stmt);
    memset(ledger->statements, 0, sizeof ledger->statements);
}
