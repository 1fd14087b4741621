/* SPDX-License-Identifier: MIT */
/* The stage itself: that it is deterministic, that death and faults do what they say. */
#include "app/conductor.h"
#include "check.h"
#include "stage/stage.h"

static const char settings[] =
    "rules: ( { name = \"groupe-pays\"; category = \"Groupe-pays\"; audience = \"japon\";\n"
    "  steps = ( { send = \"invitation\"; before = \"30 days\"; at = \"09:00\"; },\n"
    "            { send = \"reminder\"; before = \"7 days\"; at = \"09:00\"; } ); } );\n"
    "limits: { settle = \"20 min\"; quiet = \"\"; };\n";

static const char calendar[] = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//EN\r\n"
                               "BEGIN:VEVENT\r\nUID:a@x\r\nDTSTAMP:20260101T000000Z\r\n"
                               "DTSTART;TZID=Europe/Paris:20260320T140000\r\n"
                               "DTEND;TZID=Europe/Paris:20260320T160000\r\n"
                               "SUMMARY:Réunion d'été\r\nLOCATION:Nancy\r\n"
                               "CATEGORIES:Groupe-pays\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

static const char contacts[] = "email;name;language;zone;groups\n"
                               "anne@nancy.example;Anne Martin;fr;;japon\n"
                               "sato@nara.example;佐藤 花子;ja;Asia/Tokyo;japon\n";

static struct instant at(const char *text)
{
    struct instant t;
    REQUIRE(instant_parse_rfc3339(text_of(text), &t));
    return t;
}

static struct stage *open_stage(void)
{
    struct stage *s = stage_new(at("2026-01-05T09:00:00Z"));
    stage_put(s, "convier.cfg", text_of(settings));
    stage_put(s, "japon.ics", text_of(calendar));
    stage_put(s, "contacts.csv", text_of(contacts));
    return s;
}

TEST(a_meeting_is_told)
{
    struct stage *s = open_stage();
    size_t count;
    int status = stage_start(s);
    if (status)
        fputs(stage_words(s), stderr);
    REQUIRE(status == EXIT_YES);
    CHECK(stage_run(s, at("2026-03-25T00:00:00Z")));
    const struct mail *const *mails = stage_mails(s, &count);
    REQUIRE(count == 4);
    CHECK_STRING(mails[0]->recipients[0], "sato@nara.example");
    CHECK_INT(mails[0]->at.utc_usec, at("2026-02-18T00:00:00Z").utc_usec);
    CHECK(strstr(mails[1]->subject, "Réunion d'été, vendredi 20 mars 2026") != NULL);
    CHECK(strstr(mails[1]->text, "Nancy") != NULL);
    CHECK(strstr(mails[1]->calendar, "UID:") != NULL);
    CHECK_INT(stage_twins(s), 0);
    CHECK_INT(stage_turns(s) < 30, 1);
    stage_free(s);
}

/* All that came of a run, as one text. */
static char *retell(bool has_fault)
{
    struct server_fault fault = {.place = SERVER_RCPT,
                                 .deed = SERVER_REPLIES,
                                 .address = "anne@nancy.example",
                                 .times = 2,
                                 .until = INSTANT_NEVER};
    struct stage *s = open_stage();
    struct buf all = BUF_INIT(1 << 24);
    size_t count;
    if (has_fault)
        server_add_fault(stage_server(s, 0), &fault);
    REQUIRE(stage_start(s) == EXIT_YES);
    CHECK(stage_run(s, at("2026-03-25T00:00:00Z")));
    const struct mail *const *mails = stage_mails(s, &count);
    for (size_t i = 0; i < count; i++)
        buf_add_text(&all, mails[i]->bytes);
    buf_add_string(&all, stage_log(s));
    stage_free(s);
    return all.data;
}

TEST(the_same_orders_give_the_same_bytes)
{
    char *once = retell(true), *again = retell(true), *other = retell(false);
    CHECK_STRING(again, once);
    CHECK(strcmp(other, once) != 0);
    free(once);
    free(again);
    free(other);
}

