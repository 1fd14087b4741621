/* SPDX-License-Identifier: MIT */
#include "app/recorder.h"

#include <stdio.h>

#include "app/masking.h"
#include "app/message_ids.h"
#include "base/log.h"
#include "deliver/verdict.h"
#include "plan/reason_words.h"

bool recorder_is_untouched(const struct outcome *outcome)
{
    bool is_ours = outcome->fault == FAULT_RELAY || outcome->fault == FAULT_NONE;
    if (outcome->verdict != VERDICT_DEFERRED || !is_ours)
        return false;
    return outcome->stage < STAGE_MAIL ||
           (outcome->stage == STAGE_MAIL && verdict_brake(outcome) == VERDICT_BRAKE_LOGIN);
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
    char line[OUTCOME_LINE_BYTES];
    outcome_line(outcome, line);
    if (recorder_is_untouched(outcome))
        return ledger_move(ledger, notice->id, NOTICE_OWED, line, letter->told);
    int r = ledger_outcome(ledger, notice->id, outcome, next_try(letter), letter->told);
    if (r || outcome->verdict != VERDICT_UNCERTAIN)
        return r;
    return ledger_keep_bytes(ledger, notice->id, letter->message.bytes);
}

int recorder_write(struct ledger *ledger, const struct settings *settings,
                   const struct letter *letter)
{
    const char *why = reason_sentence(REASON_HOLD_UNCERTAIN, LANGUAGE_EN);
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

/* Whose fault, and what to do about it. */
static const char *blame(enum fault fault)
{
    switch (fault) {
    case FAULT_ADDRESS:
        return "the address is at fault, mend it in the contact list";
    case FAULT_RECIPIENT:
        return "the recipient's side is at fault, ask them in another way if it lasts";
    case FAULT_SENDER:
        return "the fault is ours, look at the sender's rights, SPF, DKIM and the text";
    case FAULT_RELAY:
        return "the relay is at fault, ask its provider if it lasts";
    case FAULT_NONE:
        break;
    }
    return "nobody is at fault";
}

static const char *what_follows(enum verdict verdict, bool is_to_staff)
{
    switch (verdict) {
    case VERDICT_REFUSED:
        return is_to_staff
                   ? "it was for one of `staff`"
                   : "`convier who --event` names the contact, `convier retry --event` tries"
                     " again";
    case VERDICT_UNCERTAIN:
        return "it may have arrived, limits.uncertain says what follows";
    case VERDICT_DEFERRED:
    case VERDICT_ACCEPTED:
        break;
    }
    return "it is tried again by itself";
}

static void log_trouble(const struct letter *letter, const struct letter_notice *notice,
                        const char *reply)
{
    const struct outcome *outcome = &letter->outcome;
    char id[24];
    const char *message_id = outcome->verdict == VERDICT_REFUSED     ? MESSAGE_ID_MESSAGE_REFUSED
                             : outcome->verdict == VERDICT_UNCERTAIN ? MESSAGE_ID_MESSAGE_UNCERTAIN
                                                                     : NULL;
    snprintf(id, sizeof id, "%lld", (long long)notice->id);
    const struct log_field fields[] = {{"CONVIER_NOTICE", id},
                                       {"CONVIER_KEY", notice->occurrence},
                                       {"CONVIER_MESSAGE_ID", letter->message.message_id},
                                       {"CONVIER_VERDICT", verdict_to_text(outcome->verdict)},
                                       {"CONVIER_FAULT", fault_to_text(outcome->fault)},
                                       {"CONVIER_REPLY", reply},
                                       {message_id ? "MESSAGE_ID" : NULL, message_id},
                                       {NULL, NULL}};
    log_line(LOG_LEVEL_WARNING, fields, "notice %s about event %s is %s at %s: %s; %s; %s", id,
             notice->occurrence, verdict_to_text(outcome->verdict),
             smtp_stage_to_text(outcome->stage), reply, blame(outcome->fault),
             what_follows(outcome->verdict, letter->is_to_staff));
}

void recorder_log(const struct letter *letter)
{
    const struct outcome *outcome = &letter->outcome;
    char line[OUTCOME_LINE_BYTES], reply[OUTCOME_LINE_BYTES];
    const struct log_field fields[] = {{"CONVIER_MESSAGE_ID", letter->message.message_id},
                                       {"CONVIER_VERDICT", verdict_to_text(outcome->verdict)},
                                       {"CONVIER_REPLY", reply},
                                       {NULL, NULL}};
    if (recorder_is_untouched(outcome)) /* told once, when the queue rests */
        return;
    outcome_line(outcome, line);
    masking_reply(line, &letter->message, reply);
    if (outcome->verdict == VERDICT_ACCEPTED) {
        log_line(LOG_LEVEL_INFO, fields, "%s accepted at dot: %d", letter->message.message_id,
                 outcome->code);
        return;
    }
    for (size_t i = 0; i < letter->notice_count; i++)
        log_trouble(letter, &letter->notices[i], reply);
}
