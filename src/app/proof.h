/* SPDX-License-Identifier: MIT */
/* proof: before the first mail of a batch leaves, each of its mails is known to be composable.
 *
 * A batch is what is owed now about one occurrence by one step. If any of its mails cannot be
 * composed (a template says what the event or a contact does not have), none of them leaves: all
 * are held together, and the reason names the place in the template and the contact's line. A
 * batch is read once; again when templates, calendars or lists have changed.                     */
#ifndef CONVIER_APP_PROOF_H
#define CONVIER_APP_PROOF_H

#include "app/conductor.h"
#include "app/requests.h"

enum { PROOF_E_HELD = 1 };

struct proof;

int proof_new(struct proof **ret);
struct proof *proof_free(struct proof *proof);

/* Templates, calendars or lists may have changed: nothing is known any more. */
void proof_forget(struct proof *proof);
/* Notices may have been approved since: what was held is not known any more. */
void proof_next(struct proof *proof);

struct proof_input {
    struct ledger *ledger; /* in a transaction */
    struct requests *requests;
    struct composer *composer;
    struct arena *scratch; /* left as it was */
    struct instant now;
};

/* Reads the batch of a notice. 0: it may leave. PROOF_E_HELD: the notice is held, with its whole
 * batch. Or a negative errno. A batch beyond PROOF_MAX is read as far as that. What was tried
 * before has been read before; but if it is owed again it waits with a batch that is held.       */
enum { PROOF_MAX = 5000 };
int proof_read(struct proof *proof, const struct proof_input *input, const struct notice *notice);

#endif
