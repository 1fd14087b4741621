/* SPDX-License-Identifier: MIT */
/* staff_letter: a notice to staff becomes the bytes of a mail.
 *
 * A letter about one matter has the words of its kind; about several, a line each. What was
 * answered or mended meanwhile is left out.                                                      */
#ifndef CONVIER_APP_STAFF_LETTER_H
#define CONVIER_APP_STAFF_LETTER_H

#include "compose/composer.h"
#include "ledger/ledger.h"

/* "staff/12": the occurrence that the notices of a letter are about. */
const char *staff_letter_key(struct arena *arena, int64_t number); /* NULL: no memory */

struct staff_desk {
    struct ledger *ledger;
    const struct settings *settings;
    struct zones *zones;
    struct composer *composer;
};
/* As composer_staff; STAFF_LETTER_E_SETTLED: nothing of it has to be said any more, or the address
 * is no longer staff's; _OPPOSED: it is on the opposition list by now. now: the Date of a letter
 * that was never claimed. The numbers are none of REQUESTS_E_: one caller tells all of them apart.
 */
enum { STAFF_LETTER_E_SETTLED = 111, STAFF_LETTER_E_OPPOSED = 112 };
int staff_letter_compose(const struct staff_desk *desk, struct arena *arena,
                         const struct notice *notice, struct instant now, struct buf *out,
                         struct message *ret_message, struct flaws *flaws);

/* What a letter tells that is still so, and a line of it for each, in the organisation's language;
 * the desk needs no composer. */
int staff_letter_lines(const struct staff_desk *desk, struct arena *arena, int64_t number,
                       struct matters *ret, const char *const **ret_lines);

#endif
