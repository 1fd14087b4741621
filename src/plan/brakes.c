/* SPDX-License-Identifier: MIT */
#include "plan/brakes.h"

/* A share says nothing about small numbers: one meeting of three that moves is daily life, and a
 * list of twelve is touched whole by every invitation. Below these a share does not brake.       */
enum { SHARE_OFF = 100, SHARE_FLOOR_CONTACTS = 100, SHARE_FLOOR_EVENTS = 5, SHARE_FLOOR_LOST = 5 };

static bool is_over(size_t part, size_t whole, size_t floor, int percent)
{
    return percent < SHARE_OFF && part >= floor && whole && part * 100 > whole * (size_t)percent;
}

/* Never NULL: without memory for the sentence, braking matters more than its words. */
static const char *or_plain(const char *reason)
{
    return reason ? reason : "this pass would send more than the limits allow";
}

const char *brakes_reason(struct arena *arena, const struct limit_settings *limits,
                          const struct pass_totals *totals)
{
    if (limits->hold_above >= 0 && totals->notices > (size_t)limits->hold_above)
        return or_plain(arena_printf(arena,
                                     "%zu messages would leave at once, more than the %d of "
                                     "limits.hold_above",
                                     totals->notices, limits->hold_above));
    if (is_over(totals->events_changed, totals->events, SHARE_FLOOR_EVENTS, limits->hold_share))
        return or_plain(arena_printf(arena,
                                     "%zu of %zu known events changed at once, more than the %d %% "
                                     "of limits.hold_share",
                                     totals->events_changed, totals->events, limits->hold_share));
    if (is_over(totals->contacts_touched, totals->contacts, SHARE_FLOOR_CONTACTS,
                limits->hold_share))
        return or_plain(arena_printf(arena,
                                     "%zu of %zu contacts would be written to at once, more than "
                                     "the %d %% of limits.hold_share",
                                     totals->contacts_touched, totals->contacts,
                                     limits->hold_share));
    return NULL;
}

const char *brakes_list_reason(struct arena *arena, const struct limit_settings *limits,
                               size_t before, size_t now)
{
    if (now >= before || !is_over(before - now, before, SHARE_FLOOR_LOST, limits->hold_share))
        return NULL;
    return or_plain(
        arena_printf(arena,
                     "the list shrank from %zu to %zu rows at once, more than the %d %% "
                     "of limits.hold_share",
                     before, now, limits->hold_share));
}
