/* SPDX-License-Identifier: MIT */
#include "app/dispatch.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/invitation.h"
#include "app/message_ids.h"
#include "base/log.h"
#include "calendar/itip_check.h"
#include "deliver/verdict.h"

enum {
    BATCH_MAX = 128,   /* claims in one commit */
    IN_HAND_MAX = 512, /* messages composed and not yet answered */
    SENDER_FAULTS_MAX = 3,
    LOGIN_RETRY_MIN = 60,
};
static const size_t message_max_bytes = 8 << 20, scratch_max_bytes = 256 << 20;
/* How long the queue rests after the relay could not be reached, by failures in a row. */
static const int rest_min[] = {0, 1, 2, 5, 10, 15};
enum { REST_STEPS = sizeof rest_min / sizeof *rest_min };

/* One message in hand. Parcels are used again, so a long campaign does not grow. */
struct parcel {
    struct parcel *next;
    int64_t notice;
    const char *occurrence; /* in the arena */
    int attempts;
    struct arena *arena;
    struct buf bytes;
    struct message message;
    struct outcome outcome; /* while it waits to be written down */
    struct instant told;
};

struct dispatch {
    struct conductor_parts parts;
    const struct horizon *horizon;
    const struct contact_list *contacts;
    struct arena *scratch;
    struct parcel *idle, *answered, **answered_end;
    size_t in_hand;
    int sender_faults; /* in a row */
    int failures;      /* connections in a row */
    struct instant rests_until;
    bool is_stopping;
    bool is_checked[NOTICE_KIND_COUNT]; /* a calendar object of this kind was found sound */
    char stopped[256];
};

int dispatch_new(const struct conductor_parts *parts, struct dispatch **ret)
{
    struct dispatch *dispatch = calloc(1, sizeof *dispatch);
    if (!dispatch)
        return -ENOMEM;
    dispatch->parts = *parts;
    dispatch->answered_end = &dispatch->answered;
    dispatch->rests_until = INSTANT_UNSET;
    dispatch->scratch = arena_new(scratch_max_bytes);
    if (!dispatch->scratch) {
        free(dispatch);
        return -ENOMEM;
    }
    *ret = dispatch;
    return 0;
}

static void free_parcels(struct parcel *parcel)
{
    while (parcel) {
        struct parcel *next = parcel->next;
        arena_free(parcel->arena);
        buf_done(&parcel->bytes);
        free(parcel);
        parcel = next;
    }
}

struct dispatch *dispatch_free(struct dispatch *dispatch)
{
    if (!dispatch)
        return NULL;
    assert(dispatch->in_hand == 0);
    free_parcels(dispatch->idle);
    free_parcels(dispatch->answered);
    arena_free(dispatch->scratch);
    free(dispatch);
    return NULL;
}

void dispatch_set_composer(struct dispatch *dispatch, struct composer *composer)
{
    dispatch->parts.composer = composer;
}

void dispatch_set_view(struct dispatch *dispatch, const struct horizon *horizon,
                       const struct contact_list *contacts)
{
    dispatch->horizon = horizon;
    dispatch->contacts = contacts;
}

static struct parcel *take_parcel(struct dispatch *dispatch)
{
    struct parcel *parcel = dispatch->idle;
    if (parcel) {
        dispatch->idle = parcel->next;
        arena_clear(parcel->arena);
        buf_clear(&parcel->bytes);
        parcel->message = (struct message){0};
        parcel->occurrence = NULL;
        return parcel;
    }
    parcel = calloc(1, sizeof *parcel);
    if (!parcel)
        return NULL;
    buf_init(&parcel->bytes, message_max_bytes);
    parcel->arena = arena_new(message_max_bytes);
    if (!parcel->arena) {
        free(parcel);
        return NULL;
    }
    return parcel;
}

static void drop_parcel(struct dispatch *dispatch, struct parcel *parcel)
{
    parcel->next = dispatch->idle;
    dispatch->idle = parcel;
}

