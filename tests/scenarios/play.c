/* SPDX-License-Identifier: MIT */
/* Each statement is a function; the table at the end is the language. */
#include "play.h"

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
        bool has_hope = play->disk_until.utc_usec != INSTANT_NEVER.utc_usec;
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

static bool take_time(struct play *play, struct instant *ret)
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
    return take_time(play, &t) && play_advance(play, t);
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

static bool take_block(struct play *play, struct text *ret)
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
    if (!take_block(play, &block))
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
    if (!take_block(play, &block))
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
    if (!take_block(play, &block))
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
        if (!take_block(play, &block))
            return false;
        if (!block.data)
            block = TEXT("");
    }
    stage_put_web(play->stage, url, block);
    return true;
}

/* --- calendars ------------------------------------------------------------------------------- */

static void put_agenda(struct play *play, const struct agenda *agenda)
{
    CLEANUP_BUF struct buf bytes = BUF_INIT(SCENARIO_BYTES_MAX);
    char name[LINE_BYTES];
    agenda_write(agenda, &bytes);
    if (buf_error(&bytes))
        abort();
    snprintf(name, sizeof name, "%s.ics", agenda->name);
    stage_put(play->stage, name, buf_text(&bytes));
}

static struct agenda *find_agenda(struct play *play, const char *name)
{
    for (size_t i = 0; i < play->agendas.count; i++)
        if (strcmp(play->agendas.items[i].name, name) == 0)
            return &play->agendas.items[i];
    struct agenda *agenda = list_add(play->arena, &play->agendas);
    if (!agenda)
        abort();
    agenda->name = name;
    return agenda;
}

static bool read_entries(struct play *play, struct text block, int first_line,
                         struct agenda *agenda)
{
    struct script script;
    script_init(&script, play->arena, block);
    agenda->entries.count = 0;
    while (script_next(&script)) {
        struct entry entry;
        const char *wrong =
            script_takes(&script, "event")
                ? agenda_read_entry(&script, stage_zones(play->stage), play->zone, &entry)
                : "lines of a calendar begin with `event`";
        if (wrong) {
            play->script.line = first_line + script.line;
            return play_fails(play, "%s", wrong);
        }
        agenda_put(play->arena, agenda, &entry);
    }
    put_agenda(play, agenda);
    return true;
}

static bool do_calendar(struct play *play)
{
    struct text block;
    char file[LINE_BYTES];
    const char *name = script_take(&play->script);
    int line = play->script.line;
    if (!take_block(play, &block))
        return false;
    if (!text_starts(text_trim(block), "BEGIN:VCALENDAR"))
        return read_entries(play, block, line, find_agenda(play, name));
    snprintf(file, sizeof file, "%s.ics", name);
    stage_put(play->stage, file, block);
    return true;
}

static bool do_event(struct play *play)
{
    struct entry entry;
    struct agenda *agenda = find_agenda(play, "japon");
    const char *wrong =
        agenda_read_entry(&play->script, stage_zones(play->stage), play->zone, &entry);
    if (wrong)
        return play_fails(play, "%s", wrong);
    agenda_put(play->arena, agenda, &entry);
    put_agenda(play, agenda);
    return true;
}

/* "UID [ON 2026-03-20]": the entry that is about to change, and its calendar. */
static struct entry *take_entry(struct play *play, struct agenda **ret)
{
    const char *uid = script_take(&play->script);
    struct civil_date day;
    bool has_day = script_takes(&play->script, "ON");
    if (has_day && !script_takes_date(&play->script, &day)) {
        play_fails(play, "ON which day? 2026-03-20");
        return NULL;
    }
    for (size_t i = 0; i < play->agendas.count; i++) {
        *ret = &play->agendas.items[i];
        struct entry *entry = agenda_find(play->arena, *ret, uid, has_day ? &day : NULL);
        if (entry)
            return entry;
    }
    play_fails(play, "no calendar has an event %s", uid);
    return NULL;
}

static bool do_move(struct play *play)
{
    struct agenda *agenda;
    struct entry *entry = take_entry(play, &agenda);
    if (!entry)
        return false;
    (void)script_takes(&play->script, "TO");
    const char *wrong = agenda_read_when(&play->script, stage_zones(play->stage), entry);
    if (wrong)
        return play_fails(play, "%s", wrong);
    put_agenda(play, agenda);
    return true;
}

static bool do_cancel(struct play *play)
{
    struct agenda *agenda;
    struct entry *entry = take_entry(play, &agenda);
    if (!entry)
        return false;
    entry->status = "CANCELLED";
    put_agenda(play, agenda);
    return true;
}

static bool do_remove(struct play *play)
{
    struct agenda *agenda;
    struct entry *entry = take_entry(play, &agenda);
    if (!entry)
        return false;
    if (entry->is_override)
        entry->is_removed = true;
    else
        agenda_drop(agenda, entry->uid);
    put_agenda(play, agenda);
    return true;
}

