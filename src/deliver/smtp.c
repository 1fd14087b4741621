/* SPDX-License-Identifier: MIT */
/* smtp: the dialogue machine.
 *
 * At most SMTP_DEPTH messages are in hand, oldest first. Each goes through
 *
 *     WAITING -> ENVELOPE (MAIL, RCPT… said) -> ASKED (DATA said) -> GO (354 read)
 *             -> SAID (body and dot are in the output) -> told
 *
 * and any refusal on the way waits for the replies that are still due, then leads to `told`, with
 * RSET in front of the next MAIL when a transaction was left open. Only one message speaks at a
 * time, but the next one starts as soon as the one before is SAID: with PIPELINING its whole group
 * follows the dot in the same write, so a message costs one round trip. Without PIPELINING a
 * command is said only when no reply is due.
 *
 * Invariants
 * 1. `due` holds one entry for each command said and not yet answered, in order. Each knows where
 *    in the output stream its command ends; `written` says how much of the stream has left. A reply
 *    to a command that has not left entirely means that the two sides are out of step: dead.
 * 2. A message is uncertain if and only if it is SAID and its dot lies before `written`. As the
 *    next body needs a 354 that comes after the dot's own reply, at most one message is.
 * 3. Commands are made only in pump(), which only smtp_output calls: what a batch of replies
 *    allows, and what callbacks added meanwhile, leaves in one write.
 * 4. Messages with copies (Cc) say DATA only after all RCPT are answered: were the first recipient
 *    refused, a 354 already asked for could only be answered with a mail to the copies alone.
 * 5. A dead machine has told all outcomes and says nothing more.
 * 6. A stray line while several replies are due may have been one of them: then the "yes" to the
 *    next MAIL would be taken for the dot's. Nothing is told before all that is due was answered
 *    and each answer fitted its command; else nobody knows.
 *
 * Sources: RFC 5321 (replies, 4.5.3.2 time-outs), RFC 2920 (a refused group whose DATA still got a
 * 354 is closed with a lone dot).                                                                */
#include "deliver/smtp.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "deliver/smtp_internal.h"
#include "deliver/verdict.h"

enum {
    SMTP_DEPTH = 3, /* dot unanswered, group said, one ready for the next write */
    DUE_MAX = 32,   /* DOT + RSET + MAIL + 20 RCPT + DATA + QUIT, rounded up */
    BUFFER_KEEP_BYTES = 256 * 1024,
    BUFFER_MAX_BYTES = 512 * 1024 * 1024,
};

#define TIMEOUT_MAIL  (5 * USEC_PER_MIN)
#define TIMEOUT_RCPT  (5 * USEC_PER_MIN)
#define TIMEOUT_DATA  (2 * USEC_PER_MIN)
#define TIMEOUT_BLOCK (3 * USEC_PER_MIN)
#define TIMEOUT_DOT   (10 * USEC_PER_MIN)
#define TIMEOUT_RSET  (2 * USEC_PER_MIN)
#define TIMEOUT_QUIT  (10 * USEC_PER_SEC) /* nothing depends on its answer */

enum phase { PHASE_WAITING, PHASE_ENVELOPE, PHASE_ASKED, PHASE_GO, PHASE_SAID };

enum command { COMMAND_MAIL, COMMAND_RCPT, COMMAND_DATA, COMMAND_DOT, COMMAND_RSET, COMMAND_QUIT };
static const struct {
    const char *name;
    enum smtp_stage stage;
    int64_t timeout_usec;
} commands[] = {
    [COMMAND_MAIL] = {"MAIL", STAGE_MAIL, TIMEOUT_MAIL},
    [COMMAND_RCPT] = {"RCPT", STAGE_RCPT, TIMEOUT_RCPT},
    [COMMAND_DATA] = {"DATA", STAGE_DATA, TIMEOUT_DATA},
    [COMMAND_DOT] = {"end of data", STAGE_DOT, TIMEOUT_DOT},
    [COMMAND_RSET] = {"RSET", STAGE_MAIL, TIMEOUT_RSET},
    [COMMAND_QUIT] = {"QUIT", STAGE_MAIL, TIMEOUT_QUIT},
};

