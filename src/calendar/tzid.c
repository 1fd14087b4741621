/* SPDX-License-Identifier: MIT */
/* A VTIMEZONE comes late on purpose: many begin in the year of the export, and would put older
 * events an hour off, while the name beside it is one that the system knows.                     */
#include "calendar/tzid.h"

#include <errno.h>
#include <string.h>

enum { NAME_BYTES_MAX = 255, ENTRIES_MAX = 1000 };

/* Without quotes, backslashes and outer blanks: "(UTC+01:00) Bruxelles\, Copenhague". */
static struct text normalise(struct text raw, char name[NAME_BYTES_MAX + 1])
{
    size_t size = 0;
    raw = text_trim(raw);
    for (size_t i = 0; i < raw.size && size < NAME_BYTES_MAX; i++)
        if (raw.data[i] != '\\' && raw.data[i] != '"')
            name[size++] = raw.data[i];
    name[size] = '\0';
    return text_trim((struct text){name, size});
}

/* "/mozilla.org/20070129_1/America/Argentina/Ushuaia": its last 3, 2, 1 components. */
static const struct zone *find_path(struct zones *zones, struct text name)
{
    size_t starts[3] = {0}, count = 0;
    for (size_t i = name.size; i-- > 0 && count < 3;)
        if (name.data[i] == '/')
            starts[count++] = i + 1;
    for (; count > 0; count--) {
        struct text tail = text_from(name, starts[count - 1]);
        const struct zone *zone = tail.size > 2 ? zones_find(zones, tail) : NULL;
        if (zone)
            return zone;
    }
    return NULL;
}

/* "+05:30", "-3", "+0900"; what follows a second colon is ignored ("GMT+05:30:2022…"). */
static bool parse_offset(struct text text, int32_t *ret_sec)
{
    if (text.size < 2 || (text.data[0] != '+' && text.data[0] != '-'))
        return false;
    int sign = text.data[0] == '-' ? -1 : 1;
    int64_t hours, minutes = 0;
    text = text_from(text, 1);
    size_t digits = 0;
    while (digits < text.size && char_is_digit(text.data[digits]))
        digits++;
    struct text rest = text_from(text, digits);
    size_t hour_digits = digits > 2 ? digits - 2 : digits;
    if (digits == 0 || digits > 4 ||
        !text_number(text_slice(text, 0, hour_digits), 0, 18, &hours) ||
        (digits > 2 && !text_number(text_slice(text, hour_digits, 2), 0, 59, &minutes)))
        return false;
    if (digits <= 2 && rest.size >= 3 && (rest.data[0] == ':' || rest.data[0] == '.')) {
        if (!text_number(text_slice(rest, 1, 2), 0, 59, &minutes))
            return false;
        rest = text_from(rest, 3);
    }
    if (rest.size > 0 && rest.data[0] != ':' && rest.data[0] != ')')
        return false;
    *ret_sec = (int32_t)(sign * (hours * 3600 + minutes * 60));
    return true;
}

/* "GMT+05:30", "UTC-3", "+09:00", "(UTC+01:00) …"; ret_rest is what follows the bracket. */
static bool find_offset(struct text name, int32_t *ret_sec, struct text *ret_rest)
{
    bool is_bracketed = text_starts(name, "(");
    *ret_rest = (struct text){0};
    if (is_bracketed) {
        size_t close = text_find_char(name, ')');
        *ret_rest = text_trim(text_from(name, close + 1));
        name = text_slice(name, 1, close - 1);
    }
    if (text_starts_nocase(name, "GMT") || text_starts_nocase(name, "UTC"))
        name = text_trim(text_from(name, 3));
    else if (!is_bracketed && !text_starts(name, "+") && !text_starts(name, "-"))
        return false;
    if (name.size == 0) {
        *ret_sec = 0;
        return is_bracketed;
    }
    return parse_offset(name, ret_sec);
}

/* Windows names, also with Outlook's number behind them ("Eastern Standard Time 1") or in their
 * summer form ("Romance Daylight Time"), which no table holds.                                  */
static const struct zone *find_windows(struct zones *zones, struct locale *locale, struct text name)
{
    char winter[NAME_BYTES_MAX + 1];
    size_t daylight = text_find(name, TEXT("Daylight Time"));
    if (daylight < name.size && name.size <= NAME_BYTES_MAX) {
        memcpy(winter, name.data, name.size);
        memcpy(winter + daylight, "Standard", 8);
        name = (struct text){winter, name.size};
    }
    struct text bare = name;
    while (bare.size > 0 &&
           (char_is_digit(bare.data[bare.size - 1]) || bare.data[bare.size - 1] == ' '))
        bare.size--;
    const char *iana = locale ? locale_windows_zone(locale, name) : NULL;
    if (!iana && locale && bare.size < name.size)
        iana = locale_windows_zone(locale, bare);
    return iana ? zones_find(zones, text_of(iana)) : NULL;
}