static enum notice_state state_of(struct stage *s, const char *contact)
{
    struct arena *arena = arena_new(1 << 24);
    struct notice_filter filter = {.contact = contact};
    struct notices found = {0};
    REQUIRE(arena && stage_notices(s, arena, &filter, &found) == 0);
    enum notice_state state = found.count ? found.items[0].state : NOTICE_STATE_COUNT;
    arena_free(arena);
    return state;
}

/* What one fault does to the only message of that minute. */
TEST(faults_do_what_they_say)
{
    static const struct {
        const char *title;
        enum server_place place;
        enum server_deed deed;
        const char *reply;
        enum notice_state state;
        size_t taken;
    } rows[] = {
        {"connection refused", SERVER_CONNECT, SERVER_CUTS, NULL, NOTICE_OWED, 0},
        {"login refused", SERVER_LOGIN, SERVER_REPLIES, NULL, NOTICE_OWED, 0},
        {"4xx at MAIL", SERVER_MAIL, SERVER_REPLIES, "451 no", NOTICE_DEFERRED, 0},
        {"5xx at RCPT", SERVER_RCPT, SERVER_REPLIES, "550 5.1.1 no", NOTICE_REFUSED, 0},
        {"4xx at DATA", SERVER_DATA, SERVER_REPLIES, "451 no", NOTICE_DEFERRED, 0},
        {"5xx at the dot", SERVER_DOT, SERVER_REPLIES, "554 5.6.0 no", NOTICE_REFUSED, 0},
        {"cut in the text", SERVER_BODY, SERVER_CUTS, NULL, NOTICE_UNCERTAIN, 0},
        {"cut at the dot", SERVER_DOT, SERVER_CUTS, NULL, NOTICE_UNCERTAIN, 0},
        {"taken and cut", SERVER_DOT, SERVER_TAKES_CUTS, NULL, NOTICE_UNCERTAIN, 1},
        {"taken in silence", SERVER_DOT, SERVER_TAKES_SILENCE, NULL, NOTICE_CLAIMED, 1},
        {"silence at RCPT", SERVER_RCPT, SERVER_SILENCE, NULL, NOTICE_CLAIMED, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct server_fault fault = {.place = rows[i].place,
                                     .deed = rows[i].deed,
                                     .reply = rows[i].reply,
                                     .times = -1,
                                     .until = INSTANT_NEVER};
        struct stage *s = open_stage();
        CHECK_ROW(rows[i].title);
        server_add_fault(stage_server(s, 0), &fault);
        REQUIRE(stage_start(s) == EXIT_YES);
        CHECK(stage_run(s, at("2026-02-18T00:00:30Z")));
        CHECK_STRING(notice_state_to_text(state_of(s, "sato@nara.example")),
                     notice_state_to_text(rows[i].state));
        CHECK_INT(server_mail_count(stage_server(s, 0)), rows[i].taken);
        stage_free(s);
    }
}

/* It dies at the moment that was asked for, with exactly that much done. */
TEST(fate_strikes_before_and_after)
{
    for (int is_after = 0; is_after < 2; is_after++) {
        struct stage *s = open_stage();
        REQUIRE(stage_start(s) == EXIT_YES);
        REQUIRE(stage_run(s, at("2026-02-17T00:00:00Z")));
        *stage_fate(s) = (struct fate){.counted = FATE_RELAY_WRITE, .at = 2, .is_after = is_after};
        CHECK_ROW(is_after ? "after the dot" : "before the dot");
        CHECK(!stage_run(s, at("2026-02-18T00:01:00Z")));
        CHECK(!stage_is_running(s));
        CHECK_INT(stage_now(s).utc_usec, at("2026-02-18T00:00:00Z").utc_usec);
        CHECK_INT(server_mail_count(stage_server(s, 0)), is_after);
        CHECK_INT(state_of(s, "sato@nara.example"), NOTICE_CLAIMED);
        REQUIRE(stage_start(s) == EXIT_YES);
        CHECK(stage_run(s, at("2026-02-18T00:01:00Z")));
        CHECK_INT(state_of(s, "sato@nara.example"), NOTICE_ACCEPTED);
        CHECK_INT(stage_twins(s), is_after);
        stage_free(s);
    }
}

/* The ledger's writes before a sync are gone after a power cut, those before a mere kill are not.
 */
TEST(power_takes_what_was_not_synced)
{
    for (int is_power = 0; is_power < 2; is_power++) {
        struct stage *s = open_stage();
        REQUIRE(stage_start(s) == EXIT_YES);
        REQUIRE(stage_run(s, at("2026-02-17T00:00:00Z")));
        *stage_fate(s) =
            (struct fate){.counted = FATE_LEDGER_SYNC, .at = 1, .cuts_power = is_power};
        CHECK_ROW(is_power ? "power" : "kill");
        CHECK(!stage_run(s, at("2026-02-18T00:01:00Z")));
        /* The first sync of that hour is that of the notice which is owed. */
        CHECK_INT(state_of(s, "sato@nara.example"), is_power ? NOTICE_STATE_COUNT : NOTICE_OWED);
        stage_free(s);
    }
}

TEST(a_full_disk_stops_everything)
{
    struct stage *s = open_stage();
    REQUIRE(stage_start(s) == EXIT_YES);
    REQUIRE(stage_run(s, at("2026-02-17T00:00:00Z")));
    stage_set_disk(s, DISK_FULL);
    CHECK(stage_run(s, at("2026-02-18T01:00:00Z")));
    CHECK_INT(server_mail_count(stage_server(s, 0)), 0);
    CHECK(strstr(stage_words(s), "No space left on device") != NULL);
    stage_set_disk(s, DISK_SOUND);
    CHECK(stage_run(s, at("2026-02-18T01:02:00Z")));
    CHECK_INT(server_mail_count(stage_server(s, 0)), 1);
    stage_free(s);
}

/* The list may say that somebody has left: what is owed waits for all of it, and for the plan. */
TEST(nothing_leaves_while_a_list_is_read)
{
    CLEANUP_BUF struct buf list = BUF_INIT(1 << 24);
    struct stage *s = open_stage();
    int slices = 0;
    stage_set_slices(s, 1);
    REQUIRE(stage_start(s) == EXIT_YES);
    REQUIRE(stage_run(s, at("2026-02-17T00:00:00Z")));
    CHECK_INT(stage_command(s, "pause \"for a test\""), EXIT_YES);
    REQUIRE(stage_run(s, at("2026-02-18T01:00:00Z")));
    REQUIRE(state_of(s, "sato@nara.example") == NOTICE_OWED);
    CHECK_INT(stage_command(s, "resume"), EXIT_YES);
    buf_add_string(&list, contacts);
    for (int i = 0; i < 10000; i++)
        buf_printf(&list, "other-%d@nancy.example;Other %d;fr;;others\n", i, i);
    stage_put(s, "contacts.csv", buf_text(&list));

    struct house *house = stage_house(s);
    const struct contact_list *known = conductor_contacts(house->conductor);
    turn_note(stage_turn(s), TURN_SOURCES);
    do {
        REQUIRE(turn_run(stage_turn(s), stage_now(s)) == 0);
        CHECK_INT(conductor_in_hand(house->conductor), 0);
        CHECK_INT(known->count, 2);
        slices++;
    } while (sources_are_coming(house->sources));
    CHECK(slices > 3);
    CHECK(!turn_is_quiet(stage_turn(s)));
    REQUIRE(stage_run(s, at("2026-02-19T00:00:00Z")));
    CHECK_INT(server_mail_count(stage_server(s, 0)), 2);
    CHECK_INT(conductor_contacts(house->conductor)->count, 10002);
    stage_free(s);
}

/* The hour that a pass comes of wakes nobody a second time. */
TEST(a_pass_in_slices_is_one)
{
    struct stage *s = open_stage();
    const struct instant hour = at("2026-02-18T00:00:00Z");
    int slices = 0;
    stage_set_slices(s, 1);
    REQUIRE(stage_start(s) == EXIT_YES);
    REQUIRE(stage_run(s, at("2026-02-17T23:00:00Z")));
    struct turn *turn = stage_turn(s);
    struct conductor *conductor = stage_house(s)->conductor;
    REQUIRE(instant_equal(turn_next(turn, stage_now(s)), hour));
    turn_note(turn, 0);
    for (; !conductor_in_hand(conductor) && slices < 100; slices++) {
        REQUIRE(turn_run(turn, hour) == 0);
        if (!instant_before(hour, turn_next(turn, hour)))
            turn_note(turn, 0);
    }
    CHECK(slices > 3 && slices < 100);
    CHECK_INT(turn->pass.owed, 1);
    stage_free(s);
}

TEST(commands_are_typed)
{
    struct stage *s = open_stage();
    REQUIRE(stage_start(s) == EXIT_YES);
    REQUIRE(stage_run(s, at("2026-02-17T00:00:00Z")));
    CHECK_INT(stage_command(s, "who --event \"Réunion d'été\""), EXIT_YES);
    CHECK_INT(stage_command(s, "approve 7"), EXIT_NO);
    CHECK(strstr(stage_words(s), "no open hold 7") != NULL);
    CHECK_INT(stage_command(s, "aprove 7"), EXIT_USAGE);
    CHECK_INT(stage_command(s, "pause \"for a test\""), EXIT_YES);
    CHECK(stage_run(s, at("2026-02-19T00:00:00Z")));
    CHECK_INT(server_mail_count(stage_server(s, 0)), 0);
    stage_free(s);
}

/* Her word comes while the pass that resuming asked for is under way, and has looked at her. */
TEST(a_word_during_a_pass_comes_first)
{
    struct stage *s = open_stage();
    stage_set_slices(s, 1);
    REQUIRE(stage_start(s) == EXIT_YES);
    CHECK_INT(stage_command(s, "pause"), EXIT_YES);
    REQUIRE(stage_run(s, at("2026-02-18T12:00:00Z")));
    CHECK_INT(stage_command(s, "resume"), EXIT_YES);
    turn_note(stage_turn(s), TURN_WORD);
    REQUIRE(turn_run(stage_turn(s), stage_now(s)) == 0);
    REQUIRE(conductor_is_planning(stage_house(s)->conductor));
    CHECK_INT(stage_command(s, "suppress anne@nancy.example"), EXIT_YES);
    REQUIRE(stage_run(s, at("2026-02-18T13:00:00Z")));
    size_t count;
    const struct mail *const *mails = stage_mails(s, &count);
    REQUIRE(count == 1);
    CHECK_STRING(mails[0]->recipients[0], "sato@nara.example");
    stage_free(s);
}

TEST(words_without_end_do_not_stop_the_mail)
{
    struct stage *s = open_stage();
    int turns = 0;
    stage_set_slices(s, 1);
    REQUIRE(stage_start(s) == EXIT_YES);
    CHECK_INT(stage_command(s, "pause"), EXIT_YES);
    REQUIRE(stage_run(s, at("2026-02-18T12:00:00Z")));
    CHECK_INT(stage_command(s, "resume"), EXIT_YES);
    for (; turns < 1000 && !conductor_in_hand(stage_house(s)->conductor); turns++) {
        if (turns % 3 == 0)
            turn_note(stage_turn(s), TURN_WORD);
        REQUIRE(turn_run(stage_turn(s), stage_now(s)) == 0);
    }
    CHECK(turns > 10);
    CHECK(turns < 1000);
    stage_free(s);
}

CHECK_MAIN
