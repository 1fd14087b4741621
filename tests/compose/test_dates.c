/* SPDX-License-Identifier: MIT */
#include "compose/dates.h"

#include "check.h"
#include "fixture.h"

#define NBSP "\xC2\xA0"

struct row {
    const char *title, *start, *end, *zone, *reader;
    const char *want[LANGUAGE_COUNT];
};

static const struct row timed[] = {
    {"one clock",
     "2026-10-05T14:00:00+02:00",
     "2026-10-05T16:30:00+02:00",
     "Europe/Paris",
     "Europe/Paris",
     {"lundi 5 octobre 2026, de 14" NBSP "h à 16" NBSP "h" NBSP "30 (heure de Paris)",
      "2026年10月5日（月）14時00分～16時30分 フランス時間（パリ）",
      "Monday 5 October 2026, 14:00–16:30 (Paris, CEST)"}},
    {"two clocks, summer",
     "2026-10-05T14:00:00+02:00",
     "2026-10-05T16:30:00+02:00",
     "Europe/Paris",
     "Asia/Tokyo",
     {"lundi 5 octobre 2026, de 14" NBSP "h à 16" NBSP "h" NBSP "30 (heure de Paris)\n"
      "soit lundi 5 octobre, de 21" NBSP "h à 23" NBSP "h" NBSP "30 (heure de Tokyo)",
      "2026年10月5日（月）14時00分～16時30分 フランス時間（パリ）\n"
      "10月5日（月）21時00分～23時30分（日本時間）",
      "Monday 5 October 2026, 14:00–16:30 (Paris, CEST)\n"
      "Monday 5 October, 21:00–23:30 (Tokyo, JST)"}},
    {"day shift, winter, first of the month",
     "2026-11-30T17:00:00+01:00",
     "2026-11-30T18:00:00+01:00",
     "Europe/Paris",
     "Asia/Tokyo",
     {"lundi 30 novembre 2026, de 17" NBSP "h à 18" NBSP "h (heure de Paris)\n"
      "soit mardi 1er décembre, de 1" NBSP "h à 2" NBSP "h (heure de Tokyo)",
      "2026年11月30日（月）17時00分～18時00分 フランス時間（パリ）\n"
      "12月1日（火）1時00分～2時00分（日本時間）",
      "Monday 30 November 2026, 17:00–18:00 (Paris, CET)\n"
      "Tuesday 1 December, 01:00–02:00 (Tokyo, JST)"}},
    {"a moment",
     "2026-10-01T09:05:00+09:00",
     "2026-10-01T09:05:00+09:00",
     "Asia/Tokyo",
     "Asia/Tokyo",
     {"jeudi 1er octobre 2026 à 9" NBSP "h" NBSP "05 (heure de Tokyo)",
      "2026年10月1日（木）9時05分（日本時間）", "Thursday 1 October 2026, 09:05 (Tokyo, JST)"}},
    {"an hour that comes twice",
     "2026-10-25T02:30:00+02:00",
     "2026-10-25T02:30:00+01:00",
     "Europe/Paris",
     "Europe/Paris",
     {"dimanche 25 octobre 2026, de 2" NBSP "h" NBSP "30 à 2" NBSP "h" NBSP
      "30 (heure d’hiver) (heure de Paris)",
      "2026年10月25日（日）2時30分～2時30分（冬時間） フランス時間（パリ）",
      "Sunday 25 October 2026, 02:30–02:30 (winter time) (Paris, CEST)"}},
    {"over the night of the change",
     "2026-10-24T22:00:00+02:00",
     "2026-10-25T08:00:00+01:00",
     "Europe/Paris",
     "Europe/Paris",
     {"du samedi 24 octobre à 22" NBSP "h au dimanche 25 octobre 2026 à 8" NBSP
      "h (heure de Paris)",
      "2026年10月24日（土）22時00分～25日（日）8時00分 フランス時間（パリ）",
      "Saturday 24 October 2026, 22:00 – Sunday 25 October 2026, 08:00 (Paris, CEST)"}},
    {"until midnight",
     "2026-10-05T20:00:00+02:00",
     "2026-10-06T00:00:00+02:00",
     "Europe/Paris",
     "Europe/Paris",
     {"lundi 5 octobre 2026, de 20" NBSP "h à minuit (heure de Paris)",
      "2026年10月5日（月）20時00分～24時00分 フランス時間（パリ）",
      "Monday 5 October 2026, 20:00–24:00 (Paris, CEST)"}},
    {"over two days",
     "2026-10-05T14:00:00+02:00",
     "2026-10-06T12:00:00+02:00",
     "Europe/Paris",
     "Europe/Paris",
     {"du lundi 5 octobre à 14" NBSP "h au mardi 6 octobre 2026 à 12" NBSP "h (heure de Paris)",
      "2026年10月5日（月）14時00分～6日（火）12時00分 フランス時間（パリ）",
      "Monday 5 October 2026, 14:00 – Tuesday 6 October 2026, 12:00 (Paris, CEST)"}},
    {"UTC has no city",
     "2026-10-05T12:00:00Z",
     "2026-10-05T13:00:00Z",
     "Etc/UTC",
     "Europe/Paris",
     {"lundi 5 octobre 2026, de 14" NBSP "h à 15" NBSP "h (heure de Paris)",
      "2026年10月5日（月）14時00分～15時00分 フランス時間（パリ）",
      "Monday 5 October 2026, 14:00–15:00 (Paris, CEST)"}},
    {"other zone, same clock",
     "2026-10-05T14:00:00+02:00",
     "2026-10-05T15:00:00+02:00",
     "Europe/Berlin",
     "Europe/Paris",
     {"lundi 5 octobre 2026, de 14" NBSP "h à 15" NBSP "h (heure de Paris)",
      "2026年10月5日（月）14時00分～15時00分 フランス時間（パリ）",
      "Monday 5 October 2026, 14:00–15:00 (Paris, CEST)"}},
    {"elision",
     "2026-10-05T14:00:00+03:00",
     "2026-10-05T15:00:00+03:00",
     "Europe/Athens",
     "Europe/Athens",
     {"lundi 5 octobre 2026, de 14" NBSP "h à 15" NBSP "h (heure d’Athènes)",
      "2026年10月5日（月）14時00分～15時00分（アテネ時間）",
      "Monday 5 October 2026, 14:00–15:00 (Athens, EEST)"}},
    {"an h that is aspirated",
     "2026-10-05T14:00:00+08:00",
     "2026-10-05T15:00:00+08:00",
     "Asia/Hong_Kong",
     "Asia/Hong_Kong",
     {"lundi 5 octobre 2026, de 14" NBSP "h à 15" NBSP "h (heure de Hong Kong)",
      "2026年10月5日（月）14時00分～15時00分（香港時間）",
      "Monday 5 October 2026, 14:00–15:00 (Hong Kong, HKT)"}},
};

