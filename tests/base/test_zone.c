/* SPDX-License-Identifier: MIT */
#include "base/zone.h"

#include <dirent.h>
#include <ftw.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "check.h"

static const char system_directory[] = "/usr/share/zoneinfo";

static int64_t utc_sec(int year, int month, int day, int hour, int minute)
{
    struct civil_date date = {(int16_t)year, (int8_t)month, (int8_t)day};
    return civil_time_to_sec(civil_time_at(date, hour, minute));
}

TEST(names)
{
    static const struct {
        const char *asked, *name;
    } rows[] = {
        {"Europe/Paris", "Europe/Paris"},
        {"europe/paris", "Europe/Paris"},
        {"EUROPE/PARIS", "Europe/Paris"},
        {"America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"},
        {"utc", "UTC"},
        {"Etc/GMT+5", "Etc/GMT+5"},
        {"UTC+05:30", "UTC+05:30"},
        {"UTC-00:30", "UTC-00:30"},
        {"UTC+05:30:15", "UTC+05:30:15"},
        {"UTC+19:00", NULL},
        {"UTC+5:30", NULL},
        {"UTC+05:60", NULL},
        {"UTC+05:30:15:01", NULL},
        {"UTC+05", NULL},
        {"", NULL},
        {"Europe", NULL},
        {"Europe/", NULL},
        {"/etc/localtime", NULL},
        {"../../../etc/passwd", NULL},
        {"Europe/../Europe/Paris", NULL},
        {"Europe/./Paris", NULL},
        {"Europe//Paris", NULL},
        {"zone.tab", NULL},
        {"leapseconds", NULL},
        {"localtime", NULL},
        {"right/Europe/Paris", NULL},
        {"Europe/Atlantis", NULL},
        {"Europe/Paris ", NULL},
        {"Romance Standard Time", NULL},
    };
    struct zones *zones = zones_new(NULL);
    REQUIRE(zones != NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct zone *zone = zones_find(zones, text_of(rows[i].asked));
        CHECK_ROW(rows[i].asked);
        CHECK_STRING(zone ? zone_name(zone) : NULL, rows[i].name);
    }
    CHECK_ROW("embedded NUL");
    CHECK(zones_find(zones, (struct text){"Europe/Paris\0x", 14}) == NULL);
    CHECK_ROW("identity");
    CHECK(zones_find(zones, TEXT("Asia/Tokyo")) == zones_find(zones, TEXT("asia/tokyo")));
    CHECK(zones_find(zones, TEXT("UTC")) == zones_utc(zones));
    CHECK(zones_fixed(zones, 19800) == zones_fixed(zones, 19800));
    CHECK(zones_fixed(zones, 0) == zones_utc(zones));
    CHECK(zones_fixed(zones, 18 * 3600 + 1) == NULL);
    CHECK(zones_fixed(zones, INT32_MIN) == NULL);
    zones_free(zones);
}

