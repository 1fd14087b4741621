/* SPDX-License-Identifier: MIT */
/* prose: values of type TEXT (RFC 5545 3.3.11) made into text that people can read. */
#ifndef CONVIER_CALENDAR_PROSE_H
#define CONVIER_CALENDAR_PROSE_H

#include "base/buf.h"

/* Undoes \n \, \; \\ and adds the result. */
void prose_unescape(struct text raw, struct buf *out);

/* Adds `text` without control characters, with LF line ends (or none: then one blank stands for all
 * blanks between two words), no blanks at line ends, no more than one empty line in a row, trimmed.
 */
void prose_clean(struct text text, bool keeps_lines, struct buf *out);

#endif
