/* SPDX-License-Identifier: MIT */
/* span: a stretch of calendar time as people write it in settings: "20 min", "2 h", "7 days",
 * "10 working days", "3 months", "0 days". Days and months are civil, never multiples of 24 hours.
 */
#ifndef CONVIER_BASE_SPAN_H
#define CONVIER_BASE_SPAN_H

#include "base/civil.h"

struct span {
    int32_t months;
    int32_t days;
    int32_t working_days;
    int64_t usec; /* minutes and hours: exact */
};

/* One number and one unit, singular or plural: s, sec, min, minute, h, hour, day, working day,
 * week, month, year. The number is 0 to 100000. False: not a span.                               */
bool span_parse(struct text text, struct span *ret);
bool span_is_zero(struct span span);
/* About how long, for comparisons and limits: a month counts 30 days, a working day 1.4. */
int64_t span_rough_usec(struct span span);

#endif
