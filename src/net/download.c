/* SPDX-License-Identifier: MIT */
/* download: each fetch is one easy handle on the downloads' own multi.
 *
 * Conditional requests are made by hand (If-None-Match, If-Modified-Since): libcurl's own time
 * condition drops a body that is older than asked for and calls it unchanged. An answer counts as
 * fresh only with 200 and a body: error pages, captive portals' redirects to other schemes and
 * empty bodies are failures, so that a broken server never empties a calendar.
 *
 * A login is sent with the first request (Basic), so that an unchanged copy costs one request; only
 * a server that asks for Digest gets a second one.
 *
 * Unlike the relay, downloads honour the system's proxy variables (libcurl reads them): offices
 * reach the web through one.                                                                     */
#include "net/download.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "net/loop.h"

enum {
    CONNECT_TIMEOUT_SEC = 30,
    TLS_TRIAL_SEC = 8, /* for webcal, which may be without */
    STALL_SEC = 60,    /* slower than a byte a second for so long */
    TOTAL_TIMEOUT_SEC = 600,
    REDIRECTS_MAX = 5,
    ERROR_BYTES = CURL_ERROR_SIZE + 128,
};

struct download {
    struct download *next;
    CURL *easy;
    struct curl_slist *headers;
    struct buf body;
    download_done on_done;
    void *context;
    char *plain_url; /* webcal: to be tried when there is no TLS; NULL otherwise */
    bool may_digest; /* there is a login, and it was not yet sent as a digest */
    char curl_error[CURL_ERROR_SIZE];
    char error[ERROR_BYTES];
};

struct downloads {
    struct loop *loop;
    struct download *first;
};

static struct download *download_free(struct download *download)
{
    if (!download)
        return NULL;
    if (download->easy)
        curl_easy_cleanup(download->easy);
    curl_slist_free_all(download->headers);
    free(download->plain_url);
    buf_done(&download->body);
    free(download);
    return NULL;
}

static size_t on_body(char *data, size_t size, size_t count, void *context)
{
    struct download *download = context;
    buf_add(&download->body, data, size * count);
    return buf_error(&download->body) ? 0 : size * count;
}

/* NULL when absent, and when it is more than a line: of a value that begins on the next line
 * libcurl keeps the CR, or since 8.x the blank before it, and what is sent back in the next request
 * must not begin another.                                                                        */
static const char *header(CURL *easy, const char *name)
{
    struct curl_header *found;
    if (curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &found) != CURLHE_OK)
        return NULL;
    if (*found->value == '\t' || *found->value == ' ')
        return NULL;
    for (const char *c = found->value; *c; c++)
        if ((unsigned char)*c < ' ' && *c != '\t')
            return NULL;
    return found->value;
}

static const char *http_reason(int code)
{
    switch (code) {
    case 401:
        return "the server wants a login, or refuses ours (401)";
    case 403:
        return "the server forbids it (403)";
    case 404:
        return "no such page (404); was the calendar's public link renewed?";
    case 410:
        return "gone for good (410)";
    case 429:
        return "the server asks us to come less often (429)";
    default:
        return NULL;
    }
}

/* A login page of the network, or of the server, answers 200 like the real thing. */
static bool is_web_page(struct text body)
{
    if (text_starts(body, "\xef\xbb\xbf"))
        body = text_from(body, 3);
    body = text_trim(body);
    return text_starts_nocase(body, "<!doctype html") || text_starts_nocase(body, "<html");
}

/* Says in one sentence why nothing usable came, or returns NULL. */
static const char *find_failure(struct download *download, CURLcode code, int http_code)
{
    const char *reason = http_reason(http_code);
    if (code == CURLE_WRITE_ERROR && buf_error(&download->body) == -EFBIG)
        snprintf(download->error, sizeof download->error, "larger than %zu bytes",
                 download->body.max_bytes);
    else if (code)
        snprintf(download->error, sizeof download->error, "%s",
                 *download->curl_error ? download->curl_error : curl_easy_strerror(code));
    else if (http_code == 200 && is_web_page(buf_text(&download->body)))
        snprintf(download->error, sizeof download->error,
                 "the answer is a web page, perhaps a login page");
    else if (http_code == 200 && download->body.size)
        return NULL;
    else if (http_code == 200)
        snprintf(download->error, sizeof download->error, "the answer is empty");
    else if (reason)
        snprintf(download->error, sizeof download->error, "%s", reason);
    else
        snprintf(download->error, sizeof download->error, "the server answered %d", http_code);
    return download->error;
}

