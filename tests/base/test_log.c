/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include "check.h"

static struct {
    int lines;
    enum log_level level;
    char line[4096], area[32];
} heard;

static void on_line(void *context, enum log_level level, const struct log_field *fields,
                    const char *line)
{
    CHECK(context == &heard);
    heard.lines++;
    heard.level = level;
    snprintf(heard.line, sizeof heard.line, "%s", line);
    snprintf(heard.area, sizeof heard.area, "%s", fields ? fields->value : "");
}

TEST(lines_go_to_the_sink)
{
    char big[4000];
    memset(big, 'x', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    log_line(LOG_LEVEL_ERROR, NULL, "nobody listens");
    log_set_sink(on_line, &heard);
    log_line(LOG_LEVEL_WARNING, NULL, "%d of %s", 3, "four");
    CHECK_INT(heard.lines, 1);
    CHECK_INT(heard.level, LOG_LEVEL_WARNING);
    CHECK_STRING(heard.line, "3 of four");
    log_line(LOG_LEVEL_INFO, NULL, "%s", big); /* cut, not overrun */
    CHECK(strlen(heard.line) < sizeof big - 1 && strlen(heard.line) > 1000);
    log_set_sink(NULL, NULL);
}

TEST(traces_by_area)
{
    log_set_sink(on_line, &heard);
    heard.lines = 0;
    log_trace("plan", "not asked for");
    CHECK_INT(heard.lines, 0);
    CHECK(log_trace_areas("plan, Net"));
    CHECK(log_is_traced("plan") && log_is_traced("net") && !log_is_traced("ledger"));
    log_trace("plan", "%d", 1);
    log_trace("ledger", "%d", 2);
    CHECK_INT(heard.lines, 1);
    CHECK_INT(heard.level, LOG_LEVEL_DEBUG);
    CHECK_STRING(heard.area, "plan");
    CHECK(!log_trace_areas("plan,nowhere"));
    CHECK(!log_trace_areas(""));
    CHECK(log_is_traced("net")); /* nothing changed */
    CHECK(log_trace_areas("all"));
    CHECK(log_is_traced("calendar") && log_is_traced("app"));
    log_set_sink(NULL, NULL);
}

CHECK_MAIN
