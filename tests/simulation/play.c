/* SPDX-License-Identifier: MIT */
/* Between two acts the desk stands still: the program runs, and all that it sent is shown to the
 * oracle at the end of the stretch, before the next act.                                         */
#include "simulation/play.h"

#include <malloc.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "simulation/foretold.h"
#include "simulation/oracle.h"
#include "simulation/play_inside.h"

enum {
    REVIEW_HOUR = 10,        /* when staff look at held batches, every day */
    RETRY_START_MINUTES = 5, /* after a start that failed */
    FORETOLD_SETTLE_DAYS = 3,
    DAY_SEC = 86400,
    GROWTH_BYTES_MAX = 4 << 20, /* from the calm to the end, beyond what the stage keeps */
    FILE_BYTES_MAX = 1 << 20,
    LIFE_MAX = 20000, /* a relay that answers 421 for weeks is tried every few minutes */
};

/* --- the event log --------------------------------------------------------------------------- */

static void note(struct play *play, const void *data, size_t size)
{
    const unsigned char *bytes = data; /* FNV-1a */
    for (size_t i = 0; i < size; i++)
        play->result->hash = (play->result->hash ^ bytes[i]) * UINT64_C(0x100000001B3);
}

static void note_string(struct play *play, const char *string)
{
    note(play, string ? string : "", string ? strlen(string) + 1 : 1);
}

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

/* --- mails ------------------------------------------------------------------------------------ */

static int times_taken(const struct mail *const *mails, size_t count, const char *message_id)
{
    int times = 0;
    for (size_t i = 0; i < count; i++)
        times += strcmp(mails[i]->message_id, message_id) == 0;
    return times;
}

static bool was_ever(struct play *play, struct arena *arena, int64_t notice,
                     enum notice_state state)
{
    struct notice_facts life = {0};
    if (stage_life(play->stage, arena, notice, &life))
        return false;
    for (size_t i = 0; i < life.count; i++)
        if (life.items[i].state == state)
            return true;
    return false;
}

static void show_mail(struct play *play, struct arena *arena, const struct notices *notices,
                      const struct mail *const *mails, size_t i)
{
    const struct mail *mail = mails[i];
    bool is_known = false;
    note(play, &mail->at, sizeof mail->at);
    note(play, mail->bytes.data, mail->bytes.size);
    for (size_t k = 0; k < notices->count; k++) {
        const struct notice *notice = &notices->items[k];
        if (!notice->message_id || strcmp(notice->message_id, mail->message_id) != 0)
            continue;
        is_known = true;
        int times = times_taken(mails, i + 1, mail->message_id);
        play_trace(play, "mail at %lld: %s %s to %s (%d)", (long long)instant_sec(mail->at),
                   notice->step, notice->occurrence, notice->contact, times);
        if (strcmp(mail->recipients[0], notice->contact) != 0)
            (void)oracle_fail(&play->oracle, "never-to-strangers", "%s of %s went to %s",
                              notice->step, notice->contact, mail->recipients[0]);
        (void)oracle_mail(&play->oracle, notice, mail->at, times,
                          times > 1 && was_ever(play, arena, notice->id, NOTICE_UNCERTAIN));
        foretold_mail(&play->foretold, notice, mail->at, times);
    }
    if (!is_known)
        (void)oracle_fail(&play->oracle, "ledger-integrity",
                          "a mail that the ledger does not know: %s", mail->subject);
}

static void show_mails(struct play *play)
{
    CLEANUP_ARENA struct arena *arena = arena_new((size_t)1 << 30);
    struct notices notices = {0};
    size_t count;
    const struct mail *const *mails = stage_mails(play->stage, &count);
    if (count == play->shown)
        return;
    if (!arena || stage_notices(play->stage, arena, &(struct notice_filter){0}, &notices)) {
        (void)oracle_fail(&play->oracle, "ledger-integrity", "the ledger cannot be read");
        return;
    }
    for (; play->shown < count; play->shown++)
        show_mail(play, arena, &notices, mails, play->shown);
}

