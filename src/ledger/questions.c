/* SPDX-License-Identifier: MIT */
/* questions: what the ledger knows of notices, for sending and for people. */
#include <errno.h>

#include "ledger/questions.h"

static const char *copy_or(struct query *q, struct arena *arena, int column, const char *same)
{
    return same && text_is(query_bytes_at(q, column), same) ? same
                                                            : query_copy_at(q, arena, column);
}

void notice_read(struct query *q, struct arena *arena, const struct notice *like,
                 struct notice *ret)
{
    static const struct notice nothing;
    bool is_sense = notice_kind_from_text(query_bytes_at(q, 4), &ret->kind) &&
                    notice_state_from_text(query_bytes_at(q, 5), &ret->state) &&
                    language_from_text(query_bytes_at(q, 19), &ret->language);
    if (!is_sense)
        query_fail(q, -EBADMSG);
    like = like ? like : &nothing;
    ret->id = query_int_at(q, 0);
    ret->occurrence = copy_or(q, arena, 1, like->occurrence);
    ret->step = copy_or(q, arena, 2, like->step);
    ret->contact = copy_or(q, arena, 3, like->contact);
    ret->rule = copy_or(q, arena, 6, like->rule);
    ret->template_name = copy_or(q, arena, 7, like->template_name);
    ret->facts = copy_or(q, arena, 8, like->facts);
    ret->facts_before = copy_or(q, arena, 9, like->facts_before);
    ret->sequence = (int)query_int_at(q, 10);
    ret->due = query_instant_at(q, 11);
    ret->expires = query_instant_at(q, 12);
    bool waits = ret->state == NOTICE_DEFERRED || ret->state == NOTICE_UNCERTAIN;
    ret->next_try = waits ? query_instant_at(q, 13) : INSTANT_UNSET;
    ret->sent = query_instant_at(q, 14);
    ret->attempts = (int)query_int_at(q, 15);
    ret->hold = query_int_at(q, 16);
    ret->message_id = query_copy_at(q, arena, 17);
    ret->reply = copy_or(q, arena, 18, like->reply);
    ret->zone = copy_or(q, arena, 20, like->zone);
    ret->claimed = query_instant_at(q, 21);
    ret->may_be_known = query_int_at(q, 22) != 0;
}

int notices_read(struct query *q, struct arena *arena, struct notices *ret)
{
    struct notices list = {0};
    while (query_row(q)) {
        struct notice *notice = list_add(arena, &list);
        if (!notice)
            query_fail(q, -ENOMEM);
        else
            notice_read(q, arena, list.count > 1 ? notice - 1 : NULL, notice);
    }
    int r = query_end(q);
    if (!r)
        *ret = list;
    return r;
}

static int64_t limit_of(size_t max)
{
    return max && max < INT64_MAX ? (int64_t)max : -1;
}

static int read_due(struct ledger *ledger, struct arena *arena, const char *sql, struct instant now,
                    size_t max, struct notices *ret)
{
    *ret = (struct notices){0};
    if (!max)
        return 0;
    struct query q = query_start(ledger, sql);
    query_int(&q, now.utc_usec);
    query_int(&q, limit_of(max));
    return notices_read(&q, arena, ret);
}

#define SELECT_READY                                                                               \
    "SELECT " NOTICE_COLUMNS " FROM notice n INDEXED BY notice_ready"                              \
    " JOIN occurrence o ON o.id = n.occurrence JOIN contact c ON c.id = n.contact"                 \
    " WHERE n.ready <= ?1 AND n.expires > ?1"

int ledger_due(struct ledger *ledger, struct arena *arena, struct instant now, size_t max,
               struct notices *ret)
{
    return read_due(
        ledger, arena,
        SELECT_READY
        " AND (n.hold IS NULL OR (SELECT closed FROM hold WHERE id = n.hold) IS NOT NULL)"
        " ORDER BY n.lane, n.due, n.id LIMIT ?2",
        now, max, ret);
}

int ledger_due_to_staff(struct ledger *ledger, struct arena *arena, struct instant now, size_t max,
                        struct notices *ret)
{
    /* Their lane is the changes': see lane_of. */
    return read_due(ledger, arena,
                    SELECT_READY " AND n.lane = 0 AND n.kind = 'staff'"
                                 " ORDER BY n.due, n.id LIMIT ?2",
                    now, max, ret);
}

int ledger_due_count(struct ledger *ledger, struct instant now, size_t *ret)
{
    struct query q = query_start(ledger, "SELECT count(*) FROM notice INDEXED BY notice_ready"
                                         " WHERE ready <= ?1 AND expires > ?1");
    query_int(&q, now.utc_usec);
    size_t count = query_row(&q) ? (size_t)query_int_at(&q, 0) : 0;
    int r = query_end(&q);
    if (!r)
        *ret = count;
    return r;
}

