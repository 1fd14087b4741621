/* SPDX-License-Identifier: MIT */
/* pacing: windows of sixty slots, and the slow start.
 *
 * A window counts what left in its last sixty whole slots and the running one: a token comes back
 * up to a sixtieth late, never early.                                                            */
#include "deliver/pacing.h"

#include <string.h>

#include "base/text.h"

/* How long a trouble stops everything. */
#define CLOSE_FIRST_USEC (10 * USEC_PER_SEC)
#define CLOSE_MAX_USEC   (10 * USEC_PER_MIN)
#define SLOW_USEC        (10 * USEC_PER_MIN)
#define QUOTA_USEC       PACING_REST_MAX_USEC
#define LOGIN_USEC       (10 * USEC_PER_MIN)
/* How long one more connection must be uneventful before the next is allowed. */
#define CALM_USEC (2 * USEC_PER_MIN)

static const struct {
    const char *name;
    struct pacing_limits limits;
} presets[] = {
    /* "none" sets no limit but a modest number of connections, which no submission server minds. */
    {"none", {.connections = 1}},
    {"ovh", {.per_minute = 30, .per_hour = 200, .connections = 1, .messages_per_connection = 50}},
    {"office365", {.per_minute = 30, .per_day = 10000, .connections = 3}},
    {"gmail", {.per_minute = 20, .per_day = 500, .connections = 1, .messages_per_connection = 100}},
    {"workspace",
     {.per_minute = 60, .per_day = 2000, .connections = 2, .messages_per_connection = 100}},
    {"ses", {.per_minute = 600, .per_day = 50000, .connections = 4}},
    {"infomaniak", {.per_minute = 60, .per_day = 1440, .connections = 1}},
    {"gandi", {.per_minute = 20, .per_hour = 100, .connections = 1}},
};
enum { PRESET_COUNT = sizeof presets / sizeof *presets };

bool pacing_preset(const char *name, struct pacing_limits *ret)
{
    *ret = presets[0].limits;
    for (size_t i = 0; name && i < PRESET_COUNT; i++)
        if (text_is_nocase(text_of(name), presets[i].name)) {
            *ret = presets[i].limits;
            return true;
        }
    return false;
}

void pacing_limits_of(const struct relay_settings *settings, struct pacing_limits *ret)
{
    pacing_preset(settings->preset, ret);
    if (settings->connections)
        ret->connections = settings->connections;
    if (settings->messages_per_connection)
        ret->messages_per_connection = settings->messages_per_connection;
    if (settings->limit_per_minute)
        ret->per_minute = settings->limit_per_minute;
    if (settings->limit_per_hour)
        ret->per_hour = settings->limit_per_hour;
    if (settings->limit_per_day)
        ret->per_day = settings->limit_per_day;
}

const char *const *pacing_preset_names(void)
{
    static const char *names[PRESET_COUNT + 1];
    for (size_t i = 0; i < PRESET_COUNT; i++)
        names[i] = presets[i].name;
    return names;
}

void pacing_init(struct pacing *pacing, const struct pacing_limits *limits)
{
    *pacing = (struct pacing){
        .limits = *limits, .closed_until = INSTANT_UNSET, .calm_since = INSTANT_UNSET};
    if (pacing->limits.connections < 1)
        pacing->limits.connections = 1;
    pacing->connections_now = pacing->limits.connections;
    pacing->windows[0].limit = limits->per_minute;
    pacing->windows[0].slot_usec = USEC_PER_MIN / PACING_SLOTS;
    pacing->windows[1].limit = limits->per_hour;
    pacing->windows[1].slot_usec = USEC_PER_HOUR / PACING_SLOTS;
    pacing->windows[2].limit = limits->per_day;
    pacing->windows[2].slot_usec = USEC_PER_DAY / PACING_SLOTS;
}

static int *slot_count(struct pacing_window *window, int64_t slot)
{
    return &window->counts[slot % (PACING_SLOTS + 1)];
}

/* Forgets the slots that `now` has left behind. A clock that goes back changes nothing. */
static void advance(struct pacing_window *window, struct instant now)
{
    int64_t slot = now.utc_usec / window->slot_usec;
    if (slot - window->slot > PACING_SLOTS) {
        memset(window->counts, 0, sizeof window->counts);
        window->total = 0;
        window->slot = slot;
    }
    while (window->slot < slot) {
        window->slot++;
        window->total -= *slot_count(window, window->slot);
        *slot_count(window, window->slot) = 0;
    }
}

static void spend(struct pacing_window *window, int count, struct instant at)
{
    int64_t slot = at.utc_usec / window->slot_usec;
    if (slot > window->slot || slot <= window->slot - PACING_SLOTS - 1)
        slot = window->slot;
    *slot_count(window, slot) += count;
    window->total += count;
}

static int64_t window_room(struct pacing_window *window, struct instant now)
{
    if (!window->limit)
        return INT64_MAX;
    advance(window, now);
    return window->limit > window->total ? window->limit - window->total : 0;
}

size_t pacing_room(struct pacing *pacing, struct instant now, size_t most)
{
    int64_t room = (int64_t)most;
    if (instant_before(now, pacing->closed_until))
        return 0;
    for (int i = 0; i < PACING_WINDOWS; i++) {
        int64_t here = window_room(&pacing->windows[i], now);
        room = here < room ? here : room;
    }
    return (size_t)room;
}

