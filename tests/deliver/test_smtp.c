/* SPDX-License-Identifier: MIT */
/* The machine, as conversations: what the server says, what must be on the wire, what each message
 * is told. Every conversation also runs with the server's bytes cut at every place.              */
#include "deliver/smtp.h"

#include <errno.h>

#include "check.h"

#define ALL  (&(const struct smtp_capabilities){.has_pipelining = true})
#define LOCK (&(const struct smtp_capabilities){0})

struct told {
    int order;
    struct outcome outcome;
};

static struct told tolds[8];
static int told_count;

static void on_outcome(void *context, void *token, const struct outcome *outcome)
{
    struct told *told = token;
    (void)context;
    CHECK_INT(told->order, 0); /* exactly once */
    told->order = ++told_count;
    told->outcome = *outcome;
}

static const struct message mails[] = {
    {.envelope_from = "a@x.org",
     .recipients = {"b@y.org"},
     .recipient_count = 1,
     .bytes = {"Subject: 1\r\n\r\n.x\r\n..\r\n", 22}},
    {.envelope_from = "a@x.org",
     .recipients = {"c@y.org"},
     .recipient_count = 1,
     .bytes = {"Subject: 2\r\n\r\nx\r\n", 17}},
    {.envelope_from = "a@x.org",
     .recipients = {"d@y.org", "e@y.org", "f@y.org"},
     .recipient_count = 3,
     .bytes = {"Subject: 3\r\n\r\nx\r\n", 17}},
};
#define GROUP1 "MAIL FROM:<a@x.org>\r\nRCPT TO:<b@y.org>\r\nDATA\r\n"
#define GROUP2 "MAIL FROM:<a@x.org>\r\nRCPT TO:<c@y.org>\r\nDATA\r\n"
#define GROUP3                                                                                     \
    "MAIL FROM:<a@x.org>\r\nRCPT TO:<d@y.org>\r\nRCPT TO:<e@y.org>\r\nRCPT TO:<f@y.org>\r\n"
#define BODY1 "Subject: 1\r\n\r\n..x\r\n...\r\n.\r\n"
#define BODY2 "Subject: 2\r\n\r\nx\r\n.\r\n"
#define BODY3 "Subject: 3\r\n\r\nx\r\n.\r\n"

