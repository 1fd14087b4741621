/* SPDX-License-Identifier: MIT */
/* Parts in any order, any case, with stray blanks and semicolons. What cannot be meant is refused
 * (COUNT=0, INTERVAL=0, an unknown part without "X-"); what is against the letter but plain is read
 * and named: COUNT=-1 (Confluence writes it for "no end"), COUNT with UNTIL (the earlier end
 * holds), numbers on BYDAY in a WEEKLY rule. */
#include "calendar/rule.h"

#include <errno.h>
#include <string.h>

struct parser {
    struct arena *arena;
    struct rule *rule;
    const char *complaint; /* the first one */
    unsigned seen;         /* bit = index into parts */
    bool has_scale, is_refused, is_out_of_memory;
};

static void complain(struct parser *p, bool is_refused, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void complain(struct parser *p, bool is_refused, const char *format, ...)
{
    if (p->is_refused || (p->complaint && !is_refused))
        return;
    va_list arguments;
    va_start(arguments, format);
    p->complaint = arena_vprintf(p->arena, format, arguments);
    va_end(arguments);
    p->is_refused = is_refused;
    p->is_out_of_memory |= !p->complaint;
}

/* Text for a message: no longer than a line can bear. */
static int shown(struct text text)
{
    return text.size < 60 ? (int)text.size : 60;
}

static void refuse(struct parser *p, const char *part, struct text value)
{
    complain(p, true, "%s=%.*s means nothing", part, shown(value), value.data);
}

static void parse_frequency(struct parser *p, const char *part, struct text value)
{
    static const char *const names[] = {"YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (text_is_nocase(value, names[i])) {
            p->rule->frequency = (enum frequency)i;
            return;
        }
    if (text_is_nocase(value, "MINUTELY") || text_is_nocase(value, "SECONDLY"))
        complain(p, true, "a rule that repeats every minute or second is not accepted");
    else
        refuse(p, part, value);
}

static void parse_interval(struct parser *p, const char *part, struct text value)
{
    int64_t number;
    if (!text_number(value, 1, INT32_MAX, &number))
        refuse(p, part, value);
    else
        p->rule->interval = (int32_t)number;
}

static void parse_count(struct parser *p, const char *part, struct text value)
{
    int64_t number;
    if (text_is(value, "-1"))
        complain(p, false, "COUNT=-1 is read as no end");
    else if (!text_number(value, 1, INT64_MAX, &number))
        refuse(p, part, value);
    else
        p->rule->count = number;
}

static void parse_until(struct parser *p, const char *part, struct text value)
{
    p->rule->has_until = stamp_parse(value, &p->rule->until);
    if (!p->rule->has_until && value.size == 9 && char_lower(value.data[8]) == 'z') {
        p->rule->has_until = stamp_parse(text_slice(value, 0, 8), &p->rule->until);
        complain(p, false, "UNTIL=%.*s is read as that day", shown(value), value.data);
    }
    if (!p->rule->has_until)
        refuse(p, part, value);
}

static int find_weekday(struct text text)
{
    static const char *const names[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
    for (int i = 0; i < 7; i++)
        if (text_is_nocase(text, names[i]))
            return i;
    return -1;
}

static void parse_week_start(struct parser *p, const char *part, struct text value)
{
    int day = find_weekday(value);
    if (day < 0)
        refuse(p, part, value);
    else
        p->rule->week_start = (enum weekday)day;
}

static bool parse_signed(struct text text, int64_t max, int64_t *ret)
{
    if (text_starts(text, "+"))
        text = text_from(text, 1);
    return text_number(text, -max, max, ret);
}

/* A list of numbers as bits; negative ones go to `back`, which is NULL where they are not allowed.
 * Where they are, zero is not.                                                                   */
static void parse_bits(struct parser *p, const char *part, struct text value, int max,
                       uint64_t *bits, uint64_t *back)
{
    for (struct text rest = value; rest.data;) {
        struct text item = text_trim(text_split(&rest, ','));
        int64_t number;
        if (!parse_signed(item, max, &number) || (number < 0 && !back) || (number == 0 && back)) {
            refuse(p, part, value);
            return;
        }
        if (number < 0)
            *back |= UINT64_C(1) << -number;
        else
            *bits |= UINT64_C(1) << number;
    }
}

static void parse_months(struct parser *p, const char *part, struct text value)
{
    uint64_t bits = 0;
    parse_bits(p, part, value, 12, &bits, NULL);
    if (bits & 1)
        refuse(p, part, value);
    p->rule->months = (uint32_t)bits;
}

static void parse_month_days(struct parser *p, const char *part, struct text value)
{
    uint64_t bits = 0, back = 0;
    parse_bits(p, part, value, 31, &bits, &back);
    p->rule->month_days = (uint32_t)bits;
    p->rule->month_days_back = (uint32_t)back;
}

static void parse_hours(struct parser *p, const char *part, struct text value)
{
    uint64_t bits = 0;
    parse_bits(p, part, value, 23, &bits, NULL);
    p->rule->hours = (uint32_t)bits;
}

static void parse_minutes(struct parser *p, const char *part, struct text value)
{
    parse_bits(p, part, value, 59, &p->rule->minutes, NULL);
}

static void parse_seconds(struct parser *p, const char *part, struct text value)
{
    uint64_t bits = 0;
    parse_bits(p, part, value, 60, &bits, NULL);
    if (bits >> 60)
        bits = (bits & ~(UINT64_C(1) << 60)) | UINT64_C(1) << 59; /* a leap second */
    p->rule->seconds = bits;
}

static size_t count_items(struct text value)
{
    size_t count = 1;
    for (size_t i = 0; i < value.size; i++)
        count += value.data[i] == ',';
    return count;
}

/* Numbers from -max to max without 0, each once. */
static void parse_numbers(struct parser *p, const char *part, struct text value, int max,
                          struct rule_numbers *ret)
{
    size_t limit = count_items(value);
    if (limit > 2 * (size_t)max)
        limit = 2 * (size_t)max;
    ret->items = arena_alloc_array(p->arena, limit, sizeof *ret->items);
    if (!ret->items) {
        p->is_out_of_memory = true;
        return;
    }
    for (struct text rest = value; rest.data;) {
        int64_t number;
        if (!parse_signed(text_trim(text_split(&rest, ',')), max, &number) || number == 0) {
            refuse(p, part, value);
            return;
        }
        bool is_known = false;
        for (size_t i = 0; i < ret->count; i++)
            is_known |= ret->items[i] == number;
        if (!is_known)
            ret->items[ret->count++] = (int16_t)number;
    }
}

static void parse_weeks(struct parser *p, const char *part, struct text value)
{
    parse_numbers(p, part, value, 53, &p->rule->weeks);
}

static void parse_year_days(struct parser *p, const char *part, struct text value)
{
    parse_numbers(p, part, value, 366, &p->rule->year_days);
}

static void parse_positions(struct parser *p, const char *part, struct text value)
{
    parse_numbers(p, part, value, 366, &p->rule->positions);
}

static void add_nth(struct rule *rule, int weekday, int64_t nth)
{
    for (size_t i = 0; i < rule->nth_count; i++)
        if (rule->nths[i].weekday == weekday && rule->nths[i].nth == nth)
            return;
    rule->nths[rule->nth_count++] = (struct rule_nth){(int8_t)weekday, (int8_t)nth};
}

static void parse_weekdays(struct parser *p, const char *part, struct text value)
{
    const size_t max_nths = 7 * 2 * 53; /* all that differ */
    size_t limit = count_items(value);
    for (struct text rest = value; rest.data;) {
        struct text item = text_trim(text_split(&rest, ','));
        int day = find_weekday(text_from(item, item.size < 2 ? 0 : item.size - 2));
        struct text number_text = text_slice(item, 0, item.size < 2 ? 0 : item.size - 2);
        int64_t nth = 0;
        bool has_nth = number_text.size > 0;
        if (day < 0 || (has_nth && (!parse_signed(number_text, 53, &nth) || nth == 0))) {
            refuse(p, part, value);
            return;
        }
        if (!has_nth) {
            p->rule->weekdays |= (uint8_t)(1 << day);
            continue;
        }
        if (!p->rule->nths)
            p->rule->nths = arena_alloc_array(p->arena, limit < max_nths ? limit : max_nths,
                                              sizeof *p->rule->nths);
        if (!p->rule->nths) {
            p->is_out_of_memory = true;
            return;
        }
        add_nth(p->rule, day, nth);
    }
}

static void parse_scale(struct parser *p, const char *part, struct text value)
{
    (void)part;
    p->has_scale = true;
    if (!text_is_nocase(value, "GREGORIAN"))
        complain(p, true,
                 "RSCALE=%.*s counts in a calendar other than the Gregorian one, which is not read",
                 shown(value), value.data);
}

static void parse_skip(struct parser *p, const char *part, struct text value)
{
    static const char *const names[] = {"OMIT", "BACKWARD", "FORWARD"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (text_is_nocase(value, names[i])) {
            p->rule->skip = (enum rule_skip)i;
            return;
        }
    refuse(p, part, value);
}

static const struct {
    const char *name;
    void (*parse)(struct parser *, const char *part, struct text value);
} parts[] = {
    {"FREQ", parse_frequency},        {"INTERVAL", parse_interval},
    {"COUNT", parse_count},           {"UNTIL", parse_until},
    {"WKST", parse_week_start},       {"BYMONTH", parse_months},
    {"BYMONTHDAY", parse_month_days}, {"BYDAY", parse_weekdays},
    {"BYHOUR", parse_hours},          {"BYMINUTE", parse_minutes},
    {"BYSECOND", parse_seconds},      {"BYWEEKNO", parse_weeks},
    {"BYYEARDAY", parse_year_days},   {"BYSETPOS", parse_positions},
    {"RSCALE", parse_scale},          {"SKIP", parse_skip},
};

static void parse_part(struct parser *p, struct text part)
{
    size_t equals = text_find_char(part, '=');
    struct text name = text_trim(text_slice(part, 0, equals));
    struct text value = text_trim(text_from(part, equals + 1));
    if (name.size == 0 && value.size == 0)
        return;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (!text_is_nocase(name, parts[i].name))
            continue;
        if (p->seen & (1u << i)) {
            complain(p, true, "%s stands twice", parts[i].name);
            return;
        }
        p->seen |= 1u << i;
        parts[i].parse(p, parts[i].name, value);
        return;
    }
    if (!text_starts_nocase(name, "X-"))
        complain(p, true, "the part %.*s is not known", shown(name), name.data);
}

/* Parts that the standard keeps apart. What has a plain meaning as a filter is read as one. */
static void check_together(struct parser *p)
{
    struct rule *rule = p->rule;
    if (!p->is_refused && !(p->seen & 1))
        complain(p, true, "FREQ is missing");
    if (rule->count && rule->has_until)
        complain(p, false, "COUNT and UNTIL stand together: the earlier end holds");
    if (rule->nth_count && rule->frequency > FREQUENCY_MONTHLY) {
        complain(p, false, "numbers on BYDAY are for MONTHLY and YEARLY only: they are ignored");
        for (size_t i = 0; i < rule->nth_count; i++)
            rule->weekdays |= (uint8_t)(1 << rule->nths[i].weekday);
        rule->nth_count = 0;
    }
    if (rule->nth_count && rule->frequency == FREQUENCY_MONTHLY)
        for (size_t i = 0; i < rule->nth_count; i++)
            if (rule->nths[i].nth > 5 || rule->nths[i].nth < -5)
                complain(p, false, "no month has the weekday number %d", rule->nths[i].nth);
    if (rule->weeks.count && rule->frequency != FREQUENCY_YEARLY)
        complain(p, false, "BYWEEKNO is for YEARLY only: it is read as a filter");
    bool is_by_day = rule->month_days || rule->month_days_back;
    if (is_by_day && rule->frequency == FREQUENCY_WEEKLY)
        complain(p, false, "BYMONTHDAY is not for WEEKLY: it is read as a filter");
    if (rule->year_days.count && rule->frequency != FREQUENCY_YEARLY &&
        rule->frequency != FREQUENCY_HOURLY)
        complain(p, false, "BYYEARDAY is for YEARLY and HOURLY: it is read as a filter");
    bool has_other = rule->months || is_by_day || rule->weekdays || rule->nth_count ||
                     rule->hours || rule->minutes || rule->seconds || rule->weeks.count ||
                     rule->year_days.count;
    if (rule->skip && !p->has_scale)
        complain(p, false, "SKIP stands without RSCALE: it is read in the Gregorian calendar");
    if (rule->positions.count && !has_other)
        complain(p, false, "BYSETPOS stands alone");
}

/* "FREQ=DAILY\;COUNT=10": some libraries write a rule as if it were text. */
static struct text take_escapes_off(struct parser *p, struct text raw)
{
    char *plain = arena_alloc(p->arena, raw.size);
    size_t size = 0;
    if (!plain) {
        p->is_out_of_memory = true;
        return raw;
    }
    for (size_t i = 0; i < raw.size; i++)
        if (raw.data[i] != '\\')
            plain[size++] = raw.data[i];
    complain(p, false, "its backslashes are ignored");
    return (struct text){plain, size};
}

int rule_parse(struct arena *arena, struct text raw, struct rule *ret, const char **ret_complaint)
{
    struct rule rule = {.interval = 1, .week_start = MONDAY};
    struct parser p = {.arena = arena, .rule = &rule};
    *ret_complaint = NULL;
    if (text_find_char(raw, '\\') < raw.size)
        raw = take_escapes_off(&p, raw);
    for (struct text rest = raw; rest.data && !p.is_refused && !p.is_out_of_memory;)
        parse_part(&p, text_split(&rest, ';'));
    check_together(&p);
    if (p.is_out_of_memory)
        return -ENOMEM;
    *ret_complaint = p.complaint;
    if (p.is_refused)
        return RULE_E_MALFORMED;
    *ret = rule;
    return 0;
}

static bool numbers_equal(const struct rule_numbers *a, const struct rule_numbers *b)
{
    return a->count == b->count &&
           (a->count == 0 || memcmp(a->items, b->items, a->count * sizeof *a->items) == 0);
}

static bool until_equal(const struct rule *a, const struct rule *b)
{
    if (!a->has_until || !b->has_until)
        return a->has_until == b->has_until;
    return a->until.is_date == b->until.is_date && a->until.is_utc == b->until.is_utc &&
           civil_time_to_sec(a->until.time) == civil_time_to_sec(b->until.time);
}

bool rule_equal(const struct rule *a, const struct rule *b)
{
    return a->frequency == b->frequency && a->week_start == b->week_start && a->skip == b->skip &&
           a->interval == b->interval && a->count == b->count && a->months == b->months &&
           a->month_days == b->month_days && a->month_days_back == b->month_days_back &&
           a->hours == b->hours && a->minutes == b->minutes && a->seconds == b->seconds &&
           a->weekdays == b->weekdays && a->nth_count == b->nth_count &&
           (a->nth_count == 0 || memcmp(a->nths, b->nths, a->nth_count * sizeof *a->nths) == 0) &&
           until_equal(a, b) && numbers_equal(&a->weeks, &b->weeks) &&
           numbers_equal(&a->year_days, &b->year_days) &&
           numbers_equal(&a->positions, &b->positions);
}
