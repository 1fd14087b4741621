/* SPDX-License-Identifier: MIT */
/* stage: the whole program on a set clock, in a world that a test commands.
 *
 * Real are: settings, sources, conductor, turn, ledger (SQLite on real files), composer, templates,
 * relays with their connections, pacing, SMTP machine and verdicts, and the commands. In place of
 * the machine stand: the event loop (event.c, linked instead of sd-event), the sessions (server.c,
 * linked instead of net/session: an SMTP server in memory), the disk under SQLite (disk.c, a VFS)
 * and the key of a new ledger (always the same). Nothing here asks the real time: the same orders
 * give the same bytes.
 *
 *     struct stage *s = stage_new(start);
 *     stage_put(s, "convier.cfg", …); stage_put(s, "japon.ics", …); stage_put(s, "contacts.csv",
 * …); stage_start(s); stage_run(s, until);                        turns, until nothing is left to
 * do before stage_mails(s, &count); stage_free(s);
 *
 * One stage at a time in a process. What cannot go on (no memory, no temporary folder) ends the
 * process with a word on stderr: this is a test.                                                 */
#ifndef CONVIER_TESTS_STAGE_STAGE_H
#define CONVIER_TESTS_STAGE_STAGE_H

#include "app/house.h"
#include "app/turn.h"
#include "stage/fate.h"
#include "stage/mail.h"
#include "stage/server.h"

struct stage;

/* --- the world ------------------------------------------------------------------------------- */
struct stage *stage_new(struct instant start); /* a folder of its own; nothing runs yet */
struct stage *stage_free(struct stage *stage);

struct instant stage_now(const struct stage *stage); /* what the wall clock shows */
struct zones *stage_zones(struct stage *stage);      /* for reading times in scripts */
const char *stage_folder(const struct stage *stage);

/* A file in the folder, whole and at once, as an editor's rename leaves it: convier.cfg and what it
 * names ("japon.ics", "contacts.csv", "templates/invitation.fr.md" …). The program notices, but for
 * the settings, which want stage_reload. Settings that name no state, organisation, sender, relay,
 * calendars or contacts get the stage's.                     */
void stage_put(struct stage *stage, const char *name, struct text bytes);
void stage_remove(struct stage *stage, const char *name);
/* What an https:// source answers; bytes.data NULL: it cannot be reached. */
void stage_put_web(struct stage *stage, const char *url, struct text bytes);

/* The wall clock is set, forward or back; the monotonic one is not. */
void stage_jump(struct stage *stage, int64_t usec);

/* --- the program ----------------------------------------------------------------------------- */
/* Opens everything as `convier run` does: EXIT_YES, or its exit status; stage_words says why.
 * STAGE_DIED: its fate struck meanwhile. */
enum { STAGE_DIED = -1 };
int stage_start(struct stage *stage);
void stage_stop(struct stage *stage);  /* SIGTERM: in good order */
int stage_reload(struct stage *stage); /* SIGHUP: a clean end and a new start */
/* SIGKILL, now. What was written stays; with is_power_cut only what was synced stays. */
void stage_kill(struct stage *stage, bool is_power_cut);
bool stage_is_running(const struct stage *stage);
/* Planning of a turn stops when it has asked so many times whether it should; 0 = a pass is one
 * turn. From the next start on.                                                                  */
void stage_set_slices(struct stage *stage, unsigned asks);

/* Advances the clock from wake to wake up to `until`, turning until all is quiet at each. Also
 * while nothing runs. false: the program died of its fate on the way (it is closed: start it again
 * when you like, stage_now is the hour of its death), or does not come to rest (stage_words).    */
bool stage_run(struct stage *stage, struct instant until);
/* When something is due next if nothing happens, as the program itself sees it; NEVER. */
struct instant stage_next(const struct stage *stage);

/* When an address is asked next, or should have been; NEVER. */
struct instant stage_next_fetch(const struct stage *stage);

/* A command line without the program's name, as staff would type it: "approve 1",
 * "why --contact a@b --event \"Some title\"". Its exit status; stage_words: what it printed.     */
int stage_command(struct stage *stage, const char *line);
/* What the program last printed or logged above info, since the last start or command. */
const char *stage_words(const struct stage *stage);
/* Everything it logged since the stage began, a line each. */
const char *stage_log(const struct stage *stage);

/* --- what can go wrong ----------------------------------------------------------------------- */
struct fate *stage_fate(struct stage *stage);
enum stage_disk { DISK_SOUND, DISK_FULL, DISK_BROKEN };
void stage_set_disk(struct stage *stage, enum stage_disk disk); /* under the ledger */
/* The server behind a relay of the settings, by the number of its place there, from 0. It is made
 * when first asked for and outlives the program. */
struct server *stage_server(struct stage *stage, size_t number);
/* The ledger's files as they are now, kept under a name; and put back (nothing may run). */
void stage_backup(struct stage *stage, const char *name);
void stage_restore(struct stage *stage, const char *name);

/* --- what came of it ------------------------------------------------------------------------- */
/* Every mail that any server took, in the order of their arrival, twins included. */
const struct mail *const *stage_mails(struct stage *stage, size_t *ret_count);
/* Rows of the ledger, with or without a running program; they live in the arena. */
int stage_notices(struct stage *stage, struct arena *arena, const struct notice_filter *filter,
                  struct notices *ret);
int stage_life(struct stage *stage, struct arena *arena, int64_t notice, struct notice_facts *ret);
bool stage_is_paused(struct stage *stage); /* by a word, or by itself: it asks first */
int stage_holds(struct stage *stage, struct arena *arena, struct holds *ret);
/* Mails that were taken more than once (same Message-ID, same recipient). */
size_t stage_twins(struct stage *stage);
/* What the stage itself has put by for its audience: mails, pages, the log. */
size_t stage_kept_bytes(const struct stage *stage);
/* The running program, for whoever must look inside; NULL when none runs. */
struct house *stage_house(struct stage *stage);
struct turn *stage_turn(struct stage *stage);
uint64_t stage_turns(const struct stage *stage); /* turns taken so far, of all lives */

#endif
