/* SPDX-License-Identifier: MIT */
/* Small margins and words that the bigger tests walk past: exact minutes, who is asked about, which
 * of two reasons is given.                                                                       */
#include "plan/explain.h"
#include "stage.h"

static void set(struct stage *s)
{
    stage_open(s);
    stage_contact(s, "anne@example.org", "Europe/Paris", "FR", LANGUAGE_FR);
    stage_contact(s, "paul@example.org", "Europe/Paris", "FR", LANGUAGE_FR);
    s->settings.organisation.language = LANGUAGE_EN;
    stage_timed(s, "Europe/Paris", "2026-10-15 10:00");
}

/* A reminder of the day itself whose hour is past the start leaves an hour before it, to the
 * minute.                                                                                        */
TEST(a_late_hour_leaves_an_hour)
{
    struct stage s;
    set(&s);
    stage_step(&s, 0, "invitation before 30 days at 09:00");
    stage_step(&s, 0, "reminder before 0 days at 18:00");
    stage_read(&s, paris(&s, "2026-06-01 08:00"));
    stage_run(&s, paris(&s, "2026-06-01 08:00"), paris(&s, "2026-10-16"));
    CHECK_STRING(stage_log(&s), "09-15 09:00 invitation anne\n09-15 09:00 invitation paul\n"
                                "10-15 09:00 reminder-0_days anne\n"
                                "10-15 09:00 reminder-0_days paul\n");
    stage_close(&s);
}

static const char *ask_next(struct stage *s, size_t contact)
{
    struct planner_input input = {.now = paris(s, "2026-06-01 09:00"),
                                  .settings = &s->settings,
                                  .contacts = &s->list,
                                  .audiences = s->audiences,
                                  .suppressed = {&s->suppressed, STAGE_CONTACTS_MAX}};
    struct planner_subject subject = {
        .occurrence = &s->occurrence, .facts = s->history.sighting.facts, .history = &s->history};
    const struct explain_question question = {&input, &subject, contact, LANGUAGE_EN, NULL};
    struct planned_notice next;
    bool is_found = false;
    REQUIRE(explain_next(s->arena, &question, &is_found, &next) == 0);
    return is_found ? next.notice.contact : NULL;
}

/* Whoever is asked about stands alone in the list, but keeps his own audiences and opposition. */
TEST(next_is_of_the_one_who_is_asked_about)
{
    static const struct {
        const char *title;
        uint64_t audience, suppressed;
        const char *anne, *paul;
    } rows[] = {
        {"both", 3, 0, "anne@example.org", "paul@example.org"},
        {"the second only", 2, 0, NULL, "paul@example.org"},
        {"the first only", 1, 0, "anne@example.org", NULL},
        {"the first opposes", 3, 1, NULL, "paul@example.org"},
        {"the second opposes", 3, 2, "anne@example.org", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct stage s;
        CHECK_ROW(rows[i].title);
        set(&s);
        stage_step(&s, 0, "invitation before 30 days at 09:00");
        s.bits[0] = rows[i].audience;
        s.suppressed = rows[i].suppressed;
        stage_read(&s, paris(&s, "2026-06-01 08:00"));
        CHECK_STRING(ask_next(&s, 0), rows[i].anne);
        CHECK_STRING(ask_next(&s, 1), rows[i].paul);
        stage_close(&s);
    }
}

/* The invitation that its own step gives is explained by the step; the one that a reminder's step
 * finds missing, by the rule of the first word.                                                  */
TEST(first_words_say_why)
{
    static const struct {
        const char *title, *now, *step, *want;
    } rows[] = {
        {"its own step", "2026-09-15 09:00", "invitation before 30 days at 09:00",
         "the step invitation-30_days of the rule rule"},
        {"a date to keep", "2026-09-15 09:00", "save-the-date before 30 days at 09:00",
         "the step save-the-date-30_days of the rule rule"},
        {"a reminder", "2026-10-08 09:00", "reminder before 7 days at 09:00",
         "the step reminder-7_days of the rule rule; the first word to somebody is an invitation"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct stage s;
        struct plan plan;
        CHECK_ROW(rows[i].title);
        set(&s);
        stage_step(&s, 0, rows[i].step);
        stage_read(&s, paris(&s, "2026-06-01 08:00"));
        stage_plan(&s, paris(&s, rows[i].now), &plan);
        REQUIRE(plan.notices.count == 2);
        CHECK_STRING(plan.notices.items[0].reason, rows[i].want);
        stage_close(&s);
    }
}

/* What waits says for what: for an hour of office, or because there was enough. */
TEST(waiting_says_for_what)
{
    struct stage s;
    struct plan plan;
    set(&s);
    s.settings.limits.per_contact = 1;
    s.settings.limits.per_contact_span = (struct span){.days = 3};
    s.recent[0] = (struct recent_message){"anne@example.org", paris(&s, "2026-09-14 09:00")};
    s.recent[1] = (struct recent_message){"paul@example.org", paris(&s, "2026-09-14 09:00")};
    s.recent_count = 2;
    stage_step(&s, 0, "invitation before 30 days at 09:00");
    stage_read(&s, paris(&s, "2026-06-01 08:00"));
    stage_plan(&s, paris(&s, "2026-09-15 09:00"), &plan);
    CHECK_INT(plan.notices.count, 0);
    REQUIRE(plan.waits != NULL);
    if (!strstr(plan.waits, "enough messages for now"))
        CHECK_STRING(plan.waits, "… enough messages for now …");
    stage_close(&s);
}

CHECK_MAIN
