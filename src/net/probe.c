/* SPDX-License-Identifier: MIT */
/* probe: one connection up to the login, and QUIT; what `check` says of the relay. */
#include <errno.h>
#include <stdlib.h>

#include "net/connection.h"
#include "net/relay.h"

#define PROBE_PATIENCE_USEC (30 * USEC_PER_SEC) /* a person waits for the answer */

struct probe {
    relay_probe_done on_done;
    void *context;
    struct connection *connection;
    sd_event_source *closer;
    struct outcome outcome;
};

static int on_close(sd_event_source *source, void *userdata)
{
    struct probe *probe = userdata;
    (void)source;
    connection_close(probe->connection);
    sd_event_source_disable_unref(probe->closer);
    probe->on_done(probe->context, &probe->outcome);
    free(probe);
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

int relay_probe(sd_event *loop, const struct relay_settings *settings, const char *password,
                relay_probe_done on_done, void *context)
{
    struct probe *probe = calloc(1, sizeof *probe);
    if (!probe)
        return -ENOMEM;
    struct session_request request = {.settings = settings,
                                      .secret = password,
                                      .is_token = settings->auth == AUTH_XOAUTH2 ||
                                                  settings->auth == AUTH_OAUTHBEARER,
                                      .patience_usec = PROBE_PATIENCE_USEC};
    struct connection_callbacks callbacks = {
        .context = probe, .on_up = on_up, .on_gone = on_gone, .on_turn = on_turn};
    probe->on_done = on_done;
    probe->context = context;
    int r = sd_event_add_defer(loop, &probe->closer, on_close, probe);
    if (r >= 0)
        r = sd_event_source_set_enabled(probe->closer, SD_EVENT_OFF);
    if (r >= 0)
        r = connection_open(loop, &request, &callbacks, &probe->connection);
    if (r < 0) {
        sd_event_source_disable_unref(probe->closer);
        free(probe);
        return r;
    }
    return 0;
}
