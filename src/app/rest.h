/* SPDX-License-Identifier: MIT */
/* rest: what a daemon gives back before it sleeps, for days perhaps, on a small machine. */
#ifndef CONVIER_APP_REST_H
#define CONVIER_APP_REST_H

/* Freed memory, and the pages of code and constants, which come back one by one from the page cache
 * as they are needed: a millisecond at the next wake. */
void rest_give_back(void);
/* Only the freed memory: when much of it was freed and lies in pieces. */
void rest_trim(void);

#endif
