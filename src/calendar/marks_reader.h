/* SPDX-License-Identifier: MIT */
/* marks_reader: the house marks that staff write into an event: #silencieux or #silent, #urgent,
 * #reporté or #postponed, #audience: EXPRESSION (to the end of the line). Any case, accents or
 * not, also with the full-width ＃ of Japanese keyboards. */
#ifndef CONVIER_CALENDAR_MARKS_READER_H
#define CONVIER_CALENDAR_MARKS_READER_H

#include "base/buf.h"

struct found_marks {
    bool is_silent, is_urgent, is_postponed;
    struct buf audience; /* empty = none; the first one counts */
};

/* Adds the text without its marks to out. max_lines: how many lines from the top are searched,
 * those without words apart.                                                                     */
void marks_reader_take(struct text text, int max_lines, struct found_marks *marks, struct buf *out);

#endif
