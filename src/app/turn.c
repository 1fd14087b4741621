/* SPDX-License-Identifier: MIT */
#include "app/turn.h"

#include <errno.h>
#include <string.h>

#include "app/instance.h"
#include "app/journal.h"
#include "app/message_ids.h"
#include "app/outage.h"
#include "app/relay_rest.h"
#include "base/log.h"

enum { OVERTAKEN_MAX = 3 };
static const int64_t trouble_rest_usec = USEC_PER_MIN;
static const int64_t purge_doubt_usec = USEC_PER_HOUR;
static const int64_t clock_slack_usec = USEC_PER_SEC; /* what a clock that is steered goes back */

static bool is_set(struct instant t)
{
    return t.utc_usec != INSTANT_UNSET.utc_usec;
}

/* Each trouble once, when it begins. */
static void log_troubles(struct turn *turn, struct instant now)
{
    const struct sources *sources = turn->house->sources;
    for (size_t i = 0; i < sources_count(sources); i++) {
        const struct source *source = sources_at(sources, i);
        if (source->trouble && source->failures == 1 &&
            instant_before(turn->troubles_told, source->tried))
            log_line(LOG_LEVEL_WARNING, MESSAGE_FIELDS(MESSAGE_ID_SOURCE_TROUBLE), "%s: %s; %s",
                     source->label, source->trouble,
                     source->is_good ? "the last good copy stays in force"
                                     : "there is no copy yet");
    }
    turn->troubles_told = now;
}

void turn_init(struct turn *turn, struct house *house)
{
    *turn = (struct turn){.house = house,
                          .must_plan = true,
                          .reread_at = INSTANT_NEVER,
                          .rests_until = INSTANT_UNSET,
                          .troubled_since = INSTANT_UNSET,
                          .purge_at = INSTANT_UNSET,
                          .last = INSTANT_UNSET,
                          .troubles_told = INSTANT_UNSET,
                          .pass = {.next = INSTANT_NEVER}};
}

static int go_on_resting(struct house *house)
{
    struct relay_rest rest;
    int r =
        relay_rest_of_all(house->ledger, house->arena, house->settings, house_now(house), &rest);
    if (!r && is_set(rest.until))
        outage_restore(conductor_outage(house->conductor), rest.until, rest.why, house_now(house));
    return r;
}

int turn_open(struct turn *turn, const struct courier *courier)
{
    struct house *house = turn->house;
    const char *reason = NULL;
    int r = instance_enter(house->ledger, house->arena, house->settings->state, house_now(house),
                           house->options->at != NULL, &reason);
    if (r)
        return r;
    if (reason)
        log_line(LOG_LEVEL_ERROR, NULL, "sending is paused: %s", reason);
    if (house_open_conductor(house, courier, 0))
        return -ECANCELED;
    log_troubles(turn, house_now(house));
    return go_on_resting(house);
}

/* --- notes ------------------------------------------------------------------------------------ */

void turn_note(struct turn *turn, unsigned news)
{
    turn->must_read |= (news & (TURN_SOURCES | TURN_WORD)) != 0;
    turn->must_load_templates |= (news & TURN_TEMPLATES) != 0;
    if (news & TURN_WORD) {
        turn->must_load_templates |= turn->house->settings->newsletter_folder != NULL;
        conductor_touch(turn->house->conductor);
        sources_retry(turn->house->sources);
    }
    turn->must_plan = true;
}

void turn_note_reading(struct turn *turn, struct instant now)
{
    log_troubles(turn, now);
    turn->must_plan = true;
}

void turn_note_outcome(struct turn *turn, void *token, const struct outcome *outcome,
                       struct instant now)
{
    (void)conductor_outcome(turn->house->conductor, token, outcome, now);
    turn->has_outcomes = true;
    turn->accepted += outcome->verdict == VERDICT_ACCEPTED;
    turn->refused += outcome->verdict == VERDICT_REFUSED;
    turn->deferred += outcome->verdict == VERDICT_DEFERRED;
    turn->uncertain += outcome->verdict == VERDICT_UNCERTAIN;
}

/* --- the turn ---------------------------------------------------------------------------------
 */

