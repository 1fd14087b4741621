/* SPDX-License-Identifier: MIT */
/* stream: the components of an iCalendar stream (RFC 5545 3.4) as begin, line, end, in file order.
 *
 * It keeps the stack of BEGIN and END and refuses what does not match, so that a truncated file is
 * never taken for a whole one.                                                                   */
#ifndef CONVIER_CALENDAR_STREAM_H
#define CONVIER_CALENDAR_STREAM_H

#include "base/arena.h"
#include "base/contentline.h"

enum { STREAM_DEPTH_MAX = 12, STREAM_NAME_BYTES = 40 };

enum stream_component {
    STREAM_OTHER,
    STREAM_CALENDAR,
    STREAM_EVENT,
    STREAM_ZONE,
    STREAM_STANDARD,
    STREAM_DAYLIGHT,
};

enum stream_step {
    STREAM_BEGIN, /* a component opened; it is on the stack */
    STREAM_END,   /* it closed; it is off the stack, `closed` tells which */
    STREAM_LINE,  /* a property; raw and line are set */
    STREAM_LOST,  /* a line too long; raw is its head */
    STREAM_DONE,
};

struct stream_level {
    enum stream_component component;
    char name[STREAM_NAME_BYTES];
    int line;
};

struct stream {
    struct contentline_reader reader;
    struct text raw; /* unfolded; dies with the next step */
    int line;
    struct stream_level stack[STREAM_DEPTH_MAX];
    int depth;
    struct stream_level closed;
    char complaint[160]; /* after STREAM_E_BROKEN */
};

enum { STREAM_E_BROKEN = 1 };

void stream_init(struct stream *stream, struct text bytes);
void stream_done(struct stream *stream);
/* 0, STREAM_E_BROKEN (complaint and line are set) or -ENOMEM. */
int stream_next(struct stream *stream, enum stream_step *ret);

/* The innermost component, and the one around it; STREAM_OTHER when there is none. */
enum stream_component stream_inner(const struct stream *stream);
enum stream_component stream_outer(const struct stream *stream);

#endif
