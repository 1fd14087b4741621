/* SPDX-License-Identifier: MIT */
/* dialogue: what we and the relay said, as a person may read it on a terminal. */
#ifndef CONVIER_APP_DIALOGUE_H
#define CONVIER_APP_DIALOGUE_H

#include <stdio.h>

#include "base/buf.h"
#include "model/outcome.h"

/* One line: "> MAIL FROM…" is ours, "< 250 …" theirs. What a terminal might take for a command
 * becomes a question mark. Secrets were masked by whoever heard them.                            */
void dialogue_add(struct buf *buf, char direction, struct text line);
void dialogue_print(FILE *out, char direction, struct text line);

/* What to look at when a session fails at that stage; NULL = nothing in particular. */
const char *dialogue_advice(const struct outcome *outcome);

#endif
