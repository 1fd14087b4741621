/* SPDX-License-Identifier: MIT */
/* locale: zones in words. ICU 72 of Debian 12 carries the zones of 2022, so it is asked for words
 * only. A zone that it does not know would silently become UTC: it is caught here and gets a plain
 * name instead.                                                                                  */
#include <string.h>
#include <unicode/ucal.h>
#include <unicode/udat.h>

#include "base/locale_state.h"

/* ICU's own name of a zone, "Asia/Tokyo" for "Japan"; false when it never heard of it. */
static bool canonical_name(const char *zone_name, UChar ret[LOCALE_WIDE_MAX])
{
    UChar id[LOCALE_WIDE_MAX];
    UBool is_system = false;
    UErrorCode error = U_ZERO_ERROR;
    if (!locale_widen(zone_name, id))
        return false;
    int32_t size =
        ucal_getCanonicalTimeZoneID(id, -1, ret, LOCALE_WIDE_MAX - 1, &is_system, &error);
    if (U_FAILURE(error) || !is_system)
        return false;
    ret[size] = 0;
    return true;
}

/* "America/Argentina/Buenos_Aires" → "Buenos Aires"; Etc/GMT+5, whose sign is the reverse of what
 * people mean, → "UTC-05:00".                                                                    */
static const char *plain_name(struct locale *l, const char *zone_name)
{
    int64_t hours;
    const char *slash = strrchr(zone_name, '/');
    if (text_starts(text_of(zone_name), "Etc/GMT") &&
        text_number(text_from(text_of(zone_name), 8), 1, 14, &hours))
        return arena_printf(l->arena, "UTC%c%02d:00", zone_name[7] == '+' ? '-' : '+', (int)hours);
    char *name = arena_copy_string(l->arena, slash ? slash + 1 : zone_name);
    for (char *c = name; c && *c; c++)
        if (*c == '_')
            *c = ' ';
    return name;
}

static bool is_utc_name(const char *zone_name)
{
    static const char *const names[] = {"UTC",  "Etc/UTC",  "UCT",       "Etc/UCT",
                                        "Zulu", "Etc/Zulu", "Universal", "Etc/Universal"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (text_is_nocase(text_of(zone_name), names[i]))
            return true;
    return false;
}

/* CLDR's exemplar city, NULL when it has none (Etc/GMT, EST …) or does not know the zone. */
static const char *city_of(struct locale *l, enum language language, const char *zone_name)
{
    static const UChar pattern[] = {'V', 'V', 'V', 0}, etc[] = {'E', 't', 'c', '/'};
    UChar id[LOCALE_WIDE_MAX], wide[LOCALE_WIDE_MAX];
    UErrorCode error = U_ZERO_ERROR;
    if (!canonical_name(zone_name, id) || !u_strchr(id, '/') || u_strncmp(id, etc, 4) == 0)
        return NULL;
    UDateFormat *format = udat_open(UDAT_PATTERN, UDAT_PATTERN, locale_icu_name(language), id, -1,
                                    pattern, -1, &error);
    if (U_FAILURE(error))
        return NULL;
    int32_t size = udat_format(format, 0, wide, LOCALE_WIDE_MAX, NULL, &error);
    udat_close(format);
    return U_FAILURE(error) || size == 0 ? NULL : locale_keep(l, wide, size);
}

/* CET, EST, MST7MDT: an hour, not a place. Newer data make them links to Brussels and Panama. */
static bool is_hour_name(const char *zone_name)
{
    size_t size = strlen(zone_name);
    for (const char *c = zone_name; *c; c++)
        if (!char_is_digit(*c) && (*c < 'A' || *c > 'Z'))
            return false;
    return size > 0 && zone_name[size - 1] == 'T';
}

const char *locale_city(struct locale *l, enum language language, const char *zone_name)
{
    struct text about = text_of(zone_name);
    const struct said *said = locale_said(l, SAID_CITY, language, about);
    if (said)
        return said->words;
    const char *city = is_utc_name(zone_name) ? "UTC" : NULL;
    if (!city && !is_hour_name(zone_name))
        city = city_of(l, language, zone_name);
    if (!city)
        city = plain_name(l, zone_name);
    return city ? locale_say(l, SAID_CITY, language, about, city) : zone_name;
}
