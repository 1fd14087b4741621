/* SPDX-License-Identifier: MIT */
#include "plan/recent.h"
#include "stage.h"

static struct planned_notice *owe(struct stage *s, struct plan *plan, const char *contact,
                                  enum notice_kind kind, bool is_urgent)
{
    struct planned_notice *planned = list_add(s->arena, &plan->notices);
    REQUIRE(planned != NULL);
    *planned = (struct planned_notice){.notice = {.contact = contact, .kind = kind},
                                       .is_urgent = is_urgent};
    return planned;
}

TEST(merges_what_counts)
{
    struct stage s;
    struct recents recents = {0};
    struct plan first = {0}, second = {0};
    stage_open(&s);
    owe(&s, &first, "b", NOTICE_INVITATION, false);
    owe(&s, &first, "d", NOTICE_REMINDER, false);
    owe(&s, &first, "e", NOTICE_REMINDER, true);
    owe(&s, &second, "a", NOTICE_THANKS, false);
    owe(&s, &second, "b", NOTICE_CHANGE, false);
    owe(&s, &second, "c", NOTICE_SAVE_THE_DATE, false);
    owe(&s, &second, "d", NOTICE_INVITATION, false);
    owe(&s, &second, "f", NOTICE_CANCELLATION, false);
    REQUIRE(recent_note(s.arena, &recents, &first, (struct instant){1}) == 0);
    REQUIRE(recent_note(s.arena, &recents, &second, (struct instant){2}) == 0);
    for (size_t i = 0; i < recents.count; i++)
        buf_printf(&s.log, "%s%d ", recents.items[i].contact, (int)recents.items[i].sent.utc_usec);
    CHECK_STRING(stage_log(&s), "a2 b1 c2 d1 d2 ");
    stage_close(&s);
}

/* Two events whose reminders meet: the second one waits for its turn. */
TEST(two_events_in_a_pass)
{
    struct stage s;
    struct recents recents = {0};
    struct plan plan;
    stage_open(&s);
    stage_contact(&s, "paul@example.org", "Europe/Paris", "FR", LANGUAGE_FR);
    stage_step(&s, 0, "invitation before 30 days");
    s.settings.limits.per_contact = 1;
    s.settings.limits.per_contact_span = (struct span){.days = 3};
    stage_timed(&s, "Europe/Paris", "2026-10-15 10:00");
    stage_read(&s, paris(&s, "2026-06-01 10:00"));
    struct instant now = paris(&s, "2026-09-15 09:00");
    for (int event = 0; event < 2; event++) {
        struct planner_input input = {.now = now,
                                      .settings = &s.settings,
                                      .contacts = &s.list,
                                      .audiences = s.audiences,
                                      .recent = recents.items,
                                      .recent_count = recents.count};
        struct planner_subject subject = {&s.occurrence, s.history.sighting.facts, NULL,
                                          &s.history};
        REQUIRE(planner_plan(s.arena, &input, &subject, &plan) == 0);
        CHECK_INT(plan.notices.count, event == 0);
        REQUIRE(recent_note(s.arena, &recents, &plan, now) == 0);
    }
    CHECK(instant_equal(plan.next, paris(&s, "2026-09-18 09:00")));
    stage_close(&s);
}

/* Three invitations in a pass, one message in three days: those of rules that merge are one mail.
 */
TEST(what_merges_is_one_mail)
{
    static const struct {
        const char *name;
        bool merges[3];
        const char *want; /* who is written to now */
    } rows[] = {
        {"none merges", {false, false, false}, "1--"},
        {"all merge", {true, true, true}, "123"},
        {"two merge", {true, true, false}, "12-"},
        {"one alone came first", {false, true, true}, "1--"},
        {"one alone in between", {true, false, true}, "1-3"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct stage s;
        struct recents recents = {0};
        struct plan plan;
        CHECK_ROW(rows[i].name);
        stage_open(&s);
        stage_contact(&s, "paul@example.org", "Europe/Paris", "FR", LANGUAGE_FR);
        stage_step(&s, 0, "invitation before 30 days");
        s.settings.limits.per_contact = 1;
        s.settings.limits.per_contact_span = (struct span){.days = 3};
        stage_timed(&s, "Europe/Paris", "2026-10-15 10:00");
        stage_read(&s, paris(&s, "2026-06-01 10:00"));
        struct instant now = paris(&s, "2026-09-15 09:00");
        for (int event = 0; event < 3; event++) {
            s.rules[0].may_merge = rows[i].merges[event];
            struct planner_input input = {.now = now,
                                          .settings = &s.settings,
                                          .contacts = &s.list,
                                          .audiences = s.audiences,
                                          .recent = recents.items,
                                          .recent_count = recents.count};
            struct planner_subject subject = {&s.occurrence, s.history.sighting.facts, NULL,
                                              &s.history};
            REQUIRE(planner_plan(s.arena, &input, &subject, &plan) == 0);
            REQUIRE(recent_note(s.arena, &recents, &plan, now) == 0);
            buf_add_char(&s.log, plan.notices.count ? (char)('1' + event) : '-');
            CHECK_INT(recents.count, 1);
        }
        CHECK_STRING(stage_log(&s), rows[i].want);
        stage_close(&s);
    }
}

CHECK_MAIN
