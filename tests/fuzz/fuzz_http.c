/* room: net */
/* SPDX-License-Identifier: MIT */
/* A web server that answers anything: status line, headers and body as they come, then it hangs up.
 *
 * Each download is told exactly once. A fresh one has a body within its bounds and headers of one
 * line; what it said of its version goes back in the next request, which must not grow a line by
 * it. Redirects are left out: they would lead the fuzzer to other machines.                      */
#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/download.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BODY_BYTES_MAX = 1 << 16, REQUEST_BYTES_MAX = 1 << 15, REQUEST_LINES_MAX = 12 };

static struct {
    sd_event *loop;
    int listener;
    char url[64];
    const uint8_t *answer;
    size_t answer_bytes;
    int told;
    char *etag, *last_modified;
} server;

static char *copy_line(const char *text)
{
    if (!text)
        return NULL;
    assert(!strpbrk(text, "\r\n"));
    char *copy = strdup(text);
    assert(copy);
    return copy;
}

static void on_done(void *context, const struct download_result *result)
{
    (void)context;
    server.told++;
    assert((result->status == DOWNLOAD_FAILED) == (result->error != NULL));
    free(server.etag);
    free(server.last_modified);
    server.etag = server.last_modified = NULL;
    if (result->status != DOWNLOAD_FRESH)
        return;
    assert(result->body->size > 0 && result->body->size <= BODY_BYTES_MAX);
    assert(result->http_code == 200);
    server.etag = copy_line(result->etag);
    server.last_modified = copy_line(result->last_modified);
    free(copy_line(result->content_type));
}

/* One request is read whole before the answer leaves. */
static int on_visit(sd_event_source *source, int fd, uint32_t events, void *context)
{
    char request[REQUEST_BYTES_MAX + 1];
    size_t size = 0, lines = 0;
    int client = accept(fd, NULL, NULL);
    (void)source, (void)events, (void)context;
    if (client < 0)
        return 0;
    do {
        ssize_t got = recv(client, request + size, REQUEST_BYTES_MAX - size, 0);
        if (got <= 0)
            break;
        size += (size_t)got;
        request[size] = '\0';
    } while (!strstr(request, "\r\n\r\n") && size < REQUEST_BYTES_MAX);
    for (size_t i = 0; i + 1 < size; i++)
        lines += request[i] == '\r' && request[i + 1] == '\n';
    assert(lines <= REQUEST_LINES_MAX);
    if (server.answer_bytes) /* libcurl may have hung up: it decides, not we */
        (void)send(client, server.answer, server.answer_bytes, MSG_NOSIGNAL);
    close(client);
    return 0;
}

static void open_server(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int r = sd_event_new(&server.loop);
    server.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (r < 0 || server.listener < 0 || bind(server.listener, (struct sockaddr *)&address, size) ||
        listen(server.listener, 8) ||
        getsockname(server.listener, (struct sockaddr *)&address, &size) ||
        sd_event_add_io(server.loop, NULL, server.listener, 1 /* EPOLLIN */, on_visit, NULL) < 0)
        abort();
    snprintf(server.url, sizeof server.url, "http://127.0.0.1:%d/feed.ics",
             ntohs(address.sin_port));
}

static void fetch(struct downloads *downloads, const char *etag, const char *last_modified)
{
    const struct download_request request = {.url = server.url,
                                             .etag = etag,
                                             .last_modified = last_modified,
                                             .max_bytes = BODY_BYTES_MAX};
    server.told = 0;
    if (downloads_start(downloads, &request, on_done, NULL))
        return;
    for (int turns = 0; !server.told && turns < 1000; turns++)
        if (sd_event_run(server.loop, 2000000) < 0)
            abort();
    assert(server.told == 1);
}

static bool has_redirect(const uint8_t *data, size_t size)
{
    for (size_t i = 0; i + 8 <= size; i++)
        if (strncasecmp((const char *)data + i, "location", 8) == 0 ||
            strncasecmp((const char *)data + i, "refresh:", 8) == 0)
            return true;
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct downloads *downloads = NULL;
    if (size > BODY_BYTES_MAX || has_redirect(data, size))
        return 0;
    if (!server.loop)
        open_server();
    server.answer = data;
    server.answer_bytes = size;
    if (downloads_open(server.loop, &downloads))
        abort();
    fetch(downloads, NULL, NULL);
    char *etag = server.etag, *last_modified = server.last_modified;
    server.etag = server.last_modified = NULL;
    if (etag || last_modified)
        fetch(downloads, etag, last_modified);
    free(etag);
    free(last_modified);
    downloads_close(downloads);
    return 0;
}
