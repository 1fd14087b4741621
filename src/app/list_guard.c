/* SPDX-License-Identifier: MIT */
/* Two named values of the ledger: "list:LOCATION" = "STATE HOLD DIGEST" says how the last shrunken
 * version of a list fared; "hold:ID" leads from the hold back to it.                             */
#include "app/list_guard.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/clock.h"
#include "plan/brakes.h"

enum { STATE_BYTES = 16, DIGEST_CHARS = 64 };

struct word {
    char state[STATE_BYTES]; /* asked, approved, discarded; "" = nothing was ever asked */
    int64_t hold;
    char digest[DIGEST_CHARS + 1];
};

static const char list_prefix[] = "list:";

static struct word parse(const char *text)
{
    struct word word = {0};
    if (!text ||
        sscanf(text, "%15[a-z] %" SCNd64 " %64[0-9a-f]", word.state, &word.hold, word.digest) != 3)
        word = (struct word){0};
    return word;
}

static int keep(struct ledger *ledger, struct arena *arena, const char *list,
                const struct word *word)
{
    const char *back = arena_printf(arena, "hold:%" PRId64, word->hold);
    const char *text =
        arena_printf(arena, "%s %" PRId64 " %s", word->state, word->hold, word->digest);
    if (!back || !text)
        return -ENOMEM;
    int r = ledger_set(ledger, list, text);
    return r ? r : ledger_set(ledger, back, strcmp(word->state, "asked") == 0 ? list : NULL);
}

/* The question is moot: another version came. */
static int withdraw(struct ledger *ledger, struct arena *arena, const char *list,
                    const struct word *word, struct instant now)
{
    size_t count;
    const char *back = arena_printf(arena, "hold:%" PRId64, word->hold);
    int r = back ? ledger_discard(ledger, word->hold, now, &count) : -ENOMEM;
    if (r == LEDGER_E_ABSENT)
        r = 0;
    r = r ? r : ledger_set(ledger, back, NULL);
    return r ? r : ledger_set(ledger, list, NULL);
}

static int ask(struct ledger *ledger, struct arena *arena, const char *list, const char *label,
               const char *why, const char *digest, struct instant now)
{
    struct word word = {.state = "asked"};
    const char *reason = arena_printf(arena, "%s: %s", label, why);
    snprintf(word.digest, sizeof word.digest, "%s", digest);
    int r = reason ? ledger_hold(ledger, reason, now, &word.hold) : -ENOMEM;
    return r ? r : keep(ledger, arena, list, &word);
}

int list_guard_judge(void *context, struct arena *notes, const struct source *source, size_t rows,
                     const char *digest, const char **ret_reason)
{
    const struct list_guard *guard = context;
    struct ledger *ledger = guard->ledger;
    struct instant now = clock_now(guard->clock);
    const char *list = arena_printf(notes, "%s%s", list_prefix, source->location), *known = NULL;
    const char *why = brakes_list_reason(notes, guard->limits, source->rows.count, rows);
    int r = list ? ledger_get(ledger, notes, list, &known) : -ENOMEM;
    if (r)
        return r;
    const struct word word = parse(known);
    bool is_same = strcmp(word.digest, digest) == 0;
    bool is_open = strcmp(word.state, "asked") == 0;
    if (why && is_same && strcmp(word.state, "approved") == 0)
        why = NULL;
    *ret_reason = why ? arena_printf(notes, "%s; see `convier holds`", why) : NULL;
    if (why && !*ret_reason)
        return -ENOMEM;
    bool must_ask = why && !is_same, must_withdraw = is_open && !(why && is_same);
    if (!must_ask && !must_withdraw)
        return 0;
    r = ledger_begin(ledger);
    if (!r && must_withdraw)
        r = withdraw(ledger, notes, list, &word, now);
    if (!r && must_ask)
        r = ask(ledger, notes, list, source->label, why, digest, now);
    r = r ? r : ledger_commit(ledger);
    if (r)
        ledger_rollback(ledger);
    return r;
}

/* The name under which the list's own word is kept. */
static int find_list(struct ledger *ledger, struct arena *arena, int64_t hold, const char **ret)
{
    const char *back = arena_printf(arena, "hold:%" PRId64, hold);
    return back ? ledger_get(ledger, arena, back, ret) : -ENOMEM;
}

int list_guard_list(struct ledger *ledger, struct arena *arena, int64_t hold,
                    const char **ret_or_null)
{
    const char *list = NULL;
    int r = find_list(ledger, arena, hold, &list);
    *ret_or_null = NULL;
    if (r || !list)
        return r;
    const char *location = list + strlen(list_prefix);
    bool is_address = text_find(text_of(location), TEXT("://")) < strlen(location);
    char *hidden = is_address ? source_hidden(location) : NULL;
    *ret_or_null = hidden ? arena_copy_string(arena, hidden) : is_address ? NULL : location;
    free(hidden);
    return *ret_or_null ? 0 : -ENOMEM;
}

int list_guard_decide(struct ledger *ledger, struct arena *arena, int64_t hold, bool is_approved)
{
    const char *list = NULL, *known = NULL;
    int r = find_list(ledger, arena, hold, &list);
    if (r || !list)
        return r;
    r = ledger_get(ledger, arena, list, &known);
    if (r)
        return r;
    struct word word = parse(known);
    snprintf(word.state, sizeof word.state, "%s", is_approved ? "approved" : "discarded");
    return keep(ledger, arena, list, &word);
}