struct nickname {
    const char *name, *iana;
};

static const struct zone *find_nickname(struct zones *zones, struct text name,
                                        const struct nickname *nicknames, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text_is_nocase(name, nicknames[i].name))
            return text_is(text_of(nicknames[i].iana), "UTC")
                       ? zones_utc(zones)
                       : zones_find(zones, text_of(nicknames[i].iana));
    return NULL;
}

/* Names that some programs write and no table holds. */
static const struct zone *find_known(struct zones *zones, struct text name)
{
    static const struct nickname nicknames[] = {
        {"Z", "UTC"},
        {"tzone://Microsoft/Utc", "UTC"},
        {"Coordinated Universal Time", "UTC"},
        {"JST", "Asia/Tokyo"},
        {"CEST", "Europe/Paris"},
        {"Central European Time", "Europe/Paris"},
        {"Japan Standard Time", "Asia/Tokyo"},
        {"東京 (標準時)", "Asia/Tokyo"},
        {"大阪、札幌、東京", "Asia/Tokyo"},
        {"Pacific Time (US & Canada)", "America/Los_Angeles"},
        {"Mountain Time (US & Canada)", "America/Denver"},
        {"Central Time (US & Canada)", "America/Chicago"},
        {"Eastern Time (US & Canada)", "America/New_York"},
        {"Pacific Time (US and Canada)", "America/Los_Angeles"},
        {"Mountain Time (US and Canada)", "America/Denver"},
        {"Central Time (US and Canada)", "America/Chicago"},
        {"Eastern Time (US and Canada)", "America/New_York"},
        {"Atlantic Time (Canada)", "America/Halifax"},
    };
    return find_nickname(zones, name, nicknames, sizeof nicknames / sizeof *nicknames);
}

/* Names that say less; a VTIMEZONE beside them knows better. Notes and Domino write the first. */
static const struct zone *find_loose(struct zones *zones, struct text name)
{
    static const struct nickname nicknames[] = {
        {"Western/Central Europe", "Europe/Paris"},
        {"Eastern", "America/New_York"},
        {"Central", "America/Chicago"},
        {"Mountain", "America/Denver"},
        {"Pacific", "America/Los_Angeles"},
        {"Greenwich Mean Time", "UTC"},
        {"KST", "Asia/Seoul"},
        {"WEST", "Europe/Lisbon"},
        {"EEST", "Europe/Athens"},
        {"BST", "Europe/London"},
        {"EDT", "America/New_York"},
        {"CDT", "America/Chicago"},
        {"MDT", "America/Denver"},
        {"PST", "America/Los_Angeles"},
        {"PDT", "America/Los_Angeles"},
    };
    return find_nickname(zones, name, nicknames, sizeof nicknames / sizeof *nicknames);
}

/* "Asia-Tokyo", "Europe_Paris"; "Asia/Tokyo (JST)"; "Central European Time (Europe/Paris)". */
static const struct zone *find_variant(struct zones *zones, struct text name)
{
    char slashed[NAME_BYTES_MAX + 1];
    size_t open = text_find(name, TEXT(" (")), mark = 0;
    if (open > 0 && open < name.size) {
        const struct zone *zone = zones_find(zones, text_slice(name, 0, open));
        struct text inner = text_from(name, open + 2);
        return zone ? zone : zones_find(zones, text_slice(inner, 0, text_find_char(inner, ')')));
    }
    while (mark < name.size && name.data[mark] != '-' && name.data[mark] != '_')
        mark++;
    if (mark < 4 || mark == name.size || name.size > NAME_BYTES_MAX)
        return NULL;
    memcpy(slashed, name.data, name.size);
    slashed[mark] = '/';
    return zones_find(zones, (struct text){slashed, name.size});
}

/* Names that stand above a VTIMEZONE. */
static const struct zone *find_firm(struct zones *zones, struct locale *locale, struct text name)
{
    int32_t offset_sec;
    struct text rest;
    const struct zone *zone = NULL;
    if (name.size == 0)
        return NULL;
    if (text_is_nocase(name, "UTC") || text_is_nocase(name, "Etc/UTC") ||
        text_is_nocase(name, "GMT"))
        return zones_utc(zones);
    zone = zones_find(zones, name);
    if (!zone)
        zone = find_path(zones, name);
    if (!zone)
        zone = find_windows(zones, locale, name);
    if (!zone)
        zone = find_known(zones, name);
    if (!zone && !text_starts(name, "(") && find_offset(name, &offset_sec, &rest))
        zone = offset_sec ? zones_fixed(zones, offset_sec) : zones_utc(zones);
    return zone;
}