/* --- what the ledger knows -------------------------------------------------------------------- */

/* Refused by the relay. Or perhaps not told at all: that an event is off, or on again, is said to
 * whoever may know otherwise; another date or place comes with the next step.                    */
static bool is_excuse(const struct notice *notice, bool is_alive)
{
    bool is_end = notice->kind == NOTICE_CANCELLATION || notice->kind == NOTICE_POSTPONED;
    return notice->state == NOTICE_REFUSED || (notice->may_be_known && !is_end && is_alive);
}

static bool has_excuse(void *context, int event, int instance, int contact)
{
    struct play *play = context;
    CLEANUP_ARENA struct arena *arena = arena_new((size_t)1 << 30);
    struct notices notices = {0};
    char address[40];
    desk_address(contact, address);
    const struct notice_filter filter = {.contact = address};
    if (play->story->discards || !arena || stage_notices(play->stage, arena, &filter, &notices))
        return true;
    for (size_t i = 0; i < notices.count; i++) {
        int e, k;
        if (desk_find(play->story, notices.items[i].occurrence, &e, &k) && e == event &&
            k == instance &&
            is_excuse(&notices.items[i],
                      play->oracle.instances[event][instance].now.state == DESK_ALIVE))
            return true;
    }
    return false;
}

static void check_lives(struct play *play, bool is_over)
{
    CLEANUP_ARENA struct arena *arena = arena_new((size_t)1 << 30);
    struct notices notices = {0};
    size_t mail_count;
    const struct mail *const *mails = stage_mails(play->stage, &mail_count);
    if (!arena || stage_notices(play->stage, arena, &(struct notice_filter){0}, &notices)) {
        (void)oracle_fail(&play->oracle, "ledger-integrity", "the ledger cannot be read");
        return;
    }
    play->result->notices = notices.count;
    for (size_t i = 0; i < notices.count; i++) {
        const struct notice *notice = &notices.items[i];
        struct notice_facts life = {0};
        static enum notice_state states[LIFE_MAX];
        size_t count = 0;
        if (stage_life(play->stage, arena, notice->id, &life) || life.count > LIFE_MAX)
            (void)oracle_fail(&play->oracle, "ledger-integrity",
                              "%s %s to %s: a life of %zu states", notice->occurrence, notice->step,
                              notice->contact, life.count);
        for (; count < life.count && count < LIFE_MAX; count++)
            states[count] = life.items[count].state;
        if (is_over) {
            note_string(play, notice->occurrence);
            note_string(play, notice->step);
            note_string(play, notice->contact);
            note_string(play, notice_state_to_text(notice->state));
        }
        int times = notice->message_id ? times_taken(mails, mail_count, notice->message_id) : 0;
        (void)oracle_life(&play->oracle, notice, states, count, times, is_over);
    }
}

/* SQLite's own opinion; the program has ended. */
static void check_file(struct play *play)
{
    char path[512];
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    snprintf(path, sizeof path, "%s/state/ledger.db", stage_folder(play->stage));
    int r = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL);
    r = r ? r : sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &statement, NULL);
    if (r || sqlite3_step(statement) != SQLITE_ROW ||
        strcmp((const char *)sqlite3_column_text(statement, 0), "ok") != 0)
        (void)oracle_fail(&play->oracle, "ledger-integrity", "%s: %s", path,
                          r ? sqlite3_errmsg(db) : "damaged");
    sqlite3_finalize(statement);
    sqlite3_close(db);
}

/* --- the program ------------------------------------------------------------------------------ */

static bool is_well(const struct play *play)
{
    return stage_is_running(play->stage) && play->is_relay_sound && play->is_disk_sound &&
           !play->is_paused && !play->desk.is_calendar_half &&
           desk_lists_are_good(play->story, &play->desk);
}

