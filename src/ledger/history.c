/* SPDX-License-Identifier: MIT */
/* history: all that is known of one occurrence.
 *
 * Rows come by the number of their contact, which is the order of the index: sorting by address in
 * the statement would read all of them before the first. Mostly numbers were given in the order of
 * the addresses, and nothing is left to sort at the end. Each read is a statement of its own, begun
 * after the last row of the one before: none stays open while others write.
 *
 * An occurrence may have 100,000 notices. Of so many the reading keeps an outline, in which one row
 * stands for all that are alike to whoever asks about the whole, and the rows themselves come
 * later, some addresses at a time: the table of contacts is walked by address, and each asked for
 * its rows. That is only worth it where many of the contacts have some; few rows are read whole.
 * What no question about a history asks (the Message-ID) is not read. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/questions.h"

enum part { PART_TOLD, PART_NOTICES, PART_DONE };

enum {
    COUNT_MAX = 500000,    /* some 25 ms; beyond, the lists grow as others do */
    CONTACTS_PER_ROW = 32, /* asked in vain, they take as long as one row by number */
};

LIST_TYPE(tolds, struct told);

struct history_reading {
    struct ledger *ledger;
    struct arena *arena;
    struct zones *zones;
    struct parsed_facts known;
    int64_t occurrence; /* its number; 0 = unknown */
    bool is_outline;
    enum part part;
    int64_t contact;  /* the last row's */
    const char *step; /* the last notice's */
    struct history history;
    struct tolds tolds;
    struct notices notices;
    size_t told_at, notice_at; /* where the next part begins: of the lists … */
    const char *from;          /* … of an outline */
};

static int find_sighting(struct history_reading *reading)
{
    struct history *history = &reading->history;
    struct query q = query_start(reading->ledger, "SELECT " SIGHTING_COLUMNS " FROM sighting s"
                                                  " JOIN occurrence o ON o.id = s.occurrence"
                                                  " JOIN facts f ON f.id = s.facts"
                                                  " WHERE s.occurrence = ?");
    query_int(&q, reading->occurrence);
    history->has_sighting = query_row(&q);
    if (history->has_sighting)
        sighting_read(&q, reading->arena, reading->zones, &reading->known, &history->sighting);
    return query_end(&q);
}

/* As many as the statement counts, at most max; a guess, since others write meanwhile. */
static int count_rows(struct history_reading *reading, const char *sql, size_t max, size_t *ret)
{
    struct query q = query_start(reading->ledger, sql);
    query_int(&q, reading->occurrence);
    query_int(&q, (int64_t)max);
    *ret = query_row(&q) ? (size_t)query_int_at(&q, 0) : 0;
    return query_end(&q);
}

/* Numbers are given in a row, and hardly ever taken back. */
static int count_contacts(struct history_reading *reading, size_t *ret)
{
    struct query q = query_start(reading->ledger, "SELECT max(id) FROM contact");
    *ret = query_row(&q) ? (size_t)query_int_at(&q, 0) : 0;
    return query_end(&q);
}

/* An outline, or lists as long as they will be. */
static int make_room(struct history_reading *reading, size_t whole_max)
{
    size_t tolds = 0, notices = 0, contacts = 0, max = COUNT_MAX;
    int r = 0;
    if (whole_max < max) {
        r = count_contacts(reading, &contacts);
        max = contacts / CONTACTS_PER_ROW > whole_max ? contacts / CONTACTS_PER_ROW : whole_max;
    }
    r = r ? r
          : count_rows(reading,
                       "SELECT count(*) FROM (SELECT 1 FROM told WHERE occurrence = ?1 LIMIT ?2)",
                       max + 1, &tolds);
    r = r ? r
          : count_rows(reading,
                       "SELECT count(*) FROM (SELECT 1 FROM notice INDEXED BY notice_key"
                       " WHERE occurrence = ?1 LIMIT ?2)",
                       max + 1, &notices);
    if (r)
        return r;
    reading->is_outline = whole_max < COUNT_MAX && tolds + notices > max;
    if (reading->is_outline)
        return 0;
    return list_reserve(reading->arena, &reading->tolds, tolds) &&
                   list_reserve(reading->arena, &reading->notices, notices)
               ? 0
               : -ENOMEM;
}

