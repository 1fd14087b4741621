/* SPDX-License-Identifier: MIT */
/* Downloads from a small scripted web server on the same loop. */
#include "net/download.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"

/* The server answers the path's row and closes; it keeps the request for the test to look at. */
struct web {
    sd_event *event;
    int fd, port;
    const char *answer;
    char request[8192];
    int requests;
};

static int on_request(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
    struct web *web = userdata;
    (void)events;
    size_t have = strlen(web->request);
    ssize_t size = recv(fd, web->request + have, sizeof web->request - have - 1, 0);
    if (size > 0)
        web->request[have + (size_t)size] = '\0';
    bool is_tls = web->request[0] == 0x16; /* a ClientHello: this server speaks no TLS */
    if (size > 0 && !is_tls && !strstr(web->request, "\r\n\r\n"))
        return 0;
    if (is_tls) {
        (void)!send(fd, "HTTP/1.1 400 What\r\n\r\n", 21, MSG_NOSIGNAL);
    } else if (size > 0 && web->answer) {
        char answer[8192];
        snprintf(answer, sizeof answer, web->answer, web->port);
        (void)!send(fd, answer, strlen(answer), MSG_NOSIGNAL);
    }
    web->requests++;
    sd_event_source_disable_unref(source);
    close(fd);
    return 0;
}

static int on_accept(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
    struct web *web = userdata;
    sd_event_source *peer;
    (void)source;
    (void)events;
    int accepted = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (accepted >= 0) {
        web->request[0] = '\0';
        sd_event_add_io(web->event, &peer, accepted, EPOLLIN, on_request, web);
    }
    return 0;
}

static sd_event_source *web_open(struct web *web, sd_event *event)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    sd_event_source *source = NULL;
    memset(web, 0, sizeof *web);
    web->event = event;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    web->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    REQUIRE(bind(web->fd, (struct sockaddr *)&address, size) == 0);
    REQUIRE(listen(web->fd, 16) == 0);
    REQUIRE(getsockname(web->fd, (struct sockaddr *)&address, &size) == 0);
    web->port = ntohs(address.sin_port);
    REQUIRE(sd_event_add_io(event, &source, web->fd, EPOLLIN, on_accept, web) >= 0);
    return source;
}

struct got {
    bool is_done;
    int count, http_code;
    enum download_status status;
    char body[4096], etag[100], last_modified[100], content_type[100], error[400];
};

static void on_done(void *context, const struct download_result *result)
{
    struct got *got = context;
    got->is_done = true;
    got->count++;
    got->status = result->status;
    got->http_code = result->http_code;
    snprintf(got->body, sizeof got->body, "%.*s", (int)result->body->size,
             result->body->size ? result->body->data : "");
    snprintf(got->etag, sizeof got->etag, "%s", result->etag ? result->etag : "");
    snprintf(got->last_modified, sizeof got->last_modified, "%s",
             result->last_modified ? result->last_modified : "");
    snprintf(got->content_type, sizeof got->content_type, "%s",
             result->content_type ? result->content_type : "");
    snprintf(got->error, sizeof got->error, "%s", result->error ? result->error : "");
}