static void look(struct play *play)
{
    struct instant now = stage_now(play->stage);
    if (stage_is_running(play->stage))
        oracle_read(&play->oracle, &play->desk, now);
    oracle_well(&play->oracle, is_well(play), now);
}

static void start_later(struct play *play, int minutes)
{
    play->start_at = instant_add(stage_now(play->stage), minutes * USEC_PER_MIN);
    play->must_start = true;
}

static void start(struct play *play)
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
    if (status)
        start_later(play, RETRY_START_MINUTES);
    else
        look(play);
}

/* For people who look into a failure. */
static void trace_pending(struct play *play)
{
    CLEANUP_ARENA struct arena *arena = arena_new((size_t)1 << 30);
    struct notices notices = {0};
    if (!play->is_traced || !arena ||
        stage_notices(play->stage, arena, &(struct notice_filter){0}, &notices))
        return;
    for (size_t i = 0; i < notices.count; i++)
        if (!notice_state_is_final(notices.items[i].state))
            play_trace(play, "pending: %s %s to %s is %s, due %lld, hold %lld",
                       notices.items[i].step, notices.items[i].occurrence, notices.items[i].contact,
                       notice_state_to_text(notices.items[i].state),
                       (long long)instant_sec(notices.items[i].due),
                       (long long)notices.items[i].hold);
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
    trace_pending(play);
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
        bool is_alive = stage_run(stage, next);
        show_mails(play);
        if (!is_alive && stage_is_running(stage)) {
            (void)oracle_fail(&play->oracle, "comes-to-rest", "%.300s", stage_words(stage));
        } else if (!is_alive) {
            play_trace(play, "died");
            play->result->deaths++;
            stage_fate(stage)->at = 0;
            start_later(play, play->doom_minutes);
            oracle_well(&play->oracle, false, stage_now(stage));
        } else if (play->must_start && !instant_before(stage_now(stage), play->start_at)) {
            start(play);
        }
    }
    check_twice(play);
    show_mails(play);
    oracle_well(&play->oracle, is_well(play), stage_now(stage));
    (void)oracle_hears(&play->oracle, has_excuse, play);
}

/* --- staff ------------------------------------------------------------------------------------ */

static void put_files(struct play *play)
{
    for (int i = 0; i < DESK_FILES; i++) {
        CLEANUP_BUF struct buf now = BUF_INIT(FILE_BYTES_MAX);
        struct buf *before = &play->files[i];
        const char *name = desk_file(play->story, &play->desk, i, &now);
        if (!name || text_equal(buf_text(&now), buf_text(before)))
            continue;
        stage_put(play->stage, name, buf_text(&now));
        buf_clear(before);
        buf_add_text(before, buf_text(&now));
    }
}

static int command(struct play *play, const char *format, const char *value)
{
    char line[200];
    snprintf(line, sizeof line, format, value);
    int status = stage_command(play->stage, line);
    play_trace(play, "%s: %d", line, status);
    return status;
}

/* People who said something while nothing could be written down are asked again later. */
static void write_wishes(struct play *play)
{
    for (int c = 0; c < play->story->contact_count; c++) {
        char address[40];
        if (play->is_opposed[c] == play->wants_opposed[c])
            continue;
        desk_address(c, address);
        if (command(play, play->wants_opposed[c] ? "suppress %s" : "unsuppress %s", address))
            continue;
        play->is_opposed[c] = play->wants_opposed[c];
        oracle_oppose(&play->oracle, c, play->is_opposed[c], stage_now(play->stage));
    }
    if (play->is_paused != play->wants_paused &&
        command(play, play->wants_paused ? "pause%s" : "resume%s", "") == 0)
        play->is_paused = play->wants_paused;
}

