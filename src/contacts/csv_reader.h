/* SPDX-License-Identifier: MIT */
/* csv_reader: rows of a CSV text, as Excel, LibreOffice and people write them (RFC 4180 and its
 * relatives): any one delimiter, CRLF, LF or CR, quoted fields with line breaks.
 *
 * Works in place: fields are unquoted and NUL-terminated where they lie.                         */
#ifndef CONVIER_CONTACTS_CSV_READER_H
#define CONVIER_CONTACTS_CSV_READER_H

#include "contacts/cell.h"

enum { CSV_COLUMNS_MAX = 1024 }; /* further fields of a row are skipped */
enum { CSV_READER_END = 1 };

struct csv_reader {
    char *data; /* data[size] is writable */
    size_t size, at;
    int line; /* physical, of the byte at `at` */
    char delimiter;
    size_t wasted_bytes; /* read in search of closing quotes that are not there */
    bool is_quoting_off; /* too many of those: from here on quotes are letters */
    struct cell *cells;
};

struct csv_row {
    int line;           /* where it starts */
    struct cell *cells; /* die with the next row; what they point to does not. place = offset */
    size_t count;
    int open_quote_line; /* where a quote stands that is never closed, or 0 */
    bool is_too_wide;
};

/* data must outlive all cells. cells: room for CSV_COLUMNS_MAX, in the arena. 0 or -ENOMEM. */
int csv_reader_init(struct csv_reader *reader, struct arena *arena, char *data, size_t size,
                    char delimiter);
/* 0 or CSV_READER_END. A blank line is a row of one empty cell. */
int csv_reader_next(struct csv_reader *reader, struct csv_row *ret);

#endif
