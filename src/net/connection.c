/* SPDX-License-Identifier: MIT */
/* connection: moves bytes between the session and the machine, and keeps the machine's time.
 *
 * Time given to the machine is monotonic: a clock that is set must not end a dialogue. Its timer is
 * lazy: armed when the deadline comes nearer than the timer, and asked again when it rings, so that
 * a busy dialogue never touches it.                                                              */
#include "net/connection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"

enum {
    READ_BYTES = 16 * 1024,
    IDLE_SEC = 5, /* how long a connection with nothing to say is kept */
};

struct connection {
    sd_event *event;
    struct connection_callbacks callbacks;
    struct session *session;
    struct smtp *smtp; /* NULL until up */
    struct smtp_capabilities capabilities;
    sd_event_source *timer;
    struct instant timer_at;   /* NEVER = off */
    struct instant idle_since; /* UNSET = busy */
    int64_t patience_usec;     /* caps the machine's deadlines; 0 = no cap */
    struct instant patience_from;
    size_t sent, accepted;
    bool is_quitting, is_gone, is_watching_writing, has_culprit;
    bool has_news; /* since the last flush; each turn flushes all, few of which have any */
};

static struct instant now_of(const struct connection *connection)
{
    uint64_t usec = 0;
    sd_event_now(connection->event, CLOCK_MONOTONIC, &usec);
    return (struct instant){(int64_t)usec};
}

static void go(struct connection *connection, const struct outcome *outcome)
{
    if (connection->is_gone)
        return;
    connection->is_gone = true;
    connection->callbacks.on_gone(connection->callbacks.context, connection, outcome);
}

static void tell_dialogue(struct connection *connection, char direction, struct text bytes)
{
    while (bytes.size) {
        struct text line = text_next_line(&bytes);
        connection->callbacks.on_dialogue(connection->callbacks.context, direction, line);
    }
}

static struct instant deadline(const struct connection *connection)
{
    struct instant at = smtp_deadline(connection->smtp);
    if (connection->patience_usec && at.utc_usec != INT64_MAX)
        at = instant_min(at, instant_add(connection->patience_from, connection->patience_usec));
    if (connection->idle_since.utc_usec != INT64_MIN)
        at = instant_min(at, instant_add(connection->idle_since, IDLE_SEC * USEC_PER_SEC));
    return at;
}

static void arm(struct connection *connection)
{
    struct instant at = deadline(connection);
    if (!instant_before(at, connection->timer_at))
        return;
    connection->timer_at = at;
    uint64_t usec = at.utc_usec < 0 ? 0 : (uint64_t)at.utc_usec;
    if (sd_event_source_set_time(connection->timer, usec) < 0 ||
        sd_event_source_set_enabled(connection->timer, SD_EVENT_ONESHOT) < 0)
        smtp_closed(connection->smtp, "no timer to watch the relay with", now_of(connection));
}

/* Writes until the socket is full or nothing is left; false when the connection is lost. */
static bool write_all(struct connection *connection)
{
    struct instant now = now_of(connection);
    bool is_full = false;
    struct text bytes;
    while (!is_full && (bytes = smtp_output(connection->smtp)).size) {
        ssize_t size = session_write(connection->session, bytes);
        if (size == -EAGAIN) {
            is_full = true;
        } else if (size < 0) {
            return false;
        } else {
            if (connection->callbacks.on_dialogue)
                tell_dialogue(connection, '>', text_slice(bytes, 0, (size_t)size));
            smtp_written(connection->smtp, (size_t)size, now);
            connection->patience_from = now;
        }
    }
    if (is_full != connection->is_watching_writing &&
        session_watch_writing(connection->session, is_full) >= 0)
        connection->is_watching_writing = is_full;
    return true;
}

/* Reads until nothing is left; false when the peer has closed. */
static bool read_all(struct connection *connection)
{
    char data[READ_BYTES];
    for (;;) {
        ssize_t size = session_read(connection->session, data, sizeof data);
        if (size == -EAGAIN)
            return true;
        struct instant now = now_of(connection);
        if (size <= 0) {
            smtp_closed(connection->smtp,
                        size ? "the connection was lost" : "the relay closed the connection", now);
            return false;
        }
        connection->patience_from = now;
        if (connection->callbacks.on_dialogue)
            tell_dialogue(connection, '<', (struct text){data, (size_t)size});
        smtp_input(connection->smtp, (struct text){data, (size_t)size}, now);
        if (smtp_is_done(connection->smtp))
            return false;
        if ((size_t)size < sizeof data && session_is_clear(connection->session))
            return true; /* saves the read that would only say "again" */
    }
}

static void note_idleness(struct connection *connection)
{
    bool is_idle = !smtp_in_hand(connection->smtp) && !connection->is_quitting;
    if (!is_idle)
        connection->idle_since = INSTANT_UNSET;
    else if (connection->idle_since.utc_usec == INT64_MIN)
        connection->idle_since = now_of(connection);
}

bool connection_flush(struct connection *connection)
{
    if (connection->is_gone || !connection->smtp)
        return !connection->is_gone;
    if (!connection->has_news)
        return true;
    connection->has_news = false;
    /* A server that hung up may have left a last word to be read: 421, 554. */
    if (!write_all(connection) && read_all(connection))
        smtp_closed(connection->smtp, "the connection was lost", now_of(connection));
    if (!smtp_is_done(connection->smtp)) {
        note_idleness(connection);
        arm(connection);
    }
    if (smtp_is_done(connection->smtp))
        go(connection, NULL);
    return !connection->is_gone;
}

