/* SPDX-License-Identifier: MIT */
#include "simulation/acts.h"

#include <stdio.h>
#include <string.h>

#include "simulation/play_inside.h"

/* --- staff ------------------------------------------------------------------------------------ */

void acts_put_files(struct play *play)
{
    for (int i = 0; i < DESK_FILES; i++) {
        CLEANUP_BUF struct buf now = BUF_INIT(PLAY_FILE_BYTES_MAX);
        struct buf *before = &play->files[i];
        const char *name = desk_file(play->story, &play->desk, i, &now);
        if (!name || text_equal(buf_text(&now), buf_text(before)))
            continue;
        bool is_web = strncmp(name, DESK_WEB, sizeof DESK_WEB - 1) == 0;
        play->is_page_new |= is_web;
        if (is_web)
            stage_put_web(play->stage, name, now.size ? buf_text(&now) : (struct text){0});
        else if (now.size)
            stage_put(play->stage, name, buf_text(&now));
        else
            stage_remove(play->stage, name);
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

void acts_write_wishes(struct play *play)
{
    for (int c = 0; c < play->story->contact_count; c++) {
        char address[40];
        desk_address(c, address);
        if (play->wants_forgotten[c] && !play->is_forgotten[c] &&
            command(play, "forget %s", address) == 0) {
            play->is_forgotten[c] = play->is_opposed[c] = true;
            oracle_oppose(&play->oracle, c, true, stage_now(play->stage));
        }
        /* Who is forgotten is never written to again, whatever he says. */
        if (play->is_opposed[c] == play->wants_opposed[c] || play->is_forgotten[c])
            continue;
        if (command(play, play->wants_opposed[c] ? "suppress %s" : "unsuppress %s", address))
            continue;
        play->is_opposed[c] = play->wants_opposed[c];
        oracle_oppose(&play->oracle, c, play->is_opposed[c], stage_now(play->stage));
    }
    if (play->is_paused != play->wants_paused &&
        command(play, play->wants_paused ? "pause%s" : "resume%s", "") == 0)
        play->is_paused = play->wants_paused;
}

void acts_review_holds(struct play *play)
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
    letters_trouble(play, act->kind);
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
            play_start_later(play, 0);
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
        play_start_later(play, act->kind == ACT_RESTART ? 0 : act->who);
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
        letters_begin(&play->letters);
        break;
    case ACT_DISK_FULL:
    case ACT_DISK_BROKEN:
    case ACT_DISK_SOUND:
        stage_set_disk(stage, act->kind == ACT_DISK_FULL     ? DISK_FULL
                              : act->kind == ACT_DISK_BROKEN ? DISK_BROKEN
                                                             : DISK_SOUND);
        play->is_disk_sound = act->kind == ACT_DISK_SOUND;
        letters_trouble(play, act->kind);
        break;
    default:
        end_program(play, act);
    }
}

void acts_apply(struct play *play, const struct act *act)
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
    else if (act->kind == ACT_FORGET)
        play->wants_forgotten[act->who] = true;
    else if (act->kind == ACT_RETRY)
        (void)command(play, "retry --all%s", "");
    else if (act->kind == ACT_PAUSE || act->kind == ACT_RESUME)
        play->wants_paused = act->kind == ACT_PAUSE;
    else
        desk_apply(play->story, act, &play->desk);
    acts_put_files(play);
    if (is_settings && stage_is_running(play->stage)) { /* SIGHUP */
        stage_stop(play->stage);
        play_start(play);
    }
    acts_write_wishes(play);
    play_look(play);
}
