/* SPDX-License-Identifier: MIT */
/* relay: a queue of messages, a pacer, and a few connections.
 *
 * Everything happens in turn(): failures are told, messages go to connections that have room, new
 * connections are opened while messages wait. A turn runs after each batch of replies, and from a
 * defer source after relay_send and whenever a connection ends, so that nothing is ever told from
 * inside relay_send and no connection is freed under its own feet.
 *
 * When a connection breaks without a word about a message, that message goes over another one,
 * here, because nothing of it counts yet (requeue.h). All else is the conductor's to decide.
 *
 * When the pacer is closed for long, what waits is given back as "nothing left us": a claimed
 * message must not sit here for ten minutes.                                                     */
#include "net/relay.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "deliver/pacing.h"
#include "net/connection.h"
#include "net/depth.h"
#include "net/loop.h"
#include "net/parcels.h"
#include "net/requeue.h"
#include "net/steady.h"
#include "net/token.h"

enum { CONNECTIONS_MAX = 200 };
#define PATIENT_USEC (30 * USEC_PER_SEC) /* a shorter pause is waited out with messages in hand */

struct relay {
    sd_event *event;
    struct steady clock;
    const struct relay_settings *settings;
    char *secret;
    struct token *token;    /* NULL: no token_command */
    bool is_token_awaited;  /* asked of the helper */
    bool was_token_renewed; /* after a refusal; a second refusal is the truth */
    struct relay_callbacks callbacks;
    struct pacing pacing;
    int64_t patience_usec;

    struct parcels waiting; /* for a connection */
    struct parcels telling; /* outcomes that the next turn tells */
    size_t in_flight;       /* with connections */
    size_t width; /* recipients of the next message, when it found too little room; or 1 */
    struct connection *connections[CONNECTIONS_MAX];
    size_t connection_count;
    struct connection *gone[CONNECTIONS_MAX]; /* to be closed by the next turn */
    size_t gone_count;

    sd_event_source *turner; /* defer */
    sd_event_source *pacer;  /* timer: the pacer gives room again */
    struct outcome brake;    /* why the pacer is closed for long */
    int streak;              /* policy refusals in a row */
    struct depth depth;
    struct requeue requeue;
    bool is_room_news; /* something happened that may have made room */
    bool is_news;      /* a message came that was not yet offered to a connection */
    bool is_draining, is_closing, is_turning;
    bool is_recalled; /* nothing goes over another connection */
};

static void wake(struct relay *relay)
{
    (void)sd_event_source_set_enabled(relay->turner, SD_EVENT_ONESHOT); /* fails only when ended */
}

static void tell_later(struct relay *relay, struct parcel *parcel, const struct outcome *outcome)
{
    parcel->outcome = *outcome;
    parcels_append(&relay->telling, parcel);
    relay->is_room_news = true;
    wake(relay);
}

/* Messages that wait are told that nothing of them left, with the reason that the outcome gives. */
static void give_back(struct relay *relay, const struct outcome *why)
{
    struct parcel *parcel;
    while ((parcel = parcels_take(&relay->waiting))) {
        pacing_return(&relay->pacing, parcel->message->recipient_count, steady_now(&relay->clock));
        tell_later(relay, parcel, why);
    }
}

static struct outcome nothing_left(const char *why)
{
    struct outcome outcome;
    verdict_of(STAGE_CONNECT, 0, text_of(why), &outcome);
    return outcome;
}

/* A throttle or a quota stands for minutes, and across a restart, if the owner keeps it. */
static void learn(struct relay *relay, const struct outcome *outcome, struct instant now)
{
    enum verdict_brake brake = verdict_brake(outcome);
    struct instant before = instant_max(now, relay->pacing.closed_until);
    pacing_learn(&relay->pacing, brake, now);
    if (brake != VERDICT_BRAKE_SLOW && brake != VERDICT_BRAKE_QUOTA)
        return;
    relay->brake = *outcome;
    if (relay->callbacks.on_rest && instant_diff(relay->pacing.closed_until, before) > USEC_PER_MIN)
        relay->callbacks.on_rest(relay->callbacks.context, relay->settings,
                                 steady_to_real(&relay->clock, relay->pacing.closed_until),
                                 outcome);
}