struct job {
    const struct message *message;
    void *token;
    enum phase phase;
    size_t recipients_said, recipients_answered;
    int due_count;         /* replies still to come for this message */
    bool is_mail_accepted; /* a transaction is open on the other side */
    bool has_failed;       /* outcome holds why */
    bool is_lone_dot;      /* failed, yet 354 was given: a dot and nothing else */
    uint64_t dot_end;      /* in the stream; valid when SAID */
    struct outcome outcome;
    char copies[200]; /* what became of refused copies, or "" */
};

struct due {
    enum command command;
    struct job *job;  /* NULL for RSET and QUIT */
    size_t recipient; /* of RCPT */
    uint64_t end;     /* in the stream: one past the command's last byte */
};

struct smtp {
    struct smtp_capabilities capabilities;
    struct smtp_callbacks callbacks;

    struct job jobs[SMTP_DEPTH]; /* a ring */
    size_t job_first, job_count;
    struct due due[DUE_MAX]; /* a ring */
    size_t due_first, due_count;

    struct buf leaving; /* what smtp_output shows; frozen until all of it is written */
    size_t leaving_written;
    struct buf coming; /* what pump adds to */
    uint64_t said, written;

    struct smtp_reply_reader reader;
    struct instant moved_at; /* last reply or write: what a silence is counted from */
    bool needs_reset, is_quitting, has_said_quit, is_dead;
    bool is_doubtful; /* see invariant 6 */
};

struct smtp *smtp_new(const struct smtp_capabilities *capabilities,
                      const struct smtp_callbacks *callbacks)
{
    struct smtp *smtp = calloc(1, sizeof *smtp);
    if (!smtp)
        return NULL;
    smtp->capabilities = *capabilities;
    smtp->callbacks = *callbacks;
    smtp->moved_at = INSTANT_UNSET;
    buf_init(&smtp->leaving, BUFFER_MAX_BYTES);
    buf_init(&smtp->coming, BUFFER_MAX_BYTES);
    return smtp;
}

static struct job *job_at(struct smtp *smtp, size_t i)
{
    return &smtp->jobs[(smtp->job_first + i) % SMTP_DEPTH];
}

static void set_phase(struct job *job, enum phase phase)
{
    static const char *const names[] = {"waiting", "envelope", "asked", "go", "said"};
    if (log_is_traced("deliver"))
        log_trace("deliver", "%s: %s -> %s",
                  job->message->message_id ? job->message->message_id : "-", names[job->phase],
                  names[phase]);
    job->phase = phase;
}

/* Tells the oldest message's fate. Its place is free before the callback, which may send anew. */
static void tell_first(struct smtp *smtp)
{
    struct job *job = job_at(smtp, 0);
    struct outcome outcome = job->outcome;
    void *token = job->token;
    smtp->job_first = (smtp->job_first + 1) % SMTP_DEPTH;
    smtp->job_count--;
    smtp->callbacks.on_outcome(smtp->callbacks.context, token, &outcome);
}

static bool dot_has_left(const struct smtp *smtp, const struct job *job)
{
    return job->phase == PHASE_SAID && !job->is_lone_dot && job->dot_end <= smtp->written;
}

static enum smtp_stage stage_of(const struct job *job)
{
    switch (job->phase) {
    case PHASE_WAITING:
        return STAGE_CONNECT; /* not a word of it was said */
    case PHASE_ENVELOPE:
        return job->is_mail_accepted ? STAGE_RCPT : STAGE_MAIL;
    case PHASE_ASKED:
        if (!job->is_mail_accepted)
            return STAGE_MAIL;
        return job->recipients_answered < job->message->recipient_count ? STAGE_RCPT : STAGE_DATA;
    case PHASE_GO:
    case PHASE_SAID:
        break;
    }
    return STAGE_BODY;
}

