/* SPDX-License-Identifier: MIT */
/* A rule is derived, not looked up: the changes of the years around the occurrence are compared,
 * and "the last Sunday of March at two" stands if it gives every one of them. The bigger offset is
 * called DAYLIGHT whatever the system's flag says (Ireland's winter is its "daylight" there):
 * readers only ask for the offsets, Outlook for the difference.                                  */
#include "calendar/observances.h"

#include <stdio.h>

enum { YEARS_AROUND = 2, CHANGES_MAX = 64 };

struct change {
    struct civil_time wall; /* on the clock before it */
    int32_t from_sec, to_sec;
    const char *abbreviation;
};

/* "MONTH's NTH WEEKDAY at TIME", yearly. */
struct pattern {
    int month;
    int nth; /* 1 to 4, or -1 */
    enum weekday weekday;
    int64_t clock_sec;
    int32_t from_sec, to_sec;
};

static int nth_of(struct civil_date date, bool is_last)
{
    return is_last ? -1 : (date.day - 1) / 7 + 1;
}

static bool fits(const struct pattern *pattern, const struct change *change)
{
    struct civil_date date = change->wall.date;
    bool is_last = date.day + 7 > month_length(date.year, date.month);
    int64_t clock = change->wall.hour * 3600 + change->wall.minute * 60 + change->wall.second;
    return date.month == pattern->month && civil_date_weekday(date) == pattern->weekday &&
           (pattern->nth == -1 ? is_last : nth_of(date, false) == pattern->nth) &&
           clock == pattern->clock_sec && change->from_sec == pattern->from_sec &&
           change->to_sec == pattern->to_sec;
}

static size_t gather(const struct zone *zone, struct instant from, struct instant until,
                     struct change changes[CHANGES_MAX])
{
    size_t count = 0;
    while (count < CHANGES_MAX && zone_next_transition(zone, from, &from) &&
           instant_before(from, until)) {
        struct zone_state before = zone_state_at(zone, (struct instant){from.utc_usec - 1});
        struct zone_state after = zone_state_at(zone, from);
        if (before.offset_sec == after.offset_sec)
            continue;
        changes[count++] = (struct change){
            .wall = civil_time_from_sec(instant_sec(from) + before.offset_sec),
            .from_sec = before.offset_sec,
            .to_sec = after.offset_sec,
            .abbreviation = after.abbreviation,
        };
    }
    return count;
}

/* The one pattern that gives all changes of a kind (every second one), if there is one. */
static bool derive(const struct change *changes, size_t count, size_t first, struct pattern *ret)
{
    struct civil_time wall = changes[first].wall;
    struct pattern pattern = {.month = wall.date.month,
                              .weekday = civil_date_weekday(wall.date),
                              .clock_sec = wall.hour * 3600 + wall.minute * 60 + wall.second,
                              .from_sec = changes[first].from_sec,
                              .to_sec = changes[first].to_sec};
    int nths[2] = {-1, nth_of(wall.date, false)};
    for (size_t k = 0; k < 2; k++) {
        bool is_right = true;
        pattern.nth = nths[k];
        for (size_t i = first; i < count; i += 2)
            is_right &= fits(&pattern, &changes[i]);
        if (is_right && pattern.nth < 5) {
            *ret = pattern;
            return true;
        }
    }
    return false;
}

static void add_offset(struct buf *out, const char *name, int32_t sec)
{
    char sign = sec < 0 ? '-' : '+';
    if (sec < 0)
        sec = -sec;
    buf_printf(out, "%s:%c%02d%02d", name, sign, sec / 3600, sec / 60 % 60);
    if (sec % 60)
        buf_printf(out, "%02d", sec % 60);
    buf_add_string(out, "\r\n");
}

static void add_part(struct buf *out, bool is_daylight, const struct change *change,
                     const char *rule)
{
    const struct civil_time *t = &change->wall;
    const char *name = is_daylight ? "DAYLIGHT" : "STANDARD";
    buf_printf(out, "BEGIN:%s\r\n", name);
    buf_printf(out, "DTSTART:%04d%02d%02dT%02d%02d%02d\r\n", t->date.year, t->date.month,
               t->date.day, t->hour, t->minute, t->second);
    if (rule)
        buf_printf(out, "RRULE:%s\r\n", rule);
    add_offset(out, "TZOFFSETFROM", change->from_sec);
    add_offset(out, "TZOFFSETTO", change->to_sec);
    if (change->abbreviation && *change->abbreviation)
        buf_printf(out, "TZNAME:%s\r\n", change->abbreviation);
    buf_printf(out, "END:%s\r\n", name);
}

/* The day of a pattern in 1970. */
static struct civil_time pattern_in_1970(const struct pattern *pattern)
{
    struct civil_date day = {1970, (int8_t)pattern->month, 1};
    if (pattern->nth == -1)
        day.day = (int8_t)month_length(1970, pattern->month);
    while (civil_date_weekday(day) != pattern->weekday)
        day = civil_date_add_days(day, pattern->nth == -1 ? -1 : 1);
    if (pattern->nth > 1)
        day = civil_date_add_days(day, 7 * (pattern->nth - 1));
    return civil_time_from_sec(civil_date_to_days(day) * 86400 + pattern->clock_sec);
}

static void add_pattern(struct buf *out, const struct pattern *pattern, struct change change)
{
    static const char *const days[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
    char rule[64];
    snprintf(rule, sizeof rule, "FREQ=YEARLY;BYMONTH=%d;BYDAY=%d%s", pattern->month, pattern->nth,
             days[pattern->weekday]);
    change.wall = pattern_in_1970(pattern);
    add_part(out, change.to_sec > change.from_sec, &change, rule);
}

static struct instant new_year(int year)
{
    return instant_from_sec(civil_date_to_days((struct civil_date){(int16_t)year, 1, 1}) * 86400);
}

void observances_format(const struct zone *zone, struct instant from, struct instant until,
                        struct buf *out)
{
    struct change changes[CHANGES_MAX];
    struct pattern first, second;
    int first_year = zone_to_civil(zone, from).date.year - YEARS_AROUND;
    int last_year = zone_to_civil(zone, until).date.year + YEARS_AROUND;
    struct instant begin = new_year(first_year < 1 ? 1 : first_year);
    size_t count = gather(zone, begin, new_year(last_year > 9998 ? 9999 : last_year + 1), changes);
    buf_printf(out, "BEGIN:VTIMEZONE\r\nTZID:%s\r\n", zone_name(zone));
    bool is_yearly = count == 2 * (size_t)(last_year - first_year + 1) &&
                     derive(changes, count, 0, &first) && derive(changes, count, 1, &second);
    if (is_yearly) {
        add_pattern(out, &second, changes[1]);
        add_pattern(out, &first, changes[0]);
    } else {
        struct zone_state state = zone_state_at(zone, begin);
        struct change initial = {.wall = {.date = {1970, 1, 1}},
                                 .from_sec = state.offset_sec,
                                 .to_sec = state.offset_sec,
                                 .abbreviation = state.abbreviation};
        if (first_year < 1970)
            initial.wall.date.year = (int16_t)(first_year < 1 ? 1 : first_year);
        add_part(out, false, &initial, NULL);
        for (size_t i = 0; i < count; i++)
            add_part(out, changes[i].to_sec > changes[i].from_sec, &changes[i], NULL);
    }
    buf_add_string(out, "END:VTIMEZONE\r\n");
}
