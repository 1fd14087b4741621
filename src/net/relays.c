/* SPDX-License-Identifier: MIT */
/* relays: a message carries the number of the relay that it is with; failing over adds one.
 *
 * A message whose next relay has no room at the moment waits in `waiting`, and counts against the
 * room that is offered.                                                                          */
#include "net/relays.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "base/log.h"

struct passage {
    struct passage *next;
    struct relays *owner;
    const struct message *message;
    void *token;
    size_t at; /* which relay has it, or is to have it */
};

struct place {
    struct relays *owner;
    size_t number;
    struct relay *relay;
    const struct relay_settings *settings;
    bool is_passed_over, is_barred; /* told since it last took mail: in trouble; login or quota */
};

struct relays {
    struct relay_callbacks callbacks;
    struct passage *waiting, **waiting_end; /* for room in their next relay */
    size_t waiting_count, in_hand;
    bool is_draining, is_closing, is_recalled;
    size_t count;
    struct place places[]; /* in order of preference */
};

static void wait_for_room(struct relays *relays, struct passage *passage)
{
    passage->next = NULL;
    *relays->waiting_end = passage;
    relays->waiting_end = &passage->next;
    relays->waiting_count++;
}

static void drain_each(struct relays *relays)
{
    for (size_t i = 0; i < relays->count; i++)
        relay_drain(relays->places[i].relay);
}

static void tell(struct relays *relays, struct passage *passage, const struct outcome *outcome)
{
    relays->in_hand--;
    relays->callbacks.on_outcome(relays->callbacks.context, passage->token, outcome);
    free(passage);
    if (relays->is_draining && !relays->in_hand && !relays->is_closing)
        drain_each(relays);
}

/* Not its own fault, nor anybody's at the far end, and surely not accepted. */
static bool may_go_elsewhere(const struct outcome *outcome)
{
    return outcome->verdict == VERDICT_DEFERRED && outcome->fault == FAULT_RELAY;
}

/* The first relay from `from` on that is not in trouble; relays->count when there is none. */
static size_t find_good(const struct relays *relays, size_t from)
{
    while (from < relays->count && relay_is_in_trouble(relays->places[from].relay))
        from++;
    return from;
}

/* Gives the relay what waits for it. */
static void send_waiting(struct relays *relays, const struct place *place)
{
    struct passage **link = &relays->waiting;
    while (*link) {
        struct passage *passage = *link;
        if (passage->at != place->number ||
            relay_send(place->relay, passage->message, passage) != 0) {
            link = &passage->next;
            continue;
        }
        *link = passage->next;
        relays->waiting_count--;
    }
    for (relays->waiting_end = &relays->waiting; *relays->waiting_end;)
        relays->waiting_end = &(*relays->waiting_end)->next;
}

static void tell_waiting(struct relays *relays, const struct outcome *outcome)
{
    while (relays->waiting) {
        struct passage *passage = relays->waiting;
        relays->waiting = passage->next;
        relays->waiting_count--;
        tell(relays, passage, outcome);
    }
    relays->waiting_end = &relays->waiting;
}

/* Those that wait for a relay that got into trouble meanwhile go on, or back. */
static void settle_waiting(struct relays *relays)
{
    struct passage *passage = relays->waiting;
    if (relays->is_closing || !passage)
        return;
    relays->waiting = NULL;
    relays->waiting_end = &relays->waiting;
    relays->waiting_count = 0;
    while (passage) {
        struct passage *next = passage->next;
        size_t good = find_good(relays, passage->at);
        if (good == relays->count) {
            struct outcome outcome = {.verdict = VERDICT_DEFERRED,
                                      .fault = FAULT_RELAY,
                                      .stage = STAGE_CONNECT,
                                      .reply = "not sent: every relay wants a pause"};
            tell(relays, passage, &outcome);
        } else {
            passage->at = good;
            wait_for_room(relays, passage);
        }
        passage = next;
    }
}

/* Once, however many messages pass. */
static void tell_fallback(struct place *from, const struct place *to, const struct outcome *why)
{
    const struct relay_callbacks *callbacks = &from->owner->callbacks;
    bool is_news = !from->is_passed_over || (why->must_pause && !from->is_barred);
    from->is_passed_over = true;
    from->is_barred |= why->must_pause;
    if (is_news && callbacks->on_fallback)
        callbacks->on_fallback(callbacks->context, from->settings, to->settings, why);
}

static void on_outcome(void *context, void *token, const struct outcome *outcome)
{
    struct place *place = context;
    struct relays *relays = place->owner;
    struct passage *passage = token;
    size_t next = relays->count;
    if (outcome->verdict == VERDICT_ACCEPTED && !relay_is_in_trouble(place->relay))
        place->is_passed_over = place->is_barred = false;
    if (may_go_elsewhere(outcome) && !relays->is_closing && !relays->is_recalled)
        next = find_good(relays, passage->at + 1);
    if (next == relays->count) {
        tell(relays, passage, outcome);
        settle_waiting(relays);
        return;
    }
    tell_fallback(place, &relays->places[next], outcome);
    passage->at = next;
    if (relay_send(relays->places[next].relay, passage->message, passage))
        wait_for_room(relays, passage);
    settle_waiting(relays);
}

