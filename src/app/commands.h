/* SPDX-License-Identifier: MIT */
/* commands: one function a command of COMMANDS; each takes an opened house, reports on it, and
 * returns the exit status.                                                                       */
#ifndef CONVIER_APP_COMMANDS_H
#define CONVIER_APP_COMMANDS_H

#include "app/house.h"

/* Does the word look like an address? Tells the user when not. */
bool command_wants_address(struct house *house, const char *address);

int command_run(struct house *house);
int command_check(struct house *house);
int command_plan(struct house *house);
int command_preview(struct house *house);
int command_why(struct house *house);
int command_who(struct house *house);
int command_status(struct house *house);
int command_holds(struct house *house);
int command_approve(struct house *house);
int command_discard(struct house *house);
int command_pause(struct house *house);
int command_resume(struct house *house);
int command_retry(struct house *house);
int command_suppress(struct house *house);
int command_unsuppress(struct house *house);
int command_suppressions(struct house *house);
int command_forget(struct house *house);
int command_backup(struct house *house);
int command_test_mail(struct house *house);
int command_occurrences(struct house *house);
int command_contacts(struct house *house);
int command_render(struct house *house);
int command_newsletter(struct house *house);

#endif