/* --- compose -----------------------------------------------------------------------------------
 */

static const struct rule_settings *find_rule(const struct settings *settings, const char *name)
{
    for (size_t i = 0; i < settings->rule_count; i++)
        if (string_equal(settings->rules[i].name, name))
            return &settings->rules[i];
    return NULL;
}

/* The request's facts, contact and calendar part for a notice; DISPATCH_E_GONE: its contact or its
 * facts are no longer known, it cannot be composed any more.                                     */
enum { DISPATCH_E_GONE = 101, DISPATCH_E_UNSOUND = 102 };

int dispatch_request(struct dispatch *dispatch, struct arena *arena, const struct notice *notice,
                     struct instant now, struct compose_request *ret)
{
    const struct conductor_parts *parts = &dispatch->parts;
    bool was_claimed = notice->id && notice->claimed.utc_usec != INSTANT_UNSET.utc_usec;
    struct compose_request request = {.notice = notice,
                                      .date = was_claimed ? notice->claimed : now};
    size_t contact = contact_list_find(dispatch->contacts, notice->contact);
    const struct viewed *viewed = horizon_find(dispatch->horizon, notice->occurrence);

    int r = ledger_find_facts(parts->ledger, arena, parts->zones, notice->facts, &request.facts);
    if (!r && notice->facts_before)
        r = ledger_find_facts(parts->ledger, arena, parts->zones, notice->facts_before,
                              &request.before);
    if (r)
        return r;
    /* Not yet recorded (a preview): the facts of the moment. */
    if (!request.facts && viewed && viewed->facts && strcmp(viewed->facts->id, notice->facts) == 0)
        request.facts = viewed->facts;
    if (contact == dispatch->contacts->count || !request.facts)
        return DISPATCH_E_GONE;
    request.contact = &dispatch->contacts->items[contact];
    request.occurrence = viewed ? viewed->occurrence : NULL;
    request.rule = find_rule(parts->settings, notice->rule);
    r = invitation_attach(arena, parts->settings, &request);
    if (!r)
        *ret = request;
    return r;
}

/* Before the first of a kind leaves, its calendar object is read by an independent parser. */
static int check_calendar(struct dispatch *dispatch, const struct compose_request *request,
                          struct flaws *flaws)
{
    bool *is_checked = &dispatch->is_checked[request->notice->kind];
    if (*is_checked || !request->calendar.size)
        return 0;
    int r = itip_check(dispatch->scratch, request->calendar, flaws);
    *is_checked = r == 0;
    return r < 0 ? r : r ? DISPATCH_E_UNSOUND : 0;
}

/* A retry is the very same mail: the kept bytes when there are some, else composed again. */
static int fill_parcel(struct dispatch *dispatch, const struct notice *notice, struct instant now,
                       struct parcel *parcel, struct flaws *flaws)
{
    struct compose_request request;
    struct text kept = {0};
    int r = ledger_find_bytes(dispatch->parts.ledger, parcel->arena, notice->id, &kept);
    if (!r)
        r = dispatch_request(dispatch, parcel->arena, notice, now, &request);
    if (!r)
        r = check_calendar(dispatch, &request, flaws);
    if (!r)
        r = composer_compose(dispatch->parts.composer, parcel->arena, &request, &parcel->bytes,
                             &parcel->message, flaws);
    if (!r && kept.size)
        parcel->message.bytes = kept;
    parcel->notice = notice->id;
    parcel->occurrence = arena_copy_string(parcel->arena, notice->occurrence);
    if (!r && !parcel->occurrence)
        r = -ENOMEM;
    parcel->attempts = notice->attempts + 1;
    return r;
}

/* --- claim and send ----------------------------------------------------------------------------
 */

struct batch {
    struct parcel *parcels[BATCH_MAX];
    size_t count;
    int64_t hold; /* of those that could not be composed for the same reason */
    const char *hold_reason;
};