/* What is more than the whole limit leaves from an empty window: else it never would. */
static bool has_room_for(const struct pacing_window *window, int64_t total, int64_t count)
{
    return total <= 0 || total + count <= window->limit;
}

static bool window_may_take(struct pacing_window *window, int64_t count, struct instant now)
{
    return window_room(window, now) > 0 &&
           (!window->limit || has_room_for(window, window->total, count));
}

bool pacing_may_take(struct pacing *pacing, size_t count, struct instant now)
{
    bool may = !instant_before(now, pacing->closed_until);
    for (int i = 0; i < PACING_WINDOWS && may; i++)
        may = window_may_take(&pacing->windows[i], (int64_t)count, now);
    return may;
}

/* When enough old slots have gone. */
static struct instant window_next_room(struct pacing_window *window, int64_t count,
                                       struct instant now)
{
    if (window_may_take(window, count, now))
        return now;
    int64_t total = window->total, slot = window->slot - PACING_SLOTS;
    while (slot <= window->slot) {
        total -= *slot_count(window, slot);
        slot++;
        if (has_room_for(window, total, count))
            break;
    }
    /* The slot before `slot` falls out when the window's newest is one further than it is long. */
    return (struct instant){(slot + PACING_SLOTS) * window->slot_usec};
}

struct instant pacing_next_room(struct pacing *pacing, size_t count, struct instant now)
{
    struct instant next = instant_max(now, pacing->closed_until);
    for (int i = 0; i < PACING_WINDOWS; i++)
        next = instant_max(next, window_next_room(&pacing->windows[i], (int64_t)count, now));
    return next;
}

int pacing_connections(struct pacing *pacing, struct instant now)
{
    while (pacing->connections_now < pacing->limits.connections &&
           instant_diff(now, pacing->calm_since) >= CALM_USEC) {
        pacing->connections_now++;
        pacing->calm_since = instant_add(pacing->calm_since, CALM_USEC);
    }
    return pacing->connections_now;
}

void pacing_spend(struct pacing *pacing, size_t count, struct instant now)
{
    for (int i = 0; i < PACING_WINDOWS; i++) {
        advance(&pacing->windows[i], now);
        spend(&pacing->windows[i], (int)count, now);
    }
}

/* From the newest slots, where they were spent a moment ago. */
static void window_return(struct pacing_window *window, int count, struct instant now)
{
    advance(window, now);
    for (int64_t slot = window->slot; count && slot >= window->slot - PACING_SLOTS; slot--) {
        int *here = slot_count(window, slot), taken = *here < count ? *here : count;
        *here -= taken;
        window->total -= taken;
        count -= taken;
    }
}

void pacing_return(struct pacing *pacing, size_t count, struct instant now)
{
    for (int i = 0; i < PACING_WINDOWS; i++)
        window_return(&pacing->windows[i], (int)count, now);
}

void pacing_restore(struct pacing *pacing, size_t count, struct instant at, struct instant now)
{
    for (int i = 0; i < PACING_WINDOWS; i++) {
        struct pacing_window *window = &pacing->windows[i];
        advance(window, now);
        if (at.utc_usec / window->slot_usec >= window->slot - PACING_SLOTS)
            spend(window, (int)count, at);
    }
}

static void close_for(struct pacing *pacing, int64_t usec, struct instant now)
{
    pacing->closed_until = instant_max(pacing->closed_until, instant_add(now, usec));
    pacing->calm_since = pacing->closed_until;
}

static int64_t backoff_usec(const struct pacing *pacing)
{
    int64_t usec = CLOSE_FIRST_USEC;
    for (int i = 1; i < pacing->failures && usec < CLOSE_MAX_USEC; i++)
        usec *= 2;
    return usec < CLOSE_MAX_USEC ? usec : CLOSE_MAX_USEC;
}

void pacing_rest(struct pacing *pacing, struct instant until, struct instant now)
{
    struct instant latest = instant_add(now, PACING_REST_MAX_USEC);
    close_for(pacing, instant_diff(instant_min(until, latest), now), now);
    pacing->connections_now = 1;
}

void pacing_unreachable(struct pacing *pacing, struct instant now)
{
    pacing->failures++;
    close_for(pacing, backoff_usec(pacing), now);
}

void pacing_learn(struct pacing *pacing, enum verdict_brake brake, struct instant now)
{
    switch (brake) {
    case VERDICT_BRAKE_NONE:
        break;
    case VERDICT_BRAKE_CLOSE:
        pacing_unreachable(pacing, now);
        pacing->connections_now = 1;
        break;
    case VERDICT_BRAKE_SLOW:
        close_for(pacing, SLOW_USEC, now);
        pacing->connections_now = 1;
        break;
    case VERDICT_BRAKE_QUOTA:
        close_for(pacing, QUOTA_USEC, now);
        pacing->connections_now = 1;
        break;
    case VERDICT_BRAKE_LOGIN:
        close_for(pacing, LOGIN_USEC, now);
        break;
    }
}

void pacing_accepted(struct pacing *pacing, struct instant now)
{
    (void)now; /* calm is measured from the trouble, not from success */
    pacing->failures = 0;
}
