/* SPDX-License-Identifier: MIT */
/* contentline: the lines of iCalendar (RFC 5545 3.1) and vCard (RFC 6350 3.2, RFC 2426, vCard 2.1),
 * unfolded and cut into group, name, parameters and value, with the number of the physical line.
 *
 * The reader walks over bytes that the caller keeps; unfolded lines are built in the reader's own
 * buffer and die with the next call. Any line end (CRLF, LF, CR), a BOM and blank lines are fine.
 * It checks no charset.                                                                          */
#ifndef CONVIER_BASE_CONTENTLINE_H
#define CONVIER_BASE_CONTENTLINE_H

#include "base/buf.h"

enum {
    CONTENTLINE_BYTES_MAX = 1 << 20,
    CONTENTLINE_PARAMETERS_MAX = 100, /* further ones are dropped */
    CONTENTLINE_HEAD_BYTES = 256,     /* what is shown of a line that is too long */
};
enum {
    CONTENTLINE_END = 1,    /* no further line */
    CONTENTLINE_E_TOO_LONG, /* more than CONTENTLINE_BYTES_MAX; the line was skipped */
};

struct contentline_reader {
    struct text rest;
    int next_line; /* physical, 1-based */
    struct buf unfolded;
    struct text physical; /* of the line that was unfolded last */
};

struct contentline_place {
    int line;   /* physical, 1-based */
    int column; /* 1-based, in characters; 0 = the whole line */
};

struct contentline_parameter {
    struct text name;  /* TZID */
    struct text value; /* without quotes; RFC 6868 escapes not undone; several values keep commas */
};

struct contentline {
    int line;        /* physical line where it starts */
    struct text raw; /* unfolded, whole */
    struct text
        physical;      /* what raw was unfolded from, for contentline_place_of; empty = unknown */
    struct text group; /* "item1" in item1.EMAIL; empty in iCalendar */
    struct text name;  /* as written; compare without case */
    struct text value; /* raw, after the colon */
    struct contentline_parameter parameters[CONTENTLINE_PARAMETERS_MAX];
    size_t parameter_count;
    bool is_malformed; /* no colon or no name; then only line and raw are set */
};

void contentline_reader_init(struct contentline_reader *reader, struct text bytes);
void contentline_reader_done(struct contentline_reader *reader);

/* Unfolds the next logical line: 0, CONTENTLINE_END, CONTENTLINE_E_TOO_LONG (ret_line is set and
 * ret_raw holds the head of the line, enough to see its name), or -ENOMEM. The text points into
 * bytes when the line is not folded. Soft line breaks of quoted-printable values (vCard 2.1) are
 * joined, the other quoted-printable escapes stay.                                               */
int contentline_next(struct contentline_reader *reader, struct text *ret_raw, int *ret_line);
/* Cuts an unfolded line; the slices point into raw. ret->physical is left empty. */
void contentline_parse(struct text raw, int line, struct contentline *ret);
/* Where a slice of line->raw begins in the file, whatever folds stand before it; the whole line
 * when its physical bytes are not known. It walks over them. */
struct contentline_place contentline_place_of(const struct contentline *line, struct text at);
/* A parameter by name, any case; NULL when absent. vCard 2.1's bare "QUOTED-PRINTABLE" has an
 * empty name and stands in value.                                                                */
const struct contentline_parameter *contentline_find(const struct contentline *line,
                                                     const char *name);

#endif
