/* SPDX-License-Identifier: MIT */
#include "base/zone_table.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_SIZE_MAX = 4096 };

static const int64_t cycle_sec = INT64_C(146097) * 86400; /* 400 Gregorian years, whole weeks */

void zone_table_init(struct zone_table *table)
{
    *table = (struct zone_table){.cycle_from_sec = INT64_MAX};
}

void zone_table_done(struct zone_table *table)
{
    free(table->changes);
    free(table->names);
    zone_table_init(table);
}

int zone_table_name(struct zone_table *table, struct text name, uint16_t *ret)
{
    for (size_t at = 0; at < table->names_size; at += strlen(table->names + at) + 1)
        if (text_is(name, table->names + at)) {
            *ret = (uint16_t)at;
            return 0;
        }
    if (name.size >= NAMES_SIZE_MAX - table->names_size)
        return -EFBIG;
    char *names = realloc(table->names, table->names_size + name.size + 1);
    if (!names)
        return -ENOMEM;
    table->names = names;
    *ret = (uint16_t)table->names_size;
    if (name.size)
        memcpy(names + table->names_size, name.data, name.size);
    names[table->names_size + name.size] = '\0';
    table->names_size += name.size + 1;
    return 0;
}

int zone_table_add(struct zone_table *table, struct zone_change change)
{
    if (table->count) {
        struct zone_change *last = &table->changes[table->count - 1];
        assert(change.utc_sec >= last->utc_sec);
        if (change.utc_sec == last->utc_sec) {
            *last = change;
            return 0;
        }
    }
    if (table->count == table->capacity) {
        size_t capacity = table->capacity ? table->capacity * 2 : 64;
        struct zone_change *changes =
            reallocarray(table->changes, capacity, sizeof *table->changes);
        if (!changes)
            return -ENOMEM;
        table->changes = changes;
        table->capacity = capacity;
    }
    table->changes[table->count++] = change;
    return 0;
}

static bool change_equal(const struct zone_table *a, const struct zone_change *x,
                         const struct zone_table *b, const struct zone_change *y)
{
    return x->utc_sec == y->utc_sec && x->offset_sec == y->offset_sec && x->is_dst == y->is_dst &&
           strcmp(a->names + x->abbreviation, b->names + y->abbreviation) == 0;
}

bool zone_table_equal(const struct zone_table *a, const struct zone_table *b)
{
    if (a->count != b->count || a->cycle_from_sec != b->cycle_from_sec)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!change_equal(a, &a->changes[i], b, &b->changes[i]))
            return false;
    return true;
}

struct zone_stretch zone_table_at(const struct zone_table *table, int64_t utc_sec)
{
    int64_t shift_sec = 0;
    if (utc_sec >= table->cycle_from_sec) {
        shift_sec = (utc_sec - table->cycle_from_sec) / cycle_sec * cycle_sec;
        utc_sec -= shift_sec;
    }
    /* The last change at or before. Halving without a branch: where a question falls cannot be
     * predicted, and a wrong guess costs more than a comparison.                                 */
    size_t low = 0;
    for (size_t left = table->count; left > 1; left -= left / 2)
        low += table->changes[low + left / 2].utc_sec <= utc_sec ? left / 2 : 0;
    size_t next = low + 1;
    const struct zone_change *change = &table->changes[low];
    return (struct zone_stretch){
        .start_sec = low == 0 ? INT64_MIN : change->utc_sec + shift_sec,
        .end_sec = next == table->count ? INT64_MAX : table->changes[next].utc_sec + shift_sec,
        .change = change,
    };
}
