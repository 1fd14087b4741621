/* SPDX-License-Identifier: MIT */
/* holds: batches that wait for a human's word. A hold is open until it is approved or discarded;
 * one whose notices have all ended meanwhile has nothing left to ask: it is not listed, and an
 * answer to it is refused.                                                                       */
#include <errno.h>

#include "ledger/query.h"

/* Is there something left to ask? A hold without any notice (a contact list's) always asks. */
#define HOLD_ASKS                                                                                  \
    "(EXISTS (SELECT 1 FROM notice n WHERE n.hold = hold.id AND n.state = 'held')"                 \
    " OR NOT EXISTS (SELECT 1 FROM notice n WHERE n.hold = hold.id))"

int ledger_hold(struct ledger *ledger, const char *reason, struct instant now, int64_t *ret_id)
{
    int r = ledger_may_change(ledger);
    if (r)
        return r;
    struct query q = query_start(ledger, "INSERT INTO hold(reason, created) VALUES(?, ?)");
    query_string(&q, reason);
    query_int(&q, now.utc_usec);
    r = query_run(&q);
    if (!r)
        *ret_id = sqlite3_last_insert_rowid(ledger->db);
    return ledger_changed(ledger, r);
}

int ledger_holds(struct ledger *ledger, struct arena *arena, struct holds *ret)
{
    struct holds list = {0};
    struct query q = query_start(
        ledger, "SELECT h.id, h.reason, h.created, max(n.expires), count(n.id),"
                " count(DISTINCT n.contact), count(DISTINCT n.occurrence) FROM hold h"
                " LEFT JOIN notice n ON n.hold = h.id AND n.state = 'held'"
                " WHERE h.closed IS NULL GROUP BY h.id"
                " HAVING count(n.id) > 0 OR NOT EXISTS (SELECT 1 FROM notice WHERE hold = h.id)"
                " ORDER BY h.id");
    while (query_row(&q)) {
        struct hold *hold = list_add(arena, &list);
        if (!hold) {
            query_fail(&q, -ENOMEM);
            break;
        }
        hold->id = query_int_at(&q, 0);
        hold->reason = query_copy_at(&q, arena, 1);
        hold->created = query_instant_at(&q, 2);
        hold->expires = query_instant_at(&q, 3);
        hold->messages = (size_t)query_int_at(&q, 4);
        hold->contacts = (size_t)query_int_at(&q, 5);
        hold->events = (size_t)query_int_at(&q, 6);
    }
    int r = query_end(&q);
    if (!r)
        *ret = list;
    return r;
}

int ledger_last_hold(struct ledger *ledger, int64_t *ret_id)
{
    struct query q = query_start(ledger, "SELECT max(id) FROM hold");
    int64_t id = query_row(&q) ? query_int_at(&q, 0) : 0;
    int r = query_end(&q);
    if (!r)
        *ret_id = id;
    return r;
}

int ledger_hold_is_open(struct ledger *ledger, int64_t hold, bool *ret)
{
    struct query q = query_start(ledger, "SELECT 1 FROM hold WHERE id = ? AND closed IS NULL");
    query_int(&q, hold);
    bool is_open = query_row(&q);
    int r = query_end(&q);
    if (!r)
        *ret = is_open;
    return r;
}

int ledger_hold_closed(struct ledger *ledger, int64_t hold, struct instant *ret)
{
    struct query q = query_start(ledger, "SELECT closed FROM hold WHERE id = ?");
    query_int(&q, hold);
    struct instant closed = query_row(&q) ? query_instant_at(&q, 0) : INSTANT_UNSET;
    int r = query_end(&q);
    if (!r)
        *ret = closed;
    return r;
}

static int end_hold(struct ledger *ledger, int64_t hold, enum notice_state state,
                    const char *reason, struct instant now, size_t *ret_count)
{
    int r = ledger_may_change(ledger);
    if (r)
        return r;
    struct query q =
        query_start(ledger, "UPDATE hold SET closed = ? WHERE id = ? AND closed IS NULL"
                            " AND " HOLD_ASKS);
    query_int(&q, now.utc_usec);
    query_int(&q, hold);
    r = query_run(&q);
    if (!r && !sqlite3_changes(ledger->db))
        return LEDGER_E_ABSENT;
    if (!r)
        r = ledger_move_each(ledger,
                             "SELECT id FROM notice WHERE hold = ? AND state = 'held' ORDER BY id"
                             " LIMIT ?",
                             hold, state, reason, INSTANT_UNSET, now, ret_count);
    return ledger_changed(ledger, r);
}

int ledger_approve(struct ledger *ledger, int64_t hold, struct instant now, size_t *ret_count)
{
    return end_hold(ledger, hold, NOTICE_OWED, "approved", now, ret_count);
}

int ledger_discard(struct ledger *ledger, int64_t hold, struct instant now, size_t *ret_count)
{
    return end_hold(ledger, hold, NOTICE_SUPERSEDED, "discarded", now, ret_count);
}
