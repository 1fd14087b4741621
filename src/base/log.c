/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"

enum { LINE_BYTES_MAX = 2048 };

static const char *const area_names[] = {"calendar", "contacts", "plan", "compose",
                                         "deliver",  "ledger",   "net",  "app"};
enum { AREA_COUNT = sizeof area_names / sizeof *area_names };

static log_sink current_sink;
static void *current_context;
static unsigned traced_areas; /* a bit for each name */

void log_set_sink(log_sink sink, void *context)
{
    current_sink = sink;
    current_context = context;
}

static void emit(enum log_level level, const struct log_field *fields, const char *format,
                 va_list arguments)
{
    char line[LINE_BYTES_MAX];
    if (!current_sink)
        return;
    vsnprintf(line, sizeof line, format, arguments);
    current_sink(current_context, level, fields, line);
}

void log_line(enum log_level level, const struct log_field *fields, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    emit(level, fields, format, arguments);
    va_end(arguments);
}

static unsigned area_bit(struct text name)
{
    for (unsigned i = 0; i < AREA_COUNT; i++)
        if (text_is_nocase(name, area_names[i]))
            return 1u << i;
    return text_is_nocase(name, "all") ? (1u << AREA_COUNT) - 1 : 0;
}

bool log_trace_areas(const char *comma_separated)
{
    unsigned areas = 0;
    for (struct text rest = text_of(comma_separated); rest.data;) {
        unsigned bit = area_bit(text_trim(text_split(&rest, ',')));
        if (!bit)
            return false;
        areas |= bit;
    }
    traced_areas = areas;
    return true;
}

bool log_is_traced(const char *area)
{
    return traced_areas && (traced_areas & area_bit(text_of(area)));
}

void log_trace(const char *area, const char *format, ...)
{
    if (!log_is_traced(area))
        return;
    struct log_field fields[] = {{"CONVIER_AREA", area}, {NULL, NULL}};
    va_list arguments;
    va_start(arguments, format);
    emit(LOG_LEVEL_DEBUG, fields, format, arguments);
    va_end(arguments);
}
