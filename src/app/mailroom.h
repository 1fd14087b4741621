/* SPDX-License-Identifier: MIT */
/* mailroom: the relays of the settings, opened with their secrets, as the conductor's courier. */
#ifndef CONVIER_APP_MAILROOM_H
#define CONVIER_APP_MAILROOM_H

#include <systemd/sd-event.h>

#include "app/house.h"
#include "net/relays.h"

/* callbacks: on_outcome, on_room, on_fallback (to mailroom_note_fallback) and on_rest (to
 * mailroom_note_rest) are needed. What left before this start (by the ledger) counts against the
 * relays' limits, and a pause that one of them asked for goes on. Flaws of secrets are reported,
 * -EACCES.                                                                                       */
int mailroom_open(struct house *house, sd_event *loop, const struct relay_callbacks *callbacks,
                  struct relays **ret);
/* The same, but the relays know nothing of the past: a message that a person sends to try them need
 * not wait for their limits. */
int mailroom_open_uncounted(struct house *house, sd_event *loop,
                            const struct relay_callbacks *callbacks, struct relays **ret);
/* Logs it, and has staff told where a human is needed. */
void mailroom_note_fallback(struct house *house, const struct relay_settings *from,
                            const struct relay_settings *to, const struct outcome *why);
/* Keeps it, for the next start. */
void mailroom_note_rest(struct house *house, const struct relay_settings *settings,
                        struct instant until, const struct outcome *why);
/* Borrows the relays, which may still be NULL at their place while the courier is only made. */
struct courier mailroom_courier(struct relays **relays);

#endif
