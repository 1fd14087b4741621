/* SPDX-License-Identifier: MIT */
/* inside: what the files of the stage share; nobody else includes it. */
#ifndef CONVIER_TESTS_STAGE_INSIDE_H
#define CONVIER_TESTS_STAGE_INSIDE_H

#include <stdio.h>

#include "net/relays.h"
#include "stage/event.h"
#include "stage/stage.h"

enum { STAGE_SERVERS_MAX = 8, STAGE_PATH_BYTES = 512 };

struct web_page {
    const char *url;
    struct text bytes; /* data NULL: cannot be reached */
    const char *etag;  /* another with each text */
};

struct stage {
    char folder[STAGE_PATH_BYTES];
    struct arena *arena; /* pages, mails in order */
    struct zones *zones;
    struct instant now;
    uint64_t monotonic_usec;
    long stamp; /* of the next file: no two have the same */
    LIST_TYPE(web_pages, struct web_page) web;
    LIST_TYPE(stage_mails, const struct mail *) mails;
    struct server *servers[STAGE_SERVERS_MAX];
    struct fate fate;
    struct buf words, log;
    FILE *out; /* into words */

    /* The program, while it runs. */
    struct options options;
    struct report report;
    struct house house;
    struct turn turn;
    sd_event *event;
    struct relays *relays;
    bool is_running, wants_turn;
    struct instant wake;
    size_t idle_turns; /* at the same moment, without an outcome */
    uint64_t turns;
    unsigned slice_asks, asked; /* of a slice, and in this turn */
};

/* Ends the process when not so: the test cannot go on. */
void stage_must(bool condition, const char *what);
const char *stage_path(const struct stage *stage, const char *name, char ret[STAGE_PATH_BYTES]);

#endif