/* Ends the dialogue: every message in hand hears what is true of it. */
static void die(struct smtp *smtp, const char *why)
{
    if (smtp->is_dead)
        return;
    smtp->is_dead = true;
    smtp->due_count = 0;
    if (log_is_traced("deliver"))
        log_trace("deliver", "dialogue ends: %s", why);
    while (smtp->job_count) {
        struct job *job = job_at(smtp, 0);
        if (!job->has_failed || smtp->is_doubtful)
            verdict_of(dot_has_left(smtp, job) ? STAGE_DOT : stage_of(job), 0, text_of(why),
                       &job->outcome);
        tell_first(smtp);
    }
    buf_done(&smtp->leaving);
    buf_done(&smtp->coming);
    smtp->leaving_written = 0;
}

struct smtp *smtp_free(struct smtp *smtp)
{
    if (!smtp)
        return NULL;
    die(smtp, "we closed the connection");
    buf_done(&smtp->leaving);
    buf_done(&smtp->coming);
    free(smtp);
    return NULL;
}

bool smtp_wants_message(const struct smtp *smtp)
{
    /* In lock-step one in the dialogue and one behind it keep the line as busy as it can be. */
    size_t depth = smtp->capabilities.has_pipelining ? SMTP_DEPTH : 2;
    return !smtp->is_dead && !smtp->is_quitting && smtp->job_count < depth;
}

bool smtp_is_dead(const struct smtp *smtp)
{
    return smtp->is_dead;
}

size_t smtp_in_hand(const struct smtp *smtp)
{
    return smtp->job_count;
}

int smtp_send(struct smtp *smtp, const struct message *message, void *token, struct instant now)
{
    struct outcome outcome;
    if (smtp->is_dead || smtp->is_quitting)
        return -EPIPE;
    if (smtp->job_count == SMTP_DEPTH)
        return -EBUSY;
    if (smtp_vet(&smtp->capabilities, message, &outcome))
        return SMTP_E_UNSENDABLE;
    if (!smtp->due_count)
        smtp->moved_at = now;
    *job_at(smtp, smtp->job_count) = (struct job){.message = message, .token = token};
    smtp->job_count++;
    return 0;
}

void smtp_quit(struct smtp *smtp, struct instant now)
{
    if (!smtp->due_count)
        smtp->moved_at = now;
    smtp->is_quitting = true;
}

bool smtp_is_done(const struct smtp *smtp)
{
    return smtp->is_dead || (smtp->has_said_quit && !smtp->due_count && !smtp->job_count);
}

/* Registers the command whose last byte was just added to `coming`. */
static void add_due(struct smtp *smtp, enum command command, struct job *job, size_t size_before)
{
    assert(smtp->due_count < DUE_MAX);
    smtp->said += smtp->coming.size - size_before;
    smtp->due[(smtp->due_first + smtp->due_count++) % DUE_MAX] =
        (struct due){.command = command, .job = job, .end = smtp->said};
    if (!job)
        return;
    job->due_count++;
    if (command == COMMAND_RCPT)
        smtp->due[(smtp->due_first + smtp->due_count - 1) % DUE_MAX].recipient =
            job->recipients_said++;
}

