/* SPDX-License-Identifier: MIT */
#include "app/fetcher.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/secrets.h"
#include "net/download.h"

enum {
    FETCH_BYTES_MAX = 128 * 1024 * 1024,
    BACK_OFF_DOUBLINGS = 5, /* a feed of 15 min that fails is asked every 8 h at the least */
};
static const int64_t every_default_usec = 15 * USEC_PER_MIN;

struct fetch {
    struct fetcher *fetcher;
    size_t source;
    bool is_under_way;
};

struct fetcher {
    const struct settings *settings;
    struct sources *sources;
    const struct clock *clock;
    struct downloads *downloads;
    void (*on_read)(void *context);
    void *context;
    struct fetch *fetches;
    size_t count;
    size_t under_way;
};

int fetcher_open(sd_event *loop, const struct settings *settings, struct sources *sources,
                 const struct clock *clock, void (*on_read)(void *context), void *context,
                 struct fetcher **ret)
{
    struct fetcher *fetcher = calloc(1, sizeof *fetcher);
    if (!fetcher)
        return -ENOMEM;
    *fetcher = (struct fetcher){.settings = settings,
                                .sources = sources,
                                .clock = clock,
                                .on_read = on_read,
                                .context = context};
    fetcher->fetches = calloc(sources_count(sources) + 1, sizeof *fetcher->fetches);
    int r = fetcher->fetches ? downloads_open(loop, &fetcher->downloads) : -ENOMEM;
    if (r) {
        fetcher_close(fetcher);
        return r;
    }
    for (size_t i = 0; i < sources_count(sources); i++)
        if (sources_at(sources, i)->is_remote)
            fetcher->fetches[fetcher->count++] = (struct fetch){.fetcher = fetcher, .source = i};
    *ret = fetcher;
    return 0;
}

struct fetcher *fetcher_close(struct fetcher *fetcher)
{
    if (!fetcher)
        return NULL;
    downloads_close(fetcher->downloads);
    free(fetcher->fetches);
    free(fetcher);
    return NULL;
}

static struct instant due_at(const struct source *source)
{
    if (source->is_coming)
        return INSTANT_NEVER;
    int64_t every = source->every_usec ? source->every_usec : every_default_usec;
    if (source->tried.utc_usec == INSTANT_UNSET.utc_usec)
        return INSTANT_UNSET;
    int doublings = source->failures < BACK_OFF_DOUBLINGS ? source->failures : BACK_OFF_DOUBLINGS;
    return instant_add(source->tried, every << doublings);
}

static void on_done(void *context, const struct download_result *result)
{
    struct fetch *fetch = context;
    struct fetcher *fetcher = fetch->fetcher;
    struct instant now = clock_now(fetcher->clock);
    int r = 0;
    fetch->is_under_way = false;
    fetcher->under_way--;
    switch (result->status) {
    case DOWNLOAD_FRESH:
        r = sources_offer(fetcher->sources, fetch->source, result->body, result->etag,
                          result->last_modified);
        break;
    case DOWNLOAD_UNCHANGED:
        sources_unchanged(fetcher->sources, fetch->source, now);
        break;
    case DOWNLOAD_FAILED:
        r = sources_failed(fetcher->sources, fetch->source, result->error, now);
        break;
    }
    if (r < 0) /* out of memory: as good as a failed download, tried again later */
        (void)sources_failed(fetcher->sources, fetch->source, strerror(-r), now);
    if (fetcher->on_read)
        fetcher->on_read(fetcher->context);
}

static int start(struct fetcher *fetcher, struct fetch *fetch)
{
    const struct source *source = sources_at(fetcher->sources, fetch->source);
    struct download_request request = {.url = source->location,
                                       .etag = source->etag,
                                       .last_modified = source->last_modified,
                                       .max_bytes = FETCH_BYTES_MAX};
    const struct secret *secret;
    if (source->kind == SOURCE_CALENDAR) {
        const struct calendar_settings *c = &fetcher->settings->calendars[source->index];
        request.user = c->user;
        request.ca_file = c->ca_file;
        secret = &c->password;
    } else {
        const struct contacts_settings *c = &fetcher->settings->contacts[source->index];
        request.user = c->user;
        secret = &c->password;
    }
    CLEANUP_ARENA struct arena *arena = arena_new(1 << 20);
    CLEANUP_SECRET char *password = NULL;
    struct flaws flaws;
    struct instant now = clock_now(fetcher->clock);
    if (!arena)
        return -ENOMEM;
    flaws_init(&flaws, arena, NULL);
    int r = secrets_read(secret, &flaws, &password);
    if (r > 0)
        return sources_failed(fetcher->sources, fetch->source,
                              flaws.count ? flaws.items[0].text : "its password cannot be read",
                              now);
    if (r)
        return r;
    request.password = password;
    r = downloads_start(fetcher->downloads, &request, on_done, fetch);
    if (r)
        return r;
    fetch->is_under_way = true;
    fetcher->under_way++;
    return 0;
}

int fetcher_start(struct fetcher *fetcher, bool all)
{
    struct instant now = clock_now(fetcher->clock);
    for (size_t i = 0; i < fetcher->count; i++) {
        struct fetch *fetch = &fetcher->fetches[i];
        struct instant due = due_at(sources_at(fetcher->sources, fetch->source));
        if (fetch->is_under_way || (!all && instant_before(now, due)))
            continue;
        int r = start(fetcher, fetch);
        if (r)
            return r;
    }
    return 0;
}

size_t fetcher_under_way(const struct fetcher *fetcher)
{
    return fetcher->under_way;
}

struct instant fetcher_next(const struct fetcher *fetcher)
{
    struct instant next = INSTANT_NEVER;
    for (size_t i = 0; i < fetcher->count; i++)
        if (!fetcher->fetches[i].is_under_way)
            next =
                instant_min(next, due_at(sources_at(fetcher->sources, fetcher->fetches[i].source)));
    return next;
}

int fetcher_fetch_all(const struct settings *settings, struct sources *sources,
                      const struct clock *clock,
                      void (*on_wait)(void *context, size_t done, size_t total), void *context)
{
    struct fetcher *fetcher = NULL;
    sd_event *loop = NULL;
    int r = sd_event_new(&loop);
    if (r >= 0)
        r = fetcher_open(loop, settings, sources, clock, NULL, NULL, &fetcher);
    if (r >= 0 && fetcher->count)
        r = fetcher_start(fetcher, true);
    while (r >= 0 && fetcher->under_way) {
        r = sd_event_run(loop, USEC_PER_SEC);
        on_wait(context, fetcher->count - fetcher->under_way, fetcher->count);
    }
    fetcher_close(fetcher);
    sd_event_unref(loop);
    return r < 0 ? r : sources_read(sources, clock_now(clock));
}
