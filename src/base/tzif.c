/* SPDX-License-Identifier: MIT */
/* tzif: a file holds the same data twice, first with 32-bit times for old readers. From version 2
 * on that first block is only measured and skipped; the second, with 64-bit times, is followed by
 * a footer: the rule for all time after the last transition. The rule is expanded here, once, for
 * the 400 years after which the Gregorian calendar repeats, so that a question never meets it.   */
#include "base/tzif.h"

#include <errno.h>
#include <string.h>

#include "base/tzrule.h"

enum {
    HEADER_SIZE = 44,
    TYPE_SIZE = 6,
    TYPES_MAX = 256,
    OFFSET_MIN_SEC = -(24 * 3600 + 59 * 60 + 59), /* RFC 9636 3.2, utoff */
    OFFSET_MAX_SEC = 25 * 3600 + 59 * 60 + 59,
    RULE_YEARS = 404,       /* a cycle and its margins on both sides */
    RULE_FIRST_YEAR = 1800, /* of a file that lists no transition; no clock changed before */
    RULE_LAST_YEAR = 9998 - RULE_YEARS
};
#define TIME_MAX_SEC (INT64_C(1) << 59) /* as far ahead as RFC 9636 looks back */

struct header {
    uint8_t version; /* 1, or '2' and above */
    size_t time_size;
    size_t ut_count, std_count, leap_count, time_count, type_count, char_count;
    size_t body_size;
};