static void load_templates(struct turn *turn)
{
    struct house *house = turn->house;
    turn->must_load_templates = false;
    bool is_broken = house_load_templates(house) == EXIT_NO;
    staff_note_templates(conductor_staff(house->conductor),
                         is_broken ? &house->template_flaws : NULL);
    if (is_broken)
        journal_flaws(NULL, &house->template_flaws);
    if (is_broken)
        log_line(LOG_LEVEL_ERROR, MESSAGE_FIELDS(MESSAGE_ID_TEMPLATES_BROKEN),
                 "the templates have errors (see `convier check`); the old ones stay in force");
}

static bool is_reread_due(const struct turn *turn, struct instant now)
{
    bool is_planned = turn->must_plan || turn->must_read;
    return turn->must_reread || (is_planned && !instant_before(now, turn->reread_at));
}

static void look_at_files(struct turn *turn, struct instant now)
{
    bool is_reread = is_reread_due(turn, now);
    if (!turn->must_read && !is_reread)
        return;
    zones_refresh(turn->house->zones);
    turn->must_plan = true; /* views of what was read before die with the next plan */
    sources_look(turn->house->sources, is_reread);
    turn->must_read = turn->must_reread = false;
    turn->reread_at = is_reread ? INSTANT_NEVER : turn->reread_at;
}

/* *ret_is_ready: all was read, and this turn has time for more. What changes while files are read
 * waits until they are, so that the planning has its turn. */
static int read_sources(struct turn *turn, struct instant now, bool *ret_is_ready)
{
    enum { BYTES = 64 * 1024 }; /* between two looks at the budget */
    struct sources *sources = turn->house->sources;
    size_t max_bytes = turn->budget.is_spent ? BYTES : SIZE_MAX;
    bool is_spent = false;
    int r = 0;
    if (turn->must_load_templates)
        load_templates(turn);
    if (!sources_are_coming(sources))
        look_at_files(turn, now);
    bool was_coming = sources_are_coming(sources), is_coming = was_coming;
    while (!r && !is_spent && is_coming) {
        r = sources_step(sources, max_bytes, now);
        is_coming = sources_are_coming(sources);
        is_spent = budget_is_spent(&turn->budget);
    }
    if (was_coming && !is_coming)
        log_troubles(turn, now);
    *ret_is_ready = !is_spent && !is_coming;
    turn->is_wanted_again |= !*ret_is_ready;
    return r;
}

static int plan(struct turn *turn, struct instant now)
{
    struct house *house = turn->house;
    bool is_done = false, is_begun = conductor_is_planning(house->conductor);
    if (!turn->must_plan && !is_begun)
        return 0;
    if (!is_begun)
        turn->must_plan = turn->has_outcomes = false;
    int r = conductor_plan_step(house->conductor, now, &turn->budget, &turn->pass, &is_done);
    bool is_noted = turn->must_plan || turn->must_read; /* meanwhile */
    turn->is_wanted_again |= !r && (!is_done || is_noted);
    if (r || !is_done)
        return r;
    turn->overtaken = is_noted ? turn->overtaken + 1 : 0;
    staff_touch(conductor_staff(house->conductor));
    if (turn->pass.held)
        log_line(LOG_LEVEL_WARNING, MESSAGE_FIELDS(MESSAGE_ID_BATCH_HELD),
                 "%zu %s for a human's word%s%s; see `convier holds`", turn->pass.held,
                 turn->pass.held == 1 ? "message waits" : "messages wait",
                 turn->pass.hold_reason ? ": " : "",
                 turn->pass.hold_reason ? turn->pass.hold_reason : "");
    if (turn->pass.must_reread)
        turn->reread_at = instant_add(now, house->settings->limits.settle_usec / 2 + USEC_PER_SEC);
    return 0;
}

static bool is_midway(const struct turn *turn)
{
    return conductor_is_planning(turn->house->conductor) ||
           sources_are_coming(turn->house->sources);
}

/* A slice that only reads says nothing of the disk: a whole pass does. */
static bool has_proof(const struct turn *turn)
{
    return !is_midway(turn);
}

/* What is to be told goes into the ledger: when that works, trouble of our own is over. */
static int tell_staff(struct turn *turn, struct instant now)
{
    struct conductor *conductor = turn->house->conductor;
    if (is_set(turn->troubled_since) && has_proof(turn))
        staff_note_own_trouble(conductor_staff(conductor), strerror(-turn->error),
                               turn->troubled_since);
    return conductor_tell_staff(conductor, now);
}

