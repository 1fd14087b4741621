/* SPDX-License-Identifier: MIT */
#include "base/span.h"

#include <stdio.h>

enum { NUMBER_MAX = 100000 };

/* One row a unit: what one of it is. Order matters to span_format: it prints the largest unit
 * that divides the span, and a week stays "7 days", as people count notice periods.              */
static const struct unit {
    const char *singular, *plural, *abbreviation;
    struct span one;
} units[] = {
    {"year", "years", NULL, {.months = 12}},
    {"month", "months", NULL, {.months = 1}},
    {"working day", "working days", NULL, {.working_days = 1}},
    {"day", "days", NULL, {.days = 1}},
    {"week", "weeks", NULL, {.days = 7}},
    {"hour", "hours", "h", {.usec = USEC_PER_HOUR}},
    {"minute", "minutes", "min", {.usec = USEC_PER_MIN}},
    {"second", "seconds", "s", {.usec = USEC_PER_SEC}},
    {"sec", "secs", NULL, {.usec = USEC_PER_SEC}},
    {"hr", "hrs", NULL, {.usec = USEC_PER_HOUR}},
    {"min", "mins", NULL, {.usec = USEC_PER_MIN}},
};
enum { UNIT_COUNT = sizeof units / sizeof units[0] };

/* "working   days" is "working days" too. */
static bool unit_is(struct text word, const char *name)
{
    size_t at = 0;
    for (; *name; name++) {
        if (at == word.size)
            return false;
        if (*name == ' ') {
            if (!char_is_blank(word.data[at]))
                return false;
            while (at < word.size && char_is_blank(word.data[at]))
                at++;
        } else if (char_lower(word.data[at++]) != *name) {
            return false;
        }
    }
    return at == word.size;
}

static const struct unit *unit_find(struct text word)
{
    for (size_t i = 0; i < UNIT_COUNT; i++) {
        const struct unit *unit = &units[i];
        if (unit_is(word, unit->singular) || unit_is(word, unit->plural) ||
            (unit->abbreviation && unit_is(word, unit->abbreviation)))
            return unit;
    }
    return NULL;
}

bool span_parse(struct text text, struct span *ret)
{
    int64_t number;
    size_t digits = 0;
    text = text_trim(text);
    while (digits < text.size && char_is_digit(text.data[digits]))
        digits++;
    if (!text_number(text_slice(text, 0, digits), 0, NUMBER_MAX, &number))
        return false;
    const struct unit *unit = unit_find(text_trim(text_from(text, digits)));
    if (!unit)
        return false;
    *ret = (struct span){
        .months = unit->one.months * (int32_t)number,
        .days = unit->one.days * (int32_t)number,
        .working_days = unit->one.working_days * (int32_t)number,
        .usec = unit->one.usec * number,
    };
    return true;
}

/* The span as a whole number of one unit, or -1. */
static int64_t span_count(struct span span, struct span one)
{
    if (one.months)
        return span.months && span.months % one.months == 0 ? span.months / one.months : -1;
    if (one.working_days)
        return span.working_days ? span.working_days : -1;
    if (one.days)
        return span.days && span.days % one.days == 0 ? span.days / one.days : -1;
    return span.usec && span.usec % one.usec == 0 ? span.usec / one.usec : -1;
}

void span_format(struct span span, char ret[32])
{
    for (size_t i = 0; i < UNIT_COUNT; i++) {
        int64_t count = span_count(span, units[i].one);
        if (count < 0)
            continue;
        if (units[i].abbreviation)
            snprintf(ret, 32, "%lld %s", (long long)count, units[i].abbreviation);
        else
            snprintf(ret, 32, "%lld %s", (long long)count,
                     count == 1 ? units[i].singular : units[i].plural);
        return;
    }
    snprintf(ret, 32, "0 days");
}

bool span_is_zero(struct span span)
{
    return !span.months && !span.days && !span.working_days && !span.usec;
}

int64_t span_rough_usec(struct span span)
{
    return span.months * 30 * USEC_PER_DAY + span.days * USEC_PER_DAY +
           span.working_days * (USEC_PER_DAY * 7 / 5) + span.usec;
}
