/* SPDX-License-Identifier: MIT */
/* Two relays in order: what passes from the first to the second, and what must not. */
#include "net/relays.h"

#include "check.h"
#include "net/scripted.h"

enum { MAILS = 6 };

struct mail {
    struct message message;
    char id[32], bytes[128];
    int told;
    struct outcome outcome;
};

struct rig {
    sd_event *event;
    struct scripted servers[2];
    struct relay_settings settings[2];
    struct relays *relays;
    char urls[2][64];
    struct mail mails[MAILS];
    size_t sent, told, fallbacks;
};

static void on_outcome(void *context, void *token, const struct outcome *outcome)
{
    struct rig *rig = context;
    struct mail *mail = token;
    mail->told++;
    mail->outcome = *outcome;
    rig->told++;
}

static void feed(struct rig *rig)
{
    size_t room = relays_room(rig->relays);
    while (room-- && rig->sent < MAILS &&
           !relays_send(rig->relays, &rig->mails[rig->sent].message, &rig->mails[rig->sent]))
        rig->sent++;
}

static void on_room(void *context)
{
    feed(context);
}

static void on_fallback(void *context, const struct relay_settings *from,
                        const struct relay_settings *to, const struct outcome *why)
{
    struct rig *rig = context;
    CHECK(from == &rig->settings[0] && to == &rig->settings[1]);
    CHECK_INT(why->fault, FAULT_RELAY);
    rig->fallbacks++;
}

static const struct {
    const char *title;
    bool is_first_absent, is_second_absent;
    struct server_fault first[3], second[3];
    int by_first, by_second, accepted, uncertain, refused, deferred;
    bool has_fallback;
} rows[] = {
    {"all by the first", .by_first = 6, .accepted = 6},
    {"the first is down", .is_first_absent = true, .by_second = 6, .accepted = 6,
     .has_fallback = true},
    {"the first greets with 554", .first = {{"CONNECT", 0, DO_REPLY_CUT, "554 no\r\n"}},
     .by_second = 6, .accepted = 6, .has_fallback = true},
    {"the first is over its quota",
     .first = {{"RCPT", 0, DO_REPLY, "550 5.4.5 daily sending limit exceeded\r\n"}}, .by_second = 6,
     .accepted = 6, .has_fallback = true},
    {"an uncertain message goes nowhere else", .first = {{"DOT", 2, DO_ACCEPT_CUT, NULL}},
     .by_first = 6, .accepted = 5, .uncertain = 1},
    {"a refused recipient goes nowhere else",
     .first = {{"RCPT", 2, DO_REPLY, "550 5.1.1 who?\r\n"}}, .by_first = 5, .accepted = 5,
     .refused = 1},
    {"both are down", .is_first_absent = true, .is_second_absent = true, .deferred = 4,
     .has_fallback = true},
};

static void make_mails(struct rig *rig)
{
    for (size_t i = 0; i < MAILS; i++) {
        struct mail *mail = &rig->mails[i];
        snprintf(mail->id, sizeof mail->id, "m%zu@test", i);
        snprintf(mail->bytes, sizeof mail->bytes, "Message-ID: <m%zu@test>\r\n\r\nbody\r\n", i);
        mail->message = (struct message){.message_id = mail->id,
                                         .envelope_from = "a@example.org",
                                         .recipients = {"b@example.org"},
                                         .recipient_count = 1,
                                         .bytes = text_of(mail->bytes)};
    }
}

