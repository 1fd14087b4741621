/* SPDX-License-Identifier: MIT */
#include "agenda.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usual_category[] = "Groupe-pays Japon";

/* --- words ----------------------------------------------------------------------------------- */

/* "14:00-16:00" */
static bool take_hours(struct script *script, struct entry *entry)
{
    struct text word = text_of(script_peek(script));
    size_t dash = text_find_char(word, '-');
    int from, until;
    if (!clock_parse(text_slice(word, 0, dash), &from) ||
        !clock_parse(text_from(word, dash + 1), &until))
        return false;
    script->at++;
    entry->from_minute = from;
    entry->until_minute = until < from ? until + 24 * 60 : until;
    return true;
}

const char *agenda_read_when(struct script *script, struct zones *zones, struct entry *entry)
{
    struct text word = text_of(script_peek(script));
    size_t dots = text_find(word, TEXT(".."));
    if (dots < word.size) {
        if (!civil_date_parse(text_slice(word, 0, dots), &entry->day) ||
            !civil_date_parse(text_from(word, dots + 2), &entry->last_day))
            return "days are written 2026-03-20..2026-03-22";
        entry->is_all_day = true;
        script->at++;
        return NULL;
    }
    if (!script_takes_date(script, &entry->day))
        return "a date is missing, as 2026-03-20";
    entry->last_day = entry->day;
    entry->is_all_day = !take_hours(script, entry);
    (void)script_takes_zone(script, zones, &entry->zone); /* else as it was */
    return NULL;
}

const char *agenda_read_entry(struct script *script, struct zones *zones, const struct zone *zone,
                              struct entry *ret)
{
    *ret = (struct entry){.zone = zone, .category = usual_category};
    ret->uid = script_take(script);
    ret->title = script_take(script);
    const char *wrong = agenda_read_when(script, zones, ret);
    while (!wrong && !script_is_done(script)) {
        if (script_takes(script, "at"))
            ret->place = script_take(script);
        else if (script_takes(script, "category"))
            ret->category = script_take(script);
        else if (script_takes(script, "text"))
            ret->text = script_take(script);
        else if (script_takes(script, "link"))
            ret->link = script_take(script);
        else if (script_takes(script, "every"))
            ret->every = script_take(script);
        else if (script_takes(script, "tentative"))
            ret->status = "TENTATIVE";
        else if (script_takes(script, "cancelled"))
            ret->status = "CANCELLED";
        else
            wrong = "an event has: at, category, text, link, every, tentative, cancelled";
    }
    return wrong;
}

/* --- entries --------------------------------------------------------------------------------- */

static struct entry *find(struct agenda *agenda, const char *uid, const struct civil_date *on)
{
    for (size_t i = 0; i < agenda->entries.count; i++) {
        struct entry *entry = &agenda->entries.items[i];
        if (strcmp(entry->uid, uid) == 0 && entry->is_override == (on != NULL) &&
            (!on || civil_date_compare(entry->on, *on) == 0))
            return entry;
    }
    return NULL;
}

static struct entry *add(struct arena *arena, struct agenda *agenda)
{
    struct entry *slot = list_add(arena, &agenda->entries);
    if (!slot)
        abort();
    return slot;
}

struct entry *agenda_find(struct arena *arena, struct agenda *agenda, const char *uid,
                          const struct civil_date *on)
{
    struct entry *entry = find(agenda, uid, on);
    const struct entry *series = entry ? NULL : find(agenda, uid, NULL);
    if (entry || !series)
        return entry;
    struct entry override = *series;
    override.every = NULL;
    override.is_override = true;
    override.on = *on;
    override.last_day = civil_date_add_days(*on, civil_date_to_days(series->last_day) -
                                                     civil_date_to_days(series->day));
    override.day = *on;
    entry = add(arena, agenda);
    *entry = override;
    return entry;
}

