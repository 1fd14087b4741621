/* SPDX-License-Identifier: MIT */
#include "compose/dates.h"

#include <string.h>

#include "compose/dates_words.h"

static const char *finish(const struct dates *d, const struct buf *out)
{
    return buf_error(out) ? NULL : arena_copy_text(d->arena, buf_text(out));
}

/* The last day of an all-day event: end_day is exclusive. */
static struct civil_date last_day(const struct when *when)
{
    struct civil_date last = civil_date_add_days(when->end_day, -1);
    return civil_date_compare(last, when->first_day) < 0 ? when->first_day : last;
}

struct stretch {
    struct civil_time start, end;
    bool is_moment;  /* no end worth telling */
    bool is_one_day; /* an end at midnight still belongs to the day before */
    bool is_shifted; /* clocks change in between, on that day: 2:30 may then come twice */
    bool is_dst_at_end;
};

/* "de 2 h 30 à 2 h 30 (heure d’hiver)" */
static const char *end_mark(const struct dates *d, const struct stretch *s)
{
    static const char *const marks[LANGUAGE_COUNT][2] = {
        {" (heure d’hiver)", " (heure d’été)"},
        {"（冬時間）", "（夏時間）"},
        {" (winter time)", " (summer time)"},
    };
    return s->is_shifted ? marks[d->language][s->is_dst_at_end] : "";
}

static struct stretch stretch_in(const struct when *when, const struct zone *zone)
{
    struct stretch s = {.start = zone_to_civil(zone, when->start),
                        .end = zone_to_civil(zone, when->end)};
    s.is_moment = !instant_before(when->start, when->end);
    struct civil_date end = s.end.date;
    if (s.end.hour == 0 && s.end.minute == 0)
        end = civil_date_add_days(end, -1);
    s.is_one_day = s.is_moment || civil_date_compare(end, s.start.date) <= 0;
    struct zone_state before = zone_state_at(zone, when->start),
                      after = zone_state_at(zone, when->end);
    s.is_shifted = s.is_one_day && !s.is_moment && before.offset_sec != after.offset_sec &&
                   before.is_dst != after.is_dst;
    s.is_dst_at_end = after.is_dst;
    return s;
}

static void clock_span_french(const struct dates *d, struct buf *out, const struct stretch *s,
                              unsigned parts)
{
    if (s->is_moment) {
        words_day(d, out, s->start.date, parts);
        buf_add_string(out, " à ");
        words_clock(d, out, s->start);
    } else if (s->is_one_day) {
        words_day(d, out, s->start.date, parts);
        buf_add_string(out, ", de ");
        words_clock(d, out, s->start);
        buf_add_string(out, " à ");
        if (s->end.hour == 0 && s->end.minute == 0)
            buf_add_string(out, "minuit");
        else
            words_clock(d, out, s->end);
        buf_add_string(out, end_mark(d, s));
    } else {
        buf_add_string(out, "du ");
        words_day(d, out, s->start.date,
                  s->start.date.year == s->end.date.year ? parts & ~(unsigned)DAY_YEAR : parts);
        buf_add_string(out, " à ");
        words_clock(d, out, s->start);
        buf_add_string(out, " au ");
        words_day(d, out, s->end.date, parts);
        buf_add_string(out, " à ");
        words_clock(d, out, s->end);
    }
}

static void clock_span_japanese(const struct dates *d, struct buf *out, const struct stretch *s,
                                unsigned parts)
{
    words_day(d, out, s->start.date, parts);
    words_clock(d, out, s->start);
    if (s->is_moment)
        return;
    buf_add_string(out, "～");
    if (s->is_one_day && s->end.hour == 0 && s->end.minute == 0) {
        buf_add_string(out, "24時00分");
        return;
    }
    if (!s->is_one_day)
        words_day(d, out, s->end.date,
                  DAY_WEEKDAY | (s->start.date.year != s->end.date.year     ? DAY_YEAR | DAY_MONTH
                                 : s->start.date.month != s->end.date.month ? DAY_MONTH
                                                                            : 0));
    words_clock(d, out, s->end);
    buf_add_string(out, end_mark(d, s));
}

static void clock_span_english(const struct dates *d, struct buf *out, const struct stretch *s,
                               unsigned parts)
{
    words_day(d, out, s->start.date, parts);
    buf_add_string(out, ", ");
    words_clock(d, out, s->start);
    if (s->is_moment)
        return;
    buf_add_string(out, s->is_one_day ? "–" : " – ");
    if (s->is_one_day && s->end.hour == 0 && s->end.minute == 0) {
        buf_add_string(out, "24:00");
        return;
    }
    if (!s->is_one_day) {
        words_day(d, out, s->end.date, parts);
        buf_add_string(out, ", ");
    }
    words_clock(d, out, s->end);
    buf_add_string(out, end_mark(d, s));
}

/* One clock: day, hours and whose they are. The second clock leaves the year out. */
static void clock_line(const struct dates *d, struct buf *out, const struct when *when,
                       const struct zone *zone, bool is_second)
{
    struct stretch s = stretch_in(when, zone);
    unsigned parts = is_second ? DAY_WEEKDAY | DAY_MONTH : DAY_FULL;

    switch (d->language) {
    case LANGUAGE_FR:
        buf_add_string(out, is_second ? "soit " : "");
        clock_span_french(d, out, &s, parts);
        break;
    case LANGUAGE_JA:
        clock_span_japanese(d, out, &s, parts);
        break;
    case LANGUAGE_EN:
        clock_span_english(d, out, &s, parts);
        break;
    }
    words_zone(d, out, zone, when->start);
}

