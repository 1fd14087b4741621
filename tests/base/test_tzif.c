/* SPDX-License-Identifier: MIT */
#include "base/tzif.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/tzrule.h"
#include "check.h"

TEST(rules)
{
    static const struct {
        const char *rule;
        int year;
        const char *start, *end; /* NULL: no daylight time; "": refused */
    } rows[] = {
        {"CET-1CEST,M3.5.0,M10.5.0/3", 2026, "2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z"},
        {"EST5EDT,M3.2.0,M11.1.0", 2026, "2026-03-08T07:00:00Z", "2026-11-01T06:00:00Z"},
        {"IST-1GMT0,M10.5.0,M3.5.0/1", 2026, "2026-10-25T01:00:00Z", "2026-03-29T01:00:00Z"},
        {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 2026, "2026-10-03T15:30:00Z",
         "2026-04-04T15:00:00Z"},
        {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 2026, "2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z"},
        {"IST-2IDT,M3.4.4/26,M10.5.0", 2026, "2026-03-27T00:00:00Z", "2026-10-24T23:00:00Z"},
        {"XXX3EDT4,0/0,J365/23", 2026, "2026-01-01T03:00:00Z", "2027-01-01T03:00:00Z"},
        {"AAA0BBB,J60/0,J365/0", 2024, "2024-03-01T00:00:00Z", "2024-12-30T23:00:00Z"},
        {"AAA0BBB,J60/0,J365/0", 2023, "2023-03-01T00:00:00Z", "2023-12-30T23:00:00Z"},
        {"AAA0BBB,59/0,365/0", 2024, "2024-02-29T00:00:00Z", "2024-12-30T23:00:00Z"},
        {"AAA0BBB,M2.5.4/0,M6.1.0/-167", 2024, "2024-02-29T00:00:00Z", "2024-05-26T00:00:00Z"},
        {"<+03>-3", 2026, NULL, NULL},
        {"JST-9", 2026, NULL, NULL},
        {"LMT0:09:21", 2026, NULL, NULL},
        {"", 2026, "", NULL},
        {"JS-9", 2026, "", NULL},
        {"JST", 2026, "", NULL},
        {"<+3", 2026, "", NULL},
        {"<+03-3", 2026, "", NULL},
        {"+03-3", 2026, "", NULL},
        {"JST-25", 2026, "", NULL},
        {"JST-9 ", 2026, "", NULL},
        {"CET-1CEST", 2026, "", NULL},
        {"CET-1CEST,", 2026, "", NULL},
        {"CET-1CEST,M3.5.0", 2026, "", NULL},
        {"CET-1CEST,M3.5.0,M10.5.0/3x", 2026, "", NULL},
        {"CET-1CEST,M13.5.0,M10.5.0/3", 2026, "", NULL},
        {"CET-1CEST,M3.6.0,M10.5.0/3", 2026, "", NULL},
        {"CET-1CEST,M3.5.7,M10.5.0/3", 2026, "", NULL},
        {"CET-1CEST,J0,J365", 2026, "", NULL},
        {"CET-1CEST,J1,J366", 2026, "", NULL},
        {"CET-1CEST,0,366", 2026, "", NULL},
        {"CET-1CEST,M3.5.0/168,M10.5.0", 2026, "", NULL},
        {"CET-1CEST,M3.5.0/2:60,M10.5.0", 2026, "", NULL},
        {"CET-99999999999999999999", 2026, "", NULL},
    };
    struct zones *zones = zones_new(NULL);
    REQUIRE(zones != NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tzrule rule;
        char got[32];
        CHECK_ROW(rows[i].rule);
        bool is_good = !rows[i].start || *rows[i].start;
        CHECK_INT(tzrule_parse(text_of(rows[i].rule), &rule), is_good);
        if (!is_good)
            continue;
        CHECK_INT(rule.has_daylight, rows[i].start != NULL);
        if (!rows[i].start)
            continue;
        int64_t start_sec = tzrule_change_sec(&rule, rows[i].year, true);
        int64_t end_sec = tzrule_change_sec(&rule, rows[i].year, false);
        zone_format_rfc3339(zones_utc(zones), instant_from_sec(start_sec), got);
        CHECK_STRING(got, rows[i].start);
        zone_format_rfc3339(zones_utc(zones), instant_from_sec(end_sec), got);
        CHECK_STRING(got, rows[i].end);
    }
    zones_free(zones);
}