static void unlink_download(struct downloads *downloads, const struct download *download)
{
    for (struct download **link = &downloads->first; *link; link = &(*link)->next)
        if (*link == download) {
            *link = download->next;
            return;
        }
}

/* TLS never came up, and not for a reason that a person should hear of (no such host, a certificate
 * that is wrong): the server probably speaks none. Some of them just wait for a line end.        */
static bool has_no_tls(CURL *easy, CURLcode code)
{
    curl_off_t handshake_usec = 0;
    curl_easy_getinfo(easy, CURLINFO_APPCONNECT_TIME_T, &handshake_usec);
    return code && !handshake_usec && code != CURLE_COULDNT_RESOLVE_HOST &&
           code != CURLE_PEER_FAILED_VERIFICATION;
}

static bool start_again(struct downloads *downloads, struct download *download)
{
    buf_clear(&download->body);
    *download->curl_error = '\0';
    return !loop_start(downloads->loop, download->easy);
}

/* True: started again without TLS. */
static bool try_plain(struct downloads *downloads, struct download *download, CURLcode code)
{
    if (!download->plain_url || !has_no_tls(download->easy, code))
        return false;
    curl_easy_setopt(download->easy, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_TIMEOUT_SEC);
    CURLcode r = curl_easy_setopt(download->easy, CURLOPT_URL, download->plain_url);
    free(download->plain_url);
    download->plain_url = NULL;
    return !r && start_again(downloads, download);
}

/* True: started again with the login as a digest, which the server asks for. */
static bool try_digest(struct downloads *downloads, struct download *download, CURLcode code,
                       long http_code)
{
    long offered = 0;
    curl_easy_getinfo(download->easy, CURLINFO_HTTPAUTH_AVAIL, &offered);
    if (code || http_code != 401 || !download->may_digest || !(offered & (long)CURLAUTH_DIGEST))
        return false;
    download->may_digest = false;
    return !curl_easy_setopt(download->easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_DIGEST) &&
           start_again(downloads, download);
}

static void on_finished(void *context, CURL *easy, CURLcode code)
{
    struct downloads *downloads = context;
    struct download *download = NULL;
    long http_code = 0;
    char *private = NULL;

    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &private);
    download = (struct download *)(void *)private;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &http_code);
    loop_stop(downloads->loop, easy);
    if (try_plain(downloads, download, code) || try_digest(downloads, download, code, http_code))
        return;
    unlink_download(downloads, download);

    struct download_result result = {.status = DOWNLOAD_FRESH,
                                     .http_code = (int)http_code,
                                     .body = &download->body,
                                     .etag = header(easy, "ETag"),
                                     .last_modified = header(easy, "Last-Modified"),
                                     .content_type = header(easy, "Content-Type")};
    if (!code && http_code == 304 && download->headers)
        result.status = DOWNLOAD_UNCHANGED;
    else if ((result.error = find_failure(download, code, (int)http_code)))
        result.status = DOWNLOAD_FAILED;
    log_trace("net", "download ends: HTTP %ld, %zu bytes, %s", http_code, download->body.size,
              result.error ? result.error : "fine");
    if (result.status != DOWNLOAD_FRESH)
        buf_truncate(&download->body, 0);
    download->on_done(download->context, &result);
    download_free(download);
}

int downloads_open(sd_event *loop, struct downloads **ret)
{
    struct downloads *downloads = calloc(1, sizeof *downloads);
    if (!downloads)
        return -ENOMEM;
    int r = loop_open(loop, "downloads", on_finished, downloads, &downloads->loop);
    if (r < 0) {
        free(downloads);
        return r;
    }
    *ret = downloads;
    return 0;
}

struct downloads *downloads_close(struct downloads *downloads)
{
    if (!downloads)
        return NULL;
    while (downloads->first) {
        struct download *download = downloads->first;
        downloads->first = download->next;
        loop_stop(downloads->loop, download->easy);
        download_free(download);
    }
    loop_close(downloads->loop);
    free(downloads);
    return NULL;
}