static void review_holds(struct play *play)
{
    CLEANUP_ARENA struct arena *arena = arena_new(1 << 24);
    struct holds holds = {0};
    if (!play->is_disk_sound || !arena || stage_holds(play->stage, arena, &holds))
        return;
    for (size_t i = 0; i < holds.count; i++) {
        bool is_discarded =
            play->story->discards && ((uint64_t)holds.items[i].id + play->story->seed) % 2;
        char id[24];
        snprintf(id, sizeof id, "%lld", (long long)holds.items[i].id);
        if (command(play, is_discarded ? "discard %s" : "approve %s", id))
            (void)oracle_fail(&play->oracle, "holds-obey", "hold %s: %.300s", id,
                              stage_words(play->stage));
    }
}

/* --- acts ------------------------------------------------------------------------------------- */

static void apply_to_relay(struct play *play, const struct act *act)
{
    struct server *server = stage_server(play->stage, 0);
    char address[40];
    desk_address(act->who, address);
    struct server_fault fault = {.times = -1, .until = INSTANT_NEVER};
    play->is_relay_sound = act->kind == ACT_RELAY_SOUND;
    switch (act->kind) {
    case ACT_RELAY_DOWN:
        fault.place = SERVER_CONNECT, fault.deed = SERVER_CUTS;
        break;
    case ACT_RELAY_DEFERS:
        fault.place = SERVER_RCPT, fault.reply = "451 4.7.1 come back later";
        fault.address = address;
        break;
    case ACT_RELAY_REFUSES:
        fault.place = SERVER_RCPT, fault.reply = "550 5.1.1 no such user";
        fault.address = address;
        break;
    case ACT_RELAY_BUSY:
        fault.place = SERVER_CONNECT, fault.deed = SERVER_REPLIES_CUTS;
        fault.reply = "421 4.3.2 busy";
        break;
    case ACT_RELAY_FORGETS:
        fault.place = SERVER_DOT, fault.deed = SERVER_TAKES_CUTS, fault.times = 2;
        break;
    case ACT_RELAY_CUTS:
        fault.place = SERVER_BODY, fault.deed = SERVER_CUTS;
        break;
    case ACT_RELAY_STALLS:
        fault.place = SERVER_DATA, fault.deed = SERVER_SILENCE;
        break;
    default:
        server_clear_faults(server);
        return;
    }
    server_add_fault(server, &fault);
}

static void end_program(struct play *play, const struct act *act)
{
    struct stage *stage = play->stage;
    if (act->kind == ACT_ON) {
        if (!stage_is_running(stage))
            start_later(play, 0);
        return;
    }
    if (!stage_is_running(stage)) {
        play->must_start &= act->kind != ACT_OFF;
        return;
    }
    if (act->kind == ACT_KILL || act->kind == ACT_POWER_CUT)
        stage_kill(stage, act->kind == ACT_POWER_CUT);
    else
        stage_stop(stage);
    play->result->deaths++;
    if (act->kind != ACT_OFF)
        start_later(play, act->kind == ACT_RESTART ? 0 : act->who);
}

static void apply_to_host(struct play *play, const struct act *act)
{
    struct stage *stage = play->stage;
    struct fate *fate = stage_fate(stage);
    switch (act->kind) {
    case ACT_DOOM:
        fate->counted = FATE_ANY;
        fate->at = fate->passed + (uint64_t)act->who;
        fate->is_after = act->a;
        play->doom_minutes = act->b;
        break;
    case ACT_JUMP:
        stage_jump(stage, act->who * USEC_PER_MIN);
        play->jumped_usec += act->who * USEC_PER_MIN;
        oracle_well(&play->oracle, false, stage_now(stage));
        break;
    case ACT_DISK_FULL:
    case ACT_DISK_BROKEN:
    case ACT_DISK_SOUND:
        stage_set_disk(stage, act->kind == ACT_DISK_FULL     ? DISK_FULL
                              : act->kind == ACT_DISK_BROKEN ? DISK_BROKEN
                                                             : DISK_SOUND);
        play->is_disk_sound = act->kind == ACT_DISK_SOUND;
        break;
    default:
        end_program(play, act);
    }
}

