/* SPDX-License-Identifier: MIT */
/* owing: new notices, as many as there are at once.
 *
 * A statement for each of a million rows spends most of its time in beginning and ending: it binds,
 * opens seven trees, descends into each from its root, writes down the last id. So the rows are
 * given to SQLite as a table of its own kind, `owing`, which reads them where they lie, and three
 * statements take all of them: the trees stay open, and where the rows come in order the next one
 * is put behind the last. That takes less than half of the instructions (tests/bench/bench_pass.c).
 *
 * The ids are given here, in the order of the rows, so that the life of each is found by its row;
 * those of rows that were there already are skipped, and stay unused. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "base/log.h"
#include "ledger/query.h"

/* Rows keep the number that they were given. */
enum lane {
    LANE_CANCELLATION = -1,
    LANE_CHANGE, /* and what staff must hear */
    LANE_TODAY,  /* reminders that lose their use within the day */
    LANE_REMINDER,
    LANE_INVITATION,
    LANE_NEWSLETTER,
};
enum { TODAY_HOURS = 16 };

static enum lane lane_of(const struct notice *notice)
{
    int64_t useful = instant_diff(notice->expires, notice->due);
    switch (notice->kind) {
    case NOTICE_CANCELLATION:
    case NOTICE_UNINVITED:
        return LANE_CANCELLATION;
    case NOTICE_CHANGE:
    case NOTICE_POSTPONED:
    case NOTICE_STAFF:
        return LANE_CHANGE;
    case NOTICE_REMINDER:
        return useful <= TODAY_HOURS * USEC_PER_HOUR ? LANE_TODAY : LANE_REMINDER;
    case NOTICE_NEWSLETTER:
        return LANE_NEWSLETTER;
    default:
        return LANE_INVITATION;
    }
}

/* --- the table ------------------------------------------------------------------------------- */

static const char owing_sql[] =
    "CREATE TABLE owing(contact, step, state, kind, lane, rule, template, facts, facts_before,"
    " sequence, due, ready, expires, hold, reply, language, zone, reason)";
enum column {
    COLUMN_CONTACT,
    COLUMN_STEP,
    COLUMN_STATE,
    COLUMN_KIND,
    COLUMN_LANE,
    COLUMN_RULE,
    COLUMN_TEMPLATE,
    COLUMN_FACTS,
    COLUMN_FACTS_BEFORE,
    COLUMN_SEQUENCE,
    COLUMN_DUE,
    COLUMN_READY,
    COLUMN_EXPIRES,
    COLUMN_HOLD,
    COLUMN_REPLY,
    COLUMN_LANGUAGE,
    COLUMN_ZONE,
    COLUMN_REASON,
};

struct owing_table {
    sqlite3_vtab base;
    const struct ledger *ledger;
};

struct owing_cursor {
    sqlite3_vtab_cursor base;
    size_t at;
};

static int open_table(sqlite3 *db, void *ledger, int argc, const char *const *argv,
                      sqlite3_vtab **ret_table, char **ret_error)
{
    (void)argc, (void)argv, (void)ret_error;
    int r = sqlite3_declare_vtab(db, owing_sql); /* first: SQLite forgets a table that failed */
    struct owing_table *table = r ? NULL : calloc(1, sizeof *table);
    if (!table)
        return r ? r : SQLITE_NOMEM;
    table->ledger = ledger;
    *ret_table = &table->base;
    return SQLITE_OK;
}

static int close_table(sqlite3_vtab *table)
{
    free(table);
    return SQLITE_OK;
}

static int estimate(sqlite3_vtab *table, sqlite3_index_info *info)
{
    (void)table;
    info->estimatedCost = 1000;
    return SQLITE_OK;
}

static int open_cursor(sqlite3_vtab *table, sqlite3_vtab_cursor **ret)
{
    (void)table;
    struct owing_cursor *cursor = calloc(1, sizeof *cursor);
    if (!cursor)
        return SQLITE_NOMEM;
    *ret = &cursor->base;
    return SQLITE_OK;
}

static int close_cursor(sqlite3_vtab_cursor *cursor)
{
    free(cursor);
    return SQLITE_OK;
}

