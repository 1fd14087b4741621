/* SPDX-License-Identifier: MIT */
#include "app/instance.h"

#include <unistd.h>

#include "base/file.h"
#include "check.h"

/* A ledger and a state folder with the marks of earlier starts; "" = none. */
static const struct {
    const char *title, *ledger, *file;
    int64_t now_sec;
    const char *want; /* a part of the reason; NULL = all is well */
} rows[] = {
    {"first start", "", "", 1000, NULL},
    {"ordinary start", "- 4 1000", "- 4 1000", 2000, NULL},
    {"crashed between the two writes", "- 5 1000", "- 4 900", 2000, NULL},
    {"the file was lost", "- 5 1000", "", 2000, NULL},
    {"the file is rubbish", "- 5 1000", "rubbish", 2000, NULL},
    {"restored from a backup", "- 3 1000", "- 9 5000", 6000, "restored from a backup"},
    {"copied to another machine", "0123456789abcdef 5 1000", "0123456789abcdef 5 1000", 2000,
     "another machine"},
    {"the clock went back a day", "- 5 100000", "- 5 100000", 13600, "clock went back"},
    {"a correction by seconds", "- 5 100000", "- 5 100000", 99990, NULL},
};

/* Images and bare trees have no machine-id: nothing to compare with. */
static bool has_machine(void)
{
    CLEANUP_BUF struct buf bytes = BUF_INIT(4096);
    return file_read("/etc/machine-id", &bytes) == 0 && text_trim(buf_text(&bytes)).size == 32;
}

static struct instant at(int64_t sec)
{
    return instant_from_sec(sec);
}

TEST(what_may_not_send_by_itself)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char folder[] = "/tmp/convier-instance-XXXXXX", path[64];
        struct flaws flaws;
        struct ledger *ledger;
        const char *reason = "unset", *pause = NULL;
        CHECK_ROW(rows[i].title);
        if (rows[i].want && strstr(rows[i].want, "machine") && !has_machine())
            continue;
        struct arena *arena = arena_new(1 << 20);
        REQUIRE(arena && mkdtemp(folder));
        flaws_init(&flaws, arena, NULL);
        snprintf(path, sizeof path, "%s/ledger.db", folder);
        REQUIRE(ledger_open(path, LEDGER_DAEMON, at(0), &flaws, &ledger) == 0);
        if (*rows[i].ledger) {
            REQUIRE(ledger_begin(ledger) == 0);
            REQUIRE(ledger_set(ledger, "instance", rows[i].ledger) == 0);
            REQUIRE(ledger_commit(ledger) == 0);
        }
        snprintf(path, sizeof path, "%s/instance", folder);
        if (*rows[i].file)
            REQUIRE(file_write(path, text_of(rows[i].file), 0600) == 0);

        CHECK_INT(instance_enter(ledger, arena, folder, at(rows[i].now_sec), false, &reason), 0);
        CHECK_INT(ledger_get(ledger, arena, "pause", &pause), 0);
        if (rows[i].want)
            CHECK(reason && strstr(reason, rows[i].want));
        else
            CHECK_STRING(reason, NULL);
        CHECK_STRING(pause, reason);

        /* Asked once: the next start finds both marks in step. */
        CHECK_INT(instance_enter(ledger, arena, folder, at(rows[i].now_sec + 1), false, &reason),
                  0);
        CHECK_STRING(reason, NULL);
        ledger_close(ledger);
        arena_free(arena);
        char command[80];
        snprintf(command, sizeof command, "rm -r %s", folder);
        CHECK_INT(system(command), 0);
    }
}