static void on_outcome(void *context, struct connection *connection, void *token,
                       const struct outcome *outcome)
{
    struct relay *relay = context;
    struct parcel *parcel = token;
    struct instant now = steady_now(&relay->clock);
    relay->in_flight--;
    if (verdict_brake(outcome) == VERDICT_BRAKE_CLOSE)
        connection_quit(connection); /* it has carried its share, by the relay's own word */
    if (!relay->is_closing && !relay->is_recalled &&
        requeue_may(&relay->requeue, parcel, connection, outcome, now)) {
        parcels_put_back(&relay->waiting, parcel);
        return;
    }
    parcel->outcome = *outcome;
    verdict_streak(&relay->streak, &parcel->outcome);
    learn(relay, outcome, now);
    if (outcome->verdict == VERDICT_ACCEPTED) {
        pacing_accepted(&relay->pacing, now);
        if (!relay_is_in_trouble(relay))
            relay->brake = (struct outcome){0};
    }
    if (!outcome_was_handed(outcome))
        pacing_return(&relay->pacing, parcel->message->recipient_count, now);
    relay->is_room_news = true;
    relay->depth.outcomes++;
    relay->callbacks.on_outcome(relay->callbacks.context, parcel->token, &parcel->outcome);
    free(parcel);
}

static void on_up(void *context, struct connection *connection)
{
    struct relay *relay = context;
    (void)connection; /* the turn finds it */
    relay->was_token_renewed = false;
    wake(relay);
}

static void forget(struct relay *relay, const struct connection *connection)
{
    for (size_t i = 0; i < relay->connection_count; i++)
        if (relay->connections[i] == connection) {
            relay->connections[i] = relay->connections[--relay->connection_count];
            return;
        }
}

/* A token may have ended since it was fetched: one refusal is answered with a fresh one. */
static bool may_renew_token(struct relay *relay, const struct outcome *outcome)
{
    if (!relay->token || relay->was_token_renewed || outcome->stage != STAGE_AUTH || !outcome->code)
        return false;
    token_forget(relay->token);
    relay->was_token_renewed = true;
    return true;
}

static void on_gone(void *context, struct connection *connection, const struct outcome *outcome)
{
    struct relay *relay = context;
    struct instant now = steady_now(&relay->clock);
    forget(relay, connection);
    relay->gone[relay->gone_count++] = connection;
    if (outcome && may_renew_token(relay, outcome)) {
        log_trace("net", "token refused, asking for a fresh one");
    } else if (outcome) {
        if (verdict_brake(outcome) == VERDICT_BRAKE_NONE)
            pacing_unreachable(&relay->pacing, now);
        else
            learn(relay, outcome, now);
        /* Another connection may still carry what waits, unless a login is in question. */
        if (!relay->connection_count || outcome->must_pause)
            give_back(relay, outcome);
    } else if (connection_sent(connection) && !connection_accepted(connection)) {
        pacing_unreachable(&relay->pacing, now);
    }
    relay->is_room_news = true;
    wake(relay);
}

static void turn(struct relay *relay);

static void on_turn(void *context)
{
    turn(context);
}

static void on_dialogue(void *context, char direction, struct text line)
{
    struct relay *relay = context;
    relay->callbacks.on_dialogue(relay->callbacks.context, direction, line);
}

/* No token is to be had: as bad as a login that is refused. */
static void on_token(void *context, const char *token, const char *error)
{
    struct relay *relay = context;
    relay->is_token_awaited = false;
    if (!token) {
        struct outcome why;
        verdict_of(STAGE_AUTH, 0, text_of(error), &why);
        why.must_pause = true;
        pacing_learn(&relay->pacing, VERDICT_BRAKE_LOGIN, steady_now(&relay->clock));
        give_back(relay, &why);
    }
    wake(relay);
}

/* True: a connection may be opened now. */
static bool has_token(struct relay *relay)
{
    if (!relay->token || token_at_hand(relay->token))
        return true;
    if (relay->is_token_awaited)
        return false;
    int r = token_ask(relay->token);
    if (r)
        on_token(relay, NULL, strerror(-r));
    else
        relay->is_token_awaited = true;
    return false;
}

