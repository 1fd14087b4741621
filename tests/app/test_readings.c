/* SPDX-License-Identifier: MIT */
/* A reading of a calendar is written down in slices of any size, and also when the program dies
 * between two of them: the same is known of the same occurrences.                                */
#include <stdlib.h>
#include <unistd.h>

#include "app/house.h"
#include "app/readings.h"
#include "check.h"

enum { EVENTS = 40 };

struct scene {
    char folder[64], config[128];
    struct options options;
    struct report report;
    struct house house;
    struct horizon *horizon;
    struct readings readings;
    struct arena *arena;
    struct instant now;
};

static void write_file(const struct scene *scene, const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", scene->folder, name);
    FILE *file = fopen(path, "w");
    REQUIRE(file != NULL);
    fputs(text, file);
    fclose(file);
}

/* Of every five: one stays, one gets another title, one another name, one goes, one comes. One that
 * goes has moved beyond the window.                                                              */
static void write_feed(const struct scene *scene, bool is_second)
{
    CLEANUP_BUF struct buf text = BUF_INIT(1 << 20);
    buf_add_string(&text, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//t//EN\r\n");
    for (int i = 0; i < EVENTS; i++) {
        int kind = i % 5;
        bool is_far = is_second && i == 8;
        if (kind == (is_second ? 3 : 4) && !is_far)
            continue;
        buf_printf(&text,
                   "BEGIN:VEVENT\r\nUID:%s%02d\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:%d10%02d"
                   "T080000Z\r\nDURATION:PT1H\r\nSUMMARY:%s %d\r\nEND:VEVENT\r\n",
                   is_second && kind == 2 ? "other" : "event", i, is_far ? 2031 : 2026, 5 + i % 20,
                   is_second && kind == 1 ? "New" : "Old", i);
    }
    buf_add_string(&text, "END:VCALENDAR\r\n");
    write_file(scene, "feed.ics", text.data);
}

static void open_house(struct scene *scene)
{
    struct house *house = &scene->house;
    *house = (struct house){0};
    report_init(&scene->report, stdout, stderr, false);
    scene->options = (struct options){.config = scene->config, .has_config = true};
    REQUIRE(house_open(house, &scene->options, &scene->report) == 0);
    REQUIRE(house_load_settings(house) == 0);
    REQUIRE(house_open_ledger(house, LEDGER_DAEMON) == 0);
    REQUIRE(house_read_sources(house, false, false) == 0);
    REQUIRE(horizon_new(house->settings, house->sources, 0, &scene->horizon) == 0);
    REQUIRE(readings_init(&scene->readings, house->settings, house->sources) == 0);
}

static void close_house(struct scene *scene)
{
    readings_done(&scene->readings);
    horizon_free(scene->horizon);
    house_close(&scene->house);
}

static void open_scene(struct scene *scene)
{
    CLEANUP_BUF struct buf text = BUF_INIT(1 << 20);
    *scene = (struct scene){.folder = "/tmp/convier-readings-XXXXXX", .arena = arena_new(1 << 26)};
    REQUIRE(scene->arena && mkdtemp(scene->folder) != NULL);
    snprintf(scene->config, sizeof scene->config, "%s/convier.cfg", scene->folder);
    REQUIRE(instant_parse_rfc3339(TEXT("2026-10-01T10:00:00Z"), &scene->now));
    buf_printf(&text,
               "state = \"%s\"; organisation: { name = \"O\"; address = \"A\"; language = \"en\"; "
               "zone = \"Europe/Paris\"; };\n"
               "sender: { name = \"O\"; address = \"o@example.org\"; };\n"
               "relay: { url = \"smtp://127.0.0.1:9\"; tls = \"none\"; };\n"
               "calendars: ( { name = \"c\"; source = \"feed.ics\"; } );\n"
               "contacts: ( { source = \"contacts.csv\"; } );\n"
               "rules: ( { name = \"r\"; category = \"x\"; audience = \"all\";\n"
               " steps = ( { send = \"invitation\"; before = \"60 days\"; } ); } );\n"
               "limits: { settle = \"0 min\"; };\n",
               scene->folder);
    write_file(scene, "convier.cfg", text.data);
    write_file(scene, "contacts.csv", "email;name\na@example.org;A\n");
    write_feed(scene, false);
    open_house(scene);
}

static void close_scene(struct scene *scene)
{
    char command[128];
    close_house(scene);
    arena_free(scene->arena);
    snprintf(command, sizeof command, "rm -rf %s", scene->folder);
    CHECK_INT(system(command), 0);
}

/* At most so many slices, each a transaction; how many it took. */
static int note(struct scene *scene, size_t max, int slices, struct readings_report *ret)
{
    const struct readings_view view = {scene->arena, scene->house.sources, scene->horizon,
                                       scene->house.zones, scene->house.ledger};
    bool is_done = false;
    int taken = 0;
    while (!is_done)
        REQUIRE(horizon_prepare(scene->horizon, scene->now, max, &is_done) == 0);
    REQUIRE(horizon_refresh(scene->horizon, scene->now, NULL) == 0);
    for (is_done = false; !is_done && taken < slices; taken++) {
        REQUIRE(ledger_begin(scene->house.ledger) == 0);
        REQUIRE(readings_step(&scene->readings, &view, scene->now, max, ret, &is_done) == 0);
        REQUIRE(ledger_commit(scene->house.ledger) == 0);
    }
    return taken;
}

static const char *describe(struct scene *scene, bool has_reads)
{
    CLEANUP_BUF struct buf text = BUF_INIT(1 << 20);
    struct sightings list;
    REQUIRE(ledger_sightings(scene->house.ledger, scene->arena, scene->house.zones, "c", scene->now,
                             &list) == 0);
    for (size_t i = 0; i < list.count; i++)
        buf_printf(&text, "%s %s %d %s\n", list.items[i].occurrence, list.items[i].facts->id,
                   has_reads ? list.items[i].missing_reads : list.items[i].missing_reads > 0,
                   list.items[i].moved_to ? list.items[i].moved_to : "-");
    return arena_copy_text(scene->arena, buf_text(&text));
}

static const char *tell(struct scene *scene, const struct readings_report *report)
{
    return arena_printf(scene->arena, "%zu new, %zu changed, %zu missing, %d\n%s",
                        report->first_seen, report->changed, report->missing, report->must_reread,
                        describe(scene, true));
}

TEST(any_slices_write_down_the_same)
{
    static const size_t sizes[] = {SIZE_MAX, 1, 2, 7, 64};
    struct arena *kept = arena_new(1 << 26);
    const char *first = NULL, *second = NULL;
    REQUIRE(kept);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct scene scene;
        struct readings_report report;
        char title[32];
        snprintf(title, sizeof title, "max %zu", sizes[i]);
        CHECK_ROW(title);
        open_scene(&scene);
        int slices = note(&scene, sizes[i], 1000, &report);
        CHECK(sizes[i] > 2 || slices > 10);
        CHECK_INT(report.first_seen, EVENTS / 5 * 4);
        const char *told = tell(&scene, &report);
        first = first ? first : arena_copy_string(kept, told);
        CHECK_STRING(told, first);

        write_feed(&scene, true);
        REQUIRE(sources_read_files(scene.house.sources, true, scene.now) == 0);
        note(&scene, sizes[i], 1000, &report);
        CHECK_INT(report.missing, EVENTS / 5 * 2 - 1);
        CHECK(strstr(describe(&scene, true), "other12") != NULL);
        told = tell(&scene, &report);
        second = second ? second : arena_copy_string(kept, told);
        CHECK_STRING(told, second);
        close_scene(&scene);
    }
    arena_free(kept);
}

