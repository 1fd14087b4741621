/* SPDX-License-Identifier: MIT */
#include "base/civil.h"

#include <time.h>

#include "check.h"

static struct civil_date date(int year, int month, int day)
{
    return (struct civil_date){(int16_t)year, (int8_t)month, (int8_t)day};
}

/* Every day of the ten millennia: neighbours in the calendar are neighbours in the count. */
TEST(every_day_once)
{
    int64_t days = civil_date_to_days(date(1, 1, 1));
    enum weekday weekday = civil_date_weekday(date(1, 1, 1));
    int wrong = 0;
    CHECK_INT(weekday, MONDAY); /* of the proleptic calendar */
    for (int year = 1; year <= 9999; year++)
        for (int month = 1; month <= 12; month++)
            for (int day = 1; day <= month_length(year, month); day++) {
                struct civil_date d = date(year, month, day);
                wrong += !civil_date_is_valid(d);
                wrong += civil_date_to_days(d) != days;
                wrong += civil_date_compare(civil_date_from_days(days), d) != 0;
                wrong += civil_date_weekday(d) != weekday;
                days++;
                weekday = (enum weekday)((weekday + 1) % 7);
            }
    CHECK_INT(wrong, 0);
    CHECK_INT(days, civil_date_to_days(date(9999, 12, 31)) + 1);
}

TEST(four_hundred_years_against_libc)
{
    int wrong = 0;
    for (int64_t sec = -100LL * 365 * 86400; sec < 300LL * 365 * 86400; sec += 7 * 3600 + 1013) {
        time_t t = (time_t)sec;
        struct tm tm;
        struct civil_time time = civil_time_from_sec(sec);
        gmtime_r(&t, &tm);
        wrong += time.date.year != tm.tm_year + 1900 || time.date.month != tm.tm_mon + 1 ||
                 time.date.day != tm.tm_mday || time.hour != tm.tm_hour ||
                 time.minute != tm.tm_min || time.second != tm.tm_sec ||
                 civil_date_weekday(time.date) != (enum weekday)((tm.tm_wday + 6) % 7) ||
                 civil_time_to_sec(time) != sec;
    }
    CHECK_INT(wrong, 0);
}

TEST(four_centuries_repeat)
{
    for (int year = 1600; year < 2000; year++)
        for (int month = 1; month <= 12; month++) {
            CHECK_INT(civil_date_weekday(date(year, month, 1)),
                      civil_date_weekday(date(year + 400, month, 1)));
            CHECK_INT(month_length(year, month), month_length(year + 400, month));
        }
}

TEST(valid)
{
    static const struct {
        int year, month, day;
        bool is_valid;
    } rows[] = {
        {2024, 2, 29, true},  {2023, 2, 29, false}, {1900, 2, 29, false}, {2000, 2, 29, true},
        {2026, 4, 31, false}, {2026, 13, 1, false}, {2026, 0, 1, false},  {2026, 1, 0, false},
        {0, 1, 1, false},     {1, 1, 1, true},      {9999, 12, 31, true}, {10000, 1, 1, false},
        {-5, 1, 1, false},    {2026, -1, 1, false}, {2026, 1, -1, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CHECK_INT(civil_date_is_valid(date(rows[i].year, rows[i].month, rows[i].day)),
                  rows[i].is_valid);
}

TEST(adding)
{
    static const struct {
        const char *title;
        struct civil_date from;
        int64_t days, months;
        const char *want;
    } rows[] = {
        {"over a leap day", {2024, 2, 28}, 2, 0, "2024-03-01"},
        {"back over a leap day", {2024, 3, 1}, -1, 0, "2024-02-29"},
        {"a thousand days", {2026, 10, 5}, 1000, 0, "2029-07-01"},
        {"31 January and a month", {2026, 1, 31}, 0, 1, "2026-02-28"},
        {"31 January and a month, leap year", {2024, 1, 31}, 0, 1, "2024-02-29"},
        {"29 February and a year", {2024, 2, 29}, 0, 12, "2025-02-28"},
        {"back over the year's start", {2026, 1, 15}, 0, -1, "2025-12-15"},
        {"back many years", {2026, 3, 31}, 0, -25, "2024-02-29"},
        {"days stop at the end", {9999, 12, 1}, 1000, 0, "9999-12-31"},
        {"days stop at the start", {1, 1, 5}, -1000, 0, "0001-01-01"},
        {"days beyond any number", {2026, 1, 1}, INT64_MAX, 0, "9999-12-31"},
        {"days before any number", {1, 1, 1}, INT64_MIN, 0, "0001-01-01"},
        {"months stop at the end", {9999, 11, 30}, 0, INT64_MAX, "9999-12-30"},
        {"months stop at the start", {2026, 1, 31}, 0, INT64_MIN, "0001-01-31"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char got[11];
        struct civil_date sum = rows[i].months ? civil_date_add_months(rows[i].from, rows[i].months)
                                               : civil_date_add_days(rows[i].from, rows[i].days);
        civil_date_format(sum, got);
        CHECK_ROW(rows[i].title);
        CHECK_STRING(got, rows[i].want);
    }
}

TEST(parsing)
{
    static const struct {
        const char *text, *want; /* NULL: refused */
    } dates[] = {
        {"2026-10-05", "2026-10-05"}, {"0001-01-01", "0001-01-01"},
        {"9999-12-31", "9999-12-31"}, {"2026-10-5", NULL},
        {"2026-10-05 ", NULL},        {" 2026-10-05", NULL},
        {"2026/10/05", NULL},         {"2026-02-29", NULL},
        {"0000-01-01", NULL},         {"20261005", NULL},
        {"+026-10-05", NULL},         {"2026-1O-05", NULL},
        {"2026-10-05T", NULL},        {"", NULL},
        {"２０２６-10-05", NULL},
    };
    static const struct {
        const char *text;
        int minutes; /* -1: refused */
    } clocks[] = {
        {"09:00", 540}, {"00:00", 0}, {"23:59", 1439},  {"24:00", -1},
        {"09:60", -1},  {"9:00", -1}, {"09:00:00", -1}, {"0900", -1},
        {"09h00", -1},  {"", -1},     {" 09:00", -1},   {"-1:00", -1},
    };
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
        struct civil_date parsed = {1234, 5, 6};
        char got[11];
        CHECK_ROW(dates[i].text);
        CHECK_INT(civil_date_parse(text_of(dates[i].text), &parsed), dates[i].want != NULL);
        civil_date_format(parsed, got);
        CHECK_STRING(got, dates[i].want ? dates[i].want : "1234-05-06");
    }
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++) {
        int minutes = -1;
        CHECK_ROW(clocks[i].text);
        CHECK_INT(clock_parse(text_of(clocks[i].text), &minutes), clocks[i].minutes >= 0);
        CHECK_INT(minutes, clocks[i].minutes);
    }
}

TEST(order)
{
    struct civil_time early = {date(2026, 10, 5), 9, 0, 0}, late = {date(2026, 10, 5), 9, 0, 1};
    CHECK_INT(civil_time_compare(early, late), -1);
    CHECK_INT(civil_time_compare(late, early), 1);
    CHECK_INT(civil_time_compare(early, early), 0);
    CHECK_INT(civil_date_compare(date(2025, 12, 31), date(2026, 1, 1)), -1);
    CHECK_INT(civil_date_compare(date(2026, 2, 1), date(2026, 1, 31)), 1);
    CHECK_INT(civil_date_compare(date(2026, 2, 1), date(2026, 2, 1)), 0);
}

CHECK_MAIN
