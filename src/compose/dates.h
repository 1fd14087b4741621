/* SPDX-License-Identifier: MIT */
/* dates: when something takes place, in words, for a reader of a language in a zone.
 *
 * French after the Imprimerie nationale ("lundi 5 octobre 2026, de 14 h à 16 h 30", 1er, NBSP
 * before h), Japanese with weekday and full-width brackets, English with the month in letters. A
 * timed event shows its own clock and the reader's wherever the two differ, each with its weekday
 * and its city; whole days are never converted. Results live in the arena; NULL when memory is
 * refused.   */
#ifndef CONVIER_COMPOSE_DATES_H
#define CONVIER_COMPOSE_DATES_H

#include "base/arena.h"
#include "base/locale.h"
#include "model/event.h"

struct dates {
    struct arena *arena;
    struct locale *locale;
    enum language language;
    const struct zone *zone; /* the reader's */
    bool is_on_line;         /* the reader's clock comes first, else the place's */
};

/* "lundi 5 octobre 2026, de 14 h à 16 h 30 (heure de Paris)", a newline, then the other clock:
 * "soit lundi 5 octobre, de 21 h à 23 h 30 (heure de Tokyo)"; "du 3 au 6 octobre 2026 (du samedi au
 * mardi)"; 2026年10月3日（土）～6日（火）. */
const char *dates_when(const struct dates *dates, const struct when *when);
/* Only the day or the days, for subjects and running text: "lundi 5 octobre 2026". */
const char *dates_day(const struct dates *dates, const struct when *when);
/* "demain", "dans 7 jours", 明日, 7日後, from a moment to the first day, in the reader's zone. */
const char *dates_relative(const struct dates *dates, const struct when *when, struct instant now);
/* A sentence when clocks change at the reader's or the event's within the week before the start;
 * "" when they do not.                                                                           */
const char *dates_clock_change(const struct dates *dates, const struct when *when);

#endif
