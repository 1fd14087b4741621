/* SPDX-License-Identifier: MIT */
#include "app/when.h"

enum { MONTH_END = 10000 * 12 }; /* after December 9999, counted from the year 0 */

const char *when_advice(void)
{
    return "write 2026-10-05, \"2026-10-05 09:00\", 2026-10-05T09:00:00+02:00, tomorrow, "
           "\"+7 days\" or now";
}

/* "09:00" or "09:00:30". */
static bool parse_clock(struct text text, struct civil_date date, struct civil_time *ret)
{
    int minute;
    int64_t second = 0;
    if (text.size == 8 && text.data[5] == ':') {
        if (!char_is_digit(text.data[6]) || !text_number(text_from(text, 6), 0, 59, &second))
            return false;
        text = text_slice(text, 0, 5);
    }
    if (!clock_parse(text, &minute))
        return false;
    *ret = civil_time_at(date, minute / 60, minute % 60);
    ret->second = (int8_t)second;
    return true;
}

/* A day, alone (midnight) or followed by a blank or T and an hour. */
static bool parse_day(struct text text, struct civil_date today, struct civil_time *ret)
{
    static const struct {
        const char *word;
        int days;
    } words[] = {{"today", 0}, {"tomorrow", 1}, {"yesterday", -1}};
    size_t size = 10;
    struct civil_date date;
    bool is_known = civil_date_parse(text_slice(text, 0, size), &date);
    for (size_t i = 0; i < sizeof words / sizeof *words && !is_known; i++) {
        if (!text_starts_nocase(text, words[i].word))
            continue;
        size = text_of(words[i].word).size;
        date = civil_date_add_days(today, words[i].days);
        is_known = civil_date_is_valid(date);
    }
    if (!is_known)
        return false;
    *ret = civil_time_at(date, 0, 0);
    if (text.size == size)
        return true;
    if (text.data[size] != ' ' && (text.data[size] != 'T' || size != 10))
        return false;
    return parse_clock(text_trim(text_from(text, size + 1)), date, ret);
}

static bool parse_offset(struct text text, struct instant now, const struct zone *zone,
                         struct instant *ret)
{
    struct span span;
    int sign = text.data[0] == '-' ? -1 : 1;
    if (!span_parse(text_trim(text_from(text, 1)), &span) || span.working_days)
        return false;
    struct instant moment = now;
    if (span.months || span.days) {
        struct civil_time time = zone_to_civil(zone, now);
        int64_t month = time.date.year * 12 + time.date.month - 1 + (int64_t)sign * span.months;
        if (month < 12 || month >= MONTH_END)
            return false;
        time.date = civil_date_add_months(time.date, (int64_t)sign * span.months);
        time.date = civil_date_add_days(time.date, (int64_t)sign * span.days);
        if (!civil_date_is_valid(time.date))
            return false;
        moment = zone_to_instant(zone, time, NULL);
    }
    *ret = instant_add(moment, sign * span.usec);
    return true;
}

bool when_parse(struct text text, struct instant now, const struct zone *zone, struct instant *ret)
{
    struct civil_time time;
    text = text_trim(text);
    if (text.size == 0)
        return false;
    if (text_is_nocase(text, "now")) {
        *ret = now;
        return true;
    }
    if (text.data[0] == '+' || text.data[0] == '-')
        return parse_offset(text, now, zone, ret);
    if (instant_parse_rfc3339(text, ret))
        return true;
    if (!parse_day(text, zone_to_civil(zone, now).date, &time))
        return false;
    *ret = zone_to_instant(zone, time, NULL);
    return true;
}
