/* SPDX-License-Identifier: MIT */
/* Since when the ledger knows steps and lists, over upgrades and moves. */
#include "app/births.h"

#include "../ledger/rig.h"

enum { LISTS_MAX = 3 };

static struct instant born(const struct births *births, const char *source)
{
    for (size_t i = 0; i < births->list_count; i++)
        if (string_equal(births->lists[i].source, source))
            return births->lists[i].at;
    return INSTANT_UNSET;
}

static void note_lists(struct rig *rig, const char *const *sources, struct instant now,
                       struct births *ret)
{
    struct contacts_settings lists[LISTS_MAX] = {0};
    struct settings settings = {.contacts = lists};
    for (size_t i = 0; i < LISTS_MAX && sources[i]; i++)
        lists[settings.contacts_count++].source = sources[i];
    BEGIN(*rig);
    CHECK_INT(births_note(rig->arena, rig->ledger, &settings, now, ret), 0);
    COMMIT(*rig);
}

/* The ledger is born on day 0; some lists stand there on day 1, others on day 5. */
TEST(lists)
{
    static const struct {
        const char *title;
        const char *before[LISTS_MAX], *after[LISTS_MAX];
        int days[LISTS_MAX]; /* births of those after */
    } cases[] = {
        {"first start, or a version before births", {NULL}, {"a", "b"}, {0, 0}},
        {"nothing changes", {"a", "b"}, {"a", "b"}, {0, 0}},
        {"one more", {"a"}, {"b", "a"}, {5, 0}},
        {"one goes", {"a", "b"}, {"b"}, {0}},
        {"moved", {"a", "b"}, {"a", "c"}, {0, 0}},
        {"split", {"a"}, {"b", "c"}, {0, 0}},
        {"all in one", {"a", "b"}, {"c"}, {0}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        RIG rig;
        rig_init(&rig);
        struct births births;
        CHECK_ROW(cases[i].title);
        note_lists(&rig, cases[i].before, DAY(1), &births);
        note_lists(&rig, cases[i].after, DAY(5), &births);
        for (size_t k = 0; k < LISTS_MAX && cases[i].after[k]; k++)
            CHECK(instant_equal(born(&births, cases[i].after[k]), DAY(cases[i].days[k])));
    }
    CHECK_ROW(NULL);
}

/* A place is taken once: what comes beside it later is new, and so is the old name. */
TEST(a_moved_list_moves_once)
{
    RIG rig;
    rig_init(&rig);
    struct births births;
    note_lists(&rig, (const char *[LISTS_MAX]){"a"}, DAY(1), &births);
    note_lists(&rig, (const char *[LISTS_MAX]){"b"}, DAY(2), &births);
    note_lists(&rig, (const char *[LISTS_MAX]){"b", "a", "c"}, DAY(3), &births);
    CHECK(instant_equal(born(&births, "b"), DAY(0)));
    CHECK(instant_equal(born(&births, "a"), DAY(3)));
    CHECK(instant_equal(born(&births, "c"), DAY(3)));
}

/* An older version wrote no more than the names of rule and step. */
TEST(steps_of_an_older_version)
{
    RIG rig;
    rig_init(&rig);
    struct births births;
    struct instant at;
    struct step_settings step = {.id = "invitation"};
    struct rule_settings rule = {.name = "groupe-pays", .steps = &step, .step_count = 1};
    const struct settings settings = {.rules = &rule, .rule_count = 1};
    static const struct {
        const char *category;
        int noted, day;
    } cases[] = {{"Pays", 5, 1}, {"Pays", 6, 1}, {"Ateliers", 7, 7}, {"Pays", 8, 1}};
    BEGIN(rig);
    CHECK_INT(ledger_birth(rig.ledger, "step", "groupe-pays/invitation", DAY(1), &at), 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        rule.category = cases[i].category;
        REQUIRE(births_note(rig.arena, rig.ledger, &settings, DAY(cases[i].noted), &births) == 0);
        REQUIRE(births.step_count == 1);
        CHECK(instant_equal(births.steps[0].at, DAY(cases[i].day)));
    }
    COMMIT(rig);
}

/* With other days or another name it is a new one. */
TEST(newsletters)
{
    RIG rig;
    rig_init(&rig);
    static const struct {
        const char *name, *every;
        int noted, day;
    } cases[] = {{"lettre", "FREQ=DAILY", 1, 1},
                 {"lettre", "FREQ=DAILY", 2, 1},
                 {"lettre", "FREQ=WEEKLY", 3, 3},
                 {"autre", "FREQ=DAILY", 4, 4},
                 {"lettre", "FREQ=DAILY", 5, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct births births;
        const struct newsletter_settings letter = {.name = cases[i].name, .every = cases[i].every};
        const struct settings settings = {.newsletters = &letter, .newsletter_count = 1};
        CHECK_ROW(cases[i].every);
        BEGIN(rig);
        REQUIRE(births_note(rig.arena, rig.ledger, &settings, DAY(cases[i].noted), &births) == 0);
        COMMIT(rig);
        CHECK(instant_equal(births.newsletters[0], DAY(cases[i].day)));
    }
}

CHECK_MAIN
