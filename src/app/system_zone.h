/* SPDX-License-Identifier: MIT */
/* system_zone: the zone of this machine: $TZ, or what /etc/localtime points to; UTC when neither is
 * a name. */
#ifndef CONVIER_APP_SYSTEM_ZONE_H
#define CONVIER_APP_SYSTEM_ZONE_H

#include "base/zone.h"

const struct zone *system_zone(struct zones *zones);

#endif
