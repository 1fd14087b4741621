/* SPDX-License-Identifier: MIT */
/* smtp_internal: pieces of the machine that stand alone, each in a file of its own: the reply
 * reader and the wire forms of commands. Only deliver/smtp*.c and their tests include it.        */
#ifndef CONVIER_DELIVER_SMTP_INTERNAL_H
#define CONVIER_DELIVER_SMTP_INTERNAL_H

#include "deliver/smtp.h"

/* Replies, however the bytes are cut (RFC 5321 4.2). Lines end with CRLF or LF. A line that is no
 * reply line is skipped inside a reply of several lines, up to a limit; elsewhere it is told.    */
enum {
    SMTP_REPLY_LINE_BYTES = 2048, /* what follows in a longer line is dropped */
    SMTP_REPLY_TEXT_BYTES = 1024, /* text of all lines together; the rest is dropped */
    SMTP_REPLY_LINES_MAX = 1000,  /* lines of one reply, stray ones included */
};

struct smtp_reply {
    int code;         /* 200 to 599 */
    struct text text; /* lines joined by a blank, without the codes; dies with the next byte */
};

struct smtp_reply_reader {
    char line[SMTP_REPLY_LINE_BYTES];
    char text[SMTP_REPLY_TEXT_BYTES];
    size_t line_size, text_size;
    int line_count;
    bool is_begun; /* a line of the reply was read, and it has more */
};

enum { SMTP_REPLY_MORE, SMTP_REPLY_WHOLE, SMTP_REPLY_STRAY, SMTP_REPLY_SENSELESS };

/* Takes bytes from *rest up to the end of one reply, or of a line that belongs to none. */
int smtp_reply_read(struct smtp_reply_reader *reader, struct text *rest, struct smtp_reply *ret);

/* The wire forms. Addresses and ids were vetted. */
void smtp_wire_mail(struct buf *buf, const struct smtp_capabilities *capabilities,
                    const struct message *message);
void smtp_wire_rcpt(struct buf *buf, const struct smtp_capabilities *capabilities,
                    const char *envelope_from, const char *recipient);
/* Copies that cannot be sent are left out, not fatal. */
bool smtp_copy_is_safe(const char *recipient);
/* Dot-stuffed lines and the final dot (RFC 5321 4.5.2). */
void smtp_wire_body(struct buf *buf, struct text bytes);

#endif
