/* SPDX-License-Identifier: MIT */
/* mime: the tree of a mail (RFC 2046), in the one shape that mail programs read as an invitation:
 *
 *     multipart/mixed
 *       multipart/alternative
 *         text/plain | text/html | text/calendar; method=…      (no disposition, last)
 *       application/ics; name="invitation.ics"                  (attachment, same bytes)
 *
 * With a logo the HTML becomes multipart/related with the image beside it (RFC 2387). Without a
 * method the calendar part inside the alternative is left out: the file is then a courtesy. Without
 * a calendar only the alternative remains. A mail about several events has a file for each and no
 * calendar of its own.                                                                           */
#ifndef CONVIER_COMPOSE_MIME_H
#define CONVIER_COMPOSE_MIME_H

#include "base/buf.h"
#include "compose/transfer.h"

/* A calendar as a file to keep. */
struct mime_file {
    const char *name;  /* printable ASCII, no quote */
    struct text bytes; /* CRLF lines */
};

struct mime_parts {
    struct text text, html;        /* UTF-8, any line ends */
    struct text html_encoded;      /* the same in `transfer`, where it is known; else empty */
    struct text calendar;          /* CRLF lines; empty = none */
    const char *calendar_method;   /* "REQUEST"; NULL = courtesy file */
    const struct mime_file *files; /* further calendars */
    size_t file_count;
    enum transfer transfer; /* of text and html */
    struct text logo;       /* image bytes; empty = none */
    const char *logo_type;  /* "image/png" */
    const char *boundary;   /* a word of letters and digits, unique to the message */
};

/* What the HTML calls the logo: "cid:" and this. */
#define MIME_LOGO_ID "logo"

/* Adds Content-Type and the rest of the message: the last header fields, the empty line, the body.
 */
void mime_write(struct buf *out, const struct mime_parts *parts);

#endif