static int add_header(struct download *download, const char *name, const char *value)
{
    char line[1024];
    /* A value with a line end, or one too long to be true, is not worth a condition. */
    if (string_is_empty(value) || strpbrk(value, "\r\n") ||
        snprintf(line, sizeof line, "%s: %s", name, value) >= (int)sizeof line)
        return 0;
    struct curl_slist *longer = curl_slist_append(download->headers, line);
    if (!longer)
        return -ENOMEM;
    download->headers = longer;
    return 0;
}

static char *join(const char *scheme, const char *rest)
{
    size_t size = strlen(scheme) + strlen(rest) + 1;
    char *whole = malloc(size);
    if (whole)
        snprintf(whole, size, "%s%s", scheme, rest);
    return whole;
}

/* webcal is http as far as the wire goes, yet nearly every server of today speaks TLS: it is tried
 * as https, then as http if nobody speaks TLS there and no password would go in clear.          */
static int set_url(struct download *download, const struct download_request *request)
{
    const char *url = request->url, *rest = url, *scheme = "";
    if (text_starts_nocase(text_of(url), "webcal://")) {
        rest = url + strlen("webcal://");
        scheme = "https://";
        if (!request->password && !(download->plain_url = join("http://", rest)))
            return -ENOMEM;
    } else if (text_starts_nocase(text_of(url), "webcals://")) {
        rest = url + strlen("webcals://");
        scheme = "https://";
    }
    char *whole = join(scheme, rest);
    if (!whole)
        return -ENOMEM;
    CURLcode code = curl_easy_setopt(download->easy, CURLOPT_URL, whole); /* copies */
    free(whole);
    return code ? -ENOMEM : 0;
}

/* What was asked for over TLS is never moved out of it. */
static void set_limits(struct download *download, const char *url)
{
    CURL *easy = download->easy;
    bool may_be_clear = download->plain_url || text_starts_nocase(text_of(url), "http://");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, may_be_clear ? "http,https" : "https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(easy, CURLOPT_MAXREDIRS, (long)REDIRECTS_MAX);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT,
                     (long)(download->plain_url ? TLS_TRIAL_SEC : CONNECT_TIMEOUT_SEC));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, (long)TOTAL_TIMEOUT_SEC);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)STALL_SEC);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, ""); /* all that libcurl can undo */
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "convier");
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, download->curl_error);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, download);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, (char *)download);
}

static int set_request(struct download *download, const struct download_request *request)
{
    CURL *easy = download->easy;
    int r = set_url(download, request);
    if (!r)
        r = add_header(download, "If-None-Match", request->etag);
    if (!r)
        r = add_header(download, "If-Modified-Since", request->last_modified);
    if (r)
        return r;
    CURLcode code = CURLE_OK;
    if (download->headers)
        code = curl_easy_setopt(easy, CURLOPT_HTTPHEADER, download->headers);
    if (!code && request->user)
        code = curl_easy_setopt(easy, CURLOPT_USERNAME, request->user);
    if (!code && request->password)
        code = curl_easy_setopt(easy, CURLOPT_PASSWORD, request->password);
    if (!code && request->user)
        code = curl_easy_setopt(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
    download->may_digest = request->user;
    if (!code && !string_is_empty(request->ca_file)) /* an empty CAINFO is an error of its own */
        code = curl_easy_setopt(easy, CURLOPT_CAINFO, request->ca_file);
    return code ? -ENOMEM : 0;
}

int downloads_start(struct downloads *downloads, const struct download_request *request,
                    download_done on_done, void *context)
{
    struct download *download = calloc(1, sizeof *download);
    if (!download)
        return -ENOMEM;
    download->on_done = on_done;
    download->context = context;
    buf_init(&download->body, request->max_bytes);
    download->easy = curl_easy_init();
    int r = download->easy ? set_request(download, request) : -ENOMEM;
    if (!r) {
        set_limits(download, request->url);
        r = loop_start(downloads->loop, download->easy);
    }
    if (r) {
        download_free(download);
        return r;
    }
    download->next = downloads->first;
    downloads->first = download;
    return 0;
}
