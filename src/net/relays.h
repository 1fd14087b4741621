/* SPDX-License-Identifier: MIT */
/* relays: several relays in order of preference, taken as one.
 *
 * Messages go to the first relay that is not in trouble. When a relay could not take a message
 * through its own fault (no connection, login, quota, lost before the dot), the next one is tried
 * with it, and only the last one's failure is told. An uncertain message is never tried elsewhere:
 * that would be the twin. A relay that is merely busy or paced is waited for. */
#ifndef CONVIER_NET_RELAYS_H
#define CONVIER_NET_RELAYS_H

#include "net/relay.h"

struct relays;

/* As relay_open; count is at least 1; passwords has a text or NULL for each. on_fallback of the
 * callbacks tells when messages pass from one relay to the next. */
int relays_open(sd_event *loop, const struct relay_settings *settings, size_t count,
                const char *const *passwords, const struct relay_callbacks *callbacks,
                struct relays **ret);
struct relays *relays_close(struct relays *relays);

/* Each as its relay_ twin, for all of them together. */
size_t relays_room(const struct relays *relays);
int relays_send(struct relays *relays, const struct message *message, void *token);
void relays_recall(struct relays *relays);
void relays_drain(struct relays *relays);
struct instant relays_next_room(const struct relays *relays);
void relays_set_patience(struct relays *relays, int64_t usec);
/* The ledger does not say which relay took what: each is told all of it, on the careful side. */
void relays_count_sent(struct relays *relays, size_t count, struct instant at);
/* Of the relay of that number, in the settings' order. */
void relays_rest(struct relays *relays, size_t number, struct instant until);

#endif
