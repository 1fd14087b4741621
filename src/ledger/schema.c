/* SPDX-License-Identifier: MIT */
/* Addresses and occurrence keys are written once and referred to by number, since a meeting's few
 * thousand notices all share them; steps, rules and zones are short and stand in the row.
 * A notice's current state is a column beside its life: the same function writes both. Instants
 * are microseconds of UTC.
 *
 * `ready` is when a notice may leave, for ever later while it is held, and NULL once nothing moves
 * it on by itself: the partial indexes hang on that one column, since SQLite builds a set of the
 * words anew at each change for `state IN (...)`, which cost a third of the time of a message.
 *
 *   notice_key      a notice exists at most once; also all notices of an occurrence
 *   notice_ready    what may leave, in the order in which it should; holds all that the question
 *                   asks of rows it passes over, so a queue of waiting retries costs no row reads
 *   notice_waits    what may leave to one person, for mails that tell several
 *   notice_expires  what may lose its use
 *   notice_sent     what was accepted when, for limits.per_contact
 *
 * Ids are AUTOINCREMENT: the outcome of a message whose notice was erased meanwhile must never
 * land on another one.                                                                           */
#include "ledger/schema.h"

#include <stdio.h>

#include "ledger/query.h"

static const char version_1[] =
    "CREATE TABLE value(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE secret(name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE birth(kind TEXT NOT NULL, name TEXT NOT NULL, at INTEGER NOT NULL,"
    " PRIMARY KEY(kind, name)) STRICT, WITHOUT ROWID;"

    "CREATE TABLE contact(id INTEGER PRIMARY KEY, address TEXT NOT NULL UNIQUE) STRICT;"
    "CREATE TABLE occurrence(id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE) STRICT;"
    "CREATE TABLE facts(id TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT, WITHOUT ROWID;"

    "CREATE TABLE sighting(occurrence INTEGER PRIMARY KEY REFERENCES occurrence,"
    " feed TEXT NOT NULL, first_seen INTEGER NOT NULL, quiet_since INTEGER NOT NULL,"
    " missing_since INTEGER, missing_reads INTEGER NOT NULL, sequence INTEGER NOT NULL,"
    " moved_to TEXT, facts TEXT NOT NULL REFERENCES facts, ends INTEGER NOT NULL) STRICT;"
    "CREATE INDEX sighting_feed ON sighting(feed, ends);"

    "CREATE TABLE told(occurrence INTEGER NOT NULL REFERENCES occurrence,"
    " contact INTEGER NOT NULL REFERENCES contact, facts TEXT NOT NULL REFERENCES facts,"
    " sequence INTEGER NOT NULL, first_at INTEGER NOT NULL, at INTEGER NOT NULL,"
    " was_invited INTEGER NOT NULL, PRIMARY KEY(occurrence, contact)) STRICT, WITHOUT ROWID;"

    "CREATE TABLE hold(id INTEGER PRIMARY KEY AUTOINCREMENT, reason TEXT NOT NULL,"
    " created INTEGER NOT NULL, closed INTEGER) STRICT;"

    "CREATE TABLE notice(id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " occurrence INTEGER NOT NULL REFERENCES occurrence,"
    " contact INTEGER NOT NULL REFERENCES contact, step TEXT NOT NULL, state TEXT NOT NULL,"
    " kind TEXT NOT NULL, lane INTEGER NOT NULL, rule TEXT, template TEXT, facts TEXT,"
    " facts_before TEXT, sequence INTEGER NOT NULL, due INTEGER NOT NULL,"
    " ready INTEGER, expires INTEGER NOT NULL, sent INTEGER, attempts INTEGER NOT NULL,"
    " moves INTEGER NOT NULL, hold INTEGER REFERENCES hold, claimed INTEGER, message_id TEXT, "
    "reply TEXT,"
    " language TEXT NOT NULL, zone TEXT) STRICT;"
    "CREATE UNIQUE INDEX notice_key ON notice(occurrence, contact, step);"
    "CREATE INDEX notice_ready ON notice(lane, due, id, ready, expires)"
    " WHERE ready IS NOT NULL;"
    "CREATE INDEX notice_expires ON notice(expires) WHERE ready IS NOT NULL;"
    "CREATE INDEX notice_sent ON notice(sent) WHERE sent IS NOT NULL;"
    "CREATE INDEX notice_hold ON notice(hold) WHERE hold IS NOT NULL;"

    "CREATE TABLE life(notice INTEGER NOT NULL REFERENCES notice, number INTEGER NOT NULL,"
    " at INTEGER NOT NULL, state TEXT NOT NULL, text TEXT, PRIMARY KEY(notice, number))"
    " STRICT, WITHOUT ROWID;"
    "CREATE TABLE message(notice INTEGER PRIMARY KEY REFERENCES notice, bytes BLOB NOT NULL)"
    " STRICT;"

    "CREATE TABLE suppression(hash BLOB PRIMARY KEY, address TEXT, reason TEXT NOT NULL,"
    " text TEXT, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;";