/* ---- files, built by hand ---- */

struct block {
    int time_size; /* 4 or 8 */
    int64_t times[4];
    uint8_t types[4];
    size_t time_count;
};

static void add_number(struct buf *file, int64_t value, int size)
{
    for (int shift = size * 8 - 8; shift >= 0; shift -= 8)
        buf_add_char(file, (char)(value >> shift & 0xFF));
}

/* Two types: 0 = AAA, UTC+1, standard; 1 = BBB, UTC+2, daylight. */
static void add_block(struct buf *file, char version, const struct block *block, int leap_count)
{
    static const char zeros[15];
    buf_add_string(file, "TZif");
    buf_add_char(file, version);
    buf_add(file, zeros, sizeof zeros);
    add_number(file, 0, 4);
    add_number(file, 0, 4);
    add_number(file, leap_count, 4);
    add_number(file, (int64_t)block->time_count, 4);
    add_number(file, 2, 4);
    add_number(file, 8, 4);
    for (size_t i = 0; i < block->time_count; i++)
        add_number(file, block->times[i], block->time_size);
    buf_add(file, block->types, block->time_count);
    add_number(file, 3600, 4);
    buf_add(file, "\0\0", 2);
    add_number(file, 7200, 4);
    buf_add(file, "\1\4", 2);
    buf_add(file, "AAA\0BBB", 8);
    for (int i = 0; i < leap_count; i++) {
        add_number(file, 0, block->time_size);
        add_number(file, i + 1, 4);
    }
}

static const struct block narrow = {4, {1000, 2000}, {1, 0}, 2};
static const struct block wide = {8, {1000, 1LL << 33}, {1, 0}, 2};

static int32_t offset_at(const struct zone_table *table, int64_t utc_sec)
{
    return zone_table_at(table, utc_sec).change->offset_sec;
}

TEST(version_1)
{
    struct buf file = BUF_INIT(4096);
    struct zone_table table;
    add_block(&file, '\0', &narrow, 0);
    REQUIRE(tzif_parse(buf_text(&file), &table) == 0);
    CHECK_INT(offset_at(&table, INT64_MIN), 3600);
    CHECK_INT(offset_at(&table, 999), 3600);
    CHECK_INT(offset_at(&table, 1000), 7200);
    CHECK_INT(offset_at(&table, 2000), 3600);
    CHECK_INT(offset_at(&table, INT64_MAX), 3600);
    zone_table_done(&table);
    buf_done(&file);
}

TEST(later_versions_use_the_wide_block)
{
    for (char version = '2'; version <= '4'; version++) {
        struct buf file = BUF_INIT(4096);
        struct zone_table table;
        add_block(&file, version, &narrow, 0);
        add_block(&file, version, &wide, 0);
        buf_add_string(&file, "\nAAA-1\n");
        REQUIRE(tzif_parse(buf_text(&file), &table) == 0);
        CHECK_INT(offset_at(&table, 2000), 7200);
        CHECK_INT(offset_at(&table, 1LL << 33), 3600);
        zone_table_done(&table);
        buf_done(&file);
    }
}

TEST(footer_without_transitions)
{
    static const struct block empty = {.time_size = 8};
    struct buf file = BUF_INIT(4096);
    struct zone_table table;
    add_block(&file, '2', &(struct block){.time_size = 4}, 0);
    add_block(&file, '2', &empty, 0);
    buf_add_string(&file, "\nCCC-3DDD,M3.5.0,M10.5.0/3\n");
    REQUIRE(tzif_parse(buf_text(&file), &table) == 0);
    struct civil_date july = {2026, 7, 1}, january = {2026, 1, 1}, far = {6026, 7, 1};
    CHECK_INT(offset_at(&table, civil_time_to_sec(civil_time_at(july, 0, 0))), 4 * 3600);
    CHECK_INT(offset_at(&table, civil_time_to_sec(civil_time_at(january, 0, 0))), 3 * 3600);
    CHECK_INT(offset_at(&table, civil_time_to_sec(civil_time_at(far, 0, 0))), 4 * 3600);
    zone_table_done(&table);
    buf_done(&file);
}

