/* SPDX-License-Identifier: MIT */
/* matter: something that those who run the house (settings.staff) should hear once.
 *
 * Its key is unique in the ledger: what was told under a key is not told again, until the ledger
 * forgets the key because it is no longer so.                                                    */
#ifndef CONVIER_MODEL_MATTER_H
#define CONVIER_MODEL_MATTER_H

#include "base/instant.h"
#include "base/text.h"

#define MATTER_KINDS(X)                                                                            \
    X(MATTER_HOLD, "hold")         /* a batch waits for a human's word */                          \
    X(MATTER_EXPIRING, "expiring") /* … and will soon have lost its use */                       \
    X(MATTER_FLAWS, "flaws")       /* newly found in what was read */                              \
    X(MATTER_TROUBLE, "trouble")   /* a source cannot be read, for long */                         \
    X(MATTER_WELL, "well")         /* it can be read again */                                      \
    X(MATTER_STOPPED, "stopped")   /* nothing could leave for a while */                           \
    X(MATTER_PAUSED, "paused")     /* sending was paused by the program itself */                  \
    X(MATTER_RELAY, "relay")       /* one of several relays cannot be used */                      \
    X(MATTER_LATE, "late")         /* at this pace mails leave too late */                         \
    X(MATTER_ISSUE, "issue")       /* an issue waits for a calendar, and may lapse */

#define CONVIER_ENUM_ROW(name, text) name,
enum matter_kind { MATTER_KINDS(CONVIER_ENUM_ROW) MATTER_KIND_COUNT };
#undef CONVIER_ENUM_ROW

const char *matter_kind_to_text(enum matter_kind kind);
bool matter_kind_from_text(struct text text, enum matter_kind *ret);

struct matter {
    const char *key;
    enum matter_kind kind;
    int64_t letter;     /* that tells it; 0 = none yet: it is noted, and may pass by itself */
    struct instant at;  /* since when it is so */
    const char *source; /* file, calendar, list, relay, title; or NULL */
    const char *text;   /* what is wrong; FLAWS: a line each */
    const char *advice; /* what to do; or NULL */
    int64_t hold;       /* HOLD, EXPIRING */
    size_t count;       /* FLAWS: how many; LATE: mails that wait */
    struct instant until, last; /* LATE: useful until, the last mail leaves; else UNSET */
};

#endif