static struct dates dates_of(struct fixture *f, enum language language, const char *zone)
{
    return (struct dates){.arena = f->arena,
                          .locale = f->locale,
                          .language = language,
                          .zone = fixture_zone(f, zone)};
}

TEST(timed)
{
    struct fixture f;
    fixture_init(&f);
    for (size_t i = 0; i < sizeof timed / sizeof *timed; i++)
        for (int language = 0; language < LANGUAGE_COUNT; language++) {
            struct dates d = dates_of(&f, (enum language)language, timed[i].reader);
            struct when when = fixture_timed(&f, timed[i].start, timed[i].end, timed[i].zone);
            CHECK_ROW(timed[i].title);
            CHECK_STRING(dates_when(&d, &when), timed[i].want[language]);
        }
    fixture_done(&f);
}

TEST(on_line_the_readers_clock_comes_first)
{
    struct fixture f;
    fixture_init(&f);
    struct dates d = dates_of(&f, LANGUAGE_JA, "Asia/Tokyo");
    struct when when =
        fixture_timed(&f, "2026-05-05T09:00:00+02:00", "2026-05-05T10:00:00+02:00", "Europe/Paris");
    d.is_on_line = true;
    CHECK_STRING(dates_when(&d, &when), "2026年5月5日（火）16時00分～17時00分（日本時間）\n"
                                        "5月5日（火）9時00分～10時00分 フランス時間（パリ）");
    CHECK_STRING(dates_day(&d, &when), "2026年5月5日（火）");
    fixture_done(&f);
}

