/* SPDX-License-Identifier: MIT */
#include "stage.h"

static const struct instant monday = {1000 * USEC_PER_DAY}, tuesday = {1001 * USEC_PER_DAY},
                            friday = {1004 * USEC_PER_DAY};

static struct sighting first(struct stage *s)
{
    struct sighting seen;
    stage_open(s);
    stage_timed(s, "Europe/Paris", "2026-10-05 09:00");
    CHECK(sighting_present(NULL, &s->occurrence, stage_facts(s), monday, &seen));
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
    CHECK(!sighting_present(&seen, &s.occurrence, stage_facts(&s), tuesday, &again));
    stage_close(&s);
}

TEST(an_edit_restarts_the_quiet)
{
    struct stage s;
    struct sighting seen = first(&s), again;
    seen.sequence = 3;
    s.event.location.any = "Lyon";
    CHECK(sighting_present(&seen, &s.occurrence, stage_facts(&s), tuesday, &again));
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
    CHECK(sighting_present(&twice, &s.occurrence, stage_facts(&s), friday, &back));
    CHECK_INT(back.missing_reads, 0);
    CHECK_STRING(back.moved_to, NULL);
    CHECK(instant_equal(back.missing_since, INSTANT_UNSET));
    /* The same facts as before it went: nothing to settle. */
    CHECK(instant_equal(back.quiet_since, monday));
    stage_close(&s);
}

CHECK_MAIN
