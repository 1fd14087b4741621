/* SPDX-License-Identifier: MIT */
#include "simulation/story.h"

#include "base/civil.h"

enum { DAY_SEC = 86400 };

static const char *const act_texts[] = {
#define STORY_TEXT(name, text) text,
    STORY_ACTS(STORY_TEXT)
#undef STORY_TEXT
};

/* --- time ------------------------------------------------------------------------------------ */

struct instant story_time(const struct story *story, int64_t sec)
{
    return instant_add(story->start, sec * USEC_PER_SEC);
}

const char *story_zone_name(enum story_zone zone)
{
    return zone == STORY_PARIS ? "Europe/Paris" : "Asia/Tokyo";
}

enum story_zone story_other_zone(enum story_zone zone)
{
    return zone == STORY_PARIS ? STORY_TOKYO : STORY_PARIS;
}

/* The European Union's summer: from the last Sunday of March to that of October, 01:00 UTC. */
static bool is_summer(struct civil_time utc)
{
    int month = utc.date.month, day = utc.date.day;
    if (month != 3 && month != 10)
        return month > 3 && month < 10;
    /* 1970-01-01 was a Thursday. */
    int weekday = (int)((civil_date_to_days(utc.date) + 4) % 7); /* 0 = Sunday */
    int last_sunday_day = day - weekday + 35;
    while (last_sunday_day > 31)
        last_sunday_day -= 7;
    bool is_past = day > last_sunday_day || (day == last_sunday_day && utc.hour >= 1);
    return (month == 3) == is_past;
}

struct instant story_local(const struct story *story, enum story_zone zone, int day, int hour,
                           int minute)
{
    struct instant utc =
        story_time(story, (int64_t)day * DAY_SEC + hour * INT64_C(3600) + minute * INT64_C(60));
    if (zone == STORY_TOKYO)
        return instant_add(utc, -9 * USEC_PER_HOUR);
    struct instant winter = instant_add(utc, -USEC_PER_HOUR);
    return is_summer(civil_time_from_sec(instant_sec(winter))) ? instant_add(winter, -USEC_PER_HOUR)
                                                               : winter;
}

/* --- people ---------------------------------------------------------------------------------- */

bool story_in_set(const struct story_wording *wording, unsigned groups)
{
    bool a = groups >> wording->a & 1, b = groups >> wording->b & 1;
    if (wording->is_absent)
        return false;
    switch (wording->set) {
    case STORY_AND:
        return a && b;
    case STORY_OR:
        return a || b;
    case STORY_WITHOUT:
        return a && !b;
    case STORY_GROUP:
        return a;
    default:
        return true;
    }
}

/* --- for people ------------------------------------------------------------------------------ */

void story_print(const struct story *story, struct buf *out)
{
    for (int i = 0; i < story->act_count; i++) {
        const struct act *act = &story->acts[i];
        struct civil_time at = civil_time_from_sec(instant_sec(story_time(story, act->at_sec)));
        char day[11];
        if (act->is_dropped)
            continue;
        civil_date_format(at.date, day);
        buf_printf(out, "%s %02d:%02d:%02d  ", day, at.hour, at.minute, at.second);
        int values[] = {act->who, act->a, act->b}, next = 0;
        for (const char *c = act_texts[act->kind]; *c; c++) {
            if (c[0] == '%' && c[1] == 'd') {
                buf_printf(out, "%d", values[next++]);
                c++;
            } else {
                buf_printf(out, "%c", *c);
            }
        }
        buf_printf(out, "\n");
    }
}
