/* SPDX-License-Identifier: MIT */
/* header: the fields of a message (RFC 5322, RFC 2047), each written by a function that lets no
 * control character through, so that a value can never begin a field of its own.
 *
 * Lines are 7-bit, end in CRLF and are folded at 76; encoded-words are at most 75 characters and
 * never cut a character.                                                                         */
#ifndef CONVIER_COMPOSE_HEADER_H
#define CONVIER_COMPOSE_HEADER_H

#include "base/buf.h"
#include "base/zone.h"

/* Text for people: Subject. Non-ASCII (or what looks like an encoded-word) is encoded: Q where
 * most is ASCII, else B.                                                                         */
void header_text(struct buf *out, const char *name, struct text value);

/* "Name <address>" or the bare address when display is empty; several with header_mailboxes. */
struct mailbox {
    const char *display; /* UTF-8, or NULL */
    const char *address; /* must pass header_address_is_safe */
};
void header_mailboxes(struct buf *out, const char *name, const struct mailbox *mailboxes,
                      size_t count);

/* A value for machines, on one line that is never folded or encoded (List-Unsubscribe: folding
 * broke signatures at one relay). Anything but printable ASCII is left out.                      */
void header_token(struct buf *out, const char *name, struct text value);
void header_bracketed(struct buf *out, const char *name, struct text value); /* <value> */
/* "<a>", "<b>" …, one a line: References. Empty ones are left out; without any there is no field.
 */
void header_ids(struct buf *out, const char *name, const char *const *ids, size_t count);

/* "Mon, 05 Oct 2026 09:00:00 +0200" in the zone (RFC 5322 3.3). */
void header_date(struct buf *out, const char *name, struct instant date, const struct zone *zone);

/* One "@", printable ASCII; outside of "quotes" and of a domain's [brackets] none of the characters
 * that end an address in a header or in SMTP.                                                    */
bool header_address_is_safe(const char *address);

#endif
