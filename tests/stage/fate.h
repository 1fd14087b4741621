/* SPDX-License-Identifier: MIT */
/* fate: numbers the moments at which a program can die, and lets it die at one of them.
 *
 * A moment is something that the world can see: a write to the ledger's files, a sync of them, a
 * group of bytes that leaves for the relay or comes from it. Once dead, nothing the program still
 * does on its way out has any effect: disk and network refuse.                                   */
#ifndef CONVIER_TESTS_STAGE_FATE_H
#define CONVIER_TESTS_STAGE_FATE_H

#include <stdbool.h>
#include <stdint.h>

enum fate_moment {
    FATE_LEDGER_WRITE = 1 << 0,
    FATE_LEDGER_SYNC = 1 << 1,
    FATE_RELAY_WRITE = 1 << 2,
    FATE_RELAY_READ = 1 << 3,
    FATE_ANY = 15
};

struct fate {
    uint64_t passed;  /* moments so far, of the kinds that count */
    unsigned counted; /* bits of fate_moment */
    uint64_t at;      /* dies at this one, from 1; 0 = never */
    bool is_after;    /* just after its effect; else just before */
    bool cuts_power;  /* … and takes all that was not synced with it */
    bool is_dead;
};

/* True: it is dead, the effect must not take place. */
static inline bool fate_before(struct fate *fate, enum fate_moment moment)
{
    if (fate->is_dead)
        return true;
    if (!(fate->counted & moment))
        return false;
    fate->passed++;
    fate->is_dead = fate->passed == fate->at && !fate->is_after;
    return fate->is_dead;
}

/* True: it died just after the effect, whose success nobody hears of. */
static inline bool fate_after(struct fate *fate, enum fate_moment moment)
{
    if (!fate->is_dead && fate->counted & moment && fate->passed == fate->at && fate->at)
        fate->is_dead = fate->is_after;
    return fate->is_dead;
}

#endif
