/* SPDX-License-Identifier: MIT */
/* The pacer itself is asked, message by message, with a clock that jumps to its next room: so the
 * forecast knows whatever the pacer knows (minute, hour and day at once, what left before).
 * What the relay takes for one message is not known here; limits are what makes a mail late.     */
#include "app/lateness.h"

#include <assert.h>

#include "app/forms.h"
#include "app/phrases.h"
#include "app/relay_rest.h"
#include "plan/reason_words.h"

enum { NOTICES_MAX = 200000 };

void lateness_begin(struct lateness *lateness, const struct settings *settings,
                    const struct spendings *spent, struct instant now)
{
    struct pacing_limits limits;
    assert(settings->relay_count);
    pacing_limits_of(&settings->relays[0], &limits);
    *lateness = (struct lateness){
        .last = INSTANT_UNSET, .useful = INSTANT_NEVER, .arrives = INSTANT_UNSET, .pace_now = now};
    pacing_init(&lateness->pacing, &limits);
    for (size_t i = 0; spent && i < spent->count; i++)
        pacing_restore(&lateness->pacing, spent->items[i].count, spent->items[i].at, now);
}

int lateness_open(struct ledger *ledger, const struct settings *settings, struct arena *arena,
                  struct instant now, struct lateness *ret)
{
    struct spendings spent;
    struct relay_rest rest;
    int r = ledger_spent(ledger, arena, instant_add(now, -PACING_LONGEST_USEC), &spent);
    r = r ? r : relay_rest_of_all(ledger, arena, settings, now, &rest);
    if (r)
        return r;
    lateness_begin(ret, settings, &spent, now);
    if (instant_before(now, rest.until))
        pacing_rest(&ret->pacing, rest.until, now);
    return 0;
}

void lateness_add(struct lateness *lateness, const struct notice *notice)
{
    struct instant at = instant_max(lateness->pace_now, notice->due);
    at = pacing_next_room(&lateness->pacing, 1, at);
    pacing_spend(&lateness->pacing, 1, at);
    lateness->pace_now = lateness->last = at;
    lateness->count++;
    if (instant_before(at, notice->expires))
        return;
    lateness->late++;
    if (lateness->occurrence && !instant_before(notice->expires, lateness->useful))
        return;
    lateness->occurrence = notice->occurrence;
    lateness->facts = notice->facts;
    lateness->useful = notice->expires;
    lateness->arrives = at;
}

const char *lateness_words(struct arena *arena, const struct lateness *lateness, const char *title,
                           const struct zone *zone, enum language language)
{
    if (!lateness->late)
        return NULL;
    const char *const values[] = {arena_printf(arena, "%zu", lateness->late),
                                  arena_printf(arena, "%zu", lateness->count),
                                  title,
                                  forms_moment(arena, lateness->useful, zone),
                                  forms_moment(arena, lateness->arrives, zone),
                                  forms_moment(arena, lateness->last, zone),
                                  NULL};
    return reason_fill(arena, phrase(PHRASE_TOO_LATE, language), values);
}

static void add_more(struct lateness *lateness, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        lateness->pace_now = pacing_next_room(&lateness->pacing, 1, lateness->pace_now);
        pacing_spend(&lateness->pacing, 1, lateness->pace_now);
        lateness->last = lateness->pace_now;
    }
    lateness->count += count;
}

int lateness_find(struct ledger *ledger, const struct settings *settings, struct arena *arena,
                  struct instant now, struct lateness *ret)
{
    return lateness_find_among(ledger, settings, arena, now, NOTICES_MAX, ret);
}

int lateness_find_among(struct ledger *ledger, const struct settings *settings, struct arena *arena,
                        struct instant now, size_t max, struct lateness *ret)
{
    struct notices due = {0};
    size_t count = 0;
    int r = lateness_open(ledger, settings, arena, now, ret);
    r = r ? r : ledger_due(ledger, arena, now, max, &due);
    if (!r && due.count == max)
        r = ledger_due_count(ledger, now, &count);
    if (r)
        return r;
    for (size_t i = 0; i < due.count; i++)
        lateness_add(ret, &due.items[i]);
    if (count > due.count && count <= NOTICES_MAX)
        add_more(ret, count - due.count);
    return 0;
}
