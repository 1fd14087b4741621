/* SPDX-License-Identifier: MIT */
#include "app/uncertain.h"

#include "plan/reason_words.h"

int uncertain_hold(struct ledger *ledger, struct arena *arena, const struct settings *settings,
                   struct instant now)
{
    struct notice_filter filter = {.has_state = true, .state = NOTICE_UNCERTAIN};
    struct notices found = {0};
    int64_t hold = 0;
    const char *why = reason_sentence(REASON_HOLD_UNCERTAIN, LANGUAGE_EN);
    if (settings->limits.uncertain == UNCERTAIN_RESEND)
        return 0;
    int r = ledger_notices(ledger, arena, &filter, &found);
    for (size_t i = 0; i < found.count && !r; i++) {
        if (found.items[i].kind == NOTICE_STAFF) /* who would be asked? */
            continue;
        r = hold ? 0 : ledger_hold(ledger, why, now, &hold);
        r = r ? r : ledger_put_on_hold(ledger, found.items[i].id, hold, why, now);
    }
    return r;
}
