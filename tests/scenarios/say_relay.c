/* SPDX-License-Identifier: MIT */
/* What the relay does. */
#include "say.h"

#include <string.h>

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
            if (!play_takes_time(play, &fault->until))
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

bool say_relay(struct play *play)
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
