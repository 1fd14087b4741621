/* room: calendar */
/* SPDX-License-Identifier: MIT */
/* A feed of 10,000 events (70 % recurring, Paris, EXDATEs) expanded over one year, beside libical's
 * icalcomponent_foreach_recurrence over the same file (whose answer lacks overrides and second
 * rules) and Debian's python3-recurring-ical-events over a tenth of it; then one of 100,000 events
 * read, beside icalparser_parse_string, with the peak of memory above the file's own size.
 *
 *     bench_calendar [EVENTS]        of the first feed; the second has ten times as many         */
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "calendar/expansion.h"
#include "calendar/feed.h"

static double now_sec(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint64_t seed = 88172645463325252u;

static int pick(int bound)
{
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    return (int)(seed % (uint64_t)bound);
}

static void add_rule(struct buf *out, int hour)
{
    static const char *const days[] = {"MO", "TU", "WE", "TH", "FR"};
    int kind = pick(100);
    if (kind < 25)
        buf_printf(out, "RRULE:FREQ=WEEKLY;BYDAY=%s\r\n", days[pick(5)]);
    else if (kind < 40)
        buf_printf(out, "RRULE:FREQ=DAILY;INTERVAL=%d\r\n", 2 + pick(5));
    else if (kind < 50)
        buf_printf(out, "RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;COUNT=200\r\n");
    else if (kind < 70)
        buf_printf(out, "RRULE:FREQ=MONTHLY;BYDAY=%d%s\r\n", 1 + pick(4), days[pick(5)]);
    else if (kind < 85)
        buf_printf(out, "RRULE:FREQ=YEARLY\r\n");
    else
        buf_printf(out, "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=%s;UNTIL=20281231T000000Z\r\n",
                   days[pick(5)]);
    for (int i = pick(4); i > 0; i--)
        buf_printf(out, "EXDATE;TZID=Europe/Paris:2026%02d%02dT%02d0000\r\n", 1 + pick(12),
                   1 + pick(28), hour);
}

static void make_feed(struct buf *out, int events, int recurring_percent)
{
    buf_add_string(out,
                   "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Bench//EN\r\n"
                   "BEGIN:VTIMEZONE\r\nTZID:Europe/Paris\r\nBEGIN:DAYLIGHT\r\n"
                   "TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nDTSTART:19700329T020000\r\n"
                   "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nEND:DAYLIGHT\r\nBEGIN:STANDARD\r\n"
                   "TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nDTSTART:19701025T030000\r\n"
                   "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n");
    for (int i = 0; i < events; i++) {
        int year = 2024 + pick(3), month = 1 + pick(12), day = 1 + pick(28), hour = 7 + pick(12);
        buf_printf(out,
                   "BEGIN:VEVENT\r\nUID:%08x-%d-4b1f@calendar.example.org\r\n"
                   "DTSTAMP:20260101T120000Z\r\nCREATED:20250101T120000Z\r\n"
                   "LAST-MODIFIED:20260101T120000Z\r\nSEQUENCE:%d\r\n"
                   "DTSTART;TZID=Europe/Paris:%04d%02d%02dT%02d0000\r\n"
                   "DTEND;TZID=Europe/Paris:%04d%02d%02dT%02d3000\r\n",
                   (unsigned)pick(INT32_MAX), i, i % 3, year, month, day, hour, year, month, day,
                   hour + 1);
        if (pick(100) < recurring_percent)
            add_rule(out, hour);
        buf_printf(out,
                   "SUMMARY:Réunion du groupe-pays Japon n° %d\r\n"
                   "LOCATION:Hôtel de ville\\, salle %d\\, Nancy\r\n"
                   "DESCRIPTION:Ordre du jour de la séance %d :\\n- accueil des participants\\n- "
                   "poin\r\n ts sur les coopérations en cours\\n- questions diverses\\nMerci de\r\n"
                   "  confirmer votre présence.\r\nCATEGORIES:Groupe-pays Japon\r\n"
                   "STATUS:CONFIRMED\r\nTRANSP:OPAQUE\r\nBEGIN:VALARM\r\nACTION:DISPLAY\r\n"
                   "TRIGGER:-PT15M\r\nDESCRIPTION:Rappel\r\nEND:VALARM\r\nEND:VEVENT\r\n",
                   i, i % 40, i);
    }
    buf_add_string(out, "END:VCALENDAR\r\n");
}

static const struct instant year_begin = {INT64_C(1767222000) * USEC_PER_SEC};
static const struct instant year_end = {INT64_C(1798758000) * USEC_PER_SEC};

struct timing {
    double parse, expand;
    size_t occurrences;
};

static struct timing run_ours(struct text raw, bool expands)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct zones *zones = zones_new(NULL);
    struct locale *locale;
    struct flaws flaws;
    struct feed *feed;
    struct occurrences list = {0};
    if (!arena || !zones || locale_new(&locale))
        exit(1);
    struct feed_options options = {.name = "bench",
                                   .source = "bench.ics",
                                   .zones = zones,
                                   .locale = locale,
                                   .zone = zones_find(zones, TEXT("Europe/Paris"))};
    flaws_init(&flaws, arena, "bench.ics");
    struct timing timing;
    double begin = now_sec();
    if (feed_parse(arena, raw, &options, &flaws, &feed))
        exit(1);
    timing.parse = now_sec() - begin;
    begin = now_sec();
    if (expands && expansion_run(arena, feed, year_begin, year_end, &flaws, &list))
        exit(1);
    timing.expand = now_sec() - begin;
    timing.occurrences = list.count;
    locale_free(locale);
    zones_free(zones);
    arena_free(arena);
    return timing;
}

