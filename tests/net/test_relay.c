/* SPDX-License-Identifier: MIT */
/* The relay against a server that plays disasters: what each message is told, what arrived, what
 * the next message sees.                                                                         */
#include "net/relay.h"

#include "check.h"
#include "net/scripted.h"

enum { MESSAGES_MAX = 64 };

struct mail {
    struct message message;
    char id[32], bytes[256];
    bool is_told;
    struct outcome outcome;
};

struct rig {
    sd_event *event;
    struct scripted server;
    struct relay_settings settings;
    struct relay *relay;
    char url[64];
    struct mail mails[MESSAGES_MAX];
    size_t count, sent, told;
    int twice;
};

static void on_outcome(void *context, void *token, const struct outcome *outcome)
{
    struct rig *rig = context;
    struct mail *mail = token;
    rig->twice += mail->is_told;
    mail->is_told = true;
    mail->outcome = *outcome;
    rig->told++;
}

static void feed(struct rig *rig)
{
    while (rig->sent < rig->count && relay_room(rig->relay) &&
           !relay_send(rig->relay, &rig->mails[rig->sent].message, &rig->mails[rig->sent]))
        rig->sent++;
}

static void on_room(void *context)
{
    feed(context);
}

static void make_mails(struct rig *rig, size_t count)
{
    rig->count = count;
    for (size_t i = 0; i < count; i++) {
        struct mail *mail = &rig->mails[i];
        snprintf(mail->id, sizeof mail->id, "m%zu@test", i);
        snprintf(mail->bytes, sizeof mail->bytes,
                 "Message-ID: <m%zu@test>\r\nSubject: x\r\n\r\n.dot\r\nbody\r\n", i);
        mail->message = (struct message){.message_id = mail->id,
                                         .envelope_from = "a@example.org",
                                         .recipients = {"b@example.org"},
                                         .recipient_count = 1,
                                         .bytes = text_of(mail->bytes)};
    }
}

static void rig_open(struct rig *rig, const struct server_fault *faults, const char *keywords,
                     size_t count)
{
    memset(rig, 0, sizeof *rig);
    REQUIRE(sd_event_new(&rig->event) >= 0);
    REQUIRE(scripted_open(&rig->server, rig->event, faults, keywords) >= 0);
    snprintf(rig->url, sizeof rig->url, "smtp://127.0.0.1:%d", rig->server.port);
    rig->settings = (struct relay_settings){.url = rig->url, .is_loopback = true, .connections = 1};
    struct relay_callbacks callbacks = {
        .context = rig, .on_outcome = on_outcome, .on_room = on_room};
    REQUIRE(relay_open(rig->event, &rig->settings, NULL, &callbacks, &rig->relay) == 0);
    relay_set_patience(rig->relay, USEC_PER_SEC * 3 / 2);
    make_mails(rig, count);
}

/* Runs until all that was sent is told, or the relay wants a rest with nothing in hand. */
static void rig_run(struct rig *rig, int max_sec)
{
    uint64_t start = 0, now = 0;
    sd_event_now(rig->event, CLOCK_MONOTONIC, &start);
    feed(rig);
    do {
        if (sd_event_run(rig->event, 50 * 1000) < 0)
            break;
        sd_event_now(rig->event, CLOCK_MONOTONIC, &now);
    } while ((rig->told < rig->sent || (rig->sent < rig->count && relay_room(rig->relay))) &&
             now - start < (uint64_t)max_sec * 1000000);
}

static void rig_close(struct rig *rig)
{
    relay_close(rig->relay);
    scripted_close(&rig->server);
    sd_event_unref(rig->event);
}

struct want {
    enum verdict verdict;
    enum smtp_stage stage;
    int code;
    int arrived;
};