/* A turn: what the server says, then what we must say. */
struct exchange {
    const char *theirs, *ours;
};
static const struct conversation {
    const char *title;
    const struct smtp_capabilities *capabilities;
    int mails[3]; /* 1-based; 0 = no more */
    struct exchange exchanges[10];
    bool is_closed; /* the peer closes at the end */
    bool is_quit;   /* we quit from the start */
    struct {
        enum verdict verdict;
        enum smtp_stage stage;
        int code;
        const char *reply; /* or NULL: whatever it says */
    } want[3];
} conversations[] = {
    {"one, pipelined",
     ALL,
     {1},
     {{"", GROUP1}, {"250 ok\r\n250 ok\r\n354 go\r\n", BODY1}, {"250 2.0.0 ok\r\n", ""}},
     .want = {{VERDICT_ACCEPTED, STAGE_DOT, 250}}},
    {"one, lock-step",
     LOCK,
     {1},
     {{"", "MAIL FROM:<a@x.org>\r\n"},
      {"250 ok\r\n", "RCPT TO:<b@y.org>\r\n"},
      {"250 ok\r\n", "DATA\r\n"},
      {"354 go\r\n", BODY1},
      {"250-2.0.0 long\r\n250 2.0.0 story\r\n", ""}},
     .want = {{VERDICT_ACCEPTED, STAGE_DOT, 250}}},
    {"the dot and the next group in one write, then QUIT",
     ALL,
     {1, 2},
     {{"", GROUP1},
      {"250 ok\r\n250 ok\r\n354 go\r\n", BODY1 GROUP2},
      {"250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n", BODY2},
      {"250 ok\r\n", "QUIT\r\n"},
      {"221 bye\r\n", ""}},
     .is_quit = true,
     .want = {{VERDICT_ACCEPTED, STAGE_DOT, 250}, {VERDICT_ACCEPTED, STAGE_DOT, 250}}},
    {"refused recipient: RSET rides with the next group",
     ALL,
     {1, 2},
     {{"", GROUP1},
      {"250 ok\r\n550 5.1.1 no\r\n554 none\r\n", "RSET\r\n" GROUP2},
      {"250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n", BODY2},
      {"250 ok\r\n", ""}},
     .want = {{VERDICT_REFUSED, STAGE_RCPT, 550}, {VERDICT_ACCEPTED, STAGE_DOT, 250}}},
    {"refused recipient, yet 354: a lone dot",
     ALL,
     {1, 2},
     {{"", GROUP1},
      {"250 ok\r\n550 5.1.1 no\r\n354 go\r\n", ".\r\n" GROUP2},
      {"554 none\r\n250 ok\r\n250 ok\r\n354 go\r\n", BODY2},
      {"250 ok\r\n", ""}},
     .want = {{VERDICT_REFUSED, STAGE_RCPT, 550}, {VERDICT_ACCEPTED, STAGE_DOT, 250}}},
    {"refused sender, yet 354: out of step, nothing was said to anybody",
     ALL,
     {1, 2},
     {{"", GROUP1}, {"550 no\r\n503 no\r\n354 go\r\n", ""}},
     .want = {{VERDICT_REFUSED, STAGE_MAIL, 550}, {VERDICT_DEFERRED, STAGE_CONNECT, 0}}},
    {"copies: DATA waits for the recipients, a refused copy loses nothing",
     ALL,
     {3},
     {{"", GROUP3},
      {"250 ok\r\n250 ok\r\n550 5.1.1 gone\r\n250 ok\r\n", "DATA\r\n"},
      {"354 go\r\n", BODY3},
      {"250 2.0.0 queued\r\n", ""}},
     .want = {{VERDICT_ACCEPTED, STAGE_DOT, 250,
               "2.0.0 queued (a copy was refused: 550 5.1.1 gone)"}}},
    {"a reply of several lines is one sentence",
     ALL,
     {1, 2},
     {{"", GROUP1},
      {"250 ok\r\n550-5.1.1 no\r\n550-5.1.1 such\r\n550 5.1.1 user\r\n554 none\r\n",
       "RSET\r\n" GROUP2},
      {"250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n", BODY2},
      {"250-2.0.0\r\n250-queued\r\n250 as 42\r\n", ""}},
     .want = {{VERDICT_REFUSED, STAGE_RCPT, 550, "5.1.1 no 5.1.1 such 5.1.1 user"},
              {VERDICT_ACCEPTED, STAGE_DOT, 250, "2.0.0 queued as 42"}}},
    {"not now, at DATA: the next one goes on",
     ALL,
     {1, 2},
     {{"", GROUP1},
      {"250 ok\r\n250 ok\r\n451 4.3.0 later\r\n", "RSET\r\n" GROUP2},
      {"250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n", BODY2},
      {"250 ok\r\n", ""}},
     .want = {{VERDICT_DEFERRED, STAGE_DATA, 451, "4.3.0 later"},
              {VERDICT_ACCEPTED, STAGE_DOT, 250}}},
    {"copies: the first recipient decides",
     ALL,
     {3, 1},
     {{"", GROUP3},
      {"250 ok\r\n451 later\r\n250 ok\r\n250 ok\r\n", "RSET\r\n" GROUP1},
      {"250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n", BODY1},
      {"250 ok\r\n", ""}},
     .want = {{VERDICT_DEFERRED, STAGE_RCPT, 451}, {VERDICT_ACCEPTED, STAGE_DOT, 250}}},
    {"421 after the dot: not accepted, the others unharmed",
     ALL,
     {1, 2},
     {{"", GROUP1},
      {"250 ok\r\n250 ok\r\n354 go\r\n", BODY1 GROUP2},
      {"421 4.7.0 too many\r\n", ""}},
     .want = {{VERDICT_DEFERRED, STAGE_DOT, 421}, {VERDICT_DEFERRED, STAGE_MAIL, 0}}},
    {"421 on the second message",
     ALL,
     {1, 2},
     {{"", GROUP1},
      {"250 ok\r\n250 ok\r\n354 go\r\n", BODY1 GROUP2},
      {"250 ok\r\n421 4.7.0 enough\r\n", ""}},
     .want = {{VERDICT_ACCEPTED, STAGE_DOT, 250}, {VERDICT_DEFERRED, STAGE_MAIL, 421}}},
    {"closed after the dot: one uncertain, the next only deferred",
     ALL,
     {1, 2},
     {{"", GROUP1}, {"250 ok\r\n250 ok\r\n354 go\r\n", BODY1 GROUP2}},
     .is_closed = true,
     .want = {{VERDICT_UNCERTAIN, STAGE_DOT, 0}, {VERDICT_DEFERRED, STAGE_MAIL, 0}}},
    {"half a reply is no reply",
     ALL,
     {1},
     {{"", GROUP1}, {"250 ok\r\n250 ok\r\n354 go\r\n", BODY1}, {"250 o", ""}},
     .is_closed = true,
     .want = {{VERDICT_UNCERTAIN, STAGE_DOT, 0}}},
    {"closed before the body",
     ALL,
     {1},
     {{"", GROUP1}, {"250 ok\r\n250 ok\r\n", ""}},
     .is_closed = true,
     .want = {{VERDICT_DEFERRED, STAGE_DATA, 0}}},
    {"a reply that nothing asked for",
     ALL,
     {1, 2},
     {{"", GROUP1},
      {"250 ok\r\n250 ok\r\n354 go\r\n", BODY1 GROUP2},
      {"250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n", BODY2},
      {"250 ok\r\n250 ok\r\n", ""}},
     .want = {{VERDICT_ACCEPTED, STAGE_DOT, 250}, {VERDICT_ACCEPTED, STAGE_DOT, 250}}},
    {"stray lines, bare LF, changed codes within a reply",
     ALL,
     {1},
     {{"", GROUP1},
      {"hello\r\n250-a\n250 ok\n\r\n250-x\r\n251 ok\r\n99\r\n354\r\n", BODY1},
      {"250\r\n", ""}},
     .want = {{VERDICT_ACCEPTED, STAGE_DOT, 250}}},
    {"a stray line, and yet all answers came",
     ALL,
     {1, 2},
     {{"", GROUP1},
      {"250 ok\r\n250 ok\r\n354 go\r\n", BODY1 GROUP2},
      {"hm\r\n250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n", BODY2},
      {"250 ok\r\n", ""}},
     .want = {{VERDICT_ACCEPTED, STAGE_DOT, 250}, {VERDICT_ACCEPTED, STAGE_DOT, 250}}},
    {"a stray line in place of the dot's answer",
     ALL,
     {1, 2},
     {{"", GROUP1},
      {"250 ok\r\n250 ok\r\n354 go\r\n", BODY1 GROUP2},
      {"hm\r\n250 ok\r\n250 ok\r\n354 go\r\n", ""}},
     .want = {{VERDICT_UNCERTAIN, STAGE_DOT, 0}, {VERDICT_DEFERRED, STAGE_RCPT, 0}}},
    {"a stray line in place of the dot's answer, and the next recipient is refused",
     ALL,
     {1, 2},
     {{"", GROUP1},
      {"250 ok\r\n250 ok\r\n354 go\r\n", BODY1 GROUP2},
      {"hm\r\n250 ok\r\n550 no\r\n554 none\r\n", ""}},
     .is_closed = true,
     .want = {{VERDICT_UNCERTAIN, STAGE_DOT, 0}, {VERDICT_DEFERRED, STAGE_MAIL, 0}}},
    {"a stray line inside a reply belongs to it",
     ALL,
     {1, 2},
     {{"", GROUP1},
      {"250 ok\r\n250 ok\r\n354 go\r\n", BODY1 GROUP2},
      {"250-2.0.0 a\r\nhm\r\n250 b\r\n250 ok\r\n250 ok\r\n354 go\r\n", BODY2},
      {"250 ok\r\n", ""}},
     .want = {{VERDICT_ACCEPTED, STAGE_DOT, 250, "2.0.0 a b"}, {VERDICT_ACCEPTED, STAGE_DOT, 250}}},
    {"354 in answer to MAIL",
     ALL,
     {1},
     {{"", GROUP1}, {"354 go\r\n", ""}},
     .want = {{VERDICT_DEFERRED, STAGE_MAIL, 0}}},
    {"a reply at DATA that makes no sense",
     ALL,
     {1},
     {{"", GROUP1}, {"250 ok\r\n250 ok\r\n250 ok\r\n", ""}},
     .want = {{VERDICT_DEFERRED, STAGE_DATA, 0}}},
    {"354 after the dot makes no sense: nobody knows",
     ALL,
     {1},
     {{"", GROUP1}, {"250 ok\r\n250 ok\r\n354 go\r\n", BODY1}, {"354 go\r\n", ""}},
     .want = {{VERDICT_UNCERTAIN, STAGE_DOT, 0}}},
    {"no SMTP at all",
     ALL,
     {1},
     {{"", GROUP1}},
     .is_closed = true,
     .want = {{VERDICT_DEFERRED, STAGE_MAIL, 0}}},
};

