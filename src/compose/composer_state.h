/* SPDX-License-Identifier: MIT */
/* composer_state: what a composer keeps from one message to the next; for the files that write
 * messages, nobody else.                                                                         */
#ifndef CONVIER_COMPOSE_COMPOSER_STATE_H
#define CONVIER_COMPOSE_COMPOSER_STATE_H

#include "compose/composer.h"
#include "compose/mold.h"
#include "compose/templates.h"

/* Room for the pieces of one message at a time, kept warm from one to the next. */
enum room {
    ROOM_PREHEADER,
    ROOM_BODY,
    ROOM_FOOTER,
    ROOM_BODY_HTML,
    ROOM_FOOTER_HTML,
    /* the finished parts */
    ROOM_SUBJECT,
    ROOM_HTML,
    ROOM_HTML_ENCODED, /* or empty */
    ROOM_TEXT,
    ROOM_COUNT
};

struct composer {
    struct arena *arena;
    const struct settings *settings;
    struct locale *locale;
    struct text token_key;
    const struct templates *templates;
    const char *accent;
    bool shows[PERSONAL_COUNT]; /* which personal words the templates speak of */
    bool shows_fields;
    struct molds molds;
    struct buf rooms[ROOM_COUNT];
};

#endif
