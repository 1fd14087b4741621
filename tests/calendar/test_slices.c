/* SPDX-License-Identifier: MIT */
/* A feed that is read, and expanded, in slices of any size says what it says in one piece: the same
 * occurrences, the same flaws, or the same refusal.                                              */
#include <glob.h>

#include "base/file.h"
#include "calendars.h"

static const char *const inlines[] = {
    "",
    "<html>",
    "BEGIN:VCALENDAR\nEND:VCALENDAR\n",
    "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\n", /* cut off */
    "BEGIN:VEVENT\nEND:VEVENT\n",
    "outside\nBEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nDTSTART:20260301T100000Z\nSUMMARY:A\n"
    "RRULE:FREQ=DAILY;COUNT=500\nEND:VEVENT\nBEGIN:VEVENT\nUID:a\n"
    "RECURRENCE-ID:20260302T100000Z\nDTSTART:20260302T120000Z\nSUMMARY:B\nEND:VEVENT\n"
    "BEGIN:VEVENT\nUID:b\nDTSTART:nonsense\nEND:VEVENT\nEND:VCALENDAR\n"
    "BEGIN:VCALENDAR\nX-WR-TIMEZONE:Asia/Tokyo\nBEGIN:VEVENT\nUID:c\nDTSTART:20260401T090000\n"
    "END:VEVENT\nEND:VCALENDAR\n",
};

static int parse(struct calendars_fixture *f, struct text raw, size_t max)
{
    const struct feed_options options = {.name = "test",
                                         .source = "test.ics",
                                         .zones = f->zones,
                                         .locale = f->locale,
                                         .zone = zones_find(f->zones, TEXT("Europe/Paris"))};
    struct feed_reading *reading = NULL;
    bool is_done = false;
    int r = feed_open(f->arena, raw, &options, &f->flaws, &reading);
    while (!r && !is_done)
        r = feed_step(reading, max, &f->feed, &is_done);
    feed_close(reading);
    return r;
}

static struct occurrences expand(struct calendars_fixture *f, size_t max)
{
    struct occurrences list;
    struct expansion *expansion;
    bool is_done = false;
    REQUIRE(expansion_open(f->arena, f->feed, calendars_instant("2020-01-01T00:00:00Z"),
                           calendars_instant("2028-01-01T00:00:00Z"), &f->flaws, &expansion) == 0);
    while (!is_done)
        REQUIRE(expansion_step(expansion, max, &list, &is_done) == 0);
    expansion_close(expansion);
    return list;
}

static const char *describe(struct calendars_fixture *f, struct text raw, size_t max)
{
    const char *shown = "";
    size_t aside = 0;
    flaws_init(&f->flaws, f->arena, "test.ics");
    int r = max ? parse(f, raw, max) : calendars_parse(f, raw, "Europe/Paris");
    if (!r) {
        feed_set_aside(f->feed, &aside);
        shown = calendars_show(
            f, max ? expand(f, max)
                   : calendars_expand(f, "2020-01-01T00:00:00Z", "2028-01-01T00:00:00Z"));
    }
    return arena_printf(f->arena, "%d %zu %s%s", r, aside, shown, calendars_flaws(f));
}

static void check(struct text raw)
{
    static const size_t sizes[] = {1, 7, 300, 5000, SIZE_MAX};
    struct calendars_fixture f;
    calendars_init(&f);
    const char *whole = describe(&f, raw, 0);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        CHECK_STRING(describe(&f, raw, sizes[i]), whole);
    calendars_done(&f);
}

TEST(any_slices_say_the_same)
{
    for (size_t i = 0; i < sizeof inlines / sizeof *inlines; i++) {
        CHECK_ROW(inlines[i]);
        check(text_of(inlines[i]));
    }
}

TEST(feeds_of_real_programs_in_slices)
{
    glob_t files = {0};
    REQUIRE(glob(CONVIER_TESTS "/fuzz/corpus/feed/*", 0, NULL, &files) == 0);
    REQUIRE(glob(CONVIER_TESTS "/fuzz/corpus/expand/*", GLOB_APPEND, NULL, &files) == 0);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        CLEANUP_BUF struct buf raw = BUF_INIT(1 << 24);
        CHECK_ROW(files.gl_pathv[i]);
        REQUIRE(file_read(files.gl_pathv[i], &raw) == 0);
        check(buf_text(&raw));
    }
    globfree(&files);
}

/* Each slice does a part of the work. */
TEST(a_slice_is_short)
{
    CLEANUP_BUF struct buf raw = BUF_INIT(1 << 24);
    struct calendars_fixture f;
    bool is_done = false;
    int steps = 0;
    calendars_init(&f);
    buf_add_string(&raw, "BEGIN:VCALENDAR\n");
    for (int i = 0; i < 500; i++)
        buf_printf(&raw, "BEGIN:VEVENT\nUID:%d\nDTSTART:20260301T100000Z\nEND:VEVENT\n", i);
    buf_add_string(&raw, "END:VCALENDAR\n");
    const struct feed_options options = {.name = "test",
                                         .zones = f.zones,
                                         .locale = f.locale,
                                         .zone = zones_find(f.zones, TEXT("Europe/Paris"))};
    struct feed_reading *reading;
    REQUIRE(feed_open(f.arena, buf_text(&raw), &options, &f.flaws, &reading) == 0);
    for (; !is_done; steps++)
        REQUIRE(feed_step(reading, raw.size / 20, &f.feed, &is_done) == 0);
    feed_close(reading);
    CHECK_INT(feed_event_count(f.feed), 500);
    CHECK(steps > 40 && steps < 80);
    struct occurrences list;
    struct expansion *expansion;
    REQUIRE(expansion_open(f.arena, f.feed, calendars_instant("2026-01-01T00:00:00Z"),
                           calendars_instant("2027-01-01T00:00:00Z"), &f.flaws, &expansion) == 0);
    for (is_done = false, steps = 0; !is_done; steps++)
        REQUIRE(expansion_step(expansion, 50, &list, &is_done) == 0);
    expansion_close(expansion);
    CHECK_INT(list.count, 500);
    CHECK(steps > 8 && steps < 20);
    calendars_done(&f);
}

CHECK_MAIN
