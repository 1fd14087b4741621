/* SPDX-License-Identifier: MIT */
#include "app/dispatch.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/aside.h"
#include "app/gather.h"
#include "app/letters.h"
#include "app/message_ids.h"
#include "app/proof.h"
#include "app/recorder.h"
#include "app/requests.h"
#include "app/staff_letter.h"
#include "base/log.h"
#include "deliver/verdict.h"
#include "plan/reason_words.h"

enum {
    BATCH_MAX = 256,   /* claims in one commit: some 30 ms of composing */
    IN_HAND_MAX = 512, /* messages composed and not yet answered */
    SENDER_FAULTS_MAX = 3,
};
static const size_t message_max_bytes = 8 << 20, scratch_max_bytes = 256 << 20;
/* No more is composed ahead of the relay, however large its messages are. */
static const size_t in_hand_max_bytes = 32 << 20;

struct dispatch {
    struct conductor_parts parts;
    struct requests *requests;
    struct proof *proof;
    const struct horizon *horizon;
    const struct contact_list *contacts;
    struct arena *scratch;
    struct buf draft; /* the message that is being composed */
    struct letters letters;
    struct letter *answered, **answered_end;
    size_t in_hand;       /* answered or not, until it is written down */
    size_t in_hand_bytes; /* of those whose message is still needed */
    size_t unanswered;
    int sender_faults; /* in a row */
    struct outage outage;
    bool is_stopping, was_paused;
    bool is_for_staff;   /* nothing else leaves now */
    bool is_digest_told; /* the journal knows that a mail about several could not be composed */
};

int dispatch_new(const struct conductor_parts *parts, struct dispatch **ret)
{
    struct dispatch *dispatch = calloc(1, sizeof *dispatch);
    if (!dispatch)
        return -ENOMEM;
    dispatch->parts = *parts;
    dispatch->answered_end = &dispatch->answered;
    outage_init(&dispatch->outage);
    buf_init(&dispatch->draft, message_max_bytes);
    dispatch->scratch = arena_new(scratch_max_bytes);
    int r = dispatch->scratch ? requests_new(&dispatch->parts, &dispatch->requests) : -ENOMEM;
    r = r ? r : proof_new(&dispatch->proof);
    if (r)
        dispatch_free(dispatch);
    else
        *ret = dispatch;
    return r;
}

static void lighten(struct dispatch *dispatch, struct letter *letter)
{
    dispatch->in_hand_bytes -= letter->message.bytes.size;
    letters_lighten(letter);
}

static void drop(struct dispatch *dispatch, struct letter *letter)
{
    dispatch->in_hand--;
    lighten(dispatch, letter);
    letters_drop(&dispatch->letters, letter);
}

struct dispatch *dispatch_free(struct dispatch *dispatch)
{
    if (!dispatch)
        return NULL;
    assert(dispatch->unanswered == 0);
    while (dispatch->answered) {
        struct letter *letter = dispatch->answered;
        dispatch->answered = letter->next;
        drop(dispatch, letter);
    }
    letters_done(&dispatch->letters);
    requests_free(dispatch->requests);
    proof_free(dispatch->proof);
    buf_done(&dispatch->draft);
    arena_free(dispatch->scratch);
    free(dispatch);
    return NULL;
}

void dispatch_set_composer(struct dispatch *dispatch, struct composer *composer)
{
    dispatch->parts.composer = composer;
    dispatch->is_digest_told = false;
    proof_forget(dispatch->proof);
}

void dispatch_set_view(struct dispatch *dispatch, const struct horizon *horizon,
                       const struct contact_list *contacts, struct issues *issues)
{
    dispatch->horizon = horizon;
    dispatch->contacts = contacts;
    requests_set_view(dispatch->requests, horizon, contacts, issues);
    proof_forget(dispatch->proof);
}

int dispatch_request(struct dispatch *dispatch, struct arena *arena, const struct notice *notice,
                     struct instant now, struct compose_request *ret)
{
    return requests_make(dispatch->requests, arena, notice, now, ret);
}

/* --- compose -----------------------------------------------------------------------------------
 */

