/* SPDX-License-Identifier: MIT */
/* A pass in slices: whatever its slices, it records the same; and a brake holds all of it, also
 * when the pass dies in the middle or staff answer before it has ended.                          */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/conductor.h"
#include "app/house.h"
#include "app/report.h"
#include "check.h"

enum { CONTACTS = 2000, EVENTS = 3 };

struct scene {
    char folder[64], config[128];
    struct options options;
    struct report report;
    struct house house;
    struct instant now;
};

static void write_file(const struct scene *scene, const char *name, const struct buf *bytes)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", scene->folder, name);
    FILE *file = fopen(path, "w");
    REQUIRE(file != NULL);
    REQUIRE(fwrite(bytes->data, 1, bytes->size, file) == bytes->size);
    fclose(file);
}

static void write_contacts(const struct scene *scene, int count)
{
    struct buf text = BUF_INIT(1 << 20);
    buf_add_string(&text, "email;name;language;zone\n");
    for (int i = 0; i < count; i++)
        buf_printf(&text, "c%04d@example.org;N;fr;%s\n", i, i % 2 ? "Europe/Paris" : "Asia/Tokyo");
    write_file(scene, "contacts.csv", &text);
    buf_done(&text);
}

static void write_world(const struct scene *scene, int hold_above, const char *merge)
{
    struct buf text = BUF_INIT(1 << 20);
    buf_printf(&text,
               "state = \"%s\"; organisation: { name = \"O\"; address = \"A\"; language = \"en\"; "
               "zone = \"Europe/Paris\"; };\n"
               "sender: { name = \"O\"; address = \"o@example.org\"; };\n"
               "relay: { url = \"smtp://127.0.0.1:9\"; tls = \"none\"; };\n"
               "calendars: ( { name = \"c\"; source = \"feed.ics\"; } );\n"
               "contacts: ( { source = \"contacts.csv\"; } );\n"
               "rules: ( { name = \"r\"; audience = \"all\"; merge = %s;\n"
               " steps = ( { send = \"invitation\"; before = \"60 days\"; } ); } );\n"
               "limits: { settle = \"0 min\"; hold_above = %d; hold_share = 100; quiet = \"\";\n"
               " per_contact = \"2 per 3 days\"; };\n",
               scene->folder, merge, hold_above);
    write_file(scene, "convier.cfg", &text);
    write_contacts(scene, CONTACTS);
    buf_clear(&text);
    buf_add_string(&text, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//t//EN\r\n");
    for (int i = 0; i < EVENTS; i++)
        buf_printf(&text,
                   "BEGIN:VEVENT\r\nUID:e%d\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:202610%02d"
                   "T080000Z\r\nDURATION:PT1H\r\nSUMMARY:E%d\r\nEND:VEVENT\r\n",
                   i, 20 + i, i);
    buf_add_string(&text, "END:VCALENDAR\r\n");
    write_file(scene, "feed.ics", &text);
    buf_done(&text);
}

/* A courier that has room until it is asked to go; then it goes, or not. */
static size_t offered, called_back;
static bool is_willing;
static void *in_hand; /* what it took; NULL = nothing */

static size_t room(void *context)
{
    (void)context;
    return offered || in_hand ? 0 : 1;
}

static int take(void *context, const struct message *message, void *token)
{
    (void)context, (void)message;
    offered++;
    in_hand = is_willing ? token : NULL;
    return is_willing ? 0 : -EBUSY;
}

static void recall(void *context)
{
    (void)context;
    called_back++;
}

static void open_house(struct scene *scene)
{
    const struct courier courier = {.room = room, .send = take, .recall = recall};
    report_init(&scene->report, stdout, stderr, false);
    scene->house = (struct house){0};
    scene->options = (struct options){.config = scene->config, .has_config = true};
    REQUIRE(house_open(&scene->house, &scene->options, &scene->report) == 0);
    REQUIRE(house_load_settings(&scene->house) == 0);
    clock_freeze(&scene->house.clock, scene->now);
    REQUIRE(house_open_ledger(&scene->house, LEDGER_DAEMON) == 0);
    REQUIRE(house_read_sources(&scene->house, false, false) == 0);
    REQUIRE(house_load_templates(&scene->house) == 0);
    REQUIRE(house_open_conductor(&scene->house, &courier, 0) == 0);
}

static void open_scene(struct scene *scene, int hold_above, const char *merge)
{
    *scene = (struct scene){.folder = "/tmp/convier-pass-XXXXXX"};
    REQUIRE(mkdtemp(scene->folder) != NULL);
    snprintf(scene->config, sizeof scene->config, "%s/convier.cfg", scene->folder);
    REQUIRE(instant_parse_rfc3339(TEXT("2026-10-01T10:00:00Z"), &scene->now));
    write_world(scene, hold_above, merge);
    open_house(scene);
}

static void close_scene(struct scene *scene)
{
    char command[128];
    house_close(&scene->house);
    snprintf(command, sizeof command, "rm -rf %s", scene->folder);
    CHECK_INT(system(command), 0);
}

static bool is_spent(void *context)
{
    int *left = context;
    return --*left <= 0;
}

/* As many slices as it takes, or as are given; steps: looks at the budget a slice. */
static bool plan(struct scene *scene, int steps, int slices, struct pass_report *ret)
{
    bool is_done = false;
    for (int i = 0; !is_done && i < slices; i++) {
        int left = steps;
        const struct budget budget = {is_spent, &left};
        REQUIRE(conductor_plan_step(scene->house.conductor, scene->now, &budget, ret, &is_done) ==
                0);
        CHECK(conductor_is_planning(scene->house.conductor) == !is_done);
    }
    return is_done;
}

static size_t count(struct scene *scene, enum notice_state state, int64_t hold)
{
    struct arena *arena = arena_new(1 << 26);
    const struct notice_filter filter = {.has_state = true, .state = state, .hold = hold};
    struct notices notices = {0};
    REQUIRE(arena && ledger_notices(scene->house.ledger, arena, &filter, &notices) == 0);
    size_t result = notices.count;
    arena_free(arena);
    return result;
}

TEST(slices_of_any_size_record_the_same)
{
    static const int steps[] = {1, 2, 3, 7, 1000000};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        struct scene scene;
        struct pass_report report;
        char title[32];
        snprintf(title, sizeof title, "%d steps a slice", steps[i]);
        CHECK_ROW(title);
        open_scene(&scene, 100000, "false");
        CHECK(plan(&scene, steps[i], 10000, &report));
        /* Two a contact, the third event waits: per_contact. */
        CHECK_INT(report.owed, 2 * CONTACTS);
        CHECK_INT(count(&scene, NOTICE_OWED, 0), 2 * CONTACTS);
        CHECK(instant_before(scene.now, report.next));
        CHECK(plan(&scene, steps[i], 10000, &report));
        CHECK_INT(report.owed + report.held + report.ended, 0);
        close_scene(&scene);
    }
}

