/* SPDX-License-Identifier: MIT */
#include "app/aside.h"

#include "app/message_ids.h"
#include "app/requests.h"
#include "app/staff_letter.h"
#include "base/log.h"
#include "plan/reason_words.h"

/* The batch that waits for the same reason, also one of an earlier turn. */
static int find_hold(struct aside *aside, const struct notice *notice, const char *why,
                     struct instant now)
{
    const struct notice_filter filter = {
        .occurrence = notice->occurrence, .has_state = true, .state = NOTICE_HELD, .max = 1};
    struct notices held = {0};
    if (string_equal(why, aside->hold_reason))
        return 0;
    aside->hold_reason = why;
    int r = ledger_notices(aside->ledger, aside->arena, &filter, &held);
    if (r || !held.count || !string_equal(held.items[0].reply, why))
        return r ? r : ledger_hold(aside->ledger, why, now, &aside->hold);
    aside->hold = held.items[0].hold;
    return 0;
}

/* By the second reading of its calendar it is back or not (app/turn); what staff wrote may take two
 * of these waits to settle. */
static int put_off(struct aside *aside, const struct notice *notice, struct instant now)
{
    int64_t wait = aside->settings->limits.settle_usec / 2;
    return ledger_put_off(aside->ledger, notice->id,
                          instant_add(now, wait > USEC_PER_MIN ? wait : USEC_PER_MIN));
}

static int hold(struct aside *aside, const struct notice *notice, const char *why,
                struct instant now)
{
    if (notice->kind == NOTICE_STAFF) { /* whom should a hold ask? */
        log_line(LOG_LEVEL_ERROR, NULL, "a letter to staff cannot be written: %s", why);
        return ledger_move(aside->ledger, notice->id, NOTICE_SUPERSEDED, why, now);
    }
    log_line(LOG_LEVEL_ERROR, MESSAGE_FIELDS(MESSAGE_ID_BATCH_HELD), "notice %lld is held: %s",
             (long long)notice->id, why);
    int r = find_hold(aside, notice, why, now);
    return r ? r : ledger_put_on_hold(aside->ledger, notice->id, aside->hold, why, now);
}

static int end(struct aside *aside, const struct notice *notice, enum notice_state state,
               enum reason reason, struct instant now)
{
    return ledger_move(aside->ledger, notice->id, state, reason_sentence(reason, LANGUAGE_EN), now);
}

int aside_put(struct aside *aside, const struct notice *notice, int cause,
              const struct flaws *flaws, struct instant now)
{
    switch (cause) {
    case REQUESTS_E_GONE:
        return end(aside, notice, NOTICE_SUPERSEDED, REASON_NO_LIST, now);
    case REQUESTS_E_EMPTY:
    case STAFF_LETTER_E_SETTLED:
        return end(aside, notice, NOTICE_SUPERSEDED, REASON_NOTHING_LEFT, now);
    case STAFF_LETTER_E_OPPOSED:
        return end(aside, notice, NOTICE_SUPPRESSED, REASON_SUPPRESSED, now);
    case REQUESTS_E_OFF:
        return put_off(aside, notice, now);
    case REQUESTS_E_LOST:
        return hold(aside, notice, reason_sentence(REASON_HOLD_ISSUE, LANGUAGE_EN), now);
    default:
        return hold(aside, notice,
                    flaws->count ? flaws->items[flaws->count - 1].text
                                 : reason_sentence(REASON_NOT_COMPOSED, LANGUAGE_EN),
                    now);
    }
}