static void say(struct smtp *smtp, enum command command, struct job *job)
{
    size_t before = smtp->coming.size;
    switch (command) {
    case COMMAND_MAIL:
        smtp_wire_mail(&smtp->coming, &smtp->capabilities, job->message);
        break;
    case COMMAND_RCPT:
        smtp_wire_rcpt(&smtp->coming, &smtp->capabilities, job->message->envelope_from,
                       job->message->recipients[job->recipients_said]);
        break;
    case COMMAND_DATA:
        buf_add_text(&smtp->coming, TEXT("DATA\r\n"));
        break;
    case COMMAND_DOT:
        if (job->is_lone_dot)
            buf_add_text(&smtp->coming, TEXT(".\r\n"));
        else
            smtp_wire_body(&smtp->coming, job->message->bytes);
        break;
    case COMMAND_RSET:
        buf_add_text(&smtp->coming, TEXT("RSET\r\n"));
        break;
    case COMMAND_QUIT:
        buf_add_text(&smtp->coming, TEXT("QUIT\r\n"));
        break;
    }
    add_due(smtp, command, job, before);
    /* When memory was refused the dot is not in the stream and never leaves. */
    if (command == COMMAND_DOT)
        job->dot_end = buf_error(&smtp->coming) ? UINT64_MAX : smtp->said;
}

/* A copy that cannot be sent is left out here, as if the server had refused it. */
static bool has_recipient_to_say(struct job *job)
{
    while (job->recipients_said < job->message->recipient_count &&
           !smtp_copy_is_safe(job->message->recipients[job->recipients_said])) {
        if (!*job->copies)
            snprintf(job->copies, sizeof job->copies, "a copy's address cannot be sent");
        job->recipients_said++;
        job->recipients_answered++;
    }
    return job->recipients_said < job->message->recipient_count;
}

/* Says the next thing that this message may say now; false when it must listen. */
static bool advance(struct smtp *smtp, struct job *job)
{
    bool is_silent = smtp->due_count == 0;
    bool may_say = smtp->capabilities.has_pipelining || is_silent;
    if (!may_say && job->phase != PHASE_GO)
        return false;
    switch (job->phase) {
    case PHASE_WAITING:
        if (smtp->needs_reset) {
            say(smtp, COMMAND_RSET, NULL);
            smtp->needs_reset = false;
            return true;
        }
        say(smtp, COMMAND_MAIL, job);
        set_phase(job, PHASE_ENVELOPE);
        return true;
    case PHASE_ENVELOPE:
        if (job->has_failed)
            return false;
        if (has_recipient_to_say(job)) {
            say(smtp, COMMAND_RCPT, job);
            return true;
        }
        if (job->message->recipient_count > 1 &&
            job->recipients_answered < job->message->recipient_count)
            return false;
        say(smtp, COMMAND_DATA, job);
        set_phase(job, PHASE_ASKED);
        return false;
    case PHASE_GO:
        say(smtp, COMMAND_DOT, job);
        set_phase(job, PHASE_SAID);
        return true;
    case PHASE_ASKED:
    case PHASE_SAID:
        break;
    }
    return false;
}

/* Adds to the output all that may be said now. */
static void pump(struct smtp *smtp)
{
    for (size_t i = 0; i < smtp->job_count; i++) {
        struct job *job = job_at(smtp, i);
        while (advance(smtp, job))
            ;
        if (job->phase != PHASE_SAID)
            return;
    }
    /* QUIT waits for the last answer: a server may drop what it has queued when it reads QUIT. */
    if (smtp->is_quitting && !smtp->has_said_quit && !smtp->job_count && !smtp->due_count) {
        say(smtp, COMMAND_QUIT, NULL);
        smtp->has_said_quit = true;
    }
}

struct text smtp_output(struct smtp *smtp)
{
    if (smtp->is_dead)
        return (struct text){"", 0};
    pump(smtp);
    if (smtp->leaving_written == smtp->leaving.size && smtp->coming.size &&
        !buf_error(&smtp->coming)) {
        struct buf emptied = smtp->leaving;
        smtp->leaving = smtp->coming;
        smtp->leaving_written = 0;
        buf_clear(&emptied);
        if (emptied.capacity > BUFFER_KEEP_BYTES)
            buf_done(&emptied);
        smtp->coming = emptied;
    }
    return text_from(buf_text(&smtp->leaving), smtp->leaving_written);
}

