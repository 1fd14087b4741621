/* SPDX-License-Identifier: MIT */
/* locale_state: what the files of locale share. Private to them. */
#ifndef CONVIER_BASE_LOCALE_STATE_H
#define CONVIER_BASE_LOCALE_STATE_H

#include <unicode/upluralrules.h>
#include <unicode/ustring.h>

#include "base/list.h"
#include "base/locale.h"

enum { LOCALE_WIDE_MAX = 128, LOCALE_BUCKETS = 256, LOCALE_MONTHS = 12, LOCALE_DAYS = 7 };

/* One kind of thing that is looked up once and kept. */
enum said_kind { SAID_CITY, SAID_COUNTRY };

struct said {
    struct said *next;
    enum said_kind kind;
    enum language language;
    const char *about;
    const char *words; /* NULL is an answer too */
};

struct windows_zone {
    const char *windows, *iana;
};
LIST_TYPE(windows_zones, struct windows_zone);

struct locale {
    struct arena *arena;
    const char *months[LANGUAGE_COUNT][LOCALE_MONTHS];
    const char *days[LANGUAGE_COUNT][LOCALE_DAYS], *short_days[LANGUAGE_COUNT][LOCALE_DAYS];
    UPluralRules *plurals[LANGUAGE_COUNT];
    struct said *said[LOCALE_BUCKETS];
    struct windows_zones windows;
};

const char *locale_icu_name(enum language language); /* "fr_FR" */

/* ICU's UTF-16 as a string in the locale's arena, NULL without memory; and the way there. */
char *locale_keep(struct locale *l, const UChar *wide, int32_t size);
bool locale_widen(const char *string, UChar ret[LOCALE_WIDE_MAX]);

/* What was said about a zone or country, in whatever case it was named; NULL = not yet. */
const struct said *locale_said(struct locale *l, enum said_kind kind, enum language language,
                               struct text about);
/* Keeps words and returns them; without memory they are looked up again the next time. */
const char *locale_say(struct locale *l, enum said_kind kind, enum language language,
                       struct text about, const char *words);

#endif