int ledger_history_open(struct ledger *ledger, struct arena *arena, struct zones *zones,
                        const char *occurrence, size_t whole_max, struct history_reading **ret)
{
    struct history_reading *reading = arena_alloc(arena, sizeof *reading);
    if (!reading)
        return -ENOMEM;
    *reading = (struct history_reading){
        .ledger = ledger, .arena = arena, .zones = zones, .step = "", .from = ""};
    *ret = reading;
    int r = ledger_find_occurrence(ledger, occurrence, &reading->occurrence);
    if (r || !reading->occurrence)
        return r;
    r = make_room(reading, whole_max);
    return r ? r : find_sighting(reading);
}

/* --- whole ----------------------------------------------------------------------------------- */

static void read_told(struct history_reading *reading, struct query *q, struct arena *arena,
                      struct told *told)
{
    told->contact = query_copy_at(q, arena, 0);
    told->sequence = (int)query_int_at(q, 1);
    told->first_at = query_instant_at(q, 2);
    told->at = query_instant_at(q, 3);
    told->was_invited = query_int_at(q, 4) != 0;
    told->facts = facts_read(q, reading->arena, reading->zones, &reading->known, 5, 6);
}

#define TOLD_COLUMNS "c.address, t.sequence, t.first_at, t.at, t.was_invited, t.facts, f.text"

static int read_tolds(struct history_reading *reading, size_t rows_max)
{
    size_t before = reading->tolds.count;
    struct query q =
        query_start(reading->ledger, "SELECT " TOLD_COLUMNS
                                     ", t.contact FROM told t JOIN contact c ON c.id = t.contact"
                                     " JOIN facts f ON f.id = t.facts WHERE t.occurrence = ?1"
                                     " AND t.contact > ?2 ORDER BY t.contact LIMIT ?3");
    query_int(&q, reading->occurrence);
    query_int(&q, reading->contact);
    query_int(&q, (int64_t)rows_max);
    while (query_row(&q)) {
        struct told *told = list_add(reading->arena, &reading->tolds);
        if (told)
            read_told(reading, &q, reading->arena, told);
        else
            query_fail(&q, -ENOMEM);
        reading->contact = query_int_at(&q, 7);
    }
    if (reading->tolds.count - before < rows_max) {
        reading->part = PART_NOTICES;
        reading->contact = 0;
    }
    return query_end(&q);
}

static int read_notices(struct history_reading *reading, size_t rows_max)
{
    struct notices *list = &reading->notices;
    size_t before = list->count;
    struct query q = query_start(
        reading->ledger, "SELECT " NOTICE_COLUMNS_WITH(
                             "NULL") ", n.contact"
                                     " FROM notice n INDEXED BY notice_key"
                                     " JOIN occurrence o ON o.id = n.occurrence"
                                     " JOIN contact c ON c.id = n.contact WHERE n.occurrence = ?1"
                                     " AND (n.contact, n.step) > (?2, ?3)"
                                     " ORDER BY n.contact, n.step LIMIT ?4");
    query_int(&q, reading->occurrence);
    query_int(&q, reading->contact);
    query_string(&q, reading->step);
    query_int(&q, (int64_t)rows_max);
    while (query_row(&q)) {
        struct notice *notice = list_add(reading->arena, list);
        if (!notice) {
            query_fail(&q, -ENOMEM);
            continue;
        }
        notice_read(&q, reading->arena, list->count > 1 ? notice - 1 : NULL, notice);
        reading->contact = query_int_at(&q, NOTICE_COLUMN_COUNT);
    }
    int r = query_end(&q);
    if (r)
        return r;
    if (list->count - before < rows_max)
        reading->part = PART_DONE;
    else
        reading->step = list->items[list->count - 1].step;
    return 0;
}

/* --- by address ------------------------------------------------------------------------------ */

static int compare_tolds(const void *a, const void *b)
{
    return strcmp(((const struct told *)a)->contact, ((const struct told *)b)->contact);
}

static int compare_notices(const void *a, const void *b)
{
    const struct notice *x = a, *y = b;
    int order = x->contact == y->contact ? 0 : strcmp(x->contact, y->contact);
    return order ? order : strcmp(x->step, y->step);
}

static void sort(void *items, size_t count, size_t size, int (*compare)(const void *, const void *))
{
    const char *bytes = items;
    for (size_t i = 1; i < count; i++)
        if (compare(bytes + (i - 1) * size, bytes + i * size) > 0) {
            qsort(items, count, size, compare);
            return;
        }
}