/* Three messages; the fault strikes somewhere. */
static const struct {
    const char *title;
    struct server_fault faults[4];
    struct want want[3];
    bool is_lock_step_same; /* the lock-step dialogue ends alike */
} rows[] = {
    {"all well",
     {{0}},
     {{VERDICT_ACCEPTED, STAGE_DOT, 250, 1},
      {VERDICT_ACCEPTED, STAGE_DOT, 250, 1},
      {VERDICT_ACCEPTED, STAGE_DOT, 250, 1}},
     true},
    {"refused at MAIL",
     {{"MAIL", 2, DO_REPLY, "550 5.7.1 not you\r\n"}},
     {{VERDICT_ACCEPTED, STAGE_DOT, 250, 1},
      {VERDICT_REFUSED, STAGE_MAIL, 550, 0},
      {VERDICT_ACCEPTED, STAGE_DOT, 250, 1}},
     true},
    {"deferred at MAIL",
     {{"MAIL", 1, DO_REPLY, "451 4.3.0 later\r\n"}},
     {{VERDICT_DEFERRED, STAGE_MAIL, 451, 0},
      {VERDICT_ACCEPTED, STAGE_DOT, 250, 1},
      {VERDICT_ACCEPTED, STAGE_DOT, 250, 1}},
     true},
    {"refused at RCPT in the middle of a group",
     {{"RCPT", 2, DO_REPLY, "550 5.1.1 no such user\r\n"}},
     {{VERDICT_ACCEPTED, STAGE_DOT, 250, 1},
      {VERDICT_REFUSED, STAGE_RCPT, 550, 0},
      {VERDICT_ACCEPTED, STAGE_DOT, 250, 1}},
     true},
    {"refused at RCPT, yet 354",
     {{"RCPT", 1, DO_REPLY, "550 5.1.1 no such user\r\n"}, {"DATA", 1, DO_REPLY, "354 go\r\n"}},
     {{VERDICT_REFUSED, STAGE_RCPT, 550, 0},
      {VERDICT_ACCEPTED, STAGE_DOT, 250, 1},
      {VERDICT_ACCEPTED, STAGE_DOT, 250, 1}},
     false},
    {"greylisted at RCPT",
     {{"RCPT", 3, DO_REPLY, "450 4.2.0 greylisted\r\n"}},
     {{VERDICT_ACCEPTED, STAGE_DOT, 250, 1},
      {VERDICT_ACCEPTED, STAGE_DOT, 250, 1},
      {VERDICT_DEFERRED, STAGE_RCPT, 450, 0}},
     true},
    {"deferred at DATA",
     {{"DATA", 2, DO_REPLY, "451 4.3.0 later\r\n"}},
     {{VERDICT_ACCEPTED, STAGE_DOT, 250, 1},
      {VERDICT_DEFERRED, STAGE_DATA, 451, 0},
      {VERDICT_ACCEPTED, STAGE_DOT, 250, 1}},
     true},
    {"refused at the dot",
     {{"DOT", 1, DO_REPLY, "554 5.6.0 content\r\n"}},
     {{VERDICT_REFUSED, STAGE_DOT, 554, 0},
      {VERDICT_ACCEPTED, STAGE_DOT, 250, 1},
      {VERDICT_ACCEPTED, STAGE_DOT, 250, 1}},
     true},
    {"lost after the dot, kept by the server",
     {{"DOT", 2, DO_ACCEPT_CUT, NULL}},
     {{VERDICT_ACCEPTED, STAGE_DOT, 250, 1},
      {VERDICT_UNCERTAIN, STAGE_DOT, 0, 1},
      {VERDICT_ACCEPTED, STAGE_DOT, 250, 1}},
     true},
    {"lost after the dot, lost by the server",
     {{"DOT", 2, DO_CUT, NULL}},
     {{VERDICT_ACCEPTED, STAGE_DOT, 250, 1},
      {VERDICT_UNCERTAIN, STAGE_DOT, 0, 0},
      {VERDICT_ACCEPTED, STAGE_DOT, 250, 1}},
     true},
    {"closed between messages: the next one goes over a new connection",
     {{"MAIL", 2, DO_CUT, NULL}},
     {{VERDICT_ACCEPTED, STAGE_DOT, 250, 1},
      {VERDICT_ACCEPTED, STAGE_DOT, 250, 1},
      {VERDICT_ACCEPTED, STAGE_DOT, 250, 1}},
     true},
    {"421 after messages that went well: on over a new connection",
     {{"MAIL", 2, DO_REPLY_CUT, "421 4.7.0 enough for one session\r\n"}},
     {{VERDICT_ACCEPTED, STAGE_DOT, 250, 1},
      {VERDICT_ACCEPTED, STAGE_DOT, 250, 1},
      {VERDICT_ACCEPTED, STAGE_DOT, 250, 1}},
     true},
    {"a recipient that makes the server hang up takes nobody along",
     {{"RCPT", 2, DO_CUT, NULL}, {"RCPT", 3, DO_CUT, NULL}},
     {{VERDICT_ACCEPTED, STAGE_DOT, 250, 1},
      {VERDICT_DEFERRED, STAGE_RCPT, 0, 0},
      {VERDICT_ACCEPTED, STAGE_DOT, 250, 1}},
     false},
    {"replies a byte at a time",
     {{"MAIL", 0, DO_DRIP, NULL}, {"DOT", 0, DO_DRIP, NULL}},
     {{VERDICT_ACCEPTED, STAGE_DOT, 250, 1},
      {VERDICT_ACCEPTED, STAGE_DOT, 250, 1},
      {VERDICT_ACCEPTED, STAGE_DOT, 250, 1}},
     true},
    {"a stray line, then the answer",
     {{"DOT", 1, DO_REPLY, "\xff\xfe hello\r\n250 2.0.0 queued\r\n"}},
     {{VERDICT_ACCEPTED, STAGE_DOT, 250, 0},
      {VERDICT_ACCEPTED, STAGE_DOT, 250, 1},
      {VERDICT_ACCEPTED, STAGE_DOT, 250, 1}},
     true},
    {"silent after the dot",
     {{"DOT", 3, DO_SILENCE, NULL}},
     {{VERDICT_ACCEPTED, STAGE_DOT, 250, 1},
      {VERDICT_ACCEPTED, STAGE_DOT, 250, 1},
      {VERDICT_UNCERTAIN, STAGE_DOT, 0, 0}},
     true},
};

static void run_row(size_t i, const char *keywords)
{
    static struct rig rig;
    rig_open(&rig, rows[i].faults, keywords, 3);
    rig_run(&rig, 20);
    CHECK_INT(rig.sent, 3);
    CHECK_INT(rig.twice, 0);
    for (size_t k = 0; k < 3; k++) {
        const struct outcome *outcome = &rig.mails[k].outcome;
        char row[1024];
        snprintf(row, sizeof row, "%s, %s, message %zu: %s", rows[i].title,
                 *keywords ? "pipelined" : "lock-step", k + 1, outcome->reply);
        CHECK_ROW(row);
        CHECK(rig.mails[k].is_told);
        CHECK_STRING(verdict_to_text(outcome->verdict), verdict_to_text(rows[i].want[k].verdict));
        CHECK_STRING(smtp_stage_to_text(outcome->stage), smtp_stage_to_text(rows[i].want[k].stage));
        CHECK_INT(outcome->code, rows[i].want[k].code);
        CHECK_INT(scripted_count(&rig.server, rig.mails[k].id), rows[i].want[k].arrived);
    }
    CHECK_ROW(NULL);
    rig_close(&rig);
}

TEST(disasters)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        run_row(i, "PIPELINING\nDSN\nSIZE 10000000");
        if (rows[i].is_lock_step_same)
            run_row(i, "");
    }
}

CHECK_MAIN