/* CHANGE UID title "…", place "…", text "…", link "…", category "…", status CONFIRMED, uid other */
static bool do_change(struct play *play)
{
    struct agenda *agenda;
    struct entry *entry = take_entry(play, &agenda);
    while (entry && !script_is_done(&play->script)) {
        const char **field = script_takes(&play->script, "title")      ? &entry->title
                             : script_takes(&play->script, "place")    ? &entry->place
                             : script_takes(&play->script, "text")     ? &entry->text
                             : script_takes(&play->script, "link")     ? &entry->link
                             : script_takes(&play->script, "category") ? &entry->category
                             : script_takes(&play->script, "status")   ? &entry->status
                             : script_takes(&play->script, "uid")      ? &entry->uid
                                                                       : NULL;
        if (!field)
            return play_fails(play, "what can change: title, place, text, link, category, status, "
                                    "uid");
        *field = script_take(&play->script);
    }
    if (entry)
        put_agenda(play, agenda);
    return entry != NULL;
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
    return !script_takes(&play->script, "until") || take_time(play, &play->disk_until);
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

/* --- the relay ------------------------------------------------------------------------------- */

static bool take_place(struct play *play, enum server_place *ret)
{
    static const struct {
        const char *word;
        enum server_place place;
    } places[] = {{"greeting", SERVER_CONNECT}, {"login", SERVER_LOGIN}, {"MAIL", SERVER_MAIL},
                  {"RCPT", SERVER_RCPT},        {"DATA", SERVER_DATA},   {"text", SERVER_BODY},
                  {"dot", SERVER_DOT}};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (script_takes(&play->script, places[i].word)) {
            *ret = places[i].place;
            return true;
        }
    return play_fails(play, "where? greeting, login, MAIL, RCPT, DATA, text, dot");
}

/* The end of a fault's line: to ADDRESS, at PLACE, after dot, N times, until T. */
static bool take_fault(struct play *play, struct server_fault *fault)
{
    struct script *script = &play->script;
    int64_t times;
    while (!script_is_done(script)) {
        if (script_takes(script, "to")) {
            fault->address = script_take(script);
        } else if (script_takes(script, "before") || script_takes(script, "at")) {
            if (!take_place(play, &fault->place))
                return false;
        } else if (script_takes(script, "after")) {
            if (!take_place(play, &fault->place))
                return false;
            fault->deed = fault->deed == SERVER_SILENCE ? SERVER_TAKES_SILENCE : SERVER_TAKES_CUTS;
        } else if (script_takes(script, "once")) {
            fault->times = 1;
        } else if (script_takes(script, "until")) {
            if (!take_time(play, &fault->until))
                return false;
        } else if (script_takes_number(script, &times) && script_takes(script, "times")) {
            fault->times = (int)times;
        } else {
            return play_fails(play,
                              "\"%s\": a fault has: to, at, before, after, once, N times, "
                              "until",
                              script_peek(script));
        }
    }
    return true;
}

/* "451" or "451 4.7.1 \"come back\"": one reply line. */
static const char *take_reply(struct play *play)
{
    struct script *script = &play->script;
    const char *reply = script_take(script);
    if (script_peek(script)[0] && char_is_digit(script_peek(script)[0]) &&
        strchr(script_peek(script), '.'))
        reply = arena_printf(play->arena, "%s %s", reply, script_take(script));
    if (script->at < script->count && script->is_quoted[script->at])
        reply = arena_printf(play->arena, "%s %s", reply, script_take(script));
    return reply;
}

static bool set_pace(struct play *play, struct server *server)
{
    int64_t number, usec;
    size_t before = play->script.at;
    if (script_takes_number(&play->script, &number) && script_takes(&play->script, "bytes")) {
        server_set_pace(server, 0, (size_t)number);
        return true;
    }
    play->script.at = before;
    if (!script_takes_span(&play->script, &usec))
        return play_fails(play, "write: RELAY takes 7 bytes, or RELAY takes 20 seconds");
    server_set_pace(server, usec, 0);
    return true;
}

static bool do_relay(struct play *play)
{
    struct script *script = &play->script;
    struct server_fault fault = {.place = SERVER_RCPT, .times = -1, .until = INSTANT_NEVER};
    int64_t number = 1;
    (void)script_takes_number(script, &number); /* the first, unless said */
    struct server *server = stage_server(play->stage, (size_t)number - 1);
    if (script_takes(script, "takes"))
        return set_pace(play, server);
    if (script_takes(script, "answers")) {
        fault.reply = take_reply(play);
        fault.deed = strncmp(fault.reply, "421", 3) == 0 ? SERVER_REPLIES_CUTS : SERVER_REPLIES;
    } else if (script_takes(script, "drops")) {
        fault.deed = SERVER_CUTS;
        fault.place = SERVER_DOT;
    } else if (script_takes(script, "is") && script_takes(script, "silent")) {
        fault.deed = SERVER_SILENCE;
        fault.place = SERVER_DOT;
    } else if (script_takes(script, "down")) {
        fault.deed = SERVER_CUTS;
        fault.place = SERVER_CONNECT;
    } else if (script_takes(script, "up") || script_takes(script, "well")) {
        server_clear_faults(server);
        return true;
    } else if (script_takes(script, "refuses") && script_takes(script, "login")) {
        fault.deed = SERVER_REPLIES;
        fault.place = SERVER_LOGIN;
    } else if (script_takes(script, "knows") && script_takes(script, "no")) {
        (void)script_takes(script, "pipelining");
        server_set_pipelining(server, false);
        return true;
    } else {
        return play_fails(play, "a relay: answers, drops, is silent, is down, is well, refuses "
                                "login, takes, knows no pipelining");
    }
    if (!take_fault(play, &fault))
        return false;
    server_add_fault(server, &fault);
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
    {"CALENDAR", do_calendar},
    {"EVENT", do_event},
    {"MOVE", do_move},
    {"CANCEL", do_cancel},
    {"REMOVE", do_remove},
    {"CHANGE", do_change},
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
    {"RELAY", do_relay},
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
