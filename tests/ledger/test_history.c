/* SPDX-License-Identifier: MIT */
/* A history that is read a few rows at a time is the one that is read at once. */
#include "rig.h"

static const struct facts *make_facts(struct rig *rig, const char *title)
{
    struct event event = {.uid = "uid", .feed = "japon", .source = "japon.ics"};
    event.summary.any = title;
    struct occurrence occurrence = {
        .key = "uid",
        .when = {.start = DAY(20), .end = DAY(21), .zone = zones_utc(rig->zones)},
        .event = &event};
    struct facts *facts = arena_alloc(rig->arena, sizeof *facts);
    REQUIRE(facts && facts_of(rig->arena, &occurrence, facts) == 0);
    return facts;
}

static void owe(struct rig *rig, const char *contact, const char *step, const char *facts)
{
    int64_t id;
    const struct notice notice = {.occurrence = "uid",
                                  .step = step,
                                  .contact = contact,
                                  .kind = NOTICE_REMINDER,
                                  .state = NOTICE_OWED,
                                  .rule = "rule",
                                  .facts = facts,
                                  .due = DAY(2),
                                  .expires = DAY(9),
                                  .zone = "Asia/Tokyo"};
    REQUIRE(ledger_owe(rig->ledger, &notice, "because", DAY(2), &id) == 0);
}

/* Contacts come to be known in the order of `order`. */
static void fill(struct rig *rig, const char *order)
{
    const struct facts *facts = make_facts(rig, "Réunion");
    const struct sighting sighting = {.occurrence = "uid",
                                      .feed = "japon",
                                      .first_seen = DAY(1),
                                      .quiet_since = DAY(2),
                                      .restless_since = DAY(1),
                                      .wording = "0123456789abcdef",
                                      .missing_since = INSTANT_UNSET,
                                      .facts = facts};
    BEGIN(*rig);
    REQUIRE(ledger_keep_sighting(rig->ledger, &sighting) == 0);
    for (const char *c = order; *c; c++) {
        const char *contact = arena_printf(rig->arena, "%c@example.org", *c);
        owe(rig, contact, "reminder-7d", facts->id);
        if (*c % 2)
            owe(rig, contact, "invitation", facts->id);
        if (*c % 3)
            REQUIRE(ledger_tell(rig->ledger, "uid", contact, facts->id, 0, false, DAY(3)) == 0);
    }
    COMMIT(*rig);
}

static const char *in_words(struct rig *rig, const struct history *history)
{
    const struct sighting *sighting = &history->sighting;
    const char *words = arena_printf(rig->arena, "%s %s:", sighting->wording,
                                     instant_equal(sighting->restless_since, DAY(1)) ? "1" : "?");
    for (size_t i = 0; i < history->told_count; i++)
        words = arena_printf(rig->arena, "%s %c", words, history->told[i].contact[0]);
    for (size_t i = 0; i < history->notice_count; i++) {
        const struct notice *n = &history->notices[i];
        CHECK_STRING(n->rule, "rule");
        CHECK_STRING(n->zone, "Asia/Tokyo");
        words = arena_printf(rig->arena, "%s, %c-%c", words, n->contact[0], n->step[0]);
    }
    return words;
}

TEST(slices_make_the_whole)
{
    static const char *const orders[] = {"abcdefg", "gfedcba", "cadbgef", "a", ""};
    static const char *const wants[] = {
        "0123456789abcdef 1: a b d e g, a-i, a-r, b-r, c-i, c-r, d-r, e-i, e-r, f-r, g-i, g-r",
        "0123456789abcdef 1: a b d e g, a-i, a-r, b-r, c-i, c-r, d-r, e-i, e-r, f-r, g-i, g-r",
        "0123456789abcdef 1: a b d e g, a-i, a-r, b-r, c-i, c-r, d-r, e-i, e-r, f-r, g-i, g-r",
        "0123456789abcdef 1: a, a-i, a-r", "0123456789abcdef 1:"};
    for (int i = 0; i < 5; i++) {
        RIG rig;
        rig_init(&rig);
        fill(&rig, orders[i]);
        struct history whole;
        CHECK_ROW(orders[i]);
        REQUIRE(ledger_history(rig.ledger, rig.arena, rig.zones, "uid", &whole) == 0);
        CHECK_STRING(in_words(&rig, &whole), wants[i]);
        for (size_t rows = 1; rows < 13; rows++) {
            struct history_reading *reading;
            struct history history = {0};
            bool is_done = false;
            REQUIRE(ledger_history_open(rig.ledger, rig.arena, rig.zones, "uid", SIZE_MAX,
                                        &reading) == 0);
            for (int k = 0; k < 40 && !is_done; k++)
                REQUIRE(ledger_history_read(reading, rows, &history, &is_done) == 0);
            CHECK(is_done);
            CHECK_STRING(in_words(&rig, &history), wants[i]);
        }
    }
}

