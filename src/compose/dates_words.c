/* SPDX-License-Identifier: MIT */
#include "compose/dates_words.h"

#include <string.h>

#define NBSP "\xC2\xA0"

static const char *weekday(const struct dates *d, struct civil_date day)
{
    enum weekday w = civil_date_weekday(day);
    return d->language == LANGUAGE_JA ? locale_weekday_short(d->locale, d->language, w)
                                      : locale_weekday(d->locale, d->language, w);
}

static const char *month(const struct dates *d, struct civil_date day)
{
    return locale_month(d->locale, d->language, day.month);
}

static void day_japanese(const struct dates *d, struct buf *out, struct civil_date day,
                         unsigned parts)
{
    if (parts & DAY_YEAR)
        buf_printf(out, "%d年", day.year);
    if (parts & DAY_MONTH)
        buf_printf(out, "%d月", day.month);
    buf_printf(out, "%d日", day.day);
    if (parts & DAY_WEEKDAY)
        buf_printf(out, "（%s）", weekday(d, day));
}

void words_day(const struct dates *d, struct buf *out, struct civil_date day, unsigned parts)
{
    if (d->language == LANGUAGE_JA) {
        day_japanese(d, out, day, parts);
        return;
    }
    if (parts & DAY_WEEKDAY)
        buf_printf(out, "%s ", weekday(d, day));
    buf_printf(out, "%d%s", day.day, d->language == LANGUAGE_FR && day.day == 1 ? "er" : "");
    if (parts & DAY_MONTH)
        buf_printf(out, " %s", month(d, day));
    if (parts & DAY_YEAR)
        buf_printf(out, " %d", day.year);
}

void words_clock(const struct dates *d, struct buf *out, struct civil_time time)
{
    switch (d->language) {
    case LANGUAGE_FR:
        buf_printf(out, "%d" NBSP "h", time.hour);
        if (time.minute)
            buf_printf(out, NBSP "%02d", time.minute);
        break;
    case LANGUAGE_JA:
        buf_printf(out, "%d時%02d分", time.hour, time.minute);
        break;
    case LANGUAGE_EN:
        buf_printf(out, "%02d:%02d", time.hour, time.minute);
        break;
    }
}

/* Before which "de" loses its vowel: Athènes, Helsinki; not Hong Kong, nor Yellowknife. */
static bool is_elided(struct text city)
{
    static const char *const vowels[] = {"a", "e", "i", "o", "u", "h", "é", "É", "è", "Î"};
    static const char *const aspirated[] = {"Hong", "Hô", "Ho Chi"};
    for (size_t i = 0; i < sizeof aspirated / sizeof *aspirated; i++)
        if (text_starts(city, aspirated[i]))
            return false;
    for (size_t i = 0; i < sizeof vowels / sizeof *vowels; i++)
        if (text_starts_nocase(city, vowels[i]))
            return true;
    return false;
}

/* "heure de Paris", "heure d’Athènes", "heure du Caire". */
static void zone_french(struct buf *out, const char *city)
{
    if (is_elided(text_of(city)))
        buf_printf(out, "heure d’%s", city);
    else if (strncmp(city, "Le ", 3) == 0)
        buf_printf(out, "heure du %s", city + 3);
    else
        buf_printf(out, "heure de %s", city);
}

void words_zone(const struct dates *d, struct buf *out, const struct zone *zone, struct instant at)
{
    const char *name = zone_name(zone);
    const char *city = locale_city(d->locale, d->language, name);
    const char *abbreviation = zone_state_at(zone, at).abbreviation;

    switch (d->language) {
    case LANGUAGE_FR:
        buf_add_string(out, " (");
        if (strcmp(city, "UTC") == 0)
            buf_add_string(out, "temps universel, UTC");
        else
            zone_french(out, city);
        buf_add_char(out, ')');
        break;
    case LANGUAGE_JA:
        if (strcmp(name, "Asia/Tokyo") == 0)
            buf_add_string(out, "（日本時間）");
        else if (strcmp(name, "Europe/Paris") == 0)
            buf_add_string(out, " フランス時間（パリ）");
        else if (strcmp(city, "UTC") == 0)
            buf_add_string(out, "（協定世界時）");
        else
            buf_printf(out, "（%s時間）", city);
        break;
    case LANGUAGE_EN:
        buf_printf(out, " (%s", city);
        /* Zones without letters of their own are abbreviated "+03". */
        if (abbreviation && char_is_alpha(abbreviation[0]) && strcmp(city, abbreviation) != 0)
            buf_printf(out, ", %s", abbreviation);
        buf_add_char(out, ')');
        break;
    }
}

static void days_french(const struct dates *d, struct buf *out, struct civil_date first,
                        struct civil_date last, bool has_weekdays)
{
    bool is_same_year = first.year == last.year;
    bool is_same_month = is_same_year && first.month == last.month;
    bool is_pair = civil_date_compare(civil_date_add_days(first, 1), last) == 0;
    unsigned first_parts = is_same_month ? 0 : is_same_year ? DAY_MONTH : DAY_MONTH | DAY_YEAR;

    buf_add_string(out, is_pair ? "les " : "du ");
    words_day(d, out, first, first_parts);
    buf_add_string(out, is_pair ? " et " : " au ");
    words_day(d, out, last, DAY_MONTH | DAY_YEAR);
    if (has_weekdays)
        buf_printf(out, is_pair ? " (%s et %s)" : " (du %s au %s)", weekday(d, first),
                   weekday(d, last));
}

static void days_english(const struct dates *d, struct buf *out, struct civil_date first,
                         struct civil_date last, bool has_weekdays)
{
    bool is_same_year = first.year == last.year;
    bool is_same_month = is_same_year && first.month == last.month;
    unsigned first_parts = is_same_month ? 0 : is_same_year ? DAY_MONTH : DAY_MONTH | DAY_YEAR;

    words_day(d, out, first, first_parts);
    buf_add_string(out, is_same_month ? "–" : " – ");
    words_day(d, out, last, DAY_MONTH | DAY_YEAR);
    if (has_weekdays)
        buf_printf(out, " (%s to %s)", weekday(d, first), weekday(d, last));
}

void words_days(const struct dates *d, struct buf *out, struct civil_date first,
                struct civil_date last, bool has_weekdays)
{
    if (civil_date_compare(first, last) >= 0) {
        words_day(d, out, first, DAY_FULL);
        return;
    }
    switch (d->language) {
    case LANGUAGE_FR:
        days_french(d, out, first, last, has_weekdays);
        break;
    case LANGUAGE_EN:
        days_english(d, out, first, last, has_weekdays);
        break;
    case LANGUAGE_JA:
        words_day(d, out, first, DAY_FULL);
        buf_add_string(out, "～");
        words_day(d, out, last,
                  DAY_WEEKDAY | (first.year != last.year     ? DAY_YEAR | DAY_MONTH
                                 : first.month != last.month ? DAY_MONTH
                                                             : 0));
        break;
    }
}