/* A Message-ID names the notices that its mail tells; the domain may have been edited since. */
static bool tells_the_same(const char *a, const char *b)
{
    struct text x = text_of(a), y = text_of(b);
    return text_equal(text_split(&x, '@'), text_split(&y, '@'));
}

/* kept: the bytes of an earlier attempt, which go again if the mail tells the same; or empty. */
static int compose(struct dispatch *dispatch, const struct notices *notices, struct text kept,
                   struct instant now, struct message *message, struct flaws *flaws)
{
    const struct conductor_parts *parts = &dispatch->parts;
    const struct notice *first = &notices->items[0];
    struct arena *arena = dispatch->scratch;
    struct compose_request request;
    int r;
    if (first->kind == NOTICE_STAFF) {
        const struct staff_desk desk = {parts->ledger, parts->settings, parts->zones,
                                        parts->composer};
        r = staff_letter_compose(&desk, arena, first, now, &dispatch->draft, message, flaws);
    } else {
        r = requests_make_several(dispatch->requests, arena, notices, now, &request);
        if (!r && kept.size)
            r = composer_envelope(parts->composer, arena, &request, message);
    }
    bool is_kept = !r && kept.size && tells_the_same(first->message_id, message->message_id);
    if (is_kept) {
        message->message_id = first->message_id;
        message->bytes = kept;
    }
    if (r || is_kept || first->kind == NOTICE_STAFF)
        return r;
    r = requests_check(dispatch->requests, arena, &request, flaws);
    return r ? r
             : composer_compose(parts->composer, arena, &request, &dispatch->draft, message, flaws);
}

/* One mail about these notices, all of one contact. A retry is the very same mail: the kept bytes
 * when there are some, else composed again. Where others joined, or ended, it is another mail with
 * another Message-ID: a twin that speaks of what was called off would be worse than a second mail
 * about what takes place.                                                                        */
static int make_letter(struct dispatch *dispatch, const struct notices *notices, struct instant now,
                       struct flaws *flaws, struct letter **ret)
{
    const struct notice *first = &notices->items[0];
    struct message message = {0};
    struct text kept = {0};
    buf_clear(&dispatch->draft);
    int r = ledger_find_bytes(dispatch->parts.ledger, dispatch->scratch, first->id, &kept);
    r = r ? r : compose(dispatch, notices, kept, now, &message, flaws);
    if (r)
        return r;
    struct letter *letter = letters_take(&dispatch->letters, notices, &message);
    if (!letter)
        return -ENOMEM;
    dispatch->in_hand++;
    dispatch->in_hand_bytes += letter->message.bytes.size;
    *ret = letter;
    return 0;
}

/* --- record ------------------------------------------------------------------------------------
 */

/* Outcomes that came together are one commit. On failure they stay and are tried again: the
 * messages are claimed in the ledger, so nothing else will touch them meanwhile.                 */
static int write_answered(struct dispatch *dispatch, bool *ret_is_paused)
{
    struct ledger *ledger = dispatch->parts.ledger;
    int r = 0;
    for (struct letter *letter = dispatch->answered; letter && !r; letter = letter->next)
        r = recorder_write(ledger, dispatch->parts.settings, letter);
    *ret_is_paused = dispatch->sender_faults >= SENDER_FAULTS_MAX;
    if (!r && *ret_is_paused)
        r = ledger_set(ledger, "pause", DISPATCH_PAUSE);
    return r;
}

static void note_answered(struct dispatch *dispatch, struct letter *letter)
{
    letter->next = NULL;
    if (letter->outcome.verdict != VERDICT_UNCERTAIN) /* whose bytes the recorder keeps */
        lighten(dispatch, letter);
    *dispatch->answered_end = letter;
    dispatch->answered_end = &letter->next;
}

/* They are committed. */
static void forget_answered(struct dispatch *dispatch)
{
    if (dispatch->sender_faults >= SENDER_FAULTS_MAX)
        dispatch->sender_faults = 0;
    while (dispatch->answered) {
        struct letter *letter = dispatch->answered;
        dispatch->answered = letter->next;
        recorder_log(letter);
        drop(dispatch, letter);
    }
    dispatch->answered_end = &dispatch->answered;
    if (!dispatch->in_hand)
        letters_done(&dispatch->letters); /* the pass that follows needs the room */
}

/* --- claim and send ----------------------------------------------------------------------------
 */

