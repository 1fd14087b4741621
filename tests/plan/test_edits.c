/* SPDX-License-Identifier: MIT */
/* What staff do to an event besides moving it: typing on, taking it out of a rule's reach; and the
 * cap that leaves a step out.                                                                    */
#include "stage.h"

#define OPEN                                                                                       \
    struct stage s;                                                                                \
    stage_open(&s)
#define PAUL  stage_contact(&s, "paul@example.org", "Europe/Paris", "FR", LANGUAGE_FR)
#define CLOSE stage_close(&s)

/* The text is typed on while the event is new: nothing half-typed leaves. */
TEST(a_half_typed_text_does_not_leave)
{
    static const struct {
        const char *name, *edits[3]; /* of the text, on 5 October */
        bool is_urgent;
        const char *want;
    } rows[] = {
        {"typed at once", {NULL}, false, "10-05 10:20 invitation paul\n"},
        {"typed for half an hour", {"10:10", "10:25"}, false, "10-05 10:45 invitation paul\n"},
        {"typed on, but urgent", {"10:10"}, true, "10-05 10:00 invitation paul\n"},
        {"edited when it was said", {"10:30"}, false, "10-05 10:20 invitation paul\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CHECK_ROW(rows[i].name);
        OPEN;
        PAUL;
        stage_step(&s, 0, "invitation before 30 days");
        s.event.marks.is_urgent = rows[i].is_urgent;
        stage_timed(&s, "Europe/Paris", "2026-10-20 10:00");
        struct instant now = paris(&s, "2026-10-05 10:00");
        stage_read(&s, now);
        for (int k = 0; k < 3 && rows[i].edits[k]; k++) {
            char when[20];
            snprintf(when, sizeof when, "2026-10-05 %s", rows[i].edits[k]);
            stage_run(&s, now, paris(&s, when));
            now = paris(&s, when);
            s.event.description.any = rows[i].edits[k];
            stage_read(&s, now);
        }
        stage_run(&s, now, paris(&s, "2026-10-20 09:00"));
        CHECK_STRING(stage_log(&s), rows[i].want);
        CLOSE;
    }
}

/* A calendar that writes the hour of its export into each text, read every quarter of an hour. */
TEST(a_restless_calendar_is_heard)
{
    OPEN;
    PAUL;
    stage_step(&s, 0, "invitation before 30 days");
    stage_step(&s, 0, "reminder before 1 day at 09:00");
    stage_timed(&s, "Europe/Paris", "2026-10-08 10:00");
    struct instant now = paris(&s, "2026-10-05 10:00");
    for (int i = 0; i < 3 * 24 * 4 - 4; i++) {
        s.event.description.any = arena_printf(s.arena, "exported %d", i);
        stage_read(&s, now);
        stage_pass(&s, now);
        now = instant_add(now, 15 * USEC_PER_MIN);
    }
    CHECK_STRING(stage_log(&s), "10-05 12:05 invitation paul\n10-07 09:00 reminder-1_day paul\n");
    CLOSE;
}

static void invite(struct stage *s)
{
    stage_step(s, 0, "invitation before 30 days");
    stage_step(s, 0, "reminder before 7 days at 09:00");
    s->rules[0].category = "Groupe-pays Japon";
    stage_timed(s, "Europe/Paris", "2026-10-20 10:00");
    stage_read(s, paris(s, "2026-09-01 10:00"));
    stage_run(s, paris(s, "2026-09-01 10:00"), paris(s, "2026-10-05 10:00"));
    stage_forget_log(s);
}

/* Out of every rule's reach: whoever was told is no longer concerned, like one who left a group. */
TEST(no_rule_is_about_it_any_more)
{
    static const struct {
        const char *name;
        bool tells, comes_back;
        enum event_state state;
        const char *want;
    } rows[] = {
        {"silent", false, false, EVENT_ALIVE, ""},
        {"told", true, false, EVENT_ALIVE, "10-05 10:20 uninvited-0 paul\n"},
        {"cancelled as well", true, false, EVENT_CANCELLED, ""},
        {"an accident that was mended", true, true, EVENT_ALIVE,
         "10-13 09:00 reminder-7_days paul\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CHECK_ROW(rows[i].name);
        OPEN;
        PAUL;
        s.rules[0].tell_removed = rows[i].tells;
        invite(&s);
        s.category = "Other";
        s.event.state = rows[i].state;
        struct instant now = paris(&s, "2026-10-05 10:00");
        stage_read(&s, now);
        if (rows[i].comes_back) {
            stage_run(&s, now, paris(&s, "2026-10-05 10:10"));
            now = paris(&s, "2026-10-05 10:10");
            s.category = "Groupe-pays Japon";
            stage_read(&s, now);
        }
        stage_run(&s, now, paris(&s, "2026-10-20 09:00"));
        CHECK_STRING(stage_log(&s), rows[i].want);
        CLOSE;
    }
}

TEST(what_is_pending_ends_with_its_rule)
{
    OPEN;
    PAUL;
    s.is_relay_down = true;
    invite(&s);
    REQUIRE(s.history.notice_count == 1);
    s.category = NULL;
    s.event.category_count = 0;
    stage_read(&s, paris(&s, "2026-10-05 10:00"));
    stage_pass(&s, paris(&s, "2026-10-05 10:00"));
    CHECK_INT(s.notices[0].state, NOTICE_SUPERSEDED);
    CHECK_STRING(s.notices[0].reply, "no rule is about the event any more");
    stage_relay_up(&s, paris(&s, "2026-10-05 10:30"));
    CHECK_STRING(stage_log(&s), "");
    /* It was taken back, not said: with its rule it comes again. */
    s.category = "Groupe-pays Japon";
    s.event.category_count = 1;
    stage_read(&s, paris(&s, "2026-10-06 10:00"));
    stage_run(&s, paris(&s, "2026-10-06 10:00"), paris(&s, "2026-10-07 10:00"));
    CHECK_STRING(stage_log(&s), "10-06 10:20 invitation-0 paul\n");
    CLOSE;
}

/* A reminder that finds no room before it loses its use is left out, once, with a reason. */
TEST(the_cap_leaves_a_step_out_and_says_so)
{
    static const struct {
        const char *name, *got; /* another message */
        bool is_urgent;
        const char *want, *reply;
    } rows[] = {
        {"room", "2026-10-10 09:00", false, "10-19 09:00 reminder-1_day paul\n", NULL},
        {"room in time", "2026-10-16 20:00", false, "10-19 20:00 reminder-1_day paul\n", NULL},
        {"no room", "2026-10-18 09:00", false, "",
         "the contact had enough messages by then (limits.per_contact)"},
        {"no room, but urgent", "2026-10-18 09:00", true, "10-19 09:00 reminder-1_day paul\n",
         NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CHECK_ROW(rows[i].name);
        OPEN;
        PAUL;
        stage_step(&s, 0, "invitation before 30 days");
        stage_step(&s, 0, "reminder before 1 day at 09:00");
        s.settings.limits.per_contact = 1;
        s.settings.limits.per_contact_span = (struct span){.days = 3};
        s.event.marks.is_urgent = rows[i].is_urgent;
        stage_timed(&s, "Europe/Paris", "2026-10-20 10:00");
        stage_read(&s, paris(&s, "2026-09-01 10:00"));
        stage_run(&s, paris(&s, "2026-09-01 10:00"), paris(&s, "2026-10-10 10:00"));
        stage_forget_log(&s);
        s.recent[s.recent_count++] =
            (struct recent_message){"paul@example.org", paris(&s, rows[i].got), false};
        stage_run(&s, paris(&s, "2026-10-18 10:00"), paris(&s, "2026-10-20 09:59"));
        CHECK_STRING(stage_log(&s), rows[i].want);
        const struct notice *last = &s.notices[s.history.notice_count - 1];
        REQUIRE(s.history.notice_count == 2);
        if (rows[i].reply) {
            CHECK_INT(last->state, NOTICE_SUPERSEDED);
            CHECK_STRING(last->reply, rows[i].reply);
        }
        CLOSE;
    }
}

/* Three days are three days on the reader's clock: Paris changes in between, Tokyo does not. */
TEST(the_cap_counts_civil_days)
{
    static const struct {
        const char *zone, *want;
    } rows[] = {{"Europe/Paris", "10-26 09:00 reminder-2_days paul\n"},
                {"Asia/Tokyo", "10-26 09:00 reminder-2_days paul\n"}};
    for (size_t i = 0; i < 2; i++) {
        CHECK_ROW(rows[i].zone);
        OPEN;
        stage_contact(&s, "paul@example.org", rows[i].zone, NULL, LANGUAGE_FR);
        stage_step(&s, 0, "invitation before 30 days");
        stage_step(&s, 0, "reminder before 2 days at 07:00 useful 2 days");
        s.settings.limits.per_contact = 1;
        s.settings.limits.per_contact_span = (struct span){.days = 3};
        stage_timed(&s, rows[i].zone, "2026-10-28 18:00");
        stage_read(&s, paris(&s, "2026-09-01 10:00"));
        stage_run(&s, paris(&s, "2026-09-01 10:00"), paris(&s, "2026-10-20 10:00"));
        stage_forget_log(&s);
        s.recent[s.recent_count++] = (struct recent_message){
            "paul@example.org", stage_time(&s, rows[i].zone, "2026-10-23 09:00"), false};
        stage_run(&s, paris(&s, "2026-10-24 10:00"), paris(&s, "2026-10-28 02:00"));
        CHECK_STRING(stage_log(&s), rows[i].want);
        CLOSE;
    }
}

CHECK_MAIN
