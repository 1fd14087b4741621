/* SPDX-License-Identifier: MIT */
/* locale: ICU 72 of Debian 12 carries the zones of 2022, so it is asked for words only. A zone that
 * it does not know would silently become UTC, and a zone without a name of its own would be named
 * by an offset that may be years old: both are caught here and get a plain name instead.
 *
 * Opening a formatter costs 25 µs and a zone's name needs one, so what was once said is kept.    */
#include "base/locale.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ucal.h>
#include <unicode/udat.h>
#include <unicode/uenum.h>
#include <unicode/upluralrules.h>
#include <unicode/ustring.h>

#include "base/list.h"

enum { WORDS_BYTES_MAX = 1 << 20, WIDE_MAX = 128, BUCKETS = 256, MONTHS = 12, DAYS = 7 };

/* One kind of thing that is looked up once and kept. */
enum said_kind { SAID_CITY, SAID_STANDARD, SAID_DAYLIGHT, SAID_COUNTRY };

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
    const char *months[LANGUAGE_COUNT][MONTHS];
    const char *days[LANGUAGE_COUNT][DAYS], *short_days[LANGUAGE_COUNT][DAYS];
    UPluralRules *plurals[LANGUAGE_COUNT];
    struct said *said[BUCKETS];
    struct windows_zones windows;
};

static const char *const icu_names[LANGUAGE_COUNT] = {"fr_FR", "ja_JP", "en_GB"};

static char *keep(struct locale *l, const UChar *wide, int32_t size)
{
    char utf8[WIDE_MAX * 3 + 1];
    UErrorCode error = U_ZERO_ERROR;
    u_strToUTF8(utf8, sizeof utf8, NULL, wide, size, &error);
    return U_FAILURE(error) ? NULL : arena_copy_string(l->arena, utf8);
}

static bool widen(const char *string, UChar ret[WIDE_MAX])
{
    UErrorCode error = U_ZERO_ERROR;
    u_strFromUTF8(ret, WIDE_MAX, NULL, string, -1, &error);
    return U_SUCCESS(error) && error != U_STRING_NOT_TERMINATED_WARNING;
}

/* ---- calendar words ---- */

static int symbols_read(struct locale *l, const UDateFormat *format, UDateFormatSymbolType type,
                        int first, int count, const char **ret)
{
    for (int i = 0; i < count; i++) {
        UChar wide[WIDE_MAX];
        UErrorCode error = U_ZERO_ERROR;
        int32_t size = udat_getSymbols(format, type, first + i, wide, WIDE_MAX, &error);
        if (U_FAILURE(error) || size == 0)
            return -EIO;
        ret[i] = keep(l, wide, size);
        if (!ret[i])
            return -ENOMEM;
    }
    return 0;
}

/* ICU counts weekdays from 1 = Sunday; this house from Monday. */
static void monday_first(const char *days[DAYS])
{
    const char *sunday = days[0];
    memmove(days, days + 1, (DAYS - 1) * sizeof *days);
    days[DAYS - 1] = sunday;
}

static int language_open(struct locale *l, enum language language)
{
    const char *name = icu_names[language];
    UErrorCode error = U_ZERO_ERROR;
    UDateFormat *format = udat_open(UDAT_NONE, UDAT_FULL, name, NULL, 0, NULL, 0, &error);
    if (U_FAILURE(error))
        return error == U_MEMORY_ALLOCATION_ERROR ? -ENOMEM : -EIO;
    int r = symbols_read(l, format, UDAT_MONTHS, 0, MONTHS, l->months[language]);
    if (!r)
        r = symbols_read(l, format, UDAT_WEEKDAYS, 1, DAYS, l->days[language]);
    if (!r)
        r = symbols_read(l, format, UDAT_SHORT_WEEKDAYS, 1, DAYS, l->short_days[language]);
    udat_close(format);
    if (r)
        return r;
    monday_first(l->days[language]);
    monday_first(l->short_days[language]);
    l->plurals[language] = uplrules_openForType(name, UPLURAL_TYPE_CARDINAL, &error);
    if (U_FAILURE(error))
        return error == U_MEMORY_ALLOCATION_ERROR ? -ENOMEM : -EIO;
    return 0;
}

int locale_new(struct locale **ret)
{
    struct locale *l = calloc(1, sizeof *l);
    int r = 0;
    if (!l)
        return -ENOMEM;
    l->arena = arena_new(WORDS_BYTES_MAX);
    if (!l->arena)
        r = -ENOMEM;
    for (int i = 0; i < LANGUAGE_COUNT && !r; i++)
        r = language_open(l, (enum language)i);
    if (r)
        locale_free(l);
    else
        *ret = l;
    return r;
}

