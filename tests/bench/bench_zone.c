/* room: base */
/* SPDX-License-Identifier: MIT */
/* Questions to base/zone beside the C library's answers to the same ones: random moments of the
 * years 2000 to 2060 in zones with many changes, few, and rules that reach beyond their file.
 * bench_zone.py asks Python's zoneinfo, with the same moments a zone.
 *
 *     bench_zone [QUESTIONS]                                                                     */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/zone.h"

static const char *const names[] = {"Europe/Paris", "Asia/Tokyo", "America/New_York",
                                    "Africa/Casablanca", "Australia/Lord_Howe"};
enum { ZONES = sizeof names / sizeof names[0], MOMENTS = 4096 };

static double now_sec(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int64_t moments_sec[MOMENTS];
static struct civil_time walls[MOMENTS];
static struct tm wall_tms[MOMENTS];

static void make_moments(const struct zone *zone)
{
    uint32_t random = 2463534242u;
    for (size_t i = 0; i < MOMENTS; i++) {
        random ^= random << 13, random ^= random >> 17, random ^= random << 5;
        moments_sec[i] = 946684800 + (int64_t)(random % 1893456000u);
        walls[i] = zone_to_civil(zone, instant_from_sec(moments_sec[i]));
        time_t t = (time_t)moments_sec[i];
        localtime_r(&t, &wall_tms[i]);
        wall_tms[i].tm_isdst = -1;
    }
}

static void bench(struct zones *zones, const char *name, int questions)
{
    const struct zone *zone = zones_find(zones, text_of(name));
    int64_t sum = 0;
    if (!zone)
        exit(1);
    setenv("TZ", name, 1);
    tzset();
    make_moments(zone);

    double begin = now_sec();
    for (int i = 0; i < questions; i++)
        sum += zone_to_civil(zone, instant_from_sec(moments_sec[i % MOMENTS])).minute;
    double to_civil = now_sec() - begin;
    begin = now_sec();
    for (int i = 0; i < questions; i++) {
        time_t t = (time_t)moments_sec[i % MOMENTS];
        struct tm tm;
        sum -= localtime_r(&t, &tm)->tm_min;
    }
    double libc_to_civil = now_sec() - begin;
    begin = now_sec();
    for (int i = 0; i < questions; i++)
        sum += zone_to_instant(zone, walls[i % MOMENTS], NULL).utc_usec;
    double to_instant = now_sec() - begin;
    begin = now_sec();
    int few = questions / 10;
    for (int i = 0; i < few; i++) {
        struct tm tm = wall_tms[i % MOMENTS];
        sum += mktime(&tm);
    }
    double libc_to_instant = (now_sec() - begin) * 10;
    begin = now_sec();
    for (int i = 0; i < questions; i++)
        sum += zones_find(zones, text_of(name)) == zone;
    double find = now_sec() - begin;

    double ns = 1e9 / questions;
    printf("%-20s to civil %4.0f ns (libc %4.0f, %4.1fx)  to instant %4.0f ns (libc %5.0f, %5.1fx)"
           "  by name %3.0f ns  [%d]\n",
           name, to_civil * ns, libc_to_civil * ns, libc_to_civil / to_civil, to_instant * ns,
           libc_to_instant * ns, libc_to_instant / to_instant, find * ns, (int)(sum & 1));
}

int main(int argc, char **argv)
{
    int questions = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 2000000;
    struct zones *zones = zones_new(NULL);
    if (!zones || questions < 10)
        return 1;
    for (size_t i = 0; i < ZONES; i++)
        bench(zones, names[i], questions);
    zones_free(zones);
    return 0;
}
