/* room: calendar */
/* SPDX-License-Identifier: MIT */
/* Any bytes as a feed: it is read or refused, and what is read expands within its bounds. */
#include <stdlib.h>

#include "calendar/expansion.h"
#include "calendar/feed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct zones *zones;
    static struct locale *locale;
    if (!zones && (!(zones = zones_new(NULL)) || locale_new(&locale)))
        abort();
    struct arena *arena = arena_new((size_t)512 << 20);
    struct feed_options options = {.name = "fuzz",
                                   .source = "fuzz.ics",
                                   .zones = zones,
                                   .locale = locale,
                                   .zone = zones_find(zones, TEXT("Europe/Paris")),
                                   .category = "Japon"};
    struct flaws flaws;
    struct feed *feed;
    flaws_init(&flaws, arena, "fuzz.ics");
    struct text raw = {(const char *)data, size};
    if (feed_parse(arena, raw, &options, &flaws, &feed) == 0) {
        struct occurrences list;
        struct instant from = instant_from_sec(1767225600), until = instant_from_sec(1798761600);
        if (expansion_run(arena, feed, from, until, &flaws, &list) == 0)
            for (size_t i = 0; i < list.count; i++) {
                const struct occurrence *o = &list.items[i];
                if (!o->key || !o->event || !o->event->uid)
                    abort();
                if (!o->when.is_all_day && instant_before(o->when.end, o->when.start))
                    abort();
                if (i > 0 && instant_before(when_start(&o->when, feed_zone(feed)),
                                            when_start(&list.items[i - 1].when, feed_zone(feed))))
                    abort();
            }
    }
    arena_free(arena);
    return 0;
}
