/* SPDX-License-Identifier: MIT */
/* play_inside: the state of a play under way, for its own files. */
#ifndef CONVIER_TESTS_SIMULATION_PLAY_INSIDE_H
#define CONVIER_TESTS_SIMULATION_PLAY_INSIDE_H

#include "simulation/foretold.h"
#include "simulation/letters.h"
#include "simulation/oracle.h"
#include "simulation/play.h"
#include "stage/stage.h"

enum { PLAY_FILE_BYTES_MAX = 1 << 20 };

struct play {
    const struct story *story;
    struct play_result *result;
    struct stage *stage;
    struct desk desk;
    struct oracle oracle;
    struct foretold foretold;
    struct letters letters;
    struct buf files[DESK_FILES]; /* as they are */
    bool is_page_new;             /* the calendar on the web is not downloaded yet as it is */
    size_t shown;                 /* mails that the oracle has seen */
    int64_t memory;               /* in use at the calm */
    int64_t jumped_usec;          /* the wall clock against the story's */
    bool is_relay_sound, is_disk_sound, is_traced;
    bool is_opposed[STORY_CONTACTS_MAX], wants_opposed[STORY_CONTACTS_MAX];
    bool is_forgotten[STORY_CONTACTS_MAX], wants_forgotten[STORY_CONTACTS_MAX];
    bool is_paused, wants_paused;
    bool must_start;
    struct instant start_at;
    int doom_minutes;
};

/* Shows the desk to the oracle if the program can have read it, and whether all is well. */
void play_look(struct play *play);
void play_start(struct play *play);
void play_start_later(struct play *play, int minutes);
void play_trace(const struct play *play, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