static const struct owings *rows_of(const sqlite3_vtab_cursor *cursor)
{
    return &((const struct owing_table *)cursor->pVtab)->ledger->owing;
}

static int rewind_cursor(sqlite3_vtab_cursor *cursor, int plan, const char *name, int argc,
                         sqlite3_value **argv)
{
    (void)plan, (void)name, (void)argc, (void)argv;
    ((struct owing_cursor *)cursor)->at = 0;
    return SQLITE_OK;
}

static int next(sqlite3_vtab_cursor *cursor)
{
    ((struct owing_cursor *)cursor)->at++;
    return SQLITE_OK;
}

static int is_at_end(sqlite3_vtab_cursor *cursor)
{
    return ((struct owing_cursor *)cursor)->at >= rows_of(cursor)->count;
}

static int number(sqlite3_vtab_cursor *cursor, sqlite3_int64 *ret)
{
    *ret = (sqlite3_int64)((struct owing_cursor *)cursor)->at + 1;
    return SQLITE_OK;
}

static void give_string(sqlite3_context *to, const char *value_or_null)
{
    sqlite3_result_text(to, value_or_null, -1, SQLITE_STATIC); /* NULL is NULL */
}

static int give_column(sqlite3_vtab_cursor *cursor, sqlite3_context *to, int column)
{
    const struct owed *owed = &rows_of(cursor)->items[((struct owing_cursor *)cursor)->at];
    const struct notice *notice = owed->notice;
    bool is_held = notice->state == NOTICE_HELD;
    switch ((enum column)column) {
    case COLUMN_CONTACT:
        give_string(to, notice->contact);
        break;
    case COLUMN_STEP:
        give_string(to, notice->step);
        break;
    case COLUMN_STATE:
        give_string(to, notice_state_to_text(notice->state));
        break;
    case COLUMN_KIND:
        give_string(to, notice_kind_to_text(notice->kind));
        break;
    case COLUMN_LANE:
        sqlite3_result_int(to, lane_of(notice));
        break;
    case COLUMN_RULE:
        give_string(to, notice->rule);
        break;
    case COLUMN_TEMPLATE:
        give_string(to, notice->template_name);
        break;
    case COLUMN_FACTS:
        give_string(to, notice->facts);
        break;
    case COLUMN_FACTS_BEFORE:
        give_string(to, notice->facts_before);
        break;
    case COLUMN_SEQUENCE:
        sqlite3_result_int(to, notice->sequence);
        break;
    case COLUMN_DUE:
        sqlite3_result_int64(to, notice->due.utc_usec);
        break;
    case COLUMN_READY:
        sqlite3_result_int64(to, is_held ? INSTANT_NEVER.utc_usec : notice->due.utc_usec);
        break;
    case COLUMN_EXPIRES:
        sqlite3_result_int64(to, notice->expires.utc_usec);
        break;
    case COLUMN_HOLD:
        if (notice->hold)
            sqlite3_result_int64(to, notice->hold);
        break;
    case COLUMN_REPLY:
        give_string(to, is_held ? owed->reason : NULL);
        break;
    case COLUMN_LANGUAGE:
        give_string(to, language_to_text(notice->language));
        break;
    case COLUMN_ZONE:
        give_string(to, notice->zone);
        break;
    case COLUMN_REASON:
        give_string(to, owed->reason);
        break;
    }
    return SQLITE_OK;
}

/* Without xCreate: it is there for each connection, and in no schema. */
static const sqlite3_module owing_module = {
    .xConnect = open_table,
    .xBestIndex = estimate,
    .xDisconnect = close_table,
    .xOpen = open_cursor,
    .xClose = close_cursor,
    .xFilter = rewind_cursor,
    .xNext = next,
    .xEof = is_at_end,
    .xColumn = give_column,
    .xRowid = number,
};

int owing_register(struct ledger *ledger)
{
    return query_error(ledger->db,
                       sqlite3_create_module(ledger->db, "owing", &owing_module, ledger));
}

/* --- recording ------------------------------------------------------------------------------- */

static int find_last_id(struct ledger *ledger, int64_t *ret)
{
    struct query q = query_start(ledger, "SELECT seq FROM sqlite_sequence WHERE name = 'notice'");
    *ret = query_row(&q) ? query_int_at(&q, 0) : 0;
    return query_end(&q);
}

