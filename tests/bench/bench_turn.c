/* room: app */
/* SPDX-License-Identifier: MIT */
/* How long the daemon's loop waits for a turn: everything that a turn does but send, over CONTACTS
 * contacts and EVENTS events, nothing of them due. Each story is told with the CPU time of its
 * longest turn (50 ms are the aim) and of all its turns:
 *
 *   - the first pass after a start;
 *   - the list, then the calendar, is saved again with another line;
 *   - somebody is forgotten, so that each contact is asked for by hash;
 *   - a pass that finds nothing new.
 *
 *     bench_turn [CONTACTS] [EVENTS]                                                             */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "app/house.h"
#include "app/turn.h"

static const double slice_sec = 0.025; /* as app/daemon.c has it */

static double cpu_sec(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(int r, const char *what)
{
    if (!r)
        return;
    fprintf(stderr, "bench_turn: %s: %d\n", what, r);
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

static void write_settings(const char *folder)
{
    FILE *file = create(folder, "convier.cfg");
    fprintf(file,
            "state = \"%s/state\"; organisation: { name = \"O\"; address = \"A\"; zone = "
            "\"Europe/Paris\"; language = \"en\"; };\n"
            "sender: { name = \"O\"; address = \"o@example.org\"; };\n"
            "relay: { url = \"smtp://127.0.0.1:9\"; tls = \"none\"; };\n"
            "calendars: ( { name = \"c\"; source = \"%s/feed.ics\"; } );\n"
            "contacts: ( { source = \"%s/contacts.csv\"; } );\n"
            "rules: ( { name = \"r\"; audience = \"all\"; category = \"told\"; steps = (\n"
            " { send = \"invitation\"; before = \"60 days\"; }, { send = \"reminder\"; before = "
            "\"7 days\"; } ); } );\n"
            "limits: { settle = \"0 min\"; hold_above = 10000000; hold_share = 100; quiet = "
            "\"\"; };\n",
            folder, folder, folder);
    fclose(file);
}

static void write_list(const char *folder, size_t contacts)
{
    FILE *file = create(folder, "contacts.csv");
    fprintf(file, "email;name;language;zone;groups\n");
    for (size_t i = 0; i < contacts; i++)
        fprintf(file, "contact-%07zu@mairie.example;Élu %zu;fr;%s;\"japon, elus\"\n", i, i,
                i % 2 ? "Europe/Paris" : "Asia/Tokyo");
    fclose(file);
}

/* One in a hundred has a rule. */
static void write_feed(const char *folder, size_t events)
{
    FILE *file = create(folder, "feed.ics");
    fprintf(file, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//b//b//EN\r\n");
    for (size_t i = 0; i < events; i++)
        fprintf(file,
                "BEGIN:VEVENT\r\nUID:event-%zu\r\nDTSTAMP:20260101T000000Z\r\n"
                "DTSTART:2027%02zu%02zuT080000Z\r\nDURATION:PT1H\r\nSUMMARY:Réunion %zu\r\n"
                "LOCATION:Salle %zu\r\n%sEND:VEVENT\r\n",
                i, 1 + i % 6, 1 + i % 28, i, i % 20, i % 100 ? "" : "CATEGORIES:told\r\n");
    fprintf(file, "END:VCALENDAR\r\n");
    fclose(file);
}

static bool is_spent(void *context)
{
    return cpu_sec() >= *(const double *)context;
}

/* Turns until nothing is left to do. */
static void tell(struct turn *turn, const char *what)
{
    struct instant now = house_now(turn->house);
    double start = cpu_sec(), longest = 0, until;
    size_t turns = 0, over = 0;
    struct rusage usage;
    turn->budget = (struct budget){is_spent, &until};
    do {
        double from = cpu_sec();
        until = from + slice_sec;
        must(turn_run(turn, now), what);
        double spent = cpu_sec() - from;
        longest = spent > longest ? spent : longest;
        over += spent > 0.05;
        turns++;
    } while (turn->is_wanted_again || !turn_is_quiet(turn));
    getrusage(RUSAGE_SELF, &usage);
    printf("  %-26s %7.3f s, %4zu turns, the longest %6.1f ms, %zu over 50 ms; peak %ld MiB\n",
           what, cpu_sec() - start, turns, longest * 1e3, over, usage.ru_maxrss / 1024);
}

static void open_house(struct house *house, struct turn *turn, const char *folder)
{
    static char config[256];
    static struct options options;
    static struct report report;
    const struct courier none = {0};
    snprintf(config, sizeof config, "%s/convier.cfg", folder);
    options = (struct options){.config = config, .has_config = true, .at = "2026-06-01 10:00"};
    report_init(&report, stdout, stderr, false);
    must(house_open(house, &options, &report), "house");
    must(house_load_settings(house), "settings");
    must(house_open_ledger(house, LEDGER_DAEMON), "ledger");
    must(house_read_sources(house, false, true), "sources");
    must(house_load_templates(house), "templates");
    turn_init(turn, house);
    must(turn_open(turn, &none), "turn");
}

static void forget_one(struct house *house, const char *address)
{
    size_t rows;
    struct ledger *ledger = house->ledger;
    must(ledger_begin(ledger), "begin");
    must(ledger_suppress(ledger, address, SUPPRESSED_OPPOSED, "asked", house_now(house)),
         "opposed");
    must(ledger_forget(ledger, address, &rows), "forget");
    must(ledger_commit(ledger), "commit");
}

int main(int argc, char **argv)
{
    size_t contacts = argc > 1 ? strtoul(argv[1], NULL, 10) : 100000;
    size_t events = argc > 2 ? strtoul(argv[2], NULL, 10) : 10000;
    char folder[] = "/tmp/bench-turn-XXXXXX", command[64];
    struct house house = {0};
    struct turn turn;
    must(!mkdtemp(folder), "mkdtemp");
    write_settings(folder);
    write_list(folder, contacts);
    write_feed(folder, events);
    printf("%zu contacts, %zu events\n", contacts, events);
    open_house(&house, &turn, folder);
    tell(&turn, "after the start");
    write_list(folder, contacts + 1);
    turn_note(&turn, TURN_SOURCES);
    tell(&turn, "the list is saved");
    write_feed(folder, events + 1);
    turn_note(&turn, TURN_SOURCES);
    tell(&turn, "the calendar is saved");
    forget_one(&house, "contact-0000007@mairie.example");
    turn_note(&turn, TURN_WORD);
    tell(&turn, "one is forgotten");
    turn_note(&turn, 0);
    tell(&turn, "nothing is new");
    house_close(&house);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    must(system(command), command);
    return 0;
}