/* The lists are merged in slices, too, and may change meanwhile. */
TEST(long_lists_are_merged_in_slices)
{
    struct scene scene;
    struct pass_report report;
    open_scene(&scene, 100000, "false");
    for (int more = 1; more <= 2; more++) {
        write_contacts(&scene, 5000 + more);
        REQUIRE(sources_read_files(scene.house.sources, true, scene.now) == 0);
        CHECK(!plan(&scene, 1, 1, &report));
        CHECK(!conductor_contacts(scene.house.conductor));
    }
    CHECK(plan(&scene, 3, 10000, &report));
    CHECK_INT(report.owed, 2 * 5002);
    write_contacts(&scene, 5003);
    REQUIRE(sources_read_files(scene.house.sources, true, scene.now) == 0);
    CHECK(!plan(&scene, 2, 1, &report));
    REQUIRE(conductor_plan(scene.house.conductor, scene.now, &report) == 0); /* and at once */
    CHECK(!conductor_is_planning(scene.house.conductor));
    CHECK_INT(report.owed, 2);
    close_scene(&scene);
}

TEST(what_merges_is_counted_once)
{
    struct scene scene;
    struct pass_report report;
    open_scene(&scene, 100000, "true");
    CHECK(plan(&scene, 3, 10000, &report));
    CHECK_INT(report.owed, 3 * CONTACTS);
    close_scene(&scene);
}