static uint32_t read_u32(const char *data)
{
    const unsigned char *bytes = (const unsigned char *)data;
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static int64_t read_time(const char *data, size_t size)
{
    if (size == 4)
        return (int32_t)read_u32(data);
    return (int64_t)((uint64_t)read_u32(data) << 32 | read_u32(data + 4));
}

/* Counts are 32 bits and the sum is 64, so nothing wraps. */
static bool header_take(struct text *rest, size_t time_size, struct header *ret)
{
    if (rest->size < HEADER_SIZE || memcmp(rest->data, "TZif", 4) != 0)
        return false;
    *ret = (struct header){
        .version = rest->data[4] == 0 ? 1 : (uint8_t)rest->data[4],
        .time_size = time_size,
        .ut_count = read_u32(rest->data + 20),
        .std_count = read_u32(rest->data + 24),
        .leap_count = read_u32(rest->data + 28),
        .time_count = read_u32(rest->data + 32),
        .type_count = read_u32(rest->data + 36),
        .char_count = read_u32(rest->data + 40),
    };
    ret->body_size = ret->time_count * (time_size + 1) + ret->type_count * TYPE_SIZE +
                     ret->char_count + ret->leap_count * (time_size + 4) + ret->std_count +
                     ret->ut_count;
    *rest = text_from(*rest, HEADER_SIZE);
    return rest->size >= ret->body_size && ret->type_count >= 1 && ret->type_count <= TYPES_MAX &&
           ret->char_count >= 1 && (ret->version == 1 || ret->version >= '2');
}

/* The local time types, each as a change without a moment. */
static int types_read(const struct header *header, struct text types, struct text names,
                      struct zone_table *table, struct zone_change *ret)
{
    for (size_t i = 0; i < header->type_count; i++) {
        const char *row = types.data + i * TYPE_SIZE;
        int32_t offset_sec = (int32_t)read_u32(row);
        uint8_t is_dst = (uint8_t)row[4], name_at = (uint8_t)row[5];
        if (offset_sec < OFFSET_MIN_SEC || offset_sec > OFFSET_MAX_SEC || is_dst > 1 ||
            name_at >= names.size)
            return TZIF_E_MALFORMED;
        struct text name = text_from(names, name_at);
        size_t end = text_find_char(name, '\0');
        if (end == name.size)
            return TZIF_E_MALFORMED;
        ret[i] = (struct zone_change){.offset_sec = offset_sec, .is_dst = is_dst};
        int r = zone_table_name(table, text_slice(name, 0, end), &ret[i].abbreviation);
        if (r)
            return r == -EFBIG ? TZIF_E_MALFORMED : r;
    }
    return 0;
}

static int body_read(const struct header *header, struct text body, struct zone_table *table)
{
    struct zone_change types[TYPES_MAX];
    size_t times_size = header->time_count * header->time_size;
    struct text indices = text_slice(body, times_size, header->time_count);
    struct text after = text_from(body, times_size + header->time_count);
    size_t types_size = header->type_count * TYPE_SIZE;
    int r = types_read(header, text_slice(after, 0, types_size),
                       text_slice(after, types_size, header->char_count), table, types);
    if (r)
        return r;

    struct zone_change change = types[0]; /* before the first transition: type 0 */
    change.utc_sec = INT64_MIN;
    r = zone_table_add(table, change);
    for (size_t i = 0; i < header->time_count && !r; i++) {
        int64_t utc_sec = read_time(body.data + i * header->time_size, header->time_size);
        uint8_t type = (uint8_t)indices.data[i];
        if (type >= header->type_count || utc_sec > TIME_MAX_SEC ||
            (i && utc_sec <= change.utc_sec))
            return TZIF_E_MALFORMED;
        change = types[type];
        change.utc_sec = utc_sec;
        r = zone_table_add(table, change);
    }
    return r;
}

/* Adds a change of the rule unless it is before what the file lists or changes nothing: a rule of
 * permanent daylight time ends each year at the moment at which the next one starts.             */
static int rule_add(struct zone_table *table, struct zone_change change, int64_t after_sec)
{
    if (change.utc_sec <= after_sec)
        return 0;
    if (change.utc_sec < table->changes[table->count - 1].utc_sec)
        return TZIF_E_MALFORMED; /* seasons that overlap: no place has them */
    return zone_table_add(table, change);
}

static int rule_expand(const struct tzrule *rule, struct zone_table *table)
{
    struct zone_change standard = {.offset_sec = rule->standard_offset_sec};
    struct zone_change daylight = {.offset_sec = rule->daylight_offset_sec, .is_dst = true};
    int r = zone_table_name(table, rule->standard, &standard.abbreviation);
    if (!r && rule->has_daylight)
        r = zone_table_name(table, rule->daylight, &daylight.abbreviation);
    if (r)
        return r == -EFBIG ? TZIF_E_MALFORMED : r;

    int64_t last_sec = table->changes[table->count - 1].utc_sec;
    if (table->count == 1) {
        standard.utc_sec = INT64_MIN;
        table->changes[0] = standard; /* no transition at all: the rule holds for ever */
    }
    int first_year = civil_time_from_sec(last_sec).date.year - 1;
    if (first_year < RULE_FIRST_YEAR)
        first_year = RULE_FIRST_YEAR;
    if (!rule->has_daylight || first_year > RULE_LAST_YEAR)
        return 0;
    for (int year = first_year; year < first_year + RULE_YEARS && !r; year++) {
        daylight.utc_sec = tzrule_change_sec(rule, year, true);
        standard.utc_sec = tzrule_change_sec(rule, year, false);
        bool is_north = daylight.utc_sec < standard.utc_sec;
        r = rule_add(table, is_north ? daylight : standard, last_sec);
        if (!r)
            r = rule_add(table, is_north ? standard : daylight, last_sec);
    }
    struct civil_time margin = {.date = {(int16_t)(first_year + 3), 1, 1}};
    table->cycle_from_sec = civil_time_to_sec(margin);
    return r;
}

static int footer_read(struct text footer, struct zone_table *table)
{
    struct tzrule rule;
    if (footer.size < 2 || footer.data[0] != '\n')
        return TZIF_E_MALFORMED;
    footer = text_from(footer, 1);
    size_t end = text_find_char(footer, '\n');
    if (end == footer.size)
        return TZIF_E_MALFORMED;
    if (end == 0)
        return 0; /* nothing is known of the years after */
    if (!tzrule_parse(text_slice(footer, 0, end), &rule))
        return TZIF_E_MALFORMED;
    return rule_expand(&rule, table);
}

static int parse(struct text rest, struct zone_table *table)
{
    struct header header;
    if (!header_take(&rest, 4, &header))
        return TZIF_E_MALFORMED;
    bool has_second_block = header.version >= '2';
    if (has_second_block) {
        rest = text_from(rest, header.body_size);
        if (!header_take(&rest, 8, &header))
            return TZIF_E_MALFORMED;
    }
    if (header.leap_count)
        return TZIF_E_MALFORMED;
    int r = body_read(&header, text_slice(rest, 0, header.body_size), table);
    if (!r && has_second_block)
        r = footer_read(text_from(rest, header.body_size), table);
    return r;
}

int tzif_parse(struct text bytes, struct zone_table *ret_table)
{
    struct zone_table table;
    zone_table_init(&table);
    int r = bytes.size > TZIF_BYTES_MAX ? TZIF_E_MALFORMED : parse(bytes, &table);
    if (r)
        zone_table_done(&table);
    else
        *ret_table = table;
    return r;
}
