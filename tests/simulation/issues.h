/* SPDX-License-Identifier: MIT */
/* issues: what the oracle knows of the newsletter: whom it reaches, when, and what it tells. */
#ifndef CONVIER_TESTS_SIMULATION_ISSUES_H
#define CONVIER_TESTS_SIMULATION_ISSUES_H

#include "simulation/oracle.h"

void issues_init(struct oracle *oracle, struct instant now);
/* What the program could read has changed, or not. */
void issues_read(struct oracle *oracle, struct instant now);

/* --- invariants, as in oracle.h -------------------------------------------------------------- */
/* A mail with an issue to the contact. */
bool issues_mail(struct oracle *oracle, const struct notice *notice, struct instant at,
                 int contact);
/* The same mail, when it was written for this delivery: its plain text. */
bool issues_text(struct oracle *oracle, const struct notice *notice, struct instant at,
                 const char *text);
/* At every step: the issues of days long past have come, to those for whom they had something. */
bool issues_come(struct oracle *oracle,
                 bool (*has_excuse)(void *context, const char *occurrence, int contact),
                 void *context);

#endif
