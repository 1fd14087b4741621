/* SPDX-License-Identifier: MIT */
/* Lines are built whole and folded as they leave, 75 octets at most and never inside a character,
 * so that the bytes are the same each time: signatures, replays and retries depend on it. A time
 * has its zone with a VTIMEZONE; where that cannot say it (a zone without an IANA name, the second
 * of two equal hours) it is in UTC. Times are never floating, all-day events always dates.       */
#include "calendar/itip.h"

#include <errno.h>
#include <string.h>

#include "base/digest.h"
#include "calendar/observances.h"

enum { LINE_BYTES_MAX = 75, TEXT_BYTES_MAX = 1 << 20, UID_HEX_BYTES = 16 };

const char *itip_method_to_text(enum itip_method method)
{
    switch (method) {
    case ITIP_PUBLISH:
        return "PUBLISH";
    case ITIP_REQUEST:
        return "REQUEST";
    case ITIP_CANCEL:
    case ITIP_UNINVITE:
        break;
    }
    return "CANCEL";
}

int itip_uid(const char *occurrence_key, const char *domain, struct buf *out)
{
    uint8_t digest[DIGEST_BYTES];
    char hex[2 * UID_HEX_BYTES + 1];
    struct text parts[] = {TEXT("itip-uid"), text_of(occurrence_key)};
    int r = digest_parts(parts, 2, digest);
    if (r)
        return r;
    digest_hex(digest, UID_HEX_BYTES, hex);
    buf_add_string(out, hex);
    buf_add_char(out, '@');
    buf_add_string(out, domain);
    return buf_error(out);
}

/* Adds a content line, folded. */
static void add_line(struct buf *out, struct text line)
{
    size_t room = LINE_BYTES_MAX;
    while (line.size > room) {
        size_t cut = room;
        while (cut > 1 && ((unsigned char)line.data[cut] & 0xc0) == 0x80)
            cut--;
        buf_add_text(out, text_slice(line, 0, cut));
        buf_add_string(out, "\r\n ");
        line = text_from(line, cut);
        room = LINE_BYTES_MAX - 1;
    }
    buf_add_text(out, line);
    buf_add_string(out, "\r\n");
}

static void finish_line(struct buf *line, struct buf *out)
{
    add_line(out, buf_text(line));
    if (buf_error(line) && !out->error)
        out->error = buf_error(line);
    buf_clear(line);
}

/* A value of type TEXT (RFC 5545 3.3.11). */
static void add_text(struct buf *line, const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '\n')
            buf_add_string(line, "\\n");
        else if (c == ',' || c == ';' || c == '\\')
            buf_printf(line, "\\%c", c);
        else if (c >= 0x20 && c != 0x7f)
            buf_add_char(line, *text);
    }
}

/* A parameter's value: quoted where needed, never with a quote inside (RFC 5545 3.2). */
static void add_parameter(struct buf *line, const char *name, const char *value)
{
    bool needs_quotes = strpbrk(value, ",;:") != NULL;
    buf_printf(line, ";%s=%s", name, needs_quotes ? "\"" : "");
    for (; *value; value++)
        if (*value == '"')
            buf_add_char(line, '\'');
        else if ((unsigned char)*value >= 0x20 && *value != 0x7f)
            buf_add_char(line, *value);
    if (needs_quotes)
        buf_add_char(line, '"');
}

/* Without blanks, controls, quotes and brackets: nothing that could end the value. A local part in
 * quotes is written as RFC 6068 2 asks.                                                          */
static void add_address(struct buf *line, const char *address)
{
    const char *at = strrchr(address, '@');
    bool is_quoted = *address == '"' && at;
    for (; *address; address++) {
        unsigned char c = (unsigned char)*address;
        if (is_quoted && address < at && c >= 0x20 && strchr(" \"\\<>%?#@", c))
            buf_printf(line, "%%%02X", c);
        else if (c > 0x20 && !strchr("<>\"\x7f", c))
            buf_add_char(line, *address);
    }
}

struct writer {
    const struct itip_request *request;
    struct buf *out;
    struct buf line;
};

static void text_line(struct writer *w, const char *name, const char *value)
{
    if (string_is_empty(value))
        return;
    buf_printf(&w->line, "%s:", name);
    add_text(&w->line, value);
    finish_line(&w->line, w->out);
}

static void add_utc(struct buf *line, struct instant t)
{
    struct civil_time c = civil_time_from_sec(instant_sec(t));
    buf_printf(line, "%04d%02d%02dT%02d%02d%02dZ", c.date.year, c.date.month, c.date.day, c.hour,
               c.minute, c.second);
}

/* Whether the zone can be named to others and says this time without doubt. */
static bool is_sayable(const struct zone *zone, struct instant t)
{
    if (!zone || !strchr(zone_name(zone), '/') ||
        !instant_equal(zone_to_instant(zone, zone_to_civil(zone, t), NULL), t))
        return false;
    for (const char *c = zone_name(zone); *c; c++)
        if (!char_is_alpha(*c) && !char_is_digit(*c) && !strchr("_+/-", *c))
            return false;
    return !text_starts(text_of(zone_name(zone)), "/");
}

