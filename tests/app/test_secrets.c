/* SPDX-License-Identifier: MIT */
#include "app/secrets.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "check.h"

enum { ARENA_BYTES = 1024 * 1024 };

static char folder[] = "/tmp/convier-secrets-XXXXXX";

static int read_from(enum secret_kind kind, const char *name, struct text bytes, unsigned mode,
                     char **ret_text, char *ret_flaw, size_t flaw_bytes)
{
    char path[128];
    struct arena *arena = arena_new(ARENA_BYTES);
    struct flaws flaws;
    flaws_init(&flaws, arena, "convier.cfg");
    snprintf(path, sizeof path, "%s/%s", folder, name);
    REQUIRE(file_write(path, bytes, 0600) == 0);
    REQUIRE(chmod(path, mode) == 0);
    struct secret secret = {.kind = kind, .name = kind == SECRET_FILE ? path : name};
    int r = secrets_read(&secret, &flaws, ret_text);
    snprintf(ret_flaw, flaw_bytes, "%s", flaws.count ? flaws.items[0].text : "");
    CHECK(!flaws.count || strstr(flaws.items[0].source, name));
    unlink(path);
    arena_free(arena);
    return r;
}

TEST(files_and_credentials)
{
    static const struct {
        const char *title;
        enum secret_kind kind;
        struct text bytes;
        unsigned mode;
        const char *want, *flaw;
    } rows[] = {
        {"a line", SECRET_FILE, {"hunter2\n", 8}, 0600, "hunter2", ""},
        {"no newline", SECRET_FILE, {"hunter2", 7}, 0400, "hunter2", ""},
        {"CRLF", SECRET_FILE, {"hunter2\r\n", 9}, 0600, "hunter2", ""},
        {"blanks stay", SECRET_FILE, {" a b \n", 6}, 0600, " a b ", ""},
        {"accents", SECRET_FILE, {"\xC3\xA9\n", 3}, 0600, "é", ""},
        {"readable by the group", SECRET_FILE, {"x\n", 2}, 0640, NULL, "can be read by others"},
        {"readable by all", SECRET_FILE, {"x\n", 2}, 0604, NULL, "can be read by others"},
        {"empty", SECRET_FILE, {"", 0}, 0600, NULL, "is empty"},
        {"only a newline", SECRET_FILE, {"\n", 1}, 0600, NULL, "is empty"},
        {"two lines",
         SECRET_FILE,
         {"a\nb\n", 4},
         0600,
         NULL,
         "holds more than one line, or a NUL byte"},
        {"a NUL",
         SECRET_FILE,
         {"a\0b\n", 4},
         0600,
         NULL,
         "holds more than one line, or a NUL byte"},
        {"credential", SECRET_CREDENTIAL, {"hunter2\n", 8}, 0440, "hunter2", ""},
    };
    REQUIRE(mkdtemp(folder));
    setenv("CREDENTIALS_DIRECTORY", folder, 1);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char flaw[128];
        CLEANUP_SECRET char *text = NULL;
        CHECK_ROW(rows[i].title);
        int r = read_from(rows[i].kind, "relay-password", rows[i].bytes, rows[i].mode, &text, flaw,
                          sizeof flaw);
        CHECK_INT(r, rows[i].want ? 0 : SECRETS_E_REFUSED);
        CHECK_STRING(text, rows[i].want);
        CHECK_STRING(flaw, rows[i].flaw);
    }
    rmdir(folder);
}

TEST(absent)
{
    struct arena *arena = arena_new(ARENA_BYTES);
    struct flaws flaws;
    char *text = NULL;
    flaws_init(&flaws, arena, "convier.cfg");
    CHECK_INT(secrets_read(&(struct secret){SECRET_NONE, NULL}, &flaws, &text), 0);
    CHECK(!text);
    CHECK_INT(secrets_read(&(struct secret){SECRET_FILE, "/nonexistent"}, &flaws, &text),
              SECRETS_E_REFUSED);
    CHECK_INT(secrets_read(&(struct secret){SECRET_FILE, "/tmp"}, &flaws, &text),
              SECRETS_E_REFUSED);
    unsetenv("CREDENTIALS_DIRECTORY");
    CHECK_INT(secrets_read(&(struct secret){SECRET_CREDENTIAL, "x"}, &flaws, &text),
              SECRETS_E_REFUSED);
    setenv("CREDENTIALS_DIRECTORY", "", 1); /* as not set */
    CHECK_INT(secrets_read(&(struct secret){SECRET_CREDENTIAL, "x"}, &flaws, &text),
              SECRETS_E_REFUSED);
    unsetenv("CREDENTIALS_DIRECTORY");
    REQUIRE(flaws.count == 4);
    CHECK_STRING(flaws.items[3].source, flaws.items[2].source);
    CHECK_STRING(flaws.items[3].advice, flaws.items[2].advice);
    CHECK(!text);
    arena_free(arena);
}

/* What a command of root's sees of the service's credentials, in a /run of this test's own. */
TEST(of_the_running_service)
{
    static const char credentials[] = "/run/credentials",
                      unit[] = "/run/credentials/convier.service",
                      path[] = "/run/credentials/convier.service/relay-password";
    struct arena *arena = arena_new(ARENA_BYTES);
    struct flaws flaws;
    CLEANUP_SECRET char *text = NULL;
    const struct secret secret = {SECRET_CREDENTIAL, "relay-password"};
    flaws_init(&flaws, arena, "convier.cfg");
    unsetenv("CREDENTIALS_DIRECTORY");
    if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount("none", "/run", "tmpfs", 0, NULL) < 0) {
        printf("skipped: needs root\n");
        arena_free(arena);
        return;
    }
    CHECK_INT(secrets_read(&secret, &flaws, &text), SECRETS_E_REFUSED);
    REQUIRE(flaws.count == 1);
    CHECK_STRING(flaws.items[0].source, path);
    CHECK(strstr(flaws.items[0].advice, "while the service runs"));
    REQUIRE(mkdir(credentials, 0755) == 0 && mkdir(unit, 0500) == 0);
    REQUIRE(file_write(path, TEXT("hunter2\n"), 0400) == 0);
    CHECK_INT(secrets_read(&secret, &flaws, &text), 0);
    CHECK_STRING(text, "hunter2");
    arena_free(arena);
}

CHECK_MAIN
