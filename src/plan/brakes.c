/* SPDX-License-Identifier: MIT */
#include "plan/brakes.h"

#include "plan/reason_words.h"

/* A share says nothing about small numbers: one meeting of three that moves is daily life, and a
 * list of twelve is touched whole by every invitation. Below these a share does not brake.       */
enum { SHARE_OFF = 100, SHARE_FLOOR_CONTACTS = 100, SHARE_FLOOR_EVENTS = 5, SHARE_FLOOR_LOST = 5 };

static bool is_over(size_t part, size_t whole, size_t floor, int percent)
{
    return percent < SHARE_OFF && part >= floor && whole && part * 100 > whole * (size_t)percent;
}

/* Never NULL: without memory for the sentence, braking matters more than its words. */
static const char *say(struct arena *arena, enum reason reason, size_t part, size_t whole,
                       int percent)
{
    const char *values[] = {arena_printf(arena, "%zu", part), arena_printf(arena, "%zu", whole),
                            percent < 0 ? NULL : arena_printf(arena, "%d", percent), NULL};
    const char *said = reason_say(arena, reason, values);
    return said ? said : "this pass would send more than the limits allow";
}

const char *brakes_reason(struct arena *arena, const struct limit_settings *limits,
                          const struct pass_totals *totals)
{
    int share = limits->hold_share;
    if (limits->hold_above >= 0 && totals->notices > (size_t)limits->hold_above)
        return say(arena, totals->notices == 1 ? REASON_HOLD_ONE : REASON_HOLD_ABOVE,
                   totals->notices, (size_t)limits->hold_above, -1);
    if (is_over(totals->events_changed, totals->events, SHARE_FLOOR_EVENTS, share))
        return say(arena, REASON_HOLD_EVENTS, totals->events_changed, totals->events, share);
    if (is_over(totals->contacts_touched, totals->contacts, SHARE_FLOOR_CONTACTS, share))
        return say(arena, REASON_HOLD_CONTACTS, totals->contacts_touched, totals->contacts, share);
    return NULL;
}

/* limits.hold_share has no say: an export that failed is as wrong for those who never brake. */
bool brakes_calendar_is_lost(size_t kept, size_t lost)
{
    return kept == 0 || (lost > 1 && lost > kept);
}

const char *brakes_list_reason(struct arena *arena, const struct limit_settings *limits,
                               size_t before, size_t now)
{
    if (now >= before || !is_over(before - now, before, SHARE_FLOOR_LOST, limits->hold_share))
        return NULL;
    return say(arena, REASON_LIST_SHRANK, before, now, limits->hold_share);
}