static bool has_zone(const struct when *when)
{
    return !when->is_all_day && is_sayable(when->zone, when->start) &&
           is_sayable(when->zone, when->end) &&
           !text_starts(text_of(zone_name(when->zone)), "Etc/");
}

static void time_line(struct writer *w, const char *name, struct instant t)
{
    const struct when *when = w->request->when;
    buf_add_string(&w->line, name);
    if (has_zone(when)) {
        struct civil_time c = zone_to_civil(when->zone, t);
        buf_printf(&w->line, ";TZID=%s:%04d%02d%02dT%02d%02d%02d", zone_name(when->zone),
                   c.date.year, c.date.month, c.date.day, c.hour, c.minute, c.second);
    } else {
        buf_add_char(&w->line, ':');
        add_utc(&w->line, t);
    }
    finish_line(&w->line, w->out);
}

static void date_line(struct writer *w, const char *name, struct civil_date d)
{
    buf_printf(&w->line, "%s;VALUE=DATE:%04d%02d%02d", name, d.year, d.month, d.day);
    finish_line(&w->line, w->out);
}

static void when_lines(struct writer *w)
{
    const struct when *when = w->request->when;
    if (when->is_all_day) {
        date_line(w, "DTSTART", when->first_day);
        date_line(w, "DTEND", when->end_day);
        return;
    }
    time_line(w, "DTSTART", when->start);
    if (instant_before(when->start, when->end))
        time_line(w, "DTEND", when->end);
}

static void person_line(struct writer *w, const char *name, const char *parameters,
                        const char *common_name, const char *email)
{
    buf_add_string(&w->line, name);
    buf_add_string(&w->line, parameters);
    if (!string_is_empty(common_name))
        add_parameter(&w->line, "CN", common_name);
    buf_add_string(&w->line, ":mailto:");
    add_address(&w->line, email);
    finish_line(&w->line, w->out);
}

static void people_lines(struct writer *w)
{
    const struct itip_request *request = w->request;
    if (!string_is_empty(request->organiser_email))
        person_line(w, "ORGANIZER", "", request->organiser_name, request->organiser_email);
    if (request->method == ITIP_PUBLISH || string_is_empty(request->attendee_email))
        return;
    const char *parameters =
        request->method == ITIP_REQUEST
            ? ";CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE"
            : ";CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT";
    person_line(w, "ATTENDEE", parameters, request->attendee_name, request->attendee_email);
}

static const char *status_of(const struct itip_request *request)
{
    if (request->method == ITIP_UNINVITE)
        return NULL; /* the event lives; only this person is no longer asked */
    if (request->method == ITIP_CANCEL || request->occurrence->state == EVENT_CANCELLED)
        return "CANCELLED";
    return request->occurrence->state == EVENT_ALIVE ? "CONFIRMED" : "TENTATIVE";
}

static int event_lines(struct writer *w)
{
    const struct itip_request *request = w->request;
    buf_add_string(w->out, "BEGIN:VEVENT\r\n");
    buf_add_string(&w->line, "UID:");
    const char *key = request->key ? request->key : request->occurrence->key;
    int r = itip_uid(key, request->uid_domain, &w->line);
    if (r)
        return r;
    finish_line(&w->line, w->out);
    buf_add_string(&w->line, "DTSTAMP:");
    add_utc(&w->line, request->stamp);
    finish_line(&w->line, w->out);
    when_lines(w);
    buf_printf(&w->line, "SEQUENCE:%d", request->sequence);
    finish_line(&w->line, w->out);
    text_line(w, "STATUS", status_of(request));
    text_line(w, "SUMMARY", request->summary);
    text_line(w, "LOCATION", request->location);
    text_line(w, "DESCRIPTION", request->description);
    if (!string_is_empty(request->url)) {
        buf_add_string(&w->line, "URL:");
        add_address(&w->line, request->url);
        finish_line(&w->line, w->out);
    }
    people_lines(w);
    buf_add_string(w->out, "END:VEVENT\r\n");
    return 0;
}

int itip_format(const struct itip_request *request, struct buf *out)
{
    struct writer w = {.request = request, .out = out};
    const struct when *when = request->when;
    buf_init(&w.line, TEXT_BYTES_MAX);
    buf_add_string(out, "BEGIN:VCALENDAR\r\n"
                        "PRODID:-//Convier//Convier//EN\r\n"
                        "VERSION:2.0\r\n"
                        "CALSCALE:GREGORIAN\r\n");
    buf_printf(out, "METHOD:%s\r\n", itip_method_to_text(request->method));
    if (has_zone(when))
        observances_format(when->zone, when->start, when->end, out);
    int r = event_lines(&w);
    buf_add_string(out, "END:VCALENDAR\r\n");
    buf_done(&w.line);
    return r ? r : buf_error(out);
}