int ledger_due_to(struct ledger *ledger, struct arena *arena, const char *contact,
                  struct instant now, struct notices *ret)
{
    struct query q = query_start(
        ledger, "SELECT " NOTICE_COLUMNS " FROM contact c"
                " JOIN notice n INDEXED BY notice_waits ON n.contact = c.id"
                " JOIN occurrence o ON o.id = n.occurrence"
                " WHERE c.address = ?2 AND n.ready <= ?1 AND n.expires > ?1"
                " AND (n.hold IS NULL OR (SELECT closed FROM hold WHERE id = n.hold) IS NOT NULL)"
                " ORDER BY n.lane, n.due, n.id");
    query_int(&q, now.utc_usec);
    query_string(&q, contact);
    return notices_read(&q, arena, ret);
}

int ledger_next(struct ledger *ledger, struct instant now, struct instant *ret)
{
    struct instant ready = INSTANT_NEVER, expires = INSTANT_NEVER;
    struct query q = query_start(ledger, "SELECT min(ready) FROM notice INDEXED BY notice_ready"
                                         " WHERE ready > ?");
    query_int(&q, now.utc_usec);
    if (query_row(&q) && !query_is_null_at(&q, 0))
        ready = query_instant_at(&q, 0);
    int r = query_end(&q);
    if (r)
        return r;
    q = query_start(ledger, "SELECT min(expires) FROM notice INDEXED BY notice_expires"
                            " WHERE ready IS NOT NULL");
    if (query_row(&q) && !query_is_null_at(&q, 0))
        expires = query_instant_at(&q, 0);
    r = query_end(&q);
    if (!r)
        *ret = instant_min(ready, expires);
    return r;
}

/* The occurrence has an index, which is all that a filter needs; the rest is read through. */
#define FILTER                                                                                     \
    " (?2 IS NULL OR c.address = ?2) AND (?3 IS NULL OR n.state = ?3)"                             \
    " AND (?4 IS NULL OR n.hold = ?4) AND (?5 IS NULL OR n.step = ?5)"                             \
    " AND (?6 IS NULL OR n.due <= ?6) ORDER BY o.key, c.address, n.due, n.id LIMIT ?7"

int ledger_notices(struct ledger *ledger, struct arena *arena, const struct notice_filter *filter,
                   struct notices *ret)
{
    struct query q =
        filter->occurrence
            ? query_start(ledger, "SELECT " NOTICE_COLUMNS " FROM occurrence o"
                                  " CROSS JOIN notice n ON n.occurrence = o.id"
                                  " JOIN contact c ON c.id = n.contact WHERE o.key = ?1 AND" FILTER)
        : filter->contact
            ? query_start(ledger, "SELECT " NOTICE_COLUMNS " FROM contact c"
                                  " CROSS JOIN notice n ON n.contact = c.id"
                                  " JOIN occurrence o ON o.id = n.occurrence WHERE ?1 IS NULL"
                                  " AND" FILTER)
            : query_start(ledger,
                          "SELECT " NOTICE_COLUMNS " FROM notice n"
                          " JOIN occurrence o ON o.id = n.occurrence"
                          " JOIN contact c ON c.id = n.contact WHERE ?1 IS NULL AND" FILTER);
    query_string(&q, filter->occurrence);
    query_string(&q, filter->contact);
    query_string(&q, filter->has_state ? notice_state_to_text(filter->state) : NULL);
    query_id(&q, filter->hold);
    query_string(&q, filter->step);
    query_instant(&q, filter->due_by ? *filter->due_by : INSTANT_UNSET);
    query_int(&q, limit_of(filter->max));
    return notices_read(&q, arena, ret);
}

int ledger_sent_with(struct ledger *ledger, struct arena *arena, const char *occurrence,
                     struct notices *ret)
{
    struct query q = query_start(
        ledger, "SELECT " NOTICE_COLUMNS " FROM notice n JOIN occurrence o ON o.id = n.occurrence"
                " JOIN contact c ON c.id = n.contact WHERE o.key <> ?1 AND n.message_id IN"
                " (SELECT m.message_id FROM occurrence p CROSS JOIN notice m ON m.occurrence = p.id"
                " WHERE p.key = ?1) ORDER BY n.contact, n.due, n.id");
    query_string(&q, occurrence);
    return notices_read(&q, arena, ret);
}

int ledger_visit_batch(struct ledger *ledger, struct arena *arena, const struct notice *of,
                       struct instant now, size_t max, ledger_notice_visitor *visit, void *context)
{
    /* The index gives the order: nothing is sorted, so that what is not asked for costs nothing. */
    struct query q =
        query_start(ledger, "SELECT " NOTICE_COLUMNS " FROM occurrence o"
                            " CROSS JOIN notice n INDEXED BY notice_key ON n.occurrence = o.id"
                            " JOIN contact c ON c.id = n.contact WHERE o.key = ?1 AND n.step = ?2"
                            " AND n.state = 'owed' AND n.due <= ?3 ORDER BY n.contact LIMIT ?4");
    int told = 0;
    query_string(&q, of->occurrence);
    query_string(&q, of->step);
    query_instant(&q, now);
    query_int(&q, limit_of(max));
    while (!told && query_row(&q)) {
        struct arena_mark mark = arena_mark(arena);
        struct notice notice;
        notice_read(&q, arena, of, &notice);
        told = q.error ? 0 : visit(context, &notice);
        arena_rewind(arena, mark);
    }
    int r = query_end(&q);
    return r ? r : told;
}