/* A state folder that was put back whole, marks and all: only the file itself is another one. */
TEST(a_copy_of_everything_asks)
{
    char folder[] = "/tmp/convier-instance-XXXXXX", path[64], command[200];
    struct flaws flaws;
    struct ledger *ledger;
    struct arena *arena = arena_new(1 << 20);
    REQUIRE(arena && mkdtemp(folder));
    flaws_init(&flaws, arena, NULL);
    snprintf(path, sizeof path, "%s/ledger.db", folder);
    for (int start = 0; start < 4; start++) {
        const char *reason = NULL;
        REQUIRE(ledger_open(path, LEDGER_DAEMON, at(0), &flaws, &ledger) == 0);
        CHECK_INT(instance_enter(ledger, arena, folder, at(1000 + start), false, &reason), 0);
        ledger_close(ledger);
        CHECK((start == 2) == (reason && strstr(reason, "is a copy")));
        if (start != 1)
            continue;
        snprintf(command, sizeof command, "cp -rp %s %s.2 && rm -r %s && mv %s.2 %s", folder,
                 folder, folder, folder, folder);
        REQUIRE(system(command) == 0);
    }
    arena_free(arena);
    snprintf(command, sizeof command, "rm -r %s", folder);
    CHECK_INT(system(command), 0);
}

/* Starts on one ledger, one after the other. */
TEST(pretended_clocks_are_compared_with_each_other)
{
    static const struct {
        const char *title;
        int64_t now_sec;
        bool is_pretended, is_wrong;
    } starts[] = {
        {"first, far in the future", 5000000, true, false},
        {"the real one", 100000, false, false},
        {"later in the future", 6000000, true, false},
        {"the same once more", 6000000, true, false},
        {"the real one goes on", 200000, false, false},
        {"back before an earlier one", 5000000, true, true},
        {"and on from there", 5000001, true, false},
        {"the real one goes back", 100000, false, true},
        {"far in the past", 1000, true, true},
        {"on from the past", 50000, true, false},
    };
    char folder[] = "/tmp/convier-instance-XXXXXX", path[64];
    struct flaws flaws;
    struct ledger *ledger;
    struct arena *arena = arena_new(1 << 20);
    REQUIRE(arena && mkdtemp(folder));
    flaws_init(&flaws, arena, NULL);
    snprintf(path, sizeof path, "%s/ledger.db", folder);
    REQUIRE(ledger_open(path, LEDGER_DAEMON, at(0), &flaws, &ledger) == 0);
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        const char *reason = NULL;
        CHECK_ROW(starts[i].title);
        CHECK_INT(instance_enter(ledger, arena, folder, at(starts[i].now_sec),
                                 starts[i].is_pretended, &reason),
                  0);
        CHECK(starts[i].is_wrong == (reason && strstr(reason, "clock went back")));
    }
    ledger_close(ledger);
    arena_free(arena);
    snprintf(path, sizeof path, "rm -r %s", folder);
    CHECK_INT(system(path), 0);
}

TEST(a_backup_asks_first)
{
    char folder[] = "/tmp/convier-instance-XXXXXX", path[64];
    struct flaws flaws;
    struct ledger *ledger;
    const char *reason = "unset", *pause = NULL;
    struct arena *arena = arena_new(1 << 20);
    REQUIRE(arena && mkdtemp(folder));
    flaws_init(&flaws, arena, NULL);
    snprintf(path, sizeof path, "%s/ledger.db", folder);
    REQUIRE(ledger_open(path, LEDGER_DAEMON, at(0), &flaws, &ledger) == 0);
    CHECK_INT(instance_mark_copy(ledger, at(500)), 0);
    CHECK_INT(instance_enter(ledger, arena, folder, at(1000), false, &reason), 0);
    CHECK(reason && strstr(reason, "is a backup"));
    CHECK_INT(ledger_get(ledger, arena, "pause", &pause), 0);
    CHECK_STRING(pause, reason);
    CHECK_INT(instance_enter(ledger, arena, folder, at(1001), false, &reason), 0);
    CHECK_STRING(reason, NULL);
    ledger_close(ledger);
    arena_free(arena);
    snprintf(path, sizeof path, "rm -r %s", folder);
    CHECK_INT(system(path), 0);
}

CHECK_MAIN
