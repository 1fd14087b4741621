/* SPDX-License-Identifier: MIT */
/* tzrule: a POSIX TZ string as the footer of a TZif file has it (RFC 9636 3.3.1): the rule of all
 * years after the last transition that the file lists. Only base/tzif uses it.                   */
#ifndef CONVIER_BASE_TZRULE_H
#define CONVIER_BASE_TZRULE_H

#include "base/civil.h"

enum tzrule_form {
    TZRULE_JULIAN,     /* Jn: day 1 to 365, 29 February is never counted */
    TZRULE_ZERO_BASED, /* n: day 0 to 365, 29 February counts */
    TZRULE_WEEKDAY     /* Mm.w.d: weekday d (0 = Sunday) of week w, 5 = the last one */
};

struct tzrule_date {
    enum tzrule_form form;
    int day, month, week;
    int32_t time_sec; /* wall clock before the change, -167 h to 167 h */
};

struct tzrule {
    struct text standard, daylight;                   /* abbreviations, slices of the parsed text */
    int32_t standard_offset_sec, daylight_offset_sec; /* east of Greenwich is positive */
    bool has_daylight;
    struct tzrule_date start, end; /* of daylight time */
};

/* The whole text, strict; a daylight name without dates is refused: no file leaves them out. */
bool tzrule_parse(struct text text, struct tzrule *ret);

/* UTC seconds of the change to (or from) daylight time in a year between 2 and 9998. */
int64_t tzrule_change_sec(const struct tzrule *rule, int year, bool is_to_daylight);

#endif
