/* SPDX-License-Identifier: MIT */
/* probe: one connection up to the login, and QUIT; what `check` says of the relay. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "deliver/verdict.h"
#include "net/connection.h"
#include "net/relay.h"
#include "net/token.h"

#define PROBE_PATIENCE_USEC (30 * USEC_PER_SEC) /* a person waits for the answer */

struct probe {
    struct relay_probe_callbacks callbacks;
    sd_event *event;
    const struct relay_settings *settings;
    struct connection *connection; /* NULL while the token is fetched */
    struct token *token;
    sd_event_source *closer;
    struct outcome outcome;
};

static void probe_free(struct probe *probe)
{
    connection_close(probe->connection);
    token_close(probe->token);
    sd_event_source_disable_unref(probe->closer);
    sd_event_unref(probe->event);
    free(probe);
}

static int on_close(sd_event_source *source, void *userdata)
{
    struct probe *probe = userdata;
    (void)source;
    probe->callbacks.on_done(probe->callbacks.context, &probe->outcome);
    probe_free(probe);
    return 0;
}

static void on_up(void *context, struct connection *connection)
{
    struct probe *probe = context;
    probe->outcome = (struct outcome){.verdict = VERDICT_ACCEPTED,
                                      .stage = STAGE_AUTH,
                                      .code = 250,
                                      .reply = "the relay is ready"};
    connection_quit(connection);
    connection_flush(connection);
}

static void on_gone(void *context, struct connection *connection, const struct outcome *outcome)
{
    struct probe *probe = context;
    (void)connection;
    if (outcome)
        probe->outcome = *outcome;
    (void)sd_event_source_set_enabled(probe->closer, SD_EVENT_ONESHOT); /* fails only when ended */
}

static void on_turn(void *context)
{
    (void)context; /* nothing is sent */
}

static void on_dialogue(void *context, char direction, struct text line)
{
    struct probe *probe = context;
    probe->callbacks.on_dialogue(probe->callbacks.context, direction, line);
}

/* A person waits, but no longer than the settings say. */
static int64_t patience(const struct relay_settings *settings)
{
    bool is_shorter = settings->patience_usec && settings->patience_usec < PROBE_PATIENCE_USEC;
    return is_shorter ? settings->patience_usec : PROBE_PATIENCE_USEC;
}

static int connect_with(struct probe *probe, const char *secret)
{
    const struct relay_settings *settings = probe->settings;
    struct session_request request = {.settings = settings,
                                      .secret = secret,
                                      .is_token = probe->token || settings->auth == AUTH_XOAUTH2 ||
                                                  settings->auth == AUTH_OAUTHBEARER,
                                      .patience_usec = patience(settings)};
    struct connection_callbacks callbacks = {.context = probe,
                                             .on_up = on_up,
                                             .on_gone = on_gone,
                                             .on_turn = on_turn,
                                             .on_dialogue =
                                                 probe->callbacks.on_dialogue ? on_dialogue : NULL};
    return connection_open(probe->event, &request, &callbacks, &probe->connection);
}

static void on_token(void *context, const char *token, const char *error)
{
    struct probe *probe = context;
    struct outcome outcome;
    int r = token ? connect_with(probe, token) : 0;
    if (token && !r)
        return;
    verdict_of(STAGE_AUTH, 0, text_of(token ? strerror(-r) : error), &outcome);
    outcome.must_pause = true;
    on_gone(probe, NULL, &outcome);
}

int relay_probe(sd_event *loop, const struct relay_settings *settings, const char *password,
                const struct relay_probe_callbacks *callbacks)
{
    struct probe *probe = calloc(1, sizeof *probe);
    if (!probe)
        return -ENOMEM;
    probe->event = sd_event_ref(loop);
    probe->settings = settings;
    probe->callbacks = *callbacks;
    int r = sd_event_add_defer(loop, &probe->closer, on_close, probe);
    if (r >= 0)
        r = sd_event_source_set_enabled(probe->closer, SD_EVENT_OFF);
    if (r >= 0 && string_is_empty(settings->token_command))
        r = connect_with(probe, password);
    else if (r >= 0)
        r = token_open(loop, settings->token_command, on_token, probe, &probe->token);
    if (r >= 0 && probe->token)
        r = token_ask(probe->token);
    if (r < 0) {
        probe_free(probe);
        return r;
    }
    return 0;
}
