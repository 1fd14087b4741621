/* SPDX-License-Identifier: MIT */
/* civil: day counts by era arithmetic. A year is taken to begin in March, so that the leap day is
 * its last and month lengths follow one formula; an era is 400 years, 146,097 days.              */
#include "base/civil.h"

#include <assert.h>
#include <string.h>

enum {
    DAYS_PER_ERA = 146097,
    DAYS_PER_CENTURY = 36524,
    DAYS_PER_FOUR_YEARS = 1460,
    DAYS_TO_EPOCH = 719468, /* from 0000-03-01 to 1970-01-01 */
    FIRST_DAY = -719162,    /* 0001-01-01 */
    LAST_DAY = 2932896,     /* 9999-12-31 */
    SEC_PER_DAY = 86400
};

static int64_t floor_divide(int64_t value, int64_t by)
{
    return value / by - (value % by < 0);
}

bool year_is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int month_length(int year, int month)
{
    static const int8_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    assert(month >= 1 && month <= 12);
    return month == 2 && year_is_leap(year) ? 29 : lengths[month - 1];
}

bool civil_date_is_valid(struct civil_date date)
{
    return date.year >= 1 && date.year <= 9999 && date.month >= 1 && date.month <= 12 &&
           date.day >= 1 && date.day <= month_length(date.year, date.month);
}

int64_t civil_date_to_days(struct civil_date date)
{
    int64_t year = date.year - (date.month <= 2);
    int64_t era = floor_divide(year, 400);
    int64_t year_of_era = year - era * 400;
    int64_t month_from_march = (date.month + 9) % 12;
    int64_t day_of_year = (153 * month_from_march + 2) / 5 + date.day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_PER_ERA + day_of_era - DAYS_TO_EPOCH;
}

/* Days outside the years 1 to 9999 stop at the nearest valid date: a caller that adds a great many
 * days must not meet a wrapped year.                                                             */
struct civil_date civil_date_from_days(int64_t days)
{
    days = days < FIRST_DAY ? FIRST_DAY : days > LAST_DAY ? LAST_DAY : days;
    int64_t since = days + DAYS_TO_EPOCH; /* positive: year 1 begins after 0000-03-01 */
    int64_t era = since / DAYS_PER_ERA;
    int64_t day_of_era = since % DAYS_PER_ERA;
    int64_t year_of_era = (day_of_era - day_of_era / DAYS_PER_FOUR_YEARS +
                           day_of_era / DAYS_PER_CENTURY - day_of_era / (DAYS_PER_ERA - 1)) /
                          365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_from_march = (5 * day_of_year + 2) / 153;
    int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    return (struct civil_date){
        .year = (int16_t)(era * 400 + year_of_era + (month <= 2)),
        .month = (int8_t)month,
        .day = (int8_t)(day_of_year - (153 * month_from_march + 2) / 5 + 1),
    };
}

int64_t civil_time_to_sec(struct civil_time time)
{
    return civil_date_to_days(time.date) * SEC_PER_DAY + time.hour * 3600 + time.minute * 60 +
           time.second;
}

struct civil_time civil_time_from_sec(int64_t wall_sec)
{
    int64_t days = floor_divide(wall_sec, SEC_PER_DAY);
    int second = (int)(wall_sec % SEC_PER_DAY);
    if (second < 0)
        second += SEC_PER_DAY;
    return (struct civil_time){
        .date = civil_date_from_days(days),
        .hour = (int8_t)(second / 3600),
        .minute = (int8_t)(second / 60 % 60),
        .second = (int8_t)(second % 60),
    };
}

enum weekday civil_date_weekday(struct civil_date date)
{
    int64_t days = civil_date_to_days(date) + THURSDAY; /* 1970-01-01 was a Thursday */
    return (enum weekday)(days - floor_divide(days, 7) * 7);
}

int civil_date_compare(struct civil_date a, struct civil_date b)
{
    if (a.year != b.year)
        return a.year < b.year ? -1 : 1;
    if (a.month != b.month)
        return a.month < b.month ? -1 : 1;
    return (a.day > b.day) - (a.day < b.day);
}

int civil_time_compare(struct civil_time a, struct civil_time b)
{
    int64_t left = civil_time_to_sec(a), right = civil_time_to_sec(b);
    return (left > right) - (left < right);
}

struct civil_date civil_date_add_days(struct civil_date date, int64_t days)
{
    int64_t sum;
    if (__builtin_add_overflow(civil_date_to_days(date), days, &sum))
        sum = days < 0 ? INT64_MIN : INT64_MAX;
    return civil_date_from_days(sum);
}

struct civil_date civil_date_add_months(struct civil_date date, int64_t months)
{
    const int64_t first = 12, last = 9999 * 12 + 11; /* January of year 1, December 9999 */
    int64_t sum;
    if (__builtin_add_overflow((int64_t)date.year * 12 + date.month - 1, months, &sum))
        sum = months < 0 ? INT64_MIN : INT64_MAX;
    sum = sum < first ? first : sum > last ? last : sum;
    int year = (int)(sum / 12), month = (int)(sum % 12) + 1;
    int length = month_length(year, month);
    return (struct civil_date){
        .year = (int16_t)year,
        .month = (int8_t)month,
        .day = date.day <= length ? date.day : (int8_t)length,
    };
}

struct civil_time civil_time_at(struct civil_date date, int hour, int minute)
{
    return (struct civil_time){.date = date, .hour = (int8_t)hour, .minute = (int8_t)minute};
}

/* A field of exactly `size` digits at the front of *rest. */
static bool digits_take(struct text *rest, size_t size, int *ret)
{
    int value = 0;
    if (rest->size < size)
        return false;
    for (size_t i = 0; i < size; i++) {
        if (!char_is_digit(rest->data[i]))
            return false;
        value = value * 10 + (rest->data[i] - '0');
    }
    *rest = text_from(*rest, size);
    *ret = value;
    return true;
}

static bool char_take(struct text *rest, char c)
{
    if (rest->size == 0 || rest->data[0] != c)
        return false;
    *rest = text_from(*rest, 1);
    return true;
}

bool civil_date_parse(struct text text, struct civil_date *ret)
{
    int year, month, day;
    if (!digits_take(&text, 4, &year) || !char_take(&text, '-') || !digits_take(&text, 2, &month) ||
        !char_take(&text, '-') || !digits_take(&text, 2, &day) || text.size != 0)
        return false;
    struct civil_date date = {(int16_t)year, (int8_t)month, (int8_t)day};
    if (!civil_date_is_valid(date))
        return false;
    *ret = date;
    return true;
}

bool clock_parse(struct text text, int *ret_minute_of_day)
{
    int hour, minute;
    if (!digits_take(&text, 2, &hour) || !char_take(&text, ':') ||
        !digits_take(&text, 2, &minute) || text.size != 0 || hour > 23 || minute > 59)
        return false;
    *ret_minute_of_day = hour * 60 + minute;
    return true;
}

void civil_date_format(struct civil_date date, char ret[11])
{
    static const char shape[11] = "0000-00-00";
    assert(civil_date_is_valid(date));
    memcpy(ret, shape, sizeof shape);
    for (int i = 3, year = date.year; i >= 0; i--, year /= 10)
        ret[i] = (char)('0' + year % 10);
    ret[5] = (char)('0' + date.month / 10);
    ret[6] = (char)('0' + date.month % 10);
    ret[8] = (char)('0' + date.day / 10);
    ret[9] = (char)('0' + date.day % 10);
}
