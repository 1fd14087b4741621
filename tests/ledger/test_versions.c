/* SPDX-License-Identifier: MIT */
/* A ledger of every older version opens as today's, with all that was in it. Each version has its
 * golden file, written by that version; a new version adds one and leaves the others alone.      */
#include <sqlite3.h>

#include "base/file.h"
#include "ledger/schema.h"
#include "rig.h"

static void load(const char *path, int version)
{
    char name[512];
    struct buf sql = BUF_INIT(1 << 20);
    sqlite3 *db;
    snprintf(name, sizeof name, "%s/ledger/golden/version-%d.sql", CONVIER_TESTS, version);
    if (file_read(name, &sql)) {
        fprintf(stderr, "%s is missing: write one with this version\n", name);
        abort();
    }
    char *words = NULL;
    if (sqlite3_open(path, &db) || sqlite3_exec(db, sql.data, NULL, NULL, &words)) {
        fprintf(stderr, "%s: %s\n", name, words);
        abort();
    }
    sqlite3_close(db);
    buf_done(&sql);
}

static void check_contents(struct rig *rig)
{
    const char *pause = NULL;
    CHECK_INT(ledger_get(rig->ledger, rig->arena, "pause", &pause), 0);
    CHECK_STRING(pause, "déjeuner");

    struct history history;
    REQUIRE(ledger_history(rig->ledger, rig->arena, rig->zones, "uid-1", &history) == 0);
    CHECK(history.has_sighting);
    CHECK_INT(history.sighting.sequence, 2);
    CHECK_STRING(history.sighting.facts->summary.any, "Réunion — 会議");
    REQUIRE(history.told_count == 1);
    CHECK(history.told[0].was_invited);
    CHECK_INT(history.notice_count, 7);
    const struct notice_filter filter = {.occurrence = "uid-1"};
    struct notices notices;
    REQUIRE(ledger_notices(rig->ledger, rig->arena, &filter, &notices) == 0);
    REQUIRE(notices.count == 7);
    for (size_t i = 0; i < 7; i++) {
        const struct notice *notice = &notices.items[i];
        struct notice_facts life;
        CHECK_ROW(notice->step);
        CHECK_STRING(notice_state_to_text(notice->state), notice->step);
        CHECK_INT(notice->language, LANGUAGE_JA);
        bool was_claimed = notice->state != NOTICE_OWED && notice->state != NOTICE_HELD;
        CHECK_INT(notice->attempts, was_claimed);
        CHECK_STRING(notice->message_id, was_claimed ? "id@convier" : NULL);
        CHECK(instant_equal(notice->claimed, was_claimed ? DAY(2) : INSTANT_UNSET));
        REQUIRE(ledger_life(rig->ledger, rig->arena, notice->id, &life) == 0);
        CHECK_INT(life.items[life.count - 1].state, notice->state);
        CHECK_STRING(life.items[0].text, "30 days before");
    }
    CHECK_ROW(NULL);
    struct spendings spent;
    REQUIRE(ledger_spent(rig->ledger, rig->arena, DAY(0), &spent) == 0);
    REQUIRE(spent.count == 1);
    CHECK(instant_equal(spent.items[0].at, DAY(2)));
    CHECK_INT(spent.items[0].count, 5); /* whatever became of them */
}

static void check_goes_on(struct rig *rig)
{
    size_t count = 0;
    struct text bytes;
    struct notices due;
    BEGIN(*rig);
    CHECK_INT(ledger_settle_claims(rig->ledger, DAY(4), &count), 0);
    CHECK_INT(count, 1);
    CHECK_INT(ledger_approve(rig->ledger, 1, DAY(4), &count), 0);
    CHECK_INT(count, 1);
    COMMIT(*rig);
    REQUIRE(ledger_due(rig->ledger, rig->arena, DAY(4), 9, &due) == 0);
    REQUIRE(due.count == 5); /* owed, claimed, deferred, uncertain, held */
    CHECK_INT(ledger_find_bytes(rig->ledger, rig->arena, due.items[1].id, &bytes), 0);
    CHECK(text_is(bytes, "Subject: x\r\n\r\n"));

    struct contact people[] = {
        {.email = "a@example.org"}, {.email = "b@example.org"}, {.email = "c@example.org"}};
    const struct contact *items[] = {&people[0], &people[1], &people[2]};
    struct contact_list list = {items, 3};
    struct suppressed *opposed;
    REQUIRE(rig_suppressed(rig, &list, NULL, &opposed) == 0);
    CHECK_INT(opposed->members.bits[0], 1 << 1 | 1 << 2); /* c by its hash alone */
}

TEST(every_version_opens)
{
    static const enum ledger_mode modes[] = {LEDGER_DAEMON, LEDGER_COMMAND, LEDGER_MEMORY};
    for (int version = 1; version <= SCHEMA_VERSION; version++)
        for (int m = 0; m < 3; m++) {
            RIG rig;
            rig_init(&rig);
            rig.ledger = ledger_close(rig.ledger);
            snprintf(rig.path, sizeof rig.path, "%s/old", rig.folder);
            load(rig.path, version);
            REQUIRE(rig_open(&rig, modes[m], &rig.ledger) == 0);
            check_contents(&rig);
            check_goes_on(&rig);
        }
}

/* A command that brought it up to date keeps no daemon from its work. */
TEST(the_lock_of_an_upgrade_is_given_back)
{
    RIG rig;
    rig_init(&rig);
    struct ledger *daemon = NULL;
    rig.ledger = ledger_close(rig.ledger);
    snprintf(rig.path, sizeof rig.path, "%s/old", rig.folder);
    load(rig.path, 1);
    REQUIRE(rig_open(&rig, LEDGER_COMMAND, &rig.ledger) == 0);
    CHECK_INT(rig_open(&rig, LEDGER_DAEMON, &daemon), 0);
    ledger_close(daemon);
}

/* Today's tables are the golden ones: a change of the schema without a new version is caught. */
TEST(the_newest_golden_is_todays_schema)
{
    static const char tables[] =
        "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema ORDER BY type, name)";
    RIG rig;
    rig_init(&rig);
    char golden[200], *schemas[2] = {NULL, NULL};
    snprintf(golden, sizeof golden, "%s/golden", rig.folder);
    load(golden, SCHEMA_VERSION);
    const char *paths[] = {rig.path, golden};
    for (int i = 0; i < 2; i++) {
        sqlite3 *db;
        sqlite3_stmt *stmt;
        REQUIRE(sqlite3_open(paths[i], &db) == SQLITE_OK);
        REQUIRE(sqlite3_prepare_v2(db, tables, -1, &stmt, NULL) == SQLITE_OK);
        REQUIRE(sqlite3_step(stmt) == SQLITE_ROW);
        schemas[i] = strdup((const char *)sqlite3_column_text(stmt, 0));
        sqlite3_finalize(stmt);
        sqlite3_close(db);
    }
    CHECK_STRING(schemas[0], schemas[1]);
    free(schemas[0]);
    free(schemas[1]);
}

CHECK_MAIN