void agenda_put(struct arena *arena, struct agenda *agenda, const struct entry *entry)
{
    struct entry *slot = find(agenda, entry->uid, NULL);
    if (!slot)
        slot = add(arena, agenda);
    *slot = *entry;
}

void agenda_drop(struct agenda *agenda, const char *uid)
{
    size_t kept = 0;
    for (size_t i = 0; i < agenda->entries.count; i++)
        if (strcmp(agenda->entries.items[i].uid, uid) != 0)
            agenda->entries.items[kept++] = agenda->entries.items[i];
    agenda->entries.count = kept;
}

/* --- iCalendar ------------------------------------------------------------------------------- */

static void write_text(struct buf *out, const char *name, const char *value)
{
    if (!value)
        return;
    buf_printf(out, "%s:", name);
    for (const char *c = value; *c; c++) {
        if (strchr(",;\\", *c))
            buf_add_char(out, '\\');
        buf_add_char(out, *c);
    }
    buf_add_string(out, "\r\n");
}

static void write_time(struct buf *out, const char *name, const struct entry *entry,
                       struct civil_date day, int minute)
{
    day = civil_date_add_days(day, minute / (24 * 60));
    minute %= 24 * 60;
    if (entry->is_all_day)
        buf_printf(out, "%s;VALUE=DATE:%04d%02d%02d\r\n", name, day.year, day.month, day.day);
    else if (strcmp(zone_name(entry->zone), "UTC") == 0)
        buf_printf(out, "%s:%04d%02d%02dT%02d%02d00Z\r\n", name, day.year, day.month, day.day,
                   minute / 60, minute % 60);
    else
        buf_printf(out, "%s;TZID=%s:%04d%02d%02dT%02d%02d00\r\n", name, zone_name(entry->zone),
                   day.year, day.month, day.day, minute / 60, minute % 60);
}

static void write_entry(const struct agenda *agenda, const struct entry *entry,
                        const struct entry *series, struct buf *out)
{
    buf_printf(out, "BEGIN:VEVENT\r\nUID:%s\r\nDTSTAMP:20200101T000000Z\r\n", entry->uid);
    if (entry->is_override)
        write_time(out, "RECURRENCE-ID", series, entry->on, series->from_minute);
    write_time(out, "DTSTART", entry, entry->day, entry->from_minute);
    write_time(out, "DTEND", entry, civil_date_add_days(entry->last_day, entry->is_all_day),
               entry->until_minute);
    if (entry->every)
        buf_printf(out, "RRULE:%s\r\n", entry->every);
    for (size_t i = 0; i < agenda->entries.count && !entry->is_override; i++) {
        const struct entry *other = &agenda->entries.items[i];
        if (other->is_removed && strcmp(other->uid, entry->uid) == 0)
            write_time(out, "EXDATE", entry, other->on, entry->from_minute);
    }
    write_text(out, "SUMMARY", entry->title);
    write_text(out, "LOCATION", entry->place);
    write_text(out, "CATEGORIES", entry->category);
    write_text(out, "DESCRIPTION", entry->text);
    if (entry->link)
        buf_printf(out, "CONFERENCE;VALUE=URI:%s\r\n", entry->link);
    if (entry->status)
        buf_printf(out, "STATUS:%s\r\n", entry->status);
    buf_add_string(out, "END:VEVENT\r\n");
}

void agenda_write(const struct agenda *agenda, struct buf *out)
{
    buf_add_string(out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Scenario//EN\r\n");
    for (size_t i = 0; i < agenda->entries.count; i++) {
        const struct entry *entry = &agenda->entries.items[i];
        const struct entry *series = entry;
        if (entry->is_removed)
            continue;
        for (size_t k = 0; k < agenda->entries.count && entry->is_override; k++)
            if (!agenda->entries.items[k].is_override &&
                strcmp(agenda->entries.items[k].uid, entry->uid) == 0)
                series = &agenda->entries.items[k];
        write_entry(agenda, entry, series, out);
    }
    buf_add_string(out, "END:VCALENDAR\r\n");
}
