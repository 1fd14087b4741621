/* SPDX-License-Identifier: MIT */
/* Facts, sightings, told, and all of it as a history. */
#include <errno.h>

#include "rig.h"

static const struct facts *make_facts(struct rig *rig, const char *title, struct instant start)
{
    struct event event = {.uid = "uid-1",
                          .summary.any = title,
                          .location.any = "Mairie de Nancy — 市役所",
                          .link = "https://visio.example.org/a"};
    struct occurrence occurrence = {.key = "uid-1",
                                    .when = {.start = start,
                                             .end = instant_add(start, USEC_PER_HOUR),
                                             .zone = zones_find(rig->zones, TEXT("Europe/Paris"))},
                                    .event = &event};
    struct facts *facts = arena_alloc(rig->arena, sizeof *facts);
    if (!occurrence.when.zone || facts_of(rig->arena, &occurrence, facts))
        abort();
    return facts;
}

static const struct facts *make_day(struct rig *rig, struct civil_date first, struct civil_date end)
{
    struct event event = {.uid = "uid-1", .summary.any = "Rencontres"};
    struct occurrence occurrence = {
        .key = "uid-1",
        .when = {.is_all_day = true, .first_day = first, .end_day = end},
        .event = &event};
    struct facts *facts = arena_alloc(rig->arena, sizeof *facts);
    if (facts_of(rig->arena, &occurrence, facts))
        abort();
    return facts;
}

static struct sighting make_sighting(const char *key, const char *feed, const struct facts *facts)
{
    return (struct sighting){.occurrence = key,
                             .feed = feed,
                             .first_seen = DAY(1),
                             .quiet_since = DAY(2),
                             .missing_since = INSTANT_UNSET,
                             .facts = facts};
}

TEST(facts_come_back_the_same)
{
    RIG rig;
    rig_init(&rig);
    const struct facts *facts = make_facts(&rig, "Réunion — 会議", DAY(20)), *got = NULL;
    BEGIN(rig);
    CHECK_INT(ledger_keep_facts(rig.ledger, facts), 0);
    CHECK_INT(ledger_keep_facts(rig.ledger, facts), 0);
    COMMIT(rig);
    rig_reopen(&rig);
    CHECK_INT(ledger_find_facts(rig.ledger, rig.arena, rig.zones, facts->id, &got), 0);
    REQUIRE(got);
    CHECK_STRING(got->id, facts->id);
    CHECK_STRING(got->text, facts->text);
    CHECK_STRING(got->summary.any, "Réunion — 会議");
    CHECK(when_equal(&got->when, &facts->when));
    CHECK_INT(ledger_find_facts(rig.ledger, rig.arena, rig.zones, "0000000000000000", &got), 0);
    CHECK(got == NULL);
}

TEST(a_sighting_is_replaced)
{
    RIG rig;
    rig_init(&rig);
    const struct facts *before = make_facts(&rig, "Before", DAY(20));
    const struct facts *after = make_facts(&rig, "After", DAY(21));
    struct sighting sighting = make_sighting("uid-1", "japon", before);
    struct history history;
    BEGIN(rig);
    CHECK_INT(ledger_keep_sighting(rig.ledger, &sighting), 0);
    sighting.facts = after;
    sighting.feed = "cuf";
    sighting.quiet_since = DAY(3);
    sighting.missing_since = DAY(4);
    sighting.missing_reads = 2;
    sighting.sequence = 5;
    sighting.moved_to = "uid-9";
    CHECK_INT(ledger_keep_sighting(rig.ledger, &sighting), 0);
    COMMIT(rig);
    REQUIRE(ledger_history(rig.ledger, rig.arena, rig.zones, "uid-1", &history) == 0);
    CHECK(history.has_sighting);
    CHECK_STRING(history.sighting.occurrence, "uid-1");
    CHECK_STRING(history.sighting.feed, "cuf");
    CHECK(instant_equal(history.sighting.first_seen, DAY(1)));
    CHECK(instant_equal(history.sighting.quiet_since, DAY(3)));
    CHECK(instant_equal(history.sighting.missing_since, DAY(4)));
    CHECK_INT(history.sighting.missing_reads, 2);
    CHECK_INT(history.sighting.sequence, 5);
    CHECK_STRING(history.sighting.moved_to, "uid-9");
    CHECK_STRING(history.sighting.facts->id, after->id);
    sighting.missing_since = INSTANT_UNSET;
    sighting.moved_to = NULL;
    BEGIN(rig);
    CHECK_INT(ledger_keep_sighting(rig.ledger, &sighting), 0);
    COMMIT(rig);
    REQUIRE(ledger_history(rig.ledger, rig.arena, rig.zones, "uid-1", &history) == 0);
    CHECK(instant_equal(history.sighting.missing_since, INSTANT_UNSET));
    CHECK_STRING(history.sighting.moved_to, NULL);
}

