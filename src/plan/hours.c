/* SPDX-License-Identifier: MIT */
#include "plan/hours.h"

#include <stdlib.h>
#include <string.h>

enum {
    MINUTES_PER_DAY = 24 * 60,
    WAKING_FROM = 7 * 60,
    WAKING_UNTIL = 22 * 60,
    BEFORE_QUIET = 30, /* minutes: a reminder pulled out of the evening leaves a little before it */
    MORNING = 8 * 60,  /* opens a day after a closed one, when no quiet hours are set */
    CLOSED_DAYS_MAX = 60, /* a calendar with more in a row is not believed */
};

/* --- places ---------------------------------------------------------------------------------- */

static const struct {
    const char *zone, *country;
} zone_countries[] = {
    {"Europe/Paris", "FR"},       {"Asia/Tokyo", "JP"},      {"Japan", "JP"},
    {"Indian/Reunion", "FR"},     {"Indian/Mayotte", "FR"},  {"America/Martinique", "FR"},
    {"America/Guadeloupe", "FR"}, {"America/Cayenne", "FR"}, {"Pacific/Noumea", "FR"},
    {"Pacific/Tahiti", "FR"},     {"Europe/Brussels", "BE"}, {"Europe/Luxembourg", "LU"},
    {"Europe/Berlin", "DE"},      {"Europe/London", "GB"},   {"Europe/Madrid", "ES"},
    {"Europe/Rome", "IT"},        {"Asia/Seoul", "KR"},      {"Europe/Zurich", "CH"},
};

static const char *country_of(const struct contact *contact)
{
    if (contact->country)
        return contact->country;
    const char *zone = zone_name(contact->zone);
    for (size_t i = 0; i < sizeof zone_countries / sizeof zone_countries[0]; i++)
        if (string_equal(zone, zone_countries[i].zone))
            return zone_countries[i].country;
    return NULL;
}

struct place place_of(const struct planner_input *input, const struct contact *contact)
{
    struct place place = {.zone = contact->zone};
    if (!input->holiday_count)
        return place;
    const char *country = country_of(contact);
    for (size_t i = 0; country && i < input->holiday_count; i++)
        if (text_is_nocase(text_of(country), input->holidays[i].country))
            place.holidays = &input->holidays[i];
    return place;
}

/* --- days ------------------------------------------------------------------------------------ */

static int compare_days(const void *a, const void *b)
{
    return civil_date_compare(*(const struct civil_date *)a, *(const struct civil_date *)b);
}

static bool is_holiday(const struct place *place, struct civil_date day)
{
    return place->holidays && place->holidays->count &&
           bsearch(&day, place->holidays->days, place->holidays->count, sizeof day, compare_days);
}

static bool is_weekend(struct civil_date day)
{
    return civil_date_weekday(day) >= SATURDAY;
}

static bool is_working_day(const struct place *place, struct civil_date day)
{
    return !is_weekend(day) && !is_holiday(place, day);
}

struct civil_date hours_add_working_days(const struct place *place, struct civil_date day,
                                         int count)
{
    int step = count < 0 ? -1 : 1;
    /* A holiday calendar that closes every day must not hang us: then all days count. */
    for (int closed = 0; count != 0;) {
        day = civil_date_add_days(day, step);
        if (is_working_day(place, day) || closed >= CLOSED_DAYS_MAX) {
            count -= step;
            closed = 0;
        } else {
            closed++;
        }
    }
    return day;
}

static bool is_closed(const struct quiet_settings *quiet, const struct place *place,
                      struct civil_date day)
{
    return (quiet->weekends && is_weekend(day)) || (quiet->holidays && is_holiday(place, day));
}

/* --- hours ----------------------------------------------------------------------------------- */

static bool has_hours(const struct quiet_settings *quiet)
{
    return quiet->from_minute != quiet->until_minute;
}

static bool spans_midnight(const struct quiet_settings *quiet)
{
    return quiet->from_minute > quiet->until_minute;
}

static bool is_quiet_minute(const struct quiet_settings *quiet, int minute)
{
    if (!has_hours(quiet))
        return false;
    return spans_midnight(quiet) ? minute >= quiet->from_minute || minute < quiet->until_minute
                                 : minute >= quiet->from_minute && minute < quiet->until_minute;
}

