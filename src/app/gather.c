/* SPDX-License-Identifier: MIT */
#include "app/gather.h"

#include <errno.h>

bool gather_is_wanted(const struct settings *settings)
{
    for (size_t i = 0; i < settings->rule_count; i++)
        if (settings->rules[i].may_merge)
            return true;
    return false;
}

static bool rule_lets_join(const struct settings *settings, const struct notice *notice)
{
    for (size_t i = 0; i < settings->rule_count; i++)
        if (string_equal(settings->rules[i].name, notice->rule))
            return rule_may_join(&settings->rules[i], notice->kind, notice->template_name);
    return false;
}

/* May a notice share a mail with others? */
static bool may_join(const struct settings *settings, const struct horizon *horizon,
                     const struct notice *notice)
{
    if (!rule_lets_join(settings, notice))
        return false;
    const struct viewed *viewed = horizon_find(horizon, notice->occurrence);
    return !viewed || !viewed->occurrence->event->marks.is_urgent;
}

int gather(struct ledger *ledger, struct arena *arena, const struct settings *settings,
           const struct horizon *horizon, const struct notice *first, struct instant now,
           struct notices *ret)
{
    struct notices due = {0};
    *ret = (struct notices){0};
    struct notice *slot = list_add(arena, ret);
    if (!slot)
        return -ENOMEM;
    *slot = *first;
    if (!first->may_be_known && !may_join(settings, horizon, first))
        return 0;
    int r = ledger_due_to(ledger, arena, first->contact, now, &due);
    for (size_t i = 0; i < due.count && ret->count < GATHER_MAX && !r; i++) {
        const struct notice *other = &due.items[i];
        bool is_twin = first->may_be_known || other->may_be_known;
        bool is_together = is_twin ? string_equal(first->message_id, other->message_id)
                                   : may_join(settings, horizon, other);
        if (other->id == first->id || !is_together)
            continue;
        slot = list_add(arena, ret);
        if (slot)
            *slot = *other;
        r = slot ? 0 : -ENOMEM;
    }
    return r;
}
