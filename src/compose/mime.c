/* SPDX-License-Identifier: MIT */
/* Boundaries begin with "=_", which neither quoted-printable nor base64 can produce. */
#include "compose/mime.h"

enum level { LEVEL_MIXED = 'm', LEVEL_ALTERNATIVE = 'a', LEVEL_RELATED = 'r' };

static void content_type(struct buf *out, const char *subtype, enum level level,
                         const char *boundary)
{
    buf_printf(out, "Content-Type: multipart/%s;\r\n boundary=\"=_%c%s\"\r\n\r\n", subtype,
               (char)level, boundary);
}

static void delimiter(struct buf *out, enum level level, const char *boundary, bool is_last)
{
    buf_printf(out, "--=_%c%s%s\r\n", (char)level, boundary, is_last ? "--" : "");
}

static void text_headers(struct buf *out, const char *subtype, const struct mime_parts *parts)
{
    buf_printf(out,
               "Content-Type: text/%s; charset=UTF-8\r\n"
               "Content-Transfer-Encoding: %s\r\n\r\n",
               subtype, transfer_to_text(parts->transfer));
}

static void html_body(struct buf *out, const struct mime_parts *parts)
{
    text_headers(out, "html", parts);
    if (parts->html_encoded.size)
        buf_add_text(out, parts->html_encoded);
    else
        transfer_text(out, parts->transfer, parts->html);
}

static void html_part(struct buf *out, const struct mime_parts *parts)
{
    if (!parts->logo.size) {
        html_body(out, parts);
        return;
    }
    content_type(out, "related; type=\"text/html\"", LEVEL_RELATED, parts->boundary);
    delimiter(out, LEVEL_RELATED, parts->boundary, false);
    html_body(out, parts);
    delimiter(out, LEVEL_RELATED, parts->boundary, false);
    buf_printf(out,
               "Content-Type: %s\r\nContent-ID: <" MIME_LOGO_ID ">\r\n"
               "Content-Disposition: inline\r\nContent-Transfer-Encoding: base64\r\n\r\n",
               parts->logo_type);
    transfer_bytes(out, parts->logo);
    delimiter(out, LEVEL_RELATED, parts->boundary, true);
}

/* Adds the base64 of the calendar, or the bytes again where they stand already in out. */
struct encoded {
    size_t start, size;
};

static void calendar_body(struct buf *out, struct text calendar, struct encoded *encoded)
{
    if (!encoded->size) {
        encoded->start = out->size;
        transfer_bytes(out, calendar);
        encoded->size = out->size - encoded->start;
    } else if (buf_reserve(out, encoded->size)) {
        buf_add(out, out->data + encoded->start, encoded->size);
    }
}

static void alternative(struct buf *out, const struct mime_parts *parts, struct encoded *encoded)
{
    content_type(out, "alternative", LEVEL_ALTERNATIVE, parts->boundary);
    delimiter(out, LEVEL_ALTERNATIVE, parts->boundary, false);
    text_headers(out, "plain", parts);
    transfer_text(out, parts->transfer, parts->text);
    delimiter(out, LEVEL_ALTERNATIVE, parts->boundary, false);
    html_part(out, parts);
    if (parts->calendar.size && parts->calendar_method) {
        delimiter(out, LEVEL_ALTERNATIVE, parts->boundary, false);
        buf_printf(out,
                   "Content-Type: text/calendar; charset=UTF-8; method=%s\r\n"
                   "Content-Transfer-Encoding: base64\r\n\r\n",
                   parts->calendar_method);
        calendar_body(out, parts->calendar, encoded);
    }
    delimiter(out, LEVEL_ALTERNATIVE, parts->boundary, true);
}

static void file_headers(struct buf *out, const struct mime_parts *parts, const char *name)
{
    delimiter(out, LEVEL_MIXED, parts->boundary, false);
    buf_printf(out,
               "Content-Type: application/ics; name=\"%s\"\r\n"
               "Content-Disposition: attachment; filename=\"%s\"\r\n"
               "Content-Transfer-Encoding: base64\r\n\r\n",
               name, name);
}

void mime_write(struct buf *out, const struct mime_parts *parts)
{
    struct encoded encoded = {0};
    if (!parts->calendar.size && !parts->file_count) {
        alternative(out, parts, &encoded);
        return;
    }
    content_type(out, "mixed", LEVEL_MIXED, parts->boundary);
    delimiter(out, LEVEL_MIXED, parts->boundary, false);
    alternative(out, parts, &encoded);
    if (parts->calendar.size) {
        file_headers(out, parts, "invitation.ics");
        calendar_body(out, parts->calendar, &encoded);
    }
    for (size_t i = 0; i < parts->file_count; i++) {
        file_headers(out, parts, parts->files[i].name);
        transfer_bytes(out, parts->files[i].bytes);
    }
    delimiter(out, LEVEL_MIXED, parts->boundary, true);
}
