/* SPDX-License-Identifier: MIT */
/* notices: claimed, settled (owed: owing.c). change() is the one place where a state changes: it
 * asks notice_may_become, writes the column and the fact of it, and traces.
 *
 *   state        ready               what is true of it
 *   owed         due, or put off     may leave at `ready`
 *   held         never               waits for its hold's word
 *   claimed      -                   in a daemon's hands; message_id is set; the network may or may
 *                                    not have seen it
 *   deferred     next try            certainly not accepted
 *   uncertain    next try            perhaps accepted: the same bytes leave again, if all that they
 *                                    tell still has to be told
 *   accepted     -                   sent is set; told knows
 *   others       -                   nothing moves them on but a human
 *
 * The bytes of a message are kept until a final state: one that was uncertain once may have
 * arrived, whatever came after, and only the same bytes let the receiver drop the twin. */
#include <assert.h>
#include <errno.h>

#include "base/log.h"
#include "ledger/query.h"

/* --- the one door of states ------------------------------------------------------------------ */

struct change {
    int64_t notice;
    enum notice_state state;
    const char *text;        /* reason or reply, or NULL */
    const char *message_id;  /* for CLAIMED */
    struct instant next_try; /* for DEFERRED and UNCERTAIN, else UNSET */
    int64_t hold;            /* for HELD; 0 = as before */
    struct instant now;
};

struct before {
    enum notice_state state;
    enum notice_kind kind;
    int64_t moves, occurrence, contact, sequence;
    char facts[FACTS_ID_BYTES];
};

static int record_life(struct ledger *ledger, int64_t notice, int64_t number,
                       enum notice_state state, const char *text, struct instant now)
{
    struct query q = query_start(ledger, "INSERT INTO life(notice, number, at, state, text)"
                                         " VALUES(?, ?, ?, ?, ?)");
    query_int(&q, notice);
    query_int(&q, number);
    query_int(&q, now.utc_usec);
    query_string(&q, notice_state_to_text(state));
    query_string(&q, text);
    return query_run(&q);
}

static int find_before(struct ledger *ledger, int64_t notice, struct before *ret)
{
    struct query q =
        query_start(ledger, "SELECT state, kind, moves, occurrence, contact, sequence, facts"
                            " FROM notice WHERE id = ?");
    query_int(&q, notice);
    bool is_there = query_row(&q);
    if (is_there) {
        if (!notice_state_from_text(query_bytes_at(&q, 0), &ret->state) ||
            !notice_kind_from_text(query_bytes_at(&q, 1), &ret->kind))
            query_fail(&q, -EBADMSG);
        ret->moves = query_int_at(&q, 2);
        ret->occurrence = query_int_at(&q, 3);
        ret->contact = query_int_at(&q, 4);
        ret->sequence = query_int_at(&q, 5);
        struct text facts = query_bytes_at(&q, 6);
        for (size_t i = 0; i < FACTS_ID_BYTES; i++)
            ret->facts[i] = i < facts.size && i + 1 < FACTS_ID_BYTES ? facts.data[i] : '\0';
    }
    int r = query_end(&q);
    return r ? r : is_there ? 0 : LEDGER_E_ABSENT;
}

/* Each of these touches no more columns, and so no more indexes, than it must. */
static const char claim_sql[] =
    "UPDATE notice SET state = 'claimed', ready = NULL, moves = moves + 1,"
    " attempts = attempts + 1, claimed = coalesce(claimed, ?3),"
    " message_id = ?2 WHERE id = ?1";
static const char accept_sql[] =
    "UPDATE notice SET state = 'accepted', moves = moves + 1, reply = ?2, sent = ?3 WHERE id = ?1";
/* Owed again although claimed: nothing left us, so it was no attempt and has no Date yet. A human's
 * retry begins anew, too; what may have arrived keeps its Date, for the twin must be the same.   */
static const char move_sql[] =
    "UPDATE notice SET state = ?2, moves = moves + 1, reply = coalesce(?3, reply),"
    " attempts = attempts - (?2 = 'owed' AND state = 'claimed'),"
    " claimed = CASE WHEN ?2 = 'owed' AND (state IN ('refused', 'expired')"
    " OR (state = 'claimed' AND attempts <= 1)) THEN NULL ELSE claimed END,"
    " ready = CASE ?2 WHEN 'owed' THEN due ELSE ?4 END, hold = coalesce(?5, hold) WHERE id = ?1";

static int write_state(struct ledger *ledger, const struct change *change)
{
    struct query q;
    switch (change->state) {
    case NOTICE_CLAIMED:
        q = query_start(ledger, claim_sql);
        query_int(&q, change->notice);
        query_string(&q, change->message_id);
        query_int(&q, change->now.utc_usec);
        break;
    case NOTICE_ACCEPTED:
        q = query_start(ledger, accept_sql);
        query_int(&q, change->notice);
        query_string(&q, change->text);
        query_int(&q, change->now.utc_usec);
        break;
    default:
        q = query_start(ledger, move_sql);
        query_int(&q, change->notice);
        query_string(&q, notice_state_to_text(change->state));
        query_string(&q, change->text);
        query_instant(&q, change->state == NOTICE_HELD ? INSTANT_NEVER : change->next_try);
        query_id(&q, change->hold);
    }
    return query_run(&q);
}