static struct instant at = {1000 * USEC_PER_SEC};

/* Takes all output; our bytes leave in pieces of `piece`. */
static void take_output(struct smtp *smtp, struct buf *ours, size_t piece)
{
    struct text output;
    while ((output = smtp_output(smtp)).size) {
        size_t size = piece && piece < output.size ? piece : output.size;
        buf_add(ours, output.data, size);
        smtp_written(smtp, size, at);
    }
}

static void hold(const struct conversation *talk, size_t cut, size_t piece)
{
    struct smtp_callbacks callbacks = {.on_outcome = on_outcome};
    struct smtp *smtp = smtp_new(talk->capabilities, &callbacks);
    struct buf ours = BUF_INIT(1 << 20);
    size_t mail_count = 0;
    REQUIRE(smtp);
    memset(tolds, 0, sizeof tolds);
    told_count = 0;
    for (; mail_count < 3 && talk->mails[mail_count]; mail_count++)
        CHECK_INT(smtp_send(smtp, &mails[talk->mails[mail_count] - 1], &tolds[mail_count], at), 0);
    if (talk->is_quit)
        smtp_quit(smtp, at);
    for (size_t i = 0; talk->exchanges[i].theirs; i++) {
        struct text theirs = text_of(talk->exchanges[i].theirs);
        size_t here = cut < theirs.size ? cut : theirs.size;
        buf_clear(&ours);
        smtp_input(smtp, text_slice(theirs, 0, here), at);
        if (here && here < theirs.size)
            take_output(smtp, &ours, piece);
        smtp_input(smtp, text_from(theirs, here), at);
        take_output(smtp, &ours, piece);
        CHECK_STRING(ours.data ? ours.data : "", talk->exchanges[i].ours);
    }
    if (talk->is_closed)
        smtp_closed(smtp, "closed", at);
    for (size_t i = 0; i < mail_count; i++) {
        CHECK_INT(tolds[i].order, i + 1);
        CHECK_STRING(verdict_to_text(tolds[i].outcome.verdict),
                     verdict_to_text(talk->want[i].verdict));
        CHECK_STRING(smtp_stage_to_text(tolds[i].outcome.stage),
                     smtp_stage_to_text(talk->want[i].stage));
        CHECK_INT(tolds[i].outcome.code, talk->want[i].code);
        if (talk->want[i].reply)
            CHECK_STRING(tolds[i].outcome.reply, talk->want[i].reply);
    }
    if (talk->is_quit)
        CHECK(smtp_is_done(smtp) && smtp_is_dead(smtp)); /* after 221 nobody is there */
    buf_done(&ours);
    smtp_free(smtp);
    CHECK_INT(told_count, mail_count);
}