TEST(sightings_of_a_feed)
{
    RIG rig;
    rig_init(&rig);
    const struct facts *early = make_facts(&rig, "Early", DAY(5)); /* ends DAY(5) + 1 h */
    const struct facts *late = make_facts(&rig, "Late", DAY(50));
    struct sighting rows[] = {
        make_sighting("uid-c", "japon", late), make_sighting("uid-a", "japon", early),
        make_sighting("uid-b", "japon", late), make_sighting("uid-0", "cuf", late)};
    BEGIN(rig);
    for (size_t i = 0; i < 4; i++)
        CHECK_INT(ledger_keep_sighting(rig.ledger, &rows[i]), 0);
    CHECK_INT(ledger_tell(rig.ledger, "uid-0", "anne@x", late->id, 0, false, DAY(1)), 0);
    (void)rig_owe(&rig, rig_notice("uid-c", "invitation", "anne@x", NOTICE_INVITATION));
    COMMIT(rig);
    static const struct {
        const char *title, *feed;
        int64_t since_usec;
        const char *want[4];
    } cases[] = {
        {"all of it", "japon", 0, {"uid-a", "uid-b", "uid-c"}},
        {"at its end", "japon", USEC_PER_HOUR, {"uid-a", "uid-b", "uid-c"}},
        {"after its end", "japon", USEC_PER_HOUR + 1, {"uid-b", "uid-c"}},
        {"another feed", "cuf", 0, {"uid-0"}},
        {"no feed", "none", 0, {NULL}},
        {"of any feed, told or owed", NULL, 0, {"uid-0", "uid-c"}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sightings got;
        size_t want = 0;
        CHECK_ROW(cases[i].title);
        struct instant since = instant_add(DAY(5), cases[i].since_usec);
        REQUIRE(ledger_sightings(rig.ledger, rig.arena, rig.zones, cases[i].feed, since, &got) ==
                0);
        while (cases[i].want[want])
            want++;
        CHECK_INT(got.count, want);
        for (size_t k = 0; k < want && k < got.count; k++) {
            CHECK_STRING(got.items[k].occurrence, cases[i].want[k]);
            CHECK(got.items[k].facts != NULL);
        }
    }
}

TEST(a_date_that_was_told_is_awaited)
{
    RIG rig;
    rig_init(&rig);
    const struct facts *early = make_facts(&rig, "Moved", DAY(5));
    const struct facts *late = make_facts(&rig, "Moved", DAY(50));
    struct sightings got;
    BEGIN(rig);
    for (int i = 0; i < 2; i++) {
        struct sighting told = make_sighting("uid-told", "japon", i ? early : late);
        struct sighting other = make_sighting("uid-other", "japon", i ? early : late);
        CHECK_INT(ledger_keep_sighting(rig.ledger, &told), 0);
        CHECK_INT(ledger_keep_sighting(rig.ledger, &other), 0);
        CHECK_INT(ledger_tell(rig.ledger, "uid-told", "anne@x", late->id, 0, true, DAY(1)), 0);
    }
    COMMIT(rig);
    REQUIRE(ledger_sightings(rig.ledger, rig.arena, rig.zones, "japon", DAY(20), &got) == 0);
    REQUIRE(got.count == 1);
    CHECK_STRING(got.items[0].occurrence, "uid-told");
    CHECK_STRING(got.items[0].facts->id, early->id);
    REQUIRE(ledger_sightings(rig.ledger, rig.arena, rig.zones, "japon", DAY(51), &got) == 0);
    CHECK_INT(got.count, 0);
}

TEST(a_whole_day_ends_last_in_the_west)
{
    RIG rig;
    rig_init(&rig);
    struct sighting sighting = make_sighting(
        "uid-1", "japon",
        make_day(&rig, (struct civil_date){2026, 10, 5}, (struct civil_date){2026, 10, 6}));
    struct sightings got;
    struct instant end =
        instant_from_sec(civil_date_to_days((struct civil_date){2026, 10, 6}) * 86400);
    BEGIN(rig);
    CHECK_INT(ledger_keep_sighting(rig.ledger, &sighting), 0);
    COMMIT(rig);
    CHECK_INT(ledger_sightings(rig.ledger, rig.arena, rig.zones, "japon",
                               instant_add(end, 11 * USEC_PER_HOUR), &got),
              0);
    CHECK_INT(got.count, 1);
    CHECK_INT(ledger_sightings(rig.ledger, rig.arena, rig.zones, "japon",
                               instant_add(end, 13 * USEC_PER_HOUR), &got),
              0);
    CHECK_INT(got.count, 0);
}

static void accept(struct rig *rig, struct notice notice, struct instant now)
{
    struct outcome fine = rig_outcome(VERDICT_ACCEPTED, 250, "250 ok");
    int64_t id = rig_owe(rig, notice);
    CHECK_INT(ledger_claim(rig->ledger, id, "m@x", now), 0);
    CHECK_INT(ledger_outcome(rig->ledger, id, &fine, INSTANT_UNSET, now), 0);
}

TEST(what_was_accepted_was_told)
{
    RIG rig;
    rig_init(&rig);
    const struct facts *old = make_facts(&rig, "Réunion", DAY(20));
    const struct facts *new = make_facts(&rig, "Réunion", DAY(21));
    struct history history;
    BEGIN(rig);
    CHECK_INT(ledger_keep_facts(rig.ledger, old), 0);
    CHECK_INT(ledger_keep_facts(rig.ledger, new), 0);
    struct notice notice =
        rig_notice("uid-1", "save-the-date", "a@example.org", NOTICE_SAVE_THE_DATE);
    notice.facts = old->id;
    accept(&rig, notice, DAY(1));
    COMMIT(rig);
    REQUIRE(ledger_history(rig.ledger, rig.arena, rig.zones, "uid-1", &history) == 0);
    CHECK(!history.has_sighting);
    REQUIRE(history.told_count == 1);
    CHECK_STRING(history.told[0].contact, "a@example.org");
    CHECK_STRING(history.told[0].facts->id, old->id);
    CHECK_INT(history.told[0].sequence, 0);
    CHECK(!history.told[0].was_invited);
    CHECK(instant_equal(history.told[0].first_at, DAY(1)));

    BEGIN(rig);
    notice = rig_notice("uid-1", "invitation", "a@example.org", NOTICE_INVITATION);
    notice.facts = old->id;
    accept(&rig, notice, DAY(2));
    notice = rig_notice("uid-1", "change-1", "a@example.org", NOTICE_CHANGE);
    notice.facts = new->id;
    notice.sequence = 1;
    accept(&rig, notice, DAY(3));
    COMMIT(rig);
    REQUIRE(ledger_history(rig.ledger, rig.arena, rig.zones, "uid-1", &history) == 0);
    REQUIRE(history.told_count == 1);
    CHECK_STRING(history.told[0].facts->id, new->id);
    CHECK_INT(history.told[0].sequence, 1);
    CHECK(history.told[0].was_invited);
    CHECK(instant_equal(history.told[0].first_at, DAY(1)));
    CHECK(instant_equal(history.told[0].at, DAY(3)));
    CHECK_INT(history.notice_count, 3);
}

TEST(only_what_was_accepted_was_told)
{
    static const enum verdict verdicts[] = {VERDICT_DEFERRED, VERDICT_REFUSED, VERDICT_UNCERTAIN};
    RIG rig;
    rig_init(&rig);
    const struct facts *facts = make_facts(&rig, "Réunion", DAY(20));
    struct history history;
    BEGIN(rig);
    CHECK_INT(ledger_keep_facts(rig.ledger, facts), 0);
    for (int i = 0; i < 3; i++) {
        char step[16];
        struct outcome outcome = rig_outcome(verdicts[i], 0, "x");
        snprintf(step, sizeof step, "step-%d", i);
        struct notice notice = rig_notice("uid-1", step, "a@example.org", NOTICE_REMINDER);
        notice.facts = facts->id;
        int64_t id = rig_owe(&rig, notice);
        CHECK_INT(ledger_claim(rig.ledger, id, "m@x", DAY(1)), 0);
        CHECK_INT(ledger_outcome(rig.ledger, id, &outcome, DAY(2), DAY(1)), 0);
    }
    struct notice issue = rig_notice("lettre/2026-10", "issue", "a@example.org", NOTICE_NEWSLETTER);
    accept(&rig, issue, DAY(1)); /* no facts */
    issue.step = "again";
    issue.facts = "fefefefefefefefe"; /* never kept */
    accept(&rig, issue, DAY(1));
    COMMIT(rig);
    REQUIRE(ledger_history(rig.ledger, rig.arena, rig.zones, "uid-1", &history) == 0);
    CHECK_INT(history.told_count, 0);
    CHECK_INT(history.notice_count, 3);
    REQUIRE(ledger_history(rig.ledger, rig.arena, rig.zones, "lettre/2026-10", &history) == 0);
    CHECK_INT(history.told_count, 0);
    CHECK_INT(history.notice_count, 2);
}

TEST(told_in_silence)
{
    RIG rig;
    rig_init(&rig);
    const struct facts *facts = make_facts(&rig, "Réunion", DAY(20));
    struct history history;
    BEGIN(rig);
    CHECK_INT(ledger_keep_facts(rig.ledger, facts), 0);
    CHECK_INT(ledger_tell(rig.ledger, "uid-1", "a@example.org", facts->id, 4, false, DAY(2)), 0);
    COMMIT(rig);
    REQUIRE(ledger_history(rig.ledger, rig.arena, rig.zones, "uid-1", &history) == 0);
    REQUIRE(history.told_count == 1);
    CHECK_INT(history.told[0].sequence, 4);
    CHECK(!history.told[0].was_invited);
    CHECK_INT(history.notice_count, 0);
}

TEST(history_is_sorted_for_a_merge)
{
    static const char *const contacts[] = {"b@example.org", "é@example.org", "Z@example.org",
                                           "a@example.org", "a@example.com"};
    static const char *const sorted[] = {"Z@example.org", "a@example.com", "a@example.org",
                                         "b@example.org", "é@example.org"};
    static const char *const steps[] = {"reminder-7d", "change-1", "invitation"};
    static const char *const sorted_steps[] = {"change-1", "invitation", "reminder-7d"};
    RIG rig;
    rig_init(&rig);
    const struct facts *facts = make_facts(&rig, "Réunion", DAY(20));
    struct history history;
    BEGIN(rig);
    CHECK_INT(ledger_keep_facts(rig.ledger, facts), 0);
    for (int i = 0; i < 5; i++) {
        CHECK_INT(ledger_tell(rig.ledger, "uid-1", contacts[i], facts->id, 0, false, DAY(2)), 0);
        for (int k = 0; k < 3; k++)
            rig_owe(&rig, rig_notice("uid-1", steps[k], contacts[i], NOTICE_REMINDER));
    }
    COMMIT(rig);
    REQUIRE(ledger_history(rig.ledger, rig.arena, rig.zones, "uid-1", &history) == 0);
    REQUIRE(history.told_count == 5);
    REQUIRE(history.notice_count == 15);
    for (int i = 0; i < 5; i++) {
        CHECK_STRING(history.told[i].contact, sorted[i]);
        CHECK(history.told[i].facts == history.told[0].facts); /* parsed once */
        for (int k = 0; k < 3; k++) {
            CHECK_STRING(history.notices[i * 3 + k].contact, sorted[i]);
            CHECK_STRING(history.notices[i * 3 + k].step, sorted_steps[k]);
        }
    }
}

TEST(the_unknown_has_an_empty_history)
{
    RIG rig;
    rig_init(&rig);
    struct history history;
    memset(&history, 0xFF, sizeof history);
    REQUIRE(ledger_history(rig.ledger, rig.arena, rig.zones, "never", &history) == 0);
    CHECK(!history.has_sighting);
    CHECK_INT(history.told_count, 0);
    CHECK_INT(history.notice_count, 0);
}

CHECK_MAIN
