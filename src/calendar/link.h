/* SPDX-License-Identifier: MIT */
/* link: addresses in texts, and which of them are meetings on line. */
#ifndef CONVIER_CALENDAR_LINK_H
#define CONVIER_CALENDAR_LINK_H

#include "base/text.h"

enum { LINK_BYTES_MAX = 4096 };

/* Whether a text is an http or https address without blanks or controls. */
bool link_is_web(struct text text);
/* The first http(s) address in a text, without the punctuation behind it; size 0 = none. */
struct text link_find(struct text text);
/* The first address of a known conference service; size 0 = none. */
struct text link_find_meeting(struct text text);
bool link_is_meeting(struct text address);
/* The address without the "&amp;" of the HTML that it was copied from: the parameters behind one
 * are lost otherwise, a meeting's password among them.                                           */
struct text link_unescape(struct text address, char buffer[LINK_BYTES_MAX]);
/* The same, and what Outlook's Safe Links hides in an address of its own. */
struct text link_unwrap(struct text raw, char buffer[LINK_BYTES_MAX]);

#endif
