/* SPDX-License-Identifier: MIT */
#include "plan/explain.h"

#include <errno.h>

#include "stage.h"

static void ask(struct stage *s, struct instant now, size_t contact, enum language language,
                const char *const *words, struct explanation *ret)
{
    struct planner_input input = {
        .now = now,
        .settings = &s->settings,
        .contacts = &s->list,
        .audiences = s->audiences,
        .suppressed = {&s->suppressed, STAGE_CONTACTS_MAX},
    };
    struct planner_subject subject = {.history = &s->history};
    if (!s->is_absent) {
        subject.occurrence = &s->occurrence;
        subject.facts = s->history.sighting.facts;
    }
    if (s->is_marked)
        subject.marked = &s->marked;
    struct explain_question question = {&input, &subject, contact, language, words};
    REQUIRE(explain_why(s->arena, &question, ret) == 0);
}

static const char *line_of(const struct explanation *lines, enum explain_topic topic, size_t nth)
{
    for (size_t i = 0; i < lines->count; i++)
        if (lines->items[i].topic == topic && nth-- == 0)
            return lines->items[i].text;
    return NULL;
}

static void set(struct stage *s)
{
    stage_open(s);
    stage_contact(s, "paul@example.org", "Europe/Paris", "FR", LANGUAGE_FR);
    stage_contact(s, "yuko@example.jp", "Asia/Tokyo", "JP", LANGUAGE_JA);
    s->contacts[1].person.name = "山田 優子";
    s->contacts[1].source = "contacts.csv";
    s->contacts[1].line = 3;
    s->contacts[1].zone_reason = "country JP";
    s->settings.rule_count = 2;
    s->rules[0].category = "groupe-pays japon";
    s->rules[0].audience = "japon";
    s->rules[1].category = "Rencontres";
    stage_step(s, 0, "invitation before 30 days at 09:00");
    stage_step(s, 0, "reminder before 1 day at 09:00");
    stage_timed(s, "Europe/Paris", "2026-10-15 10:00");
    stage_read(s, paris(s, "2026-06-01 08:00"));
}

TEST(tells_the_whole_story)
{
    static const char *const words[] = {"japon, groupe", NULL};
    struct stage s;
    struct explanation lines;
    set(&s);
    stage_run(&s, paris(&s, "2026-06-01 08:00"), paris(&s, "2026-10-01"));
    ask(&s, paris(&s, "2026-10-01"), 1, LANGUAGE_FR, words, &lines);
    CHECK_STRING(line_of(&lines, EXPLAIN_WHO, 0),
                 "山田 優子 <yuko@example.jp>, contacts.csv, ligne 3");
    CHECK_STRING(line_of(&lines, EXPLAIN_WHO, 1),
                 "Langue : japonais (d’après la colonne de la liste).");
    CHECK_STRING(line_of(&lines, EXPLAIN_WHO, 2), "Fuseau : Asia/Tokyo (d’après le pays JP).");
    CHECK_STRING(line_of(&lines, EXPLAIN_WHAT, 0),
                 "« Groupe-pays Japon », 2026-10-15 10:00 Europe/Paris (calendrier « japon »).");
    CHECK_STRING(line_of(&lines, EXPLAIN_WHAT, 1),
                 "Lu pour la première fois le 2026-06-01 08:00 Europe/Paris ; inchangé depuis le "
                 "2026-06-01 08:00 Europe/Paris.");
    CHECK_STRING(
        line_of(&lines, EXPLAIN_RULE, 0),
        "Règle « rule » : oui ; le contact est dans l’audience « japon » (japon, groupe).");
    CHECK_STRING(line_of(&lines, EXPLAIN_RULE, 1),
                 "Règle « rule-1 » : non, elle attend la catégorie « Rencontres », l’événement "
                 "porte Groupe-pays Japon.");
    CHECK_STRING(line_of(&lines, EXPLAIN_PAST, 1),
                 "invitation : accepté par le relais le 2026-09-15 02:00 Europe/Paris.");
    CHECK_STRING(line_of(&lines, EXPLAIN_NEXT, 0),
                 "Prochain message : rappel (reminder-1_day), le 2026-10-14 09:00 Asia/Tokyo "
                 "(2026-10-14 02:00 Europe/Paris), règle « rule ».");
    ask(&s, paris(&s, "2026-10-01"), 1, LANGUAGE_EN, NULL, &lines);
    CHECK_STRING(line_of(&lines, EXPLAIN_NEXT, 0),
                 "Next message: reminder-1_day, on 2026-10-14 09:00 Asia/Tokyo "
                 "(2026-10-14 02:00 Europe/Paris), rule “rule”.");
    ask(&s, paris(&s, "2026-10-01"), 1, LANGUAGE_JA, NULL, &lines);
    CHECK_STRING(line_of(&lines, EXPLAIN_WHO, 1), "言語：日本語（根拠：名簿の列）。");
    stage_close(&s);
}