static void rig_open(struct rig *rig, size_t row)
{
    const char *passwords[2] = {NULL, NULL};
    memset(rig, 0, sizeof *rig);
    REQUIRE(sd_event_new(&rig->event) >= 0);
    REQUIRE(scripted_open(&rig->servers[0], rig->event, rows[row].first, "PIPELINING") >= 0);
    REQUIRE(scripted_open(&rig->servers[1], rig->event, rows[row].second, "PIPELINING") >= 0);
    for (int i = 0; i < 2; i++) {
        snprintf(rig->urls[i], sizeof rig->urls[i], "smtp://127.0.0.1:%d", rig->servers[i].port);
        rig->settings[i] =
            (struct relay_settings){.url = rig->urls[i], .is_loopback = true, .connections = 1};
    }
    if (rows[row].is_first_absent)
        scripted_close(&rig->servers[0]);
    if (rows[row].is_second_absent)
        scripted_close(&rig->servers[1]);
    struct relay_callbacks callbacks = {
        .context = rig, .on_outcome = on_outcome, .on_room = on_room, .on_fallback = on_fallback};
    REQUIRE(relays_open(rig->event, rig->settings, 2, passwords, &callbacks, &rig->relays) == 0);
    relays_set_patience(rig->relays, USEC_PER_SEC);
    make_mails(rig);
}

TEST(order)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        static struct rig rig;
        int verdicts[4] = {0};
        CHECK_ROW(rows[i].title);
        rig_open(&rig, i);
        feed(&rig);
        for (int turn = 0;
             turn < 300 && (rig.told < rig.sent || relays_room(rig.relays)) && rig.told < MAILS;
             turn++)
            sd_event_run(rig.event, 10 * 1000);
        CHECK_INT(rig.told, rig.sent);
        for (size_t k = 0; k < rig.sent; k++) {
            CHECK_INT(rig.mails[k].told, 1);
            verdicts[rig.mails[k].outcome.verdict]++;
        }
        CHECK_INT(verdicts[VERDICT_ACCEPTED], rows[i].accepted);
        CHECK_INT(verdicts[VERDICT_UNCERTAIN], rows[i].uncertain);
        CHECK_INT(verdicts[VERDICT_REFUSED], rows[i].refused);
        CHECK_INT(verdicts[VERDICT_DEFERRED], rows[i].deferred);
        CHECK_INT(rig.servers[0].messages, rows[i].by_first);
        CHECK_INT(rig.servers[1].messages, rows[i].by_second);
        CHECK_INT(rig.fallbacks > 0, rows[i].has_fallback);
        if (rows[i].is_second_absent) {
            CHECK_INT(relays_room(rig.relays), 0);
            struct instant next = relays_next_room(rig.relays);
            CHECK(next.utc_usec > 0 && next.utc_usec != INT64_MAX);
        }
        relays_close(rig.relays);
        for (int k = 0; k < 2; k++)
            if (!(k ? rows[i].is_second_absent : rows[i].is_first_absent))
                scripted_close(&rig.servers[k]);
        sd_event_unref(rig.event);
    }
}

/* Closed with messages in every place: each is told once. */
TEST(close_tells_all)
{
    static struct rig rig;
    rig_open(&rig, 0);
    feed(&rig);
    CHECK(rig.sent > 0);
    relays_close(rig.relays);
    CHECK_INT(rig.told, rig.sent);
    for (size_t k = 0; k < rig.sent; k++) {
        CHECK_INT(rig.mails[k].outcome.verdict, VERDICT_DEFERRED);
        CHECK_INT(rig.mails[k].outcome.stage, STAGE_CONNECT);
        CHECK_INT(rig.mails[k].outcome.code, 0);
    }
    scripted_close(&rig.servers[0]);
    scripted_close(&rig.servers[1]);
    sd_event_unref(rig.event);
}

TEST(drain_finishes)
{
    static struct rig rig;
    rig_open(&rig, 2);
    feed(&rig);
    size_t sent = rig.sent;
    relays_drain(rig.relays);
    CHECK_INT(relays_room(rig.relays), 0);
    for (int turn = 0; turn < 300 && !rig.servers[1].quits; turn++)
        sd_event_run(rig.event, 10 * 1000);
    CHECK_INT(rig.told, sent);
    CHECK_INT(rig.servers[1].messages, sent);
    CHECK_INT(rig.servers[1].quits, 1);
    relays_close(rig.relays);
    scripted_close(&rig.servers[0]);
    scripted_close(&rig.servers[1]);
    sd_event_unref(rig.event);
}

CHECK_MAIN