static bool would_send(const struct scene *scene)
{
    size_t sent;
    offered = 0;
    REQUIRE(conductor_send(scene->house.conductor, scene->now, true, &sent) == 0);
    return offered > 0;
}

/* Until a pass is through, and while the lists that it waits for are merged, nobody knows what is
 * still true, nor all that one mail must tell. */
TEST(nothing_leaves_while_planning)
{
    struct scene scene;
    struct pass_report report;
    open_scene(&scene, 100000, "false");
    CHECK(plan(&scene, 3, 10000, &report));
    CHECK(would_send(&scene));
    write_contacts(&scene, 5000);
    REQUIRE(sources_read_files(scene.house.sources, true, scene.now) == 0);
    while (!plan(&scene, 1, 1, &report))
        CHECK(!would_send(&scene));
    CHECK(would_send(&scene));
    close_scene(&scene);
}

static void send_one(struct scene *scene)
{
    is_willing = true;
    CHECK(would_send(scene));
    is_willing = false;
    REQUIRE(in_hand != NULL);
}

static void answer(struct scene *scene)
{
    const struct outcome outcome = {.verdict = VERDICT_ACCEPTED, .stage = STAGE_DOT, .code = 250};
    REQUIRE(conductor_outcome(scene->house.conductor, in_hand, &outcome, scene->now) == 0);
    in_hand = NULL;
}

/* What waits for a connection is called back at once, though nobody has planned since. */
TEST(a_pause_waits_for_no_pass)
{
    struct scene scene;
    struct pass_report report;
    size_t sent;
    open_scene(&scene, 100000, "false");
    struct house *house = &scene.house;
    CHECK(plan(&scene, 3, 10000, &report));
    send_one(&scene);
    called_back = 0;
    REQUIRE(ledger_begin(house->ledger) == 0);
    REQUIRE(ledger_set(house->ledger, "pause", "a test") == 0);
    REQUIRE(ledger_commit(house->ledger) == 0);
    for (int i = 0; i < 2; i++) {
        REQUIRE(conductor_send(house->conductor, scene.now, false, &sent) == 0);
        CHECK_INT(called_back, 1);
    }
    answer(&scene);
    close_scene(&scene);
}

/* No file grows: the disk is full. */
static void fill_disk(bool is_full)
{
    struct rlimit limit;
    REQUIRE(getrlimit(RLIMIT_FSIZE, &limit) == 0);
    limit.rlim_cur = is_full ? 0 : limit.rlim_max;
    signal(SIGXFSZ, is_full ? SIG_IGN : SIG_DFL);
    REQUIRE(setrlimit(RLIMIT_FSIZE, &limit) == 0);
}

/* The outcome that comes after so many slices cannot be written down. The lists that the next pass
 * looks at are others. */
