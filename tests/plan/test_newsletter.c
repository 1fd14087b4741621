/* SPDX-License-Identifier: MIT */
/* An issue on Tuesday 1 December 2026 at 09:30, of use for 3 days, to Paul in Paris and Ms Sato in
 * Tokyo, with one event on the 10th. */
#include "plan/newsletter.h"

#include "plan/explain.h"

#include "stage.h"

struct desk {
    struct stage stage;
    struct newsletter_settings newsletter;
    struct issue_event event;
    struct issue issue;
    uint64_t readers, canary, invited;
    struct plan plan;
};

static void open_desk(struct desk *d)
{
    struct stage *s = &d->stage;
    memset(d, 0, sizeof *d);
    stage_open(s);
    stage_contact(s, "paul@example.org", "Europe/Paris", "FR", LANGUAGE_FR);
    stage_contact(s, "sato@example.jp", "Asia/Tokyo", "JP", LANGUAGE_JA);
    for (size_t i = 0; i < s->list.count; i++)
        s->people[i] = &s->contacts[i];
    s->list.items = s->people;
    stage_timed(s, "Europe/Paris", "2026-12-10 10:00");
    stage_read(s, paris(s, "2026-11-01 08:00"));
    d->readers = d->invited = 3;
    d->newsletter = (struct newsletter_settings){.name = "lettre",
                                                 .template_name = "digest",
                                                 .at_minute = 9 * 60 + 30,
                                                 .covers = {.months = 1},
                                                 .useful = {.days = 3},
                                                 .canary_delay = {.usec = 2 * USEC_PER_HOUR}};
    d->event = (struct issue_event){.occurrence = &s->occurrence,
                                    .facts = s->history.sighting.facts,
                                    .readers = {&d->invited, 2}};
    d->issue = (struct issue){.key = "newsletter/lettre/2026-12-01",
                              .newsletter = &d->newsletter,
                              .template_name = "digest",
                              .day = {2026, 12, 1},
                              .born = INSTANT_UNSET,
                              .audience = {&d->readers, 2},
                              .events = &d->event,
                              .event_count = 1,
                              .ready = INSTANT_UNSET,
                              .word = INSTANT_UNSET};
}

static struct planner_input input_of(struct desk *d, const char *now)
{
    struct stage *s = &d->stage;
    return (struct planner_input){.now = paris(s, now),
                                  .settings = &s->settings,
                                  .contacts = &s->list,
                                  .audiences = s->audiences,
                                  .suppressed = {&s->suppressed, 2}};
}

/* "paul@example.org 12-01 09:30", those left out with a minus. */
static const char *plan_at(struct desk *d, const char *now)
{
    struct stage *s = &d->stage;
    struct planner_input input = input_of(d, now);
    const struct history history = {.notices = s->history.notices,
                                    .notice_count = s->history.notice_count};
    const struct planner_subject subject = {.issue = &d->issue, .history = &history};
    const char *said = "";
    REQUIRE(planner_plan(s->arena, &input, &subject, &d->plan) == 0);
    for (size_t i = 0; i < d->plan.notices.count + d->plan.drops.count; i++) {
        bool is_drop = i >= d->plan.notices.count;
        const struct notice *n = is_drop ? &d->plan.drops.items[i - d->plan.notices.count].notice
                                         : &d->plan.notices.items[i].notice;
        struct civil_time t = zone_to_civil(stage_zone(s, n->zone), n->due);
        CHECK_STRING(n->step, newsletter_step);
        CHECK_STRING(n->occurrence, d->issue.key);
        CHECK(n->kind == NOTICE_NEWSLETTER && !n->facts);
        said = arena_printf(s->arena, "%s%s%.4s %02d-%02d %02d:%02d ", said, is_drop ? "-" : "",
                            n->contact, t.date.month, t.date.day, t.hour, t.minute);
    }
    for (size_t i = 0; i < d->plan.ends.count; i++)
        said = arena_printf(s->arena, "%s[%s] ", said,
                            notice_state_to_text(d->plan.ends.items[i].state));
    return said;
}

