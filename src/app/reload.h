/* SPDX-License-Identifier: MIT */
/* reload: may the running daemon leave its settings for what the file says now? */
#ifndef CONVIER_APP_RELOAD_H
#define CONVIER_APP_RELOAD_H

#include "app/house.h"

/* Reads the settings file and tries what a start would need: secrets, the state folder. False: the
 * flaws are logged and nothing changed.                                                          */
bool reload_is_possible(struct house *house);

#endif
