/* room: ledger */
/* SPDX-License-Identifier: MIT */
/* The durable part of sending: every notice is owed, claimed, settled, in group commits, with the
 * disk synced at each. Beside it, in the same folder and with the same number of commits, what
 * SQLite takes to insert one bare row a notice: the least that any durable record can cost.
 *
 *     bench_ledger [NOTICES] [GROUP] [FOLDER]                                                    */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "ledger/ledger.h"

static double now_sec(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(int r, const char *what)
{
    if (r) {
        fprintf(stderr, "bench_ledger: %s: %d\n", what, r);
        exit(1);
    }
}

static const struct instant start = {INT64_C(1790000000000000)};

static double bare_inserts(const char *path, int notices, int commits)
{
    sqlite3 *db;
    sqlite3_stmt *stmt;
    must(sqlite3_open(path, &db), "open");
    must(sqlite3_exec(
             db,
             "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
             "CREATE TABLE row(id INTEGER PRIMARY KEY, address TEXT, state TEXT, at INTEGER)",
             NULL, NULL, NULL),
         "schema");
    must(sqlite3_prepare_v2(db, "INSERT INTO row(address, state, at) VALUES(?, 'owed', ?)", -1,
                            &stmt, NULL),
         "prepare");
    double begin = now_sec();
    int group = notices / commits;
    for (int i = 0; i < notices; i++) {
        char address[64];
        if (i % group == 0)
            must(sqlite3_exec(db, "BEGIN", NULL, NULL, NULL), "begin");
        snprintf(address, sizeof address, "recipient-%d@example.org", i);
        sqlite3_bind_text(stmt, 1, address, -1, SQLITE_STATIC);
        sqlite3_bind_int64(stmt, 2, start.utc_usec + i);
        if (sqlite3_step(stmt) != SQLITE_DONE)
            must(1, "insert");
        sqlite3_reset(stmt);
        if (i % group == group - 1 || i == notices - 1)
            must(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), "commit");
    }
    double took = now_sec() - begin;
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return took;
}

static void owe_all(struct ledger *ledger, int notices, int group)
{
    for (int i = 0; i < notices; i++) {
        char address[64];
        int64_t id;
        snprintf(address, sizeof address, "recipient-%d@example.org", i);
        struct notice notice = {.occurrence = "20261005-rencontres@example.org",
                                .step = "invitation",
                                .contact = address,
                                .kind = NOTICE_INVITATION,
                                .state = NOTICE_OWED,
                                .rule = "rencontres",
                                .facts = "0123456789abcdef",
                                .due = start,
                                .expires = INSTANT_NEVER,
                                .language = (enum language)(i % 3),
                                .zone = i % 3 == 1 ? "Asia/Tokyo" : "Europe/Paris"};
        if (i % group == 0)
            must(ledger_begin(ledger), "begin");
        must(ledger_owe(ledger, &notice, "30 days before", start, &id), "owe");
        if (i % group == group - 1 || i == notices - 1)
            must(ledger_commit(ledger), "commit");
    }
}

/* As the conductor does it: ask for a group, claim it, send it, record what became of it. */
static void send_all(struct ledger *ledger, int group, double *ret_due_sec)
{
    struct arena *arena = arena_new(64 << 20);
    struct outcome outcome = {.verdict = VERDICT_ACCEPTED, .code = 250};
    *ret_due_sec = 0;
    for (;;) {
        struct notices due;
        double begin = now_sec();
        must(ledger_due(ledger, arena, start, (size_t)group, &due), "due");
        *ret_due_sec += now_sec() - begin;
        if (!due.count)
            break;
        must(ledger_begin(ledger), "begin");
        for (size_t i = 0; i < due.count; i++) {
            char message_id[80];
            snprintf(message_id, sizeof message_id, "%lld.0a1b2c3d4e5f@convier.example.org",
                     (long long)due.items[i].id);
            must(ledger_claim(ledger, due.items[i].id, message_id, start), "claim");
        }
        must(ledger_commit(ledger), "commit");
        must(ledger_begin(ledger), "begin");
        for (size_t i = 0; i < due.count; i++) {
            snprintf(outcome.reply, sizeof outcome.reply, "250 2.0.0 Ok: queued as %08lX",
                     (unsigned long)due.items[i].id * 2654435761u);
            must(ledger_outcome(ledger, due.items[i].id, &outcome, INSTANT_UNSET, start),
                 "outcome");
        }
        must(ledger_commit(ledger), "commit");
        arena_clear(arena);
    }
    arena_free(arena);
}

int main(int argc, char **argv)
{
    int notices = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 100000;
    int group = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 200;
    char folder[256], path[320], bare_path[320];
    if (notices < 1 || group < 1 || group > notices)
        return 2;
    snprintf(folder, sizeof folder, "%s/bench-ledger-XXXXXX", argc > 3 ? argv[3] : "/tmp");
    if (!mkdtemp(folder))
        return 1;
    snprintf(path, sizeof path, "%s/ledger", folder);
    snprintf(bare_path, sizeof bare_path, "%s/bare", folder);

    struct ledger *ledger;
    must(ledger_open(path, LEDGER_DAEMON, start, NULL, &ledger), "open");
    struct facts facts = {.id = "0123456789abcdef", .text = "canonical"};
    must(ledger_begin(ledger), "begin");
    must(ledger_keep_facts(ledger, &facts), "facts");
    must(ledger_commit(ledger), "commit");

    double begin = now_sec(), due_sec;
    owe_all(ledger, notices, group);
    double owed = now_sec();
    send_all(ledger, group, &due_sec);
    double sent = now_sec();
    struct ledger_counts counts;
    must(ledger_counts(ledger, &counts), "counts");
    double counted = now_sec();
    must(counts.states[NOTICE_ACCEPTED] != (size_t)notices, "not all accepted");
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    ledger_close(ledger);

    double bare = bare_inserts(bare_path, notices, notices / group);
    double total = sent - begin;
    printf("%d notices, groups of %d\n", notices, group);
    printf("owe           %8.0f rows/s\n", notices / (owed - begin));
    printf("claim+settle  %8.0f rows/s (asking what is due: %.0f %% of it)\n",
           notices / (sent - owed), 100 * due_sec / (sent - owed));
    printf("all           %8.0f rows/s, %.1f us each\n", notices / total, 1e6 * total / notices);
    printf("bare inserts  %8.0f rows/s; the whole life costs %.1f of them\n", notices / bare,
           total / bare);
    printf("counts        %8.1f ms\n", 1e3 * (counted - sent));
    printf("peak memory   %8.1f MB\n", (double)usage.ru_maxrss / 1024);
    static const char *const endings[] = {"", "-wal", "-shm", ".lock"};
    for (size_t i = 0; i < 4; i++) {
        char name[340];
        snprintf(name, sizeof name, "%s%s", path, endings[i]);
        (void)unlink(name);
        snprintf(name, sizeof name, "%s%s", bare_path, endings[i]);
        (void)unlink(name);
    }
    return rmdir(folder) ? 1 : 0;
}
