/* SPDX-License-Identifier: MIT */
/* One paragraph a sentence of what people expect of the planner. */
#include <errno.h>

#include "stage.h"

#define OPEN                                                                                       \
    struct stage s;                                                                                \
    stage_open(&s)
#define PAUL stage_contact(&s, "paul@example.org", "Europe/Paris", "FR", LANGUAGE_FR)
#define YUKO stage_contact(&s, "yuko@example.jp", "Asia/Tokyo", "JP", LANGUAGE_JA)
#define USUAL                                                                                      \
    stage_step(&s, 0, "invitation before 30 days at 09:00");                                       \
    stage_step(&s, 0, "reminder before 7 days at 09:00");                                          \
    stage_step(&s, 0, "reminder before 1 day at 09:00");                                           \
    stage_step(&s, 0, "thanks after 1 day at 10:00")
#define CLOSE stage_close(&s)

/* Steps at the reader's hour, in both zones, over both clock changes of Paris. */
TEST(steps_at_the_readers_hour)
{
    static const struct {
        const char *title, *event, *want;
    } rows[] = {
        {"autumn", "2026-10-27 10:00",
         "09-27 09:00 invitation yuko\n09-27 09:00 invitation paul\n"
         "10-20 09:00 reminder-7_days yuko\n10-20 09:00 reminder-7_days paul\n"
         "10-26 09:00 reminder-1_day yuko\n10-26 09:00 reminder-1_day paul\n"
         "10-28 10:00 thanks+1_day yuko\n10-28 10:00 thanks+1_day paul\n"},
        {"spring", "2027-03-30 10:00",
         "02-28 09:00 invitation yuko\n02-28 09:00 invitation paul\n"
         "03-23 09:00 reminder-7_days yuko\n03-23 09:00 reminder-7_days paul\n"
         "03-29 09:00 reminder-1_day yuko\n03-29 09:00 reminder-1_day paul\n"
         "03-31 10:00 thanks+1_day yuko\n03-31 10:00 thanks+1_day paul\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CHECK_ROW(rows[i].title);
        OPEN;
        PAUL;
        YUKO;
        USUAL;
        stage_timed(&s, "Europe/Paris", rows[i].event);
        stage_read(&s, paris(&s, "2026-06-01 08:00"));
        stage_run(&s, paris(&s, "2026-06-01 08:00"), paris(&s, "2027-12-01"));
        CHECK_STRING(stage_log(&s), rows[i].want);
        CLOSE;
    }
}

TEST(event_zone_hours)
{
    OPEN;
    YUKO;
    USUAL;
    s.rules[0].is_event_zone = true;
    stage_timed(&s, "Europe/Paris", "2026-10-27 10:00");
    stage_read(&s, paris(&s, "2026-06-01 08:00"));
    stage_run(&s, paris(&s, "2026-06-01 08:00"), paris(&s, "2027-12-01"));
    /* 09:00 in Paris is 16:00 in Tokyo in summer, 17:00 in winter. */
    CHECK_STRING(stage_log(&s), "09-27 16:00 invitation yuko\n10-20 16:00 reminder-7_days yuko\n"
                                "10-26 17:00 reminder-1_day yuko\n10-28 18:00 thanks+1_day yuko\n");
    CLOSE;
}

TEST(all_day_events_are_days)
{
    OPEN;
    PAUL;
    YUKO;
    stage_step(&s, 0, "invitation before 10 days");
    stage_step(&s, 0, "reminder before 0 days at 08:00");
    stage_step(&s, 0, "thanks after 1 day at 10:00");
    stage_days(&s, "2026-10-03", "2026-10-07"); /* 3 to 6 October */
    stage_read(&s, paris(&s, "2026-06-01 08:00"));
    stage_run(&s, paris(&s, "2026-06-01 08:00"), paris(&s, "2027-12-01"));
    CHECK_STRING(stage_log(&s),
                 "09-23 09:00 invitation yuko\n09-23 09:00 invitation paul\n"
                 "10-03 08:00 reminder-0_days yuko\n10-03 08:00 reminder-0_days paul\n"
                 "10-07 10:00 thanks+1_day yuko\n10-07 10:00 thanks+1_day paul\n");
    CLOSE;
}

/* A new event speaks once it has been quiet for the settle window. */
TEST(settle_window)
{
    OPEN;
    PAUL;
    USUAL;
    stage_timed(&s, "Europe/Paris", "2026-10-15 10:00");
    stage_read(&s, paris(&s, "2026-10-01 10:00"));
    stage_pass(&s, paris(&s, "2026-10-01 10:00"));
    CHECK_STRING(stage_log(&s), "");
    CHECK(s.plan.waits != NULL);
    CHECK(instant_equal(s.plan.next, paris(&s, "2026-10-01 10:20")));
    s.event.location.any = "Lyon"; /* typed on */
    stage_read(&s, paris(&s, "2026-10-01 10:15"));
    stage_run(&s, paris(&s, "2026-10-01 10:15"), paris(&s, "2026-10-02"));
    CHECK_STRING(stage_log(&s), "10-01 10:35 invitation paul\n");
    CLOSE;
}

TEST(urgent_speaks_at_once)
{
    OPEN;
    PAUL;
    USUAL;
    s.event.marks.is_urgent = true;
    stage_timed(&s, "Europe/Paris", "2026-10-15 10:00");
    stage_read(&s, paris(&s, "2026-10-01 10:00"));
    stage_pass(&s, paris(&s, "2026-10-01 10:00"));
    CHECK_STRING(stage_log(&s), "10-01 10:00 invitation paul\n");
    CLOSE;
}

/* Late event: the invitation now, passed steps never replayed, future ones kept. */
TEST(late_event)
{
    OPEN;
    PAUL;
    USUAL;
    stage_timed(&s, "Europe/Paris", "2026-10-15 10:00");
    stage_read(&s, paris(&s, "2026-10-12 10:00"));
    stage_run(&s, paris(&s, "2026-10-12 10:00"), paris(&s, "2026-10-15 09:00"));
    CHECK_STRING(stage_log(&s), "10-12 10:20 invitation paul\n10-14 09:00 reminder-1_day paul\n");
    CLOSE;
}

TEST(late_contact)
{
    OPEN;
    PAUL;
    YUKO;
    USUAL;
    s.bits[0] = 1; /* Paul alone */
    stage_timed(&s, "Europe/Paris", "2026-10-27 10:00");
    stage_read(&s, paris(&s, "2026-06-01 08:00"));
    stage_run(&s, paris(&s, "2026-06-01 08:00"), paris(&s, "2026-10-21"));
    stage_forget_log(&s);
    s.bits[0] = 3;
    stage_run(&s, paris(&s, "2026-10-21 08:00"), paris(&s, "2026-10-27"));
    CHECK_STRING(stage_log(&s), "10-21 15:00 invitation yuko\n10-26 09:00 reminder-1_day yuko\n"
                                "10-26 09:00 reminder-1_day paul\n");
    CLOSE;
}

/* The daemon slept over two steps: one message if still useful, not the backlog. */
TEST(slept_over_steps)
{
    OPEN;
    PAUL;
    USUAL;
    stage_timed(&s, "Europe/Paris", "2026-10-15 10:00");
    stage_read(&s, paris(&s, "2026-06-01 08:00"));
    stage_run(&s, paris(&s, "2026-06-01 08:00"), paris(&s, "2026-10-01"));
    stage_forget_log(&s);
    stage_run(&s, paris(&s, "2026-10-14 18:00"), paris(&s, "2026-10-15 10:00"));
    CHECK_STRING(stage_log(&s), "10-14 18:00 reminder-1_day paul\n");
    CLOSE;
}

/* The relay takes nothing: a reminder that waits for it ends when a later one is due. */
TEST(later_reminder_ends_an_earlier_one)
{
    OPEN;
    PAUL;
    USUAL;
    s.steps[0][1].has_useful = true;
    s.steps[0][1].useful = (struct span){.days = 7};
    stage_timed(&s, "Europe/Paris", "2026-10-15 10:00");
    stage_read(&s, paris(&s, "2026-06-01 08:00"));
    stage_run(&s, paris(&s, "2026-06-01 08:00"), paris(&s, "2026-10-01"));
    s.is_relay_down = true;
    stage_run(&s, paris(&s, "2026-10-01"), paris(&s, "2026-10-14 12:00"));
    for (size_t i = 0; i < s.history.notice_count; i++)
        if (s.notices[i].kind == NOTICE_REMINDER)
            CHECK_INT(s.notices[i].state, string_equal(s.notices[i].step, "reminder-7_days")
                                              ? NOTICE_SUPERSEDED
                                              : NOTICE_OWED);
    CLOSE;
}

TEST(slept_past_usefulness)
{
    OPEN;
    PAUL;
    USUAL;
    stage_timed(&s, "Europe/Paris", "2026-10-15 10:00");
    stage_read(&s, paris(&s, "2026-06-01 08:00"));
    stage_run(&s, paris(&s, "2026-06-01 08:00"), paris(&s, "2026-10-01"));
    stage_forget_log(&s);
    /* The seven-day reminder is 26 hours old: too late; the next one comes at its hour. */
    stage_run(&s, paris(&s, "2026-10-09 11:00"), paris(&s, "2026-10-15 10:00"));
    CHECK_STRING(stage_log(&s), "10-14 09:00 reminder-1_day paul\n");
    CLOSE;
}

TEST(nothing_after_the_start)
{
    OPEN;
    PAUL;
    USUAL;
    stage_timed(&s, "Europe/Paris", "2026-10-15 10:00");
    stage_read(&s, paris(&s, "2026-10-15 10:05"));
    stage_run(&s, paris(&s, "2026-10-15 10:05"), paris(&s, "2026-11-15"));
    CHECK_STRING(stage_log(&s), "");
    CLOSE;
}

/* A new rule does not fire for hours that passed before it was there. */
TEST(rules_never_reach_back)
{
    OPEN;
    PAUL;
    USUAL;
    stage_timed(&s, "Europe/Paris", "2026-10-15 10:00");
    stage_read(&s, paris(&s, "2026-06-01 08:00"));
    for (size_t i = 0; i < 4; i++)
        s.births[s.birth_count++] =
            (struct birth){"rule", s.steps[0][i].id, paris(&s, "2026-10-01 12:00")};
    stage_run(&s, paris(&s, "2026-10-01 12:00"), paris(&s, "2026-11-01"));
    /* The invitation's hour is past; the next step opens, and the first word is an invitation. */
    CHECK_STRING(stage_log(&s), "10-08 09:00 invitation paul\n10-14 09:00 reminder-1_day paul\n"
                                "10-16 10:00 thanks+1_day paul\n");
    CLOSE;
}

/* First start: rules and events are new together, and late events are invited to. */
TEST(first_start)
{
    OPEN;
    PAUL;
    USUAL;
    stage_timed(&s, "Europe/Paris", "2026-10-15 10:00");
    stage_read(&s, paris(&s, "2026-10-01 12:00"));
    for (size_t i = 0; i < 4; i++)
        s.births[s.birth_count++] =
            (struct birth){"rule", s.steps[0][i].id, paris(&s, "2026-10-01 12:00")};
    stage_run(&s, paris(&s, "2026-10-01 12:00"), paris(&s, "2026-10-02"));
    CHECK_STRING(stage_log(&s), "10-01 12:20 invitation paul\n");
    CLOSE;
}

/* Nor does a list that is new: who comes with it is invited by the next step. */
TEST(lists_never_reach_back)
{
    static const struct {
        const char *title, *source, *other_source, *log;
    } cases[] = {
        {"new list", "new.csv", NULL,
         "10-08 09:00 invitation paul\n10-14 09:00 reminder-1_day paul\n"
         "10-16 10:00 thanks+1_day paul\n"},
        {"late contact of an old one", "old.csv", NULL,
         "10-01 12:00 invitation paul\n10-08 09:00 reminder-7_days paul\n"
         "10-14 09:00 reminder-1_day paul\n10-16 10:00 thanks+1_day paul\n"},
        {"in both, the new one first", "new.csv", "old.csv",
         "10-01 12:00 invitation paul\n10-08 09:00 reminder-7_days paul\n"
         "10-14 09:00 reminder-1_day paul\n10-16 10:00 thanks+1_day paul\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        OPEN;
        PAUL;
        USUAL;
        CHECK_ROW(cases[i].title);
        s.contacts[0].source = cases[i].source;
        s.contacts[0].other_sources = &cases[i].other_source;
        s.contacts[0].other_source_count = cases[i].other_source != NULL;
        s.list_births[s.list_birth_count++] =
            (struct list_birth){"old.csv", paris(&s, "2026-06-01 08:00")};
        s.list_births[s.list_birth_count++] =
            (struct list_birth){"new.csv", paris(&s, "2026-10-01 12:00")};
        stage_timed(&s, "Europe/Paris", "2026-10-15 10:00");
        stage_read(&s, paris(&s, "2026-06-01 08:00"));
        stage_run(&s, paris(&s, "2026-10-01 12:00"), paris(&s, "2026-11-01"));
        CHECK_STRING(stage_log(&s), cases[i].log);
        CLOSE;
    }
}

TEST(save_the_date_then_invitation)
{
    OPEN;
    PAUL;
    stage_step(&s, 0, "save-the-date before 270 days");
    stage_step(&s, 0, "invitation before 120 days");
    stage_step(&s, 0, "reminder before 7 days");
    stage_timed(&s, "Europe/Paris", "2027-10-15 10:00");
    stage_read(&s, paris(&s, "2026-06-01 08:00"));
    stage_run(&s, paris(&s, "2026-06-01 08:00"), paris(&s, "2027-12-01"));
    CHECK_STRING(stage_log(&s), "01-18 09:00 save-the-date-270_days paul\n"
                                "06-17 09:00 invitation paul\n10-08 09:00 reminder-7_days paul\n");
    CLOSE;
}

/* Slept over the invitation: who only saved the date is invited, not reminded. */
TEST(date_saved_but_never_invited)
{
    OPEN;
    PAUL;
    stage_step(&s, 0, "save-the-date before 270 days");
    stage_step(&s, 0, "invitation before 120 days");
    stage_step(&s, 0, "reminder before 7 days");
    stage_timed(&s, "Europe/Paris", "2027-10-15 10:00");
    stage_read(&s, paris(&s, "2026-06-01 08:00"));
    stage_run(&s, paris(&s, "2026-06-01 08:00"), paris(&s, "2027-02-01"));
    stage_forget_log(&s);
    stage_run(&s, paris(&s, "2027-10-08 11:00"), paris(&s, "2027-12-01"));
    CHECK_STRING(stage_log(&s), "10-08 11:00 invitation paul\n");
    CLOSE;
}

/* --- changes --------------------------------------------------------------------------------- */

static void invited(struct stage *s, const char *start)
{
    stage_contact(s, "paul@example.org", "Europe/Paris", "FR", LANGUAGE_FR);
    stage_step(s, 0, "invitation before 30 days at 09:00");
    stage_step(s, 0, "reminder before 7 days at 09:00");
    stage_step(s, 0, "reminder before 1 day at 09:00");
    stage_timed(s, "Europe/Paris", start);
    stage_read(s, paris(s, "2026-06-01 08:00"));
    stage_run(s, paris(s, "2026-06-01 08:00"),
              instant_add(s->occurrence.when.start, -20 * USEC_PER_DAY));
    stage_forget_log(s);
}

TEST(change_tells_the_net_difference_once)
{
    OPEN;
    invited(&s, "2026-10-27 10:00");
    stage_timed(&s, "Europe/Paris", "2026-10-28 10:00");
    stage_read(&s, paris(&s, "2026-10-10 09:00"));
    stage_pass(&s, paris(&s, "2026-10-10 09:00"));
    stage_timed(&s, "Europe/Paris", "2026-10-29 10:00");
    stage_read(&s, paris(&s, "2026-10-10 09:10"));
    stage_run(&s, paris(&s, "2026-10-10 09:10"), paris(&s, "2026-11-10"));
    CHECK_STRING(stage_log(&s), "10-10 09:30 change-1 paul\n10-22 09:00 reminder-7_days paul\n"
                                "10-28 09:00 reminder-1_day paul\n");
    CHECK_INT(s.plan.sequence, 1);
    CLOSE;
}

/* What was moved in silence was given its number then: the calendar file of the next reminder has
 * that one and no higher.                                                                        */
TEST(moved_in_silence_keeps_its_number)
{
    OPEN;
    invited(&s, "2026-10-27 10:00");
    s.event.marks.is_silent = true;
    stage_timed(&s, "Europe/Paris", "2026-10-28 10:00");
    stage_read(&s, paris(&s, "2026-10-10 09:00"));
    stage_run(&s, paris(&s, "2026-10-10 09:00"), paris(&s, "2026-10-11"));
    CHECK_STRING(stage_log(&s), "");
    CHECK_INT(s.told[0].sequence, 1);
    s.event.marks.is_silent = false;
    stage_read(&s, paris(&s, "2026-10-11 09:00"));
    stage_run(&s, paris(&s, "2026-10-11 09:00"), paris(&s, "2026-11-10"));
    CHECK_STRING(stage_log(&s), "10-21 09:00 reminder-7_days paul\n"
                                "10-27 09:00 reminder-1_day paul\n");
    CHECK_INT(s.plan.sequence, 1);
    CLOSE;
}

/* Ten minutes before the doors open there is no time to settle for twenty. */
TEST(moved_at_the_last_minute)
{
    OPEN;
    invited(&s, "2026-10-27 10:00");
    stage_run(&s, paris(&s, "2026-10-19 09:00"), paris(&s, "2026-10-27 09:50"));
    stage_forget_log(&s);
    stage_timed(&s, "Europe/Paris", "2026-11-27 10:00");
    stage_read(&s, paris(&s, "2026-10-27 09:50"));
    stage_run(&s, paris(&s, "2026-10-27 09:50"), paris(&s, "2026-10-28"));
    CHECK_STRING(stage_log(&s), "10-27 09:55 change-1 paul\n");
    CLOSE;
}

TEST(moved_there_and_back_is_nothing)
{
    OPEN;
    invited(&s, "2026-10-27 10:00");
    stage_timed(&s, "Europe/Paris", "2026-10-28 10:00");
    stage_read(&s, paris(&s, "2026-10-10 09:00"));
    stage_pass(&s, paris(&s, "2026-10-10 09:00"));
    stage_timed(&s, "Europe/Paris", "2026-10-27 10:00");
    stage_read(&s, paris(&s, "2026-10-10 09:10"));
    stage_run(&s, paris(&s, "2026-10-10 09:10"), paris(&s, "2026-10-19"));
    CHECK_STRING(stage_log(&s), "");
    CLOSE;
}

TEST(what_is_material)
{
    static const struct {
        const char *title, *want;
        bool tell_titles;
        const char *new_title, *place, *link;
    } rows[] = {
        {"place", "10-10 09:20 change-1 paul\n", false, NULL, "Lyon", NULL},
        {"link", "10-10 09:20 change-1 paul\n", false, NULL, NULL, "https://visio.example/1"},
        {"title alone is quiet", "", false, "Groupe-pays", NULL, NULL},
        {"title told by the rule", "10-10 09:20 change-1 paul\n", true, "Groupe-pays", NULL, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CHECK_ROW(rows[i].title);
        OPEN;
        s.rules[0].tell_titles = rows[i].tell_titles;
        invited(&s, "2026-10-27 10:00");
        if (rows[i].new_title)
            s.event.summary.any = rows[i].new_title;
        if (rows[i].place)
            s.event.location.any = rows[i].place;
        s.event.link = rows[i].link;
        stage_read(&s, paris(&s, "2026-10-10 09:00"));
        stage_run(&s, paris(&s, "2026-10-10 09:00"), paris(&s, "2026-10-19"));
        CHECK_STRING(stage_log(&s), rows[i].want);
        CLOSE;
    }
}

TEST(silent_change_is_recorded_as_told)
{
    OPEN;
    invited(&s, "2026-10-27 10:00");
    s.event.marks.is_silent = true;
    s.event.location.any = "Lyon";
    stage_read(&s, paris(&s, "2026-10-10 09:00"));
    stage_run(&s, paris(&s, "2026-10-10 09:00"), paris(&s, "2026-10-11"));
    s.event.marks.is_silent = false;
    stage_read(&s, paris(&s, "2026-10-11 09:00"));
    stage_run(&s, paris(&s, "2026-10-11 09:00"), paris(&s, "2026-10-12"));
    CHECK_STRING(stage_log(&s), "");
    CHECK_STRING(s.told[0].facts->location.any, "Lyon");
    stage_run(&s, paris(&s, "2026-10-12 09:00"), paris(&s, "2026-10-27"));
    CHECK_STRING(stage_log(&s),
                 "10-20 09:00 reminder-7_days paul\n10-26 09:00 reminder-1_day paul\n");
    CLOSE;
}

TEST(reminders_are_rearmed_by_a_far_move)
{
    static const struct {
        const char *title, *to, *want;
    } rows[] = {
        {"14 days: not again", "2026-11-10 10:00",
         "10-22 09:20 change-1 paul\n11-09 09:00 reminder-1_day paul\n"},
        {"15 days: again", "2026-11-11 10:00",
         "10-22 09:20 change-1 paul\n11-04 09:00 reminder-7_days-1 paul\n"
         "11-10 09:00 reminder-1_day paul\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CHECK_ROW(rows[i].title);
        OPEN;
        invited(&s, "2026-10-27 10:00");
        stage_run(&s, paris(&s, "2026-10-08 09:00"), paris(&s, "2026-10-21"));
        CHECK_STRING(stage_log(&s), "10-20 09:00 reminder-7_days paul\n");
        stage_forget_log(&s);
        stage_timed(&s, "Europe/Paris", rows[i].to);
        stage_read(&s, paris(&s, "2026-10-22 09:00"));
        stage_run(&s, paris(&s, "2026-10-22 09:00"), paris(&s, "2026-12-01"));
        CHECK_STRING(stage_log(&s), rows[i].want);
        CLOSE;
    }
}

/* The new date's reminder hour is already past: the change says it all. */
TEST(moved_close_is_one_message)
{
    OPEN;
    invited(&s, "2026-10-27 10:00");
    stage_timed(&s, "Europe/Paris", "2026-10-17 10:00");
    stage_read(&s, paris(&s, "2026-10-10 09:30"));
    stage_run(&s, paris(&s, "2026-10-10 09:30"), paris(&s, "2026-10-18"));
    CHECK_STRING(stage_log(&s), "10-10 09:50 change-1 paul\n10-16 09:00 reminder-1_day paul\n");
    CLOSE;
}

TEST(moved_into_the_past_is_silence)
{
    OPEN;
    invited(&s, "2026-10-27 10:00");
    stage_timed(&s, "Europe/Paris", "2025-10-27 10:00");
    stage_read(&s, paris(&s, "2026-10-10 09:30"));
    stage_run(&s, paris(&s, "2026-10-10 09:30"), paris(&s, "2026-12-18"));
    CHECK_STRING(stage_log(&s), "");
    CLOSE;
}

/* --- audience -------------------------------------------------------------------------------- */

TEST(removed_from_the_audience)
{
    for (int tells = 0; tells < 2; tells++) {
        OPEN;
        s.rules[0].tell_removed = tells;
        invited(&s, "2026-10-27 10:00");
        s.bits[0] = 0;
        stage_run(&s, paris(&s, "2026-10-10 09:30"), paris(&s, "2026-10-11"));
        CHECK_STRING(stage_log(&s), tells ? "10-10 09:30 uninvited-0 paul\n" : "");
        stage_forget_log(&s);
        s.event.location.any = "Lyon"; /* none of their business any more */
        stage_read(&s, paris(&s, "2026-10-12 09:00"));
        stage_run(&s, paris(&s, "2026-10-12 09:00"), paris(&s, "2026-10-13"));
        s.event.state = EVENT_CANCELLED;
        stage_read(&s, paris(&s, "2026-10-14 09:00"));
        stage_run(&s, paris(&s, "2026-10-14 09:00"), paris(&s, "2026-12-13"));
        CHECK_STRING(stage_log(&s), "");
        CLOSE;
    }
}

/* Refused by the relay and then taken as told: no rule has him whom a mistyped mark leaves out. */
TEST(mark_in_doubt_sends_nobody_away)
{
    static const enum mark_doubt doubts[] = {MARK_SOUND, MARK_OF_NOBODY, MARK_MALFORMED};
    for (size_t i = 0; i < 3; i++) {
        OPEN;
        s.rules[0].tell_removed = true;
        invited(&s, "2026-10-27 10:00");
        s.notices[0].state = NOTICE_REFUSED;
        s.told[0].was_invited = false;
        s.is_marked = true;
        s.mark_doubt = doubts[i];
        stage_run(&s, paris(&s, "2026-10-10 09:30"), paris(&s, "2026-10-11"));
        CHECK_STRING(stage_log(&s), i ? "" : "10-10 09:30 uninvited-0 paul\n");
        CLOSE;
    }
}

TEST(removed_and_added_again_is_invited_again)
{
    OPEN;
    s.rules[0].tell_removed = true;
    invited(&s, "2026-10-27 10:00");
    s.bits[0] = 0;
    stage_run(&s, paris(&s, "2026-10-10 09:30"), paris(&s, "2026-10-11"));
    s.bits[0] = 1;
    stage_run(&s, paris(&s, "2026-10-11 09:30"), paris(&s, "2026-10-12"));
    s.bits[0] = 0;
    stage_run(&s, paris(&s, "2026-10-12 09:30"), paris(&s, "2026-10-13"));
    CHECK_STRING(stage_log(&s), "10-10 09:30 uninvited-0 paul\n10-11 09:30 invitation-0 paul\n"
                                "10-12 09:30 uninvited-0-2 paul\n");
    CLOSE;
}

TEST(suppressed_hear_nothing)
{
    OPEN;
    PAUL;
    USUAL;
    s.suppressed = 1;
    stage_timed(&s, "Europe/Paris", "2026-10-15 10:00");
    stage_read(&s, paris(&s, "2026-10-01 10:00"));
    stage_run(&s, paris(&s, "2026-10-01 10:00"), paris(&s, "2026-12-01"));
    CHECK_STRING(stage_log(&s), "");
    CLOSE;
}

TEST(several_rules_one_voice)
{
    OPEN;
    PAUL;
    USUAL;
    s.settings.rule_count = 2;
    s.bits[1] = 1;
    stage_step(&s, 1, "invitation before 60 days at 09:00");
    stage_step(&s, 1, "reminder before 7 days at 11:00");
    stage_step(&s, 1, "reminder before 2 days at 11:00");
    stage_timed(&s, "Europe/Paris", "2026-10-15 10:00");
    stage_read(&s, paris(&s, "2026-06-01 10:00"));
    stage_run(&s, paris(&s, "2026-06-01 10:00"), paris(&s, "2026-10-15"));
    CHECK_STRING(stage_log(&s),
                 "08-16 09:00 invitation paul\n10-08 09:00 reminder-7_days paul\n"
                 "10-13 11:00 reminder-2_days paul\n10-14 09:00 reminder-1_day paul\n");
    CLOSE;
}

/* --- cancellation, postponement, absence ------------------------------------------------------ */

TEST(cancellation_to_those_who_were_told)
{
    OPEN;
    invited(&s, "2026-10-27 10:00");
    stage_contact(&s, "quentin@example.org", "Europe/Paris", "FR", LANGUAGE_FR);
    s.event.state = EVENT_CANCELLED;
    stage_read(&s, paris(&s, "2026-10-10 09:30"));
    stage_run(&s, paris(&s, "2026-10-10 09:30"), paris(&s, "2026-12-01"));
    CHECK_STRING(stage_log(&s), "10-10 09:50 cancellation-1 paul\n");
    CLOSE;
}

TEST(cancelled_before_anybody_was_told)
{
    OPEN;
    PAUL;
    USUAL;
    stage_timed(&s, "Europe/Paris", "2026-10-15 10:00");
    s.event.state = EVENT_CANCELLED;
    stage_read(&s, paris(&s, "2026-10-01 10:00"));
    stage_run(&s, paris(&s, "2026-10-01 10:00"), paris(&s, "2026-12-01"));
    CHECK_STRING(stage_log(&s), "");
    CLOSE;
}

TEST(cancelled_and_alive_again)
{
    OPEN;
    invited(&s, "2026-10-27 10:00");
    s.event.state = EVENT_CANCELLED;
    stage_read(&s, paris(&s, "2026-10-10 09:00"));
    stage_run(&s, paris(&s, "2026-10-10 09:00"), paris(&s, "2026-10-12"));
    s.event.state = EVENT_ALIVE;
    stage_read(&s, paris(&s, "2026-10-12 09:00"));
    stage_run(&s, paris(&s, "2026-10-12 09:00"), paris(&s, "2026-10-14"));
    s.event.state = EVENT_CANCELLED;
    stage_read(&s, paris(&s, "2026-10-14 09:00"));
    stage_run(&s, paris(&s, "2026-10-14 09:00"), paris(&s, "2026-12-14"));
    CHECK_STRING(stage_log(&s), "10-10 09:20 cancellation-1 paul\n10-12 09:20 invitation-2 paul\n"
                                "10-14 09:20 cancellation-3 paul\n");
    CLOSE;
}

/* The 7th Rencontres: announced, postponed, dated again. */
TEST(postponed_then_dated)
{
    OPEN;
    invited(&s, "2026-10-27 10:00");
    s.event.state = EVENT_POSTPONED;
    stage_read(&s, paris(&s, "2026-10-10 09:00"));
    stage_run(&s, paris(&s, "2026-10-10 09:00"), paris(&s, "2026-11-12"));
    s.event.state = EVENT_ALIVE;
    stage_timed(&s, "Europe/Paris", "2027-10-05 10:00");
    stage_read(&s, paris(&s, "2026-11-12 09:00"));
    stage_run(&s, paris(&s, "2026-11-12 09:00"), paris(&s, "2027-12-14"));
    CHECK_STRING(stage_log(&s),
                 "10-10 09:20 postponed-1 paul\n11-12 09:20 invitation-2 paul\n"
                 "09-28 09:00 reminder-7_days paul\n10-04 09:00 reminder-1_day paul\n");
    CLOSE;
}

static void vanish(struct stage *s, const char *first, const char *second)
{
    s->is_absent = true;
    stage_read(s, paris(s, first));
    stage_pass(s, paris(s, first));
    if (second) {
        stage_read(s, paris(s, second));
        stage_pass(s, paris(s, second));
    }
}

TEST(vanished)
{
    static const struct {
        const char *title;
        enum rule_vanished vanished;
        const char *second, *want;
        bool is_held;
    } rows[] = {
        {"asks", VANISHED_HOLD, "2026-10-10 09:30", "", true},
        {"cancels", VANISHED_CANCEL, "2026-10-10 09:30", "10-10 09:20 cancellation-1 paul\n",
         false},
        {"ignores", VANISHED_IGNORE, "2026-10-10 09:30", "", false},
        {"once is an accident", VANISHED_CANCEL, NULL, "", false},
        {"twice, but not settled", VANISHED_CANCEL, "2026-10-10 09:10", "", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CHECK_ROW(rows[i].title);
        OPEN;
        s.rules[0].vanished = rows[i].vanished;
        invited(&s, "2026-10-27 10:00");
        vanish(&s, "2026-10-10 09:00", rows[i].second);
        CHECK_STRING(stage_log(&s), rows[i].want);
        CHECK((s.plan.hold_reason != NULL) == rows[i].is_held);
        CHECK_INT(s.plan.notices.count, rows[i].is_held || *rows[i].want ? 1 : 0);
        CLOSE;
    }
}

TEST(vanished_because_it_is_past)
{
    OPEN;
    s.rules[0].vanished = VANISHED_CANCEL;
    invited(&s, "2026-10-27 10:00");
    vanish(&s, "2026-10-28 09:00", "2026-10-28 10:00");
    CHECK_STRING(stage_log(&s), "");
    CLOSE;
}

TEST(vanished_and_back)
{
    OPEN;
    s.rules[0].vanished = VANISHED_CANCEL;
    invited(&s, "2026-10-27 10:00");
    vanish(&s, "2026-10-10 09:00", "2026-10-10 09:30");
    s.is_absent = false;
    stage_read(&s, paris(&s, "2026-10-12 09:00"));
    stage_run(&s, paris(&s, "2026-10-12 09:00"), paris(&s, "2026-10-21"));
    CHECK_STRING(stage_log(&s), "10-10 09:20 cancellation-1 paul\n10-12 09:00 invitation-2 paul\n"
                                "10-20 09:00 reminder-7_days paul\n");
    CLOSE;
}

/* Told without a message of ours, under another UID: the first rule that has the contact decides.
 */
TEST(vanished_after_a_new_uid)
{
    OPEN;
    s.settings.rule_count = 2;
    s.rules[0].vanished = VANISHED_IGNORE;
    s.rules[1].vanished = VANISHED_CANCEL;
    stage_step(&s, 1, "invitation before 30 days at 09:00");
    invited(&s, "2026-10-27 10:00");
    s.history.notice_count = 0;
    s.bits[0] = 0;
    s.bits[1] = 1;
    vanish(&s, "2026-10-10 09:00", "2026-10-10 09:30");
    CHECK_STRING(stage_log(&s), "10-10 09:20 cancellation-1 paul\n");
    CLOSE;
}

/* Told by their rule or by the event's own mark: the audience left with the event. */
TEST(vanished_after_a_marked_audience)
{
    OPEN;
    uint64_t bits = 1;
    s.rules[0].vanished = VANISHED_CANCEL;
    s.bits[0] = 0;
    s.marked = (struct membership){&bits, 2};
    s.is_marked = true;
    invited(&s, "2026-10-27 10:00");
    s.is_marked = false;
    vanish(&s, "2026-10-10 09:00", "2026-10-10 09:30");
    CHECK_STRING(stage_log(&s), "10-10 09:20 cancellation-1 paul\n");
    CLOSE;
}

/* An event with its own audience and no rule. */
TEST(marked_without_a_rule)
{
    OPEN;
    PAUL;
    uint64_t bits = 1;
    s.rules[0].category = "Rencontres";
    s.marked = (struct membership){&bits, 1};
    s.is_marked = true;
    stage_timed(&s, "Europe/Paris", "2026-10-15 10:00");
    stage_read(&s, paris(&s, "2026-06-01 10:00"));
    stage_run(&s, paris(&s, "2026-06-01 10:00"), paris(&s, "2026-12-01"));
    CHECK_STRING(stage_log(&s), "09-15 09:00 invitation paul\n10-08 09:00 reminder-7d paul\n"
                                "10-14 09:00 reminder-1d paul\n");
    CHECK_STRING(s.notices[0].rule, "#audience");
    s.is_marked = false;
    CLOSE;
}

TEST(vanished_into_another_uid)
{
    OPEN;
    s.rules[0].vanished = VANISHED_CANCEL;
    invited(&s, "2026-10-27 10:00");
    s.history.sighting.moved_to = "other-uid";
    vanish(&s, "2026-10-10 09:00", "2026-10-10 09:30");
    CHECK_STRING(stage_log(&s), "");
    CLOSE;
}

/* --- what waits ------------------------------------------------------------------------------ */

TEST(pending_is_looked_at_again)
{
    static const struct {
        const char *title;
        int what; /* 0 move, 1 cancel, 2 remove, 3 suppress, 4 title */
        enum notice_state end;
        const char *want;
    } rows[] = {
        {"moved", 0, NOTICE_SUPERSEDED, "10-01 11:20 invitation-1 paul\n"},
        {"cancelled", 1, NOTICE_SUPERSEDED, ""},
        {"removed", 2, NOTICE_SUPERSEDED, ""},
        {"suppressed", 3, NOTICE_SUPPRESSED, ""},
        {"new title", 4, NOTICE_SUPERSEDED, "10-01 11:20 invitation-1 paul\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CHECK_ROW(rows[i].title);
        OPEN;
        PAUL;
        USUAL;
        s.is_relay_down = true;
        stage_timed(&s, "Europe/Paris", "2026-10-15 10:00");
        stage_read(&s, paris(&s, "2026-10-01 10:00"));
        stage_run(&s, paris(&s, "2026-10-01 10:00"), paris(&s, "2026-10-01 10:30"));
        CHECK_INT(s.history.notice_count, 1);
        if (rows[i].what == 0)
            stage_timed(&s, "Europe/Paris", "2026-10-15 11:00");
        if (rows[i].what == 1)
            s.event.state = EVENT_CANCELLED;
        if (rows[i].what == 2)
            s.bits[0] = 0;
        if (rows[i].what == 3)
            s.suppressed = 1;
        if (rows[i].what == 4)
            s.event.summary.any = "Japon";
        stage_read(&s, paris(&s, "2026-10-01 11:00"));
        stage_pass(&s, paris(&s, "2026-10-01 11:00"));
        CHECK_INT(s.notices[0].state, rows[i].end);
        stage_relay_up(&s, paris(&s, "2026-10-01 11:01"));
        stage_run(&s, paris(&s, "2026-10-01 11:01"), paris(&s, "2026-10-02"));
        CHECK_STRING(stage_log(&s), rows[i].want);
        CLOSE;
    }
}

static void owed_invitation(struct stage *s)
{
    stage_contact(s, "paul@example.org", "Europe/Paris", "FR", LANGUAGE_FR);
    stage_step(s, 0, "invitation before 30 days at 09:00 useful 2 days");
    stage_step(s, 0, "reminder before 1 day at 09:00");
    s->is_relay_down = true;
    stage_timed(s, "Europe/Paris", "2026-10-15 10:00");
    stage_read(s, paris(s, "2026-10-01 10:00"));
    stage_run(s, paris(s, "2026-10-01 10:00"), paris(s, "2026-10-01 10:30"));
    CHECK_INT(s->history.notice_count, 1);
}

TEST(an_invitation_may_have_a_shorter_use)
{
    OPEN;
    owed_invitation(&s);
    CHECK(instant_equal(s.notices[0].due, paris(&s, "2026-10-01 10:20")));
    CHECK(instant_equal(s.notices[0].expires, paris(&s, "2026-10-03 10:20")));
    stage_pass(&s, paris(&s, "2026-10-03 10:20"));
    CHECK_INT(s.notices[0].state, NOTICE_EXPIRED);
    CLOSE;
}

/* Gone from the list, before and after the others in its order. */
TEST(pending_to_the_unlisted)
{
    static const char *const emails[] = {"anna@example.org", "zoe@example.org"};
    for (size_t i = 0; i < 2; i++) {
        OPEN;
        owed_invitation(&s);
        s.contacts[0].email = emails[i];
        stage_pass(&s, paris(&s, "2026-10-01 11:00"));
        for (size_t k = 0; k < s.history.notice_count; k++)
            if (!strcmp(s.notices[k].contact, "paul@example.org"))
                CHECK_INT(s.notices[k].state, NOTICE_SUPERSEDED);
        CLOSE;
    }
}

/* What waits under the old UID goes with it at once. */
TEST(pending_under_the_old_uid)
{
    OPEN;
    owed_invitation(&s);
    s.notices[0].state = NOTICE_HELD;
    s.history.sighting.moved_to = "other-uid";
    vanish(&s, "2026-10-01 11:00", NULL);
    CHECK_STRING(stage_log(&s), "");
    CHECK_INT(s.notices[0].state, NOTICE_SUPERSEDED);
    CLOSE;
}

/* What may have arrived is sent again as it was, unless the event is off. */
TEST(uncertain)
{
    for (int is_cancelled = 0; is_cancelled < 2; is_cancelled++) {
        OPEN;
        owed_invitation(&s);
        s.notices[0].state = NOTICE_UNCERTAIN;
        s.notices[0].may_be_known = true;
        s.is_relay_down = false;
        if (is_cancelled)
            s.event.state = EVENT_CANCELLED;
        else
            stage_timed(&s, "Europe/Paris", "2026-10-16 10:00");
        stage_read(&s, paris(&s, "2026-10-01 11:00"));
        stage_run(&s, paris(&s, "2026-10-01 11:00"), paris(&s, "2026-10-02"));
        CHECK_STRING(stage_log(&s), is_cancelled ? "10-01 11:20 cancellation-1 paul\n" : "");
        CHECK_INT(s.notices[is_cancelled].state,
                  is_cancelled ? NOTICE_SUPERSEDED : NOTICE_UNCERTAIN);
        CLOSE;
    }
}

/* Whatever became of a message that may have arrived: who may have it hears that the event is off.
 */
TEST(perhaps_known)
{
    static const enum notice_state states[] = {NOTICE_DEFERRED, NOTICE_HELD, NOTICE_SUPERSEDED};
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        OPEN;
        owed_invitation(&s);
        s.notices[0].state = states[i];
        s.notices[0].may_be_known = true;
        s.is_relay_down = false;
        s.event.state = EVENT_CANCELLED;
        stage_read(&s, paris(&s, "2026-10-01 11:00"));
        stage_run(&s, paris(&s, "2026-10-01 11:00"), paris(&s, "2026-10-02"));
        CHECK_STRING(stage_log(&s), "10-01 11:20 cancellation-1 paul\n");
        CLOSE;
    }
}

TEST(in_hand_comes_first)
{
    OPEN;
    owed_invitation(&s);
    s.notices[0].state = NOTICE_CLAIMED;
    s.event.state = EVENT_CANCELLED;
    stage_read(&s, paris(&s, "2026-10-01 11:00"));
    stage_pass(&s, paris(&s, "2026-10-01 11:30"));
    CHECK_INT(s.plan.notices.count + s.plan.ends.count, 0);
    CHECK(instant_equal(s.plan.next, paris(&s, "2026-10-01 11:31")));
    s.is_relay_down = false;
    stage_accept(&s, &s.notices[0], paris(&s, "2026-10-01 11:30"));
    stage_forget_log(&s);
    stage_pass(&s, paris(&s, "2026-10-01 11:31"));
    CHECK_STRING(stage_log(&s), "10-01 11:31 cancellation-1 paul\n");
    CLOSE;
}

/* The title of a cancelled event may still be edited: the cancellation stands. */
TEST(pending_cancellation_stands)
{
    OPEN;
    invited(&s, "2026-10-27 10:00");
    s.is_relay_down = true;
    s.event.state = EVENT_CANCELLED;
    stage_read(&s, paris(&s, "2026-10-10 09:00"));
    stage_run(&s, paris(&s, "2026-10-10 09:00"), paris(&s, "2026-10-11"));
    s.event.summary.any = "ANNULÉ : Groupe-pays";
    stage_read(&s, paris(&s, "2026-10-11 09:00"));
    stage_run(&s, paris(&s, "2026-10-11 09:00"), paris(&s, "2026-10-12"));
    stage_relay_up(&s, paris(&s, "2026-10-12 09:00"));
    CHECK_STRING(stage_log(&s), "10-10 09:20 cancellation-1 paul\n");
    CLOSE;
}

TEST(a_reminder_waits_for_quiet)
{
    OPEN;
    invited(&s, "2026-10-27 10:00");
    s.event.summary.any = "Japon";
    stage_read(&s, paris(&s, "2026-10-20 08:55"));
    stage_run(&s, paris(&s, "2026-10-20 08:55"), paris(&s, "2026-10-21"));
    CHECK_STRING(stage_log(&s), "10-20 09:15 reminder-7_days paul\n");
    CHECK_STRING(s.told[0].facts->summary.any, "Japon");
    CLOSE;
}

TEST(never_seen_is_nothing)
{
    OPEN;
    PAUL;
    USUAL;
    s.is_absent = true;
    stage_pass(&s, paris(&s, "2026-10-20 08:55"));
    CHECK(instant_equal(s.plan.next, INSTANT_NEVER));
    CLOSE;
}

TEST(silent_cancellation_and_return)
{
    OPEN;
    invited(&s, "2026-10-27 10:00");
    s.event.state = EVENT_CANCELLED;
    s.event.marks.is_silent = true;
    stage_read(&s, paris(&s, "2026-10-10 09:00"));
    stage_run(&s, paris(&s, "2026-10-10 09:00"), paris(&s, "2026-10-11"));
    CHECK_INT(s.told[0].facts->state, EVENT_CANCELLED);
    s.event.state = EVENT_ALIVE;
    stage_read(&s, paris(&s, "2026-10-11 09:00"));
    stage_run(&s, paris(&s, "2026-10-11 09:00"), paris(&s, "2026-10-12"));
    CHECK_INT(s.told[0].facts->state, EVENT_ALIVE);
    CHECK_STRING(stage_log(&s), "");
    CLOSE;
}

TEST(what_is_urgent)
{
    static const struct {
        const char *title, *edited;
        bool want;
    } rows[] = {{"four days before", "2026-10-23 09:00", false},
                {"two days before", "2026-10-25 09:00", true}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CHECK_ROW(rows[i].title);
        OPEN;
        invited(&s, "2026-10-27 10:00");
        s.event.location.any = "Lyon";
        stage_read(&s, paris(&s, rows[i].edited));
        stage_pass(&s, instant_add(paris(&s, rows[i].edited), 30 * USEC_PER_MIN));
        REQUIRE(s.plan.notices.count == 1);
        CHECK_INT(s.plan.notices.items[0].is_urgent, rows[i].want);
        CHECK_STRING(s.plan.notices.items[0].reason, "changed since the contact was told: place");
        CHECK(s.plan.notices.items[0].notice.facts_before != NULL);
        CLOSE;
    }
}

TEST(discarded_stays_unsaid)
{
    OPEN;
    PAUL;
    USUAL;
    s.is_relay_down = true;
    stage_timed(&s, "Europe/Paris", "2026-10-15 10:00");
    stage_read(&s, paris(&s, "2026-10-01 10:00"));
    stage_run(&s, paris(&s, "2026-10-01 10:00"), paris(&s, "2026-10-01 10:30"));
    s.notices[0].state = NOTICE_SUPERSEDED;
    s.notices[0].hold = 3;
    s.notices[0].reply = "discarded";
    s.is_relay_down = false;
    stage_run(&s, paris(&s, "2026-10-01 10:30"), paris(&s, "2026-11-01"));
    CHECK_STRING(stage_log(&s), "");
    CLOSE;
}

/* --- politeness ------------------------------------------------------------------------------ */

static const struct quiet_settings usual_quiet = {true, true, 18 * 60 + 30, 8 * 60 + 30};

TEST(quiet_hours_and_closed_days)
{
    static const struct {
        const char *title, *step, *event, *want;
    } rows[] = {
        /* 2026-10-05 is a Monday. */
        {"reminder on Sunday leaves on Friday", "reminder before 1 day at 09:00",
         "2026-10-05 14:00", "10-02 09:00 invitation paul\n"},
        {"invitation on Saturday leaves on Monday", "invitation before 2 days at 09:00",
         "2026-10-12 14:00", "10-12 09:00 invitation paul\n"},
        {"evening reminder leaves before", "reminder before 3 days at 20:00", "2026-10-08 14:00",
         "10-05 18:00 invitation paul\n"},
        {"small hours reminder leaves the evening before", "reminder before 2 days at 06:00",
         "2026-10-08 14:00", "10-05 18:00 invitation paul\n"},
        {"evening invitation leaves next morning", "invitation before 3 days at 20:00",
         "2026-10-08 14:00", "10-06 08:30 invitation paul\n"},
        {"a holiday is closed", "invitation before 2 days at 09:00", "2026-07-16 14:00",
         "07-15 09:00 invitation paul\n"},
        {"never past its use", "invitation before 1 day at 09:00", "2026-10-04 14:00",
         "10-03 09:00 invitation paul\n"},
        {"working days", "invitation before 10 working days at 09:00", "2026-07-20 14:00",
         "07-03 09:00 invitation paul\n"},
    };
    static const struct civil_date days[] = {{2026, 7, 14}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CHECK_ROW(rows[i].title);
        OPEN;
        PAUL;
        s.settings.limits.quiet = usual_quiet;
        s.holidays[0] = (struct holiday_calendar){"FR", days, 1};
        stage_step(&s, 0, rows[i].step);
        stage_timed(&s, "Europe/Paris", rows[i].event);
        stage_read(&s, paris(&s, "2026-06-01 08:00"));
        stage_run(&s, paris(&s, "2026-06-01 08:00"), paris(&s, "2026-12-01"));
        CHECK_STRING(stage_log(&s), rows[i].want);
        CLOSE;
    }
}

TEST(news_and_quiet_hours)
{
    static const struct {
        const char *title, *event, *edited, *want;
    } rows[] = {
        {"far away: next working morning", "2026-10-27 10:00", "2026-10-10 09:00",
         "10-12 08:30 change-1 paul\n"},
        {"within 72 h: Sunday evening", "2026-10-27 10:00", "2026-10-25 20:00",
         "10-25 20:20 change-1 paul\n"},
        {"within 72 h, at night: seven o'clock", "2026-10-27 10:00", "2026-10-24 23:00",
         "10-25 07:00 change-1 paul\n"},
        {"turns urgent while it waits", "2026-10-26 16:00", "2026-10-23 19:00",
         "10-23 19:20 change-1 paul\n"},
        {"turns urgent on Saturday", "2026-10-27 16:00", "2026-10-23 19:00",
         "10-24 17:00 change-1 paul\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CHECK_ROW(rows[i].title);
        OPEN;
        PAUL;
        s.settings.limits.quiet = usual_quiet;
        stage_step(&s, 0, "invitation before 30 days at 09:00");
        stage_timed(&s, "Europe/Paris", rows[i].event);
        stage_read(&s, paris(&s, "2026-06-01 08:00"));
        stage_run(&s, paris(&s, "2026-06-01 08:00"), paris(&s, "2026-10-09"));
        stage_forget_log(&s);
        s.occurrence.when.start = instant_add(s.occurrence.when.start, USEC_PER_HOUR);
        s.occurrence.when.end = instant_add(s.occurrence.when.end, USEC_PER_HOUR);
        stage_read(&s, paris(&s, rows[i].edited));
        stage_run(&s, paris(&s, rows[i].edited), paris(&s, "2026-10-27 09:00"));
        CHECK_STRING(stage_log(&s), rows[i].want);
        CLOSE;
    }
}

TEST(cap_per_contact)
{
    OPEN;
    PAUL;
    USUAL;
    s.settings.limits.per_contact = 1;
    s.settings.limits.per_contact_span = (struct span){.days = 3};
    s.recent[s.recent_count++] =
        (struct recent_message){"paul@example.org", paris(&s, "2026-10-01 09:00")};
    stage_timed(&s, "Europe/Paris", "2026-10-15 10:00");
    stage_read(&s, paris(&s, "2026-10-01 10:00"));
    stage_run(&s, paris(&s, "2026-10-01 10:00"), paris(&s, "2026-10-15"));
    CHECK_STRING(stage_log(&s), "10-04 09:00 invitation paul\n10-08 09:00 reminder-7_days paul\n"
                                "10-14 09:00 reminder-1_day paul\n");
    CLOSE;
}

TEST(marked_audience)
{
    OPEN;
    PAUL;
    YUKO;
    USUAL;
    uint64_t bits = 2;
    s.marked = (struct membership){&bits, 2};
    s.is_marked = true;
    stage_timed(&s, "Europe/Paris", "2026-10-15 10:00");
    stage_read(&s, paris(&s, "2026-10-01 10:00"));
    stage_run(&s, paris(&s, "2026-10-01 10:00"), paris(&s, "2026-10-02"));
    CHECK_STRING(stage_log(&s), "10-01 17:20 invitation yuko\n");
    CLOSE;
}

/* --- corners found by breaking the planner on purpose ------------------------------------------
 */

TEST(a_step_may_be_for_fewer)
{
    OPEN;
    PAUL;
    YUKO;
    USUAL;
    uint64_t bits = 2;
    struct membership narrower[4] = {{0}, {&bits, 2}, {0}, {0}};
    s.audiences[0].steps = narrower;
    stage_timed(&s, "Europe/Paris", "2026-10-15 10:00");
    stage_read(&s, paris(&s, "2026-06-01 10:00"));
    stage_run(&s, paris(&s, "2026-06-01 10:00"), paris(&s, "2026-10-10"));
    CHECK_STRING(stage_log(&s), "09-15 09:00 invitation yuko\n09-15 09:00 invitation paul\n"
                                "10-08 09:00 reminder-7_days yuko\n");
    CLOSE;
}

TEST(templates)
{
    OPEN;
    PAUL;
    s.rules[0].template_name = "rencontres";
    stage_step(&s, 0, "invitation before 30 days");
    stage_step(&s, 0, "practical before 7 days");
    stage_step(&s, 0, "reminder before 1 day");
    stage_timed(&s, "Europe/Paris", "2026-10-15 10:00");
    stage_read(&s, paris(&s, "2026-06-01 10:00"));
    stage_run(&s, paris(&s, "2026-06-01 10:00"), paris(&s, "2026-10-15"));
    REQUIRE(s.history.notice_count == 3); /* by step */
    CHECK_STRING(s.notices[0].template_name, "rencontres");
    CHECK_STRING(s.notices[1].step, "practical-7_days");
    CHECK_STRING(s.notices[1].template_name, "practical");
    CHECK_INT(s.notices[1].kind, NOTICE_REMINDER);
    CHECK_STRING(s.notices[2].template_name, "rencontres");
    CLOSE;
}

/* A saved date loses its use when the invitation is due. */
TEST(use_of_a_saved_date)
{
    OPEN;
    PAUL;
    stage_step(&s, 0, "save-the-date before 270 days");
    stage_step(&s, 0, "invitation before 120 days");
    stage_step(&s, 0, "invitation before 100 days");
    stage_timed(&s, "Europe/Paris", "2027-10-15 10:00");
    s.is_relay_down = true;
    stage_read(&s, paris(&s, "2026-06-01 08:00"));
    stage_run(&s, paris(&s, "2026-06-01 08:00"), paris(&s, "2027-02-01"));
    REQUIRE(s.history.notice_count == 1);
    CHECK(instant_equal(s.notices[0].expires, paris(&s, "2027-06-17 09:00")));
    CHECK_INT(s.notices[0].kind, NOTICE_SAVE_THE_DATE);
    stage_pass(&s, paris(&s, "2027-06-17 09:00"));
    REQUIRE(s.history.notice_count == 2);
    CHECK_INT(s.notices[1].state, NOTICE_EXPIRED);
    CHECK_STRING(s.notices[0].step, "invitation");
    CHECK(instant_equal(s.notices[0].expires, s.occurrence.when.start));
    CLOSE;
}

/* The invitation expired with the old date: the new date deserves another; a discarded one stays
 * unsaid whatever moves, unless we had taken it back ourselves. */
TEST(what_counts_as_said)
{
    static const struct {
        const char *title;
        enum notice_state state;
        int64_t hold;
        const char *reply, *want;
    } rows[] = {
        {"expired", NOTICE_EXPIRED, 0, NULL, "10-01 11:20 invitation-1 paul\n"},
        {"refused", NOTICE_REFUSED, 0, "550 no such user", ""},
        {"discarded", NOTICE_SUPERSEDED, 4, "discarded by staff", ""},
        {"held, then outdated", NOTICE_SUPERSEDED, 4, "the event changed before the message left",
         "10-01 11:20 invitation-1 paul\n"},
        {"opposed, then not", NOTICE_SUPPRESSED, 0, NULL, "10-01 11:20 invitation-1 paul\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CHECK_ROW(rows[i].title);
        OPEN;
        owed_invitation(&s);
        s.is_relay_down = false;
        s.notices[0].state = rows[i].state;
        s.notices[0].hold = rows[i].hold;
        s.notices[0].reply = rows[i].reply;
        stage_timed(&s, "Europe/Paris", "2026-10-16 10:00");
        stage_read(&s, paris(&s, "2026-10-01 11:00"));
        stage_run(&s, paris(&s, "2026-10-01 11:00"), paris(&s, "2026-10-02"));
        CHECK_STRING(stage_log(&s), rows[i].want);
        CLOSE;
    }
}

TEST(postponed_then_cancelled)
{
    OPEN;
    invited(&s, "2026-10-27 10:00");
    s.event.state = EVENT_POSTPONED;
    stage_read(&s, paris(&s, "2026-10-10 09:00"));
    stage_run(&s, paris(&s, "2026-10-10 09:00"), paris(&s, "2027-02-01"));
    s.event.state = EVENT_CANCELLED; /* months after the first date */
    stage_read(&s, paris(&s, "2027-02-01 09:00"));
    stage_run(&s, paris(&s, "2027-02-01 09:00"), paris(&s, "2027-03-01"));
    CHECK_STRING(stage_log(&s), "10-10 09:20 postponed-1 paul\n02-01 09:20 cancellation-2 paul\n");
    CLOSE;
}

/* While #silencieux stands on an event that was announced: reminders go on, who joins is invited.
 */
TEST(silent_reminders)
{
    OPEN;
    s.settings.rule_count = 1;
    invited(&s, "2026-10-27 10:00");
    stage_contact(&s, "quentin@example.org", "Europe/Paris", "FR", LANGUAGE_FR);
    s.event.marks.is_silent = true;
    stage_run(&s, paris(&s, "2026-10-10 09:00"), paris(&s, "2026-10-27 09:00"));
    CHECK_STRING(stage_log(&s),
                 "10-10 09:00 invitation quentin\n"
                 "10-20 09:00 reminder-7_days paul\n10-20 09:00 reminder-7_days quentin\n"
                 "10-26 09:00 reminder-1_day paul\n10-26 09:00 reminder-1_day quentin\n");
    CHECK_INT(s.history.told_count, 2);
    CLOSE;
}

TEST(cap_counts_each_contact_alone)
{
    OPEN;
    stage_contact(&s, "anna@example.org", "Europe/Paris", NULL, LANGUAGE_EN);
    PAUL;
    stage_contact(&s, "zoe@example.org", "Europe/Paris", NULL, LANGUAGE_EN);
    stage_step(&s, 0, "invitation before 30 days");
    stage_step(&s, 0, "reminder before 7 days");
    s.settings.limits.per_contact = 2;
    s.settings.limits.per_contact_span = (struct span){.days = 4};
    static const struct {
        const char *contact, *at;
    } sent[] = {{"anna@example.org", "2026-10-07 09:00"}, {"paul@example.org", "2026-10-04 12:00"},
                {"paul@example.org", "2026-10-05 09:00"}, {"paul@example.org", "2026-10-07 09:00"},
                {"zoe@example.org", "2026-10-05 09:00"},  {"zoe@example.org", "2026-10-07 09:00"}};
    stage_timed(&s, "Europe/Paris", "2026-10-15 10:00");
    stage_read(&s, paris(&s, "2026-06-01 10:00"));
    stage_run(&s, paris(&s, "2026-06-01 10:00"), paris(&s, "2026-10-01"));
    stage_forget_log(&s);
    s.recent_count = 0;
    for (size_t i = 0; i < 6; i++)
        s.recent[s.recent_count++] =
            (struct recent_message){sent[i].contact, paris(&s, sent[i].at)};
    stage_run(&s, paris(&s, "2026-10-08 09:00"), paris(&s, "2026-10-15"));
    /* Paul and Zoé had two since the 4th at 09:00; the oldest falls out on the 9th, too late for a
     * reminder whose use ends at 09:00 that day. */
    CHECK_STRING(stage_log(&s), "10-08 09:00 reminder-7_days anna\n");
    CLOSE;
}

TEST(thanks_to_those_who_were_told_before)
{
    OPEN;
    PAUL;
    USUAL;
    stage_timed(&s, "Europe/Paris", "2026-10-15 10:00");
    stage_read(&s, paris(&s, "2026-06-01 10:00"));
    stage_run(&s, paris(&s, "2026-06-01 10:00"), paris(&s, "2026-10-15"));
    stage_contact(&s, "quentin@example.org", "Europe/Paris", "FR", LANGUAGE_FR);
    stage_forget_log(&s);
    stage_run(&s, paris(&s, "2026-10-15 13:00"), paris(&s, "2026-12-15"));
    CHECK_STRING(stage_log(&s), "10-16 10:00 thanks+1_day paul\n");
    CLOSE;
}

/* Slept through a week after the event: thanks are late, then too late. */
TEST(thanks_lose_their_use)
{
    for (int days = 6; days <= 9; days += 3) {
        OPEN;
        PAUL;
        USUAL;
        stage_timed(&s, "Europe/Paris", "2026-10-15 10:00");
        stage_read(&s, paris(&s, "2026-06-01 10:00"));
        stage_run(&s, paris(&s, "2026-06-01 10:00"), paris(&s, "2026-10-15"));
        stage_forget_log(&s);
        struct instant late = instant_add(paris(&s, "2026-10-16 12:00"), days * USEC_PER_DAY);
        stage_run(&s, late, instant_add(late, USEC_PER_DAY));
        CHECK_STRING(stage_log(&s), days == 6 ? "10-22 12:00 thanks+1_day paul\n" : "");
        CLOSE;
    }
}

TEST(removed_when_it_no_longer_matters)
{
    static const enum event_state states[] = {EVENT_CANCELLED, EVENT_POSTPONED};
    for (size_t i = 0; i < 2; i++) {
        OPEN;
        s.rules[0].tell_removed = true;
        invited(&s, "2026-10-27 10:00");
        s.bits[0] = 0;
        s.event.state = states[i];
        stage_read(&s, paris(&s, "2026-10-10 09:00"));
        stage_run(&s, paris(&s, "2026-10-10 09:00"), paris(&s, "2026-11-10"));
        CHECK_STRING(stage_log(&s), "");
        CLOSE;
    }
}

/* Cancelled by vanishing, back in silence: recorded once, and an ordinary event from then on. */
TEST(back_in_silence)
{
    OPEN;
    s.rules[0].vanished = VANISHED_CANCEL;
    invited(&s, "2026-10-27 10:00");
    vanish(&s, "2026-10-10 09:00", "2026-10-10 09:30");
    s.is_absent = false;
    s.event.marks.is_silent = true;
    stage_read(&s, paris(&s, "2026-10-12 09:00"));
    stage_run(&s, paris(&s, "2026-10-12 09:00"), paris(&s, "2026-10-13"));
    CHECK(instant_equal(s.told[0].at, paris(&s, "2026-10-12 09:20")));
    s.event.marks.is_silent = false;
    s.event.location.any = "Lyon";
    stage_read(&s, paris(&s, "2026-10-13 09:00"));
    stage_run(&s, paris(&s, "2026-10-13 09:00"), paris(&s, "2026-10-21"));
    CHECK_STRING(stage_log(&s), "10-10 09:20 cancellation-1 paul\n10-13 09:20 change-3 paul\n"
                                "10-20 09:00 reminder-7_days paul\n");
    CLOSE;
}

TEST(postponement_overtaken_by_a_date)
{
    OPEN;
    invited(&s, "2026-10-27 10:00");
    s.is_relay_down = true;
    s.event.state = EVENT_POSTPONED;
    stage_read(&s, paris(&s, "2026-10-10 09:00"));
    stage_run(&s, paris(&s, "2026-10-10 09:00"), paris(&s, "2026-10-11"));
    s.event.state = EVENT_ALIVE;
    stage_timed(&s, "Europe/Paris", "2026-10-30 10:00");
    stage_read(&s, paris(&s, "2026-10-11 09:00"));
    stage_run(&s, paris(&s, "2026-10-11 09:00"), paris(&s, "2026-10-12"));
    stage_relay_up(&s, paris(&s, "2026-10-12 09:00"));
    CHECK_STRING(stage_log(&s), "10-11 09:20 change-2 paul\n");
    CLOSE;
}

/* Carried over from another UID: told, though no message of this one ever left. */
TEST(carried_over_from_another_uid)
{
    OPEN;
    PAUL;
    USUAL;
    stage_timed(&s, "Europe/Paris", "2026-10-15 10:00");
    stage_read(&s, paris(&s, "2026-10-01 10:00"));
    stage_tell(&s, "paul@example.org", s.history.sighting.facts, 4, paris(&s, "2026-09-15 09:00"),
               false);
    stage_timed(&s, "Europe/Paris", "2026-10-16 10:00");
    stage_read(&s, paris(&s, "2026-10-01 10:00"));
    stage_run(&s, paris(&s, "2026-10-01 10:00"), paris(&s, "2026-10-16"));
    CHECK_STRING(stage_log(&s), "10-01 10:20 change-5 paul\n10-09 09:00 reminder-7_days paul\n"
                                "10-15 09:00 reminder-1_day paul\n");
    CLOSE;
}

TEST(waits_are_said)
{
    OPEN;
    PAUL;
    s.settings.limits.quiet = usual_quiet;
    stage_step(&s, 0, "invitation before 30 days");
    stage_timed(&s, "Europe/Paris", "2026-10-15 10:00");
    stage_read(&s, paris(&s, "2026-10-03 10:00")); /* a Saturday */
    stage_pass(&s, paris(&s, "2026-10-03 10:30"));
    CHECK_STRING(s.plan.waits, "“Groupe-pays Japon”: quiet hours, waits until "
                               "2026-10-05 08:30");
    CHECK(instant_equal(s.plan.next, paris(&s, "2026-10-05 08:30")));
    stage_run(&s, paris(&s, "2026-10-05 08:30"), paris(&s, "2026-10-06"));
    CHECK_STRING(s.plan.waits, NULL);
    s.is_absent = true;
    stage_read(&s, paris(&s, "2026-10-06 10:00"));
    stage_pass(&s, paris(&s, "2026-10-06 10:30"));
    CHECK_STRING(s.plan.waits,
                 "“Groupe-pays Japon”: missing from the calendar, the next reading decides");
    CLOSE;
}

/* The largest spans that settings can hold reach beyond the calendar of people. */
TEST(offsets_beyond_all_years)
{
    static const struct {
        const char *step, *want;
    } rows[] = {
        {"invitation before 100000 months", "06-01 10:20 invitation paul\n"},
        {"invitation before 100000 years", "06-01 10:20 invitation paul\n"},
        {"reminder before 100000 working days", "06-01 10:20 invitation paul\n"},
        {"reminder before 1 day useful 100000 years", "10-14 09:00 invitation paul\n"},
        {"thanks after 100000 years", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CHECK_ROW(rows[i].step);
        OPEN;
        PAUL;
        stage_step(&s, 0, rows[i].step);
        stage_timed(&s, "Europe/Paris", "2026-10-15 10:00");
        stage_read(&s, paris(&s, "2026-06-01 10:00"));
        stage_run(&s, paris(&s, "2026-06-01 10:00"), paris(&s, "2027-06-01"));
        CHECK_STRING(stage_log(&s), rows[i].want);
        CLOSE;
    }
}

/* Memory refused at any point is an errno, and never half a plan that looks whole. */
TEST(memory_refused)
{
    OPEN;
    PAUL;
    YUKO;
    USUAL;
    stage_timed(&s, "Europe/Paris", "2026-10-15 10:00");
    stage_read(&s, paris(&s, "2026-10-01 10:00"));
    struct planner_input input = {.now = paris(&s, "2026-10-02 15:00"),
                                  .settings = &s.settings,
                                  .contacts = &s.list,
                                  .audiences = s.audiences};
    struct planner_subject subject = {&s.occurrence, s.history.sighting.facts, NULL, &s.history};
    int refused = 0, r = -ENOMEM;
    for (size_t bytes = 64; r; bytes += 64) {
        struct plan plan;
        REQUIRE(bytes < (1 << 20));
        CLEANUP_ARENA struct arena *arena = arena_new(bytes);
        if (!arena)
            continue;
        r = planner_plan(arena, &input, &subject, &plan);
        refused += r == -ENOMEM;
        CHECK(r == 0 || r == -ENOMEM);
        if (!r)
            CHECK_INT(plan.notices.count, 2);
    }
    CHECK(refused > 3);
    CLOSE;
}

CHECK_MAIN
