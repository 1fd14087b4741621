/* SPDX-License-Identifier: MIT */
/* Every allocation fails once, over the feeds that real programs write: the answer is -ENOMEM (or
 * all went well), nothing leaks, and a feed that was read whole is told whole.                   */
#include "torture.h"

#include "base/file.h"
#include "calendars.h"

enum { FEED_BYTES_MAX = 1 << 20 };

static const char *const feeds[] = {"apple.ics",     "confluence.ics", "google.ics",
                                    "nextcloud.ics", "outlook.ics",    "thunderbird.ics"};

static int read_and_expand(struct calendars_fixture *f, struct text raw, size_t *ret_count)
{
    struct occurrences occurrences = {0};
    struct arena *arena = arena_new(16 << 20);
    struct feed_options options = {.name = "test",
                                   .source = "test.ics",
                                   .zones = f->zones,
                                   .locale = f->locale,
                                   .zone = zones_utc(f->zones)};
    struct feed *feed = NULL;
    struct flaws flaws;
    flaws_init(&flaws, arena, "test.ics");
    int r = arena ? feed_parse(arena, raw, &options, &flaws, &feed) : -ENOMEM;
    if (!r)
        r = expansion_run(arena, feed, calendars_instant("2015-01-01T00:00:00Z"),
                          calendars_instant("2030-01-01T00:00:00Z"), &flaws, &occurrences);
    *ret_count = r ? 0 : occurrences.count;
    arena_free(arena);
    return r;
}

TEST(feeds_of_real_programs)
{
    for (size_t i = 0; i < sizeof feeds / sizeof feeds[0]; i++) {
        CLEANUP_BUF struct buf raw = BUF_INIT(FEED_BYTES_MAX);
        struct calendars_fixture f;
        size_t whole, count;
        char path[256];
        CHECK_ROW(feeds[i]);
        snprintf(path, sizeof path, CONVIER_TESTS "/calendar/feeds/%s", feeds[i]);
        REQUIRE(file_read(path, &raw) == 0);
        calendars_init(&f);
        /* Zones and words are loaded once and stay. */
        REQUIRE(read_and_expand(&f, buf_text(&raw), &whole) == 0 && whole > 0);
        TORTURE(n)
        {
            int r = read_and_expand(&f, buf_text(&raw), &count);
            CHECK(r == 0 || r == -ENOMEM);
            CHECK_INT(count, r ? 0 : whole);
        }
        calendars_done(&f);
    }
}

CHECK_MAIN
