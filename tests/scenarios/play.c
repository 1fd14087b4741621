/* SPDX-License-Identifier: MIT */
/* Each statement is a function; the table at the end is the language. */
#include "say.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

enum { SCENARIO_BYTES_MAX = 1 << 20, LINE_BYTES = 512 };

bool play_fails(struct play *play, const char *format, ...)
{
    va_list arguments;
    fprintf(stderr, "%s:%d: ", play->path, play->script.line);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    play->failures++;
    return false;
}

/* --- time ------------------------------------------------------------------------------------ */

/* Faults that have an hour end when it comes. */
static void end_faults(struct play *play)
{
    if (instant_before(stage_now(play->stage), play->disk_until))
        return;
    stage_set_disk(play->stage, DISK_SOUND);
    play->disk_until = INSTANT_NEVER;
}

/* As systemd does it: what dies at its start is started again, as long as there is hope. */
static bool start(struct play *play)
{
    for (;;) {
        int status = stage_start(play->stage);
        bool has_hope = play->disk_until.utc_usec != INSTANT_NEVER.utc_usec ||
                        (status != EXIT_YES && play->hopes-- > 0);
        if (status == STAGE_DIED) {
            play->deaths++;
        } else if (status == EXIT_YES) {
            play->was_started = true;
            stage_fate(play->stage)->counted = play->fate.counted;
            return true;
        } else if (has_hope) {
            (void)stage_run(play->stage, instant_add(stage_now(play->stage), USEC_PER_MIN));
            end_faults(play);
        } else {
            return play_fails(play, "the program does not start: %s", stage_words(play->stage));
        }
    }
}

static bool advance_to(struct play *play, struct instant until)
{
    while (!stage_run(play->stage, until)) {
        if (stage_is_running(play->stage))
            return play_fails(play, "%s", stage_words(play->stage));
        play->deaths++;
        if (!start(play))
            return false;
    }
    return true;
}

bool play_advance(struct play *play, struct instant until)
{
    if (!play->was_started && !play->is_down && !start(play))
        return false;
    if (!instant_before(until, play->disk_until)) {
        if (!advance_to(play, play->disk_until))
            return false;
        end_faults(play);
    }
    return advance_to(play, until);
}

bool play_takes_time(struct play *play, struct instant *ret)
{
    struct instant now = play->stage ? stage_now(play->stage) : INSTANT_UNSET;
    return script_takes_time(&play->script, play->stage ? stage_zones(play->stage) : NULL,
                             play->zone, now, ret) ||
           play_fails(play, "\"%s\" is no time; write 2026-03-02 09:00, or +3 days",
                      script_peek(&play->script));
}

/* What a scenario does not say: README.md tells the reader. */
static const char usual_rules[] =
    "\nrules: ( { name = \"groupe-pays\"; category = \"Groupe-pays Japon\"; audience = \"japon\";"
    " steps = ( { send = \"invitation\"; before = \"30 days\"; at = \"09:00\"; },"
    " { send = \"reminder\"; before = \"7 days\"; at = \"09:00\"; },"
    " { send = \"reminder\"; before = \"1 day\"; at = \"09:00\"; },"
    " { send = \"thanks\"; after = \"1 day\"; at = \"10:00\"; } ); } );\n";
static const char usual_contacts[] = "email;name;language;country;zone;groups\n"
                                     "anne@nancy.example;Anne Martin;fr;FR;;japon\n"
                                     "sato@nara.example;佐藤 花子;ja;JP;Asia/Tokyo;japon\n";

static void put_settings(struct play *play, struct text block)
{
    CLEANUP_BUF struct buf whole = BUF_INIT(SCENARIO_BYTES_MAX);
    buf_add_text(&whole, block);
    if (!text_starts(block, "rules") && text_find(block, TEXT("\nrules")) == block.size)
        buf_add_string(&whole, usual_rules);
    if (buf_error(&whole))
        abort();
    stage_put(play->stage, "convier.cfg", buf_text(&whole));
}

static bool open_stage(struct play *play)
{
    CLEANUP_ARENA struct arena *arena = arena_new(1 << 20);
    struct zones *zones = zones_new(NULL);
    struct instant t;
    struct script ahead = play->script;
    if (!arena || !zones)
        abort();
    bool is_time = script_takes_time(&ahead, zones, zones_find(zones, TEXT("Europe/Paris")),
                                     INSTANT_UNSET, &t);
    zones_free(zones);
    if (!is_time)
        return play_fails(play, "a scenario begins with AT 2026-03-02 09:00");
    play->script.at = ahead.at;
    play->stage = stage_new(t);
    play->zone = zones_find(stage_zones(play->stage), TEXT("Europe/Paris"));
    *stage_fate(play->stage) = play->fate;
    stage_set_slices(play->stage, play->slices);
    if (!play->has_birth)
        stage_fate(play->stage)->counted = 0;
    put_settings(play, TEXT(""));
    stage_put(play->stage, "contacts.csv", text_of(usual_contacts));
    return true;
}

