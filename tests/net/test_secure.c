/* SPDX-License-Identifier: MIT */
/* TLS and logins against a small Python server. Skipped, loudly, where there is no python3. */
#include "net/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "base/buf.h"
#include "base/digest.h"
#include "check.h"

#define CERTIFICATE CONVIER_TESTS "/net/localhost.pem"

/* The machine's own OpenSSL settings may be as lax as these: what is refused, we refuse. */
__attribute__((constructor)) static void be_lax(void)
{
    setenv("OPENSSL_CONF", CONVIER_TESTS "/net/lax.cnf", 1);
}

struct server {
    pid_t pid;
    int to, from, port;
};

static bool read_line(int fd, char *line, size_t size)
{
    size_t at = 0;
    while (at + 1 < size) {
        ssize_t got = read(fd, line + at, 1);
        if (got <= 0)
            return false;
        if (line[at] == '\n')
            break;
        at++;
    }
    line[at] = '\0';
    return true;
}

static const char *certificate_of(const char *modes)
{
    return strstr(modes, "expired") ? CONVIER_TESTS "/net/expired.pem" : CERTIFICATE;
}

static bool server_open(struct server *server, const char *modes)
{
    int in[2], out[2];
    char words[12][40], program[] = "python3", script[] = CONVIER_TESTS "/net/secure_server.py";
    char certificate[400], line[40], *argv[16] = {program, script, certificate};
    snprintf(certificate, sizeof certificate, "%s", certificate_of(modes));
    struct text rest = text_of(modes);
    for (size_t i = 0; rest.data && i < 12; i++) {
        struct text word = text_split(&rest, ' ');
        snprintf(words[i], sizeof words[i], "%.*s", (int)word.size, word.data);
        argv[3 + i] = words[i];
    }
    REQUIRE(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0);
    server->pid = fork();
    if (server->pid == 0) {
        dup2(in[0], STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        execv("/usr/bin/python3", argv);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    server->to = in[1];
    server->from = out[0];
    if (!read_line(server->from, line, sizeof line))
        return false;
    server->port = (int)strtol(line, NULL, 10);
    return server->port > 0;
}

static void server_close(struct server *server)
{
    close(server->to);
    close(server->from);
    waitpid(server->pid, NULL, 0);
}

struct run {
    int told;
    struct outcome outcome;
    bool is_probed;
    struct outcome probed;
    struct buf dialogue;
};

static void on_outcome(void *context, void *token, const struct outcome *outcome)
{
    struct run *run = context;
    (void)token;
    run->told++;
    run->outcome = *outcome;
}

static void on_room(void *context)
{
    (void)context;
}

static void on_dialogue(void *context, char direction, struct text line)
{
    struct run *run = context;
    buf_printf(&run->dialogue, "%c %.*s\n", direction, (int)(line.size < 200 ? line.size : 200),
               line.data);
}

static void on_probe(void *context, const struct outcome *outcome)
{
    struct run *run = context;
    run->is_probed = true;
    run->probed = *outcome;
}

static const struct {
    const char *title, *modes, *scheme, *host, *user, *secret;
    enum relay_auth auth;
    bool is_tls_required, is_ca_missing;
    enum verdict verdict;
    enum smtp_stage stage;
    int code;
    bool must_pause;
    const char *token_command;
    const char *received; /* "tls PLAIN": end of the server's line; NULL = nothing */
} rows[] = {
    {"STARTTLS, PLAIN", "starttls auth=PLAIN,LOGIN", "smtp", "localhost", "user", "secret",
     AUTH_AUTOMATIC, true, false, VERDICT_ACCEPTED, STAGE_DOT, 250, false, NULL, "tls PLAIN"},
    {"SMTPS, LOGIN offered alone", "smtps auth=LOGIN", "smtps", "localhost", "user", "secret",
     AUTH_AUTOMATIC, true, false, VERDICT_ACCEPTED, STAGE_DOT, 250, false, NULL, "tls LOGIN"},
    {"SMTPS, LOGIN pinned", "smtps auth=PLAIN,LOGIN", "smtps", "localhost", "user", "secret",
     AUTH_LOGIN, true, false, VERDICT_ACCEPTED, STAGE_DOT, 250, false, NULL, "tls LOGIN"},
    {"CRAM-MD5", "starttls auth=CRAM-MD5,PLAIN", "smtp", "localhost", "user", "secret",
     AUTH_CRAM_MD5, true, false, VERDICT_ACCEPTED, STAGE_DOT, 250, false, NULL, "tls CRAM-MD5"},
    {"XOAUTH2, with CRAM-MD5 as bait", "starttls auth=CRAM-MD5,XOAUTH2", "smtp", "localhost",
     "user", "t0ken", AUTH_XOAUTH2, true, false, VERDICT_ACCEPTED, STAGE_DOT, 250, false, NULL,
     "tls XOAUTH2"},
    {"OAUTHBEARER", "smtps auth=OAUTHBEARER,XOAUTH2", "smtps", "localhost", "user", "t0ken",
     AUTH_OAUTHBEARER, true, false, VERDICT_ACCEPTED, STAGE_DOT, 250, false, NULL,
     "tls OAUTHBEARER"},
    {"token by a command", "starttls auth=XOAUTH2", "smtp", "localhost", "user", NULL, AUTH_XOAUTH2,
     true, false, VERDICT_ACCEPTED, STAGE_DOT, 250, false, "echo t0ken", "tls XOAUTH2"},
    {"token by a command, as JSON", "starttls auth=XOAUTH2", "smtp", "localhost", "user", NULL,
     AUTH_AUTOMATIC, true, false, VERDICT_ACCEPTED, STAGE_DOT, 250, false,
     "echo '{\"expires_in\": 1, \"access_token\": \"t0ken\"}'", "tls XOAUTH2"},
    {"the command's token is refused", "starttls auth=XOAUTH2", "smtp", "localhost", "user", NULL,
     AUTH_XOAUTH2, true, false, VERDICT_DEFERRED, STAGE_AUTH, 535, true, "echo old", NULL},
    {"the command fails", "starttls auth=XOAUTH2", "smtp", "localhost", "user", NULL, AUTH_XOAUTH2,
     true, false, VERDICT_DEFERRED, STAGE_AUTH, 0, true, "echo t0ken; exit 3", NULL},
    {"the command prints nothing", "starttls auth=XOAUTH2", "smtp", "localhost", "user", NULL,
     AUTH_XOAUTH2, true, false, VERDICT_DEFERRED, STAGE_AUTH, 0, true, "true", NULL},
    {"the command prints two words", "starttls auth=XOAUTH2", "smtp", "localhost", "user", NULL,
     AUTH_XOAUTH2, true, false, VERDICT_DEFERRED, STAGE_AUTH, 0, true, "echo no token", NULL},
    {"no login wanted", "starttls", "smtp", "localhost", NULL, NULL, AUTH_AUTOMATIC, true, false,
     VERDICT_ACCEPTED, STAGE_DOT, 250, false, NULL, "tls -"},
    {"loopback in clear", "no-pipelining", "smtp", "127.0.0.1", NULL, NULL, AUTH_AUTOMATIC, false,
     false, VERDICT_ACCEPTED, STAGE_DOT, 250, false, NULL, "clear -"},
    {"wrong password", "starttls auth=PLAIN", "smtp", "localhost", "user", "wrong", AUTH_AUTOMATIC,
     true, false, VERDICT_DEFERRED, STAGE_AUTH, 535, true, NULL, NULL},
    {"token refused", "starttls auth=XOAUTH2", "smtp", "localhost", "user", "old", AUTH_XOAUTH2,
     true, false, VERDICT_DEFERRED, STAGE_AUTH, 535, true, NULL, NULL},
    {"no login offered", "starttls", "smtp", "localhost", "user", "secret", AUTH_AUTOMATIC, true,
     false, VERDICT_DEFERRED, STAGE_AUTH, 0, true, NULL, NULL},
    {"the pinned login is not offered", "starttls auth=PLAIN", "smtp", "localhost", "user",
     "secret", AUTH_CRAM_MD5, true, false, VERDICT_DEFERRED, STAGE_AUTH, 0, true, NULL, NULL},
    {"STARTTLS not offered", "auth=PLAIN", "smtp", "localhost", "user", "secret", AUTH_AUTOMATIC,
     true, false, VERDICT_DEFERRED, STAGE_TLS, 0, false, NULL, NULL},
    {"STARTTLS refused", "refuse-starttls auth=PLAIN", "smtp", "localhost", "user", "secret",
     AUTH_AUTOMATIC, true, false, VERDICT_DEFERRED, STAGE_TLS, 454, false, NULL, NULL},
    {"plaintext behind STARTTLS", "inject auth=PLAIN", "smtp", "localhost", "user", "secret",
     AUTH_AUTOMATIC, true, false, VERDICT_DEFERRED, STAGE_TLS, 0, false, NULL, NULL},
    {"unknown certificate", "smtps auth=PLAIN", "smtps", "localhost", "user", "secret",
     AUTH_AUTOMATIC, true, true, VERDICT_DEFERRED, STAGE_TLS, 0, false, NULL, NULL},
    {"certificate of another name", "starttls auth=PLAIN", "smtp", "127.0.0.1", "user", "secret",
     AUTH_AUTOMATIC, true, false, VERDICT_DEFERRED, STAGE_TLS, 0, false, NULL, NULL},
    {"certificate that has expired", "smtps expired auth=PLAIN", "smtps", "localhost", "user",
     "secret", AUTH_AUTOMATIC, true, false, VERDICT_DEFERRED, STAGE_TLS, 0, false, NULL, NULL},
    {"TLS 1.1 at most, SMTPS", "smtps old-tls auth=PLAIN", "smtps", "localhost", "user", "secret",
     AUTH_AUTOMATIC, true, false, VERDICT_DEFERRED, STAGE_TLS, 0, false, NULL, NULL},
    {"TLS 1.1 at most, STARTTLS", "starttls old-tls auth=PLAIN", "smtp", "localhost", "user",
     "secret", AUTH_AUTOMATIC, true, false, VERDICT_DEFERRED, STAGE_TLS, 0, false, NULL, NULL},
    {"OAUTHBEARER token refused", "smtps auth=OAUTHBEARER", "smtps", "localhost", "user", "old",
     AUTH_OAUTHBEARER, true, false, VERDICT_DEFERRED, STAGE_AUTH, 535, true, NULL, NULL},
    {"TLS to a server without", "auth=PLAIN", "smtps", "localhost", "user", "secret",
     AUTH_AUTOMATIC, true, false, VERDICT_DEFERRED, STAGE_TLS, 0, false, NULL, NULL},
};

static void turn_until(sd_event *event, const int *what, int want)
{
    for (int i = 0; i < 2000 && *what < want; i++)
        sd_event_run(event, 10 * 1000);
}

static void run_row(size_t i)
{
    struct server server;
    struct run run = {.dialogue = BUF_INIT(1 << 20)};
    struct relay *relay;
    sd_event *event;
    char url[100], line[200];
    if (!server_open(&server, rows[i].modes)) {
        fprintf(stderr, "SKIPPED: no python3\n");
        server_close(&server);
        return;
    }
    snprintf(url, sizeof url, "%s://%s:%d", rows[i].scheme, rows[i].host, server.port);
    struct relay_settings settings = {
        .url = url,
        .is_loopback = true,
        .user = rows[i].user,
        .auth = rows[i].auth,
        .token_command = rows[i].token_command,
        .is_tls_required = rows[i].is_tls_required,
        .helo = "convier.test",
        .ca_file = rows[i].is_ca_missing ? NULL : certificate_of(rows[i].modes)};
    struct relay_callbacks callbacks = {
        .context = &run, .on_outcome = on_outcome, .on_room = on_room, .on_dialogue = on_dialogue};
    struct message message = {.message_id = "m@test",
                              .envelope_from = "a@example.org",
                              .recipients = {"b@example.org"},
                              .recipient_count = 1,
                              .bytes = TEXT("Subject: x\r\n\r\nbody\r\n")};
    REQUIRE(sd_event_new(&event) >= 0);
    REQUIRE(relay_open(event, &settings, rows[i].secret, &callbacks, &relay) == 0);
    CHECK_INT(relay_send(relay, &message, NULL), 0);
    CHECK_INT(run.told, 0);
    turn_until(event, &run.told, 1);
    CHECK_INT(run.told, 1);
    CHECK_STRING(verdict_to_text(run.outcome.verdict), verdict_to_text(rows[i].verdict));
    CHECK_STRING(smtp_stage_to_text(run.outcome.stage), smtp_stage_to_text(rows[i].stage));
    CHECK_INT(run.outcome.code, rows[i].code);
    CHECK_INT(run.outcome.must_pause, rows[i].must_pause);
    CHECK_INT(run.outcome.fault, rows[i].received ? FAULT_NONE : FAULT_RELAY);
    CHECK(*run.outcome.reply);
    if (rows[i].code == 535 && !strstr(rows[i].title, "token"))
        CHECK_STRING(run.outcome.reply, "5.7.8 wrong login 5.7.8 see the manual");
    relay_close(relay);

    /* The probe agrees, and no secret was shown. */
    const struct relay_probe_callbacks probing = {
        .context = &run, .on_done = on_probe, .on_dialogue = on_dialogue};
    CHECK_INT(relay_probe(event, &settings, rows[i].secret, &probing), 0);
    for (int k = 0; k < 2000 && !run.is_probed; k++)
        sd_event_run(event, 10 * 1000);
    CHECK(run.is_probed);
    CHECK_INT(run.probed.verdict == VERDICT_ACCEPTED, rows[i].verdict == VERDICT_ACCEPTED);
    const char *shown = run.dialogue.data ? run.dialogue.data : "";
    CHECK(!strstr(shown, "c2VjcmV0") && !strstr(shown, "AHVzZXIAc2VjcmV0"));
    CHECK(!strstr(shown, "secret") && !strstr(shown, "t0ken") && !strstr(shown, "dXNlcj"));
    if (rows[i].stage == STAGE_TLS)
        CHECK(!strstr(shown, "> AUTH"));
    if (strstr(rows[i].modes, "old-tls"))
        CHECK_STRING(run.outcome.reply,
                     "the relay speaks no TLS newer than 1.1, which is not safe");
    if (rows[i].received)
        CHECK(strstr(shown, "> EHLO convier.test\n") && strstr(shown, "> DATA\n"));
    if (rows[i].received && rows[i].user)
        CHECK(strstr(shown, "> AUTH ") && strstr(shown, " ***\n"));

    line[0] = '\0';
    close(server.to);
    server.to = -1;
    bool has_line = read_line(server.from, line, sizeof line);
    CHECK_INT(has_line, rows[i].received != NULL);
    if (has_line && rows[i].received)
        CHECK_STRING(strstr(line, rows[i].received), rows[i].received);
    server_close(&server);
    buf_done(&run.dialogue);
    sd_event_unref(event);
}

TEST(tls_and_logins)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_ROW(rows[i].title);
        run_row(i);
    }
}