static int drop_bytes(struct ledger *ledger, int64_t notice)
{
    struct query q = query_start(ledger, "DELETE FROM message WHERE notice = ?");
    query_int(&q, notice);
    return query_run(&q);
}

/* Of the mail that told it before, when it leaves now in another. */
static int drop_other_bytes(struct ledger *ledger, int64_t notice, const char *message_id)
{
    struct query q =
        query_start(ledger, "DELETE FROM message WHERE notice = ?1 AND"
                            " (SELECT message_id FROM notice WHERE id = ?1) IS NOT ?2");
    query_int(&q, notice);
    query_string(&q, message_id);
    return query_run(&q);
}

static int change(struct ledger *ledger, const struct change *change)
{
    struct before before;
    int r = find_before(ledger, change->notice, &before);
    if (r)
        return r;
    if (!notice_may_become(before.state, change->state))
        return LEDGER_E_TRANSITION;
    if (change->state == NOTICE_CLAIMED && before.moves) /* it may have left before */
        r = drop_other_bytes(ledger, change->notice, change->message_id);
    r = r ? r : write_state(ledger, change);
    if (!r)
        r = record_life(ledger, change->notice, before.moves + 1, change->state, change->text,
                        change->now);
    if (!r && before.state == NOTICE_CLAIMED && ledger->outbox)
        outbox_leave(ledger->outbox, change->notice);
    if (!r && notice_state_is_final(change->state))
        r = drop_bytes(ledger, change->notice);
    if (!r && change->state == NOTICE_ACCEPTED && before.facts[0])
        r = ledger_record_told(ledger, before.occurrence, before.contact, before.facts,
                               (int)before.sequence, before.kind == NOTICE_INVITATION, change->now);
    if (!r)
        log_trace("ledger", "notice %lld: %s -> %s", (long long)change->notice,
                  notice_state_to_text(before.state), notice_state_to_text(change->state));
    return r;
}

/* One that was erased meanwhile (ledger_forget beside a daemon with its message in hand) has
 * nothing to record, and must not stop the rest of its group. */
static int change_if_there(struct ledger *ledger, const struct change *wanted)
{
    int r = change(ledger, wanted);
    if (r != LEDGER_E_ABSENT)
        return r;
    log_trace("ledger", "notice %lld: erased", (long long)wanted->notice);
    return 0;
}

/* --- its callers ----------------------------------------------------------------------------- */

int ledger_claim(struct ledger *ledger, int64_t notice, const char *message_id, struct instant now)
{
    int r = ledger_may_change(ledger);
    if (r)
        return r;
    return ledger_changed(ledger, change(ledger, &(struct change){.notice = notice,
                                                                  .state = NOTICE_CLAIMED,
                                                                  .message_id = message_id,
                                                                  .next_try = INSTANT_UNSET,
                                                                  .now = now}));
}

int ledger_outcome(struct ledger *ledger, int64_t notice, const struct outcome *outcome,
                   struct instant next_try, struct instant now)
{
    static const enum notice_state states[] = {
        [VERDICT_ACCEPTED] = NOTICE_ACCEPTED,
        [VERDICT_DEFERRED] = NOTICE_DEFERRED,
        [VERDICT_REFUSED] = NOTICE_REFUSED,
        [VERDICT_UNCERTAIN] = NOTICE_UNCERTAIN,
    };
    bool has_next = outcome->verdict == VERDICT_DEFERRED || outcome->verdict == VERDICT_UNCERTAIN;
    char line[OUTCOME_LINE_BYTES];
    int r = ledger_may_change(ledger);
    if (r)
        return r;
    outcome_line(outcome, line);
    return ledger_changed(
        ledger,
        change_if_there(ledger, &(struct change){.notice = notice,
                                                 .state = states[outcome->verdict],
                                                 .text = line,
                                                 .next_try = has_next ? next_try : INSTANT_UNSET,
                                                 .now = now}));
}

int ledger_move(struct ledger *ledger, int64_t notice, enum notice_state state, const char *reason,
                struct instant now)
{
    assert(state == NOTICE_OWED || state == NOTICE_HELD || state == NOTICE_EXPIRED ||
           state == NOTICE_SUPERSEDED || state == NOTICE_SUPPRESSED);
    int r = ledger_may_change(ledger);
    if (r)
        return r;
    return ledger_changed(ledger,
                          change_if_there(ledger, &(struct change){.notice = notice,
                                                                   .state = state,
                                                                   .text = reason,
                                                                   .next_try = INSTANT_UNSET,
                                                                   .now = now}));
}