/* A notice that cannot be composed waits for a human; the others go on. */
static int set_aside(struct dispatch *dispatch, struct batch *batch, const struct notice *notice,
                     int cause, const struct flaws *flaws, struct instant now)
{
    struct ledger *ledger = dispatch->parts.ledger;
    const char *why =
        flaws->count ? flaws->items[flaws->count - 1].text : "the message could not be composed";
    if (cause == DISPATCH_E_GONE)
        return ledger_move(ledger, notice->id, NOTICE_SUPERSEDED,
                           "the contact is no longer in any list", now);
    log_line(LOG_LEVEL_ERROR, MESSAGE_FIELDS(MESSAGE_ID_BATCH_HELD), "notice %lld is held: %s",
             (long long)notice->id, why);
    if (!string_equal(why, batch->hold_reason)) {
        int r = ledger_hold(ledger, why, now, &batch->hold);
        if (r)
            return r;
        batch->hold_reason = why; /* lives in the scratch arena, like the batch */
    }
    return ledger_put_on_hold(ledger, notice->id, batch->hold, why, now);
}

static int prepare(struct dispatch *dispatch, const struct notices *due, struct instant now,
                   struct batch *batch)
{
    struct flaws flaws;
    int r = 0;
    for (size_t i = 0; i < due->count && !r; i++) {
        const struct notice *notice = &due->items[i];
        struct parcel *parcel = take_parcel(dispatch);
        if (!parcel)
            return -ENOMEM;
        flaws_init(&flaws, dispatch->scratch, NULL);
        r = fill_parcel(dispatch, notice, now, parcel, &flaws);
        if (r == 0)
            r = ledger_claim(dispatch->parts.ledger, notice->id, parcel->message.message_id, now);
        else if (r > 0)
            r = set_aside(dispatch, batch, notice, r, &flaws, now);
        else
            log_trace("app", "compose: %s", strerror(-r));
        if (r || !parcel->message.message_id) {
            drop_parcel(dispatch, parcel);
            continue;
        }
        batch->parcels[batch->count++] = parcel;
    }
    return r;
}

/* Not taken: nothing left us, so they are owed as before. */
static int take_back(struct dispatch *dispatch, struct batch *batch, struct instant now)
{
    struct ledger *ledger = dispatch->parts.ledger;
    int r = batch->count ? ledger_begin(ledger) : 0;
    for (size_t i = 0; i < batch->count && !r; i++)
        r = ledger_move(ledger, batch->parcels[i]->notice, NOTICE_OWED, "the relay took nothing",
                        now);
    if (!r && batch->count)
        r = ledger_commit(ledger);
    if (r)
        ledger_rollback(ledger); /* they stay claimed: the next start settles them */
    for (size_t i = 0; i < batch->count; i++)
        drop_parcel(dispatch, batch->parcels[i]);
    return r;
}

static int hand_over(struct dispatch *dispatch, struct batch *batch, struct instant now,
                     size_t *ret_sent)
{
    const struct courier *courier = &dispatch->parts.courier;
    struct batch refused = {0};
    int result = 0;
    for (size_t i = 0; i < batch->count; i++) {
        struct parcel *parcel = batch->parcels[i];
        int r = courier->send(courier->context, &parcel->message, parcel);
        if (r == 0) {
            dispatch->in_hand++;
            ++*ret_sent;
            continue;
        }
        refused.parcels[refused.count++] = parcel;
        result = r == -EBUSY ? result : r;
    }
    int r = take_back(dispatch, &refused, now);
    return r ? r : result;
}

