/* SPDX-License-Identifier: MIT */
/* source_parse: the bytes of a source, by its kind, into what they say. */
#ifndef CONVIER_APP_SOURCE_PARSE_H
#define CONVIER_APP_SOURCE_PARSE_H

#include "app/sources.h"
#include "base/buf.h"

struct source_context {
    const struct settings *settings;
    struct zones *zones;
    struct locale *locale;
    struct instant now; /* holidays are looked up around it */
    struct buf *spent;  /* what the bytes lie in, when nobody needs them afterwards, or NULL */
};

/* Sets the feed, rows and guess, or holidays of the source, in the arena. 0; a positive value when
 * the bytes are refused (flaws say why, the source is as it was); -errno.                        */
int source_parse(const struct source_context *context, struct source *source, struct arena *arena,
                 struct text bytes, struct flaws *flaws);

#endif
