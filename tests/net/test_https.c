/* SPDX-License-Identifier: MIT */
/* Downloads over TLS from servers whose authority is made for the test. Skipped, loudly, where
 * there is no python3 or no openssl. */
#include "net/download.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

enum server { RIGHT, WRONG_NAME, STRANGER, EXPIRED, CLEAR, SERVERS };

struct servers {
    pid_t pid;
    int to, from, ports[SERVERS];
    char folder[40], ca_file[60];
};

static bool servers_open(struct servers *servers)
{
    int in[2], out[2];
    char script[] = CONVIER_TESTS "/net/https_server.py", program[] = "python3", line[120];
    snprintf(servers->folder, sizeof servers->folder, "/tmp/convier-https-XXXXXX");
    REQUIRE(mkdtemp(servers->folder));
    snprintf(servers->ca_file, sizeof servers->ca_file, "%s/ca.pem", servers->folder);
    char *argv[] = {program, script, servers->folder, NULL};
    REQUIRE(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0);
    servers->pid = fork();
    if (servers->pid == 0) {
        dup2(in[0], STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        execv("/usr/bin/python3", argv);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    servers->to = in[1];
    servers->from = out[0];
    FILE *from = fdopen(servers->from, "r");
    bool is_read = from && fgets(line, sizeof line, from);
    char *rest = line;
    for (int i = 0; i < SERVERS && is_read; i++)
        servers->ports[i] = (int)strtol(rest, &rest, 10);
    if (from)
        fclose(from);
    return is_read && servers->ports[CLEAR] > 0;
}

static void servers_close(struct servers *servers)
{
    char folder[60];
    static const char *const made[] = {"ca",         "another",  "right",
                                       "wrong-name", "stranger", "expired"};
    static const char *const kinds[] = {"key", "pem", "csr", "ext", "srl"};
    close(servers->to);
    waitpid(servers->pid, NULL, 0);
    for (size_t i = 0; i < sizeof made / sizeof *made; i++)
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
            char path[100];
            snprintf(path, sizeof path, "%s/%s.%s", servers->folder, made[i], kinds[k]);
            unlink(path);
        }
    snprintf(folder, sizeof folder, "%s", servers->folder);
    rmdir(folder);
}

struct got {
    int count, http_code;
    enum download_status status;
    size_t size;
    char begin[40], etag[40], error[400];
};

static void on_done(void *context, const struct download_result *result)
{
    struct got *got = context;
    got->count++;
    got->status = result->status;
    got->http_code = result->http_code;
    got->size = result->body->size;
    snprintf(got->begin, sizeof got->begin, "%.*s",
             result->body->size < 14 ? (int)result->body->size : 14, result->body->data);
    snprintf(got->etag, sizeof got->etag, "%s", result->etag ? result->etag : "");
    snprintf(got->error, sizeof got->error, "%s", result->error ? result->error : "");
}

static const struct {
    const char *title, *url; /* %d is the server's port */
    enum server server;
    const char *etag, *password;
    enum download_status status;
    int http_code;
    const char *error; /* a part of it */
    bool has_no_ca;    /* ours is not named */
} rows[] = {
    {"fresh", "https://localhost:%d/etag", RIGHT, NULL, NULL, DOWNLOAD_FRESH, 200, "", false},
    {"by address", "https://127.0.0.1:%d/etag", RIGHT, NULL, NULL, DOWNLOAD_FRESH, 200, "", false},
    {"webcal speaks TLS", "webcal://localhost:%d/etag", RIGHT, NULL, NULL, DOWNLOAD_FRESH, 200, "",
     false},
    {"webcals", "webcals://localhost:%d/etag", RIGHT, NULL, NULL, DOWNLOAD_FRESH, 200, "", false},
    {"unchanged", "https://localhost:%d/etag", RIGHT, "\"v1\"", NULL, DOWNLOAD_UNCHANGED, 304, "",
     false},
    {"changed", "https://localhost:%d/etag", RIGHT, "\"v0\"", NULL, DOWNLOAD_FRESH, 200, "", false},

    {"an authority that the system does not know", "https://localhost:%d/etag", RIGHT, NULL, NULL,
     DOWNLOAD_FAILED, 0, "certificate", true},
    {"another authority than the one named", "https://localhost:%d/etag", STRANGER, NULL, NULL,
     DOWNLOAD_FAILED, 0, "certificate", false},
    {"a certificate for another name", "https://localhost:%d/etag", WRONG_NAME, NULL, NULL,
     DOWNLOAD_FAILED, 0, "localhost", false},
    {"an expired certificate", "https://localhost:%d/etag", EXPIRED, NULL, NULL, DOWNLOAD_FAILED, 0,
     "expired", false},
    {"webcal never falls back from a wrong certificate", "webcal://localhost:%d/etag", STRANGER,
     NULL, NULL, DOWNLOAD_FAILED, 0, "certificate", false},
    {"webcals never falls back", "webcals://localhost:%d/etag", CLEAR, NULL, NULL, DOWNLOAD_FAILED,
     0, "", false},
    {"webcal with a password never goes in clear", "webcal://localhost:%d/etag", CLEAR, NULL,
     "secret", DOWNLOAD_FAILED, 0, "", false},

    {"login", "https://localhost:%d/login", RIGHT, NULL, "secret", DOWNLOAD_FRESH, 200, "", false},
    {"login missing", "https://localhost:%d/login", RIGHT, NULL, NULL, DOWNLOAD_FAILED, 401, "401",
     false},
    {"login wrong", "https://localhost:%d/login", RIGHT, NULL, "guess", DOWNLOAD_FAILED, 401, "401",
     false},
    {"403", "https://localhost:%d/403", RIGHT, NULL, NULL, DOWNLOAD_FAILED, 403, "403", false},
    {"404", "https://localhost:%d/404", RIGHT, NULL, NULL, DOWNLOAD_FAILED, 404, "404", false},
    {"410", "https://localhost:%d/410", RIGHT, NULL, NULL, DOWNLOAD_FAILED, 410, "410", false},
    {"429", "https://localhost:%d/429", RIGHT, NULL, NULL, DOWNLOAD_FAILED, 429, "429", false},
    {"500", "https://localhost:%d/500", RIGHT, NULL, NULL, DOWNLOAD_FAILED, 500, "500", false},
    {"503", "https://localhost:%d/503", RIGHT, NULL, NULL, DOWNLOAD_FAILED, 503, "503", false},
    {"a captive portal", "https://localhost:%d/captive", RIGHT, NULL, NULL, DOWNLOAD_FAILED, 200,
     "web page", false},
    {"empty", "https://localhost:%d/empty", RIGHT, NULL, NULL, DOWNLOAD_FAILED, 200, "empty",
     false},
    {"too large", "https://localhost:%d/large", RIGHT, NULL, NULL, DOWNLOAD_FAILED, 200, "larger",
     false},
    {"cut off", "https://localhost:%d/cut", RIGHT, NULL, NULL, DOWNLOAD_FAILED, 200, "", false},

    {"moved", "https://localhost:%d/moved", RIGHT, NULL, NULL, DOWNLOAD_FRESH, 200, "", false},
    {"moved for ever", "https://localhost:%d/moved-for-ever", RIGHT, NULL, NULL, DOWNLOAD_FAILED,
     302, "redirects", false},
    {"moved out of TLS", "https://localhost:%d/to-clear", RIGHT, NULL, NULL, DOWNLOAD_FAILED, 302,
     "http", false},
    {"webcal moved out of TLS", "webcal://localhost:%d/to-clear", RIGHT, NULL, NULL, DOWNLOAD_FRESH,
     200, "", false},
    {"moved into a file", "https://localhost:%d/to-file", RIGHT, NULL, NULL, DOWNLOAD_FAILED, 302,
     "file", false},
    {"moved to FTP", "https://localhost:%d/to-ftp", RIGHT, NULL, NULL, DOWNLOAD_FAILED, 302, "ftp",
     false},
    {"the login stays with its server", "https://localhost:%d/to-another", RIGHT, NULL, "secret",
     DOWNLOAD_FRESH, 200, "", false},
};

static void fetch(const struct servers *servers, size_t i, struct got *got)
{
    sd_event *event;
    struct downloads *downloads;
    char url[200];
    REQUIRE(sd_event_new(&event) >= 0);
    REQUIRE(downloads_open(event, &downloads) == 0);
    snprintf(url, sizeof url, rows[i].url, servers->ports[rows[i].server]);
    struct download_request request = {.url = url,
                                       .user = rows[i].password ? "cuf" : NULL,
                                       .password = rows[i].password,
                                       .etag = rows[i].etag,
                                       .ca_file = rows[i].has_no_ca ? NULL : servers->ca_file,
                                       .max_bytes = 100000};
    CHECK_INT(downloads_start(downloads, &request, on_done, got), 0);
    for (int turn = 0; turn < 3000 && !got->count; turn++)
        sd_event_run(event, 10 * 1000);
    downloads_close(downloads);
    sd_event_unref(event);
}

TEST(over_tls)
{
    struct servers servers;
    if (access("/usr/bin/python3", X_OK) || access("/usr/bin/openssl", X_OK)) {
        fprintf(stderr, "SKIPPED: no python3 or no openssl\n");
        return;
    }
    REQUIRE(servers_open(&servers));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct got got = {0};
        CHECK_ROW(rows[i].title);
        fetch(&servers, i, &got);
        CHECK_INT(got.count, 1);
        CHECK_INT(got.status, rows[i].status);
        CHECK_INT(got.http_code, rows[i].http_code);
        CHECK_STRING(got.begin, rows[i].status == DOWNLOAD_FRESH ? "BEGIN:VCALENDA" : "");
        CHECK((rows[i].status == DOWNLOAD_FAILED) == (*got.error != '\0'));
        if (!strstr(got.error, rows[i].error))
            CHECK_STRING(got.error, rows[i].error);
    }
    servers_close(&servers);
}

CHECK_MAIN