struct batch {
    struct letter *letters[BATCH_MAX];
    size_t count, recipients;
    struct aside aside; /* those that could not be composed */
};

/* Nobody else may claim: a notice of an open transaction that was due can be claimed. */
static int claim(struct dispatch *dispatch, struct letter *letter, struct instant now)
{
    struct ledger *ledger = dispatch->parts.ledger;
    int r = 0;
    letter->claimed = now;
    for (size_t i = 0; i < letter->notice_count && !r; i++)
        r = ledger_claim(ledger, letter->notices[i].id, letter->message.message_id, now);
    for (size_t i = 0; i < letter->notice_count && !r; i++)
        r = ledger_stash_bytes(ledger, letter->notices[i].id, letter->message.bytes);
    assert(r <= 0);
    return r;
}

/* A batch of which one mail cannot be composed waits as a whole. */
static int read_proof(struct dispatch *dispatch, const struct notice *notice, struct instant now)
{
    const struct proof_input input = {.ledger = dispatch->parts.ledger,
                                      .requests = dispatch->requests,
                                      .composer = dispatch->parts.composer,
                                      .scratch = dispatch->scratch,
                                      .now = now};
    if (notice->kind == NOTICE_STAFF)
        return 0;
    return proof_read(dispatch->proof, &input, notice);
}

static bool has_notice(const struct batch *batch, int64_t id)
{
    for (size_t i = 0; i < batch->count; i++)
        for (size_t k = 0; k < batch->letters[i]->notice_count; k++)
            if (batch->letters[i]->notices[k].id == id)
                return true;
    return false;
}

/* The notices that leave in one mail with the first, which was read; the others are read now. */
static int find_company(struct dispatch *dispatch, const struct notice *first, struct instant now,
                        struct notices *ret)
{
    int r = gather(dispatch->parts.ledger, dispatch->scratch, dispatch->parts.settings,
                   dispatch->horizon, first, now, ret);
    size_t kept = r ? 0 : 1;
    for (size_t i = kept; i < ret->count && !r; i++) {
        r = read_proof(dispatch, &ret->items[i], now);
        r = r ? r : requests_ask_off(dispatch->requests, &ret->items[i], now);
        if (!r)
            ret->items[kept++] = ret->items[i];
        r = r == PROOF_E_HELD || r == REQUESTS_E_OFF ? 0 : r;
    }
    ret->count = kept;
    return r;
}

/* When the mail about several cannot be composed, each is told alone. */
static int make_joint_letter(struct dispatch *dispatch, const struct notice *notice,
                             struct instant now, struct flaws *flaws, struct letter **ret)
{
    struct notices company;
    int r = find_company(dispatch, notice, now, &company);
    r = r ? r : make_letter(dispatch, &company, now, flaws, ret);
    if (r <= 0 || company.count == 1)
        return r;
    if (r != REQUESTS_E_OFF && !dispatch->is_digest_told)
        log_line(LOG_LEVEL_WARNING, NULL, "a mail about several becomes one about each: %s",
                 flaws->count ? flaws->items[0].text : "it could not be composed");
    dispatch->is_digest_told |= r != REQUESTS_E_OFF;
    company.count = 1;
    flaws_init(flaws, dispatch->scratch, NULL);
    return make_letter(dispatch, &company, now, flaws, ret);
}

/* room: for so many recipients; the last message may need more than is left, and is then not taken.
 */
static int prepare(struct dispatch *dispatch, const struct notices *due, size_t room,
                   struct instant now, struct batch *batch)
{
    struct flaws flaws;
    int r = 0;
    proof_next(dispatch->proof);
    for (size_t i = 0; i < due->count && batch->recipients < room && !r; i++) {
        const struct notice *notice = &due->items[i];
        struct arena_mark mark = arena_mark(dispatch->scratch);
        struct letter *letter = NULL;
        if (dispatch->in_hand_bytes > in_hand_max_bytes)
            return 0;
        if (has_notice(batch, notice->id))
            continue;
        r = read_proof(dispatch, notice, now);
        if (r == PROOF_E_HELD) {
            r = 0;
            continue;
        }
        if (r)
            return r;
        flaws_init(&flaws, dispatch->scratch, NULL);
        r = make_joint_letter(dispatch, notice, now, &flaws, &letter);
        if (r > 0) {
            r = aside_put(&batch->aside, notice, r, &flaws, now);
        } else if (r) {
            log_trace("app", "compose: %s", strerror(-r));
        } else {
            batch->letters[batch->count++] = letter;
            batch->recipients += letter->message.recipient_count;
            arena_rewind(dispatch->scratch, mark);
            r = claim(dispatch, letter, now);
        }
    }
    return r;
}

