/* SPDX-License-Identifier: MIT */
/* scripted: an SMTP server on the test's own event loop, told by a table what to do.
 *
 * It obeys SMTP (also with PIPELINING) but for the faults of its script: a list of steps, each with
 * the command it strikes at and what it does instead of the usual answer. All messages that it
 * accepted are kept by their Message-ID line, so that tests count what arrived.                  */
#ifndef CONVIER_TESTS_NET_SCRIPTED_H
#define CONVIER_TESTS_NET_SCRIPTED_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <systemd/sd-event.h>

/* command: "CONNECT", "EHLO", "MAIL", "RCPT", "DATA" (the command), "BODY" (its first line), "DOT",
 * "RSET", "QUIT", "STARTTLS", "AUTH". nth: which one over the server's life, from 1; 0 = every.  */
enum fault_do {
    DO_REPLY,      /* text instead of the usual answer; DOT with 2xx counts as accepted */
    DO_SILENCE,    /* nothing, ever, on this connection */
    DO_CUT,        /* close without an answer */
    DO_REPLY_CUT,  /* text, then close */
    DO_ACCEPT_CUT, /* DOT: keep the message, close without an answer */
    DO_DRIP,       /* the usual answer, a byte each turn of the loop */
};
struct server_fault {
    const char *command;
    int nth;
    enum fault_do what;
    const char *text; /* with line ends */
};

enum { SCRIPTED_KEEP = 4096, SCRIPTED_LINE = 2000 };

struct scripted {
    sd_event *event;
    sd_event_source *listener;
    int fd, port;
    const struct server_fault *faults; /* ends with a NULL command */
    const char *keywords;              /* EHLO lines after the first: "PIPELINING\n…" */
    int counts[16];
    int connections, peers, quits, messages, resets;
    char ids[SCRIPTED_KEEP][64];
    char log[65536]; /* the commands, one a line */
    size_t log_size;
};

struct scripted_peer {
    struct scripted *server;
    sd_event_source *io, *dripper;
    int fd;
    char in[65536];
    size_t in_size;
    bool is_body, is_silent, is_closing, has_mail, has_rcpt;
    char id[64];
    char drip[4096];
    size_t drip_at, drip_size;
};

static void scripted_peer_free(struct scripted_peer *peer)
{
    sd_event_source_disable_unref(peer->io);
    sd_event_source_disable_unref(peer->dripper);
    close(peer->fd);
    peer->server->peers--;
    free(peer);
}

static inline const struct server_fault *scripted_fault(struct scripted *server,
                                                        const char *command)
{
    static const char *const names[] = {"CONNECT", "EHLO", "MAIL", "RCPT",     "DATA", "BODY",
                                        "DOT",     "RSET", "QUIT", "STARTTLS", "AUTH"};
    size_t which = 0;
    while (which < sizeof names / sizeof *names && strcmp(names[which], command) != 0)
        which++;
    int nth = ++server->counts[which];
    for (const struct server_fault *fault = server->faults; fault && fault->command; fault++)
        if (!strcmp(fault->command, command) && (!fault->nth || fault->nth == nth))
            return fault;
    return NULL;
}

static inline int scripted_on_drip(sd_event_source *source, void *userdata)
{
    struct scripted_peer *peer = userdata;
    if (peer->drip_at < peer->drip_size) {
        (void)!send(peer->fd, peer->drip + peer->drip_at++, 1, MSG_NOSIGNAL);
        sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
    }
    return 0;
}

static inline void scripted_say(struct scripted_peer *peer, const char *text, bool is_dripped)
{
    if (!is_dripped && peer->drip_at == peer->drip_size) {
        (void)!send(peer->fd, text, strlen(text), MSG_NOSIGNAL);
        return;
    }
    size_t size = strlen(text);
    if (peer->drip_at == peer->drip_size)
        peer->drip_at = peer->drip_size = 0;
    if (peer->drip_size + size <= sizeof peer->drip) {
        memcpy(peer->drip + peer->drip_size, text, size);
        peer->drip_size += size;
    }
    sd_event_source_set_enabled(peer->dripper, SD_EVENT_ONESHOT);
}