void smtp_written(struct smtp *smtp, size_t size, struct instant now)
{
    if (smtp->is_dead || !size)
        return;
    assert(size <= smtp->leaving.size - smtp->leaving_written);
    smtp->leaving_written += size;
    smtp->written += size;
    smtp->moved_at = now;
}

static void fail(struct job *job, enum smtp_stage stage, const struct smtp_reply *reply)
{
    if (job->has_failed)
        return;
    job->has_failed = true;
    verdict_of(stage, reply->code, reply->text, &job->outcome);
}

static void note_refused_copy(struct job *job, const struct smtp_reply *reply)
{
    if (!*job->copies)
        snprintf(job->copies, sizeof job->copies, "a copy was refused: %d %.*s", reply->code,
                 (int)(reply->text.size < 150 ? reply->text.size : 150), reply->text.data);
}

static void on_rcpt(struct job *job, size_t recipient, const struct smtp_reply *reply)
{
    job->recipients_answered++;
    if (reply->code / 100 == 2)
        return;
    if (recipient == 0)
        fail(job, STAGE_RCPT, reply);
    else
        note_refused_copy(job, reply);
}

/* False: the two sides are out of step. */
static bool on_data(struct job *job, const struct smtp_reply *reply)
{
    if (reply->code / 100 > 3) {
        fail(job, STAGE_DATA, reply);
        return true;
    }
    if (reply->code != 354)
        return false;
    if (job->has_failed && !job->is_mail_accepted)
        return false;
    job->is_lone_dot = job->has_failed;
    set_phase(job, PHASE_GO);
    return true;
}

static void on_dot(struct job *job, const struct smtp_reply *reply)
{
    job->is_mail_accepted = false; /* the transaction is over, whatever the answer */
    if (job->is_lone_dot)
        return;
    char text[OUTCOME_REPLY_BYTES];
    struct text all = reply->text;
    if (*job->copies && reply->code / 100 == 2) {
        int size = snprintf(text, sizeof text, "%.*s (%s)", (int)reply->text.size, reply->text.data,
                            job->copies);
        all = text_slice((struct text){text, sizeof text - 1}, 0, (size_t)size);
    }
    verdict_of(STAGE_DOT, reply->code, all, &job->outcome);
}

/* Gives a reply to the command that it answers; false: out of step. */
static bool answer(struct smtp *smtp, const struct due *due, const struct smtp_reply *reply)
{
    struct job *job = due->job;
    bool is_yes = reply->code / 100 == 2, is_go = reply->code / 100 == 3;
    switch (due->command) {
    case COMMAND_MAIL:
        job->is_mail_accepted = is_yes;
        if (!is_yes && !is_go)
            fail(job, STAGE_MAIL, reply);
        return !is_go;
    case COMMAND_RCPT:
        if (!is_go)
            on_rcpt(job, due->recipient, reply);
        return !is_go;
    case COMMAND_DATA:
        return on_data(job, reply);
    case COMMAND_DOT:
        on_dot(job, reply);
        return !is_go;
    case COMMAND_RSET:
        return is_yes;
    case COMMAND_QUIT:
        smtp->is_dead = true;
        return true;
    }
    return false;
}

/* A reply that may not stand where it came: 421, or one that nothing asked for, or too early. */
static void end_by(struct smtp *smtp, const struct due *due, const struct smtp_reply *reply)
{
    char why[OUTCOME_REPLY_BYTES];
    struct job *job = due ? due->job : NULL;
    /* An early refusal in the body is about that body; ahead of a command that has not even left
     * it is about nobody, unless it is 421, which blames the relay alone.                        */
    bool is_body = due && due->command == COMMAND_DOT;
    if (job && (reply->code == 421 || (is_body && reply->code >= 400)))
        fail(job, is_body && !dot_has_left(smtp, job) ? STAGE_BODY : commands[due->command].stage,
             reply);
    snprintf(why, sizeof why, "the relay said %d %.*s and the dialogue ended", reply->code,
             (int)(reply->text.size < 300 ? reply->text.size : 300), reply->text.data);
    die(smtp, why);
}