/* Not taken: nothing left us. It is answered, as it were, so that it is owed again whenever the
 * ledger takes that.                                                                             */
static void take_back(struct dispatch *dispatch, struct letter *letter, struct instant now)
{
    verdict_of(STAGE_CONNECT, 0, TEXT("the relay took nothing"), &letter->outcome);
    letter->told = now;
    note_answered(dispatch, letter);
}

static int hand_over(struct dispatch *dispatch, struct batch *batch, struct instant now,
                     size_t *ret_sent)
{
    const struct courier *courier = &dispatch->parts.courier;
    int result = 0;
    bool is_full = false;
    for (size_t i = 0; i < batch->count; i++) {
        struct letter *letter = batch->letters[i];
        int r = courier->send(courier->context, &letter->message, letter);
        if (r == 0) {
            dispatch->unanswered++;
            ++*ret_sent;
            continue;
        }
        take_back(dispatch, letter, now);
        is_full = true;
        result = r == -EBUSY ? result : r;
    }
    int r = is_full ? dispatch_flush(dispatch) : 0;
    return r ? r : result;
}

/* How many messages may be composed now. Few at a time would be a commit for each few: room is
 * used when there is much of it, or when the courier has nothing left to do.                     */
static size_t find_room(const struct dispatch *dispatch, struct instant now)
{
    const struct courier *courier = &dispatch->parts.courier;
    bool is_able =
        courier->send && dispatch->parts.composer && (dispatch->contacts || dispatch->is_for_staff);
    if (!is_able || dispatch->is_stopping || outage_rests(&dispatch->outage, now))
        return 0;
    size_t own = IN_HAND_MAX - dispatch->unanswered;
    if (own < IN_HAND_MAX - BATCH_MAX || dispatch->in_hand_bytes > in_hand_max_bytes)
        return 0;
    size_t room = courier->room(courier->context);
    return room < BATCH_MAX ? room : BATCH_MAX;
}

static int find_due(struct dispatch *dispatch, struct instant now, size_t max, struct notices *ret)
{
    struct ledger *ledger = dispatch->parts.ledger;
    return dispatch->is_for_staff ? ledger_due_to_staff(ledger, dispatch->scratch, now, max, ret)
                                  : ledger_due(ledger, dispatch->scratch, now, max, ret);
}

/* One transaction: the outcomes that came, then the next claims. What is due is asked inside it, so
 * that no command can change a notice between the question and the claim.                       */
static int record(struct dispatch *dispatch, size_t room, struct instant now, struct batch *batch,
                  size_t *ret_due)
{
    struct ledger *ledger = dispatch->parts.ledger;
    struct notices due = {0};
    bool is_paused = false;
    int r = ledger_begin(ledger);
    r = r ? r : write_answered(dispatch, &is_paused);
    if (!r && !is_paused)
        r = find_due(dispatch, now, room, &due);
    r = r ? r : prepare(dispatch, &due, room, now, batch);
    if (!r && batch->recipients) /* one line for the whole batch */
        r = ledger_spend(ledger, batch->recipients, now);
    r = r ? r : ledger_commit(ledger);
    if (r) {
        ledger_rollback(ledger);
        for (size_t i = 0; i < batch->count; i++)
            drop(dispatch, batch->letters[i]);
        return r;
    }
    forget_answered(dispatch);
    *ret_due = due.count;
    return 0;
}

