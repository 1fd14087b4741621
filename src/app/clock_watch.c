/* SPDX-License-Identifier: MIT */
#include "app/clock_watch.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <unistd.h>

/* Far enough never to ring, near enough for a 32-bit time_t: 2038. */
static const time_t far_sec = INT32_MAX;

struct clock_watch {
    int fd;
    sd_event_source *source;
    void (*on_set)(void *context);
    void *context;
};

static int arm(const struct clock_watch *watch)
{
    struct itimerspec never = {.it_value.tv_sec = far_sec};
    int flags = TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET;
    return timerfd_settime(watch->fd, flags, &never, NULL) < 0 ? -errno : 0;
}

static int on_ready(sd_event_source *source, int fd, uint32_t events, void *context)
{
    struct clock_watch *watch = context;
    uint64_t rings;
    (void)source;
    (void)events;
    (void)!read(fd, &rings, sizeof rings); /* ECANCELED is the news; the rest is as good */
    watch->on_set(watch->context);
    return arm(watch);
}

int clock_watch_open(sd_event *loop, void (*on_set)(void *context), void *context,
                     struct clock_watch **ret)
{
    struct clock_watch *watch = calloc(1, sizeof *watch);
    if (!watch)
        return -ENOMEM;
    watch->on_set = on_set;
    watch->context = context;
    watch->fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    int r = watch->fd < 0 ? -errno : arm(watch);
    if (r >= 0)
        r = sd_event_add_io(loop, &watch->source, watch->fd, EPOLLIN, on_ready, watch);
    if (r < 0) {
        clock_watch_close(watch);
        return r;
    }
    *ret = watch;
    return 0;
}

struct clock_watch *clock_watch_close(struct clock_watch *watch)
{
    if (!watch)
        return NULL;
    sd_event_source_disable_unref(watch->source);
    if (watch->fd >= 0)
        close(watch->fd);
    free(watch);
    return NULL;
}
