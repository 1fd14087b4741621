/* SPDX-License-Identifier: MIT */
/* What the journal says of messages that did not go through: which notice, the relay's words,
 * whose fault, what to do; and nobody's address. */
#include "app/recorder.h"

#include "app/masking.h"
#include "base/log.h"
#include "check.h"

TEST(replies_without_addresses)
{
    static const struct {
        const char *reply, *masked;
    } rows[] = {
        {"", ""},
        {"5.1.1 no such user", "5.1.1 no such user"},
        {"5.1.1 <jeanne.lefevre@nancy.example>: unknown", "5.1.1 … unknown"},
        {"no a@b.example, no c@d.example", "no … no …"},
        {"Jeanne.Lefevre: no such user", "… no such user"},
        {"mailbox of \"jeanne.lefevre\" is full", "mailbox of … is full"},
        {"jeanne has moved", "jeanne has moved"}, /* nobody's name here */
        {"see http://x.example/?who=jeanne%40nancy.example", "see …"},
        {"copy to lucie refused", "copy to … refused"},
    };
    static const struct message message = {
        .recipients = {"jeanne.lefevre@nancy.example", "lucie@nancy.example"},
        .recipient_count = 2};
    char masked[OUTCOME_LINE_BYTES];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_ROW(rows[i].reply);
        masking_reply(rows[i].reply, &message, masked);
        CHECK_STRING(masked, rows[i].masked);
    }
    CHECK_ROW(NULL);
    masking_reply("jeanne.lefevre x@y.example", NULL, masked);
    CHECK_STRING(masked, "jeanne.lefevre …");
    char reply[OUTCOME_LINE_BYTES] = "";
    while (strlen(reply) + 3 < sizeof reply)
        strcat(reply, "@ ");
    masking_reply(reply, NULL, masked); /* an ellipsis is longer than what it stands for */
    CHECK(strlen(masked) < sizeof masked);
}

struct heard {
    size_t count;
    char line[2048], fields[1024];
    enum log_level level;
};

static void on_line(void *context, enum log_level level, const struct log_field *fields,
                    const char *line)
{
    struct heard *heard = context;
    heard->count++;
    heard->level = level;
    heard->fields[0] = '\0';
    snprintf(heard->line, sizeof heard->line, "%s", line);
    for (; fields && fields->name; fields++)
        if (strcmp(fields->name, "MESSAGE_ID") != 0)
            snprintf(heard->fields + strlen(heard->fields),
                     sizeof heard->fields - strlen(heard->fields), "%s=%s ", fields->name,
                     fields->value);
}

TEST(what_the_journal_says)
{
    static const struct {
        const char *title, *line;
        struct outcome outcome;
        bool is_to_staff;
    } rows[] = {
        {"taken",
         "id@convier accepted at dot: 250",
         {VERDICT_ACCEPTED, FAULT_NONE, STAGE_DOT, 250, "2.0.0", "2.0.0 queued as 42", false}},
        {"no such user",
         "notice 7 about event uid-1 is refused at rcpt: 550 5.1.1 … no such user; the address is "
         "at fault, mend it in the contact list; `convier who --event` names the contact, `convier "
         "retry --event` tries again",
         {VERDICT_REFUSED, FAULT_ADDRESS, STAGE_RCPT, 550, "5.1.1",
          "5.1.1 <a@x.example>: no such user", false}},
        {"our fault",
         "notice 7 about event uid-1 is refused at dot: 554 5.7.1 spam; the fault is ours, look at "
         "the sender's rights, SPF, DKIM and the text; `convier who --event` names the contact, "
         "`convier retry --event` tries again",
         {VERDICT_REFUSED, FAULT_SENDER, STAGE_DOT, 554, "5.7.1", "5.7.1 spam", false}},
        {"greylisted",
         "notice 7 about event uid-1 is deferred at rcpt: 451 4.7.1 come back; the recipient's "
         "side "
         "is at fault, ask them in another way if it lasts; it is tried again by itself",
         {VERDICT_DEFERRED, FAULT_RECIPIENT, STAGE_RCPT, 451, "4.7.1", "4.7.1 come back", false}},
        {"lost after the dot",
         "notice 7 about event uid-1 is uncertain at dot: connection lost; the relay is at fault, "
         "ask its provider if it lasts; it may have arrived, limits.uncertain says what follows",
         {VERDICT_UNCERTAIN, FAULT_RELAY, STAGE_DOT, 0, "", "connection lost", false}},
        {"staff's own mailbox",
         "notice 7 about event uid-1 is refused at rcpt: 550 5.1.1 gone; the address is at fault, "
         "mend it in the contact list; it was for one of `staff`",
         {VERDICT_REFUSED, FAULT_ADDRESS, STAGE_RCPT, 550, "5.1.1", "5.1.1 gone", false},
         true},
        {"nothing left us",
         NULL,
         {VERDICT_DEFERRED, FAULT_RELAY, STAGE_CONNECT, 0, "", "no route", false}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct heard heard = {0};
        struct letter_notice notices[] = {{.id = 7, .occurrence = "uid-1"}};
        struct letter letter = {.notices = notices,
                                .notice_count = 1,
                                .is_to_staff = rows[i].is_to_staff,
                                .message = {.message_id = "id@convier",
                                            .recipients = {"a@x.example"},
                                            .recipient_count = 1},
                                .outcome = rows[i].outcome};
        CHECK_ROW(rows[i].title);
        log_set_sink(on_line, &heard);
        recorder_log(&letter);
        log_set_sink(NULL, NULL);
        CHECK_INT(heard.count, rows[i].line != NULL);
        if (!rows[i].line)
            continue;
        CHECK_STRING(heard.line, rows[i].line);
        CHECK(!strstr(heard.line, "a@x") && !strstr(heard.fields, "a@x"));
        CHECK(strstr(heard.fields, "CONVIER_MESSAGE_ID=id@convier "));
        bool is_good = rows[i].outcome.verdict == VERDICT_ACCEPTED;
        CHECK_INT(heard.level, is_good ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING);
        CHECK(is_good || strstr(heard.fields, "CONVIER_NOTICE=7 CONVIER_KEY=uid-1 "));
    }
}

/* A mail that tells two: each notice has its line. */
TEST(each_notice_has_its_line)
{
    struct heard heard = {0};
    struct letter_notice notices[] = {{.id = 7, .occurrence = "uid-1"},
                                      {.id = 8, .occurrence = "uid-2"}};
    struct letter letter = {
        .notices = notices,
        .notice_count = 2,
        .message = {.message_id = "id@convier"},
        .outcome = {VERDICT_REFUSED, FAULT_ADDRESS, STAGE_RCPT, 550, "5.1.1", "5.1.1 gone", false}};
    log_set_sink(on_line, &heard);
    recorder_log(&letter);
    log_set_sink(NULL, NULL);
    CHECK_INT(heard.count, 2);
    CHECK(strstr(heard.line, "notice 8 about event uid-2 is refused"));
}

CHECK_MAIN
