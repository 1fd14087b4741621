/* SPDX-License-Identifier: MIT */
#include "app/outage.h"

#include <stdio.h>

#include "app/dialogue.h"
#include "app/masking.h"
#include "app/message_ids.h"
#include "base/log.h"
#include "deliver/verdict.h"
#include "plan/reason_words.h"

/* How long the queue rests, by failures in a row. */
static const int rest_min[] = {0, 1, 2, 5, 10, 15};
enum { REST_STEPS = sizeof rest_min / sizeof *rest_min, LOGIN_RETRY_MIN = 60, THROTTLE_MIN = 10 };
enum { STOPPED_ARENA_BYTES = 1 << 16 };

void outage_init(struct outage *outage)
{
    *outage = (struct outage){.since = INSTANT_UNSET,
                              .last = INSTANT_UNSET,
                              .rests_from = INSTANT_UNSET,
                              .rests_until = INSTANT_UNSET};
}

/* One that has not begun was reckoned by a clock that was set back since. */
bool outage_rests(const struct outage *outage, struct instant now)
{
    return instant_before(outage->rests_from, instant_add(now, USEC_PER_MIN)) &&
           instant_before(now, outage->rests_until);
}

void outage_end(struct outage *outage)
{
    outage->stopped[0] = '\0';
    outage->rests_until = INSTANT_UNSET;
}

void outage_wake(struct outage *outage, struct instant now)
{
    if (!outage_rests(outage, now))
        outage_end(outage);
}

/* ret: REASON_STOPPED_RELAY in English. */
static void say_stop(const struct outcome *outcome, const char *reply, int minutes,
                     char ret[OUTAGE_WORDS_BYTES])
{
    CLEANUP_ARENA struct arena *arena = arena_new(STOPPED_ARENA_BYTES);
    const char *values[] = {smtp_stage_to_text(outcome->stage),
                            arena ? arena_printf(arena, "%.180s", reply) : NULL,
                            arena ? arena_printf(arena, "%d", minutes) : NULL, NULL};
    const char *said = arena ? reason_say(arena, REASON_STOPPED_RELAY, values) : NULL;
    snprintf(ret, OUTAGE_WORDS_BYTES, "%s", said ? said : "the relay cannot be used");
}

/* The journal's line is without addresses, and says what to do. */
static void log_stop(const struct outcome *outcome, int minutes)
{
    char line[OUTCOME_LINE_BYTES], reply[OUTCOME_LINE_BYTES], stopped[OUTAGE_WORDS_BYTES];
    const char *advice = dialogue_advice(outcome);
    outcome_line(outcome, line);
    masking_reply(line, NULL, reply);
    say_stop(outcome, reply, minutes, stopped);
    log_line(outcome->must_pause ? LOG_LEVEL_ERROR : LOG_LEVEL_WARNING,
             outcome->must_pause ? MESSAGE_FIELDS(MESSAGE_ID_RELAY_REFUSES) : NULL, "%s%s%s",
             stopped, advice ? "; " : "", advice ? advice : "");
}

static void rest(struct outage *outage, const struct outcome *outcome, int minutes,
                 struct instant now)
{
    char line[OUTCOME_LINE_BYTES];
    outcome_line(outcome, line);
    outage->rests_from = now;
    outage->rests_until = instant_add(now, minutes * USEC_PER_MIN);
    snprintf(outage->why, sizeof outage->why, "%.180s", line);
    say_stop(outcome, line, minutes, outage->stopped);
}

void outage_restore(struct outage *outage, struct instant until, const char *why,
                    struct instant now)
{
    struct outcome outcome = {.stage = STAGE_CONNECT};
    int64_t usec = instant_diff(until, now);
    snprintf(outcome.reply, sizeof outcome.reply, "%s", why ? why : "it asked for a pause");
    rest(outage, &outcome, (int)((usec + USEC_PER_MIN - 1) / USEC_PER_MIN), now);
}

/* All messages in hand fail together; that is one failure. */
void outage_note(struct outage *outage, const struct outcome *outcome, struct instant now)
{
    bool is_throttled = verdict_brake(outcome) == VERDICT_BRAKE_SLOW;
    if (outage_rests(outage, now) && (outage->is_refused || !outcome->must_pause))
        return;
    if (!outage->failures)
        outage->since = now;
    outage->last = now;
    outage->is_proven = false;
    outage->is_refused = outcome->must_pause;
    outage->stage = outcome->stage;
    int step = outage->failures < REST_STEPS - 1 ? ++outage->failures : REST_STEPS - 1;
    int minutes = outcome->must_pause ? LOGIN_RETRY_MIN
                  : is_throttled      ? THROTTLE_MIN
                                      : rest_min[step];
    rest(outage, outcome, minutes, now);
    log_stop(outcome, minutes);
}

void outage_note_accepted(struct outage *outage)
{
    outage->failures = 0;
    outage->is_proven = true;
}
