/* SPDX-License-Identifier: MIT */
/* settings_salvage: what of refused settings can be looked at all the same. */
#ifndef CONVIER_APP_SETTINGS_SALVAGE_H
#define CONVIER_APP_SETTINGS_SALVAGE_H

#include "model/settings.h"

/* Takes out of every list the items that lack what they require. */
void settings_salvage(struct settings *settings);

#endif
