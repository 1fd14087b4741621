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

static int tell_stuck(struct look *look, const struct stuck_issue *stuck, const char *prefix)
{
    const struct matter *known = NULL;
    const struct zone *zone = look->staff->settings->organisation.zone;
    struct arena *arena = look->arena;
    const char *until = forms_moment(arena, stuck->until, zone);
    const char *const values[] = {stuck->newsletter, until, NULL};
    struct matter matter = {
        .key = arena_printf(arena, "%s%s", prefix, stuck->key),
        .kind = MATTER_ISSUE,
        .at = look->now,
        .source = arena_printf(arena, "%s %s", stuck->newsletter, strrchr(stuck->key, '/') + 1),
        .text = reason_in(arena, stuck->reason, look->language),
        .advice = reason_fill(arena, staff_words(STAFF_WORD_ISSUE, look->language), values),
        .until = INSTANT_UNSET,
        .last = INSTANT_UNSET};
    int r = matter.source && matter.text && matter.advice ? look_find(look, matter.key, &known)
                                                          : -ENOMEM;
    return r || known ? r : look_add(look, ACT_TELL, &matter);
}

static int find_stuck_issue(struct look *look, const struct stuck_issue *stuck)
{
    struct instant soon = instant_add(stuck->until, -STAFF_EXPIRING_HOURS * USEC_PER_HOUR);
    const char *key = arena_printf(look->arena, "%s%s", issue_prefix, stuck->key);
    const struct matter *known = NULL;
    int r = look_find(look, key, &known);
    r = r ? r : tell_stuck(look, stuck, issue_prefix);
    struct instant since = known ? known->at : look->now;
    if (r || instant_diff(soon, since) < STAFF_EXPIRING_HOURS / 2 * USEC_PER_HOUR)
        return r;
    if (!instant_before(look->now, soon))
        return tell_stuck(look, stuck, lapsing_prefix);
    look_again(look, soon);
    return 0;
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
    int r = end_stuck(look, issue_prefix);
    r = r ? r : end_stuck(look, lapsing_prefix);
    for (size_t i = 0; i < stuck->count && !r; i++)
        r = find_stuck_issue(look, &stuck->items[i]);
    return r;
}