/* --- outline --------------------------------------------------------------------------------- */

static bool has_facts(struct query *q, int column, const char *id)
{
    return id ? text_is(query_bytes_at(q, column), id) : query_is_null_at(q, column);
}

/* What was told, and under which number of ours. */
static void outline_told(struct history_reading *reading, struct query *q)
{
    struct tolds *tolds = &reading->tolds;
    const struct facts *facts = NULL;
    int sequence = (int)query_int_at(q, 1);
    for (size_t i = 0; i < tolds->count; i++)
        if (tolds->items[i].sequence == sequence && has_facts(q, 2, tolds->items[i].facts->id))
            return;
    const char *id = query_copy_at(q, reading->arena, 2);
    int r = id ? ledger_find_facts(reading->ledger, reading->arena, reading->zones, id, &facts)
               : -ENOMEM;
    struct told *told = r || !facts ? NULL : list_add(reading->arena, tolds);
    if (told)
        *told = (struct told){.contact = "", .facts = facts, .sequence = sequence};
    else
        query_fail(q, r ? r : facts ? -ENOMEM : -EBADMSG);
}

static int outline_tolds(struct history_reading *reading, size_t rows_max)
{
    size_t rows = 0;
    struct query q = query_start(reading->ledger, "SELECT contact, sequence, facts FROM told"
                                                  " WHERE occurrence = ?1 AND contact > ?2"
                                                  " ORDER BY contact LIMIT ?3");
    query_int(&q, reading->occurrence);
    query_int(&q, reading->contact);
    query_int(&q, (int64_t)rows_max);
    for (; query_row(&q); rows++) {
        reading->contact = query_int_at(&q, 0);
        outline_told(reading, &q);
    }
    if (rows < rows_max) {
        reading->part = PART_NOTICES;
        reading->contact = 0;
    }
    return query_end(&q);
}

/* Of what kind, what became of it, and what it tells. */
static void outline_notice(struct history_reading *reading, struct query *q)
{
    struct notices *list = &reading->notices;
    struct notice notice = {.contact = "", .step = "", .sequence = (int)query_int_at(q, 4)};
    if (!notice_kind_from_text(query_bytes_at(q, 2), &notice.kind) ||
        !notice_state_from_text(query_bytes_at(q, 3), &notice.state))
        query_fail(q, -EBADMSG);
    for (size_t i = 0; i < list->count; i++) {
        const struct notice *other = &list->items[i];
        if (other->kind == notice.kind && other->state == notice.state &&
            other->sequence == notice.sequence && has_facts(q, 5, other->facts))
            return;
    }
    notice.facts = query_copy_at(q, reading->arena, 5);
    struct notice *slot = list_add(reading->arena, list);
    if (slot)
        *slot = notice;
    else
        query_fail(q, -ENOMEM);
}

static int outline_notices(struct history_reading *reading, size_t rows_max)
{
    const char *step = reading->step;
    size_t rows = 0;
    struct query q =
        query_start(reading->ledger, "SELECT contact, step, kind, state, sequence, facts"
                                     " FROM notice INDEXED BY notice_key WHERE occurrence = ?1"
                                     " AND (contact, step) > (?2, ?3)"
                                     " ORDER BY contact, step LIMIT ?4");
    query_int(&q, reading->occurrence);
    query_int(&q, reading->contact);
    query_string(&q, step);
    query_int(&q, (int64_t)rows_max);
    while (query_row(&q)) {
        outline_notice(reading, &q);
        reading->contact = query_int_at(&q, 0);
        if (++rows == rows_max)
            reading->step = query_copy_at(&q, reading->arena, 1);
    }
    if (rows < rows_max)
        reading->part = PART_DONE;
    return query_end(&q);
}

/* --- some rows at a time --------------------------------------------------------------------- */

static void finish(struct history_reading *reading, struct history *ret)
{
    *ret = reading->history;
    ret->told = reading->tolds.items;
    ret->told_count = reading->tolds.count;
    ret->notices = reading->notices.items;
    ret->notice_count = reading->notices.count;
    if (reading->is_outline)
        return;
    sort(reading->tolds.items, reading->tolds.count, sizeof *reading->tolds.items, compare_tolds);
    sort(reading->notices.items, reading->notices.count, sizeof *reading->notices.items,
         compare_notices);
}