int ledger_last_message(struct ledger *ledger, struct arena *arena, const char *occurrence,
                        const char *contact, struct instant before, const char **ret)
{
    /* max() picks the row, as an ORDER BY would; that one sets up a sort even for one row. */
    struct query q =
        query_start(ledger, "SELECT message_id, max(sent) FROM notice"
                            " WHERE occurrence = (SELECT id FROM occurrence WHERE key = ?1)"
                            " AND contact = (SELECT id FROM contact WHERE address = ?2)"
                            " AND sent < ?3 AND message_id IS NOT NULL");
    const char *found = NULL;
    query_string(&q, occurrence);
    query_string(&q, contact);
    query_instant(&q, before);
    if (query_row(&q)) /* NULL: no mail yet */
        found = query_copy_at(&q, arena, 0);
    int r = query_end(&q);
    if (!r)
        *ret = found;
    return r;
}

int ledger_life(struct ledger *ledger, struct arena *arena, int64_t notice,
                struct notice_facts *ret)
{
    struct notice_facts list = {0};
    struct query q = query_start(ledger, "SELECT at, state, text FROM life WHERE notice = ?"
                                         " ORDER BY number");
    query_int(&q, notice);
    while (query_row(&q)) {
        struct notice_fact *fact = list_add(arena, &list);
        if (!fact) {
            query_fail(&q, -ENOMEM);
            break;
        }
        fact->at = query_instant_at(&q, 0);
        if (!notice_state_from_text(query_bytes_at(&q, 1), &fact->state))
            query_fail(&q, -EBADMSG);
        fact->text = query_copy_at(&q, arena, 2);
    }
    int r = query_end(&q);
    if (!r)
        *ret = list;
    return r;
}

static int count_of(struct ledger *ledger, const char *sql, int64_t *ret)
{
    struct query q = query_start(ledger, sql);
    if (query_row(&q))
        *ret = query_is_null_at(&q, 0) ? INSTANT_UNSET.utc_usec : query_int_at(&q, 0);
    return query_end(&q);
}

int ledger_counts(struct ledger *ledger, struct ledger_counts *ret)
{
    struct ledger_counts counts = {.last_accepted = INSTANT_UNSET};
    int64_t suppressions = 0, holds = 0;
    bool is_mine = false;
    int r = ledger_read_begin(ledger, &is_mine);
    if (r)
        return r;
    struct query q = query_start(ledger, "SELECT state, count(*) FROM notice GROUP BY state");
    while (query_row(&q)) {
        enum notice_state state;
        if (notice_state_from_text(query_bytes_at(&q, 0), &state))
            counts.states[state] = (size_t)query_int_at(&q, 1);
        else
            query_fail(&q, -EBADMSG);
    }
    r = query_end(&q);
    if (!r)
        r = count_of(ledger, "SELECT count(*) FROM suppression", &suppressions);
    if (!r)
        r = count_of(ledger, "SELECT count(*) FROM hold WHERE closed IS NULL", &holds);
    if (!r)
        r = count_of(ledger, "SELECT max(sent) FROM notice WHERE sent IS NOT NULL",
                     &counts.last_accepted.utc_usec);
    r = ledger_read_end(ledger, is_mine, r);
    counts.suppressions = (size_t)suppressions;
    counts.holds = (size_t)holds;
    if (!r)
        *ret = counts;
    return r;
}

#define RECENT_KINDS                                                                               \
    " AND n.kind IN ('invitation', 'reminder', 'save-the-date', 'thanks', 'newsletter')"

int ledger_recent(struct ledger *ledger, struct arena *arena, struct instant since,
                  struct recent_sents *ret)
{
    struct recent_sents list = {0};
    struct query q =
        query_start(ledger, "SELECT c.address, n.sent FROM notice n INDEXED BY notice_sent"
                            " JOIN contact c ON c.id = n.contact WHERE n.sent >= ?1" RECENT_KINDS
                            " GROUP BY n.contact, n.sent, coalesce(n.message_id, n.id)"
                            " UNION ALL"
                            " SELECT c.address, n.due FROM notice n INDEXED BY notice_expires"
                            " JOIN contact c ON c.id = n.contact WHERE n.ready IS NOT NULL"
                            " AND n.due >= ?1" RECENT_KINDS " ORDER BY 1, 2");
    query_int(&q, since.utc_usec);
    while (query_row(&q)) {
        struct recent_sent *sent = list_add(arena, &list);
        if (!sent) {
            query_fail(&q, -ENOMEM);
            break;
        }
        sent->contact = query_copy_at(&q, arena, 0);
        sent->sent = query_instant_at(&q, 1);
    }
    int r = query_end(&q);
    if (!r)
        *ret = list;
    return r;
}