static int add_contacts(struct ledger *ledger)
{
    struct query q =
        query_start(ledger, "INSERT INTO contact(address) SELECT contact FROM owing WHERE true"
                            " ON CONFLICT(address) DO NOTHING");
    return query_run(&q);
}

static int add_notices(struct ledger *ledger, int64_t last, int64_t occurrence, size_t *ret_count)
{
    struct query q = query_start(
        ledger, "INSERT INTO notice(id, occurrence, contact, step, state, kind, lane, rule,"
                " template, facts, facts_before, sequence, due, ready, expires, attempts, moves,"
                " hold, reply, language, zone)"
                " SELECT ?1 + o.rowid, ?2, c.id, o.step, o.state, o.kind, o.lane, o.rule,"
                " o.template, o.facts, o.facts_before, o.sequence, o.due, o.ready, o.expires, 0, 0,"
                " o.hold, o.reply, o.language, o.zone"
                " FROM owing o CROSS JOIN contact c WHERE c.address = o.contact"
                " ON CONFLICT(occurrence, contact, step) DO NOTHING");
    query_int(&q, last);
    query_int(&q, occurrence);
    int r = query_run(&q);
    if (!r)
        *ret_count = (size_t)sqlite3_changes(ledger->db);
    return r;
}

static int begin_lives(struct ledger *ledger, int64_t last, struct instant now)
{
    struct query q =
        query_start(ledger, "INSERT INTO life(notice, number, at, state, text)"
                            " SELECT n.id, 0, ?2, n.state, o.reason"
                            " FROM owing o CROSS JOIN notice n WHERE n.id = ?1 + o.rowid");
    query_int(&q, last);
    query_int(&q, now.utc_usec);
    return query_run(&q);
}

static void trace_new(struct ledger *ledger, int64_t last)
{
    if (!log_is_traced("ledger"))
        return;
    struct query q = query_start(ledger, "SELECT id, state FROM notice WHERE id > ? ORDER BY id");
    query_int(&q, last);
    while (query_row(&q))
        log_trace("ledger", "notice %lld: new -> %s", (long long)query_int_at(&q, 0),
                  query_string_at(&q, 1));
    (void)query_end(&q);
}

static int record(struct ledger *ledger, const struct owed *items, size_t count, struct instant now,
                  int64_t *ret_last, size_t *ret_count)
{
    int64_t occurrence = 0;
    int r = find_last_id(ledger, ret_last);
    r = r ? r : ledger_intern_occurrence(ledger, items[0].notice->occurrence, &occurrence);
    ledger->owing = (struct owings){items, count};
    r = r ? r : add_contacts(ledger);
    r = r ? r : add_notices(ledger, *ret_last, occurrence, ret_count);
    r = r || !*ret_count ? r : begin_lives(ledger, *ret_last, now);
    ledger->owing = (struct owings){0};
    return r;
}

/* ret_last: the last id before them. */
static int owe(struct ledger *ledger, const struct owed *items, size_t count, struct instant now,
               int64_t *ret_last, size_t *ret_count)
{
    *ret_count = 0;
    int r = ledger_may_change(ledger);
    if (r || !count)
        return r;
    for (size_t i = 0; i < count; i++) {
        assert(items[i].notice->state == NOTICE_OWED || items[i].notice->state == NOTICE_HELD);
        assert(string_equal(items[i].notice->occurrence, items[0].notice->occurrence));
    }
    r = record(ledger, items, count, now, ret_last, ret_count);
    if (!r)
        trace_new(ledger, *ret_last);
    return ledger_changed(ledger, r);
}

int ledger_owe_all(struct ledger *ledger, const struct owed *items, size_t count,
                   struct instant now, size_t *ret_count)
{
    int64_t last;
    return owe(ledger, items, count, now, &last, ret_count);
}

int ledger_owe(struct ledger *ledger, const struct notice *notice, const char *reason,
               struct instant now, int64_t *ret_id)
{
    int64_t last;
    size_t added;
    int r = owe(ledger, &(struct owed){notice, reason}, 1, now, &last, &added);
    if (r || !added)
        return r ? r : LEDGER_E_EXISTS;
    if (ret_id)
        *ret_id = last + 1;
    return 0;
}