int ledger_history_read(struct history_reading *reading, size_t rows_max, struct history *ret,
                        bool *ret_is_done)
{
    int r = 0;
    if (!reading->occurrence)
        reading->part = PART_DONE;
    else if (reading->part == PART_TOLD)
        r = (reading->is_outline ? outline_tolds : read_tolds)(reading, rows_max);
    else if (reading->part == PART_NOTICES)
        r = (reading->is_outline ? outline_notices : read_notices)(reading, rows_max);
    *ret_is_done = reading->part == PART_DONE;
    if (!r && *ret_is_done)
        finish(reading, ret);
    return r;
}

/* --- some addresses at a time ---------------------------------------------------------------- */

static void cut_part(struct history_reading *reading, const char *until, struct history *ret)
{
    const struct tolds *tolds = &reading->tolds;
    const struct notices *notices = &reading->notices;
    size_t told = reading->told_at, notice = reading->notice_at;
    while (told < tolds->count && (!until || strcmp(tolds->items[told].contact, until) < 0))
        told++;
    while (notice < notices->count && (!until || strcmp(notices->items[notice].contact, until) < 0))
        notice++;
    if (told > reading->told_at) {
        ret->told = &tolds->items[reading->told_at];
        ret->told_count = told - reading->told_at;
    }
    if (notice > reading->notice_at) {
        ret->notices = &notices->items[reading->notice_at];
        ret->notice_count = notice - reading->notice_at;
    }
    reading->told_at = told;
    reading->notice_at = notice;
}

static void bind_part(struct history_reading *reading, struct query *q, const char *until)
{
    query_int(q, reading->occurrence);
    query_string(q, reading->from);
    query_string(q, until ? until : "\xFF"); /* after every text of UTF-8 */
}

static int read_part_tolds(struct history_reading *reading, struct arena *arena, const char *until,
                           struct history *ret)
{
    struct tolds tolds = {0};
    struct query q = query_start(reading->ledger,
                                 "SELECT " TOLD_COLUMNS " FROM contact c"
                                 " CROSS JOIN told t ON t.occurrence = ?1 AND t.contact = c.id"
                                 " JOIN facts f ON f.id = t.facts"
                                 " WHERE c.address >= ?2 AND c.address < ?3 ORDER BY c.address");
    bind_part(reading, &q, until);
    while (query_row(&q)) {
        struct told *told = list_add(arena, &tolds);
        if (told)
            read_told(reading, &q, arena, told);
        else
            query_fail(&q, -ENOMEM);
    }
    ret->told = tolds.items;
    ret->told_count = tolds.count;
    return query_end(&q);
}

static int read_part_notices(struct history_reading *reading, struct arena *arena,
                             const char *until, struct history *ret)
{
    struct notices notices = {0};
    struct query q = query_start(
        reading->ledger,
        "SELECT " NOTICE_COLUMNS_WITH(
            "NULL") " FROM contact c CROSS JOIN notice n INDEXED BY notice_key"
                    " ON n.occurrence = ?1 AND n.contact = c.id"
                    " JOIN occurrence o ON o.id = n.occurrence"
                    " WHERE c.address >= ?2 AND c.address < ?3 ORDER BY c.address, n.step");
    bind_part(reading, &q, until);
    int r = notices_read(&q, arena, &notices);
    ret->notices = notices.items;
    ret->notice_count = notices.count;
    return r;
}

int ledger_history_part(struct history_reading *reading, struct arena *arena, const char *until,
                        struct history *ret)
{
    struct history part = reading->history;
    int r = 0;
    if (reading->is_outline) {
        r = read_part_tolds(reading, arena, until, &part);
        r = r ? r : read_part_notices(reading, arena, until, &part);
        reading->from = until;
    } else {
        cut_part(reading, until, &part);
    }
    if (!r)
        *ret = part;
    return r;
}

int ledger_history(struct ledger *ledger, struct arena *arena, struct zones *zones,
                   const char *occurrence, struct history *ret)
{
    struct history_reading *reading = NULL;
    struct history history = {0};
    bool is_mine = false, is_done = false;
    int r = ledger_read_begin(ledger, &is_mine);
    if (r)
        return r;
    r = ledger_history_open(ledger, arena, zones, occurrence, SIZE_MAX, &reading);
    while (!r && !is_done)
        r = ledger_history_read(reading, INT32_MAX, &history, &is_done);
    r = ledger_read_end(ledger, is_mine, r);
    if (!r)
        *ret = history;
    return r;
}
