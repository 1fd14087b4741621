/* room: plan */
/* SPDX-License-Identifier: MIT */
/* What a pass costs: 1,000 future occurrences × 10,000 contacts × 5 steps with nothing due (under
 * 50 ms is asked); the same when everybody was already invited, so that each contact must be looked
 * at; and one occurrence that becomes due to 1,000,000 contacts (under 5 s is asked, the ledger
 * included; bench_pass does). Beside the second, the least that looking at each contact can cost:
 * one strcmp. Beside the first, a Python script that only asks for each step's hour, at a hundredth
 * of the size.
 *
 *     bench_plan [OCCURRENCES] [CONTACTS] [MANY]                                                 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "plan/planner.h"

enum { STEPS = 5, ZONES = 3 };

static double now_sec(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void *must(void *thing)
{
    if (!thing) {
        fprintf(stderr, "bench_plan: out of memory\n");
        exit(1);
    }
    return thing;
}

struct world {
    struct arena *arena;
    struct zones *zones;
    struct settings settings;
    struct rule_settings rule;
    struct step_settings steps[STEPS];
    struct rule_audience audience;
    struct contact_list list;
    struct planner_input input;
    struct planner_places places;
    struct told *told;
    struct event event;
    struct occurrence occurrence;
    struct facts facts;
    struct history history;
};

static void fill_contacts(struct world *w, size_t count)
{
    static const char *const zones[ZONES] = {"Europe/Paris", "Asia/Tokyo", "America/New_York"};
    struct contact *contacts = must(arena_alloc_array(w->arena, count, sizeof *contacts));
    const struct contact **items = must(arena_alloc_array(w->arena, count, sizeof *items));
    uint64_t *bits = must(arena_alloc_array(w->arena, count / 64 + 1, sizeof *bits));
    w->told = must(arena_alloc_array(w->arena, count, sizeof *w->told));
    memset(bits, 0xff, (count / 64 + 1) * sizeof *bits);
    for (size_t i = 0; i < count; i++) {
        items[i] = &contacts[i];
        contacts[i].email = must(arena_printf(w->arena, "contact-%08zu@mairie.example.org", i));
        contacts[i].zone = must((void *)(uintptr_t)zones_find(w->zones, text_of(zones[i % ZONES])));
        w->told[i] =
            (struct told){.contact = contacts[i].email, .facts = &w->facts, .was_invited = true};
    }
    w->list = (struct contact_list){items, count};
    w->audience.rule = (struct membership){bits, count};
}

static void make(struct world *w, size_t contacts)
{
    static const int days[STEPS] = {60, 30, 14, 7, 1};
    memset(w, 0, sizeof *w);
    w->arena = must(arena_new((size_t)4 << 30));
    w->zones = must(zones_new(NULL));
    w->settings.organisation.zone = zones_find(w->zones, TEXT("Europe/Paris"));
    w->settings.limits = (struct limit_settings){.settle_usec = 20 * USEC_PER_MIN,
                                                 .quiet = {true, true, 18 * 60 + 30, 8 * 60 + 30}};
    w->settings.rules = &w->rule;
    w->settings.rule_count = 1;
    w->rule = (struct rule_settings){.name = "rule",
                                     .audience = "all",
                                     .steps = w->steps,
                                     .step_count = STEPS,
                                     .category = "Réunion"};
    for (int i = 0; i < STEPS; i++)
        w->steps[i] = (struct step_settings){
            .send = i ? "reminder" : "invitation",
            .kind = i ? NOTICE_REMINDER : NOTICE_INVITATION,
            .offset = {.days = days[i]},
            .at_minute = MINUTES_UNSET,
            .id = must(arena_printf(w->arena, "step-%d", i)),
        };
    fill_contacts(w, contacts);
    static const char *const categories[] = {"Groupe-pays", "réunion"};
    w->event = (struct event){
        .uid = "uid", .feed = "japon", .categories = categories, .category_count = 2};
    w->event.summary.any = "Réunion du groupe-pays Japon";
    w->occurrence = (struct occurrence){.key = "uid", .event = &w->event};
    w->input = (struct planner_input){
        .settings = &w->settings, .contacts = &w->list, .audiences = &w->audience};
    instant_parse_rfc3339(TEXT("2026-06-01T10:00:00Z"), &w->input.now);
    if (planner_places_of(w->arena, &w->input, &w->places))
        must(NULL);
    w->input.places = &w->places;
}

static void set_occurrence(struct world *w, size_t i, int days_ahead)
{
    struct instant start =
        instant_add(w->input.now, (days_ahead + (int64_t)(i % 300)) * USEC_PER_DAY);
    w->occurrence.when = (struct when){.start = start,
                                       .end = instant_add(start, USEC_PER_HOUR),
                                       .zone = w->settings.organisation.zone};
    if (facts_of(w->arena, &w->occurrence, &w->facts))
        must(NULL);
    w->history.has_sighting = true;
    w->history.sighting =
        (struct sighting){.occurrence = "uid",
                          .feed = "japon",
                          .facts = &w->facts,
                          .first_seen = instant_add(w->input.now, -90 * USEC_PER_DAY),
                          .quiet_since = instant_add(w->input.now, -90 * USEC_PER_DAY),
                          .missing_since = INSTANT_UNSET};
}

static double run(struct world *w, size_t occurrences, int days_ahead, size_t *ret_notices)
{
    double spent = 0;
    *ret_notices = 0;
    for (size_t i = 0; i < occurrences; i++) {
        struct planner_subject subject = {&w->occurrence, &w->facts, NULL, &w->history};
        struct plan plan;
        set_occurrence(w, i, days_ahead);
        struct arena_mark mark = arena_mark(w->arena);
        double start = now_sec();
        if (planner_plan(w->arena, &w->input, &subject, &plan))
            must(NULL);
        spent += now_sec() - start;
        *ret_notices += plan.notices.count;
        arena_rewind(w->arena, mark);
    }
    return spent;
}

/* One occurrence, 512 contacts at a time, as a pass takes them. */
static double stream(struct world *w, int days_ahead, size_t *ret_notices)
{
    struct planner_subject subject = {&w->occurrence, &w->facts, NULL, &w->history};
    struct arena *slice = must(arena_new((size_t)1 << 30));
    struct planner *planner;
    struct plan plan;
    *ret_notices = 0;
    set_occurrence(w, 0, days_ahead);
    double start = now_sec();
    if (planner_open(w->arena, &w->input, &subject, &plan, &planner))
        must(NULL);
    while (planner_has_more(planner)) {
        arena_clear(slice);
        plan.notices = (struct planned_notices){0};
        if (planner_walk(planner, slice, 512, NULL))
            must(NULL);
        *ret_notices += plan.notices.count;
    }
    double spent = now_sec() - start;
    arena_free(slice);
    return spent;
}