TEST(conversations)
{
    for (size_t i = 0; i < sizeof conversations / sizeof *conversations; i++) {
        CHECK_ROW(conversations[i].title);
        for (size_t cut = 0; cut < 40; cut++)
            for (size_t piece = 0; piece < 4; piece++)
                hold(&conversations[i], cut, piece);
    }
}

static struct smtp *start(const struct smtp_capabilities *capabilities, int mail, struct told *told)
{
    struct smtp_callbacks callbacks = {.on_outcome = on_outcome};
    struct smtp *smtp = smtp_new(capabilities, &callbacks);
    REQUIRE(smtp);
    memset(tolds, 0, sizeof tolds);
    told_count = 0;
    CHECK_INT(smtp_send(smtp, &mails[mail], told, at), 0);
    return smtp;
}

static size_t write_some(struct smtp *smtp, size_t most)
{
    struct text output = smtp_output(smtp);
    size_t size = output.size < most ? output.size : most;
    smtp_written(smtp, size, at);
    return output.size - size;
}

static void say(struct smtp *smtp, const char *theirs)
{
    smtp_input(smtp, text_of(theirs), at);
}

/* The line between deferred and uncertain is the last byte of the dot, neither before nor after. */
TEST(dot_leaves_byte_by_byte)
{
    size_t body = strlen(BODY1);
    for (size_t left = 0; left <= body; left++) {
        struct smtp *smtp = start(ALL, 0, &tolds[0]);
        write_some(smtp, SIZE_MAX);
        say(smtp, "250 ok\r\n250 ok\r\n354 go\r\n");
        write_some(smtp, left);
        smtp_closed(smtp, "gone", at);
        CHECK_INT(tolds[0].outcome.verdict, left == body ? VERDICT_UNCERTAIN : VERDICT_DEFERRED);
        CHECK_INT(tolds[0].outcome.stage, left == body ? STAGE_DOT : STAGE_BODY);
        CHECK_STRING(tolds[0].outcome.reply, "gone");
        smtp_free(smtp);
    }
}

