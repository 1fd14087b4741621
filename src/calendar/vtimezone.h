/* SPDX-License-Identifier: MIT */
/* vtimezone: a VTIMEZONE component (RFC 5545 3.6.5) made into a zone, for names that the system
 * does not know. Fed line by line; it never fails for what the lines say, it is then no zone.    */
#ifndef CONVIER_CALENDAR_VTIMEZONE_H
#define CONVIER_CALENDAR_VTIMEZONE_H

#include "base/contentline.h"
#include "base/zone.h"
#include "calendar/rule.h"

struct observance; /* a STANDARD or DAYLIGHT part */
LIST_TYPE(observances, struct observance);

struct vtimezone {
    struct arena *arena; /* scratch; everything here lives in it */
    struct text name;    /* TZID as written; empty when missing */
    struct text location;
    struct observances observances;
    struct observance *open; /* the part that is being read */
};

void vtimezone_init(struct vtimezone *v, struct arena *scratch);
int vtimezone_open(struct vtimezone *v, bool is_daylight); /* BEGIN:STANDARD, BEGIN:DAYLIGHT */
void vtimezone_close(struct vtimezone *v);
int vtimezone_line(struct vtimezone *v, const struct contentline *line); /* 0 or -ENOMEM */

/* What the VTIMEZONEs of one file may cost together: a thousand ordinary ones and more. */
enum { VTIMEZONE_STEPS_MAX = 100000000 };
enum { VTIMEZONE_E_TOO_MUCH = 1 };

/* *ret is NULL when the component describes no zone. *steps_left is the work still allowed for the
 * file; no component may take more than a part of it. 0, VTIMEZONE_E_TOO_MUCH or -ENOMEM.        */
int vtimezone_finish(struct vtimezone *v, struct zones *zones, int64_t *steps_left,
                     const struct zone **ret);

#endif