static int open_connection(struct relay *relay)
{
    struct session_request request = {
        .settings = relay->settings,
        .secret = relay->token ? token_at_hand(relay->token) : relay->secret,
        .is_token = relay->token || relay->settings->auth == AUTH_XOAUTH2 ||
                    relay->settings->auth == AUTH_OAUTHBEARER,
        .is_lock_step = instant_before(steady_now(&relay->clock), relay->requeue.lock_step_until),
        .patience_usec = relay->patience_usec};
    struct connection_callbacks callbacks = {.context = relay,
                                             .on_up = on_up,
                                             .on_gone = on_gone,
                                             .on_outcome = on_outcome,
                                             .on_turn = on_turn,
                                             .on_dialogue =
                                                 relay->callbacks.on_dialogue ? on_dialogue : NULL};
    struct connection *connection;
    int r = connection_open(relay->event, &request, &callbacks, &connection);
    if (!r)
        relay->connections[relay->connection_count++] = connection;
    return r;
}

static void open_connections(struct relay *relay)
{
    struct instant now = steady_now(&relay->clock);
    size_t allowed = (size_t)pacing_connections(&relay->pacing, now), connecting = 0;
    if (instant_before(now, relay->pacing.closed_until))
        return;
    for (size_t i = 0; i < relay->connection_count; i++)
        connecting += !connection_is_up(relay->connections[i]);
    while (relay->connection_count < allowed && relay->waiting.count > connecting &&
           relay->connection_count + relay->gone_count < CONNECTIONS_MAX && has_token(relay)) {
        int r = open_connection(relay);
        if (r) {
            struct outcome why = nothing_left(strerror(-r));
            pacing_unreachable(&relay->pacing, now);
            if (!relay->connection_count)
                give_back(relay, &why);
            return;
        }
        connecting++;
    }
}

/* A connection that has carried its share takes no more. */
static bool may_take(struct relay *relay, const struct connection *connection)
{
    size_t share = (size_t)relay->pacing.limits.messages_per_connection;
    return connection_wants_message(connection) && (!share || connection_sent(connection) < share);
}

static void send_one(struct relay *relay, struct connection *connection, struct parcel *parcel)
{
    struct outcome outcome;
    int r = connection_send(connection, parcel->message, parcel, &outcome);
    if (!r) {
        relay->in_flight++;
        parcel->is_back = false;
        return;
    }
    if (r < 0)
        outcome = nothing_left(strerror(-r));
    pacing_return(&relay->pacing, parcel->message->recipient_count, steady_now(&relay->clock));
    tell_later(relay, parcel, &outcome);
}

/* One message for each connection in turn, so that none waits while another has three. */
static void hand_out(struct relay *relay)
{
    bool has_moved = true;
    relay->is_news = false;
    if (instant_before(steady_now(&relay->clock), relay->pacing.closed_until))
        return;
    while (relay->waiting.count && has_moved) {
        has_moved = false;
        for (size_t i = 0; i < relay->connection_count && relay->waiting.count; i++)
            if (may_take(relay, relay->connections[i])) {
                send_one(relay, relay->connections[i], parcels_take(&relay->waiting));
                has_moved = true;
            }
    }
}

static bool is_spent(const struct relay *relay, const struct connection *connection)
{
    size_t share = (size_t)relay->pacing.limits.messages_per_connection;
    return (share && connection_sent(connection) >= share) ||
           (relay->is_draining && !relay->waiting.count);
}

static void flush_all(struct relay *relay)
{
    for (size_t i = relay->connection_count; i-- > 0;) {
        struct connection *connection = relay->connections[i];
        if (connection_is_up(connection) && is_spent(relay, connection))
            connection_quit(connection);
        connection_flush(connection); /* one that dies of it is replaced by the last in the list */
    }
}

static void tell_waiting(struct relay *relay)
{
    struct parcel *parcel;
    while ((parcel = parcels_take(&relay->telling))) {
        relay->callbacks.on_outcome(relay->callbacks.context, parcel->token, &parcel->outcome);
        free(parcel);
    }
}

static size_t taken(const struct relay *relay)
{
    return relay->waiting.count + relay->in_flight;
}