TEST(early_replies)
{
    static const struct {
        const char *title, *theirs;
        enum verdict verdict;
        enum smtp_stage stage;
        int code;
    } early[] = {
        {"554 in the body", "554 5.7.1 spam\r\n", VERDICT_REFUSED, STAGE_BODY, 554},
        {"452 in the body", "452 4.3.1 full\r\n", VERDICT_DEFERRED, STAGE_BODY, 452},
        {"250 in the body is no acceptance", "250 ok\r\n", VERDICT_DEFERRED, STAGE_BODY, 0},
        {"421 in the body", "421 4.3.0 bye\r\n", VERDICT_DEFERRED, STAGE_BODY, 421},
    };
    enum { ROWS = sizeof early / sizeof *early };
    for (size_t i = 0; i < 2 * ROWS; i++) { /* in the body, and right behind the 354 */
        char at_once[64];
        const bool is_at_once = i >= ROWS;
        const size_t row = i % ROWS;
        CHECK_ROW(early[row].title);
        snprintf(at_once, sizeof at_once, "354 go\r\n%s", early[row].theirs);
        struct smtp *smtp = start(ALL, 0, &tolds[0]);
        write_some(smtp, SIZE_MAX);
        say(smtp, "250 ok\r\n250 ok\r\n");
        say(smtp, is_at_once ? at_once : "354 go\r\n");
        write_some(smtp, 5);
        say(smtp, early[row].theirs);
        CHECK(smtp_is_dead(smtp));
        CHECK_INT(tolds[0].outcome.verdict, early[row].verdict);
        CHECK_INT(tolds[0].outcome.stage, early[row].stage);
        CHECK_INT(tolds[0].outcome.code, early[row].code);
        smtp_free(smtp);
    }
}

