/* SPDX-License-Identifier: MIT */
/* names: the numbers of occurrence keys and addresses. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/query.h"

static int find(struct ledger *ledger, const char *sql, const char *name, int64_t *ret_id)
{
    struct query q = query_start(ledger, sql);
    query_string(&q, name);
    int64_t id = query_row(&q) ? query_int_at(&q, 0) : 0;
    int r = query_end(&q);
    if (!r)
        *ret_id = id;
    return r;
}

static int add(struct ledger *ledger, const char *sql, const char *name, int64_t *ret_id)
{
    struct query q = query_start(ledger, sql);
    query_string(&q, name);
    int r = query_run(&q);
    if (!r)
        *ret_id = sqlite3_last_insert_rowid(ledger->db);
    return r;
}

static bool remembers(const struct recent_name *recent, const char *name)
{
    return recent->id && strcmp(recent->name, name) == 0;
}

/* Without memory it is not remembered, which costs time only. */
static void remember(struct recent_name *recent, const char *name, int64_t id)
{
    size_t size = strlen(name) + 1;
    recent->id = 0;
    if (size > recent->capacity) {
        char *moved = realloc(recent->name, size);
        if (!moved)
            return;
        recent->name = moved;
        recent->capacity = size;
    }
    memcpy(recent->name, name, size);
    recent->id = id;
}

void ledger_forget_names(struct ledger *ledger)
{
    ledger->occurrence.id = 0;
}

int ledger_find_occurrence(struct ledger *ledger, const char *key, int64_t *ret_id)
{
    return find(ledger, "SELECT id FROM occurrence WHERE key = ?", key, ret_id);
}

int ledger_intern_contact(struct ledger *ledger, const char *address, int64_t *ret_id)
{
    int r = find(ledger, "SELECT id FROM contact WHERE address = ?", address, ret_id);
    return r || *ret_id ? r
                        : add(ledger, "INSERT INTO contact(address) VALUES(?)", address, ret_id);
}

int ledger_intern_occurrence(struct ledger *ledger, const char *key, int64_t *ret_id)
{
    if (remembers(&ledger->occurrence, key)) {
        *ret_id = ledger->occurrence.id;
        return 0;
    }
    int r = ledger_find_occurrence(ledger, key, ret_id);
    if (!r && !*ret_id)
        r = add(ledger, "INSERT INTO occurrence(key) VALUES(?)", key, ret_id);
    if (!r)
        remember(&ledger->occurrence, key, *ret_id);
    return r;
}
