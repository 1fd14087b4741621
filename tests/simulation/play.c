/* SPDX-License-Identifier: MIT */
/* Between two acts the desk stands still: the program runs, and all that it sent is shown to the
 * oracle at the end of the stretch, before the next act.                                         */
#include "simulation/play.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "simulation/acts.h"
#include "simulation/evidence.h"
#include "simulation/foretold.h"
#include "simulation/issues.h"
#include "simulation/oracle.h"
#include "simulation/play_inside.h"
#include "stage/disk.h"

enum {
    REVIEW_HOUR = 10,        /* when staff look at held batches, every day */
    RETRY_START_MINUTES = 5, /* after a start that failed */
    FORETOLD_SETTLE_DAYS = 3,
    GROWTH_BYTES_MAX = 4 << 20, /* from the calm to the end, beyond what the stage keeps */
};

void play_trace(const struct play *play, const char *format, ...)
{
    va_list arguments;
    char at[32];
    if (!play->is_traced)
        return;
    zone_format_rfc3339(zones_utc(stage_zones(play->stage)), stage_now(play->stage), at);
    fprintf(stderr, "%s ", at);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

/* --- the program ------------------------------------------------------------------------------ */

static bool is_well(const struct play *play)
{
    return stage_is_running(play->stage) && play->is_relay_sound && play->is_disk_sound &&
           !play->is_paused && !play->desk.is_calendar_half &&
           desk_lists_are_good(play->story, &play->desk);
}

void play_look(struct play *play)
{
    struct instant now = stage_now(play->stage);
    if (stage_is_running(play->stage))
        oracle_read(&play->oracle, &play->desk, play->is_page_new, now);
    oracle_well(&play->oracle, is_well(play), now);
    letters_look(play);
}

void play_start_later(struct play *play, int minutes)
{
    play->start_at = instant_add(stage_now(play->stage), minutes * USEC_PER_MIN);
    play->must_start = true;
}

void play_start(struct play *play)
{
    struct fate *fate = stage_fate(play->stage);
    play->must_start = false;
    int status = stage_start(play->stage);
    play_trace(play, "start: %d", status);
    bool is_dead = status && fate->at && fate->passed >= fate->at;
    if (is_dead)
        fate->at = 0;
    else if (status && play->is_disk_sound)
        (void)oracle_fail(&play->oracle, "it-starts", "exit %d: %.300s", status,
                          stage_words(play->stage));
    play->is_paused |= !status && stage_is_paused(play->stage); /* a clock that went back far */
    letters_begin(&play->letters);
    play->is_page_new &= status != 0; /* its first turn asks for it */
    if (status)
        play_start_later(play, RETRY_START_MINUTES);
    else
        play_look(play);
}

/* No pass plans the same thing twice: asked again at the same moment, it has nothing to say. */
static void check_twice(struct play *play)
{
    struct pass_report report = {0};
    struct stage *stage = play->stage;
    /* limits.per_contact counts neither what is held nor what is in hand: while there is any, the
     * next pass may give a message more.                                                         */
    bool is_capped = play->story->per_contact_days > 0;
    if (!stage_is_running(stage) || !play->is_disk_sound ||
        !instant_before(stage_now(stage), stage_next(stage)) ||
        turn_is_resting(stage_turn(stage), stage_now(stage)) ||
        (is_capped && (play->story->hold_above < STORY_HOLD_ABOVE ||
                       conductor_in_hand(stage_house(stage)->conductor))))
        return;
    int r = conductor_plan(stage_house(stage)->conductor, stage_now(stage), &report);
    if (!r && !report.owed && !report.held && !report.ended && !report.told)
        return;
    evidence_trace_pending(play);
    (void)oracle_fail(&play->oracle, "plans-once",
                      "a second pass gave %d: %zu owed, %zu held, %zu ended, %zu told", r,
                      report.owed, report.held, report.ended, report.told);
}

/* Lives on to a moment of the wall clock, through deaths and new starts. */
static void live(struct play *play, struct instant until)
{
    struct stage *stage = play->stage;
    while (!play->oracle.broken && instant_before(stage_now(stage), until)) {
        struct instant next = until;
        if (play->must_start)
            next = instant_min(until, instant_max(play->start_at, stage_now(stage)));
        struct instant fetch = stage_next_fetch(stage);
        bool is_read = play->is_page_new && !instant_before(next, fetch);
        if (is_read && !instant_before(stage_now(stage), fetch)) { /* overdue: the clock jumped */
            play->is_page_new = is_read = false;
            play_look(play);
        }
        if (is_read) /* up to the last moment before */
            next = instant_max(stage_now(stage), instant_add(fetch, -1));
        bool is_alive = stage_run(stage, next);
        evidence_show_mails(play);
        if (!is_alive && stage_is_running(stage)) {
            (void)oracle_fail(&play->oracle, "comes-to-rest", "%.300s", stage_words(stage));
        } else if (!is_alive) {
            play_trace(play, "died");
            play->result->deaths++;
            stage_fate(stage)->at = 0;
            play_start_later(play, play->doom_minutes);
            oracle_well(&play->oracle, false, stage_now(stage));
        } else if (play->must_start && !instant_before(stage_now(stage), play->start_at)) {
            play_start(play);
        } else if (is_read) {
            play->is_page_new = false;
            play_look(play);
        }
    }
    check_twice(play);
    evidence_show_mails(play);
    letters_look(play);
    oracle_well(&play->oracle, is_well(play), stage_now(stage));
    (void)oracle_hears(&play->oracle, evidence_has_excuse, play);
    (void)issues_come(&play->oracle, evidence_has_refusal, play);
}

/* --- the play ----------------------------------------------------------------------------------
 */

static struct instant wall(const struct play *play, int64_t sec)
{
    return instant_add(story_time(play->story, sec), play->jumped_usec);
}

/* In use, large pieces included, without what the stage keeps: its arenas and its log double, so
 * that up to twice as much stands for them; and its disk, of what no sync has made safe.         */
static int64_t memory_used(const struct play *play)
{
    struct mallinfo2 info = mallinfo2();
    return (int64_t)(info.uordblks + info.hblkhd) - 2 * (int64_t)stage_kept_bytes(play->stage) -
           (int64_t)disk_kept_bytes();
}

/* What is done on a day of the story besides its acts. */
static void review_day(struct play *play, int day)
{
    int first = play->story->calm_day + FORETOLD_SETTLE_DAYS;
    acts_write_wishes(play);
    letters_review(play);
    acts_review_holds(play);
    if (day == play->story->calm_day)
        play->memory = memory_used(play);
    if (day == first && play->story->hold_above == STORY_HOLD_ABOVE && !play->story->per_hour)
        foretold_ask(&play->foretold, play->stage, play->oracle.well_since);
    if (day == first + FORETOLD_DAYS)
        foretold_compare(&play->foretold, play->stage, play->oracle.well_since, &play->oracle);
}

static void open_play(struct play *play, const struct story *story)
{
    play->story = story;
    play->is_relay_sound = play->is_disk_sound = true;
    play->stage = stage_new(story->start);
    stage_set_slices(play->stage, (unsigned)story->slice_asks);
    server_set_pipelining(stage_server(play->stage, 0), story->has_pipelining);
    for (int i = 0; i < DESK_FILES; i++)
        buf_init(&play->files[i], PLAY_FILE_BYTES_MAX);
    if (story->has_second_relay)
        server_set_pipelining(stage_server(play->stage, 1), story->has_pipelining);
    desk_init(story, &play->desk);
    oracle_init(&play->oracle, story, story->start);
    letters_init(&play->letters);
    acts_put_files(play);
    play_start(play);
}

/* After the last act all faults end; what is under way has until the last day to end, too. */
static void mend(struct play *play)
{
    static const enum act_kind kinds[] = {ACT_RELAY_SOUND, ACT_DISK_SOUND, ACT_FULL_SAVE,
                                          ACT_FULL_LIST,   ACT_RESUME,     ACT_ON};
    stage_fate(play->stage)->at = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        acts_apply(play, &(struct act){.kind = kinds[i]});
}

static void close_play(struct play *play)
{
    struct stage *stage = play->stage;
    struct play_result *ret = play->result;
    int64_t grown = memory_used(play) - play->memory;
    if (!play->oracle.broken) {
        evidence_check_lives(play, true);
        play_trace(play, "grown by %lld bytes", (long long)grown);
        if (play->memory && grown > GROWTH_BYTES_MAX)
            (void)oracle_fail(&play->oracle, "bounded-memory", "%lld bytes more than at the calm",
                              (long long)grown);
        if (stage_is_running(stage))
            stage_stop(stage);
        evidence_check_file(play);
    }
    ret->broken = play->oracle.broken;
    memcpy(ret->words, play->oracle.words, sizeof ret->words);
    ret->at = stage_now(stage);
    (void)stage_mails(stage, &ret->mails);
    ret->twins = stage_twins(stage);
    ret->turns = stage_turns(stage);
    ret->foretold = play->foretold.came;
    evidence_note(play, &ret->turns, sizeof ret->turns);
    for (int i = 0; i < DESK_FILES; i++)
        buf_done(&play->files[i]);
    stage_free(stage);
}

void play_story(const struct story *story, bool is_traced, struct play_result *ret)
{
    struct play *play = calloc(1, sizeof *play);
    int next = 0;
    if (!play)
        abort();
    *ret = (struct play_result){.hash = UINT64_C(0xCBF29CE484222325)};
    play->result = ret;
    play->is_traced = is_traced;
    open_play(play, story);
    for (int day = 0; day < STORY_DAYS && !play->oracle.broken; day++) {
        int64_t review = day * INT64_C(86400) + REVIEW_HOUR * 3600;
        for (; next < story->act_count && story->acts[next].at_sec <= review; next++) {
            if (story->acts[next].is_dropped || play->oracle.broken)
                continue;
            live(play, wall(play, story->acts[next].at_sec));
            play_trace(play, "act %d: kind %d %d %d %d", next, story->acts[next].kind,
                       story->acts[next].who, story->acts[next].a, story->acts[next].b);
            acts_apply(play, &story->acts[next]);
        }
        live(play, wall(play, review));
        if (day == STORY_LAST_EVENT_DAY + 12)
            mend(play);
        review_day(play, day);
    }
    close_play(play);
    free(play);
}
