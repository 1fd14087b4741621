/* SPDX-License-Identifier: MIT */
#include "app/recorder.h"

#include <stdio.h>

#include "app/message_ids.h"
#include "base/log.h"
#include "deliver/verdict.h"

bool recorder_is_untouched(const struct outcome *outcome)
{
    return outcome->verdict == VERDICT_DEFERRED && outcome->fault == FAULT_RELAY &&
           outcome->stage < STAGE_MAIL;
}

/* What was one mail stays one: all its notices are tried again at the same time. */
static struct instant next_try(const struct letter *letter)
{
    int attempts = 0;
    for (size_t i = 0; i < letter->notice_count; i++)
        attempts = letter->notices[i].attempts > attempts ? letter->notices[i].attempts : attempts;
    return verdict_next_try(attempts, (uint64_t)letter->notices[0].id, letter->told);
}

static int write_one(struct ledger *ledger, const struct letter *letter,
                     const struct letter_notice *notice)
{
    const struct outcome *outcome = &letter->outcome;
    if (recorder_is_untouched(outcome))
        return ledger_move(ledger, notice->id, NOTICE_OWED, outcome->reply, letter->told);
    int r = ledger_outcome(ledger, notice->id, outcome, next_try(letter), letter->told);
    if (r || outcome->verdict != VERDICT_UNCERTAIN)
        return r;
    return ledger_keep_bytes(ledger, notice->id, letter->message.bytes);
}

int recorder_write(struct ledger *ledger, const struct settings *settings,
                   const struct letter *letter)
{
    static const char why[] = "the relay may have accepted it already; approve to send it again";
    bool must_hold = letter->outcome.verdict == VERDICT_UNCERTAIN && !letter->is_to_staff &&
                     settings->limits.uncertain != UNCERTAIN_RESEND;
    int64_t hold = 0;
    int r = 0;
    for (size_t i = 0; i < letter->notice_count && !r; i++)
        r = write_one(ledger, letter, &letter->notices[i]);
    if (!r && !outcome_was_handed(&letter->outcome))
        r = ledger_return(ledger, letter->message.recipient_count, letter->claimed);
    if (r || !must_hold)
        return r;
    r = ledger_hold(ledger, why, letter->told, &hold);
    for (size_t i = 0; i < letter->notice_count && !r; i++)
        r = ledger_put_on_hold(ledger, letter->notices[i].id, hold, why, letter->told);
    return r;
}

/* The relay's words without addresses: those are personal data, and the ledger has them. */
static void redact(const char *reply, char ret[OUTCOME_REPLY_BYTES])
{
    size_t size = 0;
    for (struct text rest = text_of(reply); rest.data;) {
        struct text word = text_split(&rest, ' ');
        bool is_address = text_find_char(word, '@') < word.size;
        int n = snprintf(ret + size, OUTCOME_REPLY_BYTES - size, "%s%.*s", size ? " " : "",
                         is_address ? 3 : (int)word.size, is_address ? "\xE2\x80\xA6" : word.data);
        if (n < 0 || (size_t)n >= OUTCOME_REPLY_BYTES - size)
            return;
        size += (size_t)n;
    }
}

void recorder_log(const struct letter *letter)
{
    char reply[OUTCOME_REPLY_BYTES] = "";
    const struct outcome *outcome = &letter->outcome;
    const char *id = outcome->verdict == VERDICT_REFUSED     ? MESSAGE_ID_MESSAGE_REFUSED
                     : outcome->verdict == VERDICT_UNCERTAIN ? MESSAGE_ID_MESSAGE_UNCERTAIN
                                                             : NULL;
    const struct log_field fields[] = {{"CONVIER_MESSAGE_ID", letter->message.message_id},
                                       {"CONVIER_VERDICT", verdict_to_text(outcome->verdict)},
                                       {"CONVIER_REPLY", reply},
                                       {id ? "MESSAGE_ID" : NULL, id},
                                       {NULL, NULL}};
    bool is_good = outcome->verdict == VERDICT_ACCEPTED;
    if (recorder_is_untouched(outcome)) /* told once, when the queue rests */
        return;
    redact(outcome->reply, reply);
    log_line(is_good ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING, fields, "%s %s at %s: %d %s",
             letter->message.message_id, verdict_to_text(outcome->verdict),
             smtp_stage_to_text(outcome->stage), outcome->code, is_good ? "" : outcome->enhanced);
}