int ledger_put_off(struct ledger *ledger, int64_t notice, struct instant until)
{
    int r = ledger_may_change(ledger);
    if (r)
        return r;
    struct query q =
        query_start(ledger, "UPDATE notice SET ready = ?2 WHERE id = ?1 AND ready < ?2");
    query_int(&q, notice);
    query_int(&q, until.utc_usec);
    log_trace("ledger", "notice %lld: put off", (long long)notice);
    return ledger_changed(ledger, query_run(&q));
}

int ledger_put_on_hold(struct ledger *ledger, int64_t notice, int64_t hold, const char *reason,
                       struct instant now)
{
    int r = ledger_may_change(ledger);
    if (r)
        return r;
    return ledger_changed(ledger,
                          change_if_there(ledger, &(struct change){.notice = notice,
                                                                   .state = NOTICE_HELD,
                                                                   .text = reason,
                                                                   .next_try = INSTANT_UNSET,
                                                                   .hold = hold,
                                                                   .now = now}));
}

/* Ids are gathered before they are moved: a statement must not read what it makes another write. */
int ledger_move_each(struct ledger *ledger, const char *sql, int64_t parameter,
                     enum notice_state state, const char *reason, struct instant next_try,
                     struct instant now, size_t *ret_count)
{
    enum { BATCH = 256 };
    int64_t ids[BATCH];
    size_t total = 0, count;
    int r = ledger_may_change(ledger);

    do {
        count = 0;
        if (r)
            return r;
        struct query q = query_start(ledger, sql);
        query_int(&q, parameter);
        query_int(&q, BATCH);
        while (query_row(&q) && count < BATCH)
            ids[count++] = query_int_at(&q, 0);
        r = query_end(&q);
        for (size_t i = 0; !r && i < count; i++)
            r = change(ledger, &(struct change){.notice = ids[i],
                                                .state = state,
                                                .text = reason,
                                                .next_try = next_try,
                                                .now = now});
        total += count;
    } while (!r && count == BATCH);
    if (!r && ret_count)
        *ret_count = total;
    return ledger_changed(ledger, r);
}

/* The planner's own words for it (plan/reason_words), which are known in three languages. */
int ledger_expire(struct ledger *ledger, struct instant now, size_t *ret_count)
{
    return ledger_move_each(ledger,
                            "SELECT id FROM notice WHERE ready IS NOT NULL"
                            " AND expires <= ? ORDER BY expires LIMIT ?",
                            now.utc_usec, NOTICE_EXPIRED, "the message lost its use before it left",
                            INSTANT_UNSET, now, ret_count);
}

static int adopt(void *context, int64_t notice, struct text bytes)
{
    struct query q = query_start(context, "INSERT INTO message(notice, bytes) SELECT id, ?2"
                                          " FROM notice WHERE id = ?1 AND state = 'claimed'"
                                          " ON CONFLICT DO NOTHING");
    query_int(&q, notice);
    query_bytes(&q, bytes.data, bytes.size);
    return query_run(&q);
}

int ledger_settle_claims(struct ledger *ledger, struct instant now, size_t *ret_count)
{
    int r = ledger_may_change(ledger);
    if (!r && ledger->outbox)
        r = ledger_changed(ledger, outbox_read_remains(ledger->outbox, ledger, adopt));
    if (r)
        return r;
    return ledger_move_each(ledger,
                            "SELECT id FROM notice WHERE state = 'claimed' AND id > ? ORDER BY id"
                            " LIMIT ?",
                            0, NOTICE_UNCERTAIN, "convier stopped while it was being sent", now,
                            now, ret_count);
}

/* --- bytes ----------------------------------------------------------------------------------- */

int ledger_stash_bytes(struct ledger *ledger, int64_t notice, struct text bytes)
{
    int r = ledger_may_change(ledger);
    if (r || !ledger->outbox)
        return r;
    return ledger_changed(ledger, outbox_put(ledger->outbox, notice, bytes));
}

int ledger_keep_bytes(struct ledger *ledger, int64_t notice, struct text bytes)
{
    int r = ledger_may_change(ledger);
    if (r)
        return r;
    struct query q = query_start(ledger, "INSERT INTO message(notice, bytes)"
                                         " SELECT id, ?2 FROM notice WHERE id = ?1"
                                         " ON CONFLICT DO NOTHING");
    query_int(&q, notice);
    query_bytes(&q, bytes.data, bytes.size);
    return ledger_changed(ledger, query_run(&q));
}

int ledger_find_bytes(struct ledger *ledger, struct arena *arena, int64_t notice,
                      struct text *ret_or_empty)
{
    struct text copy = {"", 0};
    struct query q = query_start(ledger, "SELECT bytes FROM message WHERE notice = ?");
    query_int(&q, notice);
    if (query_row(&q)) {
        struct text bytes = query_bytes_at(&q, 0);
        copy = (struct text){arena_copy_text(arena, bytes), bytes.size};
        if (!copy.data)
            query_fail(&q, -ENOMEM);
    }
    int r = query_end(&q);
    if (!r)
        *ret_or_empty = copy;
    return r;
}
