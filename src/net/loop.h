/* SPDX-License-Identifier: MIT */
/* loop: one curl multi handle on the sd-event loop.
 *
 * Finished transfers are told one a turn, from the loop and never from inside loop_start: the
 * callback may remove and free the handle, or start others. The program ignores SIGPIPE: libcurl is
 * told to leave signals alone.                                                                   */
#ifndef CONVIER_NET_LOOP_H
#define CONVIER_NET_LOOP_H

#include <curl/curl.h>
#include <systemd/sd-event.h>

#include "base/instant.h"

struct loop;

typedef void (*loop_finished)(void *context, CURL *easy, CURLcode result);

/* name: of the event sources, for debugging; must outlive the loop. */
int loop_open(sd_event *event, const char *name, loop_finished on_finished, void *context,
              struct loop **ret);
struct loop *loop_close(struct loop *loop); /* every handle was stopped before */

int loop_start(struct loop *loop, CURL *easy);
void loop_stop(struct loop *loop, CURL *easy); /* also of a finished one; no callback follows */

/* errno for a CURLcode or CURLMcode that means our side failed (-ENOMEM mostly). */
int loop_errno(CURLMcode code);

#endif
