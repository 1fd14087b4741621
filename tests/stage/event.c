/* SPDX-License-Identifier: MIT */
/* A list of sources; the loop's iteration is the stage's business. A source that ends itself from
 * its own callback lives until the callback has returned.                                        */
#include "stage/event.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "stage/memory.h"

struct sd_event {
    int references;
    struct instant real;
    uint64_t monotonic_usec, sequence;
    sd_event_source *first;
};

struct sd_event_source {
    sd_event_source *next;
    sd_event *event; /* NULL: it has left its loop */
    int references, enabled;
    bool is_timer;
    clockid_t clock;
    uint64_t at_usec, sequence; /* sequence: when it was last enabled */
    sd_event_handler_t on_defer;
    sd_event_time_handler_t on_time;
    void *context;
};

/* --- the loop -------------------------------------------------------------------------------- */

int sd_event_new(sd_event **ret)
{
    sd_event *event = calloc(1, sizeof *event);
    if (!event)
        return -ENOMEM;
    event->references = 1;
    *ret = event;
    return 0;
}

sd_event *sd_event_ref(sd_event *event)
{
    event->references++;
    return event;
}

sd_event *sd_event_unref(sd_event *event)
{
    if (event && --event->references == 0) {
        assert(!event->first);
        free(event);
    }
    return NULL;
}

static uint64_t shown(const sd_event *event, clockid_t clock)
{
    return clock == CLOCK_MONOTONIC ? event->monotonic_usec : (uint64_t)event->real.utc_usec;
}

int sd_event_now(sd_event *event, clockid_t clock, uint64_t *ret)
{
    *ret = shown(event, clock);
    return 0;
}

int sd_event_get_state(sd_event *event)
{
    (void)event;
    return SD_EVENT_RUNNING;
}

/* Nothing on stage waits in the system. */
int sd_event_add_io(sd_event *event, sd_event_source **ret, int fd, uint32_t events,
                    sd_event_io_handler_t callback, void *context)
{
    (void)event;
    (void)ret;
    (void)fd;
    (void)events;
    (void)callback;
    (void)context;
    return -ENOSYS;
}

int sd_event_source_set_io_events(sd_event_source *source, uint32_t events)
{
    (void)source;
    (void)events;
    return -ENOSYS;
}

int sd_event_run(sd_event *event, uint64_t usec)
{
    (void)usec;
    return event_dispatch(event) ? 1 : -ENOSYS;
}

void event_set_clocks(sd_event *event, struct instant real, uint64_t monotonic_usec)
{
    event->real = real;
    event->monotonic_usec = monotonic_usec;
}

/* --- sources --------------------------------------------------------------------------------- */

static int add(sd_event *event, sd_event_source **ret, const sd_event_source *values)
{
    MEMORY_OF_STAGE;
    sd_event_source *source = calloc(1, sizeof *source);
    if (!source)
        return -ENOMEM;
    *source = *values;
    source->event = event;
    source->references = 1;
    source->enabled = SD_EVENT_ONESHOT;
    source->sequence = ++event->sequence;
    sd_event_source **link = &event->first;
    while (*link)
        link = &(*link)->next;
    *link = source;
    *ret = source;
    return 0;
}

int sd_event_add_defer(sd_event *event, sd_event_source **ret, sd_event_handler_t callback,
                       void *context)
{
    return add(event, ret, &(sd_event_source){.on_defer = callback, .context = context});
}

int sd_event_add_time(sd_event *event, sd_event_source **ret, clockid_t clock, uint64_t usec,
                      uint64_t accuracy, sd_event_time_handler_t callback, void *context)
{
    (void)accuracy;
    return add(event, ret,
               &(sd_event_source){.is_timer = true,
                                  .clock = clock,
                                  .at_usec = usec,
                                  .on_time = callback,
                                  .context = context});
}

int sd_event_add_time_relative(sd_event *event, sd_event_source **ret, clockid_t clock,
                               uint64_t usec, uint64_t accuracy, sd_event_time_handler_t callback,
                               void *context)
{
    return sd_event_add_time(event, ret, clock, shown(event, clock) + usec, accuracy, callback,
                             context);
}

int sd_event_source_set_enabled(sd_event_source *source, int enabled)
{
    source->enabled = enabled;
    if (enabled != SD_EVENT_OFF && source->event)
        source->sequence = ++source->event->sequence;
    return 0;
}

int sd_event_source_set_time(sd_event_source *source, uint64_t usec)
{
    source->at_usec = usec;
    return 0;
}

int sd_event_source_set_time_relative(sd_event_source *source, uint64_t usec)
{
    source->at_usec = shown(source->event, source->clock) + usec;
    return 0;
}

int sd_event_source_set_description(sd_event_source *source, const char *description)
{
    (void)source;
    (void)description;
    return 0;
}

static void unref(sd_event_source *source)
{
    if (--source->references == 0)
        free(source);
}

sd_event_source *sd_event_source_disable_unref(sd_event_source *source)
{
    if (!source)
        return NULL;
    sd_event_source **link = &source->event->first;
    while (*link != source)
        link = &(*link)->next;
    *link = source->next;
    source->event = NULL;
    source->enabled = SD_EVENT_OFF;
    unref(source);
    return NULL;
}

/* --- what fires ------------------------------------------------------------------------------ */

static bool is_due(const sd_event *event, const sd_event_source *source)
{
    if (source->enabled == SD_EVENT_OFF)
        return false;
    return !source->is_timer || source->at_usec <= shown(event, source->clock);
}

bool event_dispatch(sd_event *event)
{
    sd_event_source *chosen = NULL;
    for (sd_event_source *source = event->first; source; source = source->next)
        if (is_due(event, source) && (!chosen || source->sequence < chosen->sequence))
            chosen = source;
    if (!chosen)
        return false;
    chosen->references++;
    if (chosen->enabled == SD_EVENT_ONESHOT)
        chosen->enabled = SD_EVENT_OFF;
    if (chosen->is_timer)
        (void)chosen->on_time(chosen, chosen->at_usec, chosen->context);
    else
        (void)chosen->on_defer(chosen, chosen->context);
    unref(chosen);
    return true;
}

int64_t event_wait(const sd_event *event)
{
    int64_t wait = -1;
    for (const sd_event_source *source = event->first; source; source = source->next) {
        if (source->enabled == SD_EVENT_OFF)
            continue;
        uint64_t now = shown(event, source->clock);
        int64_t left =
            source->is_timer && source->at_usec > now ? (int64_t)(source->at_usec - now) : 0;
        wait = wait < 0 || left < wait ? left : wait;
    }
    return wait;
}
