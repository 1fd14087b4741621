/* SPDX-License-Identifier: MIT */
#include "app/remembered.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The end of a key, if it is one: "20261005" or "20261005T070000Z". */
static bool read_id(const char *text, struct recurrence_id *ret)
{
    int year, month, day, hour, minute, second;
    char again[20];
    int count = sscanf(text, "%4d%2d%2dT%2d%2d%2dZ", &year, &month, &day, &hour, &minute, &second);
    if (count != 3 && count != 6)
        return false;
    struct recurrence_id id = {
        .kind = RECURRENCE_DATE,
        .date = {.year = year, .month = (int8_t)month, .day = (int8_t)day},
    };
    if (count == 6) {
        const struct civil_time time = {id.date, (int8_t)hour, (int8_t)minute, (int8_t)second};
        id = (struct recurrence_id){.kind = RECURRENCE_INSTANT,
                                    .instant = instant_from_sec(civil_time_to_sec(time))};
    }
    recurrence_id_format(id, again);
    *ret = id;
    return strcmp(again, text) == 0;
}

static int rebuild(struct arena *arena, const struct sighting *sighting, struct viewed *ret)
{
    const struct facts *facts = sighting->facts;
    struct event *event = arena_alloc(arena, sizeof *event);
    struct occurrence *occurrence = arena_alloc(arena, sizeof *occurrence);
    const char *slash = strrchr(sighting->occurrence, '/');
    struct recurrence_id id = {.kind = RECURRENCE_NONE};
    const char *uid = sighting->occurrence;
    if (slash && read_id(slash + 1, &id))
        uid = arena_copy(arena, uid, (size_t)(slash - uid));
    else
        id = (struct recurrence_id){.kind = RECURRENCE_NONE};
    if (!event || !occurrence || !uid)
        return -ENOMEM;
    *event = (struct event){.uid = uid,
                            .summary = facts->summary,
                            .location = facts->location,
                            .link = facts->link,
                            .state = facts->state,
                            .feed = sighting->feed};
    *occurrence = (struct occurrence){.key = sighting->occurrence,
                                      .id = id,
                                      .when = facts->when,
                                      .event = event,
                                      .state = facts->state};
    *ret = (struct viewed){.occurrence = occurrence, .facts = facts};
    return 0;
}

int remembered_load(struct ledger *ledger, struct arena *arena, struct zones *zones,
                    struct remembered *ret)
{
    struct sightings known = {0};
    int r = ledger_sightings(ledger, arena, zones, NULL, INSTANT_UNSET, &known);
    struct viewed *items = r ? NULL : arena_alloc_array(arena, known.count + 1, sizeof *items);
    if (!r && !items)
        r = -ENOMEM;
    for (size_t i = 0; i < known.count && !r; i++)
        r = rebuild(arena, &known.items[i], &items[i]);
    if (!r)
        *ret = (struct remembered){items, known.count};
    return r;
}

static int compare_key(const void *key, const void *item)
{
    return strcmp(key, ((const struct viewed *)item)->occurrence->key);
}

const struct viewed *remembered_find(const struct remembered *remembered, const char *key)
{
    if (!remembered->count)
        return NULL;
    return bsearch(key, remembered->items, remembered->count, sizeof *remembered->items,
                   compare_key);
}
