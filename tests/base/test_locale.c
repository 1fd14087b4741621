/* SPDX-License-Identifier: MIT */
#include "base/locale.h"
#include "base/zone.h"

#include "check.h"

TEST(calendar_words)
{
    struct locale *l = NULL;
    REQUIRE(locale_new(&l) == 0);
    CHECK_STRING(locale_month(l, LANGUAGE_FR, 1), "janvier");
    CHECK_STRING(locale_month(l, LANGUAGE_FR, 8), "août");
    CHECK_STRING(locale_month(l, LANGUAGE_FR, 12), "décembre");
    CHECK_STRING(locale_month(l, LANGUAGE_JA, 10), "10月");
    CHECK_STRING(locale_month(l, LANGUAGE_EN, 2), "February");
    CHECK_STRING(locale_weekday(l, LANGUAGE_FR, MONDAY), "lundi");
    CHECK_STRING(locale_weekday(l, LANGUAGE_FR, SUNDAY), "dimanche");
    CHECK_STRING(locale_weekday(l, LANGUAGE_JA, TUESDAY), "火曜日");
    CHECK_STRING(locale_weekday(l, LANGUAGE_EN, SATURDAY), "Saturday");
    CHECK_STRING(locale_weekday_short(l, LANGUAGE_JA, TUESDAY), "火");
    CHECK_STRING(locale_weekday_short(l, LANGUAGE_FR, WEDNESDAY), "mer.");
    CHECK_STRING(locale_weekday_short(l, LANGUAGE_EN, SUNDAY), "Sun");
    locale_free(l);
}

TEST(plurals)
{
    static const struct {
        int64_t number;
        const char *in[LANGUAGE_COUNT];
    } rows[] = {
        {0, {"one", "other", "other"}},         {1, {"one", "other", "one"}},
        {2, {"other", "other", "other"}},       {1000000, {"many", "other", "other"}},
        {1000001, {"other", "other", "other"}},
    };
    struct locale *l = NULL;
    REQUIRE(locale_new(&l) == 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int k = 0; k < LANGUAGE_COUNT; k++)
            CHECK_STRING(locale_plural(l, (enum language)k, rows[i].number), rows[i].in[k]);
    locale_free(l);
}

TEST(cities)
{
    static const struct {
        const char *zone, *in[LANGUAGE_COUNT];
    } rows[] = {
        {"Europe/Paris", {"Paris", "パリ", "Paris"}},
        {"Asia/Tokyo", {"Tokyo", "東京", "Tokyo"}},
        {"Africa/Cairo", {"Le Caire", "カイロ", "Cairo"}},
        {"Asia/Kolkata", {"Calcutta", "コルカタ", "Kolkata"}},
        {"Japan", {"Tokyo", "東京", "Tokyo"}},
        {"CET", {"CET", "CET", "CET"}},
        {"EST", {"EST", "EST", "EST"}},
        {"UTC", {"UTC", "UTC", "UTC"}},
        {"Etc/UTC", {"UTC", "UTC", "UTC"}},
        {"UTC+05:30", {"UTC+05:30", "UTC+05:30", "UTC+05:30"}},
        {"Etc/GMT-9", {"UTC+09:00", "UTC+09:00", "UTC+09:00"}},
        {"Etc/GMT", {"GMT", "GMT", "GMT"}},
        {"MST7MDT", {"MST7MDT", "MST7MDT", "MST7MDT"}},
        /* A zone that ICU never heard of: not UTC, not "unknown city". */
        {"Nowhere/North_Of/Far_Away", {"Far Away", "Far Away", "Far Away"}},
    };
    struct locale *l = NULL;
    REQUIRE(locale_new(&l) == 0);
    for (int turn = 0; turn < 2; turn++) /* the second one from what was kept */
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
            for (int k = 0; k < LANGUAGE_COUNT; k++) {
                CHECK_ROW(rows[i].zone);
                CHECK_STRING(locale_city(l, (enum language)k, rows[i].zone), rows[i].in[k]);
            }
    locale_free(l);
}

TEST(countries)
{
    static const struct {
        const char *country, *zone;
    } rows[] = {
        {"FR", "Europe/Paris"},
        {"JP", "Asia/Tokyo"},
        {"jp", "Asia/Tokyo"},
        {"DE", "Europe/Berlin"},
        {"CN", "Asia/Shanghai"},
        {"IN", "Asia/Kolkata"},
        {"UA", "Europe/Kyiv"},
        {"BE", "Europe/Brussels"},
        {"NC", "Pacific/Noumea"},
        {"US", NULL},
        {"CA", NULL},
        {"XX", NULL},
        {"", NULL},
        {"FRANCE", NULL},
    };
    struct locale *l = NULL;
    REQUIRE(locale_new(&l) == 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_ROW(rows[i].country);
        CHECK_STRING(locale_country_zone(l, rows[i].country), rows[i].zone);
        CHECK_STRING(locale_country_zone(l, rows[i].country), rows[i].zone);
    }
    locale_free(l);
}

/* Every name that CLDR ties to a country or to Windows is a zone of this system. */
TEST(names_exist_in_tzdata)
{
    struct locale *l = NULL;
    struct zones *zones = zones_new(NULL);
    int found = 0;
    REQUIRE(zones && locale_new(&l) == 0);
    for (char a = 'A'; a <= 'Z'; a++)
        for (char b = 'A'; b <= 'Z'; b++) {
            char country[] = {a, b, '\0'};
            const char *zone = locale_country_zone(l, country);
            if (!zone)
                continue;
            found++;
            CHECK_ROW(zone);
            CHECK(zones_find(zones, text_of(zone)) != NULL);
        }
    CHECK(found > 200);
    locale_free(l);
    zones_free(zones);
}

TEST(windows_zones)
{
    static const struct {
        const char *windows, *iana;
    } rows[] = {
        {"Romance Standard Time", "Europe/Paris"},
        {"tokyo standard time", "Asia/Tokyo"},
        {"W. EUROPE STANDARD TIME", "Europe/Berlin"},
        {"GMT Standard Time", "Europe/London"},
        {"India Standard Time", "Asia/Kolkata"},
        {"FLE Standard Time", "Europe/Kyiv"},
        {"UTC-11", "Etc/GMT+11"},
        {"Kamchatka standard time", "Asia/Kamchatka"},
        {"Mexico Standard Time 2", "America/Chihuahua"},
        {"Customized Time Zone", NULL},
        {"", NULL},
    };
    struct locale *l = NULL;
    struct zones *zones = zones_new(NULL);
    REQUIRE(zones && locale_new(&l) == 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *iana = locale_windows_zone(l, text_of(rows[i].windows));
        CHECK_ROW(rows[i].windows);
        CHECK_STRING(iana, rows[i].iana);
        CHECK(!iana || zones_find(zones, text_of(iana)));
    }
    locale_free(l);
    zones_free(zones);
}

CHECK_MAIN
