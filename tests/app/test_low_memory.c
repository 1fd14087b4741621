/* SPDX-License-Identifier: MIT */
/* A short life of the whole program (settings, calendar, list, ledger, templates, two turns, mails
 * handed over, outcomes written down) in which each allocation is refused once. It ends in good
 * order or says so; nothing leaks; nothing leaves by half; and another life on the same ledger,
 * with memory, sends what is left, each message once. */
#include "torture.h"

#include "app/circle.h"
#include "app/turn.h"
#include "base/log.h"

enum { MAILS_MAX = 16, CONTACTS = 3 };

static const char list[] = "email,name,language\na@x.example,A,fr\nb@x.example,B,ja\n"
                           "c@x.example,C,en\n";

static struct {
    struct circle circle;
    void *tokens[MAILS_MAX];
    size_t token_count;
    char taken[MAILS_MAX * 4][80]; /* message ids that the relay took, in all lives */
    size_t taken_count;
} scene;

/* --- a relay that takes everything ------------------------------------------------------------ */

static size_t room(void *context)
{
    (void)context;
    return MAILS_MAX - scene.token_count;
}

static int take(void *context, const struct message *message, void *token)
{
    (void)context;
    CHECK_INT(message->recipient_count, 1);
    CHECK(message->bytes.size > 500 &&
          memcmp(message->bytes.data + message->bytes.size - 2, "\r\n", 2) == 0);
    if (scene.taken_count < MAILS_MAX * 4)
        snprintf(scene.taken[scene.taken_count++], sizeof scene.taken[0], "%s",
                 message->message_id);
    scene.tokens[scene.token_count++] = token;
    return 0;
}

static void answer(struct turn *turn, struct instant now)
{
    const struct outcome accepted = {.verdict = VERDICT_ACCEPTED, .stage = STAGE_DOT, .code = 250};
    for (; scene.token_count; scene.token_count--)
        turn_note_outcome(turn, scene.tokens[scene.token_count - 1], &accepted, now);
}

/* --- a life ------------------------------------------------------------------------------------
 */

static int open_house(struct house *house, struct instant now)
{
    int status = house_load_settings(house);
    clock_freeze(&house->clock, now);
    status = status ? status : house_open_ledger(house, LEDGER_DAEMON);
    status = status ? status : house_read_sources(house, false, false);
    return status ? status : house_load_templates(house);
}

static void run_turns(struct turn *turn, struct instant now)
{
    for (int i = 0; i < 4; i++) {
        turn_note(turn, 0);
        (void)turn_run(turn, now); /* when it fails it rests, and is asked again */
        answer(turn, now);
    }
}

/* From start to end; what fails on the way ends it, as the daemon ends. */
static int live(FILE *silence)
{
    const struct courier courier = {.room = room, .send = take};
    struct instant first = circle_time("2026-03-02T08:00:00Z"),
                   second = circle_time("2026-03-02T09:00:00Z");
    struct options options = {.config = scene.circle.config, .has_config = true};
    struct report report;
    struct house house;
    struct turn turn;
    report_init(&report, silence, silence, false);
    scene.token_count = 0;
    int status = house_open(&house, &options, &report);
    if (!status)
        status = open_house(&house, first);
    if (!status) {
        turn_init(&turn, &house);
        status = turn_open(&turn, &courier) ? EXIT_SYSTEM : 0;
    }
    if (!status) {
        run_turns(&turn, first);
        clock_freeze(&house.clock, second);
        run_turns(&turn, second);
    }
    house_close(&house);
    return status;
}

static void forget_ledger(void)
{
    circle_forget_ledger(&scene.circle);
    scene.taken_count = 0;
}

/* Everyone has the invitation; twice only who may have it once more: a message that was in hand
 * when its life ended is uncertain. */
static void check_taken(bool was_cut)
{
    size_t distinct = 0;
    for (size_t i = 0; i < scene.taken_count; i++) {
        size_t times = 0, first = i;
        for (size_t k = 0; k < scene.taken_count; k++)
            if (strcmp(scene.taken[i], scene.taken[k]) == 0) {
                times++;
                first = k < first ? k : first;
            }
        distinct += first == i;
        CHECK(times == 1 || (was_cut && times == 2));
    }
    CHECK_INT(distinct, CONTACTS);
}

TEST(each_allocation_of_a_life)
{
    FILE *silence = fopen("/dev/null", "w");
    REQUIRE(silence);
    setvbuf(silence, NULL, _IONBF, 0);
    circle_open(&scene.circle, "", text_of(list));
    for (int round = 0; round < 2; round++) { /* what is loaded once and stays is loaded */
        forget_ledger();
        REQUIRE(live(silence) == 0);
        check_taken(false);
    }
    forget_ledger();
    TORTURE_OWN(n)
    {
        int status = live(silence);
        TORTURE_PAUSE
        {
            CHECK(status == 0 || status == EXIT_SYSTEM || status == EXIT_NO);
            if (status || scene.taken_count != CONTACTS)
                CHECK_INT(live(silence), 0);
            check_taken(true);
            forget_ledger();
        }
    }
    circle_close(&scene.circle);
    fclose(silence);
}

CHECK_MAIN