struct locale *locale_free(struct locale *l)
{
    if (!l)
        return NULL;
    for (int i = 0; i < LANGUAGE_COUNT; i++)
        if (l->plurals[i])
            uplrules_close(l->plurals[i]);
    arena_free(l->arena);
    free(l);
    return NULL;
}

const char *locale_month(struct locale *l, enum language language, int month)
{
    return l->months[language][month - 1];
}

const char *locale_weekday(struct locale *l, enum language language, enum weekday day)
{
    return l->days[language][day];
}

const char *locale_weekday_short(struct locale *l, enum language language, enum weekday day)
{
    return l->short_days[language][day];
}

const char *locale_plural(struct locale *l, enum language language, int64_t number)
{
    static const char *const categories[] = {"zero", "one", "two", "few", "many"};
    UChar wide[WIDE_MAX];
    char category[WIDE_MAX];
    UErrorCode error = U_ZERO_ERROR;
    int32_t size =
        uplrules_select(l->plurals[language], (double)number, wide, WIDE_MAX - 1, &error);
    if (U_FAILURE(error))
        return "other";
    wide[size] = 0;
    u_austrncpy(category, wide, sizeof category);
    for (size_t i = 0; i < sizeof categories / sizeof categories[0]; i++)
        if (strcmp(category, categories[i]) == 0)
            return categories[i];
    return "other";
}

/* ---- what was said once ---- */

static struct said **said_bucket(struct locale *l, enum said_kind kind, enum language language,
                                 struct text about)
{
    uint32_t hash = 2166136261u ^ (uint32_t)kind ^ (uint32_t)language << 8; /* FNV-1a */
    for (size_t i = 0; i < about.size; i++)
        hash = (hash ^ (unsigned char)char_lower(about.data[i])) * 16777619u;
    return &l->said[hash % BUCKETS];
}

/* Case counts for no zone name or country. */
static const struct said *said_find(struct locale *l, enum said_kind kind, enum language language,
                                    struct text about)
{
    for (struct said *said = *said_bucket(l, kind, language, about); said; said = said->next)
        if (said->kind == kind && said->language == language && text_is_nocase(about, said->about))
            return said;
    return NULL;
}

/* Without memory the words are said all the same, and looked up again the next time. */
static const char *said_keep(struct locale *l, enum said_kind kind, enum language language,
                             struct text about, const char *words)
{
    struct said **bucket = said_bucket(l, kind, language, about);
    struct said *said = arena_alloc(l->arena, sizeof *said);
    char *copy = arena_copy_text(l->arena, about);
    if (said && copy) {
        *said = (struct said){*bucket, kind, language, copy, words};
        *bucket = said;
    }
    return words;
}

/* ---- zones in words ---- */

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

/* ICU's own name of a zone, "Asia/Tokyo" for "Japan"; false when it never heard of it. */
static bool canonical_name(const char *zone_name, UChar ret[WIDE_MAX])
{
    UChar id[WIDE_MAX];
    UBool is_system = false;
    UErrorCode error = U_ZERO_ERROR;
    if (!widen(zone_name, id))
        return false;
    int32_t size = ucal_getCanonicalTimeZoneID(id, -1, ret, WIDE_MAX - 1, &is_system, &error);
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
    UChar id[WIDE_MAX], wide[WIDE_MAX];
    UErrorCode error = U_ZERO_ERROR;
    if (!canonical_name(zone_name, id) || !u_strchr(id, '/') || u_strncmp(id, etc, 4) == 0)
        return NULL;
    UDateFormat *format =
        udat_open(UDAT_PATTERN, UDAT_PATTERN, icu_names[language], id, -1, pattern, -1, &error);
    if (U_FAILURE(error))
        return NULL;
    int32_t size = udat_format(format, 0, wide, WIDE_MAX, NULL, &error);
    udat_close(format);
    return U_FAILURE(error) || size == 0 ? NULL : keep(l, wide, size);
}

const char *locale_city(struct locale *l, enum language language, const char *zone_name)
{
    struct text about = text_of(zone_name);
    const struct said *said = said_find(l, SAID_CITY, language, about);
    if (said)
        return said->words;
    const char *city = is_utc_name(zone_name) ? "UTC" : city_of(l, language, zone_name);
    if (!city)
        city = plain_name(l, zone_name);
    return city ? said_keep(l, SAID_CITY, language, about, city) : zone_name;
}

/* Ireland's law calls summer time standard and winter time the exception, and tzdata follows it;
 * CLDR names them as every other country does.                                                   */
static bool has_reversed_seasons(const char *zone_name)
{
    return text_is_nocase(text_of(zone_name), "Europe/Dublin") ||
           text_is_nocase(text_of(zone_name), "Eire");
}

