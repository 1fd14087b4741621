/* SPDX-License-Identifier: MIT */
/* locale: from what people and programs call a place to its IANA zone. */
#include <errno.h>
#include <string.h>
#include <unicode/ucal.h>
#include <unicode/uenum.h>

#include "base/locale_state.h"

/* Today's IANA names for those that CLDR keeps for ever; Debian 13 ships the old ones apart, in
 * tzdata-legacy.                                                                                 */
static const struct {
    const char *cldr, *iana;
} renamed[] = {
    {"Africa/Asmera", "Africa/Asmara"},
    {"America/Buenos_Aires", "America/Argentina/Buenos_Aires"},
    {"America/Catamarca", "America/Argentina/Catamarca"},
    {"America/Coral_Harbour", "America/Atikokan"},
    {"America/Cordoba", "America/Argentina/Cordoba"},
    {"America/Godthab", "America/Nuuk"},
    {"America/Indianapolis", "America/Indiana/Indianapolis"},
    {"America/Jujuy", "America/Argentina/Jujuy"},
    {"America/Louisville", "America/Kentucky/Louisville"},
    {"America/Mendoza", "America/Argentina/Mendoza"},
    {"Asia/Calcutta", "Asia/Kolkata"},
    {"Asia/Katmandu", "Asia/Kathmandu"},
    {"Asia/Rangoon", "Asia/Yangon"},
    {"Asia/Saigon", "Asia/Ho_Chi_Minh"},
    {"Atlantic/Faeroe", "Atlantic/Faroe"},
    {"Europe/Kiev", "Europe/Kyiv"},
    {"Pacific/Enderbury", "Pacific/Kanton"},
    {"Pacific/Ponape", "Pacific/Pohnpei"},
    {"Pacific/Truk", "Pacific/Chuuk"},
};

static const char *iana_name(const char *cldr)
{
    for (size_t i = 0; i < sizeof renamed / sizeof renamed[0]; i++)
        if (strcmp(cldr, renamed[i].cldr) == 0)
            return renamed[i].iana;
    return cldr;
}

/* ---- countries ---- */

/* Countries whose people, but for an outpost, live in one of several zones: CLDR's primaryZones,
 * and Argentina, Cyprus and French Polynesia, where the others agree or hold a few islands.      */
static const struct {
    const char *country, *zone;
} primary_zones[] = {
    {"AR", "America/Argentina/Buenos_Aires"},
    {"CL", "America/Santiago"},
    {"CN", "Asia/Shanghai"},
    {"CY", "Asia/Nicosia"},
    {"DE", "Europe/Berlin"},
    {"EC", "America/Guayaquil"},
    {"ES", "Europe/Madrid"},
    {"MH", "Pacific/Majuro"},
    {"MY", "Asia/Kuala_Lumpur"},
    {"NZ", "Pacific/Auckland"},
    {"PF", "Pacific/Tahiti"},
    {"PT", "Europe/Lisbon"},
    {"UA", "Europe/Kyiv"},
    {"UZ", "Asia/Tashkent"},
};

static const char *country_zone(struct locale *l, const char *country)
{
    UErrorCode error = U_ZERO_ERROR;
    for (size_t i = 0; i < sizeof primary_zones / sizeof primary_zones[0]; i++)
        if (text_is_nocase(text_of(country), primary_zones[i].country))
            return primary_zones[i].zone;
    if (strlen(country) != 2)
        return NULL;
    UEnumeration *zones =
        ucal_openTimeZoneIDEnumeration(UCAL_ZONE_TYPE_CANONICAL_LOCATION, country, NULL, &error);
    if (U_FAILURE(error))
        return NULL;
    const char *zone = NULL;
    if (uenum_count(zones, &error) == 1) {
        const char *only = uenum_next(zones, NULL, &error);
        if (U_SUCCESS(error) && only)
            zone = arena_copy_string(l->arena, iana_name(only));
    }
    uenum_close(zones);
    return zone;
}

const char *locale_country_zone(struct locale *l, const char *country)
{
    struct text about = text_of(country);
    const struct said *said = locale_said(l, SAID_COUNTRY, LANGUAGE_EN, about);
    if (said)
        return said->words;
    if (about.size != 2) /* nothing to keep: what people type has no end */
        return NULL;
    return locale_say(l, SAID_COUNTRY, LANGUAGE_EN, about, country_zone(l, country));
}

/* ---- Windows ---- */

/* ICU answers to exact names only and lists none, so the list is made backwards: the Windows name
 * of each IANA zone, then the zone that ICU deems usual for that name. */
static int windows_list(struct locale *l)
{
    UErrorCode error = U_ZERO_ERROR;
    UEnumeration *ids =
        ucal_openTimeZoneIDEnumeration(UCAL_ZONE_TYPE_CANONICAL, NULL, NULL, &error);
    if (U_FAILURE(error))
        return -EIO;
    int r = 0;
    const UChar *id;
    while (!r && (id = uenum_unext(ids, NULL, &error)) && U_SUCCESS(error)) {
        UChar windows[LOCALE_WIDE_MAX], iana[LOCALE_WIDE_MAX];
        UErrorCode lookup = U_ZERO_ERROR;
        int32_t size = ucal_getWindowsTimeZoneID(id, -1, windows, LOCALE_WIDE_MAX, &lookup);
        int32_t iana_size =
            ucal_getTimeZoneIDForWindowsID(windows, size, NULL, iana, LOCALE_WIDE_MAX, &lookup);
        if (U_FAILURE(lookup) || size == 0 || iana_size == 0)
            continue;
        const char *name = locale_keep(l, windows, size);
        bool is_listed = false;
        for (size_t i = 0; name && i < l->windows.count; i++)
            is_listed |= strcmp(l->windows.items[i].windows, name) == 0;
        if (is_listed)
            continue;
        const char *zone = locale_keep(l, iana, iana_size);
        struct windows_zone *row = list_add(l->arena, &l->windows);
        if (!name || !zone || !row)
            r = -ENOMEM;
        else
            *row = (struct windows_zone){name, iana_name(zone)};
    }
    uenum_close(ids);
    return r;
}

/* Names that Windows dropped and old calendars still carry. */
static const struct windows_zone retired[] = {
    {"Armenian Standard Time", "Asia/Yerevan"},
    {"Kamchatka Standard Time", "Asia/Kamchatka"},
    {"Mexico Standard Time", "America/Mexico_City"},
    {"Mexico Standard Time 2", "America/Chihuahua"},
    {"Mid-Atlantic Standard Time", "Etc/GMT+2"},
};

const char *locale_windows_zone(struct locale *l, struct text windows_name)
{
    if (l->windows.count == 0 && windows_list(l) != 0)
        l->windows.count = 0; /* told as unknown; the next question tries again */
    for (size_t i = 0; i < l->windows.count; i++)
        if (text_is_nocase(windows_name, l->windows.items[i].windows))
            return l->windows.items[i].iana;
    for (size_t i = 0; i < sizeof retired / sizeof retired[0]; i++)
        if (text_is_nocase(windows_name, retired[i].windows))
            return retired[i].iana;
    return NULL;
}