#define ICS "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
static const struct {
    const char *title, *scheme, *answer, *etag;
    enum download_status status;
    int http_code;
    const char *body, *error, *in_request;
} rows[] = {
    {"fresh", "http",
     "HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nLast-Modified: Mon, 05 Oct 2026 07:00:00 GMT\r\n"
     "Content-Type: text/calendar\r\n\r\n" ICS,
     NULL, DOWNLOAD_FRESH, 200, ICS, "", NULL},
    {"webcal is the web", "webcal", "HTTP/1.1 200 OK\r\n\r\n" ICS, NULL, DOWNLOAD_FRESH, 200, ICS,
     "", NULL},
    {"unchanged", "http", "HTTP/1.1 304 Not Modified\r\n\r\n", "\"v1\"", DOWNLOAD_UNCHANGED, 304,
     "", "", "If-None-Match: \"v1\"\r\n"},
    {"unchanged, though we asked for no condition", "http", "HTTP/1.1 304 Not Modified\r\n\r\n",
     NULL, DOWNLOAD_FAILED, 304, "", "304", NULL},
    {"a condition that the server ignores", "http",
     "HTTP/1.1 200 OK\r\nLast-Modified: Mon, 01 Jan 2001 07:00:00 GMT\r\n\r\n" ICS, "\"v1\"",
     DOWNLOAD_FRESH, 200, ICS, "", NULL},
    {"401", "http", "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", NULL, DOWNLOAD_FAILED, 401, "",
     "login", NULL},
    {"403", "http", "HTTP/1.1 403 No\r\n\r\nBEGIN:VCALENDAR", NULL, DOWNLOAD_FAILED, 403, "", "403",
     NULL},
    {"404", "http", "HTTP/1.1 404 No\r\n\r\nwhat", NULL, DOWNLOAD_FAILED, 404, "", "404", NULL},
    {"500", "http", "HTTP/1.1 500 No\r\n\r\nwhat", NULL, DOWNLOAD_FAILED, 500, "", "500", NULL},
    {"empty", "http", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", NULL, DOWNLOAD_FAILED, 200,
     "", "empty", NULL},
    {"204", "http", "HTTP/1.1 204 None\r\n\r\n", NULL, DOWNLOAD_FAILED, 204, "", "204", NULL},
    {"captive portal", "http",
     "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n\n <!DOCTYPE html><html>log in</html>",
     NULL, DOWNLOAD_FAILED, 200, "", "web page", NULL},
    {"truncated by length", "http", "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" ICS, NULL,
     DOWNLOAD_FAILED, 200, "", "", NULL},
    {"too large", "http",
     "HTTP/1.1 200 OK\r\n\r\n" ICS ICS ICS ICS ICS ICS ICS ICS ICS ICS ICS ICS ICS, NULL,
     DOWNLOAD_FAILED, 200, "", "larger than 300 bytes", NULL},
    {"redirect to another scheme", "http",
     "HTTP/1.1 302 Go\r\nLocation: file:///etc/passwd\r\n\r\n", NULL, DOWNLOAD_FAILED, 302, "", "",
     NULL},
    {"redirects for ever", "http",
     "HTTP/1.1 302 Go\r\nLocation: http://127.0.0.1:%d/again\r\nContent-Length: 0\r\n\r\n", NULL,
     DOWNLOAD_FAILED, 302, "", "redirects", NULL},
    {"no answer", "http", NULL, NULL, DOWNLOAD_FAILED, 0, "", "", NULL},
    {"another scheme", "file", NULL, NULL, DOWNLOAD_FAILED, 0, "", "", NULL},
};

TEST(answers)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        sd_event *event;
        static struct web web;
        struct downloads *downloads;
        struct got got = {0};
        char url[200];
        CHECK_ROW(rows[i].title);
        REQUIRE(sd_event_new(&event) >= 0);
        sd_event_source *source = web_open(&web, event);
        web.answer = rows[i].answer;
        REQUIRE(downloads_open(event, &downloads) == 0);
        snprintf(url, sizeof url, "%s://127.0.0.1:%d/japon.ics", rows[i].scheme, web.port);
        struct download_request request = {.url = url, .etag = rows[i].etag, .max_bytes = 300};
        CHECK_INT(downloads_start(downloads, &request, on_done, &got), 0);
        CHECK(!got.is_done);
        for (int turn = 0; turn < 400 && !got.is_done; turn++)
            sd_event_run(event, 10 * 1000);
        CHECK_INT(got.count, 1);
        CHECK_INT(got.status, rows[i].status);
        CHECK_INT(got.http_code, rows[i].http_code);
        CHECK_STRING(got.body, rows[i].body);
        CHECK((rows[i].status == DOWNLOAD_FAILED) == (*got.error != '\0'));
        if (rows[i].error && !strstr(got.error, rows[i].error))
            CHECK_STRING(got.error, rows[i].error);
        if (rows[i].in_request)
            CHECK(strstr(web.request, rows[i].in_request));
        downloads_close(downloads);
        sd_event_source_disable_unref(source);
        close(web.fd);
        sd_event_unref(event);
    }
}