/* Tells those that are through: told in order, so a finished one may wait for the one before. */
static void tell_finished(struct smtp *smtp)
{
    smtp->is_doubtful &= smtp->due_count > 0;
    while (smtp->job_count && !smtp->is_doubtful) {
        struct job *job = job_at(smtp, 0);
        bool is_answered = job->phase == PHASE_SAID && !job->due_count;
        bool is_abandoned = job->has_failed && job->phase != PHASE_GO && !job->due_count;
        if (!is_answered && !is_abandoned)
            return;
        smtp->needs_reset |= job->is_mail_accepted;
        tell_first(smtp);
    }
}

static void on_reply(struct smtp *smtp, const struct smtp_reply *reply, struct instant now)
{
    struct due due = smtp->due[smtp->due_first];
    if (!smtp->due_count) { /* ahead of a body that has its go: about that body */
        due = (struct due){.command = COMMAND_DOT, .job = job_at(smtp, 0)};
        end_by(smtp, smtp->job_count && due.job->phase == PHASE_GO ? &due : NULL, reply);
        return;
    }
    smtp->moved_at = now;
    if (reply->code == 421 || due.end > smtp->written) {
        end_by(smtp, &due, reply);
        return;
    }
    smtp->due_first = (smtp->due_first + 1) % DUE_MAX;
    smtp->due_count--;
    if (due.job)
        due.job->due_count--;
    if (!answer(smtp, &due, reply)) {
        end_by(smtp, NULL, reply);
        return;
    }
    tell_finished(smtp);
}

void smtp_input(struct smtp *smtp, struct text bytes, struct instant now)
{
    struct smtp_reply reply;
    while (!smtp->is_dead && bytes.size) {
        switch (smtp_reply_read(&smtp->reader, &bytes, &reply)) {
        case SMTP_REPLY_WHOLE:
            on_reply(smtp, &reply, now);
            break;
        case SMTP_REPLY_STRAY:
            smtp->is_doubtful |= smtp->due_count > 1;
            break;
        case SMTP_REPLY_SENSELESS:
            die(smtp, "the relay does not answer in SMTP");
            break;
        case SMTP_REPLY_MORE:
            return;
        }
    }
}

void smtp_closed(struct smtp *smtp, const char *why, struct instant now)
{
    (void)now;
    die(smtp, why);
}

struct instant smtp_deadline(const struct smtp *smtp)
{
    if (smtp->is_dead)
        return INSTANT_NEVER;
    if (smtp->coming.error)
        return INSTANT_UNSET; /* memory was refused: smtp_timeout ends it */
    if (smtp->leaving_written < smtp->leaving.size || smtp->coming.size)
        return instant_add(smtp->moved_at, TIMEOUT_BLOCK);
    if (smtp->due_count)
        return instant_add(smtp->moved_at,
                           commands[smtp->due[smtp->due_first].command].timeout_usec);
    return INSTANT_NEVER;
}

void smtp_timeout(struct smtp *smtp, struct instant now)
{
    char why[120];
    if (instant_before(now, smtp_deadline(smtp)))
        return;
    if (smtp->coming.error)
        snprintf(why, sizeof why, "not enough memory to send");
    else if (smtp->leaving_written < smtp->leaving.size)
        snprintf(why, sizeof why, "the relay stopped reading");
    else if (smtp->due_count)
        snprintf(why, sizeof why, "no answer from the relay to %s within %d s",
                 commands[smtp->due[smtp->due_first].command].name,
                 (int)(commands[smtp->due[smtp->due_first].command].timeout_usec / USEC_PER_SEC));
    else
        return;
    die(smtp, why);
}