static void on_room(void *context)
{
    struct place *place = context;
    struct relays *relays = place->owner;
    settle_waiting(relays);
    send_waiting(relays, place);
    if (relays_room(relays))
        relays->callbacks.on_room(relays->callbacks.context);
}

static void on_rest(void *context, const struct relay_settings *settings, struct instant until,
                    const struct outcome *why)
{
    struct place *place = context;
    struct relay_callbacks *callbacks = &place->owner->callbacks;
    callbacks->on_rest(callbacks->context, settings, until, why);
}

static void on_dialogue(void *context, char direction, struct text line)
{
    struct place *place = context;
    place->owner->callbacks.on_dialogue(place->owner->callbacks.context, direction, line);
}

int relays_open(sd_event *loop, const struct relay_settings *settings, size_t count,
                const char *const *passwords, const struct relay_callbacks *callbacks,
                struct relays **ret)
{
    assert(count);
    struct relays *relays = calloc(1, sizeof *relays + count * sizeof *relays->places);
    if (!relays)
        return -ENOMEM;
    relays->callbacks = *callbacks;
    relays->waiting_end = &relays->waiting;
    for (relays->count = 0; relays->count < count; relays->count++) {
        struct place *place = &relays->places[relays->count];
        struct relay_callbacks here = {.context = place,
                                       .on_outcome = on_outcome,
                                       .on_room = on_room,
                                       .on_rest = callbacks->on_rest ? on_rest : NULL,
                                       .on_dialogue = callbacks->on_dialogue ? on_dialogue : NULL};
        *place = (struct place){
            .owner = relays, .number = relays->count, .settings = &settings[relays->count]};
        int r = relay_open(loop, place->settings, passwords[relays->count], &here, &place->relay);
        if (r) {
            relays_close(relays);
            return r;
        }
    }
    *ret = relays;
    return 0;
}

struct relays *relays_close(struct relays *relays)
{
    if (!relays)
        return NULL;
    relays->is_closing = true;
    for (size_t i = 0; i < relays->count; i++)
        relay_close(relays->places[i].relay);
    const struct outcome why = {.verdict = VERDICT_DEFERRED,
                                .fault = FAULT_RELAY,
                                .stage = STAGE_CONNECT,
                                .reply = "not sent: we stopped before"};
    tell_waiting(relays, &why);
    free(relays);
    return NULL;
}

size_t relays_room(const struct relays *relays)
{
    size_t good = find_good(relays, 0);
    if (relays->is_draining || good == relays->count)
        return 0;
    size_t room = relay_room(relays->places[good].relay);
    return room > relays->waiting_count ? room - relays->waiting_count : 0;
}

int relays_send(struct relays *relays, const struct message *message, void *token)
{
    size_t good = find_good(relays, 0);
    if (relays->is_draining || good == relays->count)
        return -EBUSY;
    struct passage *passage = calloc(1, sizeof *passage);
    if (!passage)
        return -ENOMEM;
    *passage = (struct passage){.owner = relays, .message = message, .token = token, .at = good};
    int r = relay_send(relays->places[good].relay, message, passage);
    if (r)
        free(passage);
    else
        relays->in_hand++;
    relays->is_recalled &= r != 0;
    return r;
}

void relays_recall(struct relays *relays)
{
    const struct outcome why = {.verdict = VERDICT_DEFERRED,
                                .fault = FAULT_NONE,
                                .stage = STAGE_CONNECT,
                                .reply = "not sent: it was called back"};
    relays->is_recalled = true;
    tell_waiting(relays, &why);
    for (size_t i = 0; i < relays->count; i++)
        relay_recall(relays->places[i].relay);
}

void relays_drain(struct relays *relays)
{
    relays->is_draining = true;
    /* Until the last outcome a relay may still receive what another could not take. */
    if (!relays->in_hand || relays->count == 1)
        drain_each(relays);
}

struct instant relays_next_room(const struct relays *relays)
{
    struct instant next = INSTANT_NEVER;
    for (size_t i = 0; i < relays->count; i++) {
        next = instant_min(next, relay_next_room(relays->places[i].relay));
        if (!relay_is_in_trouble(relays->places[i].relay))
            break; /* this one is waited for */
    }
    return relays->is_draining ? INSTANT_NEVER : next;
}

void relays_set_patience(struct relays *relays, int64_t usec)
{
    for (size_t i = 0; i < relays->count; i++)
        relay_set_patience(relays->places[i].relay, usec);
}

void relays_count_sent(struct relays *relays, size_t count, struct instant at)
{
    for (size_t i = 0; i < relays->count; i++)
        relay_count_sent(relays->places[i].relay, count, at);
}

void relays_rest(struct relays *relays, size_t number, struct instant until)
{
    relay_rest(relays->places[number].relay, until);
}
