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

static bool may_join(const struct settings *settings, const struct notice *notice)
{
    for (size_t i = 0; i < settings->rule_count; i++)
        if (string_equal(settings->rules[i].name, notice->rule))
            return rule_may_join(&settings->rules[i], notice->kind, notice->template_name);
    return false;
}

static bool is_together(const struct notice *a, const struct notice *b)
{
    bool is_twin = a->state == NOTICE_UNCERTAIN || b->state == NOTICE_UNCERTAIN;
    return a->id != b->id &&
           (!is_twin || (a->state == b->state && string_equal(a->message_id, b->message_id)));
}

int gather(struct ledger *ledger, struct arena *arena, const struct settings *settings,
           const struct notice *first, struct instant now, struct notices *ret)
{
    struct notices due = {0};
    *ret = (struct notices){0};
    struct notice *slot = list_add(arena, ret);
    if (!slot)
        return -ENOMEM;
    *slot = *first;
    if (!may_join(settings, first))
        return 0;
    int r = ledger_due_to(ledger, arena, first->contact, now, &due);
    for (size_t i = 0; i < due.count && ret->count < GATHER_MAX && !r; i++) {
        if (!is_together(first, &due.items[i]) || !may_join(settings, &due.items[i]))
            continue;
        slot = list_add(arena, ret);
        if (slot)
            *slot = due.items[i];
        r = slot ? 0 : -ENOMEM;
    }
    return r;
}
