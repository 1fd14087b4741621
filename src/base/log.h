/* SPDX-License-Identifier: MIT */
/* log: one door for lines that the administrator may read. Only app/ writes above debug level;
 * rooms may trace. A line carries journal fields; no address or secret stands in it above debug. */
#ifndef CONVIER_BASE_LOG_H
#define CONVIER_BASE_LOG_H

#include <stdbool.h>

enum log_level {
    LOG_LEVEL_ERROR = 3,
    LOG_LEVEL_WARNING,
    LOG_LEVEL_NOTICE,
    LOG_LEVEL_INFO,
    LOG_LEVEL_DEBUG
};

struct log_field {
    const char *name; /* CONVIER_KEY … as in systemd.journal-fields(7) */
    const char *value;
};

/* Receives each line; fields end with a NULL name and may be NULL. Installed once by app/. */
typedef void (*log_sink)(void *context, enum log_level level, const struct log_field *fields,
                         const char *line);

void log_set_sink(log_sink sink, void *context); /* NULL = silence, the state at start */
void log_line(enum log_level level, const struct log_field *fields, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Areas: calendar, contacts, plan, compose, deliver, ledger, net, app; "all" is every one.
 * False: an unknown area (nothing changed).                                                      */
bool log_trace_areas(const char *comma_separated);
bool log_is_traced(const char *area);
void log_trace(const char *area, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
