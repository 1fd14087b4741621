/* SPDX-License-Identifier: MIT */
/* csv_reader: rows of a CSV text, as Excel, LibreOffice and people write them (RFC 4180 and its
 * relatives): any one delimiter, CRLF, LF or CR, quoted fields with line breaks.
 *
 * The text stays as it is; the cells of a row lie in a copy of that row.                         */
#ifndef CONVIER_CONTACTS_CSV_READER_H
#define CONVIER_CONTACTS_CSV_READER_H

#include "contacts/cell.h"

enum { CSV_COLUMNS_MAX = 1024 }; /* further fields of a row are skipped */
enum { CSV_READER_END = 1 };

struct csv_field {
    size_t place, size; /* in the text, without the quotes around it */
    bool is_quoted;
};

struct csv_reader {
    const char *data;
    size_t size, at;
    int line; /* physical, of the byte at `at` */
    char delimiter;
    size_t wasted_bytes;      /* read in search of closing quotes that are not there */
    bool is_quoting_off;      /* too many of those: from here on quotes are letters */
    struct csv_field *fields; /* of the row, and the cells made of them */
    struct cell *cells;
};

struct csv_row {
    int line;           /* where it starts */
    struct cell *cells; /* die with the next row; what they point to in the arena of csv_reader_next
                           does not. place = offset in the text */
    size_t count;
    int open_quote_line; /* where a quote stands that is never closed, or 0 */
    bool is_too_wide;
};

/* The text must outlive the reader; its room for CSV_COLUMNS_MAX lies in the arena. 0 or -ENOMEM.
 */
int csv_reader_init(struct csv_reader *reader, struct arena *arena, struct text text,
                    char delimiter);
/* The copy of the row goes into the arena. 0, CSV_READER_END or -ENOMEM. A blank line is a row of
 * one empty cell.                                                                                */
int csv_reader_next(struct csv_reader *reader, struct arena *arena, struct csv_row *ret);

#endif
