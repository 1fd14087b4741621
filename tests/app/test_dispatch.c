/* SPDX-License-Identifier: MIT */
/* A courier with more room than a dispatch fills: when is there a reason for the next turn? */
#include "app/circle.h"
#include "app/turn.h"

enum { CONTACTS = 800, BATCH = 256, IN_HAND = 2 * BATCH };

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

static void answer(struct turn *turn, size_t count, struct instant now)
{
    const struct outcome accepted = {.verdict = VERDICT_ACCEPTED, .stage = STAGE_DOT, .code = 250};
    for (; count; count--)
        turn_note_outcome(turn, tokens[answered++], &accepted, now);
}

static void make_circle(struct circle *circle)
{
    CLEANUP_BUF struct buf list = BUF_INIT(1 << 20);
    buf_add_string(&list, "email,name\n");
    for (int i = 0; i < CONTACTS; i++)
        buf_printf(&list, "p%d@x.example,P %d\n", i, i);
    circle_open(circle, "limits: { hold_above = 100000; hold_share = 100; quiet = \"\"; };\n",
                buf_text(&list));
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
    const struct instant before = circle_time("2026-02-01T08:00:00Z"),
                         now = circle_time("2026-03-02T09:00:00Z");
    FILE *silence = fopen("/dev/null", "w");
    struct circle circle;
    struct options options = {.config = circle.config, .has_config = true};
    struct report report;
    struct house house;
    struct turn turn;

    REQUIRE(silence);
    make_circle(&circle);
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
    circle_close(&circle);
    fclose(silence);
}

CHECK_MAIN