static bool do_at(struct play *play)
{
    struct instant t;
    if (!play->stage)
        return open_stage(play);
    return play_takes_time(play, &t) && play_advance(play, t);
}

static bool do_zone(struct play *play)
{
    return script_takes_zone(&play->script, stage_zones(play->stage), &play->zone) ||
           play_fails(play, "no such zone: %s", script_peek(&play->script));
}

static bool do_clock(struct play *play)
{
    int64_t usec;
    (void)script_takes(&play->script, "jumps");
    bool is_back = script_takes(&play->script, "back");
    if (!script_takes_span(&play->script, &usec))
        return play_fails(play, "write: CLOCK jumps +2 hours, or CLOCK jumps back 2 hours");
    stage_jump(play->stage, is_back ? -usec : usec);
    return true;
}

/* --- files ----------------------------------------------------------------------------------- */

bool play_takes_block(struct play *play, struct text *ret)
{
    int line = play->script.line;
    if (!script_takes(&play->script, "IS"))
        (void)script_takes(&play->script, "ARE");
    if (script_block(&play->script, ret))
        return true;
    play->script.line = line;
    return play_fails(play, "its END is missing");
}

static bool do_settings(struct play *play)
{
    struct text block;
    if (!play_takes_block(play, &block))
        return false;
    put_settings(play, block);
    if (!stage_is_running(play->stage))
        return true;
    stage_stop(play->stage);
    return start(play);
}

static bool do_contacts(struct play *play)
{
    struct text block;
    if (!play_takes_block(play, &block))
        return false;
    stage_put(play->stage, "contacts.csv", block);
    return true;
}

static bool do_file(struct play *play)
{
    struct text block;
    const char *name = script_take(&play->script);
    if (script_takes(&play->script, "vanishes")) {
        stage_remove(play->stage, name);
        return true;
    }
    if (!play_takes_block(play, &block))
        return false;
    stage_put(play->stage, name, block);
    return true;
}

static bool do_web(struct play *play)
{
    struct text block = {0};
    const char *url = script_take(&play->script);
    if (!script_takes(&play->script, "is") || !script_takes(&play->script, "down")) {
        play->script.at = 2;
        if (!play_takes_block(play, &block))
            return false;
        if (!block.data)
            block = TEXT("");
    }
    stage_put_web(play->stage, url, block);
    return true;
}

/* --- the program ----------------------------------------------------------------------------- */

bool play_start(struct play *play)
{
    play->is_down = false;
    return stage_is_running(play->stage) || start(play);
}

static bool do_stop(struct play *play)
{
    stage_stop(play->stage);
    play->is_down = true;
    return true;
}

static bool do_restart(struct play *play)
{
    stage_stop(play->stage);
    return start(play);
}

static bool do_kill(struct play *play)
{
    stage_kill(play->stage, false);
    play->is_down = true;
    return true;
}

static bool do_power(struct play *play)
{
    if (!script_takes(&play->script, "fails"))
        return play_fails(play, "write: POWER fails");
    stage_kill(play->stage, true);
    play->is_down = true;
    return true;
}

static bool do_disk(struct play *play)
{
    enum stage_disk disk = script_takes(&play->script, "full")     ? DISK_FULL
                           : script_takes(&play->script, "broken") ? DISK_BROKEN
                                                                   : DISK_SOUND;
    if (disk == DISK_SOUND && !script_takes(&play->script, "sound"))
        return play_fails(play, "a disk is full, broken or sound");
    stage_set_disk(play->stage, disk);
    return !script_takes(&play->script, "until") || play_takes_time(play, &play->disk_until);
}

static bool do_ledger(struct play *play)
{
    if (script_takes(&play->script, "saved"))
        stage_backup(play->stage, "saved.db");
    else if (script_takes(&play->script, "restored"))
        stage_restore(play->stage, "saved.db");
    else
        return play_fails(play, "write: LEDGER saved, or LEDGER restored");
    return true;
}

/* SPARE it from crashes: a start at another hour would be another story. */
static bool do_spare(struct play *play)
{
    play->is_fragile = true;
    play->script.at = play->script.count;
    return true;
}

/* --- staff ----------------------------------------------------------------------------------- */

static bool say(struct play *play, const char *command)
{
    return stage_command(play->stage, command) == EXIT_YES ||
           play_fails(play, "`convier %s` is refused: %s", command, stage_words(play->stage));
}

