/* SPDX-License-Identifier: MIT */
/* The shipped holiday calendars, held against days published by the authorities: Easter and what
 * follows from it in France, equinoxes, substitute and in-between days in Japan.                 */
#include "base/civil.h"
#include "base/file.h"
#include "check.h"

enum { FILE_BYTES_MAX = 256 * 1024 };

static struct buf fr = BUF_INIT(FILE_BYTES_MAX), jp = BUF_INIT(FILE_BYTES_MAX);

static bool has_day(const struct buf *buf, struct civil_date date, const char *summary)
{
    char line[128];
    snprintf(line, sizeof line, "DTSTART;VALUE=DATE:%04d%02d%02d\r\n", date.year, date.month,
             date.day);
    const char *at = strstr(buf->data, line);
    const char *end = at ? strstr(at, "END:VEVENT") : NULL;
    if (!at)
        return false;
    snprintf(line, sizeof line, "SUMMARY:%s\r\n", summary);
    const char *title = strstr(at, line);
    return title && title < end;
}

static int count_year(const struct buf *buf, int year)
{
    char start[64];
    int count = 0;
    snprintf(start, sizeof start, "DTSTART;VALUE=DATE:%04d", year);
    for (const char *at = buf->data; (at = strstr(at, start)); at++)
        count++;
    return count;
}

static void read_files(void)
{
    buf_clear(&fr);
    buf_clear(&jp);
    REQUIRE(file_read(CONVIER_SOURCE "/etc/holidays-fr.ics", &fr) == 0);
    REQUIRE(file_read(CONVIER_SOURCE "/etc/holidays-jp.ics", &jp) == 0);
}

TEST(france)
{
    static const struct civil_date easter[] = {{2024, 3, 31}, {2025, 4, 20}, {2026, 4, 5},
                                               {2027, 3, 28}, {2028, 4, 16}, {2029, 4, 1},
                                               {2030, 4, 21}};
    read_files();
    for (size_t i = 0; i < sizeof easter / sizeof *easter; i++) {
        int16_t year = easter[i].year;
        CHECK_INT(count_year(&fr, year), 11);
        CHECK(has_day(&fr, civil_date_add_days(easter[i], 1), "Lundi de Pâques"));
        CHECK(has_day(&fr, civil_date_add_days(easter[i], 39), "Ascension"));
        CHECK(has_day(&fr, civil_date_add_days(easter[i], 50), "Lundi de Pentecôte"));
        CHECK(has_day(&fr, (struct civil_date){year, 1, 1}, "Jour de l’An"));
        CHECK(has_day(&fr, (struct civil_date){year, 5, 1}, "Fête du Travail"));
        CHECK(has_day(&fr, (struct civil_date){year, 5, 8}, "Victoire de 1945"));
        CHECK(has_day(&fr, (struct civil_date){year, 7, 14}, "Fête nationale"));
        CHECK(has_day(&fr, (struct civil_date){year, 8, 15}, "Assomption"));
        CHECK(has_day(&fr, (struct civil_date){year, 11, 1}, "Toussaint"));
        CHECK(has_day(&fr, (struct civil_date){year, 11, 11}, "Armistice de 1918"));
        CHECK(has_day(&fr, (struct civil_date){year, 12, 25}, "Noël"));
    }
    buf_done(&fr);
    buf_done(&jp);
}

TEST(japan)
{
    static const struct {
        struct civil_date date;
        const char *name;
    } days[] = {
        {{2024, 2, 12}, "振替休日"},      {{2024, 9, 22}, "秋分の日"},
        {{2024, 9, 23}, "振替休日"},      {{2025, 2, 24}, "振替休日"},
        {{2025, 5, 6}, "振替休日"},       {{2025, 11, 24}, "振替休日"},
        {{2026, 5, 6}, "振替休日"},       {{2026, 9, 21}, "敬老の日"},
        {{2026, 9, 22}, "国民の休日"},    {{2026, 9, 23}, "秋分の日"},
        {{2026, 10, 12}, "スポーツの日"}, {{2026, 7, 20}, "海の日"},
        {{2027, 1, 11}, "成人の日"},      {{2027, 3, 21}, "春分の日"},
        {{2027, 3, 22}, "振替休日"},      {{2027, 2, 23}, "天皇誕生日"},
        {{2028, 9, 22}, "秋分の日"},      {{2029, 4, 30}, "振替休日"},
        {{2030, 8, 12}, "振替休日"},
    };
    static const int counts[] = {21, 19, 18, 17, 16, 19, 19}; /* from 2024 on */
    read_files();
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        CHECK_ROW(days[i].name);
        CHECK(has_day(&jp, days[i].date, days[i].name));
    }
    CHECK_ROW(NULL);
    for (int i = 0; i < 7; i++)
        CHECK_INT(count_year(&jp, 2024 + i), counts[i]);
    buf_done(&fr);
    buf_done(&jp);
}

CHECK_MAIN