TEST(at_the_readers_hour)
{
    static const struct {
        const char *now, *want, *next;
    } rows[] = {
        {"2026-11-30 12:00", "", "2026-12-01 01:30"},
        {"2026-12-01 01:30", "sato 12-01 09:30 ", "2026-12-01 09:30"},
        {"2026-12-01 09:30", "paul 12-01 09:30 sato 12-01 09:30 ", NULL},
        {"2026-12-04 01:29", "paul 12-01 09:30 sato 12-01 09:30 ", NULL},
        {"2026-12-04 09:29", "paul 12-01 09:30 ", NULL}, /* too late in Tokyo */
        {"2026-12-04 09:30", "", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct desk d;
        CHECK_ROW(rows[i].now);
        open_desk(&d);
        CHECK_STRING(plan_at(&d, rows[i].now), rows[i].want);
        if (rows[i].next)
            CHECK(instant_equal(d.plan.next, paris(&d.stage, rows[i].next)));
        stage_close(&d.stage);
    }
}

TEST(to_whom)
{
    static const struct {
        const char *title, *want;
        uint64_t readers, invited, suppressed, canary;
        const char *born;
        enum event_state state;
        bool is_silent;
    } rows[] = {
        {"both", "paul 12-01 09:30 sato 12-01 09:30 ", 3, 3, 0, 0, NULL, EVENT_ALIVE, false},
        {"one reader", "sato 12-01 09:30 ", 2, 3, 0, 0, NULL, EVENT_ALIVE, false},
        {"opposed", "paul 12-01 09:30 ", 3, 3, 2, 0, NULL, EVENT_ALIVE, false},
        {"nothing for one", "paul 12-01 09:30 -sato 12-01 09:30 ", 3, 1, 0, 0, NULL, EVENT_ALIVE,
         false},
        {"called off", "-paul 12-01 09:30 -sato 12-01 09:30 ", 3, 3, 0, 0, NULL, EVENT_CANCELLED,
         false},
        {"postponed", "-paul 12-01 09:30 -sato 12-01 09:30 ", 3, 3, 0, 0, NULL, EVENT_POSTPONED,
         false},
        {"silent", "-paul 12-01 09:30 -sato 12-01 09:30 ", 3, 3, 0, 0, NULL, EVENT_ALIVE, true},
        {"known too late in Tokyo", "paul 12-01 09:30 ", 3, 3, 0, 0, "2026-12-01 05:00",
         EVENT_ALIVE, false},
        {"known too late", "", 3, 3, 0, 0, "2026-12-01 12:00", EVENT_ALIVE, false},
        {"the east first", "sato 12-01 09:30 ", 3, 3, 0, 2, NULL, EVENT_ALIVE, false},
        {"nobody first", "paul 12-01 09:30 sato 12-01 09:30 ", 3, 3, 0, 4, NULL, EVENT_ALIVE,
         false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct desk d;
        CHECK_ROW(rows[i].title);
        open_desk(&d);
        d.readers = rows[i].readers;
        d.invited = rows[i].invited;
        d.canary = rows[i].canary;
        d.issue.canary = (struct membership){rows[i].canary ? &d.canary : NULL, 2};
        d.stage.suppressed = rows[i].suppressed;
        d.stage.occurrence.state = rows[i].state;
        d.stage.event.marks.is_silent = rows[i].is_silent;
        if (rows[i].born)
            d.issue.born = paris(&d.stage, rows[i].born);
        CHECK_STRING(plan_at(&d, "2026-12-01 17:00"), rows[i].want);
        stage_close(&d.stage);
    }
}

static void owe(struct desk *d, struct notice *notice, enum notice_state state, const char *sent)
{
    *notice = (struct notice){.id = 1,
                              .contact = "paul@example.org",
                              .occurrence = d->issue.key,
                              .step = newsletter_step,
                              .kind = NOTICE_NEWSLETTER,
                              .state = state,
                              .sent = sent ? paris(&d->stage, sent) : INSTANT_UNSET,
                              .expires = paris(&d->stage, "2026-12-04 09:30")};
    d->stage.history.notices = notice;
    d->stage.history.notice_count = 1;
}

/* Paul has it first, at 17:30 in Tokyo; the night there is nobody's time to hear. */
TEST(a_few_first)
{
    static const struct {
        const char *now, *sent, *quiet, *word, *want;
    } rows[] = {
        {"2026-12-01 08:00", NULL, NULL, NULL, ""},
        {"2026-12-01 09:30", NULL, NULL, NULL, "paul 12-01 09:30 "},
        {"2026-12-01 11:29", "2026-12-01 09:31", NULL, NULL, ""},
        {"2026-12-01 11:30", "2026-12-01 09:31", NULL, NULL, "sato 12-01 19:30 "},
        {"2026-12-01 11:30", "2026-12-01 09:31", "quiet", NULL, ""},
        {"2026-12-02 00:30", "2026-12-01 09:31", "quiet", NULL, "sato 12-02 08:30 "},
        {"2026-11-28 01:30", NULL, NULL, "2026-11-28 01:00", ""},
        {"2026-11-28 07:00", NULL, NULL, "2026-11-28 01:00", "paul 11-28 07:00 "},
        {"2026-11-28 09:00", "2026-11-28 07:01", NULL, "2026-11-28 01:00", "sato 11-28 17:00 "},
        /* late */
        {"2026-12-01 17:00", NULL, NULL, NULL, "paul 12-01 09:30 "},
        {"2026-12-01 18:59", "2026-12-01 17:00", NULL, NULL, ""},
        {"2026-12-01 19:00", "2026-12-01 17:00", NULL, NULL, "sato 12-02 03:00 "},
        {"2026-12-04 18:59", "2026-12-01 17:00", NULL, NULL, "sato 12-02 03:00 "},
        {"2026-12-04 19:00", "2026-12-01 17:00", NULL, NULL, ""},
        {"2026-12-04 10:00", NULL, NULL, NULL, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct desk d;
        struct notice notice;
        CHECK_ROW(rows[i].now);
        open_desk(&d);
        d.canary = 1;
        d.issue.canary = (struct membership){&d.canary, 2};
        if (rows[i].sent)
            owe(&d, &notice, NOTICE_ACCEPTED, rows[i].sent);
        if (rows[i].quiet)
            d.stage.settings.limits.quiet =
                (struct quiet_settings){.from_minute = 18 * 60 + 30, .until_minute = 8 * 60 + 30};
        if (rows[i].word)
            d.issue.word = paris(&d.stage, rows[i].word);
        CHECK_STRING(plan_at(&d, rows[i].now), rows[i].want);
        stage_close(&d.stage);
    }
}

/* What becomes of his mail decides about hers. */
TEST(of_the_few)
{
    static const struct {
        const char *title, *want, *reply;
        enum notice_state state;
        enum { LEAVES, WAITS, ASKS } others;
    } rows[] = {
        {"owed", "", NULL, NOTICE_OWED, WAITS},
        {"waits for a word", "", NULL, NOTICE_HELD, WAITS},
        {"put off", "", NULL, NOTICE_DEFERRED, WAITS},
        {"perhaps arrived", "", NULL, NOTICE_UNCERTAIN, WAITS},
        {"in hand", "", NULL, NOTICE_CLAIMED, LEAVES},
        {"has it", "sato 12-01 19:30 ", NULL, NOTICE_ACCEPTED, LEAVES},
        {"refused", "sato 12-02 04:00 ", "550 no", NOTICE_REFUSED, ASKS},
        {"too late", "sato 12-02 04:00 ", NULL, NOTICE_EXPIRED, ASKS},
        {"objected", "sato 12-02 04:00 ", "discarded", NOTICE_SUPERSEDED, ASKS},
        {"nothing for him", "sato 12-01 09:30 ", "the issue had nothing to tell this reader",
         NOTICE_SUPERSEDED, LEAVES},
        {"opposed", "sato 12-01 09:30 ", NULL, NOTICE_SUPPRESSED, LEAVES},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct desk d;
        struct notice notice;
        CHECK_ROW(rows[i].title);
        open_desk(&d);
        d.canary = 1;
        d.issue.canary = (struct membership){&d.canary, 2};
        owe(&d, &notice, rows[i].state, "2026-12-01 09:30");
        notice.reply = rows[i].reply;
        CHECK_STRING(plan_at(&d, "2026-12-01 20:00"), rows[i].want);
        CHECK_INT(d.plan.waits != NULL, rows[i].others == WAITS);
        CHECK_INT(d.plan.hold_reason != NULL, rows[i].others == ASKS);
        for (size_t k = 0; k < d.plan.notices.count; k++)
            CHECK_INT(d.plan.notices.items[k].notice.state,
                      rows[i].others == ASKS ? NOTICE_HELD : NOTICE_OWED);
        stage_close(&d.stage);
    }
}

/* What is missing from the calendar is missing from the issue. */
TEST(of_a_lost_calendar)
{
    struct desk d;
    open_desk(&d);
    d.issue.lost = "japon";
    d.invited = 0;
    CHECK_STRING(plan_at(&d, "2026-12-01 09:30"), "");
    CHECK(strstr(d.plan.waits, "japon"));
    d.issue.lost = NULL;
    d.invited = 3;
    CHECK_STRING(plan_at(&d, "2026-12-02 09:30"), "paul 12-01 09:30 sato 12-01 09:30 ");
    d.issue.lost = "japon"; /* after the word */
    d.issue.word = paris(&d.stage, "2026-12-02 09:00");
    CHECK_STRING(plan_at(&d, "2026-12-02 09:30"), "");
    d.issue.lost = NULL;
    CHECK_STRING(plan_at(&d, "2026-12-02 09:30"), "paul 12-02 09:00 sato 12-02 17:00 ");
    stage_close(&d.stage);
}

/* A human's word stands above days, hours, quiet, births and the cap, but nobody is woken. */
TEST(at_a_word)
{
    static const struct {
        const char *word, *now, *want;
    } rows[] = {
        {"2026-11-28 10:00", "2026-11-28 10:00", "paul 11-28 10:00 sato 11-28 18:00 "},
        {"2026-11-28 23:00", "2026-11-28 23:00", "sato 11-29 07:00 "},
        {"2026-11-28 23:00", "2026-11-29 07:00", "paul 11-29 07:00 sato 11-29 07:00 "},
        {"2026-11-28 10:00", "2026-12-01 10:00", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct desk d;
        CHECK_ROW(rows[i].now);
        open_desk(&d);
        d.issue.word = paris(&d.stage, rows[i].word);
        d.issue.born = paris(&d.stage, "2027-01-01 00:00");
        d.issue.ready = paris(&d.stage, "2027-01-01 00:00");
        d.stage.settings.limits.quiet.weekends = true;
        CHECK_STRING(plan_at(&d, rows[i].now), rows[i].want);
        stage_close(&d.stage);
    }
}

/* Both ends of what it covers are days of the reader: half-open. */
TEST(what_it_covers)
{
    static const struct {
        const char *start, *leaves;
        bool want_paris, want_tokyo;
    } rows[] = {
        {"2026-12-10 10:00", "2026-12-01 09:30", true, true},
        {"2026-11-30 10:00", "2026-12-01 09:30", false, false},
        {"2026-11-30 20:00", "2026-11-30 09:30", false, true}, /* 1 December in Tokyo */
        {"2026-12-31 10:00", "2026-12-01 09:30", true, true},
        {"2026-12-31 20:00", "2026-12-01 09:30", true, false},
        {"2027-01-01 00:00", "2026-12-01 09:30", false, false},
        {"2026-12-01 08:00", "2026-12-01 09:30", true, true}, /* not over yet */
        {"2026-12-01 08:00", "2026-12-02 09:30", false, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct desk d;
        CHECK_ROW(rows[i].start);
        open_desk(&d);
        struct facts facts = *d.event.facts;
        facts.when.start = paris(&d.stage, rows[i].start);
        facts.when.end = instant_add(facts.when.start, 2 * USEC_PER_HOUR);
        d.event.facts = &facts;
        struct instant leaves = paris(&d.stage, rows[i].leaves);
        CHECK_INT(
            newsletter_tells(&d.issue, &d.event, 0, stage_zone(&d.stage, "Europe/Paris"), leaves),
            rows[i].want_paris);
        CHECK_INT(
            newsletter_tells(&d.issue, &d.event, 1, stage_zone(&d.stage, "Asia/Tokyo"), leaves),
            rows[i].want_tokyo);
        stage_close(&d.stage);
    }
}

TEST(what_was_owed)
{
    static const struct {
        const char *title, *want;
        enum notice_state state;
        uint64_t readers, invited, suppressed;
    } rows[] = {
        {"accepted", "", NOTICE_ACCEPTED, 1, 1, 0},
        {"never twice", "", NOTICE_SUPERSEDED, 1, 1, 0},
        {"waits", "", NOTICE_HELD, 1, 1, 0},
        {"opposed", "[suppressed] ", NOTICE_HELD, 1, 1, 1},
        {"left", "[superseded] ", NOTICE_DEFERRED, 0, 1, 0},
        {"nothing is left", "[superseded] ", NOTICE_OWED, 1, 0, 0},
        {"perhaps arrived", "", NOTICE_UNCERTAIN, 1, 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct desk d;
        CHECK_ROW(rows[i].title);
        open_desk(&d);
        d.readers = rows[i].readers;
        d.invited = rows[i].invited;
        d.stage.suppressed = rows[i].suppressed;
        struct notice notice;
        owe(&d, &notice, rows[i].state, NULL);
        CHECK_STRING(plan_at(&d, "2026-12-02 10:00"), rows[i].want);
        stage_close(&d.stage);
    }
}

/* What `why` says comes next, or why nothing does, and what Paul's issue tells him. */
TEST(why)
{
    static const struct {
        const char *title, *next, *tells;
        uint64_t readers, invited, suppressed;
        bool is_written, is_unsaid;
        enum notice_state state; /* NOTICE_STATE_COUNT: none is recorded */
    } rows[] = {
        {"its hour has passed", "Nothing will leave: the hour of this issue has passed.",
         "It tells this reader: Groupe-pays Japon (2026-12-10).", 1, 1, 0, false, false,
         NOTICE_STATE_COUNT},
        {"no reader", "Nothing will leave: the contact is no reader of this newsletter.", NULL, 2,
         1, 0, false, false, NOTICE_STATE_COUNT},
        {"nothing to tell", "Nothing will leave: the issue has nothing to tell this reader.",
         "It has nothing to tell this reader.", 1, 0, 0, false, false, NOTICE_STATE_COUNT},
        {"opposed", "Nothing will leave: the address is on the opposition list.",
         "It tells this reader: Groupe-pays Japon (2026-12-10).", 1, 1, 1, false, false,
         NOTICE_STATE_COUNT},
        {"at a word", "Leaves at your word: `convier newsletter send 2026-12-01`.", NULL, 1, 0, 0,
         true, true, NOTICE_STATE_COUNT},
        {"sent", "Nothing more of this issue will leave to this contact.", NULL, 1, 1, 0, false,
         false, NOTICE_ACCEPTED},
        {"its calendar is lost",
         "The calendar “japon” lost most of what was to come at once: the issue waits for its "
         "return or for `convier newsletter send`.",
         NULL, 1, 0, 0, false, false, NOTICE_STATE_COUNT},
        {"waits", "Waits for approval: issue; see `convier holds`.", NULL, 1, 1, 0, false, false,
         NOTICE_HELD},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct desk d;
        struct notice notice;
        struct explanation lines;
        CHECK_ROW(rows[i].title);
        open_desk(&d);
        d.readers = rows[i].readers;
        d.invited = rows[i].invited;
        d.stage.suppressed = rows[i].suppressed;
        d.newsletter.audience = "lettre";
        d.issue.is_written = rows[i].is_written;
        d.issue.is_unsaid = rows[i].is_unsaid;
        d.issue.lost = strstr(rows[i].title, "lost") ? "japon" : NULL;
        if (rows[i].state < NOTICE_STATE_COUNT)
            owe(&d, &notice, rows[i].state, "2026-12-01 09:30");
        const struct planner_input input = input_of(&d, "2026-12-02 10:00");
        const struct history history = {.notices = d.stage.history.notices,
                                        .notice_count = d.stage.history.notice_count};
        const struct planner_subject subject = {.issue = &d.issue, .history = &history};
        const struct explain_question question = {
            .input = &input, .subject = &subject, .language = LANGUAGE_EN};
        REQUIRE(explain_why(d.stage.arena, &question, &lines) == 0);
        CHECK_STRING(lines.items[lines.count - 1].text, rows[i].next);
        bool is_said = !rows[i].tells;
        for (size_t k = 0; k < lines.count; k++)
            is_said |= string_equal(lines.items[k].text, rows[i].tells);
        CHECK(is_said);
        stage_close(&d.stage);
    }
}

TEST(whom_an_event_concerns)
{
    static const struct {
        const char *title, *category;
        bool is_marked;
        uint64_t want;
    } rows[] = {
        {"by the rules", NULL, false, 1},
        {"its mark", NULL, true, 2},
        {"of a category", "Groupe-pays Japon", false, 3},
        {"of a category, with a mark", "Groupe-pays Japon", true, 2},
        {"of another category", "Rencontres", true, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct desk d;
        uint64_t marked = 2;
        const struct membership mark = {&marked, 2};
        struct membership readers;
        CHECK_ROW(rows[i].title);
        open_desk(&d);
        struct stage *s = &d.stage;
        s->category = "Groupe-pays Japon";
        s->event.category_count = 1;
        s->bits[0] = 1;
        s->audiences[0].rule.count = 2;
        d.newsletter.category = rows[i].category;
        REQUIRE(newsletter_readers(s->arena, &s->settings, s->audiences, &d.issue, &s->occurrence,
                                   rows[i].is_marked ? &mark : NULL, &readers) == 0);
        CHECK_INT(readers.bits ? readers.bits[0] : 0, rows[i].want);
        stage_close(s);
    }
}

CHECK_MAIN