static bool decide(struct play *play, const char *verb)
{
    CLEANUP_ARENA struct arena *arena = arena_new(1 << 24);
    struct holds holds = {0};
    char line[LINE_BYTES];
    if (!arena || stage_holds(play->stage, arena, &holds))
        return play_fails(play, "the holds cannot be read");
    if (!holds.count && play->is_judged)
        return play_fails(play, "nothing is held");
    for (size_t i = 0; i < holds.count; i++) {
        snprintf(line, sizeof line, "%s %lld", verb, (long long)holds.items[i].id);
        if (!say(play, line))
            return false;
    }
    return true;
}

static bool do_approve(struct play *play)
{
    return decide(play, "approve");
}

static bool do_discard(struct play *play)
{
    return decide(play, "discard");
}

/* PAUSE, RESUME, SUPPRESS a@b, FORGET a@b, RETRY --all, ASK why …: as typed after `convier`. */
static bool do_command(struct play *play)
{
    char line[LINE_BYTES];
    struct text raw = play->script.raw;
    bool is_question = script_takes(&play->script, "ASK");
    if (is_question)
        raw = text_trim(text_from(raw, 3));
    snprintf(line, sizeof line, "%.*s", (int)raw.size, raw.data);
    for (char *c = line; *c && *c != ' ' && !is_question; c++)
        *c = char_lower(*c);
    play->script.at = play->script.count;
    if (!is_question)
        return say(play, line);
    (void)stage_command(play->stage, line); /* EXPECT answer says whether it was the right one */
    return true;
}

/* --- the language ---------------------------------------------------------------------------- */

static bool do_expect(struct play *play)
{
    if (play->is_judged)
        return expect_line(play);
    play->script.at = play->script.count;
    return true;
}

static const struct {
    const char *word;
    bool (*run)(struct play *play);
} statements[] = {
    {"AT", do_at},
    {"UNTIL", do_at},
    {"ZONE", do_zone},
    {"CLOCK", do_clock},
    {"SETTINGS", do_settings},
    {"CONTACTS", do_contacts},
    {"FILE", do_file},
    {"WEB", do_web},
    {"CALENDAR", say_calendar},
    {"EVENT", say_event},
    {"MOVE", say_move},
    {"CANCEL", say_cancel},
    {"REMOVE", say_remove},
    {"CHANGE", say_change},
    {"START", play_start},
    {"STOP", do_stop},
    {"RESTART", do_restart},
    {"KILL", do_kill},
    {"POWER", do_power},
    {"DISK", do_disk},
    {"LEDGER", do_ledger},
    {"SPARE", do_spare},
    {"APPROVE", do_approve},
    {"DISCARD", do_discard},
    {"PAUSE", do_command},
    {"RESUME", do_command},
    {"SUPPRESS", do_command},
    {"UNSUPPRESS", do_command},
    {"FORGET", do_command},
    {"RETRY", do_command},
    {"ASK", do_command},
    {"RELAY", say_relay},
    {"EXPECT", do_expect},
};

static bool run_line(struct play *play)
{
    struct script *script = &play->script;
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
        if (strcmp(script_peek(script), statements[i].word) != 0)
            continue;
        if (!play->stage && statements[i].run != do_at)
            return play_fails(play, "a scenario begins with AT 2026-03-02 09:00");
        script->at += statements[i].run != do_command || strcmp(script_peek(script), "ASK") != 0;
        if (!statements[i].run(play))
            return false;
        return script_is_done(script) ||
               play_fails(play, "this is too much: %s", script_peek(script));
    }
    return play_fails(play, "no such word: %s", script_peek(script));
}

bool play_open(struct play *play, const char *path)
{
    *play = (struct play){
        .path = path, .is_judged = true, .disk_until = INSTANT_NEVER, .down_until = INSTANT_NEVER};
    play->arena = arena_new((size_t)1 << 30);
    if (!play->arena)
        abort();
    buf_init(&play->bytes, SCENARIO_BYTES_MAX);
    int r = file_read(path, &play->bytes);
    if (r)
        fprintf(stderr, "%s: %s\n", path, strerror(-r));
    script_init(&play->script, play->arena, buf_text(&play->bytes));
    return r == 0;
}

bool play_run(struct play *play)
{
    bool is_sensible = true;
    while (is_sensible && script_next(&play->script))
        is_sensible = run_line(play);
    if (is_sensible && play->is_judged && play->stage)
        (void)expect_no_other(play);
    return play->failures == 0;
}

void play_close(struct play *play)
{
    stage_free(play->stage);
    buf_done(&play->bytes);
    arena_free(play->arena);
    free(play->expected);
}
