/* SPDX-License-Identifier: MIT */
#include "compose/several.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int compare_items(const void *a, const void *b, void *zone)
{
    const struct compose_item *x = a, *y = b;
    int order =
        instant_compare(when_start(&x->facts->when, zone), when_start(&y->facts->when, zone));
    order = order ? order : strcmp(x->notice->occurrence, y->notice->occurrence);
    order = order ? order : strcmp(x->notice->step, y->notice->step);
    return order ? order : strcmp(x->facts->id, y->facts->id);
}

int several_of(struct arena *arena, const struct compose_request *request, struct several *ret)
{
    const struct zone *zone = request->contact->zone;
    *ret = (struct several){.count = request->facts ? 1 + request->item_count : 0,
                            .own = {.notice = request->notice,
                                    .facts = request->facts,
                                    .occurrence = request->occurrence,
                                    .rule = request->rule,
                                    .calendar = request->calendar}};
    ret->items = &ret->own;
    if (!request->item_count)
        return 0;
    struct compose_item *items = arena_alloc_array(arena, ret->count, sizeof *items);
    if (!items)
        return -ENOMEM;
    items[0] = ret->own;
    memcpy(items + 1, request->items, request->item_count * sizeof *items);
    qsort_r(items, ret->count, sizeof *items, compare_items, (void *)(uintptr_t)zone);
    ret->items = items;
    return 0;
}

bool several_invites(const struct several *several)
{
    for (size_t i = 0; i < several->count; i++)
        if (several->items[i].notice->kind == NOTICE_INVITATION)
            return true;
    return false;
}
