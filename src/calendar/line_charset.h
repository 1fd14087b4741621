/* SPDX-License-Identifier: MIT */
/* line_charset: what a line that is not UTF-8 is written in. */
#ifndef CONVIER_CALENDAR_LINE_CHARSET_H
#define CONVIER_CALENDAR_LINE_CHARSET_H

#include "base/text.h"

/* NULL: it is UTF-8. *ret_complaint: what the reader is to be told. */
const char *line_charset_of(struct text line, const char **ret_complaint);

#endif
