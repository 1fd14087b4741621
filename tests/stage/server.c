/* SPDX-License-Identifier: MIT */
/* What a session writes is obeyed on the spot; what the server answers can be read after its
 * latency, all at once. A server outlives its sessions, as servers do: it knows nothing of the
 * program's death but that a connection has ended.                                               */
#include "stage/server.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "deliver/verdict.h"
#include "net/session.h"
#include "stage/memory.h"

enum { LINE_MAX_BYTES = 1 << 20, MAIL_MAX_BYTES = 32 << 20, REACH_SEC = 60, GREETING_SEC = 300 };

struct kept_fault {
    struct kept_fault *next;
    struct server_fault fault;
};

struct server {
    size_t number;
    struct fate *fate;
    struct arena *arena; /* faults and mails */
    struct kept_fault *faults;
    bool has_pipelining;
    int64_t latency_usec;
    size_t window_bytes;
    LIST_TYPE(server_mails, struct mail *) mails;
    size_t connections;
    void (*on_mail)(void *context, const struct mail *mail);
    void *context;
};

enum session_state { OPENING, FAILING, UP };

struct session {
    struct server *server;
    sd_event *event;
    struct session_callbacks callbacks;
    sd_event_source *ready;
    enum session_state state;
    struct outcome failure;
    struct buf in, out; /* of the server's side */
    size_t readable;    /* bytes of out that have arrived */
    size_t credit;      /* bytes that may be written before the next turn */
    bool is_silent, is_cut, is_body, has_mail, is_watched; /* watched: for room to write */
    struct mail draft;
    struct buf body;
};

static server_finder find_server;
static void *finder_context;

void server_set_finder(server_finder find, void *context)
{
    find_server = find;
    finder_context = context;
}

static void must(bool condition)
{
    if (condition)
        return;
    fputs("stage: no memory for the server\n", stderr);
    abort();
}

/* --- the server ------------------------------------------------------------------------------ */

size_t server_kept_bytes(const struct server *server)
{
    return arena_bytes(server->arena);
}

struct server *server_new(size_t number, struct fate *fate)
{
    struct server *server = calloc(1, sizeof *server);
    must(server != NULL);
    server->number = number;
    server->fate = fate;
    server->has_pipelining = true;
    server->arena = arena_new((size_t)4 << 30);
    must(server->arena != NULL);
    return server;
}

struct server *server_free(struct server *server)
{
    if (!server)
        return NULL;
    arena_free(server->arena);
    free(server);
    return NULL;
}

void server_add_fault(struct server *server, const struct server_fault *fault)
{
    struct kept_fault *kept = arena_alloc(server->arena, sizeof *kept);
    must(kept != NULL);
    kept->fault = *fault;
    kept->fault.reply = arena_copy_string(server->arena, fault->reply);
    kept->fault.address = arena_copy_string(server->arena, fault->address);
    struct kept_fault **link = &server->faults;
    while (*link)
        link = &(*link)->next;
    *link = kept;
}

void server_clear_faults(struct server *server)
{
    server->faults = NULL;
}

void server_set_pipelining(struct server *server, bool has_pipelining)
{
    server->has_pipelining = has_pipelining;
}

void server_set_pace(struct server *server, int64_t latency_usec, size_t window_bytes)
{
    server->latency_usec = latency_usec;
    server->window_bytes = window_bytes;
}

size_t server_mail_count(const struct server *server)
{
    return server->mails.count;
}

const struct mail *server_mail(const struct server *server, size_t i)
{
    assert(i < server->mails.count);
    return server->mails.items[i];
}

size_t server_connections(const struct server *server)
{
    return server->connections;
}

void server_on_mail(struct server *server, void (*on_mail)(void *, const struct mail *),
                    void *context)
{
    server->on_mail = on_mail;
    server->context = context;
}

/* --- faults ---------------------------------------------------------------------------------- */

static struct instant now_of(const struct session *session)
{
    uint64_t usec = 0;
    (void)sd_event_now(session->event, CLOCK_REALTIME, &usec);
    return (struct instant){(int64_t)usec};
}

