/* SPDX-License-Identifier: MIT */
/* A dialogue with every allocation refused in turn: each message is told once all the same, and
 * what could not be built is not called uncertain.                                               */
#include "deliver/smtp.h"

#include "torture.h"

static int told, accepted, uncertain;

static void on_outcome(void *context, void *token, const struct outcome *outcome)
{
    (void)context;
    (void)token;
    told++;
    accepted += outcome->verdict == VERDICT_ACCEPTED;
    uncertain += outcome->verdict == VERDICT_UNCERTAIN;
}

static void take_output(struct smtp *smtp, struct instant now)
{
    struct text output;
    while ((output = smtp_output(smtp)).size)
        smtp_written(smtp, output.size, now);
    if (!instant_before(now, smtp_deadline(smtp)))
        smtp_timeout(smtp, now);
}

TEST(torture)
{
    static const char line[] = "a line of a message that is long enough to make buffers grow\r\n";
    static char bytes[100 * (sizeof line - 1)];
    for (size_t i = 0; i < sizeof bytes; i += sizeof line - 1)
        memcpy(bytes + i, line, sizeof line - 1);
    const struct message message = {.message_id = "m@x",
                                    .envelope_from = "a@x",
                                    .recipients = {"b@y"},
                                    .recipient_count = 1,
                                    .bytes = {bytes, sizeof bytes}};
    const struct smtp_capabilities capabilities = {.has_pipelining = true};
    const struct smtp_callbacks callbacks = {.on_outcome = on_outcome};
    static const char *const theirs[] = {"250 ok\r\n250 ok\r\n354 go\r\n",
                                         "250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n", "250 ok\r\n"};
    bool has_gone_through = false;
    TORTURE(n)
    {
        struct instant now = {0};
        int sent = 0;
        told = accepted = uncertain = 0;
        struct smtp *smtp = smtp_new(&capabilities, &callbacks);
        if (smtp) {
            for (int i = 0; i < 2; i++)
                sent += smtp_send(smtp, &message, NULL, now) == 0;
            CHECK_INT(sent, 2);
            take_output(smtp, now);
            for (int i = 0; i < 3; i++) {
                smtp_input(smtp, text_of(theirs[i]), now);
                take_output(smtp, now);
            }
            smtp_free(smtp);
            CHECK_INT(told, sent);
            CHECK_INT(uncertain, 0);
            has_gone_through |= accepted == 2;
        }
    }
    CHECK(has_gone_through);
}

CHECK_MAIN
