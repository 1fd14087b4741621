/* SPDX-License-Identifier: MIT */
#include "calendar/moment.h"

bool moment_is_midnight(struct civil_time time)
{
    return time.hour == 0 && time.minute == 0 && time.second == 0;
}

int64_t moment_day(const struct moment *moment, const struct zone *calendar_zone)
{
    struct civil_time time = moment->stamp.time;
    if (moment->stamp.is_utc && !moment_is_midnight(time))
        time = zone_to_civil(calendar_zone, zone_to_instant(moment->zone, time, NULL));
    return civil_date_to_days(time.date);
}

int64_t moment_wall(const struct moment *moment, const struct zone *zone)
{
    if (!moment->zone || moment->zone == zone)
        return civil_time_to_sec(moment->stamp.time);
    struct instant t = zone_to_instant(moment->zone, moment->stamp.time, NULL);
    return civil_time_to_sec(zone_to_civil(zone, t));
}
