/* SPDX-License-Identifier: MIT */
/* evidence: what relays took and what the ledger holds, laid before the oracle. */
#ifndef CONVIER_TESTS_SIMULATION_EVIDENCE_H
#define CONVIER_TESTS_SIMULATION_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>

struct play;

/* A part of what makes the play's hash. */
void evidence_note(struct play *play, const void *data, size_t size);
/* The mails since the last call. */
void evidence_show_mails(struct play *play);
/* For oracle_hears; context: the play. */
bool evidence_has_excuse(void *context, int event, int instance, int contact);
/* For issues_come: did a relay refuse it? */
bool evidence_has_refusal(void *context, const char *occurrence, int contact);
/* Each notice with all its states; is_over: it has had its time, and the states join the hash. */
void evidence_check_lives(struct play *play, bool is_over);
/* SQLite's own opinion; the program has ended. */
void evidence_check_file(struct play *play);
/* For people who look into a failure. */
void evidence_trace_pending(struct play *play);

#endif
