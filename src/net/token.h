/* SPDX-License-Identifier: MIT */
/* token: an OAuth access token by a helper program (relay.token_command), without blocking the
 * loop.
 *
 * The command is run by /bin/sh and prints the token alone on a line, or a JSON object with
 * "access_token". Keeping and renewing refresh tokens is the helper's work: it is asked whenever a
 * connection is opened and the token at hand is older than a minute, so that what we use is always
 * what the helper holds valid. Exit status other than 0, no output, or 30 s: no token.           */
#ifndef CONVIER_NET_TOKEN_H
#define CONVIER_NET_TOKEN_H

#include <systemd/sd-event.h>

struct token;

/* token: NULL = none, then error is one sentence. Both die with the callback. */
typedef void (*token_done)(void *context, const char *token, const char *error);

/* command is borrowed. on_done fires once for each token_ask that returned 0, never from inside. */
int token_open(sd_event *event, const char *command, token_done on_done, void *context,
               struct token **ret);
struct token *token_close(struct token *token); /* a helper under way is killed */

int token_ask(struct token *token); /* while one is under way: 0, and one answer for all */
/* The token at hand if it is fresh, else NULL. */
const char *token_at_hand(const struct token *token);
void token_forget(struct token *token); /* the relay refused it */

#endif
