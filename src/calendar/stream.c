/* SPDX-License-Identifier: MIT */
#include "calendar/stream.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

void stream_init(struct stream *stream, struct text bytes)
{
    *stream = (struct stream){.line = 1};
    contentline_reader_init(&stream->reader, bytes);
}

void stream_done(struct stream *stream)
{
    contentline_reader_done(&stream->reader);
}

static int refuse(struct stream *stream, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static int refuse(struct stream *stream, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(stream->complaint, sizeof stream->complaint, format, arguments);
    va_end(arguments);
    return STREAM_E_BROKEN;
}

static enum stream_component find_component(struct text name)
{
    static const struct {
        const char *name;
        enum stream_component component;
    } known[] = {
        {"VEVENT", STREAM_EVENT},      {"VCALENDAR", STREAM_CALENDAR}, {"VTIMEZONE", STREAM_ZONE},
        {"STANDARD", STREAM_STANDARD}, {"DAYLIGHT", STREAM_DAYLIGHT},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (text_is_nocase(name, known[i].name))
            return known[i].component;
    return STREAM_OTHER;
}

static void set_level(struct stream_level *level, struct text name, int line)
{
    name = text_slice(name, 0, STREAM_NAME_BYTES - 1);
    level->component = find_component(name);
    level->line = line;
    memcpy(level->name, name.data, name.size);
    level->name[name.size] = '\0';
}

static int open_component(struct stream *stream, struct text name)
{
    enum stream_component component = find_component(name);
    if (stream->depth == STREAM_DEPTH_MAX)
        return refuse(stream, "components are nested more than %d deep", STREAM_DEPTH_MAX);
    if (component == STREAM_CALENDAR && stream->depth > 0)
        return refuse(stream, "BEGIN:VCALENDAR inside the %s of line %d, which was not ended",
                      stream->stack[stream->depth - 1].name, stream->stack[stream->depth - 1].line);
    if (component == STREAM_EVENT && stream_inner(stream) != STREAM_CALENDAR)
        return stream->depth == 0
                   ? refuse(stream, "a VEVENT stands outside any VCALENDAR")
                   : refuse(stream, "BEGIN:VEVENT inside the %s of line %d, which was not ended",
                            stream->stack[stream->depth - 1].name,
                            stream->stack[stream->depth - 1].line);
    set_level(&stream->stack[stream->depth++], name, stream->line);
    return 0;
}

static int close_component(struct stream *stream, struct text name)
{
    struct stream_level wanted;
    set_level(&wanted, name, stream->line);
    if (stream->depth == 0)
        return refuse(stream, "END:%s without its BEGIN", wanted.name);
    struct stream_level *open = &stream->stack[stream->depth - 1];
    if (!text_is_nocase(text_of(open->name), wanted.name))
        return refuse(stream, "END:%s although the %s of line %d is open", wanted.name, open->name,
                      open->line);
    stream->closed = *open;
    stream->depth--;
    return 0;
}

/* The first letter alone settles it for most lines. */
static bool is_marker(struct text raw, char first, const char *marker)
{
    return raw.size > 0 && char_lower(raw.data[0]) == first && text_starts_nocase(raw, marker);
}

int stream_next(struct stream *stream, enum stream_step *ret)
{
    int r = contentline_next(&stream->reader, &stream->raw, &stream->line);
    if (r < 0)
        return r;
    if (r == CONTENTLINE_END) {
        if (stream->depth > 0) {
            const struct stream_level *open = &stream->stack[stream->depth - 1];
            stream->line = stream->reader.next_line - 1;
            return refuse(stream, "the file ends inside the %s of line %d: it is cut off",
                          open->name, open->line);
        }
        *ret = STREAM_DONE;
        return 0;
    }
    if (r == CONTENTLINE_E_TOO_LONG) {
        *ret = STREAM_LOST;
        return 0;
    }
    if (is_marker(stream->raw, 'b', "BEGIN:")) {
        *ret = STREAM_BEGIN;
        return open_component(stream, text_trim(text_from(stream->raw, 6)));
    }
    if (is_marker(stream->raw, 'e', "END:")) {
        *ret = STREAM_END;
        return close_component(stream, text_trim(text_from(stream->raw, 4)));
    }
    *ret = STREAM_LINE;
    return 0;
}

enum stream_component stream_inner(const struct stream *stream)
{
    return stream->depth > 0 ? stream->stack[stream->depth - 1].component : STREAM_OTHER;
}

enum stream_component stream_outer(const struct stream *stream)
{
    return stream->depth > 1 ? stream->stack[stream->depth - 2].component : STREAM_OTHER;
}
