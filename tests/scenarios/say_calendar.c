/* SPDX-License-Identifier: MIT */
/* What happens to calendars. */
#include "say.h"

#include <stdlib.h>
#include <string.h>

enum { CALENDAR_BYTES_MAX = 1 << 20, NAME_BYTES = 512 };

static void put_agenda(struct play *play, const struct agenda *agenda)
{
    CLEANUP_BUF struct buf bytes = BUF_INIT(CALENDAR_BYTES_MAX);
    char name[NAME_BYTES];
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

bool say_calendar(struct play *play)
{
    struct text block;
    char file[NAME_BYTES];
    const char *name = script_take(&play->script);
    int line = play->script.line;
    if (!play_takes_block(play, &block))
        return false;
    if (!text_starts(text_trim(block), "BEGIN:VCALENDAR"))
        return read_entries(play, block, line, find_agenda(play, name));
    snprintf(file, sizeof file, "%s.ics", name);
    stage_put(play->stage, file, block);
    return true;
}

bool say_event(struct play *play)
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

bool say_move(struct play *play)
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

bool say_cancel(struct play *play)
{
    struct agenda *agenda;
    struct entry *entry = take_entry(play, &agenda);
    if (!entry)
        return false;
    entry->status = "CANCELLED";
    put_agenda(play, agenda);
    return true;
}

bool say_remove(struct play *play)
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
bool say_change(struct play *play)
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
