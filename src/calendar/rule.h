/* SPDX-License-Identifier: MIT */
/* rule: a recurrence rule (RFC 5545 3.3.10) as values; calendar/stepper gives its times.
 *
 * Of RFC 7529 the Gregorian calendar and SKIP are understood; rules of other calendars are refused.
 *
 * HOURLY to YEARLY with every BY part. SECONDLY and MINUTELY are refused: nobody is invited every
 * minute, and such rules are how a feed makes a reader spin.                                     */
#ifndef CONVIER_CALENDAR_RULE_H
#define CONVIER_CALENDAR_RULE_H

#include "base/list.h"
#include "calendar/value.h"

enum frequency {
    FREQUENCY_YEARLY,
    FREQUENCY_MONTHLY,
    FREQUENCY_WEEKLY,
    FREQUENCY_DAILY,
    FREQUENCY_HOURLY
};

/* "2MO", "-1FR". */
struct rule_nth {
    int8_t weekday;
    int8_t nth; /* never 0 */
};

struct rule_numbers {
    int16_t *items; /* ascending as written; NULL = part absent */
    size_t count;
};

/* SKIP (RFC 7529): what becomes of days that do not exist, such as 31 April. */
enum rule_skip { RULE_SKIP_OMIT, RULE_SKIP_BACKWARD, RULE_SKIP_FORWARD };

struct rule {
    enum frequency frequency;
    enum weekday week_start;
    enum rule_skip skip;
    int32_t interval;
    int64_t count; /* 0 = no COUNT */
    bool has_until;
    struct stamp until;
    uint32_t months;           /* bit 1-12 */
    uint32_t month_days;       /* bit 1-31 */
    uint32_t month_days_back;  /* bit 1-31: -1 is the last */
    uint32_t hours;            /* bit 0-23 */
    uint64_t minutes, seconds; /* bit 0-59 */
    uint8_t weekdays;          /* bit MONDAY-SUNDAY, those without a number */
    struct rule_nth *nths;
    size_t nth_count;
    struct rule_numbers weeks, year_days, positions;
};

enum { RULE_E_MALFORMED = 1 };

/* Reads the value of an RRULE. *ret_complaint says in a few words what is wrong (with
 * RULE_E_MALFORMED) or what was read with a guess (with 0); NULL when all is well. It lives in the
 * arena. 0, RULE_E_MALFORMED or -ENOMEM.                                                         */
int rule_parse(struct arena *arena, struct text raw, struct rule *ret, const char **ret_complaint);

bool rule_equal(const struct rule *a, const struct rule *b);

#endif
