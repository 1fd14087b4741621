/* SPDX-License-Identifier: MIT */
/* pacing: how fast a relay may be used. Pure: time comes in.
 *
 * A bucket of tokens for a minute, an hour and a day. A token comes back one window after it was
 * spent, so that no window of that length, wherever it starts, ever holds more than its limit:
 * providers count that way ("a rolling day"), and a refilling bucket would let twice the limit
 * through in its first window. Precision: a sixtieth of the window, on the careful side.
 *
 * Trouble (421, throttling, quotas, no connection) stops all sending for a while, then lets one
 * connection through, and one more after each calm stretch ("slow start").                       */
#ifndef CONVIER_DELIVER_PACING_H
#define CONVIER_DELIVER_PACING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/instant.h"
#include "deliver/verdict.h"
#include "model/settings.h"

struct pacing_limits {
    int per_minute, per_hour, per_day; /* 0 = none */
    int connections;                   /* at least 1 */
    int messages_per_connection;       /* 0 = no limit */
};

/* A provider's known limits by name: none, ovh, office365, gmail, workspace, ses, infomaniak,
 * gandi (MAIL.md 4). NULL or unknown: false, and the limits of "none".                          */
bool pacing_preset(const char *name, struct pacing_limits *ret);
/* The preset's limits, where the settings say nothing else. */
void pacing_limits_of(const struct relay_settings *settings, struct pacing_limits *ret);
/* Names in a NULL-terminated list, for "did you mean". */
const char *const *pacing_preset_names(void);

enum { PACING_SLOTS = 60, PACING_WINDOWS = 3 };
/* A day and its running slot. */
#define PACING_LONGEST_USEC (USEC_PER_DAY + USEC_PER_DAY / PACING_SLOTS)

struct pacing_window {
    int limit; /* 0 = none */
    int64_t slot_usec;
    int64_t slot; /* number of the newest slot since the epoch */
    int64_t total;
    int counts[PACING_SLOTS + 1]; /* a ring, by slot number */
};

struct pacing {
    struct pacing_limits limits;
    struct pacing_window windows[PACING_WINDOWS];
    struct instant closed_until; /* nothing is sent before */
    int connections_now;         /* slow start: grows back to limits.connections */
    struct instant calm_since;   /* of the slow start */
    int failures;                /* to connect, or 421 without success, in a row */
};

void pacing_init(struct pacing *pacing, const struct pacing_limits *limits);

/* How many recipients may be written to now; capped at `most`. */
size_t pacing_room(struct pacing *pacing, struct instant now, size_t most);
/* May a message to so many recipients leave now? */
bool pacing_may_take(struct pacing *pacing, size_t count, struct instant now);
/* When it may: `now` itself if it may now, NEVER is not returned. */
struct instant pacing_next_room(struct pacing *pacing, size_t count, struct instant now);
/* How many connections may be open now. */
int pacing_connections(struct pacing *pacing, struct instant now);

/* count: recipients, as providers count a message with two copies three times. */
void pacing_spend(struct pacing *pacing, size_t count, struct instant now);
/* Tokens of a message that did not leave after all (outcome_was_handed). */
void pacing_return(struct pacing *pacing, size_t count, struct instant now);
/* What was spent before a restart, by the ledger; older than the longest window is nothing. */
void pacing_restore(struct pacing *pacing, size_t count, struct instant at, struct instant now);

/* What a brake taught before a restart: nothing leaves until then, or for PACING_REST_MAX_USEC. */
#define PACING_REST_MAX_USEC USEC_PER_HOUR
void pacing_rest(struct pacing *pacing, struct instant until, struct instant now);

/* What an attempt taught. */
void pacing_learn(struct pacing *pacing, enum verdict_brake brake, struct instant now);
/* No connection could be made, or it was lost at once. */
void pacing_unreachable(struct pacing *pacing, struct instant now);
void pacing_accepted(struct pacing *pacing, struct instant now);

#endif
