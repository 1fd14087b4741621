/* SPDX-License-Identifier: MIT */
/* history: all that is known of one occurrence.
 *
 * Rows come by the number of their contact, which is the order of the index: sorting by address in
 * the statement would read all of them before the first. Mostly numbers were given in the order of
 * the addresses, and nothing is left to sort at the end. Each read is a statement of its own, begun
 * after the last row of the one before: none stays open while others write.
 *
 * An occurrence may have 100,000 notices: their lists are made as long as they will be, and what
 * no question about a history asks (the Message-ID) is not read.                                 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/questions.h"

enum part { PART_TOLD, PART_NOTICES, PART_DONE };

enum { COUNT_MAX = 500000 }; /* some 25 ms; beyond, the lists grow as others do */

LIST_TYPE(tolds, struct told);

struct history_reading {
    struct ledger *ledger;
    struct arena *arena;
    struct zones *zones;
    struct parsed_facts known;
    int64_t occurrence; /* its number; 0 = unknown */
    enum part part;
    int64_t contact;  /* the last row's */
    const char *step; /* the last notice's */
    struct history history;
    struct tolds tolds;
    struct notices notices;
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

/* As many as the statement counts; a guess, since others write meanwhile. */
static int count_rows(struct history_reading *reading, const char *sql, size_t *ret)
{
    struct query q = query_start(reading->ledger, sql);
    query_int(&q, reading->occurrence);
    query_int(&q, COUNT_MAX);
    *ret = query_row(&q) ? (size_t)query_int_at(&q, 0) : 0;
    return query_end(&q);
}

static int make_room(struct history_reading *reading)
{
    size_t tolds = 0, notices = 0;
    int r = count_rows(reading,
                       "SELECT count(*) FROM (SELECT 1 FROM told WHERE occurrence = ?1 LIMIT ?2)",
                       &tolds);
    r = r ? r
          : count_rows(reading,
                       "SELECT count(*) FROM (SELECT 1 FROM notice INDEXED BY notice_key"
                       " WHERE occurrence = ?1 LIMIT ?2)",
                       &notices);
    if (r)
        return r;
    return list_reserve(reading->arena, &reading->tolds, tolds) &&
                   list_reserve(reading->arena, &reading->notices, notices)
               ? 0
               : -ENOMEM;
}

int ledger_history_open(struct ledger *ledger, struct arena *arena, struct zones *zones,
                        const char *occurrence, struct history_reading **ret)
{
    struct history_reading *reading = arena_alloc(arena, sizeof *reading);
    if (!reading)
        return -ENOMEM;
    *reading =
        (struct history_reading){.ledger = ledger, .arena = arena, .zones = zones, .step = ""};
    *ret = reading;
    int r = ledger_find_occurrence(ledger, occurrence, &reading->occurrence);
    if (r || !reading->occurrence)
        return r;
    r = make_room(reading);
    return r ? r : find_sighting(reading);
}

static void read_told(struct history_reading *reading, struct query *q, struct told *told)
{
    told->contact = query_copy_at(q, reading->arena, 0);
    told->sequence = (int)query_int_at(q, 1);
    told->first_at = query_instant_at(q, 2);
    told->at = query_instant_at(q, 3);
    told->was_invited = query_int_at(q, 4) != 0;
    told->facts = facts_read(q, reading->arena, reading->zones, &reading->known, 5, 6);
    reading->contact = query_int_at(q, 7);
}

static int read_tolds(struct history_reading *reading, size_t rows_max)
{
    size_t before = reading->tolds.count;
    struct query q = query_start(
        reading->ledger, "SELECT c.address, t.sequence, t.first_at, t.at, t.was_invited, t.facts,"
                         " f.text, t.contact FROM told t JOIN contact c ON c.id = t.contact"
                         " JOIN facts f ON f.id = t.facts WHERE t.occurrence = ?1"
                         " AND t.contact > ?2 ORDER BY t.contact LIMIT ?3");
    query_int(&q, reading->occurrence);
    query_int(&q, reading->contact);
    query_int(&q, (int64_t)rows_max);
    while (query_row(&q)) {
        struct told *told = list_add(reading->arena, &reading->tolds);
        if (told)
            read_told(reading, &q, told);
        else
            query_fail(&q, -ENOMEM);
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

static void finish(struct history_reading *reading, struct history *ret)
{
    *ret = reading->history;
    ret->told = reading->tolds.items;
    ret->told_count = reading->tolds.count;
    ret->notices = reading->notices.items;
    ret->notice_count = reading->notices.count;
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
        r = read_tolds(reading, rows_max);
    else if (reading->part == PART_NOTICES)
        r = read_notices(reading, rows_max);
    *ret_is_done = reading->part == PART_DONE;
    if (!r && *ret_is_done)
        finish(reading, ret);
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
    r = ledger_history_open(ledger, arena, zones, occurrence, &reading);
    while (!r && !is_done)
        r = ledger_history_read(reading, INT32_MAX, &history, &is_done);
    r = ledger_read_end(ledger, is_mine, r);
    if (!r)
        *ret = history;
    return r;
}