int dispatch_send(struct dispatch *dispatch, struct instant now, size_t *ret_sent)
{
    const struct courier *courier = &dispatch->parts.courier;
    struct ledger *ledger = dispatch->parts.ledger;
    *ret_sent = 0;
    if (!courier->send || !dispatch->parts.composer || !dispatch->contacts || dispatch->is_stopping)
        return 0;
    if (instant_before(now, dispatch->rests_until))
        return 0;
    dispatch->stopped[0] = '\0';
    dispatch->rests_until = INSTANT_UNSET;
    for (;;) {
        size_t room = courier->room(courier->context);
        if (room > BATCH_MAX)
            room = BATCH_MAX;
        if (room > IN_HAND_MAX - dispatch->in_hand)
            room = IN_HAND_MAX - dispatch->in_hand;
        if (!room)
            return 0;
        struct notices due = {0};
        struct batch batch = {0};
        arena_clear(dispatch->scratch);
        int r = ledger_due(ledger, dispatch->scratch, now, room, &due);
        if (r || !due.count)
            return r;
        r = ledger_begin(ledger);
        if (r)
            return r;
        r = prepare(dispatch, &due, now, &batch);
        r = r ? r : ledger_commit(ledger);
        if (r) {
            ledger_rollback(ledger);
            for (size_t i = 0; i < batch.count; i++)
                drop_parcel(dispatch, batch.parcels[i]);
            return r;
        }
        r = hand_over(dispatch, &batch, now, ret_sent);
        if (r)
            return r;
    }
}

/* --- outcome -----------------------------------------------------------------------------------
 */

/* Did nothing of the message leave us? Then the attempt is the network's failure, not the notice's.
 */
static bool is_untouched(const struct outcome *outcome)
{
    return outcome->verdict == VERDICT_DEFERRED && outcome->fault == FAULT_RELAY &&
           outcome->stage < STAGE_MAIL;
}

static void rest(struct dispatch *dispatch, const struct outcome *outcome, struct instant now)
{
    /* All messages in hand fail together; that is one failure. */
    if (instant_before(now, dispatch->rests_until) && !outcome->must_pause)
        return;
    int step = dispatch->failures < REST_STEPS - 1 ? ++dispatch->failures : REST_STEPS - 1;
    int minutes = outcome->must_pause ? LOGIN_RETRY_MIN : rest_min[step];
    struct instant until = instant_add(now, minutes * USEC_PER_MIN);
    if (!instant_before(dispatch->rests_until, until))
        return;
    dispatch->rests_until = until;
    snprintf(dispatch->stopped, sizeof dispatch->stopped,
             "the relay cannot be used (%s: %.180s); next try in %d min",
             smtp_stage_to_text(outcome->stage), outcome->reply, minutes);
    log_line(outcome->must_pause ? LOG_LEVEL_ERROR : LOG_LEVEL_WARNING,
             outcome->must_pause ? MESSAGE_FIELDS(MESSAGE_ID_RELAY_REFUSES) : NULL, "%s",
             dispatch->stopped);
}

static void watch_reputation(struct dispatch *dispatch, const struct outcome *outcome)
{
    if (outcome->verdict == VERDICT_ACCEPTED)
        dispatch->sender_faults = 0;
    else if (outcome->fault == FAULT_SENDER && outcome->verdict == VERDICT_REFUSED)
        dispatch->sender_faults++;
}

int dispatch_outcome(struct dispatch *dispatch, void *token, const struct outcome *outcome,
                     struct instant now)
{
    struct parcel *parcel = token;
    assert(dispatch->in_hand);
    dispatch->in_hand--;
    parcel->outcome = *outcome;
    parcel->told = now;
    parcel->next = NULL;
    *dispatch->answered_end = parcel;
    dispatch->answered_end = &parcel->next;
    if (dispatch->is_stopping)
        ; /* our own closing is no trouble of the relay */
    else if (is_untouched(outcome) || outcome->must_pause)
        rest(dispatch, outcome, now);
    else if (outcome->verdict == VERDICT_ACCEPTED)
        dispatch->failures = 0;
    watch_reputation(dispatch, outcome);
    return 0;
}

const char *dispatch_occurrence(const void *token)
{
    return ((const struct parcel *)token)->occurrence;
}