TEST(timeouts)
{
    static const struct {
        const char *title, *theirs[3];
        int64_t wait_min;
        enum verdict verdict;
        enum smtp_stage stage;
    } silent[] = {
        {"MAIL", {NULL}, 5, VERDICT_DEFERRED, STAGE_MAIL},
        {"RCPT", {"250 ok\r\n"}, 5, VERDICT_DEFERRED, STAGE_RCPT},
        {"DATA", {"250 ok\r\n250 ok\r\n"}, 2, VERDICT_DEFERRED, STAGE_DATA},
        {"end of data", {"250 ok\r\n250 ok\r\n354 go\r\n"}, 10, VERDICT_UNCERTAIN, STAGE_DOT},
    };
    for (size_t i = 0; i < sizeof silent / sizeof *silent; i++) {
        CHECK_ROW(silent[i].title);
        struct smtp *smtp = start(ALL, 0, &tolds[0]);
        write_some(smtp, SIZE_MAX);
        if (silent[i].theirs[0])
            say(smtp, silent[i].theirs[0]);
        write_some(smtp, SIZE_MAX);
        /* A drip of half a reply does not buy time. */
        smtp_input(smtp, TEXT("25"), instant_add(at, USEC_PER_MIN));
        struct instant end = instant_add(at, silent[i].wait_min * USEC_PER_MIN);
        CHECK_INT(smtp_deadline(smtp).utc_usec, end.utc_usec);
        smtp_timeout(smtp, instant_add(end, -1));
        CHECK(!smtp_is_dead(smtp));
        smtp_timeout(smtp, end);
        CHECK(smtp_is_dead(smtp));
        CHECK_INT(tolds[0].outcome.verdict, silent[i].verdict);
        CHECK_INT(tolds[0].outcome.stage, silent[i].stage);
        CHECK_INT(tolds[0].outcome.code, 0);
        char words[80];
        snprintf(words, sizeof words, "no answer from the relay to %s within %d s", silent[i].title,
                 (int)silent[i].wait_min * 60);
        CHECK_STRING(tolds[0].outcome.reply, words);
        smtp_free(smtp);
    }
}

/* Each answer starts the clock anew, and so does each byte of ours that leaves. */
TEST(answers_buy_time)
{
    struct smtp *smtp = start(ALL, 0, &tolds[0]);
    write_some(smtp, SIZE_MAX);
    struct instant then = instant_add(at, 4 * USEC_PER_MIN);
    smtp_input(smtp, TEXT("250 ok\r\n"), then);
    CHECK_INT(instant_diff(smtp_deadline(smtp), then), 5 * USEC_PER_MIN);
    smtp_timeout(smtp, instant_add(at, 5 * USEC_PER_MIN));
    CHECK(!smtp_is_dead(smtp));
    smtp_input(smtp, TEXT("250 ok\r\n354 go\r\n"), then);
    smtp_output(smtp);
    struct instant later = instant_add(then, 2 * USEC_PER_MIN);
    smtp_written(smtp, 1, later);
    CHECK_INT(instant_diff(smtp_deadline(smtp), later), 3 * USEC_PER_MIN);
    smtp_free(smtp);
}

/* A stream that is no dialogue ends, with words, before it fills anything. */
TEST(babble)
{
    static const char *const lines[] = {"hm\r\n", "250-more\r\n"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        CHECK_ROW(lines[i]);
        struct smtp *smtp = start(ALL, 0, &tolds[0]);
        write_some(smtp, SIZE_MAX);
        for (int n = 0; n < 100000 && !smtp_is_dead(smtp); n++)
            say(smtp, lines[i]);
        CHECK(smtp_is_dead(smtp));
        CHECK_INT(tolds[0].outcome.verdict, VERDICT_DEFERRED);
        CHECK_INT(tolds[0].outcome.stage, STAGE_MAIL);
        CHECK_STRING(tolds[0].outcome.reply, "the relay does not answer in SMTP");
        smtp_free(smtp);
    }
}

TEST(peer_stops_reading)
{
    struct smtp *smtp = start(ALL, 0, &tolds[0]);
    write_some(smtp, SIZE_MAX);
    say(smtp, "250 ok\r\n250 ok\r\n354 go\r\n");
    CHECK(write_some(smtp, 3) > 0);
    CHECK_INT(instant_diff(smtp_deadline(smtp), at), 3 * USEC_PER_MIN);
    smtp_timeout(smtp, smtp_deadline(smtp));
    CHECK_INT(tolds[0].outcome.verdict, VERDICT_DEFERRED);
    CHECK_INT(tolds[0].outcome.stage, STAGE_BODY);
    CHECK_STRING(tolds[0].outcome.reply, "the relay stopped reading");
    smtp_free(smtp);
}