/* Nothing leaves on what the plan knew before the news: somebody may have opposed, a meeting may
 * have moved. But news that come faster than passes end must not stop the mail for good: then a
 * group leaves after each pass.                                                                  */
static int send(struct turn *turn, struct instant now)
{
    bool may_leave = !turn->must_plan || turn->overtaken > OVERTAKEN_MAX;
    size_t sent;
    return conductor_send(turn->house->conductor, now, may_leave, &sent);
}

/* Once a day, a slice a turn. What a clock says that was set wrong must not cost the history: it
 * has an hour to be set right. */
static int purge(struct turn *turn, struct instant now)
{
    if (conductor_in_hand(turn->house->conductor) || instant_before(now, turn->purge_at))
        return 0;
    if (!turn->is_purge_near && !turn->house->options->is_once) {
        turn->is_purge_near = true;
        turn->purge_at = instant_add(now, purge_doubt_usec);
        return 0;
    }
    int r = conductor_purge(turn->house->conductor, now);
    if (r > 0) {
        turn->is_wanted_again = true;
    } else {
        turn->is_purge_near = false;
        turn->purge_at = instant_add(now, USEC_PER_DAY);
    }
    return r < 0 ? r : 0;
}

/* The clock was set back: what was reckoned by the old one ("nothing before May") is not true. */
static void mind_clock(struct turn *turn, struct instant now)
{
    bool went_back = instant_before(instant_add(now, clock_slack_usec), turn->last);
    turn->last = now;
    if (!went_back)
        return;
    log_line(LOG_LEVEL_WARNING, NULL, "the clock was set back; everything is looked at again");
    conductor_touch(turn->house->conductor);
    turn->must_plan = turn->must_reread = true;
    turn->is_purge_near = false;
    turn->purge_at = instant_add(now, USEC_PER_DAY);
}

bool turn_is_resting(const struct turn *turn, struct instant now)
{
    return instant_before(now, turn->rests_until) &&
           instant_diff(turn->rests_until, now) <= trouble_rest_usec; /* else the clock was set */
}

/* Trouble of our own (disk full, no memory): nothing was half done; rest, then try again. */
void turn_rest(struct turn *turn, int error, struct instant now)
{
    turn->error = error;
    if (!is_set(turn->troubled_since))
        turn->troubled_since = now;
    turn->must_plan = true;
    turn->is_wanted_again = false;
    turn->rests_until = instant_add(now, trouble_rest_usec);
    log_line(LOG_LEVEL_ERROR, MESSAGE_FIELDS(MESSAGE_ID_LEDGER_UNUSABLE),
             "%s; nothing is sent, next try in a minute", strerror(-error));
}

int turn_run(struct turn *turn, struct instant now)
{
    struct conductor *conductor = turn->house->conductor;
    turn->is_wanted_again = false;
    turn->rests_until = INSTANT_UNSET;
    mind_clock(turn, now);
    bool is_ready = true;
    int r = conductor_is_planning(conductor) ? 0 : read_sources(turn, now, &is_ready);
    r = r || !is_ready ? r : plan(turn, now);
    r = r ? r : tell_staff(turn, now);
    r = r ? r : send(turn, now);
    r = r ? r : purge(turn, now);
    if (r) {
        turn_rest(turn, r, now);
        return r;
    }
    if (has_proof(turn))
        turn->troubled_since = INSTANT_UNSET;
    if (turn->has_outcomes && !conductor_in_hand(conductor))
        turn->must_plan = turn->is_wanted_again = true; /* what was told may make more due */
    return 0;
}

struct instant turn_next(const struct turn *turn, struct instant now)
{
    struct instant resumes = conductor_resumes(turn->house->conductor);
    if (is_set(turn->rests_until))
        return turn->rests_until;
    if (is_midway(turn)) /* what is known are the hours before, and this is what they asked for */
        return INSTANT_NEVER;
    struct instant next = instant_min(turn->pass.next, turn->reread_at);
    next = instant_min(next, staff_next(conductor_staff(turn->house->conductor)));
    if (instant_before(now, resumes)) /* else past and paused: no reason to wake */
        next = instant_min(next, resumes);
    return next;
}

bool turn_is_quiet(const struct turn *turn)
{
    const struct conductor *conductor = turn->house->conductor;
    return !turn->must_plan && !turn->has_outcomes && !is_midway(turn) &&
           !conductor_in_hand(conductor);
}