/* Says the usual answer, or what the script wants. True: usual. */
static inline bool scripted_answer(struct scripted_peer *peer, const char *command,
                                   const char *usual)
{
    const struct server_fault *fault = scripted_fault(peer->server, command);
    if (!fault) {
        scripted_say(peer, usual, false);
        return true;
    }
    switch (fault->what) {
    case DO_REPLY:
        scripted_say(peer, fault->text, false);
        return fault->text[0] == usual[0];
    case DO_REPLY_CUT:
        scripted_say(peer, fault->text, false);
        peer->is_closing = true;
        return false;
    case DO_SILENCE:
        peer->is_silent = true;
        return false;
    case DO_CUT:
        peer->is_closing = true;
        return false;
    case DO_ACCEPT_CUT:
        peer->is_closing = true;
        return true;
    case DO_DRIP:
        scripted_say(peer, usual, true);
        return true;
    }
    return true;
}

static inline void scripted_body_line(struct scripted_peer *peer, const char *line)
{
    struct scripted *server = peer->server;
    if (!strncasecmp(line, "Message-ID:", 11))
        snprintf(peer->id, sizeof peer->id, "%.60s", line + 12);
    if (strcmp(line, ".") != 0)
        return;
    peer->is_body = false;
    bool was_wanted = peer->has_rcpt;
    peer->has_rcpt = false;
    if (!was_wanted) {
        scripted_answer(peer, "DOT", "554 5.5.1 no valid recipients\r\n");
        return;
    }
    if (scripted_answer(peer, "DOT", "250 2.0.0 queued\r\n") && server->messages < SCRIPTED_KEEP)
        snprintf(server->ids[server->messages++], sizeof server->ids[0], "%s", peer->id);
}

static inline void scripted_ehlo(struct scripted_peer *peer)
{
    char text[1024] = "250-scripted.test\r\n", rest[512];
    snprintf(rest, sizeof rest, "%s", peer->server->keywords ? peer->server->keywords : "");
    for (char *at = rest, *end; *at; at = end + 1) {
        end = strchrnul(at, '\n');
        bool is_last = !*end;
        *end = '\0';
        size_t size = strlen(text);
        snprintf(text + size, sizeof text - size, "250-%s\r\n", at);
        if (is_last)
            break;
    }
    size_t size = strlen(text);
    snprintf(text + size, sizeof text - size, "250 HELP\r\n");
    scripted_answer(peer, "EHLO", text);
}

static inline void scripted_command(struct scripted_peer *peer, const char *line)
{
    struct scripted *server = peer->server;
    server->log_size += (size_t)snprintf(server->log + server->log_size,
                                         sizeof server->log - server->log_size, "%.200s\n", line);
    if (server->log_size >= sizeof server->log)
        server->log_size = sizeof server->log - 1;
    if (!strncasecmp(line, "EHLO", 4)) {
        scripted_ehlo(peer);
    } else if (!strncasecmp(line, "MAIL", 4)) {
        peer->has_rcpt = false;
        peer->has_mail = scripted_answer(peer, "MAIL", "250 2.1.0 ok\r\n");
    } else if (!strncasecmp(line, "RCPT", 4)) {
        peer->has_rcpt |=
            scripted_answer(peer, "RCPT",
                            peer->has_mail ? "250 2.1.5 ok\r\n" : "503 5.5.1 MAIL first\r\n") &&
            peer->has_mail;
    } else if (!strncasecmp(line, "DATA", 4)) {
        const char *usual = peer->has_rcpt ? "354 go\r\n" : "554 5.5.1 no valid recipients\r\n";
        const struct server_fault *fault = scripted_fault(server, "DATA");
        if (!fault) {
            scripted_say(peer, usual, false);
            peer->is_body = usual[0] == '3';
        } else {
            peer->is_silent = fault->what == DO_SILENCE;
            peer->is_closing = fault->what == DO_CUT || fault->what == DO_REPLY_CUT;
            if (fault->text)
                scripted_say(peer, fault->text, false);
            peer->is_body = fault->text && fault->text[0] == '3';
        }
        if (peer->is_body) {
            const struct server_fault *body = scripted_fault(server, "BODY");
            if (body && body->text)
                scripted_say(peer, body->text, false);
            if (body && (body->what == DO_CUT || body->what == DO_REPLY_CUT))
                peer->is_closing = true;
        }
    } else if (!strncasecmp(line, "RSET", 4)) {
        server->resets++;
        peer->has_rcpt = false;
        scripted_answer(peer, "RSET", "250 2.0.0 ok\r\n");
    } else if (!strncasecmp(line, "QUIT", 4)) {
        server->quits++;
        scripted_answer(peer, "QUIT", "221 2.0.0 bye\r\n");
        peer->is_closing = true;
    } else {
        scripted_say(peer, "502 5.5.1 what?\r\n", false);
    }
}

