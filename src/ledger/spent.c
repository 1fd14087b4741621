/* SPDX-License-Identifier: MIT */
/* spent: what the relay's limits were used up by. A row a second, not one a message, and no row of
 * a notice: a claim costs nothing more than its group's one line, a mail that tells several counts
 * once, and a person who is forgotten gives no room back.                                        */
#include <errno.h>

#include "ledger/query.h"

/* More than the longest window of any relay. */
static const int64_t keep_seconds = 2 * 24 * 3600;

static int64_t second_of(struct instant t)
{
    return t.utc_usec / USEC_PER_SEC;
}

int ledger_spend(struct ledger *ledger, size_t count, struct instant now)
{
    int r = ledger_may_change(ledger);
    if (r)
        return r;
    struct query q =
        query_start(ledger, "INSERT INTO spent(second, count) VALUES(?, ?)"
                            " ON CONFLICT DO UPDATE SET count = count + excluded.count");
    query_int(&q, second_of(now));
    query_int(&q, (int64_t)count);
    r = query_run(&q);
    if (r)
        return ledger_changed(ledger, r);
    /* And what a clock that was ahead wrote: else it would count as just now until that day. */
    q = query_start(ledger, "DELETE FROM spent WHERE second < ?1 - ?2 OR second > ?1 + ?2");
    query_int(&q, second_of(now));
    query_int(&q, keep_seconds);
    return ledger_changed(ledger, query_run(&q));
}

int ledger_return(struct ledger *ledger, size_t count, struct instant spent_at)
{
    int r = ledger_may_change(ledger);
    if (r)
        return r;
    struct query q =
        query_start(ledger, "UPDATE spent SET count = max(count - ?2, 0) WHERE second = ?1");
    query_int(&q, second_of(spent_at));
    query_int(&q, (int64_t)count);
    return ledger_changed(ledger, query_run(&q));
}

int ledger_spent(struct ledger *ledger, struct arena *arena, struct instant since,
                 struct spendings *ret)
{
    struct spendings list = {0};
    struct query q = query_start(ledger, "SELECT second, count FROM spent WHERE second >= ?"
                                         " ORDER BY second");
    query_int(&q, second_of(since));
    while (query_row(&q)) {
        struct spending *spending = list_add(arena, &list);
        if (!spending) {
            query_fail(&q, -ENOMEM);
            break;
        }
        spending->at = (struct instant){query_int_at(&q, 0) * USEC_PER_SEC};
        spending->count = (size_t)query_int_at(&q, 1);
    }
    int r = query_end(&q);
    if (!r)
        *ret = list;
    return r;
}
