/* SPDX-License-Identifier: MIT */
/* civil: dates and wall-clock times without a zone, in the proleptic Gregorian calendar.
 *
 * Years 1 to 9999; a struct outside this range or with a day that does not exist is invalid and
 * only civil_date_is_valid may be asked about it.                                               */
#ifndef CONVIER_BASE_CIVIL_H
#define CONVIER_BASE_CIVIL_H

#include "base/instant.h"
#include "base/text.h"

struct civil_date {
    int16_t year;
    int8_t month; /* 1-12 */
    int8_t day;   /* 1-31 */
};

struct civil_time {
    struct civil_date date;
    int8_t hour;   /* 0-23 */
    int8_t minute; /* 0-59 */
    int8_t second; /* 0-59; a leap second is read as 59 */
};

enum weekday {
    MONDAY,
    TUESDAY,
    WEDNESDAY,
    THURSDAY,
    FRIDAY,
    SATURDAY,
    SUNDAY
}; /* ISO 8601 order */

bool civil_date_is_valid(struct civil_date date);
bool year_is_leap(int year);
int month_length(int year, int month); /* days */

/* Days since 1970-01-01, and back; what is beyond the years 1 to 9999 stops at their first or last
 * day, here and in additions.                                                                    */
int64_t civil_date_to_days(struct civil_date date);
struct civil_date civil_date_from_days(int64_t days);
/* Seconds since 1970-01-01T00:00:00 on the same wall clock, and back. */
int64_t civil_time_to_sec(struct civil_time time);
struct civil_time civil_time_from_sec(int64_t wall_sec);

enum weekday civil_date_weekday(struct civil_date date);
int civil_date_compare(struct civil_date a, struct civil_date b);
int civil_time_compare(struct civil_time a, struct civil_time b);
struct civil_date civil_date_add_days(struct civil_date date, int64_t days);
/* The same day some months on; the last day of the month where that day does not exist. */
struct civil_date civil_date_add_months(struct civil_date date, int64_t months);
struct civil_time civil_time_at(struct civil_date date, int hour, int minute);

/* "2026-10-05"; "09:00"; the whole text, strict. */
bool civil_date_parse(struct text text, struct civil_date *ret);
bool clock_parse(struct text text, int *ret_minute_of_day);
/* "2026-10-05" with NUL: 11 bytes. */
void civil_date_format(struct civil_date date, char ret[11]);

#endif