/* What staff edit beside the facts, and when an edit last mattered. */
static const char version_2[] = "ALTER TABLE sighting ADD COLUMN restless_since INTEGER;"
                                "ALTER TABLE sighting ADD COLUMN wording TEXT;";

/* What waits for one person. */
static const char version_3[] =
    "CREATE INDEX notice_waits ON notice(contact) WHERE ready IS NOT NULL;";

/* What staff are told. */
static const char version_4[] =
    "CREATE TABLE letter(id INTEGER PRIMARY KEY AUTOINCREMENT, due INTEGER NOT NULL) STRICT;"
    "CREATE TABLE matter(key TEXT PRIMARY KEY, kind TEXT NOT NULL, letter INTEGER,"
    " at INTEGER NOT NULL, source TEXT, text TEXT, advice TEXT, hold INTEGER,"
    " count INTEGER NOT NULL, until INTEGER, last INTEGER) STRICT, WITHOUT ROWID;"
    "CREATE INDEX matter_letter ON matter(letter) WHERE letter IS NOT NULL;";

/* What the relay was handed when. Claims of older versions are in their notices' lives; one that
 * was owed again had not left. */
static const char version_5[] =
    "CREATE TABLE spent(second INTEGER PRIMARY KEY, count INTEGER NOT NULL) STRICT;"
    "INSERT INTO spent SELECT l.at / 1000000 AS second, count(*) FROM life l"
    " WHERE l.state = 'claimed' AND l.at > (SELECT max(at) FROM life) - 2 * 86400 * 1000000"
    " AND NOT EXISTS (SELECT 1 FROM life n WHERE n.notice = l.notice AND n.number = l.number + 1"
    " AND n.state = 'owed') GROUP BY 1;";

/* What readers' calendars call what came under another UID. */
static const char version_6[] = "ALTER TABLE sighting ADD COLUMN known_as TEXT;";

/* steps[n] leads from version n to n + 1 */
static const char *const steps[] = {version_1, version_2, version_3,
                                    version_4, version_5, version_6};
_Static_assert(sizeof steps / sizeof *steps == SCHEMA_VERSION, "a step for each version");

int schema_migrate(sqlite3 *db, int from)
{
    char stamp[80];
    int r = query_exec(db, "BEGIN EXCLUSIVE");
    if (r)
        return r;
    for (int version = from; !r && version < SCHEMA_VERSION; version++)
        r = query_exec(db, steps[version]);
    snprintf(stamp, sizeof stamp, "PRAGMA user_version=%d;PRAGMA application_id=%d", SCHEMA_VERSION,
             SCHEMA_APPLICATION);
    if (!r)
        r = query_exec(db, stamp);
    if (!r)
        r = query_exec(db, "COMMIT");
    if (r && !sqlite3_get_autocommit(db))
        (void)query_exec(db, "ROLLBACK"); /* the first error is the one to tell */
    return r;
}
