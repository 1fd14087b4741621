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
    size_t room = relay_room(rig->relay);
    while (room-- && rig->sent < rig->count &&
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
static void rig_run(struct rig *rig, int max_msec)
{
    uint64_t start = 0, now = 0;
    sd_event_now(rig->event, CLOCK_MONOTONIC, &start);
    feed(rig);
    do {
        if (sd_event_run(rig->event, 50 * 1000) < 0)
            break;
        sd_event_now(rig->event, CLOCK_MONOTONIC, &now);
    } while ((rig->told < rig->sent || (rig->sent < rig->count && relay_room(rig->relay))) &&
             now - start < (uint64_t)max_msec * 1000);
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
    {"a stray line in place of the answer: the next command's is not taken for it",
     {{"DOT", 1, DO_REPLY, "\xff\xfe hello\r\n"}},
     {{VERDICT_UNCERTAIN, STAGE_DOT, 0, 0},
      {VERDICT_ACCEPTED, STAGE_DOT, 250, 1},
      {VERDICT_ACCEPTED, STAGE_DOT, 250, 1}},
     false},
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
    rig_run(&rig, 20000);
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

/* No session comes about: nothing left us, the relay rests, nobody is blamed. */
static const struct {
    const char *title;
    struct server_fault faults[2];
    bool is_absent;
    const char *host;
    enum smtp_stage stage;
    int code;
} unreachable[] = {
    {"nobody listens", {{0}}, true, "127.0.0.1", STAGE_CONNECT, 0},
    {"no such host", {{0}}, false, "no-such-host.invalid", STAGE_CONNECT, 0},
    {"greeting 554",
     {{"CONNECT", 0, DO_REPLY_CUT, "554 5.7.1 no\r\n"}},
     false,
     "127.0.0.1",
     STAGE_GREETING,
     554},
    {"greeting 421",
     {{"CONNECT", 0, DO_REPLY_CUT, "421 4.3.2 later\r\n"}},
     false,
     "127.0.0.1",
     STAGE_GREETING,
     421},
    {"silent before the greeting",
     {{"CONNECT", 0, DO_SILENCE, NULL}},
     false,
     "127.0.0.1",
     STAGE_GREETING,
     0},
    {"hangs up before the greeting",
     {{"CONNECT", 0, DO_CUT, NULL}},
     false,
     "127.0.0.1",
     STAGE_GREETING,
     0},
    {"silent after the greeting",
     {{"EHLO", 0, DO_SILENCE, NULL}},
     false,
     "127.0.0.1",
     STAGE_HELLO,
     0},
    {"hangs up after the greeting",
     {{"EHLO", 0, DO_CUT, NULL}},
     false,
     "127.0.0.1",
     STAGE_HELLO,
     0},
    {"not SMTP",
     {{"CONNECT", 0, DO_REPLY_CUT, "HTTP/1.1 400 Bad Request\r\n\r\n"}},
     false,
     "127.0.0.1",
     STAGE_GREETING,
     0},
};

TEST(no_session)
{
    for (size_t i = 0; i < sizeof unreachable / sizeof *unreachable; i++) {
        static struct rig rig;
        CHECK_ROW(unreachable[i].title);
        rig_open(&rig, unreachable[i].faults, "PIPELINING", 3);
        snprintf(rig.url, sizeof rig.url, "smtp://%s:%d", unreachable[i].host, rig.server.port);
        if (unreachable[i].is_absent)
            scripted_close(&rig.server);
        rig_run(&rig, 10000);
        CHECK_INT(rig.sent, 3);
        CHECK_INT(rig.told, 3);
        for (size_t k = 0; k < rig.sent; k++) {
            const struct outcome *outcome = &rig.mails[k].outcome;
            CHECK_INT(outcome->verdict, VERDICT_DEFERRED);
            CHECK_INT(outcome->fault, FAULT_RELAY);
            CHECK_STRING(smtp_stage_to_text(outcome->stage),
                         smtp_stage_to_text(unreachable[i].stage));
            CHECK_INT(outcome->code, unreachable[i].code);
            CHECK(!outcome->must_pause);
            CHECK(*outcome->reply);
        }
        CHECK(relay_is_in_trouble(rig.relay));
        CHECK_INT(relay_room(rig.relay), 0);
        CHECK_INT(relay_send(rig.relay, &rig.mails[0].message, NULL), -EBUSY);
        struct instant next = relay_next_room(rig.relay);
        CHECK(next.utc_usec > 0 && next.utc_usec != INT64_MAX);
        relay_close(rig.relay);
        if (!unreachable[i].is_absent)
            scripted_close(&rig.server);
        sd_event_unref(rig.event);
    }
}

static void turn(struct rig *rig, int msec)
{
    uint64_t start = 0, now = 0;
    sd_event_now(rig->event, CLOCK_MONOTONIC, &start);
    do {
        sd_event_run(rig->event, 10 * 1000);
        sd_event_now(rig->event, CLOCK_MONOTONIC, &now);
    } while (now - start < (uint64_t)msec * 1000);
}

/* Closed at once: uncertain only if the dot had left, and each is told once. */
TEST(close_in_the_middle)
{
    static const struct {
        const char *title;
        struct server_fault faults[2];
        enum verdict first;
        enum smtp_stage stage;
    } rows_of_close[] = {
        {"before DATA is answered", {{"DATA", 1, DO_SILENCE, NULL}}, VERDICT_DEFERRED, STAGE_DATA},
        {"after the dot", {{"DOT", 1, DO_SILENCE, NULL}}, VERDICT_UNCERTAIN, STAGE_DOT},
        {"while connecting", {{"EHLO", 1, DO_SILENCE, NULL}}, VERDICT_DEFERRED, STAGE_CONNECT},
    };
    for (size_t i = 0; i < sizeof rows_of_close / sizeof *rows_of_close; i++) {
        static struct rig rig;
        CHECK_ROW(rows_of_close[i].title);
        rig_open(&rig, rows_of_close[i].faults, "PIPELINING", 4);
        relay_set_patience(rig.relay, 60 * USEC_PER_SEC);
        feed(&rig);
        turn(&rig, 300);
        CHECK_INT(rig.told, 0);
        relay_close(rig.relay);
        CHECK_INT(rig.told, rig.sent);
        CHECK_INT(rig.twice, 0);
        for (size_t k = 0; k < rig.sent; k++) {
            const struct outcome *outcome = &rig.mails[k].outcome;
            CHECK_INT(outcome->verdict, k ? VERDICT_DEFERRED : rows_of_close[i].first);
            CHECK_INT(outcome->code, 0);
            CHECK(k || outcome->stage == rows_of_close[i].stage);
            CHECK(!k || outcome->stage == STAGE_CONNECT || outcome->stage == STAGE_MAIL);
        }
        scripted_close(&rig.server);
        sd_event_unref(rig.event);
    }
}

TEST(drain_says_quit)
{
    static struct rig rig;
    rig_open(&rig, NULL, "PIPELINING", 4);
    feed(&rig);
    size_t sent = rig.sent;
    relay_drain(rig.relay);
    CHECK_INT(relay_room(rig.relay), 0);
    turn(&rig, 300);
    CHECK_INT(rig.told, sent);
    CHECK_INT(rig.server.messages, sent);
    CHECK_INT(rig.server.quits, 1);
    CHECK_INT(relay_next_room(rig.relay).utc_usec, INT64_MAX);
    rig_close(&rig);
}

TEST(idle_connection_is_closed)
{
    static struct rig rig;
    rig_open(&rig, NULL, "PIPELINING", 1);
    relay_set_patience(rig.relay, 0);
    rig_run(&rig, 5000);
    CHECK_INT(rig.told, 1);
    CHECK_INT(rig.server.quits, 0);
    turn(&rig, 6000);
    CHECK_INT(rig.server.quits, 1);
    CHECK_INT(rig.server.peers, 0);
    /* And the next message opens a new one. */
    rig.count = 2;
    make_mails(&rig, 2);
    rig_run(&rig, 5000);
    CHECK_INT(rig.told, 2);
    CHECK_INT(rig.server.connections, 2);
    rig_close(&rig);
}

/* A commit for each place that becomes free would cost more than the message. */
TEST(room_comes_in_groups)
{
    static struct rig rig;
    rig_open(&rig, NULL, "PIPELINING", MESSAGES_MAX);
    feed(&rig);
    for (int turn = 0; turn < 2000 && rig.told < MESSAGES_MAX; turn++) {
        CHECK(relay_room(rig.relay) != 1);
        sd_event_run(rig.event, 10 * 1000);
    }
    CHECK_INT(rig.told, MESSAGES_MAX);
    rig_close(&rig);
}

TEST(messages_per_connection)
{
    static struct rig rig;
    rig_open(&rig, NULL, "PIPELINING", 10);
    relay_close(rig.relay);
    rig.settings.messages_per_connection = 3;
    struct relay_callbacks callbacks = {
        .context = &rig, .on_outcome = on_outcome, .on_room = on_room};
    REQUIRE(relay_open(rig.event, &rig.settings, NULL, &callbacks, &rig.relay) == 0);
    rig_run(&rig, 5000);
    turn(&rig, 100);
    CHECK_INT(rig.told, 10);
    CHECK_INT(rig.server.messages, 10);
    CHECK_INT(rig.server.connections, 4);
    CHECK_INT(rig.server.quits, 3);
    rig_close(&rig);
}

TEST(limits_hold)
{
    static struct rig rig;
    rig_open(&rig, NULL, "PIPELINING", 10);
    relay_close(rig.relay);
    rig.settings.limit_per_minute = 5;
    rig.settings.limit_per_hour = 100;
    struct relay_callbacks callbacks = {
        .context = &rig, .on_outcome = on_outcome, .on_room = on_room};
    REQUIRE(relay_open(rig.event, &rig.settings, NULL, &callbacks, &rig.relay) == 0);
    uint64_t now = 0;
    sd_event_now(rig.event, CLOCK_REALTIME, &now);
    relay_count_sent(rig.relay, 1, (struct instant){(int64_t)now - 30 * USEC_PER_MIN});
    relay_count_sent(rig.relay, 2, (struct instant){(int64_t)now});
    rig_run(&rig, 5000);
    turn(&rig, 100);
    CHECK_INT(rig.told, 3);
    CHECK_INT(relay_room(rig.relay), 0);
    CHECK(!relay_is_in_trouble(rig.relay));
    sd_event_now(rig.event, CLOCK_REALTIME, &now);
    struct instant next = relay_next_room(rig.relay);
    CHECK(next.utc_usec > (int64_t)now + 50 * USEC_PER_SEC);
    CHECK(next.utc_usec < (int64_t)now + 65 * USEC_PER_SEC);
    rig_close(&rig);
}

TEST(unsendable_is_told_not_sent)
{
    static struct rig rig;
    rig_open(&rig, NULL, "PIPELINING", 3);
    rig.mails[1].message.recipients[0] = "b@example.org>\r\nRCPT TO:<evil@example.org";
    rig_run(&rig, 5000);
    CHECK_INT(rig.told, 3);
    CHECK_INT(rig.mails[1].outcome.verdict, VERDICT_REFUSED);
    CHECK_INT(rig.mails[1].outcome.fault, FAULT_ADDRESS);
    CHECK_INT(rig.mails[2].outcome.verdict, VERDICT_ACCEPTED);
    CHECK(!strstr(rig.server.log, "evil"));
    CHECK_INT(rig.server.messages, 2);
    rig_close(&rig);
}

TEST(throttled)
{
    static const struct server_fault faults[] = {
        {"DOT", 2, DO_REPLY_CUT, "421 4.7.28 unusual rate of mail\r\n"}, {0}};
    static struct rig rig;
    rig_open(&rig, faults, "PIPELINING", 8);
    rig_run(&rig, 5000);
    uint64_t now = 0;
    sd_event_now(rig.event, CLOCK_REALTIME, &now);
    CHECK_INT(rig.mails[0].outcome.verdict, VERDICT_ACCEPTED);
    CHECK_INT(rig.mails[1].outcome.code, 421);
    CHECK_INT(rig.told, rig.sent);
    for (size_t k = 2; k < rig.sent; k++) {
        CHECK_INT(rig.mails[k].outcome.verdict, VERDICT_DEFERRED);
        CHECK_INT(rig.mails[k].outcome.stage, STAGE_CONNECT); /* nothing left us */
    }
    CHECK(relay_is_in_trouble(rig.relay));
    CHECK(relay_next_room(rig.relay).utc_usec > (int64_t)now + 9 * USEC_PER_MIN);
    rig_close(&rig);
}

/* Random disasters on four connections: nothing is lost, nothing doubled, and only an uncertain
 * message may have arrived without our knowing.                                                  */
TEST(random_disasters)
{
    static const struct server_fault kinds[] = {
        {"MAIL", 0, DO_REPLY, "451 4.3.0 later\r\n"},
        {"RCPT", 0, DO_REPLY, "550 5.1.1 nobody\r\n"},
        {"RCPT", 0, DO_REPLY, "450 4.2.0 grey\r\n"},
        {"DATA", 0, DO_REPLY, "451 4.3.0 later\r\n"},
        {"DOT", 0, DO_REPLY, "554 5.6.0 no\r\n"},
        {"DOT", 0, DO_DRIP, NULL},
        {"DOT", 0, DO_ACCEPT_CUT, NULL},
        {"DOT", 0, DO_CUT, NULL},
        {"MAIL", 0, DO_REPLY_CUT, "421 4.3.2 bye\r\n"},
        {"DATA", 0, DO_CUT, NULL},
        {"BODY", 0, DO_REPLY_CUT, "554 5.7.1 early\r\n"},
    };
    enum { KINDS = sizeof kinds / sizeof *kinds, FAULTS = 6 };
    for (unsigned seed = 1; seed <= 24; seed++) {
        static struct rig rig;
        struct server_fault faults[FAULTS + 1] = {{0}};
        char row[40];
        unsigned draw = seed * 2654435761u;
        snprintf(row, sizeof row, "seed %u", seed);
        CHECK_ROW(row);
        for (int i = 0; i < FAULTS; i++) {
            draw = draw * 1103515245u + 12345u;
            faults[i] = kinds[(draw >> 16) % KINDS];
            faults[i].nth = 4 + (int)((draw >> 8) % 50);
        }
        rig_open(&rig, faults, seed % 4 ? "PIPELINING" : "", MESSAGES_MAX);
        relay_close(rig.relay);
        rig.settings.connections = 1 + (int)(seed % 4);
        struct relay_callbacks callbacks = {
            .context = &rig, .on_outcome = on_outcome, .on_room = on_room};
        REQUIRE(relay_open(rig.event, &rig.settings, NULL, &callbacks, &rig.relay) == 0);
        relay_set_patience(rig.relay, USEC_PER_SEC);
        rig_run(&rig, 400);
        relay_close(rig.relay);
        rig.relay = NULL;
        CHECK_INT(rig.told, rig.sent);
        CHECK_INT(rig.twice, 0);
        for (size_t k = 0; k < rig.sent; k++) {
            int arrived = scripted_count(&rig.server, rig.mails[k].id);
            enum verdict verdict = rig.mails[k].outcome.verdict;
            CHECK(arrived <= 1);
            if (verdict == VERDICT_ACCEPTED)
                CHECK_INT(arrived, 1);
            else if (verdict != VERDICT_UNCERTAIN)
                CHECK_INT(arrived, 0);
        }
        rig_close(&rig);
    }
}

CHECK_MAIN
