/* SPDX-License-Identifier: MIT */
/* letters: what staff must hear by mail, and how often, watched from outside: by the words of the
 * letters, the open holds, the desk, and the hours in which nothing could leave. */
#ifndef CONVIER_TESTS_SIMULATION_LETTERS_H
#define CONVIER_TESTS_SIMULATION_LETTERS_H

#include "model/notice.h"
#include "simulation/story.h"
#include "stage/mail.h"

#define LETTERS_ADDRESS "office@sim.example"

enum { LETTERS_A_DAY = 12, LETTERS_HOLDS_MAX = 400 };

struct play;

struct letters {
    struct instant up_since;            /* the program works; NEVER */
    struct instant posts_since;         /* … and mail leaves; NEVER */
    struct instant dues[LETTERS_A_DAY]; /* of the last letters, in a ring */
    size_t count;
    int holds[LETTERS_HOLDS_MAX], last_calls[LETTERS_HOLDS_MAX]; /* letters about each, by its id */
    struct instant lost_since; /* the calendar cannot be read, and the program is up; NEVER */
    struct instant loss_at, loss_told_at;
    int losses, losses_told;
    bool was_lost;
    struct instant away_since;          /* nobody answers at the relay, all else is well; NEVER */
    struct instant away_from, away_til; /* the last time of which that is true to its end */
    struct instant stop_known;          /* by then something had waited for it; NEVER */
    struct instant stop_told_at;
    int troubles, stops_told; /* each trouble of relay or disk may be told once */
};

void letters_init(struct letters *letters);
/* The program started, or the clock jumped: what is counted in hours begins anew. */
void letters_begin(struct letters *letters);
/* Relay or disk become faulty or sound. */
void letters_trouble(struct play *play, enum act_kind kind);
/* At every step, and once a day before staff answer what is held. */
void letters_look(struct play *play);
void letters_review(struct play *play);
/* What a relay took for the first time: a letter to staff, or another mail. */
void letters_mail(struct play *play, const struct notice *notice, const struct mail *mail);

#endif
