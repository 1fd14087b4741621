/* SPDX-License-Identifier: MIT */
/* session: CURLOPT_CONNECT_ONLY and the rules that keep it honest.
 *
 * 1. One multi for each session: a shared one may prune a connection that looks idle, and reuses
 *    connections without regard to their TLS policy.
 * 2. TLS is required or absent, never tried: "try" sends in clear when an attacker says no.
 * 3. The login mechanism is pinned, and a 235 must have been seen: a server that offers no AUTH
 *    would otherwise get our mail without a login.
 * 4. The server's keywords are what stands after the last 220 (greeting, or STARTTLS accepted).
 * 5. Our own event source goes before the handle leaves its multi, which closes the socket.
 * 6. At most one TLS record is written at a time. OpenSSL reports a longer write only when all of
 *    it has left, so part of it (a final dot!) could be with the server while we think otherwise.
 */
#include "net/session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "deliver/verdict.h"
#include "net/loop.h"

enum {
    KEYWORD_BYTES_MAX = 16 * 1024,
    TLS_RECORD_BYTES = 16 * 1024,
    REACH_SEC = 60, /* resolve and connect, before a word is said */
    LINE_BYTES = 600,
};

struct session {
    sd_event *event;
    struct session_callbacks callbacks;
    struct loop *loop;
    CURL *easy;
    sd_event_source *io;
    sd_event_source *reach_timer;
    bool is_up, is_over, needs_login, is_clear, is_lock_step;
    bool must_ask_tls;  /* STARTTLS follows the first EHLO */
    bool is_login_said; /* AUTH was sent and not answered: what follows is secret */
    bool has_login;     /* 235 was read */
    int greetings;      /* 220s: the second follows STARTTLS */
    bool has_hello;
    struct buf keywords;
    int last_code;
    char last_words[LINE_BYTES]; /* of the whole reply, lines joined by a blank */
    bool is_continued;           /* the reply has more lines */
    char curl_error[CURL_ERROR_SIZE];
};

static void end_with(struct session *session, enum smtp_stage stage, int code, const char *text)
{
    struct outcome outcome;
    session->is_over = true;
    verdict_of(stage, code, text_of(text), &outcome);
    /* A login that cannot work is the same as one that was refused. */
    outcome.must_pause |= stage == STAGE_AUTH && code == 0;
    log_trace("net", "session fails at %s: %d %s", smtp_stage_to_text(stage), code, outcome.reply);
    session->callbacks.on_failed(session->callbacks.context, &outcome);
}

/* How far the session came, for failures that libcurl's code does not place. */
static enum smtp_stage reached(const struct session *session)
{
    curl_off_t connect_usec = 0;
    curl_easy_getinfo(session->easy, CURLINFO_CONNECT_TIME_T, &connect_usec);
    if (session->is_login_said)
        return STAGE_AUTH;
    if (session->greetings > 1)
        return session->has_hello ? STAGE_HELLO : STAGE_TLS;
    if (session->greetings == 1)
        return session->has_hello && session->must_ask_tls ? STAGE_TLS : STAGE_HELLO;
    return connect_usec || session->last_code ? STAGE_GREETING : STAGE_CONNECT;
}

static enum smtp_stage stage_of(const struct session *session, CURLcode code)
{
    switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
        return STAGE_CONNECT;
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_ISSUER_ERROR:
        return STAGE_TLS;
    case CURLE_LOGIN_DENIED:
        return STAGE_AUTH;
    default:
        return reached(session);
    }
}

/* What libcurl and OpenSSL say of it is nothing for an administrator. */
static const char *explain(CURLcode code, const char *why)
{
    bool is_tls_too_old =
        strstr(why, "alert protocol version") || strstr(why, "unsupported protocol");
    if (code == CURLE_SSL_CONNECT_ERROR && is_tls_too_old)
        return "the relay speaks no TLS newer than 1.1, which is not safe";
    if (code == CURLE_RECV_ERROR && strstr(why, "response reading failed"))
        return "the relay closed the connection";
    return why;
}