TEST(gap_and_overlap)
{
    static const struct {
        const char *title, *zone;
        int year, month, day, hour, minute;
        enum zone_fit fit;
        const char *want;
    } rows[] = {
        {"once", "Europe/Paris", 2026, 10, 5, 9, 0, ZONE_FIT_ONCE, "2026-10-05T09:00:00+02:00"},
        {"overlap: first", "Europe/Paris", 2022, 10, 30, 2, 30, ZONE_FIT_TWICE,
         "2022-10-30T02:30:00+02:00"},
        {"gap: offset before", "Europe/Paris", 2023, 3, 26, 2, 30, ZONE_FIT_GAP,
         "2023-03-26T03:30:00+02:00"},
        {"first moment of a gap", "Europe/Paris", 2023, 3, 26, 2, 0, ZONE_FIT_GAP,
         "2023-03-26T03:00:00+02:00"},
        {"just after a gap", "Europe/Paris", 2023, 3, 26, 3, 0, ZONE_FIT_ONCE,
         "2023-03-26T03:00:00+02:00"},
        {"just after an overlap", "Europe/Paris", 2022, 10, 30, 3, 0, ZONE_FIT_ONCE,
         "2022-10-30T03:00:00+01:00"},
        {"Dublin's winter is its daylight time", "Europe/Dublin", 2022, 10, 30, 1, 30,
         ZONE_FIT_TWICE, "2022-10-30T01:30:00+01:00"},
        {"Casablanca leaves in Ramadan", "Africa/Casablanca", 2022, 3, 27, 2, 30, ZONE_FIT_TWICE,
         "2022-03-27T02:30:00+01:00"},
        {"half an hour at Lord Howe", "Australia/Lord_Howe", 2026, 10, 4, 2, 15, ZONE_FIT_GAP,
         "2026-10-04T02:45:00+11:00"},
        {"Apia had no 30 December", "Pacific/Apia", 2011, 12, 30, 12, 0, ZONE_FIT_GAP,
         "2011-12-31T12:00:00+14:00"},
        {"Cairo moves at midnight", "Africa/Cairo", 2026, 4, 24, 0, 0, ZONE_FIT_GAP,
         "2026-04-24T01:00:00+03:00"},
        {"the rule, far ahead", "Europe/Paris", 2480, 7, 1, 12, 0, ZONE_FIT_ONCE,
         "2480-07-01T12:00:00+02:00"},
        {"the rule, near the end of time", "America/New_York", 9998, 1, 1, 12, 0, ZONE_FIT_ONCE,
         "9998-01-01T12:00:00-05:00"},
        {"Tokyo", "Asia/Tokyo", 2026, 10, 5, 16, 0, ZONE_FIT_ONCE, "2026-10-05T16:00:00+09:00"},
        {"UTC", "UTC", 2026, 10, 5, 9, 0, ZONE_FIT_ONCE, "2026-10-05T09:00:00Z"},
        {"London in winter is not UTC", "Europe/London", 2026, 1, 5, 9, 0, ZONE_FIT_ONCE,
         "2026-01-05T09:00:00+00:00"},
        {"local mean time", "Europe/Paris", 1800, 1, 1, 0, 9, ZONE_FIT_ONCE,
         "1800-01-01T00:08:39+00:09"},
        {"west of Greenwich", "America/St_Johns", 2026, 1, 5, 9, 0, ZONE_FIT_ONCE,
         "2026-01-05T09:00:00-03:30"},
    };
    struct zones *zones = zones_new(NULL);
    REQUIRE(zones != NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct zone *zone = zones_find(zones, text_of(rows[i].zone));
        struct civil_date date = {(int16_t)rows[i].year, (int8_t)rows[i].month,
                                  (int8_t)rows[i].day};
        enum zone_fit fit;
        char got[32];
        CHECK_ROW(rows[i].title);
        REQUIRE(zone != NULL);
        struct instant t =
            zone_to_instant(zone, civil_time_at(date, rows[i].hour, rows[i].minute), &fit);
        zone_format_rfc3339(zone, t, got);
        CHECK_STRING(got, rows[i].want);
        CHECK_INT(fit, rows[i].fit);
    }
    zones_free(zones);
}

TEST(states_and_transitions)
{
    struct zones *zones = zones_new(NULL);
    REQUIRE(zones != NULL);
    const struct zone *paris = zones_find(zones, TEXT("Europe/Paris"));
    REQUIRE(paris != NULL);
    struct instant t = instant_from_sec(utc_sec(2026, 3, 29, 1, 0)), next;
    CHECK_STRING(zone_state_at(paris, t).abbreviation, "CEST");
    CHECK(zone_state_at(paris, t).is_dst);
    t.utc_usec--;
    CHECK_STRING(zone_state_at(paris, t).abbreviation, "CET");
    CHECK(zone_next_transition(paris, t, &next));
    CHECK_INT(instant_sec(next), utc_sec(2026, 3, 29, 1, 0));
    CHECK(zone_next_transition(paris, next, &next)); /* strictly after */
    CHECK_INT(instant_sec(next), utc_sec(2026, 10, 25, 1, 0));
    CHECK(zone_next_transition(paris, instant_from_sec(utc_sec(5000, 7, 1, 0, 0)), &next));
    CHECK_INT(instant_sec(next), utc_sec(5000, 10, 26, 1, 0));
    CHECK(!zone_next_transition(zones_find(zones, TEXT("Asia/Tokyo")), t, &next));
    CHECK(!zone_next_transition(zones_utc(zones), t, &next));
    /* Later than any calendar: no crash, some answer. */
    CHECK_INT(zone_to_civil(paris, INSTANT_NEVER).date.year, 9999);
    CHECK_INT(zone_to_civil(paris, INSTANT_UNSET).date.year, 1);
    zones_free(zones);
}