static void apply(struct play *play, const struct act *act)
{
    bool is_settings = act->kind == ACT_SETTINGS && play->desk.wording != act->who;
    if (act->kind >= ACT_RESTART)
        apply_to_host(play, act);
    else if (act->kind == ACT_SETTINGS)
        desk_apply(play->story, act, &play->desk);
    else if (act->kind >= ACT_RELAY_DOWN)
        apply_to_relay(play, act);
    else if (act->kind == ACT_OPPOSE || act->kind == ACT_ACCEPT)
        play->wants_opposed[act->who] = act->kind == ACT_OPPOSE;
    else if (act->kind == ACT_PAUSE || act->kind == ACT_RESUME)
        play->wants_paused = act->kind == ACT_PAUSE;
    else
        desk_apply(play->story, act, &play->desk);
    put_files(play);
    if (is_settings && stage_is_running(play->stage)) { /* SIGHUP */
        stage_stop(play->stage);
        start(play);
    }
    write_wishes(play);
    look(play);
}

/* --- the play ----------------------------------------------------------------------------------
 */

static struct instant wall(const struct play *play, int64_t sec)
{
    return instant_add(story_time(play->story, sec), play->jumped_usec);
}

/* In use, large pieces included, without what the stage keeps: its arenas and its log double, so
 * that up to twice as much stands for them.                                                      */
static int64_t memory_used(const struct play *play)
{
    struct mallinfo2 info = mallinfo2();
    return (int64_t)(info.uordblks + info.hblkhd) - 2 * (int64_t)stage_kept_bytes(play->stage);
}

/* What is done on a day of the story besides its acts. */
static void review_day(struct play *play, int day)
{
    int first = play->story->calm_day + FORETOLD_SETTLE_DAYS;
    write_wishes(play);
    review_holds(play);
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
    server_set_pipelining(stage_server(play->stage, 0), story->has_pipelining);
    for (int i = 0; i < DESK_FILES; i++)
        buf_init(&play->files[i], FILE_BYTES_MAX);
    if (story->has_second_relay)
        server_set_pipelining(stage_server(play->stage, 1), story->has_pipelining);
    desk_init(story, &play->desk);
    oracle_init(&play->oracle, story, story->start);
    put_files(play);
    start(play);
}

/* After the last act all faults end; what is under way has until the last day to end, too. */
static void mend(struct play *play)
{
    static const enum act_kind kinds[] = {ACT_RELAY_SOUND, ACT_DISK_SOUND, ACT_FULL_SAVE,
                                          ACT_FULL_LIST,   ACT_RESUME,     ACT_ON};
    stage_fate(play->stage)->at = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        apply(play, &(struct act){.kind = kinds[i]});
}

static void close_play(struct play *play)
{
    struct stage *stage = play->stage;
    struct play_result *ret = play->result;
    int64_t grown = memory_used(play) - play->memory;
    if (!play->oracle.broken) {
        check_lives(play, true);
        play_trace(play, "grown by %lld bytes", (long long)grown);
        if (play->memory && grown > GROWTH_BYTES_MAX)
            (void)oracle_fail(&play->oracle, "bounded-memory", "%lld bytes more than at the calm",
                              (long long)grown);
        if (stage_is_running(stage))
            stage_stop(stage);
        check_file(play);
    }
    ret->broken = play->oracle.broken;
    memcpy(ret->words, play->oracle.words, sizeof ret->words);
    ret->at = stage_now(stage);
    (void)stage_mails(stage, &ret->mails);
    ret->twins = stage_twins(stage);
    ret->turns = stage_turns(stage);
    ret->foretold = play->foretold.came;
    note(play, &ret->turns, sizeof ret->turns);
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
            apply(play, &story->acts[next]);
        }
        live(play, wall(play, review));
        if (day == STORY_LAST_EVENT_DAY + 12)
            mend(play);
        review_day(play, day);
    }
    close_play(play);
    free(play);
}