static void fail(struct session *session, CURLcode code)
{
    enum smtp_stage stage = stage_of(session, code);
    const char *why = *session->curl_error ? session->curl_error : curl_easy_strerror(code);
    /* The reply read last is the reason only if it was a refusal. XOAUTH2's stops at a 334 that
     * libcurl does not answer, so that its 535 is never read.                                    */
    if (session->last_code >= 400)
        end_with(session, stage, session->last_code, session->last_words);
    else if (code == CURLE_LOGIN_DENIED && session->last_code == 334)
        end_with(session, stage, 535, "5.7.8 the relay refuses the token");
    else
        end_with(session, stage, 0, explain(code, why));
}

static int on_io(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
    struct session *session = userdata;
    (void)source;
    (void)fd;
    (void)events; /* reading and writing both tell what happened */
    session->callbacks.on_ready(session->callbacks.context);
    return 0;
}

static void come_up(struct session *session)
{
    struct smtp_capabilities capabilities;
    curl_socket_t fd = CURL_SOCKET_BAD;
    if (session->needs_login && !session->has_login) {
        end_with(session, STAGE_AUTH, 0, "the relay offers no login that may be used");
        return;
    }
    curl_easy_getinfo(session->easy, CURLINFO_ACTIVESOCKET, &fd);
    int r = fd == CURL_SOCKET_BAD
                ? -ENOTCONN
                : sd_event_add_io(session->event, &session->io, fd, EPOLLIN, on_io, session);
    if (r < 0) {
        end_with(session, STAGE_CONNECT, 0, strerror(-r));
        return;
    }
    (void)sd_event_source_set_description(session->io, "relay"); /* only a name */
    session->is_up = true;
    smtp_capabilities_parse(buf_text(&session->keywords), &capabilities);
    capabilities.has_pipelining &= !session->is_lock_step;
    session->callbacks.on_up(session->callbacks.context, &capabilities);
}

static void on_finished(void *context, CURL *easy, CURLcode code)
{
    struct session *session = context;
    (void)easy;
    sd_event_source_disable_unref(session->reach_timer);
    session->reach_timer = NULL;
    if (session->is_over)
        return;
    if (code)
        fail(session, code);
    else
        come_up(session);
}

static int on_reach_timeout(sd_event_source *source, uint64_t usec, void *userdata)
{
    struct session *session = userdata;
    (void)source;
    (void)usec;
    if (!session->is_over && !session->is_up && reached(session) == STAGE_CONNECT)
        end_with(session, STAGE_CONNECT, 0, "the relay cannot be reached");
    return 0;
}

/* One line of a reply while connecting. */
static size_t on_reply_line(char *data, size_t size, size_t count, void *context)
{
    struct session *session = context;
    struct text line = {data, size * count}, code_text = text_slice(line, 0, 3);
    int64_t code;
    if (session->is_up || !text_number(code_text, 200, 599, &code))
        return line.size;
    struct text words = text_trim(text_from(line, 4));
    size_t before = session->is_continued ? strlen(session->last_words) : 0;
    session->last_code = (int)code;
    session->is_continued = line.size > 3 && line.data[3] == '-';
    snprintf(session->last_words + before, LINE_BYTES - before, "%s%.*s", before ? " " : "",
             (int)(words.size < LINE_BYTES ? words.size : LINE_BYTES), words.data);
    if (code == 220) {
        session->greetings++;
        session->has_hello = false;
        buf_clear(&session->keywords);
    } else if (code == 250) {
        session->has_hello = true;
        buf_add_text(&session->keywords, line);
    } else if (code == 334) {
        session->is_login_said = true;
    } else if (code == 235) {
        session->has_login = true;
        session->is_login_said = false;
    }
    return line.size;
}

static void tell_line(struct session *session, char direction, struct text line)
{
    char masked[40];
    if (direction == '>' && text_starts_nocase(line, "AUTH ")) {
        struct text rest = text_from(line, 5), word = text_split(&rest, ' ');
        session->is_login_said = true;
        snprintf(masked, sizeof masked, "AUTH %.*s ***", (int)(word.size < 20 ? word.size : 20),
                 word.data);
        line = text_of(masked);
    } else if (direction == '>' && session->is_login_said) {
        line = TEXT("***");
    }
    session->callbacks.on_dialogue(session->callbacks.context, direction, line);
}

