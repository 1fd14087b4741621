/* SPDX-License-Identifier: MIT */
/* doctor: where to click in the program that wrote a calendar, so that an event is mended. */
#ifndef CONVIER_CALENDAR_DOCTOR_H
#define CONVIER_CALENDAR_DOCTOR_H

/* By the PRODID; NULL or one that is not known gives general advice. Literals. */
const char *doctor_advice(const char *product);      /* dates and repetition of an event */
const char *doctor_zone_advice(const char *product); /* its time zone */

#endif
