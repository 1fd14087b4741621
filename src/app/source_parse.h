/* SPDX-License-Identifier: MIT */
/* source_parse: the bytes of a source, by its kind, into what they say. */
#ifndef CONVIER_APP_SOURCE_PARSE_H
#define CONVIER_APP_SOURCE_PARSE_H

#include "app/source.h"
#include "base/buf.h"
#include "base/locale.h"

struct source_context {
    const struct settings *settings;
    struct zones *zones;
    struct locale *locale;
    struct instant now; /* holidays are looked up around it */
    struct buf *spent;  /* what the bytes lie in: reading uses them up */
};

/* The reading of the bytes of one source; open, step and close as feed's and contact_reader's. What
 * is given is borrowed until the close; context is copied.                                       */
struct source_parse;
int source_parse_open(const struct source_context *context, const struct source *source,
                      struct arena *arena, struct flaws *flaws, struct source_parse **ret);
/* Sets the feed, rows and guess, or holidays of the source when *ret_is_done. 0; a positive value
 * when the bytes are refused (flaws say why, the source is as it was); -errno. */
int source_parse_step(struct source_parse *parse, size_t max_bytes, struct source *source,
                      bool *ret_is_done);
struct source_parse *source_parse_close(struct source_parse *parse);

#endif
