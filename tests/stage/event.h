/* SPDX-License-Identifier: MIT */
/* event: the part of sd-event that net/ and app/mailroom use, on clocks that are set: linked in
 * place of libsystemd's. Sources fire in the order in which they were enabled.                   */
#ifndef CONVIER_TESTS_STAGE_EVENT_H
#define CONVIER_TESTS_STAGE_EVENT_H

#include <systemd/sd-event.h>

#include "base/instant.h"

/* What both clocks show from now on; a program that starts has an event loop made before. */
void event_set_clocks(sd_event *event, struct instant real, uint64_t monotonic_usec);
/* Dispatches one source that is due. False: none is. */
bool event_dispatch(sd_event *event);
/* How long until the next timer, in microseconds; -1 = none. */
int64_t event_wait(const sd_event *event);

#endif
