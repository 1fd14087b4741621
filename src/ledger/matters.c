/* SPDX-License-Identifier: MIT */
/* matters: what staff were told, or will be, and in which letter. */
#include <errno.h>

#include "ledger/query.h"

int ledger_letter(struct ledger *ledger, struct instant due, int64_t *ret_number)
{
    int r = ledger_may_change(ledger);
    if (r)
        return r;
    struct query q = query_start(ledger, "INSERT INTO letter(due) VALUES(?)");
    query_int(&q, due.utc_usec);
    r = query_run(&q);
    if (!r)
        *ret_number = sqlite3_last_insert_rowid(ledger->db);
    return ledger_changed(ledger, r);
}

int ledger_last_letter(struct ledger *ledger, int64_t *ret_number)
{
    struct query q = query_start(ledger, "SELECT max(id) FROM letter");
    int64_t number = query_row(&q) ? query_int_at(&q, 0) : 0;
    int r = query_end(&q);
    if (!r)
        *ret_number = number;
    return r;
}

int ledger_letters_since(struct ledger *ledger, struct instant since, size_t *ret_count,
                         struct instant *ret_first)
{
    size_t count = 0;
    struct instant first = INSTANT_NEVER;
    struct query q = query_start(ledger, "SELECT count(*), min(due) FROM letter WHERE due > ?");
    query_int(&q, since.utc_usec);
    if (query_row(&q) && !query_is_null_at(&q, 1)) {
        count = (size_t)query_int_at(&q, 0);
        first = query_instant_at(&q, 1);
    }
    int r = query_end(&q);
    if (!r) {
        *ret_count = count;
        *ret_first = first;
    }
    return r;
}

int ledger_keep_matter(struct ledger *ledger, const struct matter *matter)
{
    int r = ledger_may_change(ledger);
    if (r)
        return r;
    struct query q = query_start(
        ledger, "INSERT OR REPLACE INTO matter(key, kind, letter, at, source, text, advice, hold,"
                " count, until, last) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)");
    query_string(&q, matter->key);
    query_string(&q, matter_kind_to_text(matter->kind));
    query_id(&q, matter->letter);
    query_int(&q, matter->at.utc_usec);
    query_string(&q, matter->source);
    query_string(&q, matter->text);
    query_string(&q, matter->advice);
    query_id(&q, matter->hold);
    query_int(&q, (int64_t)matter->count);
    query_instant(&q, matter->until);
    query_instant(&q, matter->last);
    return ledger_changed(ledger, query_run(&q));
}

int ledger_drop_matter(struct ledger *ledger, const char *key)
{
    int r = ledger_may_change(ledger);
    if (r)
        return r;
    struct query q = query_start(ledger, "DELETE FROM matter WHERE key = ?");
    query_string(&q, key);
    return ledger_changed(ledger, query_run(&q));
}

int ledger_close_matter(struct ledger *ledger, const char *key)
{
    int r = ledger_may_change(ledger);
    if (r)
        return r;
    struct query q = query_start(ledger, "UPDATE matter SET key = key || '/' || letter"
                                         " WHERE key = ? AND letter IS NOT NULL");
    query_string(&q, key);
    return ledger_changed(ledger, query_run(&q));
}

#define COLUMNS "key, kind, letter, at, source, text, advice, hold, count, until, last"

static int read_matters(struct query *q, struct arena *arena, struct matters *ret)
{
    struct matters list = {0};
    while (query_row(q)) {
        struct matter *matter = list_add(arena, &list);
        if (!matter) {
            query_fail(q, -ENOMEM);
            break;
        }
        if (!matter_kind_from_text(query_bytes_at(q, 1), &matter->kind))
            query_fail(q, -EBADMSG);
        matter->key = query_copy_at(q, arena, 0);
        matter->letter = query_int_at(q, 2);
        matter->at = query_instant_at(q, 3);
        matter->source = query_copy_at(q, arena, 4);
        matter->text = query_copy_at(q, arena, 5);
        matter->advice = query_copy_at(q, arena, 6);
        matter->hold = query_int_at(q, 7);
        matter->count = (size_t)query_int_at(q, 8);
        matter->until = query_instant_at(q, 9);
        matter->last = query_instant_at(q, 10);
    }
    int r = query_end(q);
    if (!r)
        *ret = list;
    return r;
}

int ledger_find_matter(struct ledger *ledger, struct arena *arena, const char *key,
                       const struct matter **ret_or_null)
{
    struct matters found = {0};
    struct query q = query_start(ledger, "SELECT " COLUMNS " FROM matter WHERE key = ?");
    query_string(&q, key);
    int r = read_matters(&q, arena, &found);
    if (!r)
        *ret_or_null = found.count ? found.items : NULL;
    return r;
}

int ledger_matters(struct ledger *ledger, struct arena *arena, int64_t letter, struct matters *ret)
{
    struct query q = query_start(ledger, "SELECT " COLUMNS " FROM matter WHERE letter = ?"
                                         " ORDER BY key");
    query_int(&q, letter);
    return read_matters(&q, arena, ret);
}

int ledger_matters_like(struct ledger *ledger, struct arena *arena, const char *prefix,
                        struct matters *ret)
{
    struct query q = query_start(ledger, "SELECT " COLUMNS " FROM matter"
                                         " WHERE key >= ?1 AND key < ?1 || '~' ORDER BY key");
    query_string(&q, prefix);
    return read_matters(&q, arena, ret);
}