static void count_one(icalcomponent *event, struct icaltime_span *span, void *data)
{
    (void)event;
    (void)span;
    ++*(size_t *)data;
}

static struct timing run_libical(struct text raw, bool expands)
{
    struct timing timing = {0};
    struct icaltimetype from = icaltime_from_string("20251231T230000Z");
    struct icaltimetype until = icaltime_from_string("20261231T230000Z");
    double begin = now_sec();
    icalcomponent *calendar = icalparser_parse_string(raw.data);
    timing.parse = now_sec() - begin;
    begin = now_sec();
    for (icalcomponent *event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
         event && expands;
         event = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT))
        icalcomponent_foreach_recurrence(event, from, until, count_one, &timing.occurrences);
    timing.expand = now_sec() - begin;
    icalcomponent_free(calendar);
    return timing;
}

/* Seconds that the Python peer needs to expand the feed; 0 when it is not installed. */
static double run_peer(struct text raw)
{
    char path[] = "/tmp/convier-bench-XXXXXX", command[1024];
    double seconds = 0;
    int fd = mkstemp(path);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    if (!file)
        return 0;
    fwrite(raw.data, 1, raw.size, file);
    fclose(file);
    snprintf(command, sizeof command, "/usr/bin/python3 %s/bench/bench_calendar_peer.py %s",
             CONVIER_TESTS, path);
    FILE *peer = popen(command, "r");
    if (peer && fscanf(peer, "%lf", &seconds) != 1)
        seconds = 0;
    if (peer)
        pclose(peer);
    unlink(path);
    return seconds;
}

static long peak_kb(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

/* Reading the big feed in a process of its own, for its peak of memory. */
static void bench_reading(int events)
{
    struct buf raw = BUF_INIT((size_t)2 << 30);
    make_feed(&raw, events, 30);
    raw.data = realloc(raw.data, raw.size + 1); /* the file, and not the buffer's reserve */
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        long before = peak_kb();
        struct timing ours = run_ours(buf_text(&raw), false);
        printf("read %d events, %zu MB: %.2f s, peak %ld MB above the file\n", events,
               raw.size >> 20, ours.parse, (peak_kb() - before) >> 10);
        fflush(stdout);
        _exit(0);
    }
    waitpid(child, NULL, 0);
    child = fork();
    if (child == 0) {
        long before = peak_kb();
        double ours = run_ours(buf_text(&raw), false).parse;
        long middle = peak_kb();
        double theirs = run_libical(buf_text(&raw), false).parse;
        printf("libical's parser: %.2f s = %.1fx ours, %ld MB above\n", theirs, theirs / ours,
               (peak_kb() - (middle - before)) >> 10);
        fflush(stdout);
        _exit(0);
    }
    waitpid(child, NULL, 0);
    buf_done(&raw);
}

int main(int argc, char **argv)
{
    int events = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 10000;
    struct buf raw = BUF_INIT((size_t)1 << 30), tenth = BUF_INIT((size_t)1 << 30);
    if (events < 10)
        return 2;
    bench_reading(events * 10); /* first: memory freed by others would hide its peak */
    make_feed(&raw, events, 70);
    make_feed(&tenth, events / 10, 70);
    struct timing ours = run_ours(buf_text(&raw), true), theirs = run_libical(buf_text(&raw), true);
    printf("expand a year of %d events: %zu occurrences in %.3f s (parse %.3f)\n", events,
           ours.occurrences, ours.expand, ours.parse);
    printf("libical foreach_recurrence: %zu in %.3f s (parse %.3f) = %.1fx ours\n",
           theirs.occurrences, theirs.expand, theirs.parse, theirs.expand / ours.expand);
    struct timing small = run_ours(buf_text(&tenth), true);
    double peer = run_peer(buf_text(&tenth));
    if (peer > 0)
        printf("recurring_ical_events, %d events: %.2f s = %.0fx ours (%.3f s)\n", events / 10,
               peer, peer / small.expand, small.expand);
    buf_done(&raw);
    buf_done(&tenth);
    return ours.expand <= theirs.expand && (peer == 0 || peer >= 25 * small.expand) ? 0 : 1;
}