static inline int scripted_on_read(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
    struct scripted_peer *peer = userdata;
    (void)source;
    (void)events;
    ssize_t size = recv(fd, peer->in + peer->in_size, sizeof peer->in - peer->in_size - 1, 0);
    if (size <= 0) {
        if (size == 0 || (errno != EAGAIN && errno != EINTR))
            scripted_peer_free(peer);
        return 0;
    }
    peer->in_size += (size_t)size;
    peer->in[peer->in_size] = '\0';
    char *at = peer->in, *end;
    while (!peer->is_silent && !peer->is_closing && (end = strstr(at, "\r\n"))) {
        *end = '\0';
        if (peer->is_body)
            scripted_body_line(peer, at);
        else
            scripted_command(peer, at);
        at = end + 2;
    }
    if (peer->is_silent)
        at = peer->in + peer->in_size;
    peer->in_size -= (size_t)(at - peer->in);
    memmove(peer->in, at, peer->in_size);
    if (peer->is_closing)
        scripted_peer_free(peer);
    return 0;
}

static inline int scripted_on_accept(sd_event_source *source, int fd, uint32_t events,
                                     void *userdata)
{
    struct scripted *server = userdata;
    (void)source;
    (void)events;
    struct scripted_peer *peer = calloc(1, sizeof *peer);
    if (!peer)
        return -ENOMEM;
    peer->server = server;
    peer->fd = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (peer->fd < 0) {
        free(peer);
        return 0;
    }
    server->connections++;
    server->peers++;
    sd_event_add_io(server->event, &peer->io, peer->fd, EPOLLIN, scripted_on_read, peer);
    sd_event_add_defer(server->event, &peer->dripper, scripted_on_drip, peer);
    sd_event_source_set_enabled(peer->dripper, SD_EVENT_OFF);
    scripted_answer(peer, "CONNECT", "220 scripted.test ESMTP\r\n");
    if (peer->is_closing)
        scripted_peer_free(peer);
    return 0;
}

static inline int scripted_open(struct scripted *server, sd_event *event,
                                const struct server_fault *faults, const char *keywords)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    memset(server, 0, sizeof *server);
    server->event = event;
    server->faults = faults;
    server->keywords = keywords;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (server->fd < 0 || bind(server->fd, (struct sockaddr *)&address, size) < 0 ||
        listen(server->fd, 128) < 0 ||
        getsockname(server->fd, (struct sockaddr *)&address, &size) < 0)
        return -errno;
    server->port = ntohs(address.sin_port);
    return sd_event_add_io(event, &server->listener, server->fd, EPOLLIN, scripted_on_accept,
                           server);
}

/* The other side has closed its connections: they are let go here. */
static inline void scripted_close(struct scripted *server)
{
    for (int i = 0; i < 100 && server->peers; i++)
        sd_event_run(server->event, 10 * 1000);
    sd_event_source_disable_unref(server->listener);
    close(server->fd);
}

/* How often a message arrived. */
static inline int scripted_count(const struct scripted *server, const char *id)
{
    int count = 0;
    for (int i = 0; i < server->messages; i++)
        count += strstr(server->ids[i], id) != NULL;
    return count;
}

#endif
