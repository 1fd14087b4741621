/* SPDX-License-Identifier: MIT */
/* dates_words: days and clocks of one language, the bricks of dates. */
#ifndef CONVIER_COMPOSE_DATES_WORDS_H
#define CONVIER_COMPOSE_DATES_WORDS_H

#include "base/buf.h"
#include "compose/dates.h"

enum { DATES_BYTES_MAX = 4096 };

/* What of a date is said. */
enum day_parts { DAY_WEEKDAY = 1, DAY_MONTH = 2, DAY_YEAR = 4, DAY_FULL = 7 };
void words_day(const struct dates *dates, struct buf *out, struct civil_date day, unsigned parts);
void words_clock(const struct dates *dates, struct buf *out, struct civil_time time);
/* After a clock: " (heure de Paris)", "（日本時間）", " (Paris, CEST)". */
void words_zone(const struct dates *dates, struct buf *out, const struct zone *zone,
                struct instant at);
/* One or several whole days, last included: "du 3 au 6 octobre 2026". */
void words_days(const struct dates *dates, struct buf *out, struct civil_date first,
                struct civil_date last, bool has_weekdays);

#endif