static int write_down(struct dispatch *dispatch, const struct parcel *parcel)
{
    struct ledger *ledger = dispatch->parts.ledger;
    const struct outcome *outcome = &parcel->outcome;
    if (is_untouched(outcome))
        return ledger_move(ledger, parcel->notice, NOTICE_OWED, outcome->reply, parcel->told);
    struct instant next =
        verdict_next_try(parcel->attempts, (uint64_t)parcel->notice, parcel->told);
    int r = ledger_outcome(ledger, parcel->notice, outcome, next, parcel->told);
    if (r || outcome->verdict != VERDICT_UNCERTAIN)
        return r;
    r = ledger_keep_bytes(ledger, parcel->notice, parcel->message.bytes);
    if (r || dispatch->parts.settings->limits.uncertain == UNCERTAIN_RESEND)
        return r;
    int64_t hold;
    const char *why = "the relay may have accepted it already; approve to send it again";
    r = ledger_hold(ledger, why, parcel->told, &hold);
    return r ? r : ledger_put_on_hold(ledger, parcel->notice, hold, why, parcel->told);
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

static void log_outcome(const struct parcel *parcel)
{
    char reply[OUTCOME_REPLY_BYTES] = "";
    const struct outcome *outcome = &parcel->outcome;
    const char *id = outcome->verdict == VERDICT_REFUSED     ? MESSAGE_ID_MESSAGE_REFUSED
                     : outcome->verdict == VERDICT_UNCERTAIN ? MESSAGE_ID_MESSAGE_UNCERTAIN
                                                             : NULL;
    const struct log_field fields[] = {{"CONVIER_MESSAGE_ID", parcel->message.message_id},
                                       {"CONVIER_VERDICT", verdict_to_text(outcome->verdict)},
                                       {"CONVIER_REPLY", reply},
                                       {id ? "MESSAGE_ID" : NULL, id},
                                       {NULL, NULL}};
    bool is_good = outcome->verdict == VERDICT_ACCEPTED;
    if (is_untouched(outcome)) /* told once, by rest() */
        return;
    redact(outcome->reply, reply);
    log_line(is_good ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING, fields, "%s %s at %s: %d %s",
             parcel->message.message_id, verdict_to_text(outcome->verdict),
             smtp_stage_to_text(outcome->stage), outcome->code, is_good ? "" : outcome->enhanced);
}

/* Outcomes of one turn of the loop are one commit. On failure they stay and are tried again: the
 * messages are claimed in the ledger, so nothing else will touch them meanwhile.                 */
int dispatch_flush(struct dispatch *dispatch)
{
    struct ledger *ledger = dispatch->parts.ledger;
    if (!dispatch->answered)
        return 0;
    int r = ledger_begin(ledger);
    for (struct parcel *parcel = dispatch->answered; parcel && !r; parcel = parcel->next)
        r = write_down(dispatch, parcel);
    if (!r && dispatch->sender_faults >= SENDER_FAULTS_MAX) {
        r = ledger_set(
            ledger, "pause",
            "three messages in a row were refused for a fault of ours; see `convier who`");
        dispatch->sender_faults = 0;
    }
    r = r ? r : ledger_commit(ledger);
    if (r) {
        ledger_rollback(ledger);
        return r;
    }
    while (dispatch->answered) {
        struct parcel *parcel = dispatch->answered;
        dispatch->answered = parcel->next;
        log_outcome(parcel);
        drop_parcel(dispatch, parcel);
    }
    dispatch->answered_end = &dispatch->answered;
    return 0;
}

void dispatch_stop(struct dispatch *dispatch)
{
    dispatch->is_stopping = true;
}

size_t dispatch_in_hand(const struct dispatch *dispatch)
{
    return dispatch->in_hand;
}

struct instant dispatch_resumes(const struct dispatch *dispatch)
{
    return dispatch->rests_until;
}

const char *dispatch_stopped(const struct dispatch *dispatch)
{
    return dispatch->stopped[0] ? dispatch->stopped : NULL;
}