/* Permanent daylight time (RFC 9636 3.3.1): each year ends where the next begins. */
TEST(footer_of_endless_daylight)
{
    struct buf file = BUF_INIT(4096);
    struct zone_table table;
    add_block(&file, '3', &narrow, 0);
    add_block(&file, '3', &(struct block){8, {1000, 2000}, {0, 1}, 2}, 0);
    buf_add_string(&file, "\nAAA-1BBB-2,0/0,J365/23\n");
    REQUIRE(tzif_parse(buf_text(&file), &table) == 0);
    for (int64_t t_sec = 3000; t_sec < 4000000000; t_sec += 86400 * 9 + 7777)
        CHECK_INT(offset_at(&table, t_sec), 7200);
    zone_table_done(&table);
    buf_done(&file);
}

TEST(malformed)
{
    static const struct {
        const char *title;
        struct block block;
        int leap_count;
        const char *footer;
    } rows[] = {
        {"times in disorder", {8, {2000, 1000}, {1, 0}, 2}, 0, "\nAAA-1\n"},
        {"a time twice", {8, {1000, 1000}, {1, 0}, 2}, 0, "\nAAA-1\n"},
        {"a time beyond all calendars", {8, {INT64_MAX - 99}, {1}, 1}, 0, "\nAAA-1\n"},
        {"a type that is not there", {8, {1000}, {2}, 1}, 0, "\nAAA-1\n"},
        {"leap seconds", {8, {1000}, {1}, 1}, 1, "\nAAA-1\n"},
        {"no footer", {8, {1000}, {1}, 1}, 0, ""},
        {"footer without its end", {8, {1000}, {1}, 1}, 0, "\nAAA-1"},
        {"footer without its start", {8, {1000}, {1}, 1}, 0, "AAA-1\n"},
        {"footer that is no rule", {8, {1000}, {1}, 1}, 0, "\nParis\n"},
        {"seasons that overlap", {8, {1000}, {1}, 1}, 0, "\nAAA0BBB,0/100,J365/167\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf file = BUF_INIT(4096);
        struct zone_table table;
        CHECK_ROW(rows[i].title);
        add_block(&file, '2', &narrow, 0);
        add_block(&file, '2', &rows[i].block, rows[i].leap_count);
        buf_add_string(&file, rows[i].footer);
        CHECK_INT(tzif_parse(buf_text(&file), &table), TZIF_E_MALFORMED);
        buf_done(&file);
    }
}

TEST(cut_anywhere)
{
    struct buf file = BUF_INIT(1 << 20);
    REQUIRE(file_read("/usr/share/zoneinfo/Europe/Paris", &file) == 0);
    struct text whole = buf_text(&file);
    struct zone_table table;
    for (size_t cut = 0; cut < whole.size; cut++) {
        char *copy = malloc(cut ? cut : 1); /* exact size: a sanitizer sees one byte too far */
        REQUIRE(copy != NULL);
        memcpy(copy, whole.data, cut);
        CHECK_INT(tzif_parse((struct text){copy, cut}, &table), TZIF_E_MALFORMED);
        free(copy);
    }
    CHECK_INT(tzif_parse(whole, &table), 0);
    zone_table_done(&table);
    buf_done(&file);
}

TEST(bent_anywhere)
{
    struct buf file = BUF_INIT(1 << 20);
    REQUIRE(file_read("/usr/share/zoneinfo/Asia/Tokyo", &file) == 0);
    struct zone_table table;
    for (size_t at = 0; at < file.size; at++)
        for (int byte = 0; byte < 256; byte++) {
            char kept = file.data[at];
            file.data[at] = (char)byte;
            int r = tzif_parse(buf_text(&file), &table);
            CHECK(r == 0 || r == TZIF_E_MALFORMED);
            if (r == 0) {
                CHECK(zone_table_at(&table, 1791183600).change != NULL);
                zone_table_done(&table);
            }
            file.data[at] = kept;
        }
    buf_done(&file);
}

CHECK_MAIN
