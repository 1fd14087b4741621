/* SPDX-License-Identifier: MIT */
#include "app/system_zone.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct zone *system_zone(struct zones *zones)
{
    const char *tz = getenv("TZ");
    const struct zone *zone = NULL;
    if (!string_is_empty(tz))
        zone = zones_find(zones, text_of(*tz == ':' ? tz + 1 : tz));
    char target[PATH_MAX];
    ssize_t size = zone ? -1 : readlink("/etc/localtime", target, sizeof target);
    if (size > 0) {
        struct text path = {target, (size_t)size};
        size_t at = text_find(path, TEXT("zoneinfo/"));
        zone = zones_find(zones, text_from(path, at + strlen("zoneinfo/")));
    }
    return zone ? zone : zones_utc(zones);
}
