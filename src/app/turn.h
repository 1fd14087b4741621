/* SPDX-License-Identifier: MIT */
/* turn: what the program does each time it wakes, in which order, and when to wake it next.
 *
 * Whatever happens is only noted here; the turn, one function, then does what the notes ask: read,
 * load templates, plan, send, purge. So there is one place where order matters, and nothing that
 * happens re-enters the conductor. Knows neither loop nor network nor clock: `now` is given, so
 * that tests run years of turns in a moment (tests/stage). A long reading and a long pass take
 * several turns: outcomes come between them, but nothing leaves until the pass is through, and what
 * changes meanwhile waits for its end, too. */
#ifndef CONVIER_APP_TURN_H
#define CONVIER_APP_TURN_H

#include "app/house.h"

struct turn {
    struct house *house; /* with settings, ledger, sources and templates; outlives the turn */
    bool must_read, must_reread, must_load_templates, must_plan;
    bool has_outcomes;             /* since the last pass */
    int overtaken;                 /* passes in a row at whose end news waited */
    bool is_wanted_again;          /* at once: not all that the last turn found is done */
    struct instant reread_at;      /* to be sure of what vanished */
    struct instant rests_until;    /* after trouble of our own (disk full); UNSET = it does not */
    struct instant troubled_since; /* trouble of our own that is not over; UNSET = none */
    struct instant troubles_told;  /* troubles of readings up to then are logged */
    struct instant purge_at;       /* when retention is looked at again */
    bool is_purge_near;            /* it was due then, and is done at purge_at */
    struct instant last;           /* turn */
    struct pass_report pass;       /* of the last one */
    struct budget budget;          /* of the work in one turn; zeroed: all of it is one turn */
    size_t accepted, refused, deferred, uncertain;
    int error; /* the last trouble of our own, as errno; 0 = there was none */
};

/* The first turn plans. */
void turn_init(struct turn *turn, struct house *house);
/* Enters the instance, which may pause sending, opens the conductor, and logs what was wrong with
 * the readings so far. 0, an errno, or -ECANCELED when the reason has been reported.             */
int turn_open(struct turn *turn, const struct courier *courier);

/* --- notes: what happened; each asks for a turn soon ---------------------------------------- */
enum turn_news {
    TURN_SOURCES = 1 << 0,   /* a file that is read may have changed */
    TURN_TEMPLATES = 1 << 1, /* a template, too */
    TURN_WORD = 1 << 2,      /* a human's word: about a pass, or about a list */
};
/* news: bits of turn_news; 0 = only the hour. */
void turn_note(struct turn *turn, unsigned news);
/* A source was offered to house->sources from elsewhere, healthy or not. */
void turn_note_reading(struct turn *turn, struct instant now);
/* From the courier: what became of a message. */
void turn_note_outcome(struct turn *turn, void *token, const struct outcome *outcome,
                       struct instant now);

/* --- the turn --------------------------------------------------------------------------------- */
/* After trouble of our own nothing is tried until a minute has passed. */
bool turn_is_resting(const struct turn *turn, struct instant now);
/* 0, or the errno of trouble of our own: it is logged, nothing was half done, and the turn rests.
 * Not while it rests.                                                                            */
int turn_run(struct turn *turn, struct instant now);
/* Rests after trouble that a neighbour of the turn had. */
void turn_rest(struct turn *turn, int error, struct instant now);
/* When the next turn is due if nothing happens: may be past (at once); NEVER. What the courier
 * waits for (room) and downloads are not in it, nor what is wanted again.                        */
struct instant turn_next(const struct turn *turn, struct instant now);
/* Nothing is in hand and nothing is left to plan. */
bool turn_is_quiet(const struct turn *turn);

#endif