/* The address says meanwhile that nothing changed: another reading, which counts, too. */
TEST(a_reading_between_two_slices)
{
    struct scene scene;
    struct readings_report report;
    struct sightings list;
    size_t missing = 0;
    open_scene(&scene);
    note(&scene, SIZE_MAX, 1000, &report);
    write_feed(&scene, true);
    REQUIRE(sources_read_files(scene.house.sources, true, scene.now) == 0);
    note(&scene, 4, 1, &report);
    REQUIRE(scene.readings.noting != NULL);
    sources_unchanged(scene.house.sources, 0, scene.now);
    note(&scene, 4, 1000, &report);
    REQUIRE(ledger_sightings(scene.house.ledger, scene.arena, scene.house.zones, "c", scene.now,
                             &list) == 0);
    for (size_t i = 0; i < list.count; i++) {
        if (!list.items[i].missing_reads || list.items[i].moved_to)
            continue;
        CHECK_ROW(list.items[i].occurrence);
        CHECK_INT(list.items[i].missing_reads, 2);
        missing++;
    }
    CHECK_INT(missing, EVENTS / 5 - 1);
    close_scene(&scene);
}

TEST(death_between_two_slices)
{
    struct arena *kept = arena_new(1 << 26);
    const char *whole = NULL;
    REQUIRE(kept);
    for (int slices = 0, is_over = false; !is_over; slices += 3) {
        struct scene scene;
        struct readings_report report;
        char title[32];
        snprintf(title, sizeof title, "after %d", slices);
        CHECK_ROW(title);
        open_scene(&scene);
        note(&scene, SIZE_MAX, 1000, &report);
        write_feed(&scene, true);
        REQUIRE(sources_read_files(scene.house.sources, true, scene.now) == 0);
        if (slices)
            is_over = note(&scene, 4, slices, &report) < slices;
        close_house(&scene);
        open_house(&scene);
        note(&scene, 4, 1000, &report);
        const char *told = describe(&scene, false);
        whole = whole ? whole : arena_copy_string(kept, told);
        CHECK_STRING(told, whole);
        close_scene(&scene);
    }
    arena_free(kept);
}

CHECK_MAIN
