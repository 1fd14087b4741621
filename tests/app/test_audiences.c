/* SPDX-License-Identifier: MIT */
#include "app/audiences.h"

#include <string.h>

#include "base/log.h"
#include "check.h"

/* Every expression is looked at, and what is wrong with a named one is told once. */
TEST(checking)
{
    static const struct audience_settings named[] = {{"unused", "a | & b", {"convier.cfg", 3, 20}},
                                                     {"shared", "nobody", {"more.cfg", 4, 30}},
                                                     {"circle", "circle", {"more.cfg", 5, 0}}};
    static const struct step_settings steps[] = {
        {.audience = "shared - (", .audience_place = {"more.cfg", 7, 12}}, {.audience = "all"}};
    static const struct rule_settings rules[] = {
        {.audience = "shared", .steps = steps, .step_count = 2},
        {.audience = "shared | a", .audience_place = {"convier.cfg", 8, 40}}};
    static const struct newsletter_settings newsletters[] = {{.audience = "all", .canary = "!"}};
    static const struct settings settings = {.audiences = named,
                                             .audience_count = 3,
                                             .rules = rules,
                                             .rule_count = 2,
                                             .newsletters = newsletters,
                                             .newsletter_count = 1};
    static const struct {
        const char *source;
        int line, column;
        const char *words;
    } want[] = {
        {"convier.cfg", 3, 24, "missing before this sign"},
        {"more.cfg", 4, 30, "nobody is in the group \"nobody\""},
        {"more.cfg", 5, 0, "circle"}, /* where the expression stands in its line is not known */
        {"more.cfg", 7, 22, "missing at the end"},
        {"convier.cfg", 8, 49, "group \"a\""},
        {"here", 0, 2, "missing at the end"},
    };
    CLEANUP_ARENA struct arena *arena = arena_new(1 << 20);
    struct contact_list list = {0};
    struct flaws flaws;
    flaws_init(&flaws, arena, "here");
    REQUIRE(audiences_check(arena, &settings, &list, &flaws) == 0);
    REQUIRE(flaws.count == sizeof want / sizeof *want);
    for (size_t i = 0; i < flaws.count; i++) {
        CHECK_ROW(flaws.items[i].text);
        CHECK_STRING(flaws.items[i].source, want[i].source);
        CHECK_INT(flaws.items[i].line, want[i].line);
        CHECK_INT(flaws.items[i].column, want[i].column);
        CHECK(strstr(flaws.items[i].text, want[i].words));
    }
    flaws_init(&flaws, arena, "convier.cfg");
    REQUIRE(audiences_check(arena, &settings, NULL, &flaws) == 0);
    CHECK_INT(flaws.count, 4); /* no list: nothing about groups */
}

static void count_mark(void *context, enum log_level level, const struct log_field *fields,
                       const char *line)
{
    (void)fields;
    CHECK_INT(level, LOG_LEVEL_WARNING);
    CHECK(strstr(line, "calendar japon, line 7: ") && strstr(line, "#audience:") &&
          !strstr(line, "(elus"));
    ++*(size_t *)context;
}

/* Who is meant by a mark that nobody understands? Nobody, and it is said: once. Groups that nobody
 * has are said, too.                                                                             */
TEST(marks)
{
    static const struct {
        const char *expression, *words;
        enum mark_doubt doubt;
    } rows[] = {
        {NULL, NULL, MARK_SOUND},
        {"japon & elus", NULL, MARK_SOUND},
        {"japon | elu", "#audience: nobody is in the group \"elu\"; did you mean \"elus\"",
         MARK_OF_NOBODY},
        {"japon & (elus", "#audience: japon & (elus: ", MARK_MALFORMED},
        {"& elus", "(at its character 1); nobody is invited to this event", MARK_MALFORMED}};
    static const char *const groups[] = {"japon", "elus", "japon", "elus"};
    static const struct contact anne = {
        .email = "anne@nancy.example", .groups = groups, .group_count = 2};
    static const struct contact *const items[] = {&anne};
    static const struct contact_list list = {items, 1};
    static const struct settings settings = {.file = "convier.cfg"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CLEANUP_ARENA struct arena *arena = arena_new(1 << 20);
        struct event event = {.feed = "japon",
                              .marks = {.audience = rows[i].expression, .line = 7}};
        struct audiences *audiences = NULL;
        const struct membership *members, *again;
        enum mark_doubt doubt;
        struct flaws flaws;
        size_t logged = 0;
        CHECK_ROW(rows[i].expression ? rows[i].expression : "none");
        flaws_init(&flaws, arena, "feed.ics");
        REQUIRE(audiences_check_mark(arena, &settings, NULL, &event, &flaws) == 0);
        CHECK_INT(flaws.count, rows[i].doubt == MARK_MALFORMED);
        REQUIRE(audiences_check_mark(arena, &settings, &list, &event, &flaws) == 0);
        CHECK_INT(flaws.count, rows[i].words ? 1 : 0);
        if (flaws.count) {
            CHECK_INT(flaws.items[0].line, 7);
            CHECK_STRING(flaws.items[0].source, "feed.ics");
            CHECK(strstr(flaws.items[0].text, rows[i].words));
        }
        log_set_sink(count_mark, &logged);
        REQUIRE(audiences_new(&settings, &list, &flaws, &audiences) == 0);
        for (int turn = 0; turn < 2; turn++) {
            REQUIRE(audiences_marked(audiences, &event, turn ? &again : &members, &doubt) == 0);
            CHECK_INT(doubt, rows[i].doubt);
        }
        CHECK(members == again && !members == !rows[i].expression);
        log_set_sink(NULL, NULL);
        CHECK_INT(logged, rows[i].words ? 1 : 0);
        audiences_free(audiences);
    }
}

CHECK_MAIN
