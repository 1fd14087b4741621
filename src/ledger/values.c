/* SPDX-License-Identifier: MIT */
/* values: small named values, the key, and births. */
#include <errno.h>
#include <string.h>

#include "ledger/query.h"

int ledger_set(struct ledger *ledger, const char *name, const char *value)
{
    int r = ledger_may_change(ledger);
    if (r)
        return r;
    struct query q;
    if (value) {
        q = query_start(ledger, "INSERT INTO value(name, value) VALUES(?1, ?2)"
                                " ON CONFLICT DO UPDATE SET value = ?2");
        query_string(&q, name);
        query_string(&q, value);
    } else {
        q = query_start(ledger, "DELETE FROM value WHERE name = ?");
        query_string(&q, name);
    }
    return ledger_changed(ledger, query_run(&q));
}

int ledger_get(struct ledger *ledger, struct arena *arena, const char *name,
               const char **ret_or_null)
{
    struct query q = query_start(ledger, "SELECT value FROM value WHERE name = ?");
    query_string(&q, name);
    const char *value = query_row(&q) ? query_copy_at(&q, arena, 0) : NULL;
    int r = query_end(&q);
    if (!r)
        *ret_or_null = value;
    return r;
}

int ledger_key(struct ledger *ledger, uint8_t ret_key[32])
{
    memcpy(ret_key, ledger->key, sizeof ledger->key);
    return 0;
}

int ledger_birth(struct ledger *ledger, const char *kind, const char *name, struct instant now,
                 struct instant *ret_at)
{
    int r = ledger_may_change(ledger);
    if (r)
        return r;
    struct query q = query_start(ledger, "SELECT at FROM birth WHERE kind = ? AND name = ?");
    query_string(&q, kind);
    query_string(&q, name);
    struct instant at = query_row(&q) ? query_instant_at(&q, 0) : INSTANT_UNSET;
    r = query_end(&q);
    if (!r && instant_equal(at, INSTANT_UNSET)) {
        at = now;
        q = query_start(ledger, "INSERT INTO birth(kind, name, at) VALUES(?, ?, ?)");
        query_string(&q, kind);
        query_string(&q, name);
        query_int(&q, now.utc_usec);
        r = query_run(&q);
    }
    if (!r)
        *ret_at = at;
    return ledger_changed(ledger, r);
}

int ledger_births(struct ledger *ledger, struct arena *arena, const char *kind,
                  struct named_births *ret)
{
    *ret = (struct named_births){0};
    struct query q = query_start(ledger, "SELECT name, at FROM birth WHERE kind = ? ORDER BY name");
    query_string(&q, kind);
    while (query_row(&q)) {
        struct named_birth *birth = list_add(arena, ret);
        if (birth)
            *birth = (struct named_birth){query_copy_at(&q, arena, 0), query_instant_at(&q, 1)};
        if (!birth || !birth->name)
            query_fail(&q, -ENOMEM);
    }
    return query_end(&q);
}

int ledger_forget_birth(struct ledger *ledger, const char *kind, const char *name)
{
    int r = ledger_may_change(ledger);
    if (r)
        return r;
    struct query q = query_start(ledger, "DELETE FROM birth WHERE kind = ? AND name = ?");
    query_string(&q, kind);
    query_string(&q, name);
    return ledger_changed(ledger, query_run(&q));
}