TEST(a_pass_that_failed_is_begun_anew)
{
    struct scene scene;
    struct pass_report report;
    size_t contacts = CONTACTS;
    int slices = 1;
    open_scene(&scene, 100000, "false");
    struct conductor *conductor = scene.house.conductor;
    CHECK(plan(&scene, 1000000, 1, &report));
    for (;; slices += 2) {
        const struct budget budget = {0};
        bool is_done = false;
        char title[32];
        send_one(&scene);
        conductor_touch(conductor);
        bool is_through = plan(&scene, 1, slices, &report);
        answer(&scene);
        if (is_through)
            break;
        fill_disk(true);
        int r = conductor_plan_step(conductor, scene.now, &budget, &report, &is_done);
        fill_disk(false);
        snprintf(title, sizeof title, "after %d", slices);
        CHECK_ROW(title);
        CHECK(r < 0 && !is_done && !conductor_is_planning(conductor));
        contacts += 100;
        write_contacts(&scene, (int)contacts);
        REQUIRE(sources_read_files(scene.house.sources, true, scene.now) == 0);
        CHECK(plan(&scene, 3, 10000, &report));
        CHECK_INT(report.owed, 2 * 100);
    }
    CHECK(slices > 10);
    close_scene(&scene);
}

TEST(a_brake_outlives_its_pass)
{
    struct scene scene;
    struct pass_report report;
    open_scene(&scene, 3000, "false");
    /* Dies after some slices; what is left would be below hold_above. */
    int slices = 0;
    while (count(&scene, NOTICE_HELD, 0) < 2 * CONTACTS - 1000) {
        REQUIRE(!plan(&scene, 1, 1, &report));
        slices++;
    }
    size_t held = count(&scene, NOTICE_HELD, 0);
    CHECK(slices > 5 && held < 2 * CONTACTS);
    house_close(&scene.house);
    open_house(&scene);
    CHECK(plan(&scene, 1000000, 1, &report));
    CHECK_INT(count(&scene, NOTICE_OWED, 0), 0);
    CHECK_INT(count(&scene, NOTICE_HELD, 1), 2 * CONTACTS); /* one question, not two */
    CHECK_INT(report.held, 2 * CONTACTS - held);
    /* And it is over with the pass: what comes later is small, and leaves. */
    size_t approved = 0;
    REQUIRE(ledger_begin(scene.house.ledger) == 0);
    REQUIRE(ledger_approve(scene.house.ledger, 1, scene.now, &approved) == 0);
    REQUIRE(ledger_commit(scene.house.ledger) == 0);
    CHECK_INT(approved, 2 * CONTACTS);
    const char *brake = "?";
    REQUIRE(ledger_get(scene.house.ledger, scene.house.arena, "pass brake", &brake) == 0);
    CHECK(brake == NULL);
    close_scene(&scene);
}

/* Staff approve or discard what they see while the rest is still being written. */
TEST(staff_answer_in_the_middle)
{
    for (int is_approved = 0; is_approved < 2; is_approved++) {
        struct scene scene;
        struct pass_report report;
        size_t answered = 0;
        CHECK_ROW(is_approved ? "approved" : "discarded");
        open_scene(&scene, 3000, "false");
        while (count(&scene, NOTICE_HELD, 0) < 2 * CONTACTS - 1000)
            REQUIRE(!plan(&scene, 1, 1, &report));
        REQUIRE(ledger_begin(scene.house.ledger) == 0);
        REQUIRE((is_approved ? ledger_approve : ledger_discard)(scene.house.ledger, 1, scene.now,
                                                                &answered) == 0);
        REQUIRE(ledger_commit(scene.house.ledger) == 0);
        conductor_touch(scene.house.conductor);
        CHECK(plan(&scene, 1, 10000, &report));
        CHECK(!instant_before(scene.now, report.next)); /* at once again, for the rest */
        CHECK(plan(&scene, 1, 10000, &report));
        /* Nothing is lost in a hold that nobody can answer any more. */
        CHECK_INT(count(&scene, NOTICE_HELD, 1), 0);
        size_t rest = count(&scene, NOTICE_HELD, 2);
        CHECK_INT(count(&scene, is_approved ? NOTICE_OWED : NOTICE_SUPERSEDED, 1), answered);
        CHECK_INT(report.owed, 0); /* nobody has seen the rest */
        CHECK(answered + rest >= 2 * CONTACTS);
        close_scene(&scene);
    }
}

CHECK_MAIN
