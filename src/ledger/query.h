/* SPDX-License-Identifier: MIT */
/* query: one statement on its way: bound in order, read row by row, ended once.
 *
 *     struct query q = query_start(ledger, SQL);      never fails on the spot
 *     query_int(&q, 7);
 *     while (query_row(&q)) x = query_int_at(&q, 0);
 *     return query_end(&q);                           the first error of all of it, or 0
 *
 * The text is prepared once for each ledger and found again by its address: it must be a static
 * string. Nothing bound is copied: it must live until query_end.                                 */
#ifndef CONVIER_LEDGER_QUERY_H
#define CONVIER_LEDGER_QUERY_H

#include "ledger/inside.h"

struct query {
    struct ledger *ledger;
    sqlite3_stmt *stmt;
    int bound;
    int error;
};

struct query query_start(struct ledger *ledger, const char *sql);
void query_int(struct query *q, int64_t value);
void query_id(struct query *q, int64_t id); /* 0 is NULL */
void query_string(struct query *q, const char *value_or_null);
void query_bytes(struct query *q, const void *data, size_t size);
void query_instant(struct query *q, struct instant value); /* UNSET is NULL */

bool query_row(struct query *q);                   /* false: no more rows, or an error */
int64_t query_int_at(struct query *q, int column); /* NULL is 0 */
bool query_is_null_at(struct query *q, int column);
struct instant query_instant_at(struct query *q, int column); /* NULL is UNSET */
struct text query_bytes_at(struct query *q, int column);      /* until the next row */
const char *query_string_at(struct query *q, int column);     /* until the next row; may be NULL */
const char *query_copy_at(struct query *q, struct arena *arena, int column); /* may be NULL */
void query_fail(struct query *q, int error); /* of the caller's own: memory, sense */

int query_end(struct query *q);
int query_run(struct query *q); /* all rows away, then end */

/* The negative errno of an SQLite result; 0 for OK, ROW and DONE. */
int query_error(sqlite3 *db, int result);
/* Statements without parameters, several at once; not kept. */
int query_exec(sqlite3 *db, const char *sql);
/* One number, for pragmas; not kept. */
int query_pragma(sqlite3 *db, const char *sql, int64_t *ret);

void query_drop_all(struct ledger *ledger);

#endif
