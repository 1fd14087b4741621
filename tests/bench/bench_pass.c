/* room: app */
/* SPDX-License-Identifier: MIT */
/* A pass from calendar files to the ledger, in slices of 20 ms as the daemon takes them:
 *
 *   - one occurrence that becomes due to MANY contacts: under 5 s for 1,000,000 is asked, memory
 *     bounded by the contact list, no slice over 50 ms;
 *   - the pass after it, which reads back what was owed;
 *   - OCCURRENCES future ones x CONTACTS contacts x 5 steps with nothing due, first and again.
 *
 *     bench_pass [MANY] [OCCURRENCES] [CONTACTS]                                                 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "app/conductor.h"
#include "app/house.h"
#include "app/report.h"

static const double slice_sec = 0.020;

static double clock_sec(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double now_sec(void)
{
    return clock_sec(CLOCK_MONOTONIC);
}

static void must(int r, const char *what)
{
    if (!r)
        return;
    fprintf(stderr, "bench_pass: %s: %d\n", what, r);
    exit(1);
}

static FILE *create(const char *folder, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    must(!file, path);
    return file;
}

static void write_world(const char *folder, size_t occurrences, size_t contacts)
{
    FILE *file = create(folder, "convier.cfg");
    fprintf(file,
            "state = \"%s\"; organisation: { name = \"O\"; address = \"A\"; zone = "
            "\"Europe/Paris\"; language = \"en\"; };\n"
            "sender: { name = \"O\"; address = \"o@example.org\"; };\n"
            "relay: { url = \"smtp://127.0.0.1:9\"; tls = \"none\"; };\n"
            "calendars: ( { name = \"c\"; source = \"feed.ics\"; } );\n"
            "contacts: ( { source = \"contacts.csv\"; } );\n"
            "rules: ( { name = \"r\"; audience = \"all\"; steps = (\n"
            " { send = \"invitation\"; before = \"60 days\"; }, { send = \"reminder\"; before = "
            "\"30 days\"; },\n { send = \"reminder\"; before = \"14 days\"; }, { send = "
            "\"reminder\"; before = \"7 days\"; },\n { send = \"reminder\"; before = \"1 day\"; } "
            "); } );\n"
            "limits: { settle = \"0 min\"; hold_above = 10000000; hold_share = 100; quiet = "
            "\"\"; };\n",
            folder);
    fclose(file);
    file = create(folder, "contacts.csv");
    fprintf(file, "email;name;language;zone\n");
    for (size_t i = 0; i < contacts; i++)
        fprintf(file, "contact-%07zu@mairie.example;Contact %zu;fr;%s\n", i, i,
                i % 2 ? "Europe/Paris" : "Asia/Tokyo");
    fclose(file);
    file = create(folder, "feed.ics");
    fprintf(file, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//b//b//EN\r\n");
    for (size_t i = 0; i < occurrences; i++)
        fprintf(file,
                "BEGIN:VEVENT\r\nUID:event-%zu\r\nDTSTAMP:20260101T000000Z\r\n"
                "DTSTART:2027%02zu%02zuT080000Z\r\nDURATION:PT1H\r\nSUMMARY:Event %zu\r\n"
                "END:VEVENT\r\n",
                i, 1 + i % 6, 1 + i % 28, i);
    fprintf(file, "END:VCALENDAR\r\n");
    fclose(file);
}

static long peak_mib(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss / 1024;
}

static bool is_spent(void *context)
{
    const double *until = context;
    return now_sec() >= *until;
}

static void pass(struct house *house, const char *what, struct instant now)
{
    double start = now_sec(), cpu_start = clock_sec(CLOCK_PROCESS_CPUTIME_ID);
    double longest = 0, longest_cpu = 0;
    size_t slices = 0;
    bool is_done = false;
    struct pass_report report;
    while (!is_done) {
        double from = now_sec(), until = from + slice_sec;
        double cpu_from = clock_sec(CLOCK_PROCESS_CPUTIME_ID);
        const struct budget budget = {is_spent, &until};
        must(conductor_plan_step(house->conductor, now, &budget, &report, &is_done), what);
        double spent = now_sec() - from;
        double cpu = clock_sec(CLOCK_PROCESS_CPUTIME_ID) - cpu_from;
        longest = spent > longest ? spent : longest;
        longest_cpu = cpu > longest_cpu ? cpu : longest_cpu;
        slices++;
    }
    printf("%s: %.3f s (%.3f of CPU), %zu owed, %zu slices, the longest %.0f ms (%.0f of CPU), "
           "peak %ld MiB\n",
           what, now_sec() - start, clock_sec(CLOCK_PROCESS_CPUTIME_ID) - cpu_start, report.owed,
           slices, longest * 1e3, longest_cpu * 1e3, peak_mib());
}

static void open_house(struct house *house, struct options *options, struct report *report,
                       const char *folder)
{
    static char config[256];
    const struct courier none = {0};
    snprintf(config, sizeof config, "%s/convier.cfg", folder);
    *options = (struct options){.config = config, .has_config = true};
    must(house_open(house, options, report), "house");
    must(house_load_settings(house), "settings");
    must(house_open_ledger(house, LEDGER_DAEMON), "ledger");
    must(house_read_sources(house, false, false), "sources");
    must(house_open_conductor(house, &none, 0), "conductor");
}

static void run(size_t occurrences, size_t contacts, const char *at, bool is_due)
{
    char folder[] = "/tmp/bench-pass-XXXXXX", name[120], command[160];
    struct house house = {0};
    struct options options;
    struct report report;
    struct instant now;
    must(!mkdtemp(folder), "mkdtemp");
    must(!instant_parse_rfc3339(text_of(at), &now), "now");
    write_world(folder, occurrences, contacts);
    report_init(&report, stdout, stderr, false);
    open_house(&house, &options, &report, folder);
    printf("%zu occurrences x %zu contacts, all read: peak %ld MiB\n", occurrences, contacts,
           peak_mib());
    snprintf(name, sizeof name, "  %s", is_due ? "becomes due" : "nothing due");
    pass(&house, name, now);
    conductor_touch(house.conductor);
    snprintf(name, sizeof name, "  again");
    pass(&house, name, instant_add(now, USEC_PER_MIN));
    house_close(&house);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    must(system(command), command);
}

int main(int argc, char **argv)
{
    size_t many = argc > 1 ? strtoul(argv[1], NULL, 10) : 100000;
    size_t occurrences = argc > 2 ? strtoul(argv[2], NULL, 10) : 1000;
    size_t contacts = argc > 3 ? strtoul(argv[3], NULL, 10) : 10000;
    run(occurrences, contacts, "2026-06-01T10:00:00Z", false);
    run(1, many, "2026-12-20T10:00:00Z", true);
    return 0;
}
