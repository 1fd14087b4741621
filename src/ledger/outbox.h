/* SPDX-License-Identifier: MIT */
/* outbox: the bytes of messages that are claimed, in a file beside the ledger, so that a daemon
 * that is killed with messages in hand can send the very same ones again.
 *
 * Never synced: what a killed process wrote is still in the kernel's hands, and a power cut is
 * answered by a checksum, and by composing again. So a message costs one write and no wait, and the
 * ledger's own file does not swell with bytes that live for a second.
 *
 * Changes follow the ledger's transaction: what is put belongs to it, and what leaves keeps its
 * place until the commit. Errors: a negative errno; nothing was put.                             */
#ifndef CONVIER_LEDGER_OUTBOX_H
#define CONVIER_LEDGER_OUTBOX_H

#include "base/text.h"

struct outbox;

int outbox_open(const char *path, struct outbox **ret);
struct outbox *outbox_close(struct outbox *outbox);

/* What the last process left behind, each notice once, with its newest bytes; those that a power
 * cut spoilt are passed over. `on` gets bytes that die when it returns; not 0 ends it.
 * The records are erased by the next commit.                                                     */
int outbox_read_remains(struct outbox *outbox, void *context,
                        int (*on)(void *context, int64_t notice, struct text bytes));

/* Only after outbox_read_remains, if anything remained: else it is left out, without an error, as
 * it is when there is no room for it.                                                            */
int outbox_put(struct outbox *outbox, int64_t notice, struct text bytes);
void outbox_leave(struct outbox *outbox, int64_t notice); /* unknown ones are ignored */

void outbox_committed(struct outbox *outbox);
void outbox_undone(struct outbox *outbox);

#endif