static size_t capacity(const struct relay *relay)
{
    struct pacing pacing = relay->pacing;
    return (size_t)pacing_connections(&pacing, steady_now(&relay->clock)) * relay->depth.messages;
}

/* Room is not offered for each place that becomes free: messages are claimed in groups, a commit
 * for each, and composed the faster the more there are.                                          */
static bool is_half_free(const struct relay *relay)
{
    return taken(relay) * 2 <= capacity(relay);
}

static void tell_room(struct relay *relay)
{
    if (!relay->is_room_news || !relay_room(relay))
        return;
    relay->is_room_news = false;
    depth_measure(&relay->depth, relay->connection_count, steady_now(&relay->clock));
    relay->callbacks.on_room(relay->callbacks.context);
}

/* NEVER: only after an outcome. */
static struct instant next_room(const struct relay *relay, struct instant now)
{
    struct pacing pacing = relay->pacing;
    if (relay->is_draining || !is_half_free(relay))
        return INSTANT_NEVER;
    return pacing_next_room(&pacing, relay->width, now);
}

/* The pacer says when there is room again; also for messages that wait out a short pause. */
static void arm_pacer(struct relay *relay)
{
    struct instant now = steady_now(&relay->clock), next = next_room(relay, now);
    if (relay->waiting.count)
        next = instant_max(now, relay->pacing.closed_until);
    if (next.utc_usec == INT64_MAX || !instant_before(now, next)) {
        (void)sd_event_source_set_enabled(relay->pacer, SD_EVENT_OFF);
        return;
    }
    if (sd_event_source_set_time_relative(relay->pacer, (uint64_t)instant_diff(next, now)) >= 0)
        (void)sd_event_source_set_enabled(relay->pacer, SD_EVENT_ONESHOT);
}

static void turn(struct relay *relay)
{
    if (relay->is_turning)
        return;
    relay->is_turning = true;
    tell_waiting(relay);
    tell_room(relay);
    if (instant_diff(relay->pacing.closed_until, steady_now(&relay->clock)) > PATIENT_USEC &&
        relay->waiting.count) {
        struct outcome why =
            relay->brake.code ? relay->brake : nothing_left("not sent: the relay wants a pause");
        why.stage = STAGE_CONNECT; /* nothing of these left */
        give_back(relay, &why);
    }
    hand_out(relay);
    open_connections(relay);
    flush_all(relay);
    arm_pacer(relay);
    relay->is_turning = false;
    if (relay->is_news)
        wake(relay); /* an outcome's callback sent it while connections were being written to */
}

static void close_gone(struct relay *relay)
{
    while (relay->gone_count)
        connection_close(relay->gone[--relay->gone_count]);
}

static int on_turner(sd_event_source *source, void *userdata)
{
    (void)source;
    close_gone(userdata);
    turn(userdata);
    return 0;
}

static int on_pacer(sd_event_source *source, uint64_t usec, void *userdata)
{
    struct relay *relay = userdata;
    (void)source;
    (void)usec;
    relay->is_room_news = true;
    turn(relay);
    return 0;
}

int relay_open(sd_event *loop, const struct relay_settings *settings, const char *password,
               const struct relay_callbacks *callbacks, struct relay **ret)
{
    struct pacing_limits limits;
    struct relay *relay = calloc(1, sizeof *relay);
    if (!relay)
        return -ENOMEM;
    relay->event = sd_event_ref(loop);
    steady_init(&relay->clock, loop);
    relay->settings = settings;
    relay->patience_usec = settings->patience_usec;
    relay->callbacks = *callbacks;
    parcels_init(&relay->waiting);
    parcels_init(&relay->telling);
    depth_init(&relay->depth);
    relay->width = 1;
    requeue_init(&relay->requeue);
    pacing_limits_of(settings, &limits);
    if (limits.connections > CONNECTIONS_MAX / 2)
        limits.connections = CONNECTIONS_MAX / 2;
    pacing_init(&relay->pacing, &limits);
    int r = 0;
    if (password && !(relay->secret = strdup(password)))
        r = -ENOMEM;
    if (!r && !string_is_empty(settings->token_command))
        r = token_open(loop, settings->token_command, on_token, relay, &relay->token);
    if (!r)
        r = sd_event_add_defer(loop, &relay->turner, on_turner, relay);
    if (r >= 0)
        r = sd_event_source_set_enabled(relay->turner, SD_EVENT_OFF);
    if (r >= 0)
        r = sd_event_add_time_relative(loop, &relay->pacer, CLOCK_MONOTONIC, 0, 100 * 1000,
                                       on_pacer, relay);
    if (r >= 0)
        r = sd_event_source_set_enabled(relay->pacer, SD_EVENT_OFF);
    if (r < 0) {
        relay_close(relay);
        return r;
    }
    (void)sd_event_source_set_description(relay->turner, "relay-turn"); /* only names */
    (void)sd_event_source_set_description(relay->pacer, "relay-pacer");
    *ret = relay;
    return 0;
}

