/* SPDX-License-Identifier: MIT */
/* secrets: fetches the text of a secret from where the settings say it lives, and wipes it.
 *
 * "credential:NAME" is a file of $CREDENTIALS_DIRECTORY (systemd's LoadCredential=), without it one
 * of the running service's, which root may read; "file:PATH"
 * must be a regular file that only its owner can read (mode 0600 or stricter). */
#ifndef CONVIER_APP_SECRETS_H
#define CONVIER_APP_SECRETS_H

#include "base/flaw.h"
#include "model/settings.h"

enum { SECRETS_E_REFUSED = 1 }; /* absent, unreadable, readable by others, empty, not text */
enum { SECRET_BYTES_MAX = 64 * 1024 };

/* ret_text: NUL-terminated, without the newline at its end; to be given to secrets_wipe. NULL, with
 * a return of 0, for SECRET_NONE. Flaws name the secret, never its text.
 * Returns 0, SECRETS_E_REFUSED with a flaw, or -ENOMEM. */
int secrets_read(const struct secret *secret, struct flaws *flaws, char **ret_text);

/* Overwrites and frees; accepts NULL; returns NULL. */
char *secrets_wipe(char *text);

static inline void secrets_cleanup(char **text)
{
    secrets_wipe(*text);
}
#define CLEANUP_SECRET __attribute__((cleanup(secrets_cleanup)))

#endif
