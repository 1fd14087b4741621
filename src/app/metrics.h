/* SPDX-License-Identifier: MIT */
/* metrics: how the daemon does, for whoever watches many machines: the file that settings.metrics
 * names, as Prometheus' text format wants it (textfile collector of the node exporter). No address
 * and no secret is in it: anybody may read it.                                                   */
#ifndef CONVIER_APP_METRICS_H
#define CONVIER_APP_METRICS_H

#include "app/turn.h"

/* next: when the daemon looks again. Nothing without settings.metrics. Replaces the file at once;
 * failure is logged when it begins, and costs nothing else. */
void metrics_write(struct house *house, const struct turn *turn, struct instant next,
                   bool is_stopped);

#endif
