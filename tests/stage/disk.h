/* SPDX-License-Identifier: MIT */
/* disk: what lies under SQLite on a stage: the system's files, with every write and sync counted by
 * fate, refused when the disk is full or broken or the program dead, and remembered until the next
 * sync, so that a power cut can take it back. A sync itself costs nothing.                       */
#ifndef CONVIER_TESTS_STAGE_DISK_H
#define CONVIER_TESTS_STAGE_DISK_H

#include <stddef.h>

#include "stage/fate.h"

enum disk_state { DISK_IS_SOUND, DISK_IS_FULL, DISK_IS_BROKEN };

/* From now on SQLite's default. fate is borrowed until the next call. */
void disk_install(struct fate *fate);
void disk_set(enum disk_state state);
/* Undoes, on the files as they lie there, all writes since the last sync of each. No file may be
 * open. */
void disk_cut_power(void);
/* What was written counts as synced: a clean end, or a new stage. */
void disk_forget(void);
/* What it remembers now, in bytes. */
size_t disk_kept_bytes(void);

#endif
