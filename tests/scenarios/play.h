/* SPDX-License-Identifier: MIT */
/* play: one scenario (README.md tells the language) on a stage. What is wrong is printed as
 * compilers do, FILE:LINE: WHAT.                                                                 */
#ifndef CONVIER_TESTS_SCENARIOS_PLAY_H
#define CONVIER_TESTS_SCENARIOS_PLAY_H

#include "agenda.h"
#include "stage/stage.h"

LIST_TYPE(agendas, struct agenda);

struct play {
    const char *path;
    struct arena *arena;
    struct buf bytes;
    struct script script;
    struct stage *stage; /* NULL before the first AT */
    const struct zone *zone;
    struct agendas agendas;
    struct fate fate; /* of the stage: fill in before play_run */
    bool has_birth;   /* its moments count from the first start on; else from when that is over */
    unsigned slices;  /* see stage_set_slices */
    bool is_judged;   /* false: EXPECT lines are passed over (after a crash hours may differ) */
    bool was_started, is_down; /* is_down: STOP was said */
    unsigned char *expected;   /* per mail: an EXPECT line spoke of it */
    size_t expected_capacity;
    struct instant disk_until, down_until;
    bool is_fragile; /* ITS COURSE hangs on when the program starts: no deaths, please */
    int deaths, failures;
    int hopes; /* starts that may fail for a reason that no line gives */
};

/* False: the file cannot be read (it is said). */
bool play_open(struct play *play, const char *path);
/* To the end of the file, or to a line that has no sense. True: nothing failed. */
bool play_run(struct play *play);
void play_close(struct play *play);

/* Starts the program unless it runs, as often as it dies of its fate. */
bool play_start(struct play *play);
/* Advances, as often as the program dies of its fate with a new start at once. */
bool play_advance(struct play *play, struct instant until);

/* Counts a failure at the line last read, and prints it. Returns false. */
bool play_fails(struct play *play, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* One line that begins with EXPECT, after that word. */
bool expect_line(struct play *play);
/* At the end: mails of which no line spoke are a failure. */
bool expect_no_other(struct play *play);

#endif
