/* SPDX-License-Identifier: MIT */
#include "net/parcels.h"

void parcels_init(struct parcels *parcels)
{
    *parcels = (struct parcels){0};
    parcels->end = &parcels->first;
}

static void insert(struct parcels *parcels, struct parcel **link, struct parcel *parcel)
{
    parcel->next = *link;
    *link = parcel;
    if (!parcel->next)
        parcels->end = &parcel->next;
    parcels->count++;
}

void parcels_append(struct parcels *parcels, struct parcel *parcel)
{
    insert(parcels, parcels->end, parcel);
}

void parcels_put_back(struct parcels *parcels, struct parcel *parcel)
{
    struct parcel **link = &parcels->first;
    while (*link && (*link)->is_back)
        link = &(*link)->next;
    parcel->is_back = true;
    insert(parcels, link, parcel);
}

struct parcel *parcels_take(struct parcels *parcels)
{
    struct parcel *parcel = parcels->first;
    if (!parcel)
        return NULL;
    parcels->first = parcel->next;
    if (!parcels->first)
        parcels->end = &parcels->first;
    parcels->count--;
    return parcel;
}