static int on_debug(CURL *easy, curl_infotype type, char *data, size_t size, void *context)
{
    struct session *session = context;
    struct text rest = {data, size};
    (void)easy;
    if (session->is_up || (type != CURLINFO_HEADER_IN && type != CURLINFO_HEADER_OUT))
        return 0;
    while (rest.data) {
        struct text line = text_next_line(&rest);
        if (line.size)
            tell_line(session, type == CURLINFO_HEADER_OUT ? '>' : '<', line);
    }
    return 0;
}

static const char *login_options(const struct relay_settings *settings, bool is_token)
{
    switch (settings->auth) {
    case AUTH_PLAIN:
        return "AUTH=PLAIN";
    case AUTH_LOGIN:
        return "AUTH=LOGIN";
    case AUTH_CRAM_MD5:
        return "AUTH=CRAM-MD5";
    case AUTH_XOAUTH2:
        return "AUTH=XOAUTH2";
    case AUTH_OAUTHBEARER:
        return "AUTH=OAUTHBEARER";
    case AUTH_AUTOMATIC:
        break;
    }
    return is_token ? "AUTH=XOAUTH2;AUTH=OAUTHBEARER" : "AUTH=PLAIN;AUTH=LOGIN";
}

static CURLcode set_login(struct session *session, const struct session_request *request)
{
    const struct relay_settings *settings = request->settings;
    CURL *easy = session->easy;
    session->needs_login = !string_is_empty(settings->user);
    if (!session->needs_login)
        return CURLE_OK;
    CURLcode code = curl_easy_setopt(easy, CURLOPT_USERNAME, settings->user);
    if (!code)
        code = curl_easy_setopt(easy, request->is_token ? CURLOPT_XOAUTH2_BEARER : CURLOPT_PASSWORD,
                                request->secret ? request->secret : "");
    if (!code)
        code = curl_easy_setopt(easy, CURLOPT_LOGIN_OPTIONS,
                                login_options(settings, request->is_token));
    if (!code)
        code = curl_easy_setopt(easy, CURLOPT_SASL_IR, 1L);
    return code;
}

static CURLcode set_tls(struct session *session, const struct relay_settings *settings)
{
    /* Only a loopback relay may be spoken to in clear, whatever the settings say. */
    bool is_clear = settings->is_loopback && !settings->is_tls_required;
    bool is_smtps = text_starts_nocase(text_of(settings->url), "smtps:");
    session->is_clear = is_clear && !is_smtps;
    session->must_ask_tls = !is_clear && !is_smtps;
    CURLcode code = curl_easy_setopt(session->easy, CURLOPT_USE_SSL,
                                     (long)(is_clear ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    if (!code)
        code = curl_easy_setopt(session->easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (!code && !string_is_empty(settings->ca_file))
        code = curl_easy_setopt(session->easy, CURLOPT_CAINFO, settings->ca_file);
    return code;
}

/* Submission is at 587 (RFC 6409) where libcurl would take 25; smtps is at 465 for both. The name
 * after EHLO is the URL's path; without one libcurl says the machine's name.                    */
static CURLcode set_url(struct session *session, const struct relay_settings *settings)
{
    struct text url = {settings->url, strcspn(settings->url, "?#")};
    size_t start = text_find(url, TEXT("://"));
    start = start < url.size ? start + 3 : 0;
    url = text_slice(url, 0, start + text_find_char(text_from(url, start), '/'));
    struct text host = text_from(url, start);
    size_t bracket = text_find_char(host, ']'); /* IPv6: the port stands behind it */
    struct text port = text_from(host, bracket < host.size ? bracket : 0);
    bool has_port = text_find_char(port, ':') < port.size;
    bool is_submission = text_starts_nocase(url, "smtp://");
    const char *helo = string_is_empty(settings->helo) ? NULL : settings->helo;
    char whole[1024];
    int size =
        snprintf(whole, sizeof whole, "%.*s%s%s%s", (int)url.size, url.data,
                 is_submission && !has_port ? ":587" : "", helo ? "/" : "", helo ? helo : "");
    if (size >= (int)sizeof whole)
        return CURLE_URL_MALFORMAT;
    return curl_easy_setopt(session->easy, CURLOPT_URL, whole);
}

static void set_rest(struct session *session, int64_t patience_usec)
{
    CURL *easy = session->easy;
    long patience_msec = (long)((patience_usec ? patience_usec : 5 * USEC_PER_MIN) / 1000);
    curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(easy, CURLOPT_PROXY, ""); /* whatever the environment says */
    curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
    /* Covers everything up to the login: greeting, EHLO, STARTTLS, EHLO, two of AUTH. */
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, patience_msec * 2);
    curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT,
                     patience_msec < 1000 ? 1L : patience_msec / 1000);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, session->curl_error);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_reply_line);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, session);
    if (session->callbacks.on_dialogue) {
        curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
        curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_debug);
        curl_easy_setopt(easy, CURLOPT_DEBUGDATA, session);
    }
}

