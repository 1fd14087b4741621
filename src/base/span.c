/* SPDX-License-Identifier: MIT */
#include "base/span.h"

enum { NUMBER_MAX = 100000 };

/* One row a unit: what one of it is. */
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

bool span_is_zero(struct span span)
{
    return !span.months && !span.days && !span.working_days && !span.usec;
}

int64_t span_rough_usec(struct span span)
{
    return span.months * 30 * USEC_PER_DAY + span.days * USEC_PER_DAY +
           span.working_days * (USEC_PER_DAY * 7 / 5) + span.usec;
}