static bool is_about(const struct server_fault *fault, const char *const *addresses, size_t count)
{
    if (!fault->address)
        return true;
    for (size_t i = 0; i < count; i++)
        if (text_is_nocase(text_of(addresses[i]), fault->address))
            return true;
    return false;
}

/* The fault that strikes now, counted; NULL = none. */
static const struct server_fault *strike(struct session *session, enum server_place place,
                                         const char *const *addresses, size_t count)
{
    for (struct kept_fault *kept = session->server->faults; kept; kept = kept->next) {
        struct server_fault *fault = &kept->fault;
        if (fault->place != place || !fault->times ||
            !instant_before(now_of(session), fault->until) || !is_about(fault, addresses, count))
            continue;
        if (fault->times > 0)
            fault->times--;
        return fault;
    }
    return NULL;
}

static const char *reply_of(const struct server_fault *fault)
{
    static const char *const usual[] = {
        [SERVER_CONNECT] = "421 4.3.2 too busy", [SERVER_LOGIN] = "535 5.7.8 not these credentials",
        [SERVER_MAIL] = "451 4.3.0 try later",   [SERVER_RCPT] = "451 4.7.1 come back later",
        [SERVER_DATA] = "451 4.3.0 try later",   [SERVER_BODY] = "451 4.3.0 try later",
        [SERVER_DOT] = "451 4.3.0 try later"};
    return fault->reply ? fault->reply : usual[fault->place];
}

/* --- the dialogue ---------------------------------------------------------------------------- */

static void wake(struct session *session, int64_t usec)
{
    (void)sd_event_source_set_time_relative(session->ready, (uint64_t)usec);
    (void)sd_event_source_set_enabled(session->ready, SD_EVENT_ONESHOT);
}

static void say(struct session *session, const char *line)
{
    if (session->is_silent || session->is_cut)
        return;
    buf_printf(&session->out, "%s\r\n", line);
    must(!buf_error(&session->out));
    wake(session, session->server->latency_usec);
}

static void cut(struct session *session)
{
    session->is_cut = true;
    wake(session, session->server->latency_usec);
}

static void reset(struct session *session)
{
    session->has_mail = session->is_body = false;
    session->draft = (struct mail){0};
    buf_clear(&session->body);
}

static void take(struct session *session)
{
    struct server *server = session->server;
    struct mail *mail = arena_alloc(server->arena, sizeof *mail);
    must(mail != NULL);
    *mail = session->draft;
    mail->at = now_of(session);
    mail->server = server->number;
    mail->bytes =
        (struct text){arena_copy_text(server->arena, buf_text(&session->body)), session->body.size};
    struct mail **slot = list_add(server->arena, &server->mails);
    must(slot && mail->bytes.data && mail_read(server->arena, mail) == 0);
    *slot = mail;
    if (server->on_mail)
        server->on_mail(server->context, mail);
}

/* True: a fault answered in place of the server. */
static bool misbehaves(struct session *session, enum server_place place, const char *const *who,
                       size_t count)
{
    const struct server_fault *fault = strike(session, place, who, count);
    if (!fault)
        return false;
    switch (fault->deed) {
    case SERVER_REPLIES:
        say(session, reply_of(fault));
        break;
    case SERVER_REPLIES_CUTS:
        say(session, reply_of(fault));
        cut(session);
        break;
    case SERVER_TAKES_CUTS:
        take(session);
        cut(session);
        break;
    case SERVER_TAKES_SILENCE:
        take(session);
        session->is_silent = true;
        break;
    case SERVER_CUTS:
        cut(session);
        break;
    case SERVER_SILENCE:
        session->is_silent = true;
        break;
    }
    return true;
}

/* What stands between < and >. */
static const char *address_in(struct session *session, struct text line)
{
    size_t start = text_find_char(line, '<');
    struct text rest = text_from(line, start < line.size ? start + 1 : line.size);
    char *address =
        arena_copy_text(session->server->arena, text_slice(rest, 0, text_find_char(rest, '>')));
    must(address != NULL);
    return address;
}