static double run_floor(const struct world *w, size_t occurrences)
{
    volatile int sum = 0;
    double start = now_sec();
    for (size_t k = 0; k < occurrences; k++)
        for (size_t i = 0; i < w->list.count; i++)
            sum = sum + strcmp(w->told[i].contact, w->list.items[i]->email);
    return sum ? -1 : now_sec() - start; /* all equal: the sum only keeps the loop alive */
}

/* Seconds of the peer; 0 when there is no Python. */
static double run_peer(size_t occurrences, size_t contacts)
{
    char command[512];
    double seconds = 0;
    snprintf(command, sizeof command, "/usr/bin/python3 %s/bench/bench_plan_peer.py %zu %zu",
             CONVIER_TESTS, occurrences, contacts);
    FILE *peer = popen(command, "r");
    if (peer && fscanf(peer, "%lf", &seconds) != 1)
        seconds = 0;
    if (peer)
        pclose(peer);
    return seconds;
}

static size_t argument(int argc, char **argv, int i, size_t usual)
{
    return argc > i ? (size_t)strtoul(argv[i], NULL, 10) : usual;
}

int main(int argc, char **argv)
{
    size_t occurrences = argument(argc, argv, 1, 1000), contacts = argument(argc, argv, 2, 10000);
    size_t many = argument(argc, argv, 3, 1000000), notices;
    struct rusage usage;
    struct world w;

    make(&w, contacts);
    double spent = run(&w, occurrences, 70, &notices);
    printf("%zu occurrences x %zu contacts x %d steps, nothing due: %.1f ms (%zu notices), asked "
           "50 ms: x%.2f\n",
           occurrences, contacts, STEPS, spent * 1e3, notices, spent / 0.05);
    double peer = run_peer(occurrences / 10, contacts / 10);
    if (peer > 0)
        printf("a Python script, a hundredth of it: %.0f ms: x%.0f for the whole\n", peer * 1e3,
               peer * 100 / spent);

    w.history.told = w.told;
    w.history.told_count = contacts;
    spent = run(&w, occurrences, 40, &notices);
    double least = run_floor(&w, occurrences);
    printf("the same, all invited and a step behind them: %.1f ms (%zu notices); one strcmp each: "
           "%.1f ms: x%.2f\n",
           spent * 1e3, notices, least * 1e3, spent / least);
    arena_free(w.arena);
    zones_free(w.zones);

    make(&w, many);
    getrusage(RUSAGE_SELF, &usage);
    long list = usage.ru_maxrss / 1024;
    spent = stream(&w, 20, &notices);
    getrusage(RUSAGE_SELF, &usage);
    printf("1 occurrence x %zu contacts due: %.2f s (%zu notices), %ld MiB above the list of %ld\n",
           many, spent, notices, usage.ru_maxrss / 1024 - list, list);
    arena_free(w.arena);
    zones_free(w.zones);
    return 0;
}
