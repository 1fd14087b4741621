/* SPDX-License-Identifier: MIT */
#include "compose/calendar_link.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"

enum { LINK_BYTES_MAX = 4000 };

/* RFC 3986 2.3: all but the unreserved marks as %XX. */
static void parameter(struct buf *out, const char *name, const char *value)
{
    if (string_is_empty(value))
        return;
    buf_printf(out, "&%s=", name);
    for (; *value; value++) {
        char c = *value;
        if (char_is_alpha(c) || char_is_digit(c) || strchr("-._~", c))
            buf_add_char(out, c);
        else
            buf_printf(out, "%%%02X", (unsigned char)c);
    }
}

static const char *finish(struct arena *arena, const struct buf *out)
{
    /* Beyond any sensible length: no link rather than a broken one. */
    if (buf_error(out))
        return buf_error(out) == -ENOMEM ? NULL : "";
    return arena_copy_text(arena, buf_text(out));
}

static void google_day(struct buf *out, struct civil_date day)
{
    buf_printf(out, "%04d%02d%02d", day.year, day.month, day.day);
}

static void google_moment(struct buf *out, struct instant t)
{
    struct civil_time utc = civil_time_from_sec(instant_sec(t));
    google_day(out, utc.date);
    buf_printf(out, "T%02d%02d%02dZ", utc.hour, utc.minute, utc.second);
}

const char *calendar_link_google(struct arena *arena, const struct calendar_link_input *input)
{
    CLEANUP_BUF struct buf out = BUF_INIT(LINK_BYTES_MAX);
    const struct when *when = input->when;

    buf_add_string(&out, "https://calendar.google.com/calendar/render?action=TEMPLATE");
    parameter(&out, "text", input->title);
    buf_add_string(&out, "&dates=");
    if (when->is_all_day) {
        google_day(&out, when->first_day);
        buf_add_char(&out, '/');
        google_day(&out, when->end_day);
    } else {
        google_moment(&out, when->start);
        buf_add_char(&out, '/');
        google_moment(&out, when->end);
        parameter(&out, "ctz", zone_name(when->zone));
    }
    parameter(&out, "location", input->place);
    parameter(&out, "details", input->link);
    return finish(arena, &out);
}

static void outlook_moment(struct buf *out, const char *name, struct instant t)
{
    struct civil_time utc = civil_time_from_sec(instant_sec(t));
    buf_printf(out, "&%s=%04d-%02d-%02dT%02d%%3A%02d%%3A%02dZ", name, utc.date.year, utc.date.month,
               utc.date.day, utc.hour, utc.minute, utc.second);
}

const char *calendar_link_outlook(struct arena *arena, const struct calendar_link_input *input)
{
    CLEANUP_BUF struct buf out = BUF_INIT(LINK_BYTES_MAX);
    const struct when *when = input->when;

    buf_add_string(&out, "https://outlook.office.com/calendar/0/deeplink/compose"
                         "?path=%2Fcalendar%2Faction%2Fcompose&rru=addevent");
    parameter(&out, "subject", input->title);
    if (when->is_all_day) {
        char first[11], end[11];
        civil_date_format(when->first_day, first);
        civil_date_format(when->end_day, end);
        buf_printf(&out, "&allday=true&startdt=%s&enddt=%s", first, end);
    } else {
        outlook_moment(&out, "startdt", when->start);
        outlook_moment(&out, "enddt", when->end);
    }
    parameter(&out, "location", input->place);
    parameter(&out, "body", input->link);
    return finish(arena, &out);
}
