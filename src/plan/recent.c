/* SPDX-License-Identifier: MIT */
#include "plan/recent.h"

#include <errno.h>
#include <string.h>

static bool is_counted(const struct planned_notice *planned)
{
    switch (planned->notice.kind) {
    case NOTICE_SAVE_THE_DATE:
    case NOTICE_INVITATION:
    case NOTICE_REMINDER:
    case NOTICE_THANKS:
    case NOTICE_NEWSLETTER:
        return !planned->is_urgent;
    default:
        return false;
    }
}

/* What joined another is one mail with it. */
static void forget_joined(struct recents *recents, struct instant now)
{
    size_t kept = 0, joined = SIZE_MAX; /* the last kept one that others may join */
    for (size_t i = 0; i < recents->count; i++) {
        const struct recent_message *m = &recents->items[i];
        bool is_open = m->may_join && instant_equal(m->sent, now);
        if (is_open && joined < kept && strcmp(recents->items[joined].contact, m->contact) == 0)
            continue;
        if (is_open)
            joined = kept;
        recents->items[kept++] = *m;
    }
    recents->count = kept;
}

/* Both lists are sorted by contact: merged from the end, in place. */
int recent_note(struct arena *arena, struct recents *recents, const struct plan *plan,
                struct instant now)
{
    size_t old = recents->count, added = 0;
    for (size_t i = 0; i < plan->notices.count; i++)
        added += is_counted(&plan->notices.items[i]);
    for (size_t i = 0; i < added; i++) {
        struct recent_message *slot = list_add(arena, recents);
        if (!slot) {
            recents->count = old;
            return -ENOMEM;
        }
    }
    size_t to = recents->count;
    for (size_t i = plan->notices.count; i-- > 0;) {
        const struct planned_notice *planned = &plan->notices.items[i];
        if (!is_counted(planned))
            continue;
        const char *contact = planned->notice.contact;
        while (old && strcmp(recents->items[old - 1].contact, contact) > 0)
            recents->items[--to] = recents->items[--old];
        recents->items[--to] = (struct recent_message){contact, now, planned->may_join};
    }
    forget_joined(recents, now);
    return 0;
}