static const char *sha256_hex(struct text bytes, char hex[65])
{
    uint8_t digest[32];
    EVP_Digest(bytes.data, bytes.size, digest, NULL, EVP_sha256(), NULL);
    digest_hex(digest, sizeof digest, hex);
    return hex;
}

/* A message larger than all socket buffers, to a server that reads little by little: TLS says
 * "again" in the middle of it many times, and wants the same bytes at the same place then.       */
TEST(large_message_to_a_slow_reader)
{
    struct server server;
    struct run run = {.dialogue = BUF_INIT(1 << 20)};
    struct relay *relay;
    sd_event *event;
    struct buf bytes = BUF_INIT(1 << 24);
    char url[100], line[200], want[200], hex[65];
    if (!server_open(&server, "smtps slow")) {
        fprintf(stderr, "SKIPPED: no python3\n");
        return;
    }
    buf_add_string(&bytes, "Subject: large\r\n\r\n");
    for (int i = 0; i < 300000; i++)
        buf_printf(&bytes, "%s%08d line of a large message\r\n", i % 7 ? "" : ".", i);
    snprintf(url, sizeof url, "smtps://localhost:%d", server.port);
    struct relay_settings settings = {
        .url = url, .is_loopback = true, .is_tls_required = true, .ca_file = CERTIFICATE};
    struct relay_callbacks callbacks = {
        .context = &run, .on_outcome = on_outcome, .on_room = on_room};
    struct message message = {.message_id = "large@test",
                              .envelope_from = "a@example.org",
                              .recipients = {"b@example.org"},
                              .recipient_count = 1,
                              .bytes = buf_text(&bytes)};
    REQUIRE(sd_event_new(&event) >= 0);
    REQUIRE(relay_open(event, &settings, NULL, &callbacks, &relay) == 0);
    CHECK_INT(relay_send(relay, &message, NULL), 0);
    CHECK_INT(relay_send(relay, &message, NULL), 0);
    turn_until(event, &run.told, 2);
    CHECK_INT(run.told, 2);
    CHECK_INT(run.outcome.verdict, VERDICT_ACCEPTED);
    relay_drain(relay);
    for (int i = 0; i < 20; i++)
        sd_event_run(event, 10 * 1000);
    snprintf(want, sizeof want, "%zu %s tls -", bytes.size, sha256_hex(buf_text(&bytes), hex));
    for (int i = 0; i < 2; i++) {
        CHECK(read_line(server.from, line, sizeof line));
        CHECK_STRING(line, want);
    }
    relay_close(relay);
    server_close(&server);
    buf_done(&bytes);
    sd_event_unref(event);
}

CHECK_MAIN
