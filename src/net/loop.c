/* SPDX-License-Identifier: MIT */
/* loop: curl's two callbacks mapped to event sources.
 *
 * curl's timer is one source; a time-out of 0 is a defer source, because curl must not be entered
 * again from its own timer callback. curl_multi_info_read is drained one item a turn by another
 * defer source: the callback may free what later items point to.                                 */
#include "net/loop.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

struct loop {
    sd_event *event;
    const char *name;
    CURLM *multi;
    loop_finished on_finished;
    void *context;
    sd_event_source *timer;  /* created when first needed */
    sd_event_source *kick;   /* time-out of 0 */
    sd_event_source *reaper; /* finished transfers */
};

int loop_errno(CURLMcode code)
{
    switch (code) {
    case CURLM_OK:
        return 0;
    case CURLM_OUT_OF_MEMORY:
        return -ENOMEM;
    default:
        return -EIO;
    }
}

/* Nothing may be touched once the event loop is over. */
static bool has_ended(const struct loop *loop)
{
    int state = sd_event_get_state(loop->event);
    return state == SD_EVENT_FINISHED || state < 0;
}

static void act(struct loop *loop, curl_socket_t fd, int what)
{
    int running;
    curl_multi_socket_action(loop->multi, fd, what, &running);
    sd_event_source_set_enabled(loop->reaper, SD_EVENT_ONESHOT);
}

static int on_io(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
    int what = 0;
    (void)source;
    if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
        what |= CURL_CSELECT_IN;
    if (events & EPOLLOUT)
        what |= CURL_CSELECT_OUT;
    if (events & EPOLLERR)
        what |= CURL_CSELECT_ERR;
    act(userdata, fd, what);
    return 0;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
    (void)source;
    (void)usec;
    act(userdata, CURL_SOCKET_TIMEOUT, 0);
    return 0;
}

static int on_kick(sd_event_source *source, void *userdata)
{
    (void)source;
    act(userdata, CURL_SOCKET_TIMEOUT, 0);
    return 0;
}

static int on_reap(sd_event_source *source, void *userdata)
{
    struct loop *loop = userdata;
    int left;
    CURLMsg *message = curl_multi_info_read(loop->multi, &left);
    if (!message)
        return 0;
    if (left)
        sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
    loop->on_finished(loop->context, message->easy_handle, message->data.result);
    return 0;
}

static int on_curl_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *socketp)
{
    struct loop *loop = context;
    sd_event_source *source = socketp;
    uint32_t events = 0;
    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        sd_event_source_disable_unref(source);
        curl_multi_assign(loop->multi, fd, NULL);
        return 0;
    }
    if (has_ended(loop))
        return -1;
    if (what & CURL_POLL_IN)
        events |= EPOLLIN;
    if (what & CURL_POLL_OUT)
        events |= EPOLLOUT;
    if (source)
        return sd_event_source_set_io_events(source, events) < 0 ? -1 : 0;
    if (sd_event_add_io(loop->event, &source, fd, events, on_io, loop) < 0)
        return -1;
    (void)sd_event_source_set_description(source, loop->name); /* only a name */
    curl_multi_assign(loop->multi, fd, source);
    return 0;
}

static int on_curl_timer(CURLM *multi, long timeout_msec, void *context)
{
    struct loop *loop = context;
    (void)multi;
    if (has_ended(loop))
        return 0;
    if (timeout_msec <= 0) {
        (void)sd_event_source_set_enabled(loop->timer, SD_EVENT_OFF);
        (void)sd_event_source_set_enabled(loop->kick,
                                          timeout_msec == 0 ? SD_EVENT_ONESHOT : SD_EVENT_OFF);
        return 0;
    }
    (void)sd_event_source_set_enabled(loop->kick, SD_EVENT_OFF);
    if (sd_event_source_set_time_relative(loop->timer, (uint64_t)timeout_msec * 1000) < 0 ||
        sd_event_source_set_enabled(loop->timer, SD_EVENT_ONESHOT) < 0)
        return -1;
    return 0;
}

static int add_sources(struct loop *loop)
{
    int r = sd_event_add_time_relative(loop->event, &loop->timer, CLOCK_MONOTONIC, 0, 1000,
                                       on_timer, loop);
    if (r >= 0)
        r = sd_event_source_set_enabled(loop->timer, SD_EVENT_OFF);
    if (r >= 0)
        r = sd_event_add_defer(loop->event, &loop->kick, on_kick, loop);
    if (r >= 0)
        r = sd_event_source_set_enabled(loop->kick, SD_EVENT_OFF);
    if (r >= 0)
        r = sd_event_add_defer(loop->event, &loop->reaper, on_reap, loop);
    if (r >= 0)
        r = sd_event_source_set_enabled(loop->reaper, SD_EVENT_OFF);
    if (r < 0)
        return r;
    (void)sd_event_source_set_description(loop->timer, loop->name); /* only names */
    (void)sd_event_source_set_description(loop->kick, loop->name);
    (void)sd_event_source_set_description(loop->reaper, loop->name);
    return 0;
}

int loop_open(sd_event *event, const char *name, loop_finished on_finished, void *context,
              struct loop **ret)
{
    struct loop *loop = calloc(1, sizeof *loop);
    if (!loop)
        return -ENOMEM;
    loop->event = sd_event_ref(event);
    loop->name = name;
    loop->on_finished = on_finished;
    loop->context = context;
    loop->multi = curl_multi_init();
    int r = loop->multi ? add_sources(loop) : -ENOMEM;
    if (r < 0) {
        loop_close(loop);
        return r;
    }
    curl_multi_setopt(loop->multi, CURLMOPT_SOCKETFUNCTION, on_curl_socket);
    curl_multi_setopt(loop->multi, CURLMOPT_SOCKETDATA, loop);
    curl_multi_setopt(loop->multi, CURLMOPT_TIMERFUNCTION, on_curl_timer);
    curl_multi_setopt(loop->multi, CURLMOPT_TIMERDATA, loop);
    *ret = loop;
    return 0;
}

struct loop *loop_close(struct loop *loop)
{
    if (!loop)
        return NULL;
    if (loop->multi)
        curl_multi_cleanup(loop->multi);
    sd_event_source_disable_unref(loop->timer);
    sd_event_source_disable_unref(loop->kick);
    sd_event_source_disable_unref(loop->reaper);
    sd_event_unref(loop->event);
    free(loop);
    return NULL;
}

int loop_start(struct loop *loop, CURL *easy)
{
    return loop_errno(curl_multi_add_handle(loop->multi, easy));
}

void loop_stop(struct loop *loop, CURL *easy)
{
    (void)curl_multi_remove_handle(loop->multi, easy); /* fails only for a handle not in it */
}
