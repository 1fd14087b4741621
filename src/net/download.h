/* SPDX-License-Identifier: MIT */
/* download: HTTP(S) fetches on the sd-event loop: conditional, bounded, verified. */
#ifndef CONVIER_NET_DOWNLOAD_H
#define CONVIER_NET_DOWNLOAD_H

#include <systemd/sd-event.h>

#include "base/buf.h"
#include "base/instant.h"

struct downloads; /* the fetches of one loop */

struct download_request {
    const char *url;                       /* http, https, webcal, webcals */
    const char *user, *password, *ca_file; /* NULL = none */
    const char *etag, *last_modified;      /* of the copy that we have, or NULL */
    size_t max_bytes;
};

enum download_status { DOWNLOAD_FRESH, DOWNLOAD_UNCHANGED, DOWNLOAD_FAILED };
struct download_result {
    enum download_status status;
    struct buf
        *body; /* FRESH, else empty; the callback may take what it holds and leave it zeroed */
    const char *etag, *last_modified, *content_type; /* or NULL; die with the callback */
    int http_code;                                   /* 0 = no answer */
    const char *error;                               /* FAILED: one sentence */
};
typedef void (*download_done)(void *context, const struct download_result *result);

int downloads_open(sd_event *loop, struct downloads **ret);
struct downloads *downloads_close(struct downloads *downloads); /* pending callbacks never fire */
/* on_done fires exactly once, never from inside. Strings of the request are copied. */
int downloads_start(struct downloads *downloads, const struct download_request *request,
                    download_done on_done, void *context);

#endif
