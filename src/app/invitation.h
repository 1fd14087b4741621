/* SPDX-License-Identifier: MIT */
/* invitation: which calendar object goes with which notice (MAIL.md 2; RFC 5546, RFC 6047). */
#ifndef CONVIER_APP_INVITATION_H
#define CONVIER_APP_INVITATION_H

#include "compose/composer.h"

/* Sets calendar and calendar_method of a request whose other parts are set. An occurrence that is
 * gone is rebuilt from what was told. Bytes live in the arena. 0 or -ENOMEM. */
int invitation_attach(struct arena *arena, const struct settings *settings,
                      struct compose_request *request);
/* The occurrence as a file for the reader's diary, whatever the notice; for struct compose_item. */
int invitation_courtesy(struct arena *arena, const struct settings *settings,
                        const struct compose_request *request, struct text *ret);

#endif
