/* SPDX-License-Identifier: MIT */
/* locale: words of French, Japanese and English from CLDR (ICU). It never computes an offset.
 *
 * `struct locale` holds the opened formatters; make one and keep it. Strings returned live as long
 * as it does. Not for several threads.                                                           */
#ifndef CONVIER_BASE_LOCALE_H
#define CONVIER_BASE_LOCALE_H

#include "base/civil.h"
#include "base/language.h"

struct locale;

int locale_new(struct locale **ret); /* 0, -ENOMEM, -EIO when ICU's data is missing */
struct locale *locale_free(struct locale *locale);

const char *locale_month(struct locale *l, enum language language, int month); /* octobre */
const char *locale_weekday(struct locale *l, enum language language, enum weekday day); /* lundi */
const char *locale_weekday_short(struct locale *l, enum language language, enum weekday day);

/* "Paris", "東京" for an IANA zone; the last part of the name when CLDR knows no city; "UTC". */
const char *locale_city(struct locale *l, enum language language, const char *zone_name);
/* A country's usual zone ("FR" → "Europe/Paris"); NULL when it has several or is unknown. */
const char *locale_country_zone(struct locale *l, const char *country);

/* The IANA name of a Windows zone ("Romance Standard Time"), any case; NULL = unknown. */
const char *locale_windows_zone(struct locale *l, struct text windows_name);

/* CLDR plural category: "one", "other", "many". */
const char *locale_plural(struct locale *l, enum language language, int64_t number);

#endif