static void on_rcpt(struct session *session, struct text line)
{
    struct mail *draft = &session->draft;
    const char *address = address_in(session, line);
    if (!session->has_mail) {
        say(session, "503 5.5.1 MAIL first");
        return;
    }
    if (misbehaves(session, SERVER_RCPT, &address, 1))
        return;
    if (draft->recipient_count == MAIL_RECIPIENTS_MAX) {
        say(session, "452 4.5.3 too many recipients");
        return;
    }
    draft->recipients[draft->recipient_count++] = address;
    say(session, "250 2.1.5 ok");
}

static void on_data(struct session *session)
{
    const struct mail *draft = &session->draft;
    if (!draft->recipient_count) {
        say(session, session->has_mail ? "554 5.5.1 no valid recipients" : "503 5.5.1 MAIL first");
        return;
    }
    if (misbehaves(session, SERVER_DATA, draft->recipients, draft->recipient_count))
        return;
    session->is_body = true;
    buf_clear(&session->body);
    say(session, "354 go ahead");
}

static void on_dot(struct session *session)
{
    const struct mail *draft = &session->draft;
    session->is_body = false;
    if (!misbehaves(session, SERVER_DOT, draft->recipients, draft->recipient_count)) {
        take(session);
        say(session, "250 2.0.0 taken");
    }
    reset(session);
}

static void on_body_line(struct session *session, struct text line)
{
    const struct mail *draft = &session->draft;
    if (!session->body.size &&
        misbehaves(session, SERVER_BODY, draft->recipients, draft->recipient_count))
        return;
    if (text_is(line, ".")) {
        on_dot(session);
        return;
    }
    buf_add_text(&session->body, text_starts(line, ".") ? text_from(line, 1) : line);
    buf_add_string(&session->body, "\r\n");
}

static void on_command(struct session *session, struct text line)
{
    if (text_starts_nocase(line, "MAIL FROM:")) {
        if (misbehaves(session, SERVER_MAIL, NULL, 0))
            return;
        reset(session);
        session->has_mail = true;
        session->draft.sender = address_in(session, line);
        say(session, "250 2.1.0 ok");
    } else if (text_starts_nocase(line, "RCPT TO:")) {
        on_rcpt(session, line);
    } else if (text_is_nocase(line, "DATA")) {
        on_data(session);
    } else if (text_is_nocase(line, "RSET")) {
        reset(session);
        say(session, "250 2.0.0 ok");
    } else if (text_is_nocase(line, "QUIT")) {
        say(session, "221 2.0.0 bye");
        cut(session);
    } else {
        say(session, "500 5.5.2 what?");
    }
}

static void obey(struct session *session)
{
    size_t end;
    struct text in = buf_text(&session->in);
    while (!session->is_silent && !session->is_cut &&
           (end = text_find(in, TEXT("\r\n"))) < in.size) {
        struct text line = text_slice(in, 0, end);
        in = text_from(in, end + 2);
        if (session->is_body)
            on_body_line(session, line);
        else
            on_command(session, line);
    }
    buf_drop_front(&session->in, session->in.size - in.size);
}

/* --- the session: net/session.h -------------------------------------------------------------- */

static void come_up(struct session *session)
{
    struct smtp_capabilities capabilities;
    smtp_capabilities_parse(session->server->has_pipelining
                                ? TEXT("250-stage\r\n250-PIPELINING\r\n250-DSN\r\n250 SIZE 0\r\n")
                                : TEXT("250-stage\r\n250 SIZE 0\r\n"),
                            &capabilities);
    session->state = UP;
    session->callbacks.on_up(session->callbacks.context, &capabilities);
}

static int on_ready(sd_event_source *source, uint64_t usec, void *context)
{
    struct session *session = context;
    (void)source;
    (void)usec;
    if (session->state == OPENING) {
        come_up(session);
    } else if (session->state == FAILING) {
        session->callbacks.on_failed(session->callbacks.context, &session->failure);
    } else {
        session->readable = session->out.size;
        session->credit = session->server->window_bytes;
        if (session->is_watched)
            wake(session, session->server->latency_usec);
        session->callbacks.on_ready(session->callbacks.context);
    }
    return 0;
}

static void fail(struct session *session, enum smtp_stage stage, int code, const char *text)
{
    session->state = FAILING;
    verdict_of(stage, code, text_of(text), &session->failure);
}