const struct zone *tzid_named(struct zones *zones, struct locale *locale, struct text name)
{
    const struct zone *zone = find_firm(zones, locale, name);
    if (!zone)
        zone = find_loose(zones, name);
    return zone ? zone : find_variant(zones, name);
}

/* Two days that show which clock a zone is on, 15 January and 15 July 2026. */
static const int64_t winter_sec = 1768435200, summer_sec = 1784073600;

static int32_t offset_at(const struct zone *zone, int64_t sec)
{
    return zone_state_at(zone, instant_from_sec(sec)).offset_sec;
}

/* One city of an Outlook label in every continent of the zone database, if its winter or summer
 * offset is the one in the label.                                                                */
static const struct zone *find_city(struct zones *zones, struct text city, bool has_offset,
                                    int32_t offset_sec)
{
    static const char *const continents[] = {"Europe",  "Asia",      "America",  "Africa",
                                             "Pacific", "Australia", "Atlantic", "Indian"};
    char name[64];
    if (city.size == 0 || city.size > sizeof name - 16)
        return NULL;
    for (size_t i = 0; i < sizeof continents / sizeof *continents; i++) {
        size_t start = strlen(continents[i]);
        memcpy(name, continents[i], start);
        name[start] = '/';
        for (size_t k = 0; k < city.size; k++)
            name[start + 1 + k] = city.data[k] == ' ' ? '_' : city.data[k];
        const struct zone *zone = zones_find(zones, (struct text){name, start + 1 + city.size});
        if (zone && (!has_offset || offset_at(zone, winter_sec) == offset_sec ||
                     offset_at(zone, summer_sec) == offset_sec))
            return zone;
    }
    return NULL;
}

/* Whether the calendar's own zone is called after one of the cities. */
static bool is_among(const struct zone *zone, struct text cities)
{
    struct text name = text_of(zone_name(zone));
    size_t slash = text_find_char(name, '/');
    struct text city = text_from(name, slash + 1);
    return slash < name.size && city.size > 0 && text_find(cities, city) < cities.size;
}

/* What the clock shows outside summer time, of which the south has its own. */
static int32_t standard_offset(const struct zone *zone)
{
    int32_t winter = offset_at(zone, winter_sec), summer = offset_at(zone, summer_sec);
    return winter < summer ? winter : summer;
}

/* "(UTC+01:00) Bruxelles, Copenhague, Madrid, Paris", "(GMT+01.00) Sarajevo/Warsaw/Zagreb". Of
 * several cities people want to read their own. The offset of a label is that of standard time, so
 * the calendar's own zone, where it fits, says more than the bare offset.                        */
static const struct zone *find_label(struct zones *zones, struct locale *locale, struct text name,
                                     const struct zone *fallback)
{
    int32_t offset_sec = 0;
    struct text cities;
    bool has_offset = find_offset(name, &offset_sec, &cities);
    if (!has_offset)
        cities = name;
    const struct zone *zone = has_offset ? tzid_named(zones, locale, cities) : NULL;
    if (!zone && has_offset && is_among(fallback, cities))
        zone = fallback;
    for (size_t i = 0, start = 0; !zone && i <= cities.size; i++)
        if (i == cities.size || strchr(",/;", cities.data[i])) {
            struct text city = text_trim(text_slice(cities, start, i - start));
            zone = find_city(zones, city, has_offset, offset_sec);
            start = i + 1;
        }
    if (!zone && has_offset && standard_offset(fallback) == offset_sec)
        zone = fallback;
    if (!zone && has_offset)
        zone = offset_sec ? zones_fixed(zones, offset_sec) : zones_utc(zones);
    return zone;
}

static struct tzid_entry *find_entry(struct tzids *tzids, struct text name)
{
    if (tzids->last < tzids->entries.count &&
        text_equal(tzids->entries.items[tzids->last].name, name))
        return &tzids->entries.items[tzids->last];
    for (size_t i = 0; i < tzids->entries.count; i++)
        if (text_equal(tzids->entries.items[i].name, name)) {
            tzids->last = i;
            return &tzids->entries.items[i];
        }
    return NULL;
}

static struct tzid_entry *add_entry(struct tzids *tzids, struct text name)
{
    char *copy = arena_copy_text(tzids->arena, name);
    struct tzid_entry *entry = copy ? list_add(tzids->arena, &tzids->entries) : NULL;
    if (entry)
        entry->name = (struct text){copy, name.size};
    return entry;
}