TEST(custom_zones)
{
    static const struct zone_transition transitions[] = {
        {.utc_sec = 1000, .offset_sec = 7200, .is_dst = true, .abbreviation = "S"},
        {.utc_sec = 9000, .offset_sec = 3600},
    };
    struct zone_transition initial = {.offset_sec = 3600, .abbreviation = "W"};
    struct zones *zones = zones_new(NULL);
    REQUIRE(zones != NULL);
    const struct zone *zone = zones_custom(zones, "My Zone", initial, transitions, 2);
    REQUIRE(zone != NULL);
    CHECK_STRING(zone_name(zone), "My Zone");
    CHECK(zones_custom(zones, "My Zone", initial, transitions, 2) == zone);
    CHECK(zones_custom(zones, "My Zone", initial, transitions, 1) != zone);
    CHECK(zones_custom(zones, "Europe/Paris", initial, transitions, 2) !=
          zones_find(zones, TEXT("Europe/Paris")));
    CHECK(zones_find(zones, TEXT("My Zone")) == NULL);
    CHECK_INT(zone_state_at(zone, instant_from_sec(-99)).offset_sec, 3600);
    CHECK_STRING(zone_state_at(zone, instant_from_sec(999)).abbreviation, "W");
    CHECK_STRING(zone_state_at(zone, instant_from_sec(1000)).abbreviation, "S");
    CHECK(!zone_state_at(zone, instant_from_sec(9000)).is_dst);
    CHECK_STRING(zone_state_at(zone, instant_from_sec(9000)).abbreviation, "");
    initial.offset_sec = INT32_MAX; /* no clock: cut, and still there and back */
    zone = zones_custom(zones, "Absurd", initial, NULL, 0);
    REQUIRE(zone != NULL);
    struct civil_time noon = {{2026, 10, 5}, 12, 0, 0};
    CHECK_INT(civil_time_compare(zone_to_civil(zone, zone_to_instant(zone, noon, NULL)), noon), 0);
    zones_free(zones);
}