TEST(nothing_is_known_of_it)
{
    RIG rig;
    rig_init(&rig);
    struct history_reading *reading;
    struct history history;
    bool is_done = false;
    REQUIRE(ledger_history_open(rig.ledger, rig.arena, rig.zones, "uid", SIZE_MAX, &reading) == 0);
    REQUIRE(ledger_history_read(reading, 10, &history, &is_done) == 0);
    CHECK(is_done && !history.has_sighting);
    CHECK_INT(history.told_count + history.notice_count, 0);
}

/* Cut anywhere, the parts are the whole: of lists, and of an outline. */
TEST(parts_make_the_whole)
{
    static const char *const orders[] = {"abcdefg", "cadbgef", "a", ""};
    static const char *const untils[] = {"a", "b@example.org", "c@zz", "c@zzz", "f@example.org"};
    for (size_t row = 0; row < 4; row++) {
        RIG rig;
        rig_init(&rig);
        fill(&rig, orders[row]);
        struct history whole;
        REQUIRE(ledger_history(rig.ledger, rig.arena, rig.zones, "uid", &whole) == 0);
        for (int is_outline = 0; is_outline < 2; is_outline++) {
            size_t told = 0, notice = 0;
            struct history_reading *reading;
            struct history history = {0};
            bool is_done = false;
            CHECK_ROW(orders[row]);
            REQUIRE(ledger_history_open(rig.ledger, rig.arena, rig.zones, "uid",
                                        is_outline ? 1 : 100, &reading) == 0);
            for (int k = 0; k < 40 && !is_done; k++)
                REQUIRE(ledger_history_read(reading, 2, &history, &is_done) == 0);
            REQUIRE(is_done);
            CHECK(history.has_sighting);
            if (row < 2) {
                CHECK_INT(history.told_count, is_outline ? 1 : whole.told_count);
                CHECK_INT(history.notice_count, is_outline ? 1 : whole.notice_count);
            }
            for (size_t i = 0; i < 6; i++) {
                struct history part;
                REQUIRE(ledger_history_part(reading, rig.arena, i < 5 ? untils[i] : NULL, &part) ==
                        0);
                for (size_t k = 0; k < part.told_count; k++, told++)
                    CHECK_STRING(part.told[k].contact, whole.told[told].contact);
                for (size_t k = 0; k < part.notice_count; k++, notice++) {
                    CHECK_STRING(part.notices[k].contact, whole.notices[notice].contact);
                    CHECK_STRING(part.notices[k].step, whole.notices[notice].step);
                    CHECK(i == 5 || strcmp(part.notices[k].contact, untils[i]) < 0);
                }
            }
            CHECK_INT(told, whole.told_count);
            CHECK_INT(notice, whole.notice_count);
        }
    }
}

/* What is written between two slices is in it or not, and never twice or broken. */
TEST(others_write_in_between)
{
    RIG rig;
    rig_init(&rig);
    fill(&rig, "abcdefg");
    struct history_reading *reading;
    struct history history = {0};
    bool is_done = false;
    REQUIRE(ledger_history_open(rig.ledger, rig.arena, rig.zones, "uid", SIZE_MAX, &reading) == 0);
    for (int k = 0; k < 40 && !is_done; k++) {
        REQUIRE(ledger_history_read(reading, 3, &history, &is_done) == 0);
        BEGIN(rig);
        owe(&rig, "a@example.org", arena_printf(rig.arena, "x%d", k), NULL);
        owe(&rig, "g@example.org", arena_printf(rig.arena, "x%d", k), NULL);
        COMMIT(rig);
    }
    REQUIRE(is_done);
    for (size_t i = 1; i < history.notice_count; i++) {
        const struct notice *x = &history.notices[i - 1], *y = &history.notices[i];
        int order = strcmp(x->contact, y->contact);
        CHECK(order < 0 || (order == 0 && strcmp(x->step, y->step) < 0));
    }
    CHECK(history.notice_count >= 11);
}

CHECK_MAIN
