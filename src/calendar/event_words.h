/* SPDX-License-Identifier: MIT */
/* event_words: what a VEVENT says to people: title, place, text, links, categories, organiser,
 * house marks; cleaned, in its languages, and put into a struct event.                           */
#ifndef CONVIER_CALENDAR_EVENT_WORDS_H
#define CONVIER_CALENDAR_EVENT_WORDS_H

#include "base/contentline.h"
#include "base/flaw.h"
#include "calendar/pool.h"
#include "model/event.h"

struct event_words;

/* arena receives what stays, scratch what dies with the component. 0 or -ENOMEM. */
int event_words_new(struct arena *arena, struct arena *scratch, struct pool *pool,
                    struct flaws *flaws, struct event_words **ret);
struct event_words *event_words_free(struct event_words *words);

void event_words_begin(struct event_words *words);
/* Takes a property if it is one of its own; others are ignored. 0 or -ENOMEM. */
int event_words_line(struct event_words *words, const struct contentline *line);
/* Fills all but feed, source, line, uid and sequence; a mark may make ret->state POSTPONED.
 * category stands for an event that has none; NULL = none. 0 or -ENOMEM.                         */
int event_words_finish(struct event_words *words, const char *category, struct event *ret);

#endif
