/* SPDX-License-Identifier: MIT */
/* zone_table: the changes of one zone in a form that answers fast. Private to base/zone, base/zones
 * and base/tzif.                                                                                 */
#ifndef CONVIER_BASE_ZONE_TABLE_H
#define CONVIER_BASE_ZONE_TABLE_H

#include "base/zone.h"

/* No clock is further from UTC (RFC 9636 3.2): 25:59:59, in either direction. */
enum { ZONE_OFFSET_MAX_SEC = 26 * 3600 - 1 };

/* From this moment on. */
struct zone_change {
    int64_t utc_sec;
    int32_t offset_sec;
    uint16_t abbreviation; /* where it begins in the table's names */
    bool is_dst;
};

struct zone_table {
    struct zone_change *changes; /* ascending; [0] holds since for ever (INT64_MIN) */
    size_t count;                /* at least 1 */
    size_t capacity;
    char *names; /* abbreviations, each with its NUL */
    size_t names_size;
    /* Rules repeat every 400 years: from here on the changes of the next 400 years stand for all
     * later ones. INT64_MAX: the last change holds for ever.                                     */
    int64_t cycle_from_sec;
};

/* Stretch of time without a change. */
struct zone_stretch {
    int64_t start_sec, end_sec; /* half-open; INT64_MIN, INT64_MAX where there is no bound */
    const struct zone_change *change;
};

void zone_table_init(struct zone_table *table);
void zone_table_done(struct zone_table *table);
/* Offset of an abbreviation in names, added when absent. 0, -EFBIG or -ENOMEM. */
int zone_table_name(struct zone_table *table, struct text name, uint16_t *ret);
/* After all earlier ones; one at the same moment as the last takes its place. 0 or -ENOMEM. */
int zone_table_add(struct zone_table *table, struct zone_change change);
bool zone_table_equal(const struct zone_table *a, const struct zone_table *b);
struct zone_stretch zone_table_at(const struct zone_table *table, int64_t utc_sec);

struct zone {
    const char *name;
    struct zone_table table;
};

#endif
