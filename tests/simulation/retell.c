/* SPDX-License-Identifier: MIT */
#include "simulation/retell.h"

#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "simulation/desk.h"

enum { FILE_BYTES_MAX = 1 << 20 };

static void tell_time(const struct story *story, int64_t sec, struct buf *out)
{
    struct civil_time at = civil_time_from_sec(instant_sec(story_time(story, sec)));
    char day[11];
    civil_date_format(at.date, day);
    buf_printf(out, "AT %s %02d:%02d UTC\n", day, at.hour, at.minute);
}

static void tell_block(const char *head, struct text body, struct buf *out)
{
    buf_printf(out, "%s\n", head);
    while (body.size) {
        buf_add_text(out, text_trim(text_next_line(&body)));
        buf_add_char(out, '\n');
    }
    buf_add_string(out, "END\n");
}

/* The files of which the act may have made others. */
static void tell_files(const struct story *story, const struct desk *desk, int first, int last,
                       struct buf *out)
{
    for (int i = first; i <= last; i++) {
        CLEANUP_BUF struct buf file = BUF_INIT(FILE_BYTES_MAX);
        char head[40] = "SETTINGS ARE";
        const char *name = desk_file(story, desk, i, &file);
        if (i)
            snprintf(head, sizeof head, "FILE %s IS", name);
        bool is_web = name && strncmp(name, DESK_WEB, sizeof DESK_WEB - 1) == 0;
        if (is_web)
            snprintf(head, sizeof head, "WEB %s IS", name);
        if (name && !file.size)
            buf_printf(out, is_web ? "WEB %s is down\n" : "FILE %s vanishes\n", name);
        else if (name)
            tell_block(head, buf_text(&file), out);
    }
}

static void tell_relay(const struct act *act, struct buf *out)
{
    char address[40];
    desk_address(act->who, address);
    switch (act->kind) {
    case ACT_RELAY_DOWN:
        buf_add_string(out, "RELAY is down\n");
        break;
    case ACT_RELAY_DEFERS:
        buf_printf(out, "RELAY answers 451 4.7.1 \"come back later\" to %s at RCPT\n", address);
        break;
    case ACT_RELAY_REFUSES:
        buf_printf(out, "RELAY answers 550 5.1.1 \"no such user\" to %s at RCPT\n", address);
        break;
    case ACT_RELAY_BUSY:
        buf_add_string(out, "RELAY answers 421 4.3.2 \"busy\" at greeting\n");
        break;
    case ACT_RELAY_FORGETS:
        buf_add_string(out, "RELAY drops after dot 2 times\n");
        break;
    case ACT_RELAY_CUTS:
        buf_add_string(out, "RELAY drops at text\n");
        break;
    case ACT_RELAY_STALLS:
        buf_add_string(out, "RELAY is silent at DATA\n");
        break;
    default:
        buf_add_string(out, "RELAY is well\n");
    }
}

/* Down for some minutes, then up again. */
static void tell_death(const struct story *story, const struct act *act, const char *how,
                       struct buf *out)
{
    buf_printf(out, "%s\n", how);
    tell_time(story, act->at_sec + act->who * INT64_C(60), out);
    buf_add_string(out, "START\n");
}

static void tell_host(const struct story *story, const struct act *act, struct buf *out)
{
    switch (act->kind) {
    case ACT_RESTART:
        buf_add_string(out, "RESTART\n");
        break;
    case ACT_KILL:
        tell_death(story, act, "KILL", out);
        break;
    case ACT_POWER_CUT:
        tell_death(story, act, "POWER fails", out);
        break;
    case ACT_DOOM:
        buf_printf(out, "# the program dies %s the %dth moment from now\n",
                   act->a ? "after" : "before", act->who);
        break;
    case ACT_OFF:
        buf_add_string(out, "STOP\n");
        break;
    case ACT_ON:
        buf_add_string(out, "START\n");
        break;
    case ACT_JUMP:
        buf_printf(out, "CLOCK jumps %+d minutes\n", act->who);
        break;
    default:
        buf_printf(out, "DISK %s\n",
                   act->kind == ACT_DISK_FULL     ? "full"
                   : act->kind == ACT_DISK_BROKEN ? "broken"
                                                  : "sound");
    }
}

static void tell_act(const struct story *story, const struct act *act, struct desk *desk,
                     struct buf *out)
{
    char address[40];
    tell_time(story, act->at_sec, out);
    desk_apply(story, act, desk);
    if (act->kind >= ACT_RESTART) {
        tell_host(story, act, out);
    } else if (act->kind >= ACT_RELAY_DOWN && act->kind <= ACT_RELAY_SOUND) {
        tell_relay(act, out);
    } else if (act->kind == ACT_PAUSE || act->kind == ACT_RESUME) {
        buf_printf(out, "%s\n", act->kind == ACT_PAUSE ? "PAUSE" : "RESUME");
    } else if (act->kind == ACT_OPPOSE || act->kind == ACT_ACCEPT) {
        desk_address(act->who, address);
        buf_printf(out, "%s %s\n", act->kind == ACT_OPPOSE ? "SUPPRESS" : "UNSUPPRESS", address);
    } else if (act->kind == ACT_RETRY) {
        buf_add_string(out, "RETRY --all\n");
    } else if (act->kind == ACT_FORGET) {
        desk_address(act->who, address);
        buf_printf(out, "FORGET %s\n", address);
    } else if (act->kind == ACT_SETTINGS) {
        tell_files(story, desk, 0, 0, out);
    } else if (act->kind <= ACT_FULL_SAVE) {
        tell_files(story, desk, 1, 2, out);
    } else {
        tell_files(story, desk, 3, 4, out);
    }
}

void retell(const struct story *story, const char *title, struct buf *out)
{
    struct desk desk;
    desk_init(story, &desk);
    buf_printf(out, "# %s\n", title);
    if (story->slice_asks)
        buf_printf(out, "# its passes took several turns (scenario --sliced)\n");
    tell_time(story, 0, out);
    for (int i = DESK_FILES - 1; i >= 0; i--) /* settings name the others */
        tell_files(story, &desk, i, i, out);
    if (!story->has_pipelining)
        buf_add_string(out, "RELAY knows no pipelining\n");
    for (int i = 0; i < story->act_count; i++)
        if (!story->acts[i].is_dropped)
            tell_act(story, &story->acts[i], &desk, out);
    tell_time(story, (int64_t)STORY_DAYS * 86400, out);
}