TEST(whole_days)
{
    static const struct {
        const char *first, *end;
        const char *want[LANGUAGE_COUNT];
    } rows[] = {
        {"2026-10-03",
         "2026-10-04",
         {"samedi 3 octobre 2026", "2026年10月3日（土）", "Saturday 3 October 2026"}},
        {"2026-10-03",
         "2026-10-07",
         {"du 3 au 6 octobre 2026 (du samedi au mardi)", "2026年10月3日（土）～6日（火）",
          "3–6 October 2026 (Saturday to Tuesday)"}},
        {"2026-10-01",
         "2026-10-03",
         {"les 1er et 2 octobre 2026 (jeudi et vendredi)", "2026年10月1日（木）～2日（金）",
          "1–2 October 2026 (Thursday to Friday)"}},
        {"2026-09-30",
         "2026-10-04",
         {"du 30 septembre au 3 octobre 2026 (du mercredi au samedi)",
          "2026年9月30日（水）～10月3日（土）",
          "30 September – 3 October 2026 (Wednesday to Saturday)"}},
        {"2026-12-30",
         "2027-01-03",
         {"du 30 décembre 2026 au 2 janvier 2027 (du mercredi au samedi)",
          "2026年12月30日（水）～2027年1月2日（土）",
          "30 December 2026 – 2 January 2027 (Wednesday to Saturday)"}},
        /* an end before the start is one day, never a negative stretch */
        {"2026-10-03",
         "2026-10-03",
         {"samedi 3 octobre 2026", "2026年10月3日（土）", "Saturday 3 October 2026"}},
    };
    struct fixture f;
    fixture_init(&f);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int language = 0; language < LANGUAGE_COUNT; language++) {
            struct dates d = dates_of(&f, (enum language)language, "Asia/Tokyo");
            struct when when = fixture_days(rows[i].first, rows[i].end);
            CHECK_ROW(rows[i].want[0]);
            CHECK_STRING(dates_when(&d, &when), rows[i].want[language]);
        }
    fixture_done(&f);
}

TEST(relative_words)
{
    static const struct {
        const char *now;
        const char *want[LANGUAGE_COUNT];
    } rows[] = {
        {"2026-10-05T06:00:00Z", {"aujourd’hui", "本日", "today"}},
        {"2026-10-04T10:00:00Z", {"demain", "明日", "tomorrow"}},
        /* 00:30 on the 4th in Paris */
        {"2026-10-03T22:30:00Z", {"demain", "明日", "tomorrow"}},
        {"2026-10-03T10:00:00Z", {"après-demain", "明後日", "in 2 days"}},
        {"2026-09-28T07:00:00Z", {"dans 7 jours", "7日後", "in 7 days"}},
        {"2026-09-05T07:00:00Z", {"dans 30 jours", "30日後", "in 30 days"}},
        {"2026-10-06T07:00:00Z", {"hier", "昨日", "yesterday"}},
        {"2026-10-08T07:00:00Z", {"il y a 3 jours", "3日前", "3 days ago"}},
    };
    struct fixture f;
    fixture_init(&f);
    struct when when =
        fixture_timed(&f, "2026-10-05T14:00:00+02:00", "2026-10-05T16:00:00+02:00", "Europe/Paris");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int language = 0; language < LANGUAGE_COUNT; language++) {
            struct dates d = dates_of(&f, (enum language)language, "Europe/Paris");
            CHECK_ROW(rows[i].now);
            CHECK_STRING(dates_relative(&d, &when, fixture_instant(rows[i].now)),
                         rows[i].want[language]);
        }
    fixture_done(&f);
}

TEST(clock_changes)
{
    struct fixture f;
    fixture_init(&f);
    struct dates d = dates_of(&f, LANGUAGE_FR, "Asia/Tokyo");
    struct when after =
        fixture_timed(&f, "2026-10-27T09:00:00+01:00", "2026-10-27T10:00:00+01:00", "Europe/Paris");
    struct when before =
        fixture_timed(&f, "2026-10-24T09:00:00+02:00", "2026-10-24T10:00:00+02:00", "Europe/Paris");
    struct when spring =
        fixture_timed(&f, "2026-03-30T09:00:00+02:00", "2026-03-30T10:00:00+02:00", "Europe/Paris");
    struct when days = fixture_days("2026-10-26", "2026-10-27");
    CHECK_STRING(dates_clock_change(&d, &after),
                 "Attention" NBSP ": la France passe à l’heure d’hiver le dimanche 25 octobre. Les "
                 "horaires indiqués en tiennent compte.");
    CHECK_STRING(dates_clock_change(&d, &before), "");
    CHECK_STRING(dates_clock_change(&d, &days), "");
    d.language = LANGUAGE_JA;
    CHECK_STRING(dates_clock_change(&d, &after),
                 "ご注意：10月25日（日）にフランスは冬時間（標準時）に切り替わります。上記の時刻は"
                 "切り替え後のものです。");
    d.language = LANGUAGE_EN;
    CHECK_STRING(
        dates_clock_change(&d, &spring),
        "Please note: clocks in France change to summer time on Sunday 29 March. The times "
        "given here take this into account.");
    d.zone = fixture_zone(&f, "Europe/Paris"); /* nobody is misled where all change together */
    CHECK_STRING(dates_clock_change(&d, &spring), "");
    fixture_done(&f);
}

CHECK_MAIN