int dispatch_send(struct dispatch *dispatch, enum dispatch_scope scope, struct instant now,
                  size_t *ret_sent)
{
    size_t due;
    *ret_sent = 0;
    dispatch->is_for_staff = scope == DISPATCH_STAFF;
    outage_wake(&dispatch->outage, now);
    do {
        struct batch batch = {.aside = {.ledger = dispatch->parts.ledger,
                                        .arena = dispatch->scratch,
                                        .settings = dispatch->parts.settings}};
        struct notices first = {0};
        size_t room = find_room(dispatch, now);
        due = 0;
        arena_clear(dispatch->scratch);
        int r = find_due(dispatch, now, room ? 1 : 0, &first);
        if (r || !first.count) {
            int flushed = dispatch_flush(dispatch);
            return r ? r : flushed;
        }
        r = record(dispatch, room, now, &batch, &due);
        if (r) {
            (void)dispatch_flush(dispatch); /* what came must not wait for what cannot leave */
            return r;
        }
        r = hand_over(dispatch, &batch, now, ret_sent);
        if (r)
            return r;
    } while (due && !*ret_sent); /* all of them were set aside */
    return 0;
}

/* --- outcome -----------------------------------------------------------------------------------
 */

static void watch_reputation(struct dispatch *dispatch, const struct outcome *outcome)
{
    if (outcome->verdict == VERDICT_ACCEPTED)
        dispatch->sender_faults = 0;
    else if (outcome->verdict == VERDICT_REFUSED &&
             (outcome->fault == FAULT_SENDER || verdict_is_policy(outcome)))
        dispatch->sender_faults++;
}

int dispatch_outcome(struct dispatch *dispatch, void *token, const struct outcome *outcome,
                     struct instant now)
{
    struct letter *letter = token;
    assert(dispatch->unanswered);
    dispatch->unanswered--;
    letter->outcome = *outcome;
    letter->told = now;
    note_answered(dispatch, letter);
    if (dispatch->is_stopping && !outcome->code && outcome->verdict == VERDICT_DEFERRED)
        letter->outcome.stage = STAGE_CONNECT; /* our own closing: owed as before */
    bool is_recalled = outcome->verdict == VERDICT_DEFERRED && outcome->fault == FAULT_NONE;
    if (dispatch->is_stopping || is_recalled)
        ; /* nor is it a trouble of the relay */
    else if (recorder_is_untouched(outcome) || (outcome->must_pause && !letter->is_to_staff))
        outage_note(&dispatch->outage, outcome, now);
    else if (outcome->verdict == VERDICT_ACCEPTED)
        outage_note_accepted(&dispatch->outage);
    if (!letter->is_to_staff) /* what staff's own mailbox refuses says nothing of the campaign */
        watch_reputation(dispatch, outcome);
    return 0;
}

const char *dispatch_occurrence(const void *token, size_t i)
{
    const struct letter *letter = token;
    return i < letter->notice_count ? letter->notices[i].occurrence : NULL;
}

int dispatch_flush(struct dispatch *dispatch)
{
    struct ledger *ledger = dispatch->parts.ledger;
    bool is_paused;
    if (!dispatch->answered)
        return 0;
    int r = ledger_begin(ledger);
    r = r ? r : write_answered(dispatch, &is_paused);
    r = r ? r : ledger_commit(ledger);
    if (r)
        ledger_rollback(ledger);
    else
        forget_answered(dispatch);
    return r;
}

void dispatch_mind_pause(struct dispatch *dispatch, bool is_paused)
{
    const struct courier *courier = &dispatch->parts.courier;
    if (is_paused && !dispatch->was_paused && dispatch->unanswered && courier->recall)
        courier->recall(courier->context);
    if (!is_paused && dispatch->was_paused)
        outage_end(&dispatch->outage);
    dispatch->was_paused = is_paused;
}

void dispatch_stop(struct dispatch *dispatch)
{
    dispatch->is_stopping = true;
}

bool dispatch_has_room(const struct dispatch *dispatch, struct instant now)
{
    return find_room(dispatch, now) > 0;
}

size_t dispatch_in_hand(const struct dispatch *dispatch)
{
    return dispatch->unanswered;
}

struct instant dispatch_resumes(const struct dispatch *dispatch)
{
    return dispatch->outage.rests_until;
}

const char *dispatch_stopped(const struct dispatch *dispatch)
{
    return dispatch->outage.stopped[0] ? dispatch->outage.stopped : NULL;
}

struct outage *dispatch_outage(struct dispatch *dispatch)
{
    return &dispatch->outage;
}
