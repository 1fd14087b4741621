/* SPDX-License-Identifier: MIT */
/* itip: the calendar object that goes with a mail: one occurrence, one attendee (RFC 5546,
 * RFC 6047). Never an alarm, never another attendee, never the feed's own UID.                   */
#ifndef CONVIER_CALENDAR_ITIP_H
#define CONVIER_CALENDAR_ITIP_H

#include "base/buf.h"
#include "model/event.h"

enum itip_method { ITIP_PUBLISH, ITIP_REQUEST, ITIP_CANCEL, ITIP_UNINVITE };

struct itip_request {
    enum itip_method
        method; /* UNINVITE: METHOD:CANCEL without STATUS, for one who is no longer invited */
    const struct occurrence *occurrence;
    const char *key;         /* of which the UID is made; NULL = the occurrence's */
    const struct when *when; /* as told; may differ from the occurrence's own */
    const char *summary, *location, *description, *url; /* in the reader's language; NULL = none */
    const char *organiser_name, *organiser_email;
    const char *attendee_name, *attendee_email; /* ignored by PUBLISH */
    const char *uid_domain;                     /* right side of the UID we make */
    int sequence;
    struct instant stamp; /* DTSTAMP */
};

/* Adds a whole VCALENDAR, CRLF lines folded at 75 octets. 0 or a negative errno. */
int itip_format(const struct itip_request *request, struct buf *out);
/* The UID that itip_format gives: a hash of the occurrence's key at the domain. */
int itip_uid(const char *occurrence_key, const char *domain, struct buf *out);
const char *itip_method_to_text(enum itip_method method); /* "REQUEST", as in the MIME parameter */

#endif