/* What was shown does not move while it is being written, whatever is added. */
TEST(output_stays_put)
{
    struct smtp *smtp = start(ALL, 0, &tolds[0]);
    write_some(smtp, SIZE_MAX);
    say(smtp, "250 ok\r\n250 ok\r\n354 go\r\n");
    struct text first = smtp_output(smtp);
    smtp_written(smtp, 4, at);
    CHECK_INT(smtp_send(smtp, &mails[1], &tolds[1], at), 0);
    struct text second = smtp_output(smtp);
    CHECK(second.data == first.data + 4);
    CHECK_INT(second.size, first.size - 4);
    smtp_free(smtp);
}

TEST(room)
{
    struct smtp *smtp = start(ALL, 0, &tolds[0]);
    CHECK(smtp_wants_message(smtp));
    CHECK_INT(smtp_send(smtp, &mails[1], &tolds[1], at), 0);
    CHECK_INT(smtp_send(smtp, &mails[1], &tolds[2], at), 0);
    CHECK(!smtp_wants_message(smtp));
    CHECK_INT(smtp_send(smtp, &mails[1], &tolds[3], at), -EBUSY);
    CHECK_INT(smtp_in_hand(smtp), 3);
    smtp_quit(smtp, at);
    CHECK_INT(smtp_send(smtp, &mails[1], &tolds[3], at), -EPIPE);
    smtp_free(smtp);
    CHECK_INT(told_count, 3);
}

TEST(vetting)
{
    static const struct {
        const char *title, *from, *to, *bytes;
        enum fault fault;
        bool is_sendable;
    } messages[] = {
        {"plain", "a@x", "b@y", "x\r\n", FAULT_NONE, true},
        {"null sender", "", "b@y", "x\r\n", FAULT_NONE, true},
        {"quoted", "a@x", "\"b c\\\" d\"@y", "x\r\n", FAULT_NONE, true},
        {"second command", "a@x", "b@y>\r\nRCPT TO:<evil@x", "x\r\n", FAULT_ADDRESS, false},
        {"second command, quoted", "a@x", "\"b\r\n\"@y", "x\r\n", FAULT_ADDRESS, false},
        {"escaped line end", "a@x", "\"b\\\n\"@y", "x\r\n", FAULT_ADDRESS, false},
        {"bracket", "a@x", "b>@y", "x\r\n", FAULT_ADDRESS, false},
        {"parameter", "a@x", "b@y NOTIFY=NEVER", "x\r\n", FAULT_ADDRESS, false},
        {"tab", "a@x", "b\t@y", "x\r\n", FAULT_ADDRESS, false},
        {"needs SMTPUTF8", "a@x", "h\xc3\xa9@y", "x\r\n", FAULT_ADDRESS, false},
        {"no domain", "a@x", "b", "x\r\n", FAULT_ADDRESS, false},
        {"empty", "a@x", "", "x\r\n", FAULT_ADDRESS, false},
        {"open quote", "a@x", "\"b@y", "x\r\n", FAULT_ADDRESS, false},
        {"sender", "a@x>\r\n", "b@y", "x\r\n", FAULT_SENDER, false},
        {"bare LF", "a@x", "b@y", "x\ny\r\n", FAULT_SENDER, false},
        {"bare CR", "a@x", "b@y", "x\ry\r\n", FAULT_SENDER, false},
        {"smuggled end", "a@x", "b@y", "x\r\n\n.\r\n", FAULT_SENDER, false},
        {"no end", "a@x", "b@y", "x\r\ny", FAULT_SENDER, false},
        {"nothing", "a@x", "b@y", "", FAULT_SENDER, false},
        {"beyond SIZE", "a@x", "b@y", "0123456789012345678901234567890123456789\r\n", FAULT_SENDER,
         false},
    };
    struct smtp_capabilities capabilities = {.has_size = true, .size_max = 30};
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
        struct message message = {.envelope_from = messages[i].from,
                                  .recipients = {messages[i].to},
                                  .recipient_count = 1,
                                  .bytes = text_of(messages[i].bytes)};
        struct outcome outcome = {0};
        CHECK_ROW(messages[i].title);
        CHECK_INT(smtp_vet(&capabilities, &message, &outcome),
                  messages[i].is_sendable ? 0 : SMTP_E_UNSENDABLE);
        if (messages[i].is_sendable)
            continue;
        CHECK_INT(outcome.verdict, VERDICT_REFUSED);
        CHECK_INT(outcome.fault, messages[i].fault);
        CHECK(*outcome.reply);
        struct smtp_callbacks callbacks = {.on_outcome = on_outcome};
        struct smtp *smtp = smtp_new(&capabilities, &callbacks);
        CHECK_INT(smtp_send(smtp, &message, NULL, at), SMTP_E_UNSENDABLE);
        CHECK_INT(smtp_output(smtp).size, 0);
        smtp_free(smtp);
    }
}

