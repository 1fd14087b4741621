/* SPDX-License-Identifier: MIT */
#include "model/event.h"

#include <stdio.h>

/* A reader without the language of a text is better served by English than by the third one. */
const char *words_in(const struct words *words, enum language language)
{
    static const enum language order[] = {LANGUAGE_EN, LANGUAGE_FR, LANGUAGE_JA};
    if (words->in[language])
        return words->in[language];
    if (words->any)
        return words->any;
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        if (words->in[order[i]])
            return words->in[order[i]];
    return NULL;
}

const char *event_state_to_text(enum event_state state)
{
    static const char *const texts[] = {
        [EVENT_ALIVE] = "alive",
        [EVENT_TENTATIVE] = "tentative",
        [EVENT_POSTPONED] = "postponed",
        [EVENT_CANCELLED] = "cancelled",
    };
    return texts[state];
}

static void day_format(struct civil_date date, char ret[9])
{
    char dashed[11];
    civil_date_format(date, dashed);
    for (int from = 0, to = 0; from < 11; from++)
        if (dashed[from] != '-')
            ret[to++] = dashed[from];
}

void recurrence_id_format(struct recurrence_id id, char ret[20])
{
    ret[0] = '\0';
    if (id.kind == RECURRENCE_DATE) {
        day_format(id.date, ret);
    } else if (id.kind == RECURRENCE_INSTANT) {
        struct civil_time time = civil_time_from_sec(instant_sec(id.instant));
        day_format(time.date, ret);
        snprintf(ret + 8, 12, "T%02u%02u%02uZ", (unsigned)time.hour % 24,
                 (unsigned)time.minute % 60, (unsigned)time.second % 60);
    }
}

static struct instant midnight(struct civil_date date, const struct zone *zone)
{
    return zone_to_instant(zone, civil_time_at(date, 0, 0), NULL);
}

struct instant when_start(const struct when *when, const struct zone *zone)
{
    return when->is_all_day ? midnight(when->first_day, zone) : when->start;
}

struct instant when_end(const struct when *when, const struct zone *zone)
{
    return when->is_all_day ? midnight(when->end_day, zone) : when->end;
}

struct civil_date when_day(const struct when *when)
{
    return when->is_all_day ? when->first_day : zone_to_civil(when->zone, when->start).date;
}

bool when_equal(const struct when *a, const struct when *b)
{
    if (a->is_all_day != b->is_all_day)
        return false;
    if (a->is_all_day)
        return civil_date_compare(a->first_day, b->first_day) == 0 &&
               civil_date_compare(a->end_day, b->end_day) == 0;
    return instant_equal(a->start, b->start) && instant_equal(a->end, b->end);
}