TEST(rfc3339_parsing)
{
    static const struct {
        const char *text;
        bool is_good;
        int64_t usec;
    } rows[] = {
        {"1970-01-01T00:00:00Z", true, 0},
        {"1970-01-01t00:00:00z", true, 0},
        {"1970-01-01 00:00:00Z", true, 0},
        {"2026-10-05T09:00:00+02:00", true, 1791183600000000},
        {"2026-10-05T02:30:00-04:30", true, 1791183600000000},
        {"1970-01-01T00:00:00.5Z", true, 500000},
        {"1970-01-01T00:00:00.123456789Z", true, 123456},
        {"1969-12-31T23:59:59.25-00:00", true, -750000},
        {"2016-12-31T23:59:60Z", true, 1483228799000000},
        {"1970-01-01T00:00:00", false, 0},
        {"1970-01-01T00:00Z", false, 0},
        {"1970-01-01T24:00:00Z", false, 0},
        {"1970-02-30T00:00:00Z", false, 0},
        {"1970-01-01T00:00:00.Z", false, 0},
        {"1970-01-01T00:00:00+0200", false, 0},
        {"1970-01-01T00:00:00+24:00", false, 0},
        {"1970-01-01T00:00:00Zx", false, 0},
        {"1970-01-01T-1:00:00Z", false, 0},
        {"19700101T000000Z", false, 0},
        {"", false, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct instant t = {42};
        CHECK_ROW(rows[i].text);
        CHECK_INT(instant_parse_rfc3339(text_of(rows[i].text), &t), rows[i].is_good);
        CHECK_INT(t.utc_usec, rows[i].is_good ? rows[i].usec : 42);
    }
}

/* ---- files that change ---- */

static void copy_zone(const char *from, const char *directory, const char *to)
{
    char path[512];
    struct buf bytes = BUF_INIT(1 << 20);
    snprintf(path, sizeof path, "%s/%s", system_directory, from);
    REQUIRE(file_read(path, &bytes) == 0);
    snprintf(path, sizeof path, "%s/%s", directory, to);
    REQUIRE(file_write(path, buf_text(&bytes), 0644) == 0);
    buf_done(&bytes);
}

static int remove_entry(const char *path, const struct stat *status, int flag, struct FTW *walk)
{
    (void)status, (void)flag, (void)walk;
    return remove(path);
}

TEST(refresh)
{
    char directory[] = "/tmp/convier-zones-XXXXXX", path[512];
    REQUIRE(mkdtemp(directory) != NULL);
    copy_zone("Europe/Paris", directory, "Moving");
    copy_zone("Europe/Paris", directory, "Still");
    struct zones *zones = zones_new(directory);
    REQUIRE(zones != NULL);
    const struct zone *moving = zones_find(zones, TEXT("moving"));
    const struct zone *still = zones_find(zones, TEXT("Still"));
    struct instant t = instant_from_sec(utc_sec(2026, 7, 1, 0, 0));
    REQUIRE(moving && still && zones_find(zones, TEXT("New")) == NULL);
    CHECK_INT(zones_refresh(zones), 0);

    copy_zone("Asia/Tokyo", directory, "Moving");
    copy_zone("Europe/Paris", directory, "Still"); /* another file, the same answers */
    copy_zone("Asia/Tokyo", directory, "New");
    CHECK_INT(zones_refresh(zones), 1);
    CHECK_INT(zone_state_at(moving, t).offset_sec, 9 * 3600);
    CHECK_INT(zone_state_at(still, t).offset_sec, 2 * 3600);
    CHECK(zones_find(zones, TEXT("Moving")) == moving);
    CHECK(zones_find(zones, TEXT("New")) != NULL);
    CHECK_INT(zones_refresh(zones), 0);

    snprintf(path, sizeof path, "%s/Moving", directory); /* broken: the last good answers stay */
    REQUIRE(file_write(path, TEXT("TZif but no more"), 0644) == 0);
    snprintf(path, sizeof path, "%s/Still", directory);
    REQUIRE(remove(path) == 0);
    CHECK_INT(zones_refresh(zones), 0);
    CHECK_INT(zone_state_at(moving, t).offset_sec, 9 * 3600);
    CHECK_INT(zone_state_at(still, t).offset_sec, 2 * 3600);
    CHECK(zones_find(zones, TEXT("Still")) == still);

    copy_zone("Europe/London", directory, "Moving"); /* mended */
    CHECK_INT(zones_refresh(zones), 1);
    CHECK_INT(zone_state_at(moving, t).offset_sec, 3600);
    zones_free(zones);
    CHECK(nftw(directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS) == 0);
}

TEST(no_directory)
{
    struct zones *zones = zones_new("/nonexistent");
    REQUIRE(zones != NULL);
    CHECK(zones_find(zones, TEXT("Europe/Paris")) == NULL);
    CHECK(zones_find(zones, TEXT("UTC")) == zones_utc(zones));
    CHECK_INT(zones_refresh(zones), 0);
    zones_free(zones);
}

/* ---- every zone of the system against two strangers ---- */

static const int64_t around_sec[] = {-7200, -5400, -3601, -3600, -3599, -1800, -1,   0,
                                     1,     1799,  1800,  3599,  3600,  5400,  7199, 7200};
static const int64_t step_sec = 11 * 86400 + 3607;

struct peers {
    struct zones *zones;
    FILE *zoneinfo;
    size_t count;
};

/* The C library's answer, with its own reader of the same file. */
static void compare_with_libc(const struct zone *zone, int64_t t_sec, struct zone_state state)
{
    time_t t = (time_t)t_sec;
    struct tm tm;
    if (localtime_r(&t, &tm) && tm.tm_gmtoff == state.offset_sec &&
        (tm.tm_isdst > 0) == state.is_dst && strcmp(tm.tm_zone, state.abbreviation) == 0)
        return;
    CHECK_ROW(zone_name(zone));
    CHECK_INT(state.offset_sec, tm.tm_gmtoff);
    CHECK_INT(state.is_dst, tm.tm_isdst > 0);
    CHECK_STRING(state.abbreviation, tm.tm_zone);
    CHECK_INT(t_sec, -1); /* names the moment */
}

static void compare_at(struct peers *peers, const struct zone *zone, int64_t t_sec)
{
    struct zone_state state = zone_state_at(zone, instant_from_sec(t_sec));
    enum zone_fit fit;
    int64_t wall_sec = t_sec + state.offset_sec;
    struct instant back = zone_to_instant(zone, civil_time_from_sec(wall_sec), &fit);
    compare_with_libc(zone, t_sec, state);
    fprintf(peers->zoneinfo, "u %lld %d %s\nw %lld %d %lld\n", (long long)t_sec, state.offset_sec,
            state.abbreviation, (long long)wall_sec, fit, (long long)instant_sec(back));
    peers->count++;
}

/* Wall-clock times around a change, read with the offset before it: they meet the gap. */
static void compare_walls(struct peers *peers, const struct zone *zone, int64_t change_sec)
{
    int32_t before_sec = zone_state_at(zone, instant_from_sec(change_sec - 1)).offset_sec;
    for (size_t i = 0; i < sizeof around_sec / sizeof *around_sec; i++) {
        int64_t wall_sec = change_sec + before_sec + around_sec[i];
        enum zone_fit fit;
        struct instant t = zone_to_instant(zone, civil_time_from_sec(wall_sec), &fit);
        fprintf(peers->zoneinfo, "w %lld %d %lld\n", (long long)wall_sec, fit,
                (long long)instant_sec(t));
    }
}

static void compare_zone(struct peers *peers, const char *name)
{
    int64_t from_sec = utc_sec(1990, 1, 1, 0, 0), until_sec = utc_sec(2060, 1, 1, 0, 0);
    const struct zone *zone = zones_find(peers->zones, text_of(name));
    CHECK_ROW(name);
    REQUIRE(zone != NULL);
    fprintf(peers->zoneinfo, "zone %s\n", name);
    setenv("TZ", name, 1);
    tzset();
    struct instant t = instant_from_sec(from_sec);
    while (zone_next_transition(zone, t, &t) && instant_sec(t) < until_sec) {
        for (size_t i = 0; i < sizeof around_sec / sizeof *around_sec; i++)
            compare_at(peers, zone, instant_sec(t) + around_sec[i]);
        compare_walls(peers, zone, instant_sec(t));
    }
    for (int64_t t_sec = from_sec; t_sec < until_sec; t_sec += step_sec)
        compare_at(peers, zone, t_sec);
}

static void compare_folder(struct peers *peers, const char *prefix)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", system_directory, prefix);
    DIR *folder = opendir(path);
    REQUIRE(folder != NULL);
    for (struct dirent *entry; (entry = readdir(folder));) {
        char name[300];
        struct stat status;
        snprintf(name, sizeof name, "%s%s", prefix, entry->d_name);
        if (entry->d_name[0] < 'A' || entry->d_name[0] > 'Z' || strcmp(name, "Factory") == 0)
            continue; /* posix/, right/, tables */
        REQUIRE(fstatat(dirfd(folder), entry->d_name, &status, 0) == 0);
        if (S_ISDIR(status.st_mode)) {
            strncat(name, "/", sizeof name - strlen(name) - 1);
            compare_folder(peers, name);
        } else {
            compare_zone(peers, name);
        }
    }
    closedir(folder);
}

TEST(all_zones_against_libc_and_zoneinfo)
{
    struct peers peers = {
        .zones = zones_new(NULL),
        .zoneinfo = popen("/usr/bin/python3 " CONVIER_TESTS "/base/zone_peer.py", "w"),
    };
    REQUIRE(peers.zones && peers.zoneinfo);
    compare_folder(&peers, "");
    CHECK_ROW("zoneinfo");
    CHECK_INT(pclose(peers.zoneinfo), 0);
    CHECK(peers.count > 1000000);
    zones_free(peers.zones);
}

CHECK_MAIN
