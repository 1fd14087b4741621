/* SPDX-License-Identifier: MIT */
#include "stage.h"

#define SETTLE (20 * USEC_PER_MIN)

static const struct instant monday = {1000 * USEC_PER_DAY}, tuesday = {1001 * USEC_PER_DAY},
                            friday = {1004 * USEC_PER_DAY};

static struct sighting first(struct stage *s)
{
    struct sighting seen;
    stage_open(s);
    stage_timed(s, "Europe/Paris", "2026-10-05 09:00");
    CHECK(1 == sighting_present(NULL, &s->occurrence, stage_facts(s), SETTLE, monday, &seen));
    return seen;
}

TEST(first_sight)
{
    struct stage s;
    struct sighting seen = first(&s);
    CHECK_STRING(seen.occurrence, "uid");
    CHECK_STRING(seen.feed, "japon");
    CHECK(instant_equal(seen.first_seen, monday) && instant_equal(seen.quiet_since, monday));
    CHECK(instant_equal(seen.missing_since, INSTANT_UNSET));
    CHECK_INT(seen.missing_reads, 0);
    stage_close(&s);
}

TEST(same_again_is_not_written)
{
    struct stage s;
    struct sighting seen = first(&s), again;
    CHECK(!sighting_present(&seen, &s.occurrence, stage_facts(&s), SETTLE, tuesday, &again));
    stage_close(&s);
}

TEST(an_edit_restarts_the_quiet)
{
    struct stage s;
    struct sighting seen = first(&s), again;
    seen.sequence = 3;
    s.event.location.any = "Lyon";
    CHECK(1 == sighting_present(&seen, &s.occurrence, stage_facts(&s), SETTLE, tuesday, &again));
    CHECK(instant_equal(again.first_seen, monday) && instant_equal(again.quiet_since, tuesday));
    CHECK_INT(again.sequence, 3);
    CHECK_STRING(again.facts->location.any, "Lyon");
    stage_close(&s);
}

TEST(absence_is_counted_to_two_and_forgotten_at_return)
{
    struct stage s;
    struct sighting seen = first(&s), once, twice, thrice, back;
    CHECK(sighting_absent(&seen, tuesday, &once));
    CHECK_INT(once.missing_reads, 1);
    CHECK(instant_equal(once.missing_since, tuesday));
    CHECK(sighting_absent(&once, friday, &twice));
    CHECK_INT(twice.missing_reads, 2);
    CHECK(instant_equal(twice.missing_since, tuesday));
    CHECK(!sighting_absent(&twice, friday, &thrice));
    twice.moved_to = "elsewhere";
    CHECK(1 == sighting_present(&twice, &s.occurrence, stage_facts(&s), SETTLE, friday, &back));
    CHECK_INT(back.missing_reads, 0);
    CHECK_STRING(back.moved_to, NULL);
    CHECK(instant_equal(back.missing_since, INSTANT_UNSET));
    /* The same facts as before it went: nothing to settle. */
    CHECK(instant_equal(back.quiet_since, monday));
    stage_close(&s);
}

/* minutes after the first reading: what was edited, and how long the quiet has lasted since */
TEST(edits_of_the_text_prolong_the_quiet_for_a_while)
{
    static const struct {
        const char *name;
        int every, until; /* minutes */
        bool is_fact;
        int quiet_since;
    } rows[] = {
        {"one edit of the text", 10, 10, false, 10},
        {"a text typed for an hour", 10, 60, false, 60},
        {"a text that changes at each reading", 15, 240, false, 105},
        {"a text that changes each minute", 1, 145, false, 119},
        {"a date that changes at each reading", 15, 240, true, 240},
        {"a text edited much later", 240, 240, false, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct stage s;
        struct sighting seen = first(&s), again;
        CHECK_ROW(rows[i].name);
        for (int minute = rows[i].every; minute <= rows[i].until; minute += rows[i].every) {
            const char *words = arena_printf(s.arena, "%d", minute);
            if (rows[i].is_fact)
                s.event.location.any = words;
            else
                s.event.description.any = words;
            struct instant now = instant_add(monday, minute * USEC_PER_MIN);
            REQUIRE(sighting_present(&seen, &s.occurrence, stage_facts(&s), SETTLE, now, &again) ==
                    1);
            seen = again;
        }
        CHECK_INT(instant_diff(seen.quiet_since, monday) / USEC_PER_MIN, rows[i].quiet_since);
        stage_close(&s);
    }
}

TEST(marks_and_categories_matter_and_an_old_ledger_knows_none)
{
    struct stage s;
    struct sighting seen = first(&s), again;
    s.event.marks.audience = "japon";
    CHECK_INT(sighting_present(&seen, &s.occurrence, stage_facts(&s), SETTLE, tuesday, &again), 1);
    CHECK(instant_equal(again.quiet_since, tuesday));
    s.category = "Other";
    CHECK_INT(sighting_present(&again, &s.occurrence, stage_facts(&s), SETTLE, friday, &seen), 1);
    CHECK(instant_equal(seen.quiet_since, friday));
    *seen.wording = '\0';
    seen.quiet_since = monday;
    CHECK_INT(sighting_present(&seen, &s.occurrence, stage_facts(&s), SETTLE, friday, &again), 1);
    CHECK(instant_equal(again.quiet_since, monday));
    CHECK(*again.wording);
    stage_close(&s);
}

CHECK_MAIN