struct relay *relay_close(struct relay *relay)
{
    if (!relay)
        return NULL;
    assert(!relay->is_turning);
    relay->is_closing = true;
    while (relay->connection_count)
        connection_close(relay->connections[--relay->connection_count]);
    close_gone(relay);
    if (relay->waiting.count) {
        struct outcome why = nothing_left("not sent: we stopped before");
        give_back(relay, &why);
    }
    tell_waiting(relay);
    token_close(relay->token);
    sd_event_source_disable_unref(relay->turner);
    sd_event_source_disable_unref(relay->pacer);
    if (relay->secret)
        explicit_bzero(relay->secret, strlen(relay->secret));
    free(relay->secret);
    sd_event_unref(relay->event);
    free(relay);
    return NULL;
}

static size_t places(const struct relay *relay)
{
    struct pacing pacing = relay->pacing;
    size_t most = capacity(relay), used = taken(relay);
    struct instant now = steady_now(&relay->clock);
    if (relay->is_draining || relay->is_closing || most <= used ||
        !pacing_may_take(&pacing, relay->width, now))
        return 0;
    return pacing_room(&pacing, now, most - used);
}

size_t relay_room(const struct relay *relay)
{
    return is_half_free(relay) ? places(relay) : 0;
}

int relay_send(struct relay *relay, const struct message *message, void *token)
{
    struct instant now = steady_now(&relay->clock);
    if (!places(relay))
        return -EBUSY;
    if (!pacing_may_take(&relay->pacing, message->recipient_count, now)) {
        relay->width = message->recipient_count;
        return -EBUSY;
    }
    struct parcel *parcel = calloc(1, sizeof *parcel);
    if (!parcel)
        return -ENOMEM;
    relay->width = 1;
    relay->is_recalled = false;
    parcel->message = message;
    parcel->token = token;
    pacing_spend(&relay->pacing, message->recipient_count, now);
    parcels_append(&relay->waiting, parcel);
    relay->is_news = relay->is_room_news = true; /* there may be room for more than came */
    if (!relay->is_turning)
        wake(relay);
    return 0;
}

void relay_recall(struct relay *relay)
{
    struct outcome why = nothing_left("not sent: it was called back");
    why.fault = FAULT_NONE;
    relay->is_recalled = true;
    give_back(relay, &why);
}

void relay_drain(struct relay *relay)
{
    relay->is_draining = true;
    wake(relay);
}

struct instant relay_next_room(const struct relay *relay)
{
    struct instant now = steady_now(&relay->clock), next = next_room(relay, now);
    return instant_before(now, next) ? steady_to_real(&relay->clock, next) : INSTANT_UNSET;
}

bool relay_is_in_trouble(const struct relay *relay)
{
    return instant_before(steady_now(&relay->clock), relay->pacing.closed_until);
}

void relay_set_patience(struct relay *relay, int64_t usec)
{
    relay->patience_usec = usec;
}

void relay_rest(struct relay *relay, struct instant until)
{
    pacing_rest(&relay->pacing, steady_from_real(&relay->clock, until), steady_now(&relay->clock));
}

void relay_count_sent(struct relay *relay, size_t count, struct instant at)
{
    struct instant then = steady_from_real(&relay->clock, at);
    pacing_restore(&relay->pacing, count, then, steady_now(&relay->clock));
}
