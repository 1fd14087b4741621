/* SPDX-License-Identifier: MIT */
/* A courier with more room than a dispatch fills: when is there a reason for the next turn? */
#include "check.h"

#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/turn.h"
#include "base/file.h"

enum { CONTACTS = 800, BATCH = 256, IN_HAND = 2 * BATCH };

static const char settings[] =
    "state = \"state\";\n"
    "organisation: { name = \"Cercle\"; address = \"1 rue de la Paix\"; zone = \"Europe/Paris\"; "
    "};\n"
    "sender: { name = \"Cercle\"; address = \"cercle@example.org\"; };\n"
    "relay: { url = \"smtp://127.0.0.1:2525\"; tls = \"none\"; };\n"
    "calendars: ( { name = \"c\"; source = \"c.ics\"; } );\n"
    "contacts: ( { source = \"c.csv\"; } );\n"
    "limits: { hold_above = 100000; hold_share = 100; quiet = \"\"; };\n"
    "rules: ( { name = \"r\"; category = \"C\"; audience = \"all\";\n"
    "  steps = ( { send = \"invitation\"; before = \"30 days\"; } ); } );\n";
static const char calendar[] =
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:u\r\nDTSTAMP:20260101T000000Z\r\n"
    "DTSTART;TZID=Europe/Paris:20260320T140000\r\nDURATION:PT2H\r\nSUMMARY:Réunion\r\n"
    "LOCATION:Salle 1\r\nCATEGORIES:C\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

static char folder[64];
static void *tokens[CONTACTS];
static size_t taken, answered;

static size_t room(void *context)
{
    (void)context;
    return SIZE_MAX;
}

static int take(void *context, const struct message *message, void *token)
{
    (void)context, (void)message;
    REQUIRE(taken < CONTACTS);
    tokens[taken++] = token;
    return 0;
}

static struct instant at(const char *rfc3339)
{
    struct instant t;
    REQUIRE(instant_parse_rfc3339(text_of(rfc3339), &t));
    return t;
}

static void answer(struct turn *turn, size_t count, struct instant now)
{
    const struct outcome accepted = {.verdict = VERDICT_ACCEPTED, .stage = STAGE_DOT, .code = 250};
    for (; count; count--)
        turn_note_outcome(turn, tokens[answered++], &accepted, now);
}

static void put(const char *name, struct text bytes)
{
    char path[120];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    REQUIRE(file_replace(path, bytes, 0600) == 0);
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
    (void)status, (void)type, (void)ftw;
    return remove(path);
}

static void make_folder(void)
{
    CLEANUP_BUF struct buf list = BUF_INIT(1 << 20);
    char path[120];
    snprintf(folder, sizeof folder, "%s/convier-dispatch-XXXXXX",
             access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
    REQUIRE(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/state", folder);
    REQUIRE(mkdir(path, 0700) == 0);
    buf_add_string(&list, "email,name\n");
    for (int i = 0; i < CONTACTS; i++)
        buf_printf(&list, "p%d@x.example,P %d\n", i, i);
    put("convier.cfg", text_of(settings));
    put("c.ics", text_of(calendar));
    put("c.csv", buf_text(&list));
}

static void open_house(struct house *house, const struct options *options, struct report *report,
                       struct instant now)
{
    REQUIRE(house_open(house, options, report) == 0);
    REQUIRE(house_load_settings(house) == 0);
    clock_freeze(&house->clock, now);
    REQUIRE(house_open_ledger(house, LEDGER_DAEMON) == 0);
    REQUIRE(house_read_sources(house, false, false) == 0);
    REQUIRE(house_load_templates(house) == 0);
}

TEST(room_is_used_by_half_a_hand)
{
    const struct courier courier = {.room = room, .send = take};
    const struct instant before = at("2026-02-01T08:00:00Z"), now = at("2026-03-02T09:00:00Z");
    FILE *silence = fopen("/dev/null", "w");
    char config[80];
    struct options options = {.config = config, .has_config = true};
    struct report report;
    struct house house;
    struct turn turn;

    REQUIRE(silence);
    make_folder();
    snprintf(config, sizeof config, "%s/convier.cfg", folder);
    report_init(&report, silence, silence, false);
    open_house(&house, &options, &report, before);
    turn_init(&turn, &house);
    REQUIRE(turn_open(&turn, &courier) == 0);
    REQUIRE(turn_run(&turn, before) == 0); /* a rule that is new today never speaks of the past */
    clock_freeze(&house.clock, now);
    turn_note(&turn, 0);
    for (size_t i = 0; i < 10 && taken < IN_HAND; i++)
        REQUIRE(turn_run(&turn, now) == 0);
    REQUIRE(taken == IN_HAND);
    CHECK(!conductor_has_room(house.conductor, now));
    answer(&turn, BATCH - 1, now);
    CHECK(!conductor_has_room(house.conductor, now));
    answer(&turn, 1, now);
    CHECK(conductor_has_room(house.conductor, now));
    REQUIRE(turn_run(&turn, now) == 0);
    CHECK_INT(taken, IN_HAND + BATCH);
    CHECK(!conductor_has_room(house.conductor, now));
    answer(&turn, taken - answered, now);
    CHECK(conductor_has_room(house.conductor, now));
    REQUIRE(turn_run(&turn, now) == 0);
    CHECK_INT(taken, CONTACTS);
    answer(&turn, taken - answered, now);
    house_close(&house);
    (void)nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    fclose(silence);
}

CHECK_MAIN