TEST(tells_why_nothing)
{
    enum what { SUPPRESSED, OUT, CANCELLED, POSTPONED, PAST, SAID, GONE, MARKED };
    static const struct {
        const char *title;
        enum what what;
        const char *want;
    } rows[] = {
        {"suppressed", SUPPRESSED, "Nothing will leave: the address is on the opposition list."},
        {"not in the audience", OUT,
         "Nothing will leave: no rule addresses this event to this contact."},
        {"cancelled before a word", CANCELLED,
         "Nothing will leave: the event is cancelled, and there is nothing more to say."},
        {"postponed", POSTPONED, "Nothing will leave until the new date is known."},
        {"past", PAST, "Nothing will leave: the event is past."},
        {"all said", SAID, "Nothing else is planned: every step has passed or was said."},
        {"gone", GONE, "Nothing will leave: the event is no longer in the calendar."},
        {"marked for others", MARKED,
         "Nothing will leave: no rule addresses this event to this contact."},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct stage s;
        struct explanation lines;
        const char *now = "2026-06-01 09:00";
        uint64_t bits = 2;
        CHECK_ROW(rows[i].title);
        set(&s);
        switch (rows[i].what) {
        case SUPPRESSED:
            s.suppressed = 1;
            break;
        case OUT:
            s.bits[0] = 2;
            break;
        case CANCELLED:
            s.event.state = EVENT_CANCELLED;
            break;
        case POSTPONED:
            s.event.state = EVENT_POSTPONED;
            break;
        case PAST:
            now = "2026-10-16 09:00";
            break;
        case SAID:
            stage_run(&s, paris(&s, "2026-06-01 08:00"), paris(&s, "2026-10-15 09:00"));
            now = "2026-10-15 09:00";
            break;
        case GONE:
            s.is_absent = true;
            break;
        case MARKED:
            s.is_marked = true;
            s.marked = (struct membership){&bits, 2};
            break;
        }
        stage_read(&s, paris(&s, "2026-06-01 08:30"));
        ask(&s, paris(&s, now), 0, LANGUAGE_EN, NULL, &lines);
        CHECK_STRING(line_of(&lines, EXPLAIN_NEXT, 0), rows[i].want);
        CHECK(!lines.items[lines.count - 1].is_yes);
        stage_close(&s);
    }
}

TEST(marked_so_that_nobody_understands)
{
    struct stage s;
    struct explanation lines = {0};
    uint64_t bits = 0;
    set(&s);
    s.event.marks.audience = "japon & (elus";
    const struct membership nobody = {&bits, 2};
    struct planner_input input = {.now = paris(&s, "2026-06-01 09:00"),
                                  .settings = &s.settings,
                                  .contacts = &s.list,
                                  .audiences = s.audiences,
                                  .suppressed = {&s.suppressed, STAGE_CONTACTS_MAX}};
    struct planner_subject subject = {.occurrence = &s.occurrence,
                                      .facts = s.history.sighting.facts,
                                      .marked = &nobody,
                                      .mark_doubt = MARK_MALFORMED,
                                      .history = &s.history};
    struct explain_question question = {
        .input = &input, .subject = &subject, .language = LANGUAGE_EN};
    REQUIRE(explain_why(s.arena, &question, &lines) == 0);
    CHECK(strstr(line_of(&lines, EXPLAIN_RULE, 0), "“japon & (elus” cannot be understood"));
    s.settings.rule_count = 0;
    lines = (struct explanation){0};
    REQUIRE(explain_why(s.arena, &question, &lines) == 0);
    CHECK(strstr(line_of(&lines, EXPLAIN_RULE, 0), "“japon & (elus” of the event: it cannot"));
    stage_close(&s);
}

/* Taken as told is not told: whoever got no message is not said to have got one. */
TEST(silence_is_said)
{
    struct stage s;
    struct explanation lines;
    set(&s);
    s.event.marks.is_silent = true;
    stage_run(&s, paris(&s, "2026-06-01 08:00"), paris(&s, "2026-10-01"));
    ask(&s, paris(&s, "2026-10-01"), 0, LANGUAGE_EN, NULL, &lines);
    CHECK_STRING(line_of(&lines, EXPLAIN_PAST, 0),
                 "Taken as told on 2026-09-15 09:00 Europe/Paris without a message: 2026-10-15 "
                 "10:00 Europe/Paris.");
    CHECK_STRING(line_of(&lines, EXPLAIN_NEXT, 0),
                 "Nothing will leave: the event has the mark #silencieux, and no message ever told "
                 "this contact of it.");
    stage_close(&s);

    /* Announced, then moved in silence: the reminder comes, and the date was told by nobody. */
    set(&s);
    stage_run(&s, paris(&s, "2026-06-01 08:00"), paris(&s, "2026-10-01"));
    s.event.marks.is_silent = true;
    stage_timed(&s, "Europe/Paris", "2026-10-15 11:00");
    stage_read(&s, paris(&s, "2026-10-01 08:00"));
    stage_run(&s, paris(&s, "2026-10-01 08:00"), paris(&s, "2026-10-02"));
    ask(&s, paris(&s, "2026-10-02"), 0, LANGUAGE_EN, NULL, &lines);
    CHECK_STRING(line_of(&lines, EXPLAIN_PAST, 0),
                 "First told 2026-09-15 09:00 Europe/Paris, last told 2026-09-15 09:00 "
                 "Europe/Paris; taken as told on 2026-10-01 08:20 Europe/Paris without a message: "
                 "2026-10-15 11:00 Europe/Paris.");
    CHECK(strstr(line_of(&lines, EXPLAIN_NEXT, 0), "Next message: reminder-1_day"));
    stage_close(&s);
}