/* How the greeting and the login go; microseconds until that is known. */
static int64_t greet(struct session *session, int64_t patience_usec)
{
    const struct server_fault *fault = strike(session, SERVER_CONNECT, NULL, 0);
    enum smtp_stage stage = STAGE_GREETING;
    if (!fault) {
        fault = strike(session, SERVER_LOGIN, NULL, 0);
        stage = STAGE_AUTH;
    }
    if (!fault)
        return session->server->latency_usec;
    const char *reply = reply_of(fault);
    switch (fault->deed) {
    case SERVER_CUTS:
    case SERVER_TAKES_CUTS:
        fail(session, stage == STAGE_AUTH ? stage : STAGE_CONNECT, 0, "connection refused");
        return 0;
    case SERVER_SILENCE:
    case SERVER_TAKES_SILENCE:
        fail(session, stage, 0, "no answer in time");
        return patience_usec ? patience_usec : GREETING_SEC * USEC_PER_SEC;
    default:
        fail(session, stage, (int)strtol(reply, NULL, 10), strlen(reply) > 4 ? reply + 4 : "");
        return session->server->latency_usec;
    }
}

int session_open(sd_event *event, const struct session_request *request,
                 const struct session_callbacks *callbacks, struct session **ret)
{
    MEMORY_OF_STAGE;
    struct server *server = find_server(finder_context, request->settings);
    struct session *session = calloc(1, sizeof *session);
    must(session != NULL);
    session->server = server;
    session->event = sd_event_ref(event);
    session->callbacks = *callbacks;
    session->credit = server->window_bytes;
    buf_init(&session->in, LINE_MAX_BYTES);
    buf_init(&session->out, LINE_MAX_BYTES);
    buf_init(&session->body, MAIL_MAX_BYTES);
    server->connections++;
    int64_t wait = server->fate->is_dead ? 0 : greet(session, request->patience_usec);
    int r = sd_event_add_time_relative(event, &session->ready, CLOCK_MONOTONIC, (uint64_t)wait, 0,
                                       on_ready, session);
    must(r >= 0);
    *ret = session;
    return 0;
}

struct session *session_close(struct session *session)
{
    if (!session)
        return NULL;
    sd_event_source_disable_unref(session->ready);
    sd_event_unref(session->event);
    buf_done(&session->in);
    buf_done(&session->out);
    buf_done(&session->body);
    free(session);
    return NULL;
}

ssize_t session_read(struct session *session, char *data, size_t size)
{
    struct fate *fate = session->server->fate;
    MEMORY_OF_STAGE;
    if (!session->readable && !fate->is_dead)
        return session->is_cut && !session->out.size ? 0 : -EAGAIN;
    if (fate_before(fate, FATE_RELAY_READ))
        return -ECONNRESET;
    if (size > session->readable)
        size = session->readable;
    memcpy(data, session->out.data, size);
    buf_drop_front(&session->out, size);
    session->readable -= size;
    if (session->readable || session->is_cut)
        wake(session, 0);
    return fate_after(fate, FATE_RELAY_READ) ? -ECONNRESET : (ssize_t)size;
}

bool session_is_clear(const struct session *session)
{
    (void)session;
    return true;
}

ssize_t session_write(struct session *session, struct text bytes)
{
    struct server *server = session->server;
    MEMORY_OF_STAGE;
    if (server->window_bytes && bytes.size > session->credit)
        bytes.size = session->credit;
    if (!bytes.size)
        return -EAGAIN;
    if (session->is_cut && !server->fate->is_dead)
        return -EPIPE;
    if (fate_before(server->fate, FATE_RELAY_WRITE))
        return -EPIPE;
    session->credit -= server->window_bytes ? bytes.size : 0;
    buf_add_text(&session->in, bytes);
    must(!buf_error(&session->in));
    obey(session);
    return fate_after(server->fate, FATE_RELAY_WRITE) ? -EPIPE : (ssize_t)bytes.size;
}

int session_watch_writing(struct session *session, bool is_wanted)
{
    session->is_watched = is_wanted;
    if (is_wanted)
        wake(session, session->server->latency_usec);
    return 0;
}