TEST(facts_of_a_fresh_copy)
{
    sd_event *event;
    static struct web web;
    struct downloads *downloads;
    struct got got = {0};
    char url[200];
    REQUIRE(sd_event_new(&event) >= 0);
    sd_event_source *source = web_open(&web, event);
    web.answer = rows[0].answer;
    REQUIRE(downloads_open(event, &downloads) == 0);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/", web.port);
    struct download_request request = {.url = url,
                                       .user = "cuf",
                                       .password = "secret",
                                       .last_modified = "Sun, 04 Oct 2026 07:00:00 GMT",
                                       .max_bytes = 1 << 20};
    CHECK_INT(downloads_start(downloads, &request, on_done, &got), 0);
    for (int turn = 0; turn < 400 && !got.is_done; turn++)
        sd_event_run(event, 10 * 1000);
    CHECK_STRING(got.etag, "\"v1\"");
    CHECK_STRING(got.last_modified, "Mon, 05 Oct 2026 07:00:00 GMT");
    CHECK_STRING(got.content_type, "text/calendar");
    CHECK(strstr(web.request, "If-Modified-Since: Sun, 04 Oct 2026 07:00:00 GMT\r\n"));
    /* Closed with a fetch under way: its callback never fires. */
    got.count = 0;
    web.answer = NULL;
    CHECK_INT(downloads_start(downloads, &request, on_done, &got), 0);
    downloads_close(downloads);
    for (int turn = 0; turn < 5; turn++)
        sd_event_run(event, 10 * 1000);
    CHECK_INT(got.count, 0);
    sd_event_source_disable_unref(source);
    close(web.fd);
    sd_event_unref(event);
}

/* The login goes with the first request; a digest only to a server that asks for it. */
TEST(logins)
{
    static const struct {
        const char *title, *answer;
        int requests;
        enum download_status status;
        const char *in_request; /* the last one */
    } logins[] = {
        {"basic", "HTTP/1.1 200 OK\r\n\r\n" ICS, 1, DOWNLOAD_FRESH,
         "Authorization: Basic Y3VmOnNlY3JldA==\r\n"},
        {"refused", "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"x\"\r\n\r\n", 1,
         DOWNLOAD_FAILED, "Authorization: Basic"},
        {"digest",
         "HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm=\"x\", nonce=\"n\", qop=\"auth\"\r\n"
         "Content-Length: 0\r\n\r\n",
         2, DOWNLOAD_FAILED, "Authorization: Digest username=\"cuf\""},
    };
    for (size_t i = 0; i < sizeof logins / sizeof *logins; i++) {
        sd_event *event;
        static struct web web;
        struct downloads *downloads;
        struct got got = {0};
        char url[200];
        CHECK_ROW(logins[i].title);
        REQUIRE(sd_event_new(&event) >= 0);
        sd_event_source *source = web_open(&web, event);
        web.answer = logins[i].answer;
        REQUIRE(downloads_open(event, &downloads) == 0);
        snprintf(url, sizeof url, "http://127.0.0.1:%d/", web.port);
        struct download_request request = {
            .url = url, .user = "cuf", .password = "secret", .max_bytes = 300};
        CHECK_INT(downloads_start(downloads, &request, on_done, &got), 0);
        for (int turn = 0; turn < 400 && !got.is_done; turn++)
            sd_event_run(event, 10 * 1000);
        CHECK_INT(got.count, 1);
        CHECK_INT(got.status, logins[i].status);
        CHECK_INT(web.requests, logins[i].requests);
        CHECK(strstr(web.request, logins[i].in_request));
        downloads_close(downloads);
        sd_event_source_disable_unref(source);
        close(web.fd);
        sd_event_unref(event);
    }
}

/* What is kept goes back in the next request, where a lone CR may begin another. */
TEST(a_header_of_two_lines_is_not_kept)
{
    sd_event *event;
    static struct web web;
    struct downloads *downloads;
    struct got got = {0};
    char url[200];
    REQUIRE(sd_event_new(&event) >= 0);
    sd_event_source *source = web_open(&web, event);
    web.answer = "HTTP/1.1 200 OK\r\nETag:\r\n\tCookie: a=b\r\n\r\n" ICS;
    REQUIRE(downloads_open(event, &downloads) == 0);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/", web.port);
    struct download_request request = {.url = url, .max_bytes = 300};
    CHECK_INT(downloads_start(downloads, &request, on_done, &got), 0);
    for (int turn = 0; turn < 400 && !got.is_done; turn++)
        sd_event_run(event, 10 * 1000);
    CHECK_INT(got.status, DOWNLOAD_FRESH);
    CHECK_STRING(got.etag, "");
    downloads_close(downloads);
    sd_event_source_disable_unref(source);
    close(web.fd);
    sd_event_unref(event);
}

CHECK_MAIN