int tzids_define(struct tzids *tzids, struct text raw_name, const struct zone *zone,
                 struct text location)
{
    char buffer[NAME_BYTES_MAX + 1];
    struct text name = normalise(raw_name, buffer);
    struct tzid_entry *entry = find_entry(tzids, name);
    if (!entry && tzids->entries.count >= ENTRIES_MAX)
        return 0;
    if (!entry)
        entry = add_entry(tzids, name);
    if (!entry)
        return -ENOMEM;
    if (!entry->written)
        entry->written = zone;
    if (!entry->location && location.size > 0) {
        entry->location = arena_copy_text(tzids->arena, location);
        if (!entry->location)
            return -ENOMEM;
    }
    return 0;
}

bool tzids_is_defined(struct tzids *tzids, struct text raw_name)
{
    char buffer[NAME_BYTES_MAX + 1];
    const struct tzid_entry *entry = find_entry(tzids, normalise(raw_name, buffer));
    return entry && entry->written;
}

bool tzids_has_nameless(const struct tzids *tzids)
{
    for (size_t i = 0; i < tzids->entries.count; i++)
        if (tzids->entries.items[i].name.size == 0)
            return tzids->entries.items[i].written;
    return false;
}

/* ret_how: how it was guessed, or NULL for a name that needs no guess. */
static const struct zone *resolve(struct tzids *tzids, const struct tzid_entry *entry,
                                  const char **ret_how)
{
    const struct zone *zone = find_firm(tzids->zones, tzids->locale, entry->name);
    *ret_how = NULL;
    if (zone) {
        *ret_how = text_is(entry->name, zone_name(zone)) || zone == zones_utc(tzids->zones)
                       ? NULL
                       : "its name";
        return zone;
    }
    *ret_how = "the X-LIC-LOCATION beside it";
    zone =
        entry->location ? tzid_named(tzids->zones, tzids->locale, text_of(entry->location)) : NULL;
    if (zone)
        return zone;
    *ret_how = "the VTIMEZONE in the file";
    if (entry->written)
        return entry->written;
    *ret_how = "its name";
    zone = tzid_named(tzids->zones, tzids->locale, entry->name);
    if (zone)
        return zone;
    *ret_how = "the places in its name";
    zone = find_label(tzids->zones, tzids->locale, entry->name, tzids->fallback);
    if (zone)
        return zone;
    *ret_how = "the calendar's own zone, for want of a better guess";
    return tzids->fallback;
}

/* Tells of a VTIMEZONE that is on another clock than the zone of its name. */
static void check_written(struct tzids *tzids, const struct tzid_entry *entry,
                          struct contentline_place place)
{
    char named[32], written[32];
    int64_t sec = winter_sec;
    if (!entry->written || entry->written == entry->zone)
        return;
    if (offset_at(entry->zone, sec) == offset_at(entry->written, sec))
        sec = summer_sec;
    if (offset_at(entry->zone, sec) == offset_at(entry->written, sec))
        return;
    zone_format_rfc3339(entry->zone, instant_from_sec(sec), named);
    zone_format_rfc3339(entry->written, instant_from_sec(sec), written);
    flaws_add(tzids->flaws, SEVERITY_WARNING, place.line, place.column, tzids->advice,
              "the VTIMEZONE \"%.*s\" in the file contradicts its name: %s there, %s in %s; the "
              "name holds",
              (int)entry->name.size, entry->name.data, written, named, zone_name(entry->zone));
}

int tzids_find(struct tzids *tzids, struct text raw_name, struct contentline_place place,
               const struct zone **ret)
{
    char buffer[NAME_BYTES_MAX + 1];
    struct text name = normalise(raw_name, buffer);
    struct tzid_entry *entry = find_entry(tzids, name);
    if (entry && entry->zone) {
        *ret = entry->zone;
        return 0;
    }
    struct tzid_entry passing = {.name = name};
    if (!entry && tzids->entries.count >= ENTRIES_MAX)
        entry = &passing; /* a file with that many zones is an attack: no memory for it */
    if (!entry)
        entry = add_entry(tzids, name);
    if (!entry)
        return -ENOMEM;
    const char *how;
    entry->zone = resolve(tzids, entry, &how);
    if (how)
        flaws_add(tzids->flaws, SEVERITY_WARNING, place.line, place.column, tzids->advice,
                  "the time zone \"%.*s\" is read as %s, from %s", (int)name.size, name.data,
                  zone_name(entry->zone), how);
    check_written(tzids, entry, place);
    *ret = entry->zone;
    return 0;
}