TEST(parameters)
{
    static const struct {
        const char *title, *from, *id, *want;
    } envelopes[] = {
        {"all", "a@x", "abc+1=!~\x7f ",
         "MAIL FROM:<a@x> SIZE=3 RET=HDRS ENVID=abc+2B1+3D!~+7F+20\r\n"
         "RCPT TO:<b+c@y> NOTIFY=FAILURE,DELAY ORCPT=rfc822;b+2Bc@y\r\nDATA\r\n"},
        {"no id", "a@x", NULL,
         "MAIL FROM:<a@x> SIZE=3 RET=HDRS\r\n"
         "RCPT TO:<b+c@y> NOTIFY=FAILURE,DELAY ORCPT=rfc822;b+2Bc@y\r\nDATA\r\n"},
        {"null sender wants no report", "", "i",
         "MAIL FROM:<> SIZE=3 RET=HDRS ENVID=i\r\nRCPT TO:<b+c@y>\r\nDATA\r\n"},
    };
    struct smtp_capabilities capabilities = {
        .has_pipelining = true, .has_dsn = true, .has_size = true};
    for (size_t i = 0; i < sizeof envelopes / sizeof *envelopes; i++) {
        CHECK_ROW(envelopes[i].title);
        struct message message = {.envelope_from = envelopes[i].from,
                                  .recipients = {"b+c@y"},
                                  .recipient_count = 1,
                                  .envelope_id = envelopes[i].id,
                                  .bytes = TEXT("x\r\n")};
        struct smtp_callbacks callbacks = {.on_outcome = on_outcome};
        struct smtp *smtp = smtp_new(&capabilities, &callbacks);
        memset(tolds, 0, sizeof tolds);
        CHECK_INT(smtp_send(smtp, &message, &tolds[0], at), 0);
        CHECK_STRING(smtp_output(smtp).data, envelopes[i].want);
        smtp_free(smtp);
    }
}

TEST(capabilities)
{
    struct smtp_capabilities got;
    smtp_capabilities_parse(TEXT("250-mx.example hello\r\n250-PIPELINING\r\n250-size 35882577\r\n"
                                 "250-AUTH PLAIN login\r\n250-AUTH=CRAM-MD5 XOAUTH2\r\n"
                                 "250-STARTTLS\r\n250-8bitmime\r\n250-SMTPUTF8\r\n250 DSN\r\n"),
                            &got);
    CHECK(got.has_pipelining && got.has_size && got.has_dsn && got.has_starttls);
    CHECK(got.has_8bitmime && got.has_smtputf8);
    CHECK_INT(got.size_max, 35882577);
    CHECK(got.auth_plain && got.auth_login && got.auth_cram_md5 && got.auth_xoauth2);
    CHECK(!got.auth_oauthbearer);
    smtp_capabilities_parse(TEXT("SIZE\nAUTH OAUTHBEARER"), &got);
    CHECK(got.has_size && got.auth_oauthbearer && !got.has_pipelining);
    CHECK_INT(got.size_max, 0);
    smtp_capabilities_parse(TEXT(""), &got);
    CHECK(!got.has_size);
}

CHECK_MAIN
