/* SPDX-License-Identifier: MIT */
#include "app/relay_rest.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "deliver/pacing.h"

static const char *name_of(struct arena *arena, const struct relay_settings *settings)
{
    return arena_printf(arena, "rest of %s %s", settings->url,
                        settings->user ? settings->user : "");
}

int relay_rest_keep(struct ledger *ledger, struct arena *arena,
                    const struct relay_settings *settings, const struct relay_rest *rest)
{
    const char *name = name_of(arena, settings);
    const char *value =
        arena_printf(arena, "%" PRId64 " %s", rest->until.utc_usec, rest->why ? rest->why : "");
    if (!name || !value)
        return -ENOMEM;
    int r = ledger_begin(ledger);
    r = r ? r : ledger_set(ledger, name, value);
    r = r ? r : ledger_commit(ledger);
    if (r)
        ledger_rollback(ledger);
    return r;
}

int relay_rest_find(struct ledger *ledger, struct arena *arena,
                    const struct relay_settings *settings, struct instant now,
                    struct relay_rest *ret)
{
    const char *name = name_of(arena, settings), *value = NULL;
    *ret = (struct relay_rest){.until = INSTANT_UNSET};
    int r = name ? ledger_get(ledger, arena, name, &value) : -ENOMEM;
    if (r || !value)
        return r;
    char *words;
    struct instant until = {strtoll(value, &words, 10)};
    bool is_over = !instant_before(now, until);
    /* By a clock that was set back since. */
    bool is_from_elsewhen = instant_diff(until, now) > PACING_REST_MAX_USEC + USEC_PER_MIN;
    if (!is_over && !is_from_elsewhen)
        *ret = (struct relay_rest){until, *words == ' ' ? words + 1 : NULL};
    return 0;
}

int relay_rest_of_all(struct ledger *ledger, struct arena *arena, const struct settings *settings,
                      struct instant now, struct relay_rest *ret)
{
    struct relay_rest first = {.until = INSTANT_NEVER}, rest = {.until = INSTANT_NEVER};
    int r = 0;
    for (size_t i = 0; i < settings->relay_count && !r; i++) {
        r = relay_rest_find(ledger, arena, &settings->relays[i], now, &rest);
        if (instant_before(rest.until, first.until))
            first = rest;
    }
    if (!r)
        *ret = first;
    return r;
}
