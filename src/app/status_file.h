/* SPDX-License-Identifier: MIT */
/* status_file: what the daemon is doing, as one JSON object in STATE/status.json, for `status` and
 * for monitoring. Written anew after each pass; never read by the daemon.                        */
#ifndef CONVIER_APP_STATUS_FILE_H
#define CONVIER_APP_STATUS_FILE_H

#include <jansson.h>

#include "app/house.h"

/* stopped: why nothing is sent, or NULL. Failure is logged once and costs nothing else. */
void status_file_write(struct house *house, const struct pass_report *pass, const char *stopped);
/* NULL: there is none, or it is damaged. */
json_t *status_file_read(const char *state);

#endif
