/* SPDX-License-Identifier: MIT */
#include "app/report.h"

#include <errno.h>

#include "check.h"

enum { ARENA_BYTES = 1024 * 1024 };

/* A report that writes into memory. */
struct stage {
    struct report report;
    FILE *out, *err;
    char *out_text, *err_text;
    size_t out_size, err_size;
    struct arena *arena;
};

static void begin(struct stage *stage, bool is_json)
{
    *stage = (struct stage){.arena = arena_new(ARENA_BYTES)};
    stage->out = open_memstream(&stage->out_text, &stage->out_size);
    stage->err = open_memstream(&stage->err_text, &stage->err_size);
    REQUIRE(stage->out && stage->err);
    report_init(&stage->report, stage->out, stage->err, is_json);
}

static void flush(struct stage *stage)
{
    fflush(stage->out);
    fflush(stage->err);
}

static void end(struct stage *stage)
{
    fclose(stage->out);
    fclose(stage->err);
    free(stage->out_text);
    free(stage->err_text);
    arena_free(stage->arena);
}

TEST(no_colour_in_a_pipe)
{
    struct stage stage;
    begin(&stage, false);
    CHECK(!stage.report.has_colour && !stage.report.has_err_colour && !stage.report.has_progress);
    CHECK_INT(stage.report.columns, 0);
    CHECK_STRING(report_on(&stage.report, COLOUR_BAD), "");
    report_progress(&stage.report, "reading", 1, 10, 5 * USEC_PER_SEC);
    flush(&stage);
    CHECK_STRING(stage.err_text, "");
    end(&stage);
}

TEST(columns_of_wide_letters)
{
    static const char *const heads[] = {"NAME", ">N", "PLACE"};
    struct stage stage;
    struct report_table table;
    begin(&stage, false);
    report_table_init(&table, stage.arena, heads, 3);
    report_table_text(&table, "田中 花子");
    report_table_cell(&table, COLOUR_GOOD, "%d", 7);
    report_table_text(&table, "Tours");
    report_table_text(&table, "Hélène");
    report_table_cell(&table, COLOUR_PLAIN, "%d", 123);
    report_table_text(&table, NULL);
    CHECK_INT(report_table_rows(&table), 2);
    CHECK_INT(report_table_print(&stage.report, &table), 0);
    flush(&stage);
    CHECK_STRING(stage.out_text, "NAME         N  PLACE\n"
                                 "田中 花子    7  Tours\n"
                                 "Hélène     123  \n");
    end(&stage);
}

TEST(narrow_terminals_cut_the_widest)
{
    static const char *const heads[] = {"A", "B"};
    struct stage stage;
    struct report_table table;
    begin(&stage, false);
    stage.report.columns = 20;
    report_table_init(&table, stage.arena, heads, 2);
    report_table_text(&table, "日仏自治体交流会議（見本）");
    report_table_text(&table, "short");
    CHECK_INT(report_table_print(&stage.report, &table), 0);
    flush(&stage);
    CHECK_STRING(stage.out_text, "A              B\n日仏自治体交…  short\n");
    end(&stage);
}

TEST(tables_stay_on_their_line)
{
    static const char *const heads[] = {"A"};
    struct stage stage;
    struct report_table table;
    begin(&stage, false);
    report_table_init(&table, stage.arena, heads, 1);
    CHECK_INT(report_table_print(&stage.report, &table), 0); /* no rows: nothing */
    report_table_text(&table, "a\nb\033[31mc");
    CHECK_INT(report_table_print(&stage.report, &table), 0);
    flush(&stage);
    CHECK_STRING(stage.out_text, "A\na b [31mc\n");
    end(&stage);
}

TEST(flaws_as_compilers_print_them)
{
    struct stage stage;
    struct flaws flaws;
    begin(&stage, false);
    flaws_init(&flaws, stage.arena, "a.cfg");
    flaws_add(&flaws, SEVERITY_ERROR, 3, 7, "did you mean b?", "no such key: %s", "a");
    flaws_add(&flaws, SEVERITY_WARNING, 4, 0, NULL, "odd");
    flaws_add(&flaws, SEVERITY_WARNING, 0, 0, NULL, "two\nlines\033[0m");
    flaws.source = NULL;
    flaws_add(&flaws, SEVERITY_ERROR, 0, 0, NULL, "x");
    report_flaws(&stage.report, &flaws);
    report_problem(&stage.report, "try again", "no %s", "luck");
    flush(&stage);
    CHECK_STRING(stage.err_text, "a.cfg:3:7: error: no such key: a\n"
                                 "    did you mean b?\n"
                                 "a.cfg:4: warning: odd\n"
                                 "a.cfg: warning: two lines [0m\n"
                                 "convier: error: x\n"
                                 "convier: no luck\n"
                                 "    try again\n");
    end(&stage);
}

TEST(json_lines)
{
    static const char *const groups[] = {"élus", "a\"b\nc", "d\u2028e\u2029f\xC2\x85g\u00C5"};
    struct stage stage;
    begin(&stage, true);
    CHECK_INT(
        report_json(&stage.report,
                    json_pack("{s:o,s:o,s:o,s:o}", "name", report_json_string("田中"), "none",
                              report_json_string(NULL), "groups", report_json_strings(groups, 3),
                              "bad", report_json_string("caf\xE9"))),
        0);
    CHECK_INT(report_json(&stage.report, NULL), -ENOMEM);
    flush(&stage);
    CHECK_STRING(stage.out_text,
                 "{\"name\":\"田中\",\"none\":null,\"groups\":[\"élus\","
                 "\"a\\\"b\\nc\",\"d\\u2028e\\u2029f\\u0085gÅ\"],\"bad\":\"caf\xEF\xBF\xBD\"}\n");
    end(&stage);
}

TEST(progress_only_for_long_work)
{
    struct stage stage;
    begin(&stage, false);
    stage.report.has_progress = true;
    report_progress(&stage.report, "reading", 1, 2, USEC_PER_SEC / 2);
    flush(&stage);
    CHECK_STRING(stage.err_text, "");
    report_progress(&stage.report, "reading", 1, 2, 2 * USEC_PER_SEC);
    report_progress_done(&stage.report);
    report_progress_done(&stage.report);
    flush(&stage);
    CHECK_STRING(stage.err_text, "\r\033[Kreading [###############...............] 1 of 2\r\033[K");
    end(&stage);
}

CHECK_MAIN
