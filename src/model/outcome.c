/* SPDX-License-Identifier: MIT */
#include "model/outcome.h"

#include <stdio.h>

const char *verdict_to_text(enum verdict verdict)
{
    static const char *const texts[] = {
        [VERDICT_ACCEPTED] = "accepted",
        [VERDICT_DEFERRED] = "deferred",
        [VERDICT_REFUSED] = "refused",
        [VERDICT_UNCERTAIN] = "uncertain",
    };
    return texts[verdict];
}

const char *fault_to_text(enum fault fault)
{
    static const char *const texts[] = {
        [FAULT_NONE] = "none",     [FAULT_ADDRESS] = "address", [FAULT_RECIPIENT] = "recipient",
        [FAULT_SENDER] = "sender", [FAULT_RELAY] = "relay",
    };
    return texts[fault];
}

const char *smtp_stage_to_text(enum smtp_stage stage)
{
    static const char *const texts[] = {
        [STAGE_CONNECT] = "connect", [STAGE_GREETING] = "greeting", [STAGE_HELLO] = "hello",
        [STAGE_TLS] = "tls",         [STAGE_AUTH] = "auth",         [STAGE_MAIL] = "mail",
        [STAGE_RCPT] = "rcpt",       [STAGE_DATA] = "data",         [STAGE_BODY] = "body",
        [STAGE_DOT] = "dot",
    };
    return texts[stage];
}

void outcome_line(const struct outcome *outcome, char ret[OUTCOME_LINE_BYTES])
{
    const char *space = *outcome->reply ? " " : "";
    if (outcome->code)
        snprintf(ret, OUTCOME_LINE_BYTES, "%d%s%s", outcome->code, space, outcome->reply);
    else
        snprintf(ret, OUTCOME_LINE_BYTES, "%s", outcome->reply);
}

/* A refusal without a reply is our own, of what cannot be sent. */
bool outcome_was_handed(const struct outcome *outcome)
{
    return outcome->stage >= STAGE_MAIL && (outcome->code || outcome->verdict != VERDICT_REFUSED);
}