static void on_ready(void *context)
{
    struct connection *connection = context;
    connection->has_news = true;
    bool is_open = read_all(connection);
    /* One write carries what the replies allow and what the callback sends. It may not close this
     * connection, but may open or close others.                                                  */
    if (is_open && !smtp_is_done(connection->smtp)) {
        connection->callbacks.on_turn(connection->callbacks.context);
    }
    connection_flush(connection);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
    struct connection *connection = userdata;
    struct instant now = now_of(connection);
    (void)source;
    (void)usec;
    connection->timer_at = INSTANT_NEVER;
    connection->has_news = true;
    if (instant_before(now, deadline(connection))) {
        arm(connection);
        return 0;
    }
    if (connection->idle_since.utc_usec != INT64_MIN && !smtp_in_hand(connection->smtp))
        connection_quit(connection);
    else if (!instant_before(now, smtp_deadline(connection->smtp)))
        smtp_timeout(connection->smtp, now);
    else
        smtp_closed(connection->smtp, "no answer from the relay in time", now);
    connection_flush(connection);
    return 0;
}

static void on_smtp_outcome(void *context, void *token, const struct outcome *outcome)
{
    struct connection *connection = context;
    connection->accepted += outcome->verdict == VERDICT_ACCEPTED;
    connection->callbacks.on_outcome(connection->callbacks.context, connection, token, outcome);
    connection->has_culprit |= !outcome->code || outcome->code == 421;
}

static void on_up(void *context, const struct smtp_capabilities *capabilities)
{
    struct connection *connection = context;
    struct smtp_callbacks callbacks = {.context = connection, .on_outcome = on_smtp_outcome};
    connection->capabilities = *capabilities;
    connection->smtp = smtp_new(capabilities, &callbacks);
    if (!connection->smtp) {
        struct outcome outcome = {.verdict = VERDICT_DEFERRED,
                                  .fault = FAULT_RELAY,
                                  .stage = STAGE_CONNECT,
                                  .reply = "not enough memory"};
        go(connection, &outcome);
        return;
    }
    log_trace("net", "connection is up%s", capabilities->has_pipelining ? ", with pipelining" : "");
    connection->patience_from = now_of(connection);
    connection->has_news = true;
    connection->callbacks.on_up(connection->callbacks.context, connection);
}

static void on_failed(void *context, const struct outcome *outcome)
{
    go(context, outcome);
}

static void on_session_dialogue(void *context, char direction, struct text line)
{
    struct connection *connection = context;
    connection->callbacks.on_dialogue(connection->callbacks.context, direction, line);
}

int connection_open(sd_event *event, const struct session_request *request,
                    const struct connection_callbacks *callbacks, struct connection **ret)
{
    struct connection *connection = calloc(1, sizeof *connection);
    if (!connection)
        return -ENOMEM;
    connection->event = sd_event_ref(event);
    connection->callbacks = *callbacks;
    connection->timer_at = INSTANT_NEVER;
    connection->idle_since = INSTANT_UNSET;
    connection->patience_usec = request->patience_usec;
    struct session_callbacks session_callbacks = {
        .context = connection,
        .on_up = on_up,
        .on_failed = on_failed,
        .on_ready = on_ready,
        .on_dialogue = callbacks->on_dialogue ? on_session_dialogue : NULL};
    int r = sd_event_add_time(event, &connection->timer, CLOCK_MONOTONIC, 0, 100 * 1000, on_timer,
                              connection);
    if (r >= 0)
        r = sd_event_source_set_enabled(connection->timer, SD_EVENT_OFF);
    if (r >= 0)
        r = session_open(event, request, &session_callbacks, &connection->session);
    if (r < 0) {
        connection_close(connection);
        return r;
    }
    (void)sd_event_source_set_description(connection->timer, "relay-timer"); /* only a name */
    *ret = connection;
    return 0;
}

struct connection *connection_close(struct connection *connection)
{
    if (!connection)
        return NULL;
    connection->is_gone = true;
    connection->smtp = smtp_free(connection->smtp);
    session_close(connection->session);
    sd_event_source_disable_unref(connection->timer);
    sd_event_unref(connection->event);
    free(connection);
    return NULL;
}

bool connection_is_up(const struct connection *connection)
{
    return connection->smtp && !connection->is_gone;
}

bool connection_wants_message(const struct connection *connection)
{
    return connection_is_up(connection) && smtp_wants_message(connection->smtp);
}

size_t connection_sent(const struct connection *connection)
{
    return connection->sent;
}

size_t connection_accepted(const struct connection *connection)
{
    return connection->accepted;
}

bool connection_has_culprit(const struct connection *connection)
{
    return connection->has_culprit;
}

bool connection_is_piped(const struct connection *connection)
{
    return connection->capabilities.has_pipelining;
}

int connection_send(struct connection *connection, const struct message *message, void *token,
                    struct outcome *ret)
{
    struct instant now = now_of(connection);
    /* The machine has looked at each byte; only for the reason is it asked again. */
    int r = smtp_send(connection->smtp, message, token, now);
    if (r == SMTP_E_UNSENDABLE)
        return smtp_vet(&connection->capabilities, message, ret);
    if (!r) {
        connection->sent++;
        connection->has_news = true;
        connection->idle_since = INSTANT_UNSET;
        connection->patience_from = now;
    }
    return r;
}

void connection_quit(struct connection *connection)
{
    if (connection->is_quitting || !connection->smtp)
        return;
    connection->is_quitting = connection->has_news = true;
    connection->idle_since = INSTANT_UNSET;
    smtp_quit(connection->smtp, now_of(connection));
}
