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

bool moment_is_same(const struct moment *a, const struct moment *b, const struct zone *zone)
{
    if (a->stamp.is_date || b->stamp.is_date)
        return civil_date_compare(a->stamp.time.date, b->stamp.time.date) == 0;
    return instant_equal(zone_to_instant(a->zone ? a->zone : zone, a->stamp.time, NULL),
                         zone_to_instant(b->zone ? b->zone : zone, b->stamp.time, NULL));
}

int moment_read_zone(struct tzids *tzids, const struct contentline *line, const struct zone **ret,
                     struct text *ret_value)
{
    const struct contentline_parameter *tzid = contentline_find(line, "TZID");
    struct text value = line->value;
    *ret = NULL;
    *ret_value = value;
    if (!tzid || (tzid->value.size == 0 && !tzids_has_nameless(tzids)))
        return 0;
    struct text name = tzid->value;
    size_t colon = value.size;
    while (colon > 0 && value.data[colon - 1] != ':')
        colon--;
    if (colon > 0 && name.data + name.size + 1 == value.data) {
        name.size += colon;
        *ret_value = text_from(value, colon);
    }
    return tzids_find(tzids, name, contentline_place_of(line, name), ret);
}

bool moment_read_stamp(struct flaws *flaws, struct text value, const struct contentline *line,
                       struct contentline_place place, struct stamp *ret)
{
    const struct contentline_parameter *type = contentline_find(line, "VALUE");
    value = text_trim(value);
    bool is_stray = value.size == 9 && char_lower(value.data[8]) == 'z';
    if (!stamp_parse(is_stray ? text_slice(value, 0, 8) : value, ret))
        return false;
    bool is_named_day = !ret->is_date && type && text_is_nocase(type->value, "DATE") &&
                        moment_is_midnight(ret->time);
    if (ret->is_day_end)
        flaws_add(flaws, SEVERITY_WARNING, place.line, place.column, NULL,
                  "\"%.*s\" is read as the midnight after that day", (int)value.size, value.data);
    if (is_stray || is_named_day)
        flaws_add(flaws, SEVERITY_WARNING, place.line, place.column, NULL,
                  "\"%.*s\" is read as that day", (int)value.size, value.data);
    else if (!ret->is_date && type && text_is_nocase(type->value, "DATE"))
        flaws_add(flaws, SEVERITY_WARNING, place.line, place.column, NULL,
                  "\"%.*s\" has an hour although VALUE=DATE stands before it; the hour holds",
                  (int)value.size, value.data);
    ret->is_date |= is_named_day;
    ret->is_utc &= !is_named_day;
    return true;
}

struct moment moment_on(struct zones *zones, struct stamp stamp, const struct zone *zone,
                        struct contentline_place place)
{
    const struct zone *utc = zones_utc(zones);
    struct moment moment = {.stamp = stamp, .zone = zone, .place = place, .is_set = true};
    if (stamp.is_date) {
        moment.zone = NULL;
    } else if (stamp.is_utc && zone && zone != utc) {
        moment.stamp.time = zone_to_civil(zone, zone_to_instant(utc, stamp.time, NULL));
        moment.stamp.is_utc = false;
    } else if (stamp.is_utc) {
        moment.zone = utc;
    }
    return moment;
}
