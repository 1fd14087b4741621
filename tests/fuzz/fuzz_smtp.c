/* room: deliver */
/* SPDX-License-Identifier: MIT */
/* A dialogue with a server that says anything, cut anywhere, while our writes leave in any pieces.
 *
 * Input: 4 bytes of choices (pipelining, messages, piece sizes), then what the server says. A zero
 * byte lets output leave, 0x01 sends one more message, 0x02 lets time pass. Whatever happens, each
 * message is told exactly once, uncertain at most once, and accepted only if its dot has left.   */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "deliver/smtp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MESSAGES = 12 };

static struct {
    int told;
    struct outcome outcome;
} fates[MESSAGES];
static int uncertain;

static void on_outcome(void *context, void *token, const struct outcome *outcome)
{
    size_t i = (size_t)(uintptr_t)token;
    (void)context;
    assert(fates[i].told == 0);
    fates[i].told++;
    fates[i].outcome = *outcome;
    uncertain += outcome->verdict == VERDICT_UNCERTAIN;
    assert(memchr(outcome->reply, 0, sizeof outcome->reply));
    assert(text_is_utf8(text_of(outcome->reply)));
    assert(outcome->verdict != VERDICT_ACCEPTED || outcome->stage == STAGE_DOT);
    assert(outcome->verdict != VERDICT_REFUSED || outcome->code >= 500);
}

static const struct message messages[2] = {
    {.envelope_from = "a@x.org",
     .recipients = {"b@y.org"},
     .recipient_count = 1,
     .bytes = {"Subject: a\r\n\r\n.\r\nx\r\n", 20}},
    {.envelope_from = "",
     .recipients = {"b@y.org", "bad address", "c@y.org"},
     .recipient_count = 3,
     .envelope_id = "x+y",
     .bytes = {"Subject: b\r\n\r\nx\r\n", 17}},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct smtp_callbacks callbacks = {.on_outcome = on_outcome};
    struct instant now = {0};
    size_t sent = 0;
    if (size < 4)
        return 0;
    struct smtp_capabilities capabilities = {
        .has_pipelining = data[0] & 1, .has_dsn = data[0] & 2, .has_size = data[0] & 4};
    size_t piece = data[1], bite = data[2] ? data[2] : 1;
    struct smtp *smtp = smtp_new(&capabilities, &callbacks);
    if (!smtp)
        return 0;
    memset(fates, 0, sizeof fates);
    uncertain = 0;
    for (size_t i = 0; i < (size_t)(data[3] % 4); i++)
        if (!smtp_send(smtp, &messages[(data[3] >> 2 >> i) & 1], (void *)(uintptr_t)sent, now))
            sent++;
    struct text rest = {(const char *)data + 4, size - 4};
    while (rest.size) {
        struct text part = text_slice(rest, 0, bite);
        unsigned char order = (unsigned char)rest.data[0];
        if (order > 2) {
            rest = text_from(rest, part.size);
            smtp_input(smtp, part, now);
            continue;
        }
        rest = text_from(rest, 1);
        if (order == 1 && sent < MESSAGES &&
            !smtp_send(smtp, &messages[sent & 1], (void *)(uintptr_t)sent, now))
            sent++;
        if (order == 2)
            now = instant_add(now, USEC_PER_MIN);
        struct text output = smtp_output(smtp);
        size_t leaving = piece && piece < output.size ? piece : output.size;
        smtp_written(smtp, leaving, now);
        if (!instant_before(now, smtp_deadline(smtp)))
            smtp_timeout(smtp, now);
    }
    smtp_free(smtp);
    for (size_t i = 0; i < sent; i++)
        assert(fates[i].told == 1);
    assert(uncertain <= 1);
    return 0;
}