/* What was edited lately speaks from the end of its rest on, an urgent one at once. */
TEST(settles)
{
    static const char *const words = "Edited lately: nothing leaves before 2026-06-01 08:20 "
                                     "Europe/Paris.";
    static const struct {
        const char *now;
        bool is_urgent, want;
    } rows[] = {{"2026-06-01 08:00", false, true},
                {"2026-06-01 08:19", false, true},
                {"2026-06-01 08:20", false, false},
                {"2026-06-01 08:10", true, false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct stage s;
        struct explanation lines;
        CHECK_ROW(rows[i].now);
        set(&s);
        s.event.marks.is_urgent = rows[i].is_urgent;
        ask(&s, paris(&s, rows[i].now), 0, LANGUAGE_EN, NULL, &lines);
        const char *first = line_of(&lines, EXPLAIN_NEXT, 0);
        REQUIRE(first != NULL);
        CHECK_INT(strcmp(first, words) == 0, rows[i].want);
        for (size_t k = 0; k < lines.count; k++)
            CHECK(lines.items[k].topic != EXPLAIN_NEXT || lines.items[k].is_yes);
        stage_close(&s);
    }
}

/* A rule that does not fit says what it wanted and what it found. */
TEST(rules_that_do_not_fit)
{
    static const struct {
        const char *title;
        struct rule_settings rule;
        const char *summary, *want;
    } rows[] = {
        {"calendar",
         {.name = "r", .calendar = "cuf"},
         "T",
         "Rule “r”: no, it wants the calendar “cuf”, the event is in “japon”."},
        {"category",
         {.name = "r", .category = "Rencontres"},
         "T",
         "Rule “r”: no, it wants the category “Rencontres”, the event has Groupe-pays Japon."},
        {"title",
         {.name = "r", .title = "Rencontres*"},
         "Réunion",
         "Rule “r”: no, the title does not fit “Rencontres*” (Réunion)."},
        {"no title",
         {.name = "r", .title = "Rencontres*"},
         NULL,
         "Rule “r”: no, the title does not fit “Rencontres*” (—)."},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct stage s;
        struct explanation lines;
        CHECK_ROW(rows[i].title);
        set(&s);
        s.rules[1] = rows[i].rule;
        s.event.summary.any = rows[i].summary;
        ask(&s, paris(&s, "2026-06-01 09:00"), 0, LANGUAGE_EN, NULL, &lines);
        CHECK_STRING(line_of(&lines, EXPLAIN_RULE, 1), rows[i].want);
        stage_close(&s);
    }
}

/* Every sentence takes the same values in the three languages. */
TEST(sentences_agree)
{
    struct stage s;
    struct explanation lines;
    for (int language = 0; language < LANGUAGE_COUNT; language++) {
        set(&s);
        s.event.marks.is_silent = s.event.marks.is_urgent = true;
        s.rules[0].calendar = "other";
        s.rules[1] = (struct rule_settings){.name = "titles", .title = "Rencontres*"};
        ask(&s, paris(&s, "2026-06-01 09:00"), 0, (enum language)language, NULL, &lines);
        for (size_t i = 0; i < lines.count; i++)
            CHECK(!strstr(lines.items[i].text, "%s"));
        CHECK(lines.count >= 10);
        stage_close(&s);
    }
}

TEST(memory_refused)
{
    struct stage s;
    int r = -ENOMEM, refused = 0;
    set(&s);
    struct planner_input input = {.now = paris(&s, "2026-06-02 15:00"),
                                  .settings = &s.settings,
                                  .contacts = &s.list,
                                  .audiences = s.audiences};
    struct planner_subject subject = {
        .occurrence = &s.occurrence, .facts = s.history.sighting.facts, .history = &s.history};
    struct explain_question question = {&input, &subject, 1, LANGUAGE_FR, NULL};
    for (size_t bytes = 64; r; bytes += 64) {
        struct explanation lines;
        REQUIRE(bytes < (1 << 20));
        CLEANUP_ARENA struct arena *arena = arena_new(bytes);
        if (!arena)
            continue;
        r = explain_why(arena, &question, &lines);
        refused += r == -ENOMEM;
        CHECK(r == 0 || r == -ENOMEM);
    }
    CHECK(refused > 3);
    stage_close(&s);
}

CHECK_MAIN
