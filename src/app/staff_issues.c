/* SPDX-License-Identifier: MIT */
/* Issues that wait for a calendar which lost its events: they would lapse, and nobody would know.
 */
#include <errno.h>
#include <string.h>

#include "app/forms.h"
#include "app/staff_inside.h"
#include "app/staff_words.h"
#include "plan/reason_words.h"

static const char issue_prefix[] = "issue:", lapsing_prefix[] = "issue-lapsing:";

static int say_stuck(struct look *look, enum act_verb verb, const struct stuck_issue *stuck,
                     const char *key, struct instant since)
{
    const struct zone *zone = look->staff->settings->organisation.zone;
    struct arena *arena = look->arena;
    const char *until = forms_moment(arena, stuck->until, zone);
    const char *const values[] = {stuck->newsletter, until, NULL};
    const struct matter matter = {
        .key = key,
        .kind = MATTER_ISSUE,
        .at = since,
        .source = arena_printf(arena, "%s %s", stuck->newsletter, strrchr(stuck->key, '/') + 1),
        .text = reason_in(arena, stuck->reason, look->language),
        .advice = reason_fill(arena, staff_words(STAFF_WORD_ISSUE, look->language), values),
        .until = INSTANT_UNSET,
        .last = INSTANT_UNSET};
    return matter.source && matter.text && matter.advice ? look_add(look, verb, &matter) : -ENOMEM;
}

/* Whoever heard of it less than half a day before that moment need not hear again. */
static int find_lapsing(struct look *look, const struct stuck_issue *stuck, struct instant since)
{
    struct instant soon = instant_add(stuck->until, -STAFF_EXPIRING_HOURS * USEC_PER_HOUR);
    const char *key = arena_printf(look->arena, "%s%s", lapsing_prefix, stuck->key);
    const struct matter *known = NULL;
    if (instant_diff(soon, since) < STAFF_EXPIRING_HOURS / 2 * USEC_PER_HOUR)
        return 0;
    if (instant_before(look->now, soon)) {
        look_again(look, soon);
        return 0;
    }
    int r = look_find(look, key, &known);
    return r || known ? r : say_stuck(look, ACT_TELL, stuck, key, since);
}

/* A calendar that comes back at once is no news. */
static int find_stuck(struct look *look, const struct stuck_issue *stuck)
{
    int64_t settle = look->staff->settings->limits.settle_usec;
    const char *key = arena_printf(look->arena, "%s%s", issue_prefix, stuck->key);
    const struct matter *known = NULL;
    int r = look_find(look, key, &known);
    struct instant since = known ? known->at : look->now;
    struct instant told = instant_add(since, settle);
    if (r || (known && known->letter))
        return r ? r : find_lapsing(look, stuck, since);
    if (!instant_before(look->now, told))
        return say_stuck(look, ACT_TELL, stuck, key, since);
    look_again(look, told);
    return known ? 0 : say_stuck(look, ACT_NOTE, stuck, key, since);
}

/* The keys of those that wait no more are free. */
static int end_stuck(struct look *look, const char *prefix)
{
    const struct stuck_issues *stuck = look->view->stuck;
    struct matters known = {0};
    int r = ledger_matters_like(look->view->ledger, look->arena, prefix, &known);
    for (size_t i = 0; i < known.count && !r; i++) {
        bool is_stuck = false;
        for (size_t k = 0; k < stuck->count; k++)
            is_stuck |= string_equal(known.items[i].key + strlen(prefix), stuck->items[k].key);
        r = is_stuck ? 0 : look_end(look, &known.items[i]);
    }
    return r;
}

int staff_issues_find(struct look *look)
{
    const struct stuck_issues *stuck = look->view->stuck;
    int r = stuck ? end_stuck(look, issue_prefix) : 0;
    r = r || !stuck ? r : end_stuck(look, lapsing_prefix);
    for (size_t i = 0; stuck && i < stuck->count && !r; i++)
        r = find_stuck(look, &stuck->items[i]);
    return r;
}
