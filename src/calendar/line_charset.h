/* SPDX-License-Identifier: MIT */
/* line_charset: what a line that is not UTF-8 is written in. Calendars of several sources may mix
 * charsets, so each line is looked at; but a name of three kanji alone says too little, and where
 * all of a file agrees, the file decides.                                                        */
#ifndef CONVIER_CALENDAR_LINE_CHARSET_H
#define CONVIER_CALENDAR_LINE_CHARSET_H

#include "base/text.h"

/* What the lines of a file say together; zero at first. */
struct line_charset_votes {
    bool has_utf8, is_shift_jis, is_no_shift_jis, is_euc_jp, is_no_euc_jp;
};

void line_charset_vote(struct line_charset_votes *votes, struct text line);

/* NULL: it is UTF-8. *ret_complaint: what the reader is to be told. */
const char *line_charset_of(const struct line_charset_votes *votes, struct text line,
                            const char **ret_complaint);

#endif