static bool shows_the_same(const struct zone *a, const struct zone *b, const struct when *when)
{
    return a == b ||
           (zone_state_at(a, when->start).offset_sec == zone_state_at(b, when->start).offset_sec &&
            zone_state_at(a, when->end).offset_sec == zone_state_at(b, when->end).offset_sec);
}

/* An event written in UTC has no city: the reader's clock is then the only one to show. */
static bool is_placeless(const struct zone *zone)
{
    return strchr(zone_name(zone), '/') == NULL || strncmp(zone_name(zone), "Etc/", 4) == 0;
}

const char *dates_when(const struct dates *d, const struct when *when)
{
    CLEANUP_BUF struct buf out = BUF_INIT(DATES_BYTES_MAX);
    if (when->is_all_day) {
        words_days(d, &out, when->first_day, last_day(when), true);
        return finish(d, &out);
    }
    const struct zone *own = is_placeless(when->zone) ? d->zone : when->zone;
    bool is_one_clock = shows_the_same(own, d->zone, when);
    const struct zone *first = is_one_clock || d->is_on_line ? d->zone : own;
    clock_line(d, &out, when, first, false);
    if (!is_one_clock) {
        buf_add_char(&out, '\n');
        clock_line(d, &out, when, first == own ? d->zone : own, true);
    }
    return finish(d, &out);
}

const char *dates_day(const struct dates *d, const struct when *when)
{
    CLEANUP_BUF struct buf out = BUF_INIT(DATES_BYTES_MAX);
    if (when->is_all_day) {
        words_days(d, &out, when->first_day, last_day(when), false);
    } else {
        struct stretch s =
            stretch_in(when, d->is_on_line || is_placeless(when->zone) ? d->zone : when->zone);
        words_days(d, &out, s.start.date, s.is_one_day ? s.start.date : s.end.date, false);
    }
    return finish(d, &out);
}

const char *dates_relative(const struct dates *d, const struct when *when, struct instant now)
{
    static const char *const near_words[LANGUAGE_COUNT][3] = {
        {"aujourd’hui", "demain", "après-demain"},
        {"本日", "明日", "明後日"},
        {"today", "tomorrow", "in 2 days"},
    };
    static const char *const far_words[LANGUAGE_COUNT] = {"dans %d jours", "%d日後", "in %d days"};
    static const char *const past_words[LANGUAGE_COUNT] = {"il y a %d jours", "%d日前",
                                                           "%d days ago"};
    static const char *const yesterday[LANGUAGE_COUNT] = {"hier", "昨日", "yesterday"};
    struct civil_date today = zone_to_civil(d->zone, now).date;
    struct civil_date day =
        when->is_all_day ? when->first_day : zone_to_civil(d->zone, when->start).date;
    int days = (int)(civil_date_to_days(day) - civil_date_to_days(today));

    if (days >= 0 && days <= 2)
        return near_words[d->language][days];
    if (days == -1)
        return yesterday[d->language];
    CLEANUP_BUF struct buf out = BUF_INIT(100);
    const char *const *words = days > 0 ? far_words : past_words;
    const char *number = strstr(words[d->language], "%d");
    buf_add(&out, words[d->language], (size_t)(number - words[d->language]));
    buf_printf(&out, "%d", days > 0 ? days : -days);
    buf_add_string(&out, number + 2);
    return finish(d, &out);
}

static void change_sentence(const struct dates *d, struct buf *out, const struct zone *zone,
                            struct instant change)
{
    bool is_summer = zone_state_at(zone, change).is_dst;
    bool is_france = strcmp(zone_name(zone), "Europe/Paris") == 0;
    const char *city = locale_city(d->locale, d->language, zone_name(zone));
    struct civil_date day = zone_to_civil(zone, change).date;

    switch (d->language) {
    case LANGUAGE_FR:
        buf_printf(out, "Attention\u00A0: %s à l’heure d’%s le ",
                   is_france ? "la France passe" : "changement d’heure, passage",
                   is_summer ? "été" : "hiver");
        words_day(d, out, day, DAY_WEEKDAY | DAY_MONTH);
        if (!is_france)
            buf_printf(out, " (%s)", city);
        buf_add_string(out, ". Les horaires indiqués en tiennent compte.");
        break;
    case LANGUAGE_JA:
        buf_add_string(out, "ご注意：");
        words_day(d, out, day, DAY_WEEKDAY | DAY_MONTH);
        buf_printf(out, "に%sは%sに切り替わります。上記の時刻は切り替え後のものです。",
                   is_france ? "フランス" : city, is_summer ? "夏時間" : "冬時間（標準時）");
        break;
    case LANGUAGE_EN:
        buf_printf(out, "Please note: clocks in %s change to %s time on ",
                   is_france ? "France" : city, is_summer ? "summer" : "winter");
        words_day(d, out, day, DAY_WEEKDAY | DAY_MONTH);
        buf_add_string(out, ". The times given here take this into account.");
        break;
    }
}

const char *dates_clock_change(const struct dates *d, const struct when *when)
{
    CLEANUP_BUF struct buf out = BUF_INIT(DATES_BYTES_MAX);
    const struct zone *zones[] = {when->zone, d->zone};
    if (when->is_all_day || shows_the_same(when->zone, d->zone, when))
        return "";
    struct instant week_before = instant_add(when->start, -7 * USEC_PER_DAY);
    for (int i = 0; i < 2; i++) {
        struct instant change;
        if (!zone_next_transition(zones[i], week_before, &change) ||
            instant_before(when->start, change) ||
            zone_state_at(zones[i], change).is_dst == zone_state_at(zones[i], week_before).is_dst)
            continue;
        if (out.size)
            buf_add_char(&out, '\n');
        change_sentence(d, &out, zones[i], change);
    }
    return finish(d, &out);
}