static int prepare(struct session *session, const struct session_request *request)
{
    session->easy = curl_easy_init();
    if (!session->easy)
        return -ENOMEM;
    set_rest(session, request->patience_usec);
    CURLcode code = set_url(session, request->settings);
    if (!code)
        code = set_tls(session, request->settings);
    if (!code)
        code = set_login(session, request);
    return code == CURLE_OUT_OF_MEMORY ? -ENOMEM : code ? -EINVAL : 0;
}

int session_open(sd_event *event, const struct session_request *request,
                 const struct session_callbacks *callbacks, struct session **ret)
{
    struct session *session = calloc(1, sizeof *session);
    if (!session)
        return -ENOMEM;
    session->event = sd_event_ref(event);
    session->callbacks = *callbacks;
    session->is_lock_step = request->is_lock_step;
    buf_init(&session->keywords, KEYWORD_BYTES_MAX);
    int r = prepare(session, request);
    if (!r)
        r = loop_open(event, "relay", on_finished, session, &session->loop);
    if (!r)
        r = loop_start(session->loop, session->easy);
    if (r >= 0)
        r = sd_event_add_time_relative(event, &session->reach_timer, CLOCK_MONOTONIC,
                                       (uint64_t)REACH_SEC * USEC_PER_SEC, 0, on_reach_timeout,
                                       session);
    if (r < 0) {
        session_close(session);
        return r;
    }
    *ret = session;
    return 0;
}

struct session *session_close(struct session *session)
{
    if (!session)
        return NULL;
    sd_event_source_disable_unref(session->reach_timer);
    sd_event_source_disable_unref(session->io);
    if (session->loop && session->easy)
        loop_stop(session->loop, session->easy);
    if (session->easy)
        curl_easy_cleanup(session->easy);
    loop_close(session->loop);
    buf_done(&session->keywords);
    sd_event_unref(session->event);
    free(session);
    return NULL;
}

ssize_t session_read(struct session *session, char *data, size_t size)
{
    size_t count = 0;
    CURLcode code = curl_easy_recv(session->easy, data, size, &count);
    if (code == CURLE_AGAIN)
        return -EAGAIN;
    return code ? -ECONNRESET : (ssize_t)count;
}

bool session_is_clear(const struct session *session)
{
    return session->is_clear;
}

ssize_t session_write(struct session *session, struct text bytes)
{
    size_t count = 0;
    if (bytes.size > TLS_RECORD_BYTES)
        bytes.size = TLS_RECORD_BYTES;
    CURLcode code = curl_easy_send(session->easy, bytes.data, bytes.size, &count);
    if (code == CURLE_AGAIN || (!code && !count))
        return -EAGAIN;
    return code ? -EPIPE : (ssize_t)count;
}

int session_watch_writing(struct session *session, bool is_wanted)
{
    return sd_event_source_set_io_events(session->io, EPOLLIN | (is_wanted ? EPOLLOUT : 0u));
}