static int minute_of(struct civil_time time)
{
    return time.hour * 60 + time.minute;
}

static struct instant at_minute(const struct place *place, struct civil_date day, int minute)
{
    return zone_to_instant(place->zone, civil_time_at(day, minute / 60, minute % 60), NULL);
}

/* The minute at which a day after a closed one begins. */
static int opening(const struct quiet_settings *quiet)
{
    bool has_night = has_hours(quiet) && (spans_midnight(quiet) || quiet->from_minute == 0);
    return has_night ? quiet->until_minute : MORNING;
}

static bool is_quiet(const struct quiet_settings *quiet, const struct place *place,
                     struct instant t)
{
    struct civil_time local = zone_to_civil(place->zone, t);
    return is_closed(quiet, place, local.date) || is_quiet_minute(quiet, minute_of(local));
}

/* What waited over closed days does not leave at the stroke of midnight. */
static bool is_before_opening(const struct quiet_settings *quiet, const struct place *place,
                              struct instant t)
{
    struct civil_time local = zone_to_civil(place->zone, t);
    return minute_of(local) < opening(quiet) &&
           is_closed(quiet, place, civil_date_add_days(local.date, -1));
}

/* Shared by the two that move later: day and minute of the first open moment. */
static struct instant open_day(const struct quiet_settings *quiet, const struct place *place,
                               struct instant t, bool keeps_hour)
{
    struct civil_time local = zone_to_civil(place->zone, t);
    struct civil_date day = local.date;
    int minute = minute_of(local);

    if (is_quiet_minute(quiet, minute)) {
        if (spans_midnight(quiet) && minute >= quiet->from_minute)
            day = civil_date_add_days(day, 1);
        minute = quiet->until_minute;
    }
    struct civil_date first = day;
    for (int i = 0; i < CLOSED_DAYS_MAX && is_closed(quiet, place, day); i++)
        day = civil_date_add_days(day, 1);
    if (is_closed(quiet, place, day))
        return t;
    if (!keeps_hour && civil_date_compare(day, first) != 0)
        minute = opening(quiet);
    /* A clock change may put the answer before t: never go back. */
    return instant_max(t, at_minute(place, day, minute));
}

struct instant hours_open(const struct quiet_settings *quiet, const struct place *place,
                          struct instant t)
{
    if (is_quiet(quiet, place, t))
        return open_day(quiet, place, t, false);
    if (!is_before_opening(quiet, place, t))
        return t;
    int minute = opening(quiet);
    return instant_max(t, at_minute(place, zone_to_civil(place->zone, t).date, minute));
}

struct instant hours_move_later(const struct quiet_settings *quiet, const struct place *place,
                                struct instant t)
{
    return is_quiet(quiet, place, t) ? open_day(quiet, place, t, true) : t;
}

struct instant hours_move_earlier(const struct quiet_settings *quiet, const struct place *place,
                                  struct instant t)
{
    if (!is_quiet(quiet, place, t))
        return t;
    struct civil_time local = zone_to_civil(place->zone, t);
    struct civil_date day = local.date;
    int minute = minute_of(local);

    if (is_quiet_minute(quiet, minute)) {
        int last = quiet->from_minute - BEFORE_QUIET;
        if (last < 0) { /* quiet from midnight on */
            last += MINUTES_PER_DAY;
            day = civil_date_add_days(day, -1);
        }
        if (minute < quiet->from_minute) /* in the small hours: the evening before */
            day = civil_date_add_days(day, -1);
        if (is_quiet_minute(quiet, last))
            last = opening(quiet);
        minute = last;
    }
    for (int i = 0; i < CLOSED_DAYS_MAX && is_closed(quiet, place, day); i++)
        day = civil_date_add_days(day, -1);
    if (is_closed(quiet, place, day))
        return t;
    return instant_min(t, at_minute(place, day, minute));
}

struct instant hours_waking(const struct place *place, struct instant t)
{
    struct civil_time local = zone_to_civil(place->zone, t);
    int minute = minute_of(local);
    if (minute >= WAKING_FROM && minute < WAKING_UNTIL)
        return t;
    struct civil_date day = local.date;
    if (minute >= WAKING_UNTIL)
        day = civil_date_add_days(day, 1);
    return instant_max(t, at_minute(place, day, WAKING_FROM));
}