/* Clocks that changed their time since ICU 72's data: its names for them are those of another one.
 */
static bool has_outdated_name(const char *zone_name)
{
    static const char *const names[] = {"Asia/Almaty",   "Asia/Amman",        "Asia/Damascus",
                                        "Asia/Qostanay", "America/Chihuahua", "America/Ojinaga"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (text_is_nocase(text_of(zone_name), names[i]))
            return true;
    return false;
}

/* "UTC+3", or "UTC" and "GMT" alone: an offset, not a name. */
static bool is_offset(const UChar *wide, int32_t size)
{
    for (int32_t i = 0; i < size; i++)
        if (wide[i] >= '0' && wide[i] <= '9')
            return true;
    return size <= 3;
}

/* CLDR's name of the time, NULL when all that ICU can offer is an offset of its own. */
static const char *time_name_of(struct locale *l, enum language language, const char *zone_name,
                                bool is_dst)
{
    UChar id[WIDE_MAX], wide[WIDE_MAX];
    UErrorCode error = U_ZERO_ERROR;
    if (has_outdated_name(zone_name) || !canonical_name(zone_name, id))
        return NULL;
    UCalendar *calendar = ucal_open(id, -1, icu_names[language], UCAL_GREGORIAN, &error);
    if (U_FAILURE(error))
        return NULL;
    int32_t size = ucal_getTimeZoneDisplayName(calendar, is_dst ? UCAL_DST : UCAL_STANDARD,
                                               icu_names[language], wide, WIDE_MAX, &error);
    ucal_close(calendar);
    return U_FAILURE(error) || is_offset(wide, size) ? NULL : keep(l, wide, size);
}

static const char *local_time_name(struct locale *l, enum language language, const char *zone_name)
{
    static const char *const patterns[LANGUAGE_COUNT] = {"heure locale (%s)", "現地時間（%s）",
                                                         "local time (%s)"};
    return arena_printf(l->arena, patterns[language], locale_city(l, language, zone_name));
}

const char *locale_zone_name(struct locale *l, enum language language, const char *zone_name,
                             bool is_dst)
{
    struct text about = text_of(zone_name);
    enum said_kind kind = is_dst ? SAID_DAYLIGHT : SAID_STANDARD;
    const struct said *said = said_find(l, kind, language, about);
    if (said)
        return said->words;
    const char *name = is_utc_name(zone_name) ? "UTC" : NULL;
    if (!name)
        name = time_name_of(l, language, zone_name, is_dst != has_reversed_seasons(zone_name));
    if (!name && (strchr(zone_name, '/') && !text_starts(about, "Etc/")))
        name = local_time_name(l, language, zone_name);
    if (!name)
        name = plain_name(l, zone_name);
    return name ? said_keep(l, kind, language, about, name) : zone_name;
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
    const struct said *said = said_find(l, SAID_COUNTRY, LANGUAGE_EN, about);
    if (said)
        return said->words;
    if (about.size != 2) /* nothing to keep: what people type has no end */
        return NULL;
    return said_keep(l, SAID_COUNTRY, LANGUAGE_EN, about, country_zone(l, country));
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
        UChar windows[WIDE_MAX], iana[WIDE_MAX];
        UErrorCode lookup = U_ZERO_ERROR;
        int32_t size = ucal_getWindowsTimeZoneID(id, -1, windows, WIDE_MAX, &lookup);
        int32_t iana_size =
            ucal_getTimeZoneIDForWindowsID(windows, size, NULL, iana, WIDE_MAX, &lookup);
        if (U_FAILURE(lookup) || size == 0 || iana_size == 0)
            continue;
        const char *name = keep(l, windows, size);
        bool is_listed = false;
        for (size_t i = 0; name && i < l->windows.count; i++)
            is_listed |= strcmp(l->windows.items[i].windows, name) == 0;
        if (is_listed)
            continue;
        const char *zone = keep(l, iana, iana_size);
        struct windows_zone *row = list_add(l->arena, &l->windows);
        if (!name || !zone || !row)
            r = -ENOMEM;
        else
            *row = (struct windows_zone){name, iana_name(zone)};
    }
    uenum_close(ids);
    return r;
}

const char *locale_windows_zone(struct locale *l, struct text windows_name)
{
    if (l->windows.count == 0 && windows_list(l) != 0)
        l->windows.count = 0; /* told as unknown; the next question tries again */
    for (size_t i = 0; i < l->windows.count; i++)
        if (text_is_nocase(windows_name, l->windows.items[i].windows))
            return l->windows.items[i].iana;
    return NULL;
}
