/* SPDX-License-Identifier: MIT */
/* transfer: content transfer encodings (RFC 2045 6.7, 6.8): any bytes as 7-bit CRLF lines of at
 * most 76 characters. The same bytes in give the same bytes out.                                */
#ifndef CONVIER_COMPOSE_TRANSFER_H
#define CONVIER_COMPOSE_TRANSFER_H

#include "base/buf.h"
#include "base/language.h"

enum transfer { TRANSFER_QUOTED_PRINTABLE, TRANSFER_BASE64 };
enum transfer transfer_of(enum language language);    /* what is shorter for its letters */
const char *transfer_to_text(enum transfer transfer); /* as in Content-Transfer-Encoding */

/* Text: LF and CRLF become CRLF (in base64 too), and the last line gets one. */
void transfer_text(struct buf *out, enum transfer transfer, struct text text);
/* Bytes as they are, in base64. */
void transfer_bytes(struct buf *out, struct text bytes);
/* Base64 without line ends. */
void transfer_base64_word(struct buf *out, struct text bytes);

#endif
